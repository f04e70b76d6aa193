/**
 * One side of a local book: price levels, best first.
 */
import { SortedPrices } from "./sorted-prices.ts";
import type { BookSideName } from "./sorted-prices.ts";

export type Level = readonly [price: number, quantity: number];

export class BookSide {
  readonly #prices: SortedPrices;
  readonly #quantities = new Map<number, number>();
  /** The worst price that is known of, when there is more behind it; else undefined. */
  #horizon: number | undefined;

  constructor(side: BookSideName) {
    this.#prices = new SortedPrices(side);
  }

  /** Of levels. */
  get count(): number {
    return this.#prices.count;
  }

  get best(): Level | undefined {
    const price = this.#prices.best;
    return price === undefined ? undefined : [price, this.quantityAt(price)];
  }

  /** Whether levels beyond the worst one here are left out. */
  get isCut(): boolean {
    return this.#horizon !== undefined;
  }

  /** 0 where nothing rests. */
  quantityAt(price: number): number {
    return this.#quantities.get(price) ?? 0;
  }

  /** The best levels, best first. */
  top(count: number): readonly Level[] {
    return this.#prices.top(count).map((price): Level => [price, this.quantityAt(price)]);
  }

  /** What rests at a price is now this; 0 takes the level away. */
  set(price: number, quantity: number): void {
    // Beyond the horizon some levels would be known and others not: none is kept.
    if (this.#horizon !== undefined && this.#prices.isWorse(price, this.#horizon)) return;
    if (quantity === 0) {
      if (this.#quantities.delete(price)) this.#prices.remove(price);
      return;
    }
    if (!this.#quantities.has(price)) this.#prices.add(price);
    this.#quantities.set(price, quantity);
  }

  /** Replaces all levels. They come best first; as many as were asked for means there are more. */
  reset(levels: readonly (readonly [number, number, ...unknown[]])[], askedFor: number): void {
    this.#quantities.clear();
    for (const [price, quantity] of levels) this.#quantities.set(price, quantity);
    this.#prices.reset(this.#quantities.keys());
    this.#horizon = levels.length < askedFor ? undefined : levels.at(-1)?.[0];
  }
}
