import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pack } from "../protocols/index.ts";
import { DirectoryDumpStore, readDump } from "./directory-dump-store.ts";
import type { DivergenceDump } from "./divergence-dump.ts";
import { dumpsMax } from "./dump-store.ts";
import { RecentEntries } from "./recent-entries.ts";
import { DumpDamaged, DumpStoreUnavailable } from "./replica-faults.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "outcry-dumps-"));
});
afterEach(async () => await rm(folder, { recursive: true }));

const dumpAt = (writtenAtMs: number): DivergenceDump => ({
  ...{ cluster: "c", node: "e2", version: "1", shard: 1, shards: 3, writtenAtMs },
  ...{ sequence: 70, by: "e1", cause: "computation", expected: "aa", computed: "bb" },
  entries: [{ sequence: 70, timeUs: 5, producer: "gw-1", payload: new Uint8Array([1, 2]) }],
  steps: [],
  state: { sequence: 71, bytes: new Uint8Array([3]) },
});

describe("dumps in a folder", () => {
  it("read back as they were written, under names that tell what they are", async () => {
    const store = new DirectoryDumpStore(join(folder, "made", "on", "demand"));
    expect(await store.list()).toEqual([]);
    const path = await store.keep(dumpAt(1000.5));
    expect(path).toMatch(/shard-1-entry-70-1000\.dump$/);
    expect(await store.list()).toEqual([{ path, shard: 1, sequence: 70, writtenAtMs: 1000 }]);
    const read = await readDump(path);
    expect(read).toMatchObject({ node: "e2", sequence: 70, state: { sequence: 71 } });
    expect([...(read.entries[0]?.payload ?? [])]).toEqual([1, 2]);
  });

  it("are no more than so many, and the oldest go", async () => {
    const store = new DirectoryDumpStore(folder);
    for (let at = 1; at <= dumpsMax + 3; at++) await store.keep(dumpAt(at));
    const times = (await store.list()).map(({ writtenAtMs }) => writtenAtMs);
    expect(times).toEqual(Array.from({ length: dumpsMax }, (_, index) => dumpsMax + 3 - index));
  });

  it("are refused when a byte was altered, and when they are something else", async () => {
    const path = await new DirectoryDumpStore(folder).keep(dumpAt(1));
    const bytes = await readFile(path);
    for (let at = 0; at < bytes.length; at++) {
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 0x11;
      await writeFile(path, altered);
      await expect(readDump(path), `byte ${String(at)}`).rejects.toThrow(DumpDamaged);
    }
    await writeFile(path, pack("text"));
    await expect(readDump(path)).rejects.toThrow(DumpDamaged);
    await expect(readDump(join(folder, "none"))).rejects.toThrow(DumpDamaged);
  });

  it("cannot be kept where nothing can be written", async () => {
    await writeFile(join(folder, "a-file"), "");
    const store = new DirectoryDumpStore(join(folder, "a-file"));
    await expect(store.keep(dumpAt(1))).rejects.toThrow(DumpStoreUnavailable);
    await expect(store.list()).rejects.toThrow(DumpStoreUnavailable);
  });
});

describe("recent entries", () => {
  const entry = (sequence: number, bytes: number) => ({
    ...{ sequence, timeUs: 0, producer: "gw-1" },
    payload: new Uint8Array(bytes),
  });

  it("are the last ones, few in number and in bytes", () => {
    const recent = new RecentEntries();
    for (let sequence = 1; sequence <= 1000; sequence++) recent.add(entry(sequence, 10));
    expect(recent.list().length).toBe(256);
    expect(recent.list()[0]?.sequence).toBe(745);
    for (let sequence = 1001; sequence <= 1010; sequence++) recent.add(entry(sequence, 1024 ** 2));
    expect(recent.list().map(({ sequence }) => sequence)).toEqual([1007, 1008, 1009, 1010]);
    expect(recent.last?.sequence).toBe(1010);
  });
});
