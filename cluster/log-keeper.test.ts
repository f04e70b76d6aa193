import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LogArchive } from "./archive/log-archive.ts";
import { MemoryArchiveStore } from "./testing/memory-archive-store.ts";
import type { ClusterFault } from "./faults.ts";
import { LogKeeper } from "./log-keeper.ts";
import { MemoryLogStorage, type MemoryLog } from "./memory-log.ts";
import { eventually } from "./testing/eventually.ts";
import { ManualClock } from "./testing/manual-clock.ts";

let clock: ManualClock;
let storage: MemoryLogStorage;
let log: MemoryLog;
let archive: LogArchive;
let isEmitting: boolean;
let faults: ClusterFault[];
let keeper: LogKeeper;

beforeEach(() => {
  clock = new ManualClock();
  storage = new MemoryLogStorage({ clock, name: "LOG_0" });
  log = storage.open();
  archive = new LogArchive(new MemoryArchiveStore(), "LOG_0", { segmentBytes: 100 });
  isEmitting = false;
  faults = [];
  keeper = new LogKeeper({
    ...{ log, source: log, archive, clock, generationBytes: 1000, rank: 0, isAlone: false },
    isEmitting: () => isEmitting,
    report: (fault) => faults.push(fault),
  });
});
afterEach(async () => {
  await keeper.close();
  expect(clock.timersCount).toBe(0);
});

async function append(bytes: number): Promise<void> {
  await log.append("gw-1", new Uint8Array(bytes));
}

/** Lets a turn come, and everything that it does. */
async function turn(until: () => boolean | Promise<boolean>): Promise<void> {
  await clock.advanceAndSettle(10_000);
  await eventually(until, { what: "the turn has done its work" });
}

describe("a log keeper", () => {
  it("rolls a generation that is large enough, while its node emits", async () => {
    isEmitting = true;
    await append(900);
    await clock.advanceAndSettle(30_000);
    expect(storage.generation).toBe(1);
    await append(100);
    await turn(() => storage.generation === 2);
    await clock.advanceAndSettle(30_000);
    expect(storage.generation).toBe(2);
    expect((await archive.end()).sequence).toBe(0);
  });

  it("begins the next generation when a server does not get the entries, and not at once again", async () => {
    isEmitting = true;
    const stuck = { server: "n1", isReachable: true, isCurrent: false, lag: 7 };
    storage.followingServers = [stuck];
    await clock.advanceAndSettle(20_000);
    expect([storage.generation, faults]).toEqual([1, []]);
    await turn(() => storage.generation === 2);
    expect(faults.map(({ code, message }) => [code, message])).toEqual([
      [
        "follower-stuck",
        "server n1 does not get the entries of log LOG_0: its next generation begins",
      ],
    ]);
    await clock.advanceAndSettle(500_000);
    expect(storage.generation).toBe(2);
    await clock.advanceAndSettle(100_000);
    expect(storage.generation).toBe(3);
  });

  it("archives while its node does not, and rolls nothing then", async () => {
    for (let left = 12; left > 0; left -= 1) await append(100);
    await turn(async () => (await archive.end()).sequence === 12);
    expect(storage.generation).toBe(1);
  });

  it("reports what fails, and tries again", async () => {
    await append(100);
    log.setReachable(false);
    await turn(() => faults.length === 1);
    expect(faults.map(({ code }) => code)).toEqual(["log-unavailable"]);
    log.setReachable(true);
    await turn(async () => (await archive.end()).sequence === 1);
  });
});
