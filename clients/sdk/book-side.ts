/**
 * One side of a local book: price levels, best first.
 */

export type Level = readonly [price: number, quantity: number];

export class BookSide {
  /** Prices times this rise from the best to the worst. */
  readonly #sign: 1 | -1;
  /** Best last: changes are mostly near the best, and the end of a list is cheap to change. */
  #prices: number[] = [];
  readonly #quantities = new Map<number, number>();
  /** The worst price that is known of, when there is more behind it; else undefined. */
  #horizon: number | undefined;

  constructor(side: "bid" | "ask") {
    this.#sign = side === "ask" ? 1 : -1;
  }

  get levelCount(): number {
    return this.#prices.length;
  }

  get best(): Level | undefined {
    const price = this.#prices.at(-1);
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
    return this.#prices
      .slice(Math.max(0, this.#prices.length - count))
      .reverse()
      .map((price): Level => [price, this.quantityAt(price)]);
  }

  /** What rests at a price is now this; 0 takes the level away. */
  set(price: number, quantity: number): void {
    // Beyond the horizon some levels would be known and others not: none is kept.
    if (this.#horizon !== undefined && (price - this.#horizon) * this.#sign > 0) return;
    if (quantity === 0) {
      if (this.#quantities.delete(price)) this.#prices.splice(this.#place(price), 1);
      return;
    }
    if (!this.#quantities.has(price)) this.#prices.splice(this.#place(price), 0, price);
    this.#quantities.set(price, quantity);
  }

  /** Replaces all levels. They come best first; as many as were asked for means there are more. */
  reset(levels: readonly (readonly [number, number, ...unknown[]])[], askedFor: number): void {
    this.#quantities.clear();
    for (const [price, quantity] of levels) this.#quantities.set(price, quantity);
    this.#prices = [...this.#quantities.keys()].reverse();
    this.#horizon = levels.length < askedFor ? undefined : levels.at(-1)?.[0];
  }

  /** Where a price stands, or belongs, among those with the best last. */
  #place(price: number): number {
    let low = 0;
    let high = this.#prices.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#prices[middle]! - price) * this.#sign > 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
