import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DataDirectory } from "../config/data-directory.ts";
import { findRemains } from "./survivor.ts";

let directory: DataDirectory;
beforeEach(() => {
  directory = DataDirectory.open(mkdtempSync(join(tmpdir(), "outcry-remains-")));
  directory.claim({ shards: 1, servers: 3, nodes: 3, gateways: 1 });
});
afterEach(() => rmSync(directory.path, { recursive: true }));

function keepStore(server: string, stream = "LOG_0_1"): void {
  const streams = join("nats", server, "store", "jetstream", "ENGINE", "streams");
  mkdirSync(join(directory.path, streams, stream), { recursive: true });
}

describe("what is left of a cluster", () => {
  it("is the only server that has streams", async () => {
    keepStore("n2");
    keepStore("n3", "OTHER");
    mkdirSync(join(directory.path, "nats", "n1", "store"), { recursive: true });
    expect(await findRemains(directory)).toMatchObject({ survivor: "n2", lost: ["n1", "n3"] });
  });

  it("needs no repair while a majority has its stores, unless one is named", async () => {
    keepStore("n1");
    keepStore("n3");
    await expect(findRemains(directory)).rejects.toMatchObject({ code: "majority-survives" });
    expect(await findRemains(directory, "n3")).toMatchObject({ survivor: "n3" });
    await expect(findRemains(directory, "n2")).rejects.toMatchObject({ code: "no-such-survivor" });
  });

  it("is nothing without a store, and nothing where there was no cluster", async () => {
    await expect(findRemains(directory)).rejects.toMatchObject({ code: "nothing-survives" });
    directory.clear();
    await expect(findRemains(directory)).rejects.toMatchObject({ code: "nothing-survives" });
  });

  it("is not repaired this way when there were other than three servers", async () => {
    directory.claim({ shards: 1, servers: 1, nodes: 1, gateways: 1 });
    await expect(findRemains(directory)).rejects.toMatchObject({ code: "repair-unsupported" });
  });
});
