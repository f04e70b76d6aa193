/**
 * Goal: the files tell every trade and what every account made of it, once, in figures that people
 * can add up; and that stays so whenever the exporter is killed.
 */
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdirSync, rmdirSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { eventsOf } from "../../actors/testing/test-venue.ts";
import { instruments } from "../../actors/testing/instruments.ts";
import { tradeOut } from "../../actors/testing/trading-day.ts";
import { systemClock } from "../../cluster/clock.ts";
import type { Clock } from "../../cluster/clock.ts";
import { DirectorySnapshotStore } from "../../cluster/directory-snapshot-store.ts";
import { ChanceOfEntries } from "../../cluster/testing/chance-of-entries.ts";
import { eventually } from "../../cluster/testing/eventually.ts";
import { Side } from "../../protocols/index.ts";
import type { InstrumentTerms } from "../../protocols/index.ts";
import { CsvExporter } from "./csv-exporter.ts";
import { CsvMismatch } from "./csv-fault.ts";
import type { CsvFileName } from "./csv-place.ts";

const venue = tradeOut({
  ...{ seed: 61, shards: 3, moves: 900, deliveryPercent: 60, relocationPercent: 3, feePercent: 3 },
  chance: new ChanceOfEntries(),
});
function instrumentOf(symbol: string): InstrumentTerms {
  const terms = instruments.find((of) => of.symbol === symbol);
  if (terms === undefined) throw new Error(`there is no ${symbol}`);
  return terms;
}

const timesUs = venue.logs
  .flat()
  .map(({ timeUs }) => timeUs)
  .sort((a, b) => a - b);

/** Its half a second is a hundredth of one. */
const hasty: Clock = {
  nowMs: () => systemClock.nowMs() * 50,
  after: (ms, act) => systemClock.after(ms / 50, act),
};

let place: string;
let running: CsvExporter[];

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "outcry-csv-"));
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((exporter) => exporter.stop()));
  rmSync(place, { recursive: true });
});

interface Started {
  readonly exporter: CsvExporter;
  readonly faults: unknown[];
  /** Resolves when all up to there is in the files. */
  readonly written: () => Promise<void>;
}

/** @param share of all entries, those that can be read; what led to them is among them. */
async function start(folder: string, share = 1): Promise<Started> {
  const lastUs = timesUs[Math.ceil(timesUs.length * share) - 1]!;
  const ends = venue.logs.map((log) => log.filter(({ timeUs }) => timeUs <= lastUs).length);
  mkdirSync(folder, { recursive: true });
  const faults: unknown[] = [];
  const exporter = new CsvExporter({
    folder,
    clock: hasty,
    snapshots: new DirectorySnapshotStore(join(place, "states")),
    report: (error) => faults.push(error),
    logs: venue.logs.map((log, shard) => ({
      head: () => Promise.resolve(ends[shard]!),
      read: (from) => Promise.resolve(log.slice(from - 1, Math.min(from + 6, ends[shard]!))),
    })),
  });
  await exporter.start();
  running.push(exporter);
  const written = () =>
    eventually(() => exporter.status().written.join() === ends.join(), {
      what: () => `all is written: ${JSON.stringify(exporter.status())}`,
    });
  return { exporter, faults, written };
}

async function stop(exporter: CsvExporter): Promise<void> {
  running.splice(running.indexOf(exporter), 1);
  await exporter.stop();
}

function linesIn(folder: string, name: CsvFileName): readonly (readonly string[])[] {
  const text = readFileSync(join(folder, name), "utf8");
  expect(text.endsWith("\n")).toBe(true);
  return text
    .slice(0, -1)
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));
}

const sorted = (folder: string, name: CsvFileName): readonly string[] =>
  linesIn(folder, name)
    .map((cells) => cells.join())
    .sort();

interface Told {
  readonly at: string;
  readonly event: ReturnType<typeof eventsOf>[number];
}

const told: readonly Told[] = venue.steps.flat().flatMap((step) => {
  const at = new Date(Math.floor(step.timeUs / 1000)).toISOString().slice(0, -1);
  return eventsOf(step).map((event) => ({
    at: at + String(step.timeUs % 1000).padStart(3, "0"),
    event,
  }));
});
const fills = told.flatMap(({ at, event }) =>
  event.kind === "execution-report" && event.tradeId !== 0 ? [{ at, ...event }] : [],
);

it("tells every trade between whom it was, at its price and quantity", async () => {
  const { written } = await start(place);
  await written();
  const trades = told.flatMap(({ at, event }) =>
    event.kind === "traded" ? [{ at, ...event }] : [],
  );
  expect(trades.length).toBeGreaterThan(50);
  const lines = new Map(linesIn(place, "trades.csv").map((cells) => [cells[6], cells]));
  expect(linesIn(place, "trades.csv")).toHaveLength(trades.length);
  for (const { at, tradeId, symbol, price, quantity } of trades) {
    const [time, paid, goods, buyer, seller, traded] = lines.get(String(tradeId)) ?? [];
    const party = (side: Side) =>
      fills.find((fill) => fill.tradeId === tradeId && fill.side === side)?.account;
    expect([time, buyer, seller, traded]).toEqual([
      ...[`${at}Z`, party(Side.buy), party(Side.sell), symbol],
    ]);
    const { baseUnitsPerLot, quoteUnitsPerTickLot } = instrumentOf(symbol);
    // Assets of the day have no decimal places: whole ones are units.
    expect(goods).toBe(String(BigInt(quantity) * BigInt(baseUnitsPerLot)));
    expect(Number(paid)).toBeCloseTo((price * quoteUnitsPerTickLot) / baseUnitsPerLot, 9);
  }
});

it("tells after every fill what the account has made of its trading", async () => {
  const { written } = await start(place);
  await written();
  const lines = linesIn(place, "performance.csv");
  expect(lines).toHaveLength(fills.length);
  const sums = new Map<string, { position: bigint; cash: bigint; fees: bigint }>();
  for (const cells of lines) {
    const [, account = "", position = "", cash = "", realised = "", equity = ""] = cells;
    const [symbol = "", cost = "", fees = "", , trade] = cells.slice(6);
    const key = `${account} ${symbol}`;
    const before = sums.get(key) ?? { position: 0n, cash: 0n, fees: 0n };
    const isBuy = BigInt(position) > before.position;
    const fill = fills.find((of) => {
      const isTheirs = of.account === account && of.symbol === symbol;
      return isTheirs && String(of.tradeId) === trade && (of.side === Side.buy) === isBuy;
    });
    if (fill === undefined) throw new Error(`there was no fill such as ${cells.join()}`);
    const terms = instrumentOf(symbol);
    const lotUnits = BigInt(terms.baseUnitsPerLot);
    const tickUnits = BigInt(terms.quoteUnitsPerTickLot);
    const lots = BigInt(isBuy ? fill.lastQuantity : -fill.lastQuantity);
    const price = BigInt(fill.lastPrice);
    const after = {
      position: before.position + lots * lotUnits,
      cash: before.cash - lots * price * tickUnits - BigInt(fill.fee),
      fees: before.fees + BigInt(fill.fee),
    };
    sums.set(key, after);
    expect({ position, cash, fees }).toEqual({
      ...{ position: String(after.position), cash: String(after.cash), fees: String(after.fees) },
    });
    const held = after.position / lotUnits;
    expect(equity).toBe(String(after.cash + held * price * tickUnits));
    // Cash is what was made, less what is bound in the position, and the fees.
    const bound = held >= 0n ? BigInt(cost) : -BigInt(cost);
    expect(after.cash).toBe(BigInt(realised) - bound - after.fees);
  }
  expect(sums.size).toBeGreaterThan(10);
});

it("killed at any moment, it loses no line and doubles none", async () => {
  const whole = join(place, "whole");
  await (await start(whole)).written();
  // In the end there is nothing more to be written over what was begun.
  const shares = [0.2, 0.45, 0.46, 1, 1];
  let folder = join(place, "half-0");
  for (const [turn, share] of shares.entries()) {
    const { exporter, written } = await start(folder, share);
    await written();
    const next = join(place, `half-${turn + 1}`);
    cpSync(folder, next, { recursive: true });
    await stop(exporter);
    folder = next;
    if (turn === shares.length - 1) break;
    // What it had begun to append when it was killed: whole lines, and a piece of one.
    const begun = readFileSync(join(whole, "trades.csv"));
    const { length } = readFileSync(join(folder, "trades.csv"));
    appendFileSync(join(folder, "trades.csv"), begun.subarray(length, length + 70 * turn + 33));
    appendFileSync(join(folder, "performance.csv"), "2026-11-22T10:00:00.000000Z,alice,1");
    writeFileSync(join(folder, "place.json.new"), '{"version":');
  }
  for (const name of ["trades.csv", "performance.csv"] as const) {
    expect(sorted(folder, name)).toEqual(sorted(whole, name));
  }
});

it("waits for a disk that takes nothing, and goes on by itself", async () => {
  const blocked = join(place, "place.json.new");
  const { exporter, faults, written } = await start(place, 0.01);
  await written();
  await stop(exporter);
  mkdirSync(blocked);
  const again = await start(place);
  await eventually(() => again.exporter.status().isWaiting, { what: "it waits" });
  rmdirSync(blocked);
  await again.written();
  expect(faults).toEqual([]);
  expect(again.faults).toHaveLength(1);
  expect(linesIn(place, "performance.csv")).toHaveLength(fills.length);
});

it("touches no files that are not its own, or not as it left them", async () => {
  writeFileSync(join(place, "trades.csv"), "date,amount\n");
  await expect(start(place)).rejects.toThrow(CsvMismatch);
  expect(readFileSync(join(place, "trades.csv"), "utf8")).toBe("date,amount\n");
  const folder = join(place, "ours");
  const { exporter, written } = await start(folder);
  await written();
  await stop(exporter);
  truncateSync(join(folder, "trades.csv"), 100);
  await expect(start(folder)).rejects.toThrow(/trades.csv has 100 bytes/);
});

it("refuses to go on with the trades of other logs", async () => {
  const { exporter, written } = await start(place);
  await written();
  await stop(exporter);
  const path = join(place, "place.json");
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace(/"entriesHash":"..../, '"entriesHash":"0000'));
  const again = start(place).then(({ exporter }) => exporter.whenOver());
  await expect(again).rejects.toThrow(/other logs/);
  running = [];
});
