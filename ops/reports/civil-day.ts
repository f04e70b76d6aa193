/** Days of UTC, which all days of reports are. */
import type { TimeUs } from "../../protocols/index.ts";

const usPerMs = 1000;
export const dayUs = 24 * 60 * 60 * 1_000_000;

/** `2026-11-22`. */
export function dayOf(timeUs: TimeUs): string {
  return new Date(Math.floor(timeUs / usPerMs)).toISOString().slice(0, 10);
}

/** Its first moment; undefined where there is no such day. */
export function beginningOf(day: string): TimeUs | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return undefined;
  const timeMs = Date.parse(day);
  // `Date` takes 31 February as 3 March.
  const isThere = !Number.isNaN(timeMs) && new Date(timeMs).toISOString().startsWith(day);
  return isThere ? timeMs * usPerMs : undefined;
}
