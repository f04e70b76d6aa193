/** How `--from` and `--to` are read: an entry's sequence, a day, or a moment. */
import { InvalidArgumentError } from "commander";
import type { Command } from "commander";
import type { Bound } from "../record/manifest.ts";
import { dayUs } from "../reports/civil-day.ts";
import { momentOrDayIn } from "../reports/moment-text.ts";
import { usageFault, withCommonOptions } from "./output.ts";

export interface Range {
  readonly from?: Bound;
  readonly to?: Bound;
}

export function withRange(command: Command): Command {
  return withCommonOptions(
    command
      .option("--from <when>", "from this entry, day or moment on (default: the first)", fromOption)
      .option("--to <when>", "up to this entry, day or moment (default: the last)", toOption),
  );
}

function fromOption(text: string): Bound {
  return boundIn(text, 0);
}

/** A day is wanted whole. */
function toOption(text: string): Bound {
  return boundIn(text, dayUs - 1);
}

function boundIn(text: string, withinDayUs: number): Bound {
  if (/^[1-9][0-9]{0,14}$/.test(text)) return { sequence: Number(text) };
  const timeUs = momentOrDayIn(text);
  if (timeUs === undefined) {
    throw new InvalidArgumentError(
      "It is an entry's number, a day such as 2026-11-22 (UTC), or a moment such as 2026-11-22T15:30:00Z.",
    );
  }
  return { timeUs: text.includes("T") ? timeUs : timeUs + withinDayUs };
}

/** Refuses what holds nothing by how it is given. */
export function requireOrder({ from, to }: Range): void {
  if (from === undefined || to === undefined) return;
  const isBackward =
    ("sequence" in from && "sequence" in to && from.sequence > to.sequence) ||
    ("timeUs" in from && "timeUs" in to && from.timeUs > to.timeUs);
  if (isBackward) throw usageFault("--from is later than --to");
}

export function isWithin(
  { timeUs, sequence }: { readonly timeUs: number; readonly sequence: number },
  { from, to }: Range,
): boolean {
  const placeBy = (bound: Bound): number => ("sequence" in bound ? sequence : timeUs);
  const numberOf = (bound: Bound): number => ("sequence" in bound ? bound.sequence : bound.timeUs);
  const isAfter = from === undefined || placeBy(from) >= numberOf(from);
  return isAfter && (to === undefined || placeBy(to) <= numberOf(to));
}
