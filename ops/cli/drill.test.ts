import { describe, expect, it } from "vitest";
import { drills } from "../../chaos/drills/catalogue.ts";
import { runCommandLine } from "./program.ts";
import { captureOutput } from "./testing/captured-output.ts";

const captured = captureOutput();

describe("drills from the command line", () => {
  it("are listed with what happens and what is aimed at", async () => {
    expect(await runCommandLine(["drill", "list", "--json"])).toBe(0);
    const listed = JSON.parse(captured.stdout) as { drills: { name: string; aim: string }[] };
    expect(listed.drills.map(({ name }) => name)).toEqual(drills.map(({ name }) => name));
    for (const { aim } of listed.drills) expect(aim).toMatch(/\d/);
    captured.stdout = "";
    expect(await runCommandLine(["drill", "list"])).toBe(0);
    for (const { story } of drills) expect(captured.stdout).toContain(story);
    expect(captured.stdout).toMatch(/power-cut-all .*\(needs root\)/);
  });

  it("have names of their own", () => {
    const names = drills.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).not.toContain("list");
  });

  it("that there are not are refused", async () => {
    expect(await runCommandLine(["drill", "earthquake"])).toBe(2);
    expect(captured.stderr).toBe("outcry: there is no drill earthquake: see outcry drill list\n");
  });

  it.each([
    ["--runs", "0"],
    ["--shards", "0"],
    ["--rate", "many"],
    ["--port-base", "80"],
  ])("are refused with %s %s", async (option, value) => {
    expect(await runCommandLine(["drill", "emitter-kill", option, value])).toBe(2);
    expect(captured.stderr).toMatch(/It is a whole number from \d+ to \d+/);
  });

  it("say what their exit codes mean", async () => {
    expect(await runCommandLine(["drill", "--help"])).toBe(0);
    for (const code of [0, 1, 2, 3, 4, 5, 130]) {
      expect(captured.stdout).toMatch(new RegExp(`^  ${code} +\\S`, "m"));
    }
  });
});
