/**
 * How often values fell between which bounds: counted in plain numbers, a few dozen nanoseconds for
 * each, for a scrape to read.
 */
import { assert } from "../../protocols/assert.ts";

export class Distribution {
  /** Ascending; a value counts for the first bound that it does not exceed. */
  readonly bounds: readonly number[];
  /** One for each bound, and a last one for what is beyond all. */
  readonly counts: Float64Array;
  /** Of all values. */
  sum = 0;

  constructor(bounds: readonly number[]) {
    assert(bounds.length > 0);
    assert(bounds.every((bound, index) => index === 0 || bound > (bounds[index - 1] ?? bound)));
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number, times = 1): void {
    const { bounds, counts } = this;
    let index = 0;
    while (index < bounds.length && value > bounds[index]!) index += 1;
    counts[index]! += times;
    this.sum += value * times;
  }
}

/** Seconds, for what goes through the log: a raw publish to an election. */
export const roundTripBounds: readonly number[] = [
  0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
  10,
];

/** Seconds, for what a processor does by itself. */
export const workBounds: readonly number[] = [
  0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1,
];

/** Of a few to thousands. */
export const countBounds: readonly number[] = [
  1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096,
];

/** Bytes of a frame. */
export const bytesBounds: readonly number[] = [128, 256, 512, 1024, 4096, 16_384, 65_536];
