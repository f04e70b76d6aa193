/**
 * A market maker's decisions in one instrument: several quotes on both sides of a price that walks
 * at random, moved one at a time, and smaller or absent where too much has been bought or sold.
 *
 * Decides only. Whoever runs it sends one order command per tick and tells how it went. Decisions
 * depend on the seed, on how many ticks there were, and on those answers; never on a clock.
 */
import { assert } from "../../protocols/index.ts";
import { PriceWalk } from "./price-walk.ts";
import { SeededRandom } from "./seeded-random.ts";

export interface MarketMakerOptions {
  readonly seed: number;
  readonly symbol: string;
  readonly startPrice: number;
  /** Quotes on each side. */
  readonly levels?: number;
  /** Lots of the largest quote. */
  readonly quantityMax?: number;
  /** At so many lots bought or sold more than the other, it stops making that worse. */
  readonly inventoryMax?: number;
}

/** One of the places in the book that the maker fills: level 0 is nearest to the price. */
export interface Quote {
  readonly side: "buy" | "sell";
  readonly level: number;
}

export type MakerDecision =
  | {
      readonly kind: "place";
      readonly quote: Quote;
      readonly price: number;
      readonly quantity: number;
    }
  /** The quantity is what shall remain to be executed. */
  | {
      readonly kind: "move";
      readonly quote: Quote;
      readonly price: number;
      readonly quantity: number;
    }
  | { readonly kind: "withdraw"; readonly quote: Quote }
  | { readonly kind: "wait" };

/** What the exchange said to a decision. */
export type MakerAnswer =
  /** It rests now; `executed` is what the answer told as executed since the one before. */
  | { readonly kind: "working"; readonly executed: number }
  /** It rests no more: filled, canceled, or gone for another reason. */
  | { readonly kind: "gone"; readonly executed: number }
  /** Refused: its terms are as they were. */
  | { readonly kind: "refused"; readonly executed: number };

const waitTicksMax = 64;

export class MarketMaker {
  readonly #random: SeededRandom;
  readonly #walk: PriceWalk;
  readonly #levels: number;
  readonly #quantityMax: number;
  readonly #inventoryMax: number;
  readonly #gap: number;
  /** Prices of the quotes that rest, by place. */
  readonly #resting = new Map<number, number>();
  #inventory = 0;
  /** Ticks to let pass after refusals: twice as many after each in a row. */
  #waitTicks = 0;
  #waitNext = 1;

  constructor(options: MarketMakerOptions) {
    this.#random = new SeededRandom(options.seed, `maker ${options.symbol}`);
    this.#walk = new PriceWalk(options.startPrice, this.#random);
    this.#levels = options.levels ?? 8;
    this.#quantityMax = options.quantityMax ?? 100;
    this.#inventoryMax = options.inventoryMax ?? 1000;
    this.#gap = Math.max(1, Math.floor(options.startPrice / 10_000));
  }

  /** Lots bought more than sold. */
  get inventory(): number {
    return this.#inventory;
  }

  get price(): number {
    return this.#walk.price;
  }

  get quoteCount(): number {
    return this.#resting.size;
  }

  decide(): MakerDecision {
    this.#walk.step();
    // Drawn at every tick, whatever comes of it: one refusal must not shift all that follows.
    const at = this.#random.between(0, 2 * this.#levels - 1);
    const quantity = this.#random.between(1, this.#quantityMax);
    const isMoody = this.#random.percent(5);
    const offset = this.#random.between(0, this.#gap - 1);
    if (this.#waitTicks > 0) {
      this.#waitTicks -= 1;
      return { kind: "wait" };
    }
    const quote = this.#quoteAt(at);
    const isResting = this.#resting.has(at);
    if (this.#isUnwanted(quote) || (isMoody && isResting)) {
      return isResting ? { kind: "withdraw", quote } : { kind: "wait" };
    }
    const price = this.#priceFor(quote, offset);
    if (price < 1) return { kind: "wait" };
    return { kind: isResting ? "move" : "place", quote, price, quantity };
  }

  answered(decision: MakerDecision, answer: MakerAnswer): void {
    if (decision.kind === "wait") return;
    const at = this.#placeOf(decision.quote);
    this.#inventory += decision.quote.side === "buy" ? answer.executed : -answer.executed;
    if (answer.kind === "refused") {
      this.#waitTicks = this.#waitNext;
      this.#waitNext = Math.min(2 * this.#waitNext, waitTicksMax);
      return;
    }
    this.#waitNext = 1;
    if (answer.kind === "gone") this.#resting.delete(at);
    else if (decision.kind !== "withdraw") this.#resting.set(at, decision.price);
  }

  /** Nothing of it rests any more, and so much has been bought more than sold. */
  reset(inventory: number): void {
    this.#resting.clear();
    this.#inventory = inventory;
  }

  /** Beyond a part of its limit the far levels go first, at the limit all of the side. */
  #isUnwanted({ side, level }: Quote): boolean {
    const tilt = side === "buy" ? this.#inventory : -this.#inventory;
    const levelsKept = Math.ceil(
      (2 * this.#levels * (this.#inventoryMax - tilt)) / this.#inventoryMax,
    );
    return level >= levelsKept;
  }

  /** Leans against the inventory, and stays clear of its own quotes on the other side. */
  #priceFor({ side, level }: Quote, offset: number): number {
    const lean = Math.trunc((this.#inventory * this.#gap) / this.#inventoryMax);
    const distance = this.#gap * (level + 1) + offset;
    const middle = this.#walk.price - lean;
    const others = [...this.#resting].filter(([at]) => this.#quoteAt(at).side !== side);
    const prices = others.map(([, price]) => price);
    return side === "buy"
      ? Math.min(middle - distance, ...prices.map((price) => price - 1))
      : Math.max(middle + distance, ...prices.map((price) => price + 1));
  }

  #quoteAt(at: number): Quote {
    assert(at >= 0 && at < 2 * this.#levels);
    return { side: at % 2 === 0 ? "buy" : "sell", level: at >> 1 };
  }

  #placeOf({ side, level }: Quote): number {
    return level * 2 + (side === "buy" ? 0 : 1);
  }
}
