/** Logs as processes read them that apply what they read, here with one copy that was altered. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "../../cluster/clock.ts";
import { DirectorySnapshotStore } from "../../cluster/directory-snapshot-store.ts";
import type { ClusterFault } from "../../cluster/faults.ts";
import { MemoryLogStorage } from "../../cluster/memory-log.ts";
import { EntryRefused } from "../../cluster/replica-faults.ts";
import type { EntryCopy, ReplicatedLog } from "../../cluster/replicated-log.ts";
import { eventually } from "../../cluster/testing/eventually.ts";
import { encodeFrame } from "../../protocols/index.ts";
import { LogReader } from "../downstream/log-reader.ts";
import { stopReading, wholeLogs } from "./connections.ts";

let folder: string;
let faults: ClusterFault[];
const storage = new MemoryLogStorage({ name: "LOG_0_1" });
const messages = [{ kind: "checkpoint", label: "noon" } as const];
storage.store("gw-1", encodeFrame({ producer: "gw-1", epoch: 1, frame: 1, messages }));
const [sound] = storage.slice(1, 1);
const altered = { ...sound!, payload: sound!.payload.with(-1, 0xff) };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "outcry-connections-"));
  faults = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A log that is read on a server whose copy was altered; some servers answer what they have. */
function whole(...answers: readonly EntryCopy[]): readonly ReplicatedLog[] {
  const log: ReplicatedLog = Object.assign(storage.open(), {
    read: () => Promise.resolve([altered]),
    copies: () => Promise.resolve({ answers, isComplete: answers.length > 1 }),
  });
  return wholeLogs({ archive: folder }, [log], (fault) => faults.push(fault));
}

it("an entry that one server has altered is got from another one, and that is told", async () => {
  const [log] = whole({ server: "n1", entry: altered }, { server: "n2", entry: sound });
  expect(await log?.read(1, { entriesMax: 10 })).toEqual([sound]);
  expect(faults).toEqual([expect.any(EntryRefused)]);
});

it("whoever waits for an entry that no server has whole so far can be stopped", async () => {
  const logs = whole({ server: "n1", entry: altered });
  const reported: unknown[] = [];
  const reader = new LogReader({
    ...{ logs, clock: systemClock, report: (error) => reported.push(error) },
    snapshots: new DirectorySnapshotStore(folder),
    follower: {
      opened: () => undefined,
      applied: () => undefined,
      passed: () => undefined,
      keep: () => Promise.resolve(true),
      rest: () => Promise.resolve(),
    },
  });
  await reader.start([]);
  await eventually(() => faults.length > 0, { what: "it waits" });
  await stopReading(reader, logs);
  expect(reported).toEqual([]);
});
