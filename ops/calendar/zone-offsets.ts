/**
 * The offsets of a time zone over some years, as this machine's time zone database has them. Only
 * here is a zone's name looked up; from here on the offsets are data.
 */
import type { ZoneOffset } from "../../protocols/trading-calendar.ts";
import { CalendarFileFault } from "./calendar-file-fault.ts";

export interface YearSpan {
  readonly fromYear: number;
  readonly toYear: number;
}

const msPerHour = 3_600_000;
/** So far beyond the span, because its first and its last local day begin and end elsewhere. */
const marginMs = 48 * msPerHour;
/** No zone goes one way and back within so short a time. */
const sampleMs = 6 * msPerHour;

/** Ascending, from before the first local day of the span to after its last one. */
export function zoneOffsets(timeZone: string, { fromYear, toYear }: YearSpan): ZoneOffset[] {
  const format = offsetFormat(timeZone);
  const fromMs = Math.max(0, Date.UTC(fromYear, 0, 1) - marginMs);
  const endMs = Date.UTC(toYear + 1, 0, 1) + marginMs;
  let minutes = offsetAt(format, fromMs);
  const offsets = [{ fromUs: fromMs * 1000, minutes }];
  for (let atMs = fromMs; atMs < endMs; atMs += sampleMs) {
    const next = offsetAt(format, atMs + sampleMs);
    if (next === minutes) continue;
    const changeMs = changeWithin(format, atMs);
    offsets.push({ fromUs: changeMs * 1000, minutes: next });
    minutes = next;
  }
  return offsets;
}

/** The moment of the one change between two samples, to the second. */
function changeWithin(format: Intl.DateTimeFormat, sampledMs: number): number {
  const before = offsetAt(format, sampledMs);
  let stillMs = sampledMs;
  let changedMs = sampledMs + sampleMs;
  while (changedMs - stillMs > 1000) {
    const middleMs = stillMs + Math.floor((changedMs - stillMs) / 2000) * 1000;
    if (offsetAt(format, middleMs) === before) stillMs = middleMs;
    else changedMs = middleMs;
  }
  return changedMs;
}

function offsetFormat(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const at = { code: "time-zone-unknown", field: "timeZone" } as const;
    throw new CalendarFileFault(at, `this machine knows no zone "${timeZone}"`, cause);
  }
}

/** Local time minus UTC in minutes, from what is written as `GMT`, `GMT-05:00`, `GMT+00:53:28`. */
function offsetAt(format: Intl.DateTimeFormat, atMs: number): number {
  const parts = format.formatToParts(atMs);
  const text = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
  const [, sign, hours, minutes] = /^GMT(?:([+-])([0-9]{2}):([0-9]{2}))?$/.exec(text) ?? [];
  if (sign === undefined && text !== "GMT") {
    const at = { code: "time-zone-unusable", field: "timeZone" } as const;
    throw new CalendarFileFault(at, `its offset is "${text}", which is not in whole minutes`);
  }
  const size = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return sign === "-" ? -size : size;
}
