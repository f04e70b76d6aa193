/**
 * The prices of one side of a book, each once, in order from the best.
 */
export type BookSideName = "bid" | "ask";

export class SortedPrices {
  /** Prices times this rise from the best to the worst. */
  readonly #sign: 1 | -1;
  /** Best last: changes are mostly near the best, and the end of a list is cheap to change. */
  #prices: number[] = [];

  constructor(side: BookSideName) {
    this.#sign = side === "ask" ? 1 : -1;
  }

  get count(): number {
    return this.#prices.length;
  }

  get best(): number | undefined {
    return this.#prices.at(-1);
  }

  /** The best ones, best first. */
  top(count: number): number[] {
    return this.#prices.slice(Math.max(0, this.#prices.length - count)).reverse();
  }

  /** Best first, for whoever does not know how many it wants. */
  *fromBest(): Iterable<number> {
    for (let at = this.#prices.length - 1; at >= 0; at--) yield this.#prices[at]!;
  }

  isWorse(price: number, other: number): boolean {
    return (price - other) * this.#sign > 0;
  }

  /** Only for a price that is not here. */
  add(price: number): void {
    this.#prices.splice(this.#place(price), 0, price);
  }

  /** Only for a price that is here. */
  remove(price: number): void {
    this.#prices.splice(this.#place(price), 1);
  }

  /** Replaces all; they come best first. */
  reset(prices: Iterable<number>): void {
    this.#prices = [...prices].reverse();
  }

  /** Where a price stands, or belongs, among those with the best last. */
  #place(price: number): number {
    let low = 0;
    let high = this.#prices.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.isWorse(this.#prices[middle]!, price)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
