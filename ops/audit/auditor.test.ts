/**
 * Goal: an auditor tells every span, whatever stops it and whoever does not listen for a while.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { TestVenue } from "../../actors/testing/test-venue.ts";
import { tradeOut } from "../../actors/testing/trading-day.ts";
import { DirectorySnapshotStore } from "../../cluster/directory-snapshot-store.ts";
import type { ReplicatedLog } from "../../cluster/replicated-log.ts";
import { systemClock } from "../../cluster/clock.ts";
import type { Clock } from "../../cluster/clock.ts";
import { ChanceOfEntries } from "../../cluster/testing/chance-of-entries.ts";
import { eventually } from "../../cluster/testing/eventually.ts";
import { encodeFrame } from "../../protocols/index.ts";
import { Auditor } from "./auditor.ts";
import { AuditorMismatch, PositionFile } from "./position-file.ts";
import { traceIdOf } from "./order-trace.ts";
import type { StreamedSpan } from "./trace-stream.ts";
import { notingGateways } from "./testing/noting-gateways.ts";
import { recordsOf, toldOf, tracesOf } from "./testing/venue-traces.ts";

let folder: string;
let venue: TestVenue;
let told: Map<string, string>;
let auditors: Auditor[];
let listens: () => boolean;
/** By shard, how much was asked for at once. */
let bytesWanted: number[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "outcry-auditor-"));
  venue = tradeOut({
    ...{ seed: 21, shards: 3, moves: 600, deliveryPercent: 60 },
    chance: new ChanceOfEntries(),
    notesOn: notingGateways(21),
  });
  told = new Map();
  auditors = [];
  bytesWanted = [];
  listens = () => true;
});
afterEach(async () => {
  await Promise.all(auditors.map((auditor) => auditor.stop()));
  rmSync(folder, { recursive: true });
});

/** Whoever waits does so for a hundredth of the time. */
const impatient: Clock = {
  nowMs: () => systemClock.nowMs(),
  after: (ms, act) => systemClock.after(ms / 100, act),
};

const keyOf = ({ traceId, span }: StreamedSpan): string => `${traceId}/${span.spanId}`;

/** The log as far as it has come to; entries after that are not there yet. */
function logs(ends: readonly number[]): Pick<ReplicatedLog, "read" | "head">[] {
  return venue.logs.map((log, shard) => ({
    head: () => Promise.resolve(ends[shard]!),
    read: (from, { entriesMax, bytesMax }) => {
      bytesWanted[shard] = bytesMax ?? Infinity;
      return Promise.resolve(
        log.slice(from - 1, Math.min(from - 1 + Math.min(entriesMax, 20), ends[shard]!)),
      );
    },
  }));
}

async function audit(ends: readonly number[], perMille?: number): Promise<Auditor> {
  const auditor = new Auditor({
    logs: logs(ends),
    clock: impatient,
    snapshots: new DirectorySnapshotStore(join(folder, "snapshots")),
    position: new PositionFile(join(folder, "position.json")),
    tell: (spans) => {
      if (!listens()) return Promise.reject(new Error("nobody listens"));
      for (const each of spans) told.set(keyOf(each), JSON.stringify(each));
      return Promise.resolve();
    },
    report: () => undefined,
    ...(perMille !== undefined && { perMille }),
  });
  auditors.push(auditor);
  await auditor.start();
  return auditor;
}

function everySpan(): ReadonlyMap<string, string> {
  const traces = tracesOf(recordsOf(venue));
  const all = [...traces.values()].flatMap(({ traceId, spans }) =>
    spans.map((span): StreamedSpan => ({ traceId, span })),
  );
  return new Map(all.map((each) => [keyOf(each), JSON.stringify(each)]));
}

const ends = (): readonly number[] => venue.logs.map((log) => log.length);
const hasRead = (auditor: Auditor, to: readonly number[]) => () =>
  auditor.status().read.every((sequence, shard) => sequence === to[shard]);

it("tells every span of every trace", async () => {
  const auditor = await audit(ends());
  const every = everySpan();
  await eventually(() => told.size === every.size, { what: "all is told" });
  expect(told).toEqual(every);
  expect(auditor.status().spansTold).toBe(told.size);
  // Their spans take a hundred times the room.
  const bytes = bytesWanted.reduce((sum, of) => sum + of, 0);
  expect(bytes).toBeLessThanOrEqual(1024 * 1024);
});

it.each([0, 250])("tells %i per mille of the traces when it is told to", async (perMille) => {
  const to = ends();
  const auditor = await audit(to, perMille);
  await eventually(hasRead(auditor, to), { what: "it has read all" });
  await auditor.stop();
  const chosen = new Map(
    [...everySpan()].filter(([key]) => perMille > 0 && /^.{24}[0-3]/.test(key)),
  );
  expect(told).toEqual(chosen);
  expect(auditor.status().spansTold).toBe(chosen.size);
});

it("says how far all is told, and whether anybody listens", async () => {
  const to = ends();
  listens = () => false;
  const auditor = await audit(to);
  expect(auditor.status().told).toEqual([]);
  await eventually(() => auditor.status().isWaiting, { what: "it waits for a listener" });
  expect(auditor.status().told).toEqual([]);
  listens = () => true;
  const isTold = (): boolean => auditor.status().told.every((at, shard) => at === to[shard]);
  await eventually(() => auditor.status().told.length > 0 && isTold(), { what: "all is told" });
  expect(auditor.status().isWaiting).toBe(false);
  await auditor.stop();
  const next = await audit(to);
  expect(next.status()).toMatchObject({ told: to, spansTold: 0 });
});

it("does not go on in other logs than it told of", async () => {
  const middle = ends().map((end) => Math.ceil(end / 2));
  const auditor = await audit(middle);
  const isAt = (): boolean => auditor.status().told.every((at, shard) => at === middle[shard]);
  await eventually(() => auditor.status().told.length > 0 && isAt(), { what: "half is told" });
  await auditor.stop();
  const [, log] = venue.logs;
  const last = log![middle[1]! - 1]!;
  log![middle[1]! - 1] = { ...last, timeUs: last.timeUs + 1 };
  const next = await audit(ends());
  await expect(next.whenOver()).rejects.toThrow(AuditorMismatch);
  auditors.pop();
  log![middle[1]! - 1] = last;
  const again = await audit(ends());
  await eventually(hasRead(again, ends()), { what: "it has read all" });
});

it("names traces by the cluster, though a gateway spoke before the log was formed", async () => {
  const opening = { producer: "gw-9", epoch: 1, frame: 1, messages: [] };
  for (const log of venue.logs) {
    const [first] = log;
    for (const entry of log) Object.assign(entry, { sequence: entry.sequence + 1 });
    log.unshift({ ...first!, sequence: 1, producer: "gw-9", payload: encodeFrame(opening) });
  }
  const to = ends();
  const auditor = await audit(to);
  await eventually(hasRead(auditor, to), { what: "it has read all" });
  await auditor.stop();
  const ids = new Set([...told.values()].map((text) => (JSON.parse(text) as StreamedSpan).traceId));
  const orders = [...toldOf(venue).keys()];
  expect(orders.filter((order) => !ids.has(traceIdOf("test", order)))).toEqual([]);
});

it("goes on where it stopped, and tells what nobody took", async () => {
  let calls = 0;
  listens = () => ++calls % 3 !== 1;
  for (const share of [0.2, 0.3, 0.7, 1]) {
    const to = ends().map((end) => Math.ceil(end * share));
    const auditor = await audit(to);
    await eventually(hasRead(auditor, to), { what: "it has read so far" });
    await auditor.stop();
  }
  const last = await audit(ends());
  const every = everySpan();
  await eventually(() => told.size === every.size, { what: "all is told" });
  expect(told).toEqual(every);
  await last.stop();
});
