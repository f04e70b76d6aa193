import { beforeEach, describe, expect, it } from "vitest";
import { LogArchive } from "../../cluster/archive/log-archive.ts";
import { HashChain } from "../../cluster/hash-chain.ts";
import { partsOfEntry } from "../../cluster/log-origin.ts";
import { MemoryLogStorage } from "../../cluster/memory-log.ts";
import type { MemoryLog } from "../../cluster/memory-log.ts";
import { MemoryArchiveStore } from "../../cluster/testing/memory-archive-store.ts";
import { readAll } from "../../cluster/testing/read-all.ts";
import { SurvivingLog } from "./surviving-log.ts";

let storage: MemoryLogStorage;
let log: MemoryLog;
let archive: LogArchive;

beforeEach(() => {
  storage = new MemoryLogStorage({ name: "LOG_0" });
  log = storage.open();
  archive = new LogArchive(new MemoryArchiveStore(), "LOG_0");
});

async function append(to: MemoryLog, count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) await to.append("gw-1", new Uint8Array(30));
}

/** The first entries of the log, as a server has them that stood still from then on. */
function cutAt(last: number) {
  return {
    first: () => log.first(),
    head: () => Promise.resolve(last),
    read: async (from: number, limits: { entriesMax: number }) =>
      (await log.read(from, limits)).filter(({ sequence }) => sequence <= last),
  };
}

describe("what is left of a log", () => {
  it("is what is archived, and behind that what is stored, retired generations included", async () => {
    await append(log, 4);
    await log.roll(1);
    await append(log, 3);
    await archive.copy(log, 5);
    storage.retire();
    const left = await SurvivingLog.open(archive, log);
    expect(left).toMatchObject({ archivedTo: 5, storedTo: 8, last: 8, goesOn: true });
    const entries = await readAll(left as never);
    expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("has what was archived before the survivor had stored it", async () => {
    await append(log, 9);
    await archive.copy(log, 7);
    const left = await SurvivingLog.open(archive, cutAt(5));
    expect(left).toMatchObject({ archivedTo: 7, storedTo: 5, last: 7, goesOn: true });
    expect(await readAll(left as never)).toEqual((await readAll(log)).slice(0, 7));
  });

  it("ends with the archive when other things are stored than are archived", async () => {
    await append(log, 6);
    const other = new MemoryLogStorage({ name: "LOG_0" }).open();
    await append(other, 3);
    await other.append("gw-2", new Uint8Array(31));
    await archive.copy(other, 4);
    const left = await SurvivingLog.open(archive, log);
    expect(left).toMatchObject({ archivedTo: 4, storedTo: 6, last: 4, goesOn: false });
    expect(await readAll(left as never)).toEqual(await readAll(other));
  });

  it("has the hashes there that replicas had", async () => {
    await append(log, 6);
    await archive.copy(log, 3);
    const chain = new HashChain();
    const chains = (await readAll(log)).map((entry) => {
      chain.fold(entry.sequence, ...partsOfEntry(entry));
      return [entry.sequence, chain.hex] as const;
    });
    const left = await SurvivingLog.open(archive, log);
    expect([...(await left.chainsAt(new Set([2, 5, 60])))]).toEqual([chains[1], chains[4]]);
  });
});
