import { beforeEach, describe, expect, it } from "vitest";
import { EntryTruncated } from "../faults.ts";
import { HashChain, hexOf } from "../hash-chain.ts";
import { partsOfEntry } from "../log-origin.ts";
import { MemoryLogStorage, type MemoryLog } from "../memory-log.ts";
import type { EntryCopies } from "../replicated-log.ts";
import { eventually } from "../testing/eventually.ts";
import { readAll } from "../testing/read-all.ts";
import { TailRecorder } from "../testing/tail-recorder.ts";
import { ArchiveOfAnotherLog } from "./archive-faults.ts";
import { ArchivedLog } from "./archived-log.ts";
import { LogArchive } from "./log-archive.ts";
import { MemoryArchiveStore } from "../testing/memory-archive-store.ts";

let storage: MemoryLogStorage;
let log: MemoryLog;
let store: MemoryArchiveStore;
let archive: LogArchive;

const open = () => new LogArchive(store, "LOG_0", { segmentBytes: 100 });

beforeEach(() => {
  storage = new MemoryLogStorage({ name: "LOG_0" });
  log = storage.open();
  store = new MemoryArchiveStore();
  archive = open();
});

async function append(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) await log.append("gw-1", new Uint8Array(30));
}

describe("an archive of a log", () => {
  it("takes whole segments, and the rest when it is told up to where", async () => {
    await append(10);
    expect((await archive.copy(log)).sequence).toBe(8);
    expect(await store.list("LOG_0")).toEqual([1, 5]);
    expect((await archive.copy(log, 10)).sequence).toBe(10);
    await append(1);
    expect((await open().copy(log)).sequence).toBe(10);
    expect(await readAll(archive as never)).toEqual((await readAll(log)).slice(0, 10));
  });

  it("ends a segment with a generation, and has the hash that replicas have there", async () => {
    await append(5);
    await log.roll(1);
    await append(2);
    const end = await archive.copy(log, 8);
    expect(await store.list("LOG_0")).toEqual([1, 5, 7]);
    const chain = new HashChain();
    for (const entry of await readAll(log)) chain.fold(entry.sequence, ...partsOfEntry(entry));
    expect(hexOf(end.entriesHash)).toBe(chain.hex);
    expect(await archive.verify()).toMatchObject({ segments: 3, end });
    expect((await archive.verify(6)).end.sequence).toBe(6);
  });

  it("is the same whoever copies, several at once, and again", async () => {
    await append(100);
    const ends = await Promise.all([archive, open(), open()].map((each) => each.copy(log, 100)));
    expect(ends.map(({ sequence }) => sequence)).toEqual([100, 100, 100]);
    expect((await archive.verify()).end).toEqual(ends[0]);
  });

  it("does not mix with that of another log", async () => {
    await append(10);
    await archive.copy(log, 10);
    const other = new MemoryLogStorage({ name: "LOG_0" }).open();
    for (let left = 20; left > 0; left -= 1) await other.append("gw-2", new Uint8Array(30));
    await expect(open().copy(other)).rejects.toThrow(ArchiveOfAnotherLog);
    const shorter = new MemoryLogStorage({ name: "LOG_0" }).open();
    await expect(open().copy(shorter)).rejects.toThrow(ArchiveOfAnotherLog);
  });
});

describe("a log with its archive", () => {
  beforeEach(async () => {
    for (const generation of [1, 2]) {
      await append(10);
      await log.roll(generation);
    }
    await append(3);
  });

  it("reads and tails from the beginning when generations were retired", async () => {
    const all = await readAll(log);
    await archive.copy(log, 22);
    storage.retire();
    storage.retire();
    const whole = new ArchivedLog(log, archive);
    expect([await whole.first(), await whole.head()]).toEqual([1, 25]);
    expect(await readAll(whole)).toEqual(all);
    for (const from of [1, 7, 22, 23, 25]) {
      const recorder = new TailRecorder(whole, from);
      await recorder.reached(25);
      expect(recorder.entries).toEqual(all.slice(from - 1));
      expect(recorder.tail.source).toBe("live");
    }
  });

  it("has the archive's copy of an entry that no server retains", async () => {
    const [first, second] = await readAll(log);
    await archive.copy(log, 22);
    storage.retire();
    expect(new ArchivedLog(log, archive).copies).toBeUndefined();
    const answers = [{ server: "n1", entry: second }];
    const copies = async (sequence: number): Promise<EntryCopies> => {
      if (sequence < storage.first) throw new EntryTruncated(log.name, sequence, storage.first);
      return { isComplete: false, answers };
    };
    const whole = new ArchivedLog(Object.assign(storage.open(), { copies }), archive);
    const ofArchive = [{ server: "the archive", entry: first }];
    expect(await whole.copies?.(1)).toEqual({ isComplete: true, answers: ofArchive });
    expect(await whole.copies?.(storage.first)).toEqual({ isComplete: false, answers });
  });

  it("goes on tailing while what it has not read yet is retired", async () => {
    const whole = new ArchivedLog(log, archive);
    await archive.copy(log, 22);
    log.setReachable(false);
    const recorder = new TailRecorder(whole, 1);
    storage.retire();
    log.setReachable(true);
    await append(2);
    await recorder.reached(27);
    expect(recorder.faults).toEqual([]);
  });

  it("says that entries are gone when the archive lacks them, too", async () => {
    await archive.copy(log, 6);
    storage.retire();
    const whole = new ArchivedLog(log, archive);
    expect(await whole.first()).toBe(12);
    await expect(whole.read(9, { entriesMax: 1 })).rejects.toThrow(EntryTruncated);
    const recorder = new TailRecorder(whole, 1);
    await eventually(() => recorder.faults.length > 0, { what: "the tail ends" });
    expect(recorder.faults.map(({ code }) => code)).toEqual(["entry-truncated"]);
    expect(recorder.entries).toHaveLength(6);
  });
});
