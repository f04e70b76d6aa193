/**
 * Goal: of contracts the files tell what was realised and funded and what is open at the mark,
 * change by change, and nothing as if goods had been paid for; also when the exporter starts again.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loseBeyondCash } from "../../actors/testing/contract-story.ts";
import { tradeOut } from "../../actors/testing/trading-day.ts";
import { systemClock } from "../../cluster/clock.ts";
import type { Clock } from "../../cluster/clock.ts";
import { DirectorySnapshotStore } from "../../cluster/directory-snapshot-store.ts";
import { ChanceOfEntries } from "../../cluster/testing/chance-of-entries.ts";
import { eventually } from "../../cluster/testing/eventually.ts";
import { PositionCause } from "../../protocols/index.ts";
import { CsvExporter } from "./csv-exporter.ts";

let moves = 0;
const venue = tradeOut({
  ...{ seed: 21, shards: 3, moves: 900, deliveryPercent: 60, relocationPercent: 4 },
  ...{ contractPercent: 40, chance: new ChanceOfEntries() },
  afterMove: (of) => {
    moves += 1;
    if (moves === 1) loseBeyondCash(of);
  },
});
const isContract = (symbol: string): boolean =>
  venue.first.directory.instrument(symbol)?.contract !== undefined;
/** Each account's in its order. */
const changes = venue.events.flatMap((event) => (event.kind === "position-changed" ? [event] : []));
const fills = venue.events.flatMap((event) =>
  event.kind === "execution-report" && event.tradeId !== 0 ? [event] : [],
);

/** Its half a second is a hundredth of one. */
const hasty: Clock = {
  nowMs: () => systemClock.nowMs() * 50,
  after: (ms, act) => systemClock.after(ms / 50, act),
};

let place: string;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "outcry-csv-"));
});
afterAll(() => rmSync(place, { recursive: true }));

/** Writes what there is up to these entries of the logs, and ends. */
async function write(folder: string, ends: readonly number[]): Promise<void> {
  const exporter = new CsvExporter({
    ...{ folder, clock: hasty, snapshots: new DirectorySnapshotStore(`${folder}-states`) },
    report: (error) => {
      throw error;
    },
    logs: venue.logs.map((log, shard) => ({
      head: () => Promise.resolve(ends[shard]!),
      read: (from) => Promise.resolve(log.slice(from - 1, Math.min(from + 6, ends[shard]!))),
    })),
  });
  await exporter.start();
  await eventually(() => exporter.status().written.join() === ends.join(), {
    what: () => `all is written: ${JSON.stringify(exporter.status())}`,
  });
  await exporter.stop();
}

type Cells = readonly string[];
const wholeLogs = venue.logs.map((log) => log.length);

/** The lines of contracts, as cells. */
function linesIn(folder: string): readonly Cells[] {
  const [, ...lines] = readFileSync(join(folder, "performance.csv"), "utf8").trim().split("\n");
  return lines.map((line) => line.split(",")).filter(([, , , , , , of]) => isContract(of!));
}

let lines: readonly Cells[];
beforeAll(async () => {
  const folder = mkdtempSync(join(place, "whole-"));
  await write(folder, wholeLogs);
  lines = linesIn(folder);
});

it("has a line for each fill, and for whatever else becomes of a position", () => {
  const others = changes.filter(({ cause }) => cause !== PositionCause.trade);
  const { trade, funding, expiry } = PositionCause;
  const causes = new Set<number>(changes.map(({ cause }) => cause));
  expect([...causes]).toEqual(expect.arrayContaining([trade, funding, expiry]));
  expect(causes.size).toBeGreaterThan(3);
  const ofContracts = fills.filter(({ symbol }) => isContract(symbol));
  expect(lines).toHaveLength(ofContracts.length + others.length);
  expect(lines.filter((cells) => cells.at(-1) === "")).toHaveLength(others.length);
});

it("says what was realised and funded, and what the ledger has as cost", () => {
  const byPosition = Map.groupBy(lines, ([, account, , , , , symbol]) => `${account} ${symbol}`);
  expect(byPosition.size).toBeGreaterThan(4);
  for (const [key, its] of byPosition) {
    const of = changes.filter(({ account, symbol }) => `${account} ${symbol}` === key);
    const paid = fills.filter(({ account, symbol }) => `${account} ${symbol}` === key);
    expect(its).toHaveLength(of.length);
    let made = 0n;
    for (const [at, { lots, cost, realised }] of of.entries()) {
      const [, , position, cash, pnl, equity, , bound, fees, mark] = its[at]!;
      made += BigInt(realised);
      expect([position, cash, pnl, bound]).toEqual(
        [lots, made - BigInt(fees!), made, cost].map(String),
      );
      if (lots === 0) expect(equity).toBe(cash);
      else expect(Number(mark)).toBeGreaterThan(0);
    }
    const fees = paid.reduce((sum, { fee }) => sum + BigInt(fee), 0n);
    expect(its.at(-1)?.[8]).toBe(String(fees));
  }
});

it("ends with the equity that positions have at their last mark", () => {
  let open = 0;
  for (const shard of venue.shards) {
    for (const account of shard.accounts()) {
      for (const { symbol, lots, entryNotional } of account.positions(shard.directory)) {
        const line = lines.findLast((of) => of[1] === account.id && of[6] === symbol);
        if (line === undefined || lots === 0) continue;
        const [, , , cash, , equity, , , , mark] = line;
        const unrealised = BigInt(lots) * BigInt(mark!) - BigInt(entryNotional);
        expect(BigInt(equity!)).toBe(BigInt(cash!) + unrealised);
        open += 1;
      }
    }
  }
  expect(open).toBeGreaterThan(1);
});

it("goes on where it was, wherever that is", async () => {
  const folder = mkdtempSync(join(place, "parts-"));
  // What led to an entry is among those before it in time.
  const timesUs = venue.logs
    .flat()
    .map(({ timeUs }) => timeUs)
    .sort((a, b) => a - b);
  for (const share of [0.2, 0.5, 0.8]) {
    const lastUs = timesUs[Math.ceil(timesUs.length * share)]!;
    const ends = venue.logs.map((log) => log.filter(({ timeUs }) => timeUs <= lastUs).length);
    await write(folder, ends);
  }
  await write(folder, wholeLogs);
  const sorted = (of: readonly Cells[]) => of.map((cells) => cells.join()).sort();
  expect(sorted(linesIn(folder))).toEqual(sorted(lines));
});
