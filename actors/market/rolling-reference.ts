/**
 * The price that bands are drawn around: the mean of the trades of the last minutes, weighted by
 * nothing, and moved only every so often, so that a fast market does not drag its bands along.
 *
 * Time is cut into slices, of which only sums are kept.
 */
import { divideFloor } from "../../protocols/index.ts";
import type { Ticks, TimeUs } from "../../protocols/index.ts";

/** The reference is moved at most once in each slice. */
const slicesPerWindow = 10;

interface Slice {
  readonly number: number;
  sum: number;
  count: number;
}

export class RollingReference {
  /** 0 while there is none. */
  price: Ticks;
  readonly #sliceUs: TimeUs;
  /** Ascending; of the last window. */
  #slices: Slice[] = [];

  constructor(price: Ticks, windowUs: TimeUs) {
    this.price = price;
    this.#sliceUs = Math.max(divideFloor(windowUs, slicesPerWindow) as TimeUs, 1);
  }

  /** Begins anew from a price, as after an auction. */
  reset(price: Ticks): void {
    this.price = price;
    this.#slices = [];
  }

  /** Counts a trade. True if that moved the reference. */
  add(price: Ticks, timeUs: TimeUs): boolean {
    const moved = this.advance(timeUs);
    const number = this.#numberOf(timeUs);
    const last = this.#slices.at(-1);
    if (last?.number === number) {
      last.sum += price;
      last.count += 1;
    } else {
      this.#slices.push({ number, sum: price, count: 1 });
    }
    if (this.price !== 0) return moved;
    this.price = price;
    return true;
  }

  /** Lets time pass. True if that moved the reference. */
  advance(timeUs: TimeUs): boolean {
    const last = this.#slices.at(-1);
    const number = this.#numberOf(timeUs);
    if (last === undefined || last.number === number) return false;
    this.#slices = this.#slices.filter((slice) => slice.number > number - slicesPerWindow);
    const sum = this.#slices.reduce((total, slice) => total + slice.sum, 0);
    const count = this.#slices.reduce((total, slice) => total + slice.count, 0);
    if (count === 0) return false;
    const mean = divideFloor(sum, count) as Ticks;
    if (mean === this.price) return false;
    this.price = mean;
    return true;
  }

  #numberOf(timeUs: TimeUs): number {
    return divideFloor(timeUs, this.#sliceUs) as number;
  }

  snapshot(): SavedReference {
    return [this.price, this.#slices.map(({ number, sum, count }) => [number, sum, count])];
  }

  restore([price, slices]: SavedReference): void {
    this.price = price;
    this.#slices = slices.map(([number, sum, count]) => ({ number, sum, count }));
  }
}

export type SavedReference = readonly [
  price: Ticks,
  slices: readonly (readonly [number: number, sum: number, count: number])[],
];
