import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DataDirectory, dataOption, defaultDataDirectory } from "./data-directory.ts";

const settings = { shards: 3, servers: 3, nodes: 3, gateways: 1 };

let folder = "";

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "outcry-data-")));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe("a data directory", () => {
  it("is the one that is named, else the environment's, else the checkout's", () => {
    vi.stubEnv("OUTCRY_DATA", join(folder, "environment"));
    expect(DataDirectory.open(join(folder, "named")).path).toBe(join(folder, "named"));
    expect(DataDirectory.open().path).toBe(join(folder, "environment"));
    vi.stubEnv("OUTCRY_DATA", "");
    expect(DataDirectory.find()?.path ?? defaultDataDirectory).toBe(defaultDataDirectory);
  });

  it("is not there before it was opened", () => {
    expect(DataDirectory.find(join(folder, "new"))).toBeUndefined();
  });

  it("is refused at once where no folder can be made", () => {
    writeFileSync(join(folder, "file"), "");
    for (const path of ["/proc/outcry", join(folder, "file"), join(folder, "file", "below")]) {
      expect(() => DataDirectory.open(path)).toThrow(/cannot be made a folder/);
    }
    expect(DataDirectory.open(join(folder, "a/b")).path).toBe(join(folder, "a/b"));
  });

  it("is named in a command so that a shell takes it for one word", () => {
    expect(dataOption(defaultDataDirectory)).toBe("");
    expect(dataOption("/tmp/x-1")).toBe(" --data /tmp/x-1");
    expect(dataOption("/tmp/it's")).toBe(String.raw` --data '/tmp/it'\''s'`);
  });

  it("knows what its cluster was made with, once it is claimed", () => {
    const directory = DataDirectory.open(folder);
    expect(directory.settings()).toBeUndefined();
    directory.claim(settings);
    expect(DataDirectory.open(folder).settings()).toEqual(settings);
  });

  it("is not claimed while other people's things lie in it", () => {
    writeFileSync(join(folder, "thesis.tex"), "");
    expect(() => DataDirectory.open(folder).claim(settings)).toThrow(
      "holds other things (thesis.tex)",
    );
    expect(readdirSync(folder)).toEqual(["thesis.tex"]);
  });

  it("is claimed though a set-up holds its lock there", () => {
    mkdirSync(join(folder, "set-up.lock"));
    DataDirectory.open(folder).claim(settings);
    expect(DataDirectory.open(folder).settings()).toEqual(settings);
  });

  it("is cleared of what a cluster wrote, and of nothing else", () => {
    const directory = DataDirectory.open(folder);
    directory.claim(settings);
    const followers = [
      ...[directory.auditor("a"), directory.projector("p"), directory.exporter("c")],
      ...[directory.surveillant("s"), directory.custodian],
    ];
    for (const path of followers) mkdirSync(path, { recursive: true });
    for (const name of ["keys", "nats", "engines", "logs", "processes", "mine"]) {
      mkdirSync(join(folder, name));
    }
    directory.clear();
    expect(readdirSync(folder)).toEqual(["mine"]);
  });

  it("is not cleared without our mark on it", () => {
    mkdirSync(join(folder, "nats"));
    expect(() => DataDirectory.open(folder).clear()).toThrow("holds other things (nats)");
    expect(existsSync(join(folder, "nats"))).toBe(true);
  });
});
