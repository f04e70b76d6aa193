import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readAgentAccounts, readAgentSettings } from "./agent-settings.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "outcry-agents-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("settings", () => {
  const flags = ["--servers", "nats://a,nats://b", "--creds-dir", "creds"];

  it("come from flags, and are modest where nothing is said", () => {
    expect(readAgentSettings(flags)).toEqual({
      servers: ["nats://a", "nats://b"],
      credsDir: "creds",
      seed: 1,
      rate: 20,
    });
  });

  it("come from a file, whose fields flags replace", async () => {
    const config = join(folder, "agents.json");
    const symbols = ["BTC-USDT"];
    const file = { servers: ["nats://c"], credsDir: "there", seed: 7, rate: 5, symbols };
    await writeFile(config, JSON.stringify(file));
    const settings = readAgentSettings(["--config", config, "--rate", "50"]);
    expect(settings).toEqual({ ...file, rate: 50 });
  });

  it.each([
    [["--creds-dir", "creds"], "servers must be a list of addresses"],
    [["--servers", "nats://a"], "credsDir must name a folder"],
    [[...flags, "--seed", "x"], "seed must be a whole number"],
    [[...flags, "--rate", "0"], "rate must be orders a second, above 0"],
    [[...flags, "--symbols", "A,"], "symbols must be a list of instruments"],
    [["--config", "/nowhere"], "/nowhere cannot be read as JSON"],
    [["--speed", "1"], "--speed"],
  ])("%j are refused in so many words", (args, problem) => {
    expect(() => readAgentSettings(args)).toThrow(problem);
  });
});

describe("accounts", () => {
  it("are those that the folder holds credentials for, in the order of their numbers", async () => {
    for (const name of ["maker-1", "taker-10", "taker-2", "demo"]) {
      await writeFile(join(folder, `${name}.creds`), name);
    }
    expect(readAgentAccounts(folder)).toEqual({
      makers: [{ account: "maker-1", credentials: "maker-1" }],
      takers: [
        { account: "taker-2", credentials: "taker-2" },
        { account: "taker-10", credentials: "taker-10" },
      ],
    });
  });

  it("must have a maker among them", () => {
    expect(() => readAgentAccounts(folder)).toThrow("no maker-1.creds");
    expect(() => readAgentAccounts(join(folder, "none"))).toThrow("cannot be read");
  });
});
