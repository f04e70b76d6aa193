/**
 * Price levels in ascending order of price, found by binary search.
 *
 * For the few levels far from the market: adding or removing one moves all that lie above it, which
 * is a memory copy of four bytes each.
 */
import { assert } from "../../protocols/assert.ts";
import type { LevelSlab } from "./level-slab.ts";
import { doubledInts, none } from "./slot-pool.ts";

export class SortedLevels {
  count = 0;
  readonly #levels: LevelSlab;
  #sorted = new Int32Array(16);

  constructor(levels: LevelSlab) {
    this.#levels = levels;
  }

  /** The level at a price, or none. */
  find(price: number): number {
    const level = this.at(this.#countBelow(price));
    return level !== none && this.#levels.price[level] === price ? level : none;
  }

  /** The nearest level below a price, or none. */
  below(price: number): number {
    return this.at(this.#countBelow(price) - 1);
  }

  /** The nearest level above a price, or none. */
  above(price: number): number {
    // Prices are integers, so the levels above this one are those not below the next.
    return this.at(this.#countBelow(price + 1));
  }

  /** The level at a rank, lowest first, or none. */
  at(rank: number): number {
    return rank >= 0 && rank < this.count ? this.#sorted[rank]! : none;
  }

  add(level: number): void {
    if (this.count === this.#sorted.length) this.#sorted = doubledInts(this.#sorted);
    const rank = this.#countBelow(this.#levels.price[level]!);
    this.#sorted.copyWithin(rank + 1, rank, this.count);
    this.#sorted[rank] = level;
    this.count += 1;
  }

  remove(level: number): void {
    const rank = this.#countBelow(this.#levels.price[level]!);
    assert(this.at(rank) === level);
    this.#sorted.copyWithin(rank, rank + 1, this.count);
    this.count -= 1;
  }

  clear(): void {
    this.count = 0;
  }

  #countBelow(price: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#levels.price[this.#sorted[middle]!]! < price) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
