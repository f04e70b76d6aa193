/**
 * Mark price: what positions in a contract are valued at. What the book would trade at, but never
 * further from the index than the contract's clamp: nobody moves it by moving a thin book.
 */
import { divideFloor, multiply, partsPerMillion, ticksMax } from "../../protocols/index.ts";
import type { Ticks } from "../../protocols/index.ts";

/** What a book says of its price; 0 for what it has none of. */
export interface BookPrices {
  /** Of continuous trading; else both are 0. */
  readonly bid: Ticks;
  readonly ask: Ticks;
  /** The last price, or what the terms say before there is one. */
  readonly last: Ticks;
}

/** The middle of bid and ask, rounded down; without both the last price, or 0. */
export function bookPriceOf({ bid, ask, last }: BookPrices): Ticks {
  return bid === 0 || ask === 0 ? last : Math.floor((bid + ask) / 2);
}

/** 0 while there is no index. A book that has no price is marked at the index. */
export function markPriceOf(index: Ticks, prices: BookPrices, clampPpm: number): Ticks {
  if (index === 0) return 0;
  const width = divideFloor(multiply(index, clampPpm), partsPerMillion) as Ticks;
  const price = bookPriceOf(prices);
  if (price === 0) return index;
  const [lower, upper] = [Math.max(index - width, 1), Math.min(index + width, ticksMax)];
  return Math.min(Math.max(price, lower), upper);
}
