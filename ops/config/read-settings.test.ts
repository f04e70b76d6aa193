import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EngineSettings } from "./process-settings.ts";
import { readSettings } from "./read-settings.ts";

const engine: EngineSettings = {
  cluster: "outcry",
  node: "e1",
  nodes: ["e1", "e2"],
  shards: 3,
  replicas: 3,
  servers: ["nats://127.0.0.1:4222"],
  engineCredentials: "/keys/e1.creds",
  publisherCredentials: "/keys/p1.creds",
  snapshots: "/data/e1/snapshots",
  dumps: "/data/e1/dumps",
  snapshotEveryEntries: 20_000,
  emission: "chosen",
  archive: "/data/archive",
  generationBytes: 1024,
  firstSequences: [1, 1, 1],
};

let folder = "";
let file = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "outcry-settings-"));
  file = join(folder, "e1.json");
  writeFileSync(file, JSON.stringify(engine));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe("a process's settings", () => {
  it("come from a file", () => {
    expect(readSettings("engine", ["--config", file])).toEqual(engine);
  });

  it("come from flags where they are given", () => {
    const flags = ["--node", "e2", "--servers", "nats://a:1,nats://b:2", "--shards", "1"];
    expect(readSettings("engine", ["--config", file, ...flags])).toEqual({
      ...engine,
      node: "e2",
      servers: ["nats://a:1", "nats://b:2"],
      shards: 1,
    });
  });

  it("may say that later logic is not to be carried", () => {
    const settings = readSettings("engine", ["--config", file, "--logic-max", "1"]);
    expect(settings).toEqual({ ...engine, logicMax: 1 });
  });

  it("can come from flags alone", () => {
    const flags = {
      gateway: "gw-7",
      shards: "1",
      replicas: "1",
      servers: "nats://a:1",
      "back-credentials": "/b.creds",
      "front-credentials": "/f.creds",
    };
    const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
    expect(readSettings("gateway", args)).toEqual({
      cluster: "outcry",
      gateway: "gw-7",
      shards: 1,
      replicas: 1,
      servers: ["nats://a:1"],
      backCredentials: "/b.creds",
      frontCredentials: "/f.creds",
    });
  });

  it.each([
    [["--shards", "many"], "shards must be a count from 1"],
    [["--shards", "0"], "shards must be a count from 1"],
    [["--node", "E1"], "node is no name for a node"],
    [["--node", "e9"], "nodes does not name this node"],
    [["--servers", ""], "servers must be a list"],
    [["--snapshots", ""], "--snapshots: snapshots must be a text [C5 setting-malformed]"],
    [["--logic-max", "0"], "--logic-max: logicMax must be a count from 1"],
    [["--logic-max", "99"], "logicMax is beyond the logic that there is"],
    [["--colour", "red"], "Unknown option '--colour'"],
  ])("are refused when they are wrong: %j", (flags, message) => {
    expect(() => readSettings("engine", ["--config", file, ...flags])).toThrow(message);
  });

  it("are refused when something is missing", () => {
    expect(() => readSettings("engine", [])).toThrow(
      "node must be a text (in the file, as OUTCRY_NODE, or with --node)",
    );
    expect(() => readSettings("engine", ["--config", join(folder, "no.json")])).toThrow(
      "it cannot be read",
    );
  });
});
