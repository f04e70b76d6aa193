/** Days of log time: since the Unix epoch began, from midnight UTC to midnight. */
import type { TimeUs } from "../../protocols/index.ts";

const dayUs = 86_400_000_000;

export function logDayOf(timeUs: TimeUs): number {
  return Math.floor(timeUs / dayUs);
}
