/**
 * The spans of time that candles are made of. Numbers and words are in events and in clients' code:
 * neither is ever renamed.
 *
 * Invariant: each begins and ends where some of the next narrower one do, counted from 1970 in UTC,
 * so that a wider candle is made of narrower ones.
 */
import type { TimeUs } from "./units.ts";

export const CandleInterval = {
  "1m": 0,
  "5m": 1,
  "15m": 2,
  "1h": 3,
  "4h": 4,
  "1d": 5,
} as const;
export type CandleInterval = (typeof CandleInterval)[keyof typeof CandleInterval];

/** From the narrowest to the widest. */
export const candleIntervals: readonly CandleInterval[] = Object.values(CandleInterval);

export const minuteUs: TimeUs = 60_000_000;

/** How long each one is, by its number. */
export const candleSpansUs: readonly TimeUs[] = [1, 5, 15, 60, 240, 1440].map(
  (minutes) => minutes * minuteUs,
);

/** When the span that a moment is in begins. */
export function spanStart(timeUs: TimeUs, spanUs: TimeUs): TimeUs {
  return timeUs - (timeUs % spanUs);
}
