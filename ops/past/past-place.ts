/**
 * A place in the past of a venue: behind an entry of one shard's log, or a moment of log time,
 * which is a place in every log: behind its last entry that is not later.
 */
import type { ShardId } from "../../protocols/index.ts";

export type PastPlace = EntryPlace | MomentPlace;

export interface EntryPlace {
  readonly shard: ShardId;
  readonly sequence: number;
}

export interface MomentPlace {
  readonly timeUs: number;
}

const entryPattern = /^(?:([0-9]{1,3})\/)?([1-9][0-9]{0,14})$/;
const momentPattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(?:(:\d\d)(?:\.(\d{1,6}))?)?(Z|[+-]\d\d:\d\d)$/;
const usPerMs = 1000;
const fractionDigits = 6;
const dayLength = "2026-11-22".length;

/**
 * What people write: `12345` where there is one shard only, `0/12345`, or `2026-11-22T10:00:00Z`.
 * Undefined for anything else, and for an entry of no shard where there are several.
 */
export function pastPlaceIn(text: string, shards: number): PastPlace | undefined {
  const entry = entryPattern.exec(text);
  if (entry !== null) {
    const [, shard = shards === 1 ? "0" : undefined, sequence] = entry;
    if (shard === undefined || Number(shard) >= shards) return undefined;
    return { shard: Number(shard), sequence: Number(sequence) };
  }
  const timeUs = momentIn(text);
  return timeUs === undefined ? undefined : { timeUs };
}

/** To the microsecond; undefined for what is no moment, or is another one elsewhere. */
export function momentIn(text: string): number | undefined {
  const [, moment, seconds = "", fraction = "", zone] = momentPattern.exec(text) ?? [];
  if (moment === undefined || !isInCalendar(moment.slice(0, dayLength))) return undefined;
  const timeMs = Date.parse(`${moment}${seconds}${zone}`);
  if (Number.isNaN(timeMs)) return undefined;
  return timeMs * usPerMs + Number(fraction.padEnd(fractionDigits, "0"));
}

/** `Date` takes 31 February as 3 March. */
function isInCalendar(day: string): boolean {
  const time = new Date(day);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day);
}

/** Log time as people write it, to the microsecond. */
export function momentOf(timeUs: number): string {
  const seconds = new Date(Math.floor(timeUs / 1_000_000) * usPerMs).toISOString().slice(0, 19);
  return `${seconds}.${String(timeUs % 1_000_000).padStart(fractionDigits, "0")}Z`;
}
