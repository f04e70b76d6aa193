/**
 * The price that a market maker believes in: a random walk in ticks that stays within a
 * factor of two of where it began, however long it runs.
 */
import type { SeededRandom } from "./seeded-random.ts";

export class PriceWalk {
  readonly #random: SeededRandom;
  readonly #start: number;
  readonly #stepMax: number;
  #price: number;

  constructor(startPrice: number, random: SeededRandom) {
    this.#random = random;
    this.#start = startPrice;
    this.#price = startPrice;
    this.#stepMax = Math.max(1, Math.floor(startPrice / 20_000));
  }

  get price(): number {
    return this.#price;
  }

  step(): void {
    const step = this.#random.between(-this.#stepMax, this.#stepMax);
    const low = Math.ceil(this.#start / 2);
    this.#price = Math.min(2 * this.#start, Math.max(low, this.#price + step));
  }
}
