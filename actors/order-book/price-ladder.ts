/**
 * The price levels of one side of a book in order of price, best first.
 *
 * Prices near the market lie in a window of 131,072 ticks: a level there is found by subtraction,
 * and its neighbour by bitmap. Levels outside are kept in a sorted list, which costs a binary
 * search. The window follows the prices at which levels appear.
 *
 * Invariant: `best` is the first level of the ladder, or none when it has none.
 */
import { assert } from "../../protocols/assert.ts";
import { Side } from "../../protocols/order-terms.ts";
import type { LevelSlab } from "./level-slab.ts";
import { bitmapCapacity, OccupancyBitmap } from "./occupancy-bitmap.ts";
import { none } from "./slot-pool.ts";
import { SortedLevels } from "./sorted-levels.ts";

const windowSize = bitmapCapacity;
/** How many more levels must appear outside the window than inside it before it moves, at least. */
const straysMin = 64;

export class PriceLadder {
  readonly side: Side;
  /** What levels on this ladder are marked with. */
  readonly number: number;
  readonly levels: LevelSlab;
  /** The best level, which an incoming order of the other side meets first, or none. */
  best: number = none;
  count = 0;
  /**
   * The level at each occupied position of the window. The others are neither cleared nor read, so
   * the memory of prices that nobody quotes is never touched.
   */
  readonly #window = new Int32Array(windowSize);
  readonly #occupied = new OccupancyBitmap();
  /**
   * The price at position 0 of the window. It may lie beyond the safe integers; a price in the
   * window is still less than 2^18 away, so their difference is exact.
   */
  #windowBase = 0;
  readonly #outside: SortedLevels;
  /** How many more levels appeared outside the window than inside since it moved; at least 0. */
  #strays = 0;

  /** Its levels are taken from a slab that other ladders may share. */
  constructor(levels: LevelSlab, { side, number }: Pick<PriceLadder, "side" | "number">) {
    this.levels = levels;
    this.side = side;
    this.number = number;
    this.#outside = new SortedLevels(levels);
  }

  /** The next level in order of matching, or none. */
  behind(level: number): number {
    return this.nextFrom(this.levels.price[level]!);
  }

  /** The level at a price, or none. */
  find(price: number): number {
    const position = price - this.#windowBase;
    if (!isInWindow(position)) return this.#outside.find(price);
    return this.#occupied.has(position) ? this.#window[position]! : none;
  }

  /** The level at a price, added without orders if it was not there. */
  findOrAdd(price: number): number {
    const found = this.find(price);
    if (found !== none) return found;

    if (isInWindow(price - this.#windowBase)) this.#strays = Math.max(this.#strays - 1, 0);
    else this.#noteStray(price);
    const level = this.levels.take(this.number, price);
    this.#insert(level);
    this.count += 1;
    const { best } = this;
    if (best === none || isBetter(this.side, price, this.levels.price[best]!)) this.best = level;
    return level;
  }

  /** Removes a level that has no orders left. */
  remove(level: number): void {
    assert(this.levels.orderCount[level] === 0);
    assert(this.levels.ladder[level] === this.number);
    if (this.best === level) this.best = this.behind(level);
    const price = this.levels.price[level]!;
    const position = price - this.#windowBase;
    if (isInWindow(position)) {
      this.#occupied.remove(position);
    } else {
      this.#outside.remove(level);
    }
    this.count -= 1;
    this.levels.giveBack(level);
  }

  /** The nearest level behind a price, at which there need not be one, or none. */
  nextFrom(price: number): number {
    return this.#next(this.side, price);
  }

  /** The nearest level that is lower than a price, seen by bids, or higher, seen by asks. */
  #next(side: Side, price: number): number {
    const inside = this.#nextInside(side, price - this.#windowBase);
    if (this.#outside.count === 0) return inside;
    const outside = side === Side.buy ? this.#outside.below(price) : this.#outside.above(price);
    if (inside === none) return outside;
    if (outside === none) return inside;
    return isBetter(side, this.levels.price[inside]!, this.levels.price[outside]!)
      ? inside
      : outside;
  }

  #nextInside(side: Side, position: number): number {
    let next: number = none;
    if (side === Side.buy) {
      const from = Math.min(position, windowSize) - 1;
      if (from >= 0) next = this.#occupied.atOrBelow(from);
    } else {
      const from = Math.max(position, -1) + 1;
      if (from < windowSize) next = this.#occupied.atOrAbove(from);
    }
    return next === none ? none : this.#window[next]!;
  }

  #insert(level: number): void {
    const position = this.levels.price[level]! - this.#windowBase;
    if (isInWindow(position)) {
      this.#window[position] = level;
      this.#occupied.add(position);
    } else {
      this.#outside.add(level);
    }
  }

  /**
   * Counts a level that is about to appear outside the window, and moves the window to it once such
   * levels are the rule. Moving costs a step per level, so it waits for as many strays as there are
   * levels: the work is paid for by the appearances that called for it. An empty ladder moves free.
   */
  #noteStray(price: number): void {
    this.#strays += 1;
    const levelCount = this.count;
    if (levelCount > 0 && this.#strays < straysMin + levelCount) return;
    this.#moveWindow(price);
  }

  #moveWindow(price: number): void {
    const ascending: number[] = [];
    let level = this.#next(Side.sell, -Infinity);
    while (level !== none) {
      ascending.push(level);
      level = this.#next(Side.sell, this.levels.price[level]!);
    }
    this.#occupied.clear();
    this.#outside.clear();
    this.#windowBase = price - windowSize / 2;
    this.#strays = 0;
    for (const level of ascending) this.#insert(level);
  }
}

function isInWindow(position: number): boolean {
  return position >= 0 && position < windowSize;
}

function isBetter(side: Side, price: number, other: number): boolean {
  return side === Side.buy ? price > other : price < other;
}
