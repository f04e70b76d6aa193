/** How `--from` and `--to` are read: an entry's sequence, a day, or a moment. */
import { InvalidArgumentError } from "commander";
import type { Command } from "commander";
import type { Bound } from "../record/manifest.ts";
import { withCommonOptions } from "./output.ts";

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

const usPerMs = 1000;
const dayUs = 24 * 60 * 60 * 1_000_000;

function fromOption(text: string): Bound {
  return boundIn(text, 0);
}

/** A day is wanted whole. */
function toOption(text: string): Bound {
  return boundIn(text, dayUs - 1);
}

function boundIn(text: string, withinDayUs: number): Bound {
  if (/^[1-9][0-9]{0,14}$/.test(text)) return { sequence: Number(text) };
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const isMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const timeMs = (isDay || isMoment) && isInCalendar(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(timeMs)) {
    throw new InvalidArgumentError(
      "It is an entry's number, a day such as 2026-11-22 (UTC), or a moment such as 2026-11-22T15:30:00Z.",
    );
  }
  return { timeUs: timeMs * usPerMs + (isDay ? withinDayUs : 0) };
}

/** `Date` takes 31 February as 3 March. */
function isInCalendar(text: string): boolean {
  const day = text.slice(0, 10);
  const time = new Date(day);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day);
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
