/** `--at`, `--from` and `--to` of reports: which part of the logs they are of. */
import { InvalidArgumentError } from "commander";
import type { Command } from "commander";
import { momentOrDayIn } from "../reports/moment-text.ts";
import type { Period } from "../reports/report.ts";
import { ReportFault } from "../reports/report-fault.ts";
import { momentOf } from "../past/past-place.ts";
import { usageFault } from "./output.ts";

/** By shard, an entry; or a moment, which is included. */
export type AsOf =
  { readonly sequences: ReadonlyMap<number, number> } | { readonly timeUs: number };

export interface PeriodFlags {
  readonly at?: AsOf;
  readonly from?: number;
  readonly to?: number;
}

export function withAt(command: Command): Command {
  return command.option(
    "--at <place>",
    "as of a time such as 2026-11-22T10:00:00Z, or of an entry of every shard such as 0/123,1/456 (default: all that there is)",
    asOfOption,
  );
}

export function withPeriod(command: Command): Command {
  return withAt(command)
    .option("--from <when>", "from this day (UTC) or moment on (default: the first)", momentOption)
    .option("--to <when>", "up to before this day or moment (default: the last)", momentOption);
}

function momentOption(text: string): number {
  const timeUs = momentOrDayIn(text);
  if (timeUs !== undefined) return timeUs;
  throw new InvalidArgumentError(
    "It is a day such as 2026-11-22, or a moment such as 2026-11-22T10:00:00Z.",
  );
}

function asOfOption(text: string): AsOf {
  const timeUs = text.includes("T") ? momentOrDayIn(text) : undefined;
  if (timeUs !== undefined) return { timeUs };
  const sequences = new Map<number, number>();
  for (const part of text.split(",")) {
    const [, shard = "0", sequence] = /^(?:([0-9]{1,3})\/)?([0-9]{1,15})$/.exec(part.trim()) ?? [];
    if (sequence === undefined || sequences.has(Number(shard))) {
      throw new InvalidArgumentError(
        "It is a moment such as 2026-11-22T10:00:00Z, or an entry of every shard, such as 0/123,1/456.",
      );
    }
    sequences.set(Number(shard), Number(sequence));
  }
  return { sequences };
}

/** What is read of each log, and what of that is the period. */
export interface WantedPart {
  readonly period: Period;
  readonly upTo: readonly number[] | undefined;
}

/** Throws {@link ReportFault} for a period that is not over: more may be added to it. */
export function partOf({ at, from, to }: PeriodFlags, shards: number): WantedPart {
  const endUs = at !== undefined && "timeUs" in at ? at.timeUs + 1 : undefined;
  const toUs = endUs === undefined ? to : Math.min(endUs, to ?? Infinity);
  requireOver(toUs);
  const period = { fromUs: from, toUs };
  if (at === undefined || "timeUs" in at) return { period, upTo: undefined };
  return { period, upTo: sequencesOf(at.sequences, shards) };
}

function sequencesOf(named: ReadonlyMap<number, number>, shards: number): readonly number[] {
  const stranger = [...named.keys()].find((shard) => shard >= shards);
  const all = Array.from({ length: shards }, (_, shard) => named.get(shard));
  if (stranger === undefined && all.every((sequence) => sequence !== undefined)) return all;
  const example = all.map((_, shard) => `${shard}/${123 + shard}`).join(",");
  throw usageFault(`--at names a time, or an entry of every shard, such as ${example}`);
}

/** Clocks of servers may be a little behind. */
const settlingUs = 5_000_000;

export function requireOver(toUs: number | undefined): void {
  if (toUs === undefined || toUs + settlingUs < Date.now() * 1000) return;
  const message = `${momentOf(toUs)} is yet to come, or has only just been`;
  throw new ReportFault("period-not-over", `${message}: name an earlier end, or none`);
}
