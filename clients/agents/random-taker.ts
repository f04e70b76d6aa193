/**
 * A random taker's decisions in one instrument: now and then it buys or sells a little at once, at
 * the market or within a limit, and comes back to where it started rather than drift away.
 *
 * Decides only, from the seed, the number of ticks, and what it was told of its trades.
 */
import { SeededRandom } from "./seeded-random.ts";

export interface RandomTakerOptions {
  readonly seed: number;
  readonly symbol: string;
  /** Tells it from the other takers. */
  readonly name: string;
  readonly quantityMax?: number;
  readonly inventoryMax?: number;
}

export type TakerDecision =
  | { readonly kind: "market"; readonly side: "buy" | "sell"; readonly quantity: number }
  | {
      readonly kind: "limit";
      readonly side: "buy" | "sell";
      readonly quantity: number;
      readonly price: number;
    }
  | { readonly kind: "wait" };

const waitTicksMax = 64;

export class RandomTaker {
  readonly #random: SeededRandom;
  readonly #quantityMax: number;
  readonly #inventoryMax: number;
  #inventory = 0;
  #waitTicks = 0;
  #waitNext = 1;

  constructor(options: RandomTakerOptions) {
    this.#random = new SeededRandom(options.seed, `taker ${options.name} ${options.symbol}`);
    this.#quantityMax = options.quantityMax ?? 60;
    this.#inventoryMax = options.inventoryMax ?? 500;
  }

  get inventory(): number {
    return this.#inventory;
  }

  /** @param price what the instrument is worth, about. */
  decide(price: number): TakerDecision {
    const chanceOfBuying = 50 - Math.trunc((40 * this.#inventory) / this.#inventoryMax);
    const side = this.#random.percent(chanceOfBuying) ? "buy" : "sell";
    const isLarge = this.#random.percent(10);
    const quantity = this.#random.between(1, isLarge ? this.#quantityMax * 3 : this.#quantityMax);
    const isMarket = this.#random.percent(50);
    const slip = this.#random.between(0, Math.max(1, Math.floor(price / 2_000)));
    if (this.#waitTicks > 0) {
      this.#waitTicks -= 1;
      return { kind: "wait" };
    }
    if (isMarket) return { kind: "market", side, quantity };
    const limit = Math.max(1, side === "buy" ? price + slip : price - slip);
    return { kind: "limit", side, quantity, price: limit };
  }

  /** So many lots have been bought more than sold. */
  reset(inventory: number): void {
    this.#inventory = inventory;
  }

  /** What became of a decision; undefined when it was refused. */
  answered(decision: TakerDecision, executed: number | undefined): void {
    if (decision.kind === "wait") return;
    if (executed === undefined) {
      this.#waitTicks = this.#waitNext;
      this.#waitNext = Math.min(2 * this.#waitNext, waitTicksMax);
      return;
    }
    this.#waitNext = 1;
    this.#inventory += decision.side === "buy" ? executed : -executed;
  }
}
