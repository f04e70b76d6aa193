/**
 * How far the price of an instrument usually goes in a stretch of time: the median of the latest.
 */
import type { Ticks, TimeUs } from "../../protocols/index.ts";

const rangesKept = 60;
/** With fewer, nothing is usual yet. */
const rangesNeeded = 12;

export interface SavedRange {
  stretch: number;
  low: Ticks;
  high: Ticks;
  /** Of the stretches before that had trades. */
  readonly ranges: Ticks[];
}

export function noRange(): SavedRange {
  return { stretch: 0, low: 0, high: 0, ranges: [] };
}

export function addToRange(saved: SavedRange, price: Ticks, stretch: number): void {
  if (stretch === saved.stretch) {
    saved.low = Math.min(saved.low, price);
    saved.high = Math.max(saved.high, price);
    return;
  }
  if (saved.stretch !== 0) saved.ranges.push(saved.high - saved.low);
  if (saved.ranges.length > rangesKept) saved.ranges.shift();
  Object.assign(saved, { stretch, low: price, high: price });
}

/** 0 while nothing is usual. */
export function usualRange({ ranges }: SavedRange): Ticks {
  if (ranges.length < rangesNeeded) return 0;
  return ranges.toSorted((a, b) => a - b)[Math.floor(ranges.length / 2)] ?? 0;
}

/** Stretches of that length are numbered, from the beginning of time. */
export function stretchOf(timeUs: TimeUs, lengthUs: TimeUs): number {
  return Math.floor(timeUs / lengthUs);
}
