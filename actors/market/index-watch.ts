/**
 * A market whose price stands for the whole venue: how far it has fallen since the day began, and
 * which levels of the market-wide breaker that has tripped.
 *
 * Reference: the market-wide circuit breakers of US equities (7, 13 and 20 percent).
 */
import { basisPointsPerUnit, multiply } from "../../protocols/index.ts";
import type { BreakerLevel, Ticks } from "../../protocols/index.ts";

export class IndexWatch {
  #levels: readonly BreakerLevel[] = [];
  /** What the fall is measured from; 0 before the day's first price. */
  #startPrice: Ticks = 0;
  /** Which day it is, for a market without a calendar. */
  day = 0;
  /** How many levels were tripped today. */
  #trippedCount = 0;

  set(levels: readonly BreakerLevel[]): void {
    this.#levels = levels;
    this.#trippedCount = 0;
  }

  /** A day begins: its falls are measured from this price. */
  beginDay(price: Ticks, day: number): void {
    this.day = day;
    this.#startPrice = price;
    this.#trippedCount = 0;
  }

  /** Looks at a trade's price. Returns the level that it trips, if any. */
  traded(price: Ticks): BreakerLevel | undefined {
    if (this.#startPrice === 0) this.#startPrice = price;
    let tripped: BreakerLevel | undefined;
    for (;;) {
      const level = this.#levels[this.#trippedCount];
      if (level === undefined || !this.#hasFallen(price, level)) return tripped;
      this.#trippedCount += 1;
      tripped = level;
    }
  }

  #hasFallen(price: Ticks, { basisPoints }: BreakerLevel): boolean {
    const fall = this.#startPrice - price;
    return multiply(fall, basisPointsPerUnit) >= multiply(this.#startPrice, basisPoints);
  }

  snapshot(): SavedWatch {
    const levels = this.#levels.map(({ basisPoints, haltSeconds }) => [basisPoints, haltSeconds]);
    return [levels as [number, number][], this.#startPrice, this.#trippedCount, this.day];
  }

  restore([levels, startPrice, trippedCount, day]: SavedWatch): void {
    this.day = day;
    this.#levels = levels.map(([basisPoints, haltSeconds]) => ({ basisPoints, haltSeconds }));
    this.#startPrice = startPrice;
    this.#trippedCount = trippedCount;
  }
}

export type SavedWatch = readonly [
  levels: readonly (readonly [basisPoints: number, haltSeconds: number])[],
  startPrice: Ticks,
  trippedCount: number,
  day: number,
];
