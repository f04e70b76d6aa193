/**
 * A day of random trading to make reports of, and what happened on it as its participants were
 * told: from the events of the steps and the deposits that were asked for. Whoever reports reads
 * the logs and the transfers; none of that is used here.
 */
import { tradeOut } from "../../../actors/testing/trading-day.ts";
import { eventsOf } from "../../../actors/testing/test-venue.ts";
import type { TestVenue } from "../../../actors/testing/test-venue.ts";
import { ChanceOfEntries } from "../../../cluster/testing/chance-of-entries.ts";
import { Side } from "../../../protocols/index.ts";
import type { ExecutionReport, InstrumentTerms, ShardEvent } from "../../../protocols/index.ts";
import { makeReports } from "../make-reports.ts";
import type { ReportSource, TextOutput } from "../make-reports.ts";
import type { Period, Report } from "../report.ts";
import { tableWriter } from "../table-format.ts";
import type { TableFormat } from "../table-format.ts";

/** Clocks of its servers go back now and then. */
export function tradingDay(seed: number, shards: number, moves = 700): TestVenue {
  let made = 0;
  return tradeOut({
    ...{ seed, shards, moves, deliveryPercent: 60, relocationPercent: shards === 1 ? 0 : 4 },
    ...{ feePercent: 4, chance: new ChanceOfEntries() },
    ...(shards > 1 && { shardsAtEnd: shards + 1 }),
    afterMove: (venue) => {
      made += 1;
      if (made % 4 === 0) venue.timeUs -= backUs;
    },
  });
}

const backUs = 900_000;

/** The logs, read so many entries at a time. */
export function sourceOf(
  venue: TestVenue,
  { piece = 40, ends = venue.logs.map((log) => log.length) } = {},
): ReportSource {
  return {
    logs: venue.logs.map((log, shard) => ({
      head: () => Promise.resolve(ends[shard]!),
      read: (from) =>
        Promise.resolve(log.slice(from - 1, Math.min(from - 1 + piece, ends[shard]!))),
    })),
  };
}

export const always: Period = { fromUs: undefined, toUs: undefined };

export class MemoryOutput implements TextOutput {
  text = "";

  write(text: string): Promise<void> {
    this.text += text;
    return Promise.resolve();
  }
}

export interface Asked {
  readonly report: Report;
  readonly period?: Period;
  readonly source: ReportSource;
}

export async function textOfReport(
  { report, period = always, source }: Asked,
  format: TableFormat,
): Promise<{ readonly text: string }> {
  const output = new MemoryOutput();
  await makeReports([{ report, writer: tableWriter(format), output }], period, source);
  return { text: output.text };
}

/** Rows as JSON has them. */
export type JsonRow = Readonly<Record<string, string | number | null>>;

export interface JsonReport {
  readonly rows: readonly JsonRow[];
  readonly summary: Readonly<Record<string, unknown>>;
}

export async function rowsOf(asked: Asked): Promise<JsonReport> {
  const { text } = await textOfReport(asked, "json");
  return jsonReportIn(text);
}

/** Of one reading of the logs. */
export async function rowsOfAll(
  reports: readonly Report[],
  source: ReportSource,
  period = always,
): Promise<readonly JsonReport[]> {
  const wanted = reports.map((report) => {
    return { report, writer: tableWriter("json"), output: new MemoryOutput() };
  });
  await makeReports(wanted, period, source);
  return wanted.map(({ output }) => jsonReportIn(output.text));
}

function jsonReportIn(text: string): JsonReport {
  const { rows, ...summary } = JSON.parse(text) as { rows: JsonRow[] };
  return { rows, summary };
}

export const big = (value: unknown): bigint => BigInt(value as string | number);

/** A fill as its account was told. */
export interface ToldFill {
  /** The entry on which it was told. */
  readonly shard: number;
  readonly sequence: number;
  readonly timeUs: number;
  readonly report: ExecutionReport;
  readonly terms: InstrumentTerms;
  readonly notional: bigint;
  readonly fee: bigint;
  readonly baseUnits: bigint;
  readonly isBuy: boolean;
}

/** In the order in which they happened. */
export function toldFills(venue: TestVenue): readonly ToldFill[] {
  const places = new Map<string, Pick<ToldFill, "shard" | "sequence" | "timeUs">>();
  for (const [shard, steps] of venue.steps.entries()) {
    for (const step of steps) {
      const { sequence, timeUs } = step;
      for (const event of eventsOf(step)) places.set(keyOf(event), { shard, sequence, timeUs });
    }
  }
  return venue.events.flatMap((event): ToldFill[] => {
    if (event.kind !== "execution-report" || event.tradeId === 0) return [];
    const terms = venue.first.directory.instrument(event.symbol);
    if (terms === undefined) throw new Error(`there is no ${event.symbol}`);
    const { lastPrice, lastQuantity, fee, side } = event;
    const notional = BigInt(lastPrice) * BigInt(lastQuantity) * BigInt(terms.quoteUnitsPerTickLot);
    const baseUnits = BigInt(lastQuantity) * BigInt(terms.baseUnitsPerLot);
    const place = places.get(keyOf(event));
    if (place === undefined) throw new Error("a fill in no step");
    const figures = { notional, baseUnits, fee: BigInt(fee), isBuy: side === Side.buy };
    return [{ ...place, report: event, terms, ...figures }];
  });
}

function keyOf(event: ShardEvent): string {
  if (event.kind !== "execution-report") return "";
  return `${event.tradeId} ${event.orderId}`;
}

/** What an account has of an asset, by what it was told and was given. */
export function toldBalance(
  venue: TestVenue,
  fills: readonly ToldFill[],
  { account, asset }: { readonly account: string; readonly asset: string },
): bigint {
  const deposited = venue.commands.reduce((sum, { command }) => {
    const isIts = command.kind === "deposit" && command.account === account;
    return isIts && command.asset === asset ? sum + BigInt(command.amount) : sum;
  }, 0n);
  return fills
    .filter(({ report }) => report.account === account)
    .reduce((sum, { terms, isBuy, notional, baseUnits, fee }) => {
      const base = terms.base === asset ? (isBuy ? baseUnits : -baseUnits) : 0n;
      const quote = terms.quote === asset ? (isBuy ? -notional : notional) - fee : 0n;
      return sum + base + quote;
    }, deposited);
}
