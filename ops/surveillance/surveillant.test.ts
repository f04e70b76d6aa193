/**
 * Goal: every alert is in the file once, whenever surveillance is killed, whatever its disk does,
 * and also when it is told of other relations later.
 */
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { tradeOut } from "../../actors/testing/trading-day.ts";
import { systemClock } from "../../cluster/clock.ts";
import type { Clock } from "../../cluster/clock.ts";
import { DirectorySnapshotStore } from "../../cluster/directory-snapshot-store.ts";
import { ChanceOfEntries } from "../../cluster/testing/chance-of-entries.ts";
import { eventually } from "../../cluster/testing/eventually.ts";
import type { Alert } from "./alert.ts";
import { LogScan } from "./log-scan.ts";
import { Owners } from "./owners.ts";
import { SurveillanceMismatch } from "./surveillance-mismatch.ts";
import { SurveillanceSettings } from "./surveillance-settings.ts";
import { Surveillant } from "./surveillant.ts";
import { alertsIn } from "./testing/watch-logs.ts";

const settings = new SurveillanceSettings();
const { logs } = tradeOut({
  ...{ seed: 83, shards: 2, moves: 500, deliveryPercent: 60, relocationPercent: 3 },
  chance: new ChanceOfEntries(),
});
const timesUs = logs
  .flat()
  .map(({ timeUs }) => timeUs)
  .toSorted((a, b) => a - b);
const expected = idsOf(alertsIn(logs));

/** Its ten seconds are a tenth of one. */
const hasty: Clock = {
  nowMs: () => systemClock.nowMs() * 100,
  after: (ms, act) => systemClock.after(ms / 100, act),
};

let place: string;
let running: Surveillant[];

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "outcry-surveillance-"));
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((surveillant) => surveillant.stop()));
  rmSync(place, { recursive: true });
});

/** By shard, how many entries there are at that part of the day. */
function endsAt(share: number): readonly number[] {
  const lastUs = timesUs[Math.ceil(timesUs.length * share) - 1] ?? 0;
  return logs.map((log) => log.filter(({ timeUs }) => timeUs <= lastUs).length);
}

function partsUpTo(ends: readonly number[], shownLogs = logs) {
  return shownLogs.map((log, shard) => ({
    head: () => Promise.resolve(ends[shard]!),
    read: (from: number) => Promise.resolve(log.slice(from - 1, Math.min(from + 30, ends[shard]!))),
  }));
}

interface Started {
  readonly surveillant: Surveillant;
  readonly faults: readonly unknown[];
  readonly watched: () => Promise<void>;
}

async function start(folder: string, share = 1, owners = new Owners()): Promise<Started> {
  const ends = endsAt(share);
  mkdirSync(folder, { recursive: true });
  const faults: unknown[] = [];
  const surveillant = new Surveillant({
    ...{ folder, settings, owners, clock: hasty, logs: partsUpTo(ends) },
    snapshots: new DirectorySnapshotStore(join(place, "states")),
    report: (error) => faults.push(error),
  });
  running.push(surveillant);
  await surveillant.start();
  const watched = () =>
    eventually(() => surveillant.status().watched.join() === ends.join(), {
      what: () => `all is watched: ${JSON.stringify(surveillant.status())}`,
    });
  return { surveillant, faults, watched };
}

async function stop({ surveillant }: Started): Promise<void> {
  running.splice(running.indexOf(surveillant), 1);
  await surveillant.stop();
}

function idsOf(alerts: readonly Alert[]): readonly string[] {
  return alerts.map(({ id }) => id).toSorted();
}

function idsIn(folder: string): readonly string[] {
  const text = readFileSync(join(folder, "alerts.jsonl"), "utf8");
  expect(text.endsWith("\n")).toBe(true);
  const lines = text.slice(0, -1).split("\n");
  return idsOf(lines.map((line) => JSON.parse(line) as Alert));
}

it("writes every alert of the logs once", async () => {
  const started = await start(join(place, "a"));
  await started.watched();
  expect(idsIn(join(place, "a"))).toEqual(expected);
  expect(expected.length).toBeGreaterThan(10);
  const { alerts, isWaiting } = started.surveillant.status();
  expect(Object.values(alerts).reduce((sum, count) => sum + count, 0)).toBe(expected.length);
  expect(isWaiting).toBe(false);
});

it("goes on from a checkpoint without reading the past again, and adds nothing twice", async () => {
  const folder = join(place, "a");
  for (const share of [0.3, 0.7, 1]) {
    const started = await start(folder, share);
    await started.watched();
    await stop(started);
  }
  expect(idsIn(folder)).toEqual(expected);
});

it("finds the same again when it died between an alert and the note of where it was", async () => {
  const [folder, killed] = [join(place, "a"), join(place, "b")];
  const first = await start(folder, 0.3);
  await first.watched();
  await stop(first);
  const earlier = readFileSync(join(folder, "checkpoint"));
  const second = await start(folder, 0.7);
  await second.watched();
  await stop(second);
  for (const checkpoint of [earlier, Buffer.from("damaged"), undefined]) {
    rmSync(killed, { recursive: true, force: true });
    cpSync(folder, killed, { recursive: true });
    appendFileSync(join(killed, "alerts.jsonl"), '{"id":"1234');
    if (checkpoint === undefined) rmSync(join(killed, "checkpoint"));
    else writeFileSync(join(killed, "checkpoint"), checkpoint);
    const last = await start(killed);
    await last.watched();
    await stop(last);
    expect(idsIn(killed)).toEqual(expected);
  }
});

it("looks through the past again with other relations, and leaves what is there", async () => {
  const folder = join(place, "a");
  const first = await start(folder);
  await first.watched();
  await stop(first);
  const before = readFileSync(join(folder, "alerts.jsonl"), "utf8");
  const members = ["account/carol", "account/dave"];
  const owners = new Owners([{ name: "pair", members, reason: "" }]);
  const second = await start(folder, 1, owners);
  await second.watched();
  const more = new Set(idsOf(alertsIn(logs, { owners })));
  expect(idsIn(folder)).toEqual([...more.union(new Set(expected))].toSorted());
  expect(idsIn(folder).length).toBeGreaterThan(expected.length);
  expect(readFileSync(join(folder, "alerts.jsonl"), "utf8").startsWith(before)).toBe(true);
});

it("waits for a disk that takes nothing, and tells of it", async () => {
  const folder = join(place, "a");
  const first = await start(folder, 0.3);
  await first.watched();
  await stop(first);
  // Where the next checkpoint is drafted nothing can be written.
  mkdirSync(join(folder, "checkpoint.new"));
  const second = await start(folder);
  const { surveillant, faults } = second;
  await eventually(() => surveillant.status().isWaiting, { what: "it waits" });
  expect(faults).toEqual([expect.objectContaining({ code: "ERR_FS_EISDIR" })]);
  rmdirSync(join(folder, "checkpoint.new"));
  await second.watched();
  await eventually(() => !surveillant.status().isWaiting, { what: "it goes on" });
  expect(idsIn(folder)).toEqual(expected);
});

it("refuses a folder of other logs, and one that holds something else", async () => {
  const folder = join(place, "a");
  const first = await start(folder, 0.5);
  await first.watched();
  await stop(first);
  const others = tradeOut({ seed: 84, shards: 2, moves: 300, deliveryPercent: 60 }).logs;
  const surveillant = new Surveillant({
    ...{ folder, settings, owners: new Owners(), clock: hasty, report: () => undefined },
    snapshots: new DirectorySnapshotStore(join(place, "other-states")),
    logs: partsUpTo(
      others.map(({ length }) => length),
      others,
    ),
  });
  await surveillant.start();
  await expect(surveillant.whenOver()).rejects.toBeInstanceOf(SurveillanceMismatch);
  const foreign = join(place, "b");
  mkdirSync(foreign);
  writeFileSync(join(foreign, "alerts.jsonl"), "my diary\n");
  await expect(start(foreign)).rejects.toBeInstanceOf(SurveillanceMismatch);
  running.length = 0;
  expect(readFileSync(join(foreign, "alerts.jsonl"), "utf8")).toBe("my diary\n");
});

it("a scan finds what surveillance finds, and writes nothing", async () => {
  const alerts: Alert[] = [];
  const ends = logs.map(({ length }) => length);
  let read = 0;
  const scan = new LogScan({
    ...{ settings, owners: new Owners(), alert: (alert) => alerts.push(alert), clock: hasty },
    logs: partsUpTo(ends),
    onProgress: (entries) => (read = entries),
  });
  await scan.run();
  expect(idsOf(alerts)).toEqual(expected);
  expect(read).toBe(ends.reduce((sum, end) => sum + end, 0));
});
