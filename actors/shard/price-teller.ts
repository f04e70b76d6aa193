/**
 * Price teller: has all shards know at what prices the books of this one trade, where limits of
 * risk ask for prices.
 *
 * A price is told when it has moved by a thousandth, and otherwise once a second of log time at
 * most: the last price, or what the instrument's terms say before there is one.
 */
import type { InstrumentSymbol, Ticks, TimeUs } from "../../protocols/index.ts";
import type { ActorContext, TradingRules } from "../actor.ts";

const basisPointsAtOnce = 10;
const basisPointsPerUnit = 10_000;
const usPerSecond = 1_000_000;

interface ToldPrice {
  readonly price: Ticks;
  readonly atUs: TimeUs;
}

export class PriceTeller {
  readonly #told = new Map<InstrumentSymbol, ToldPrice>();

  /** For whoever may have heard of it: the price of an instrument whose book lives here. */
  tell(symbol: InstrumentSymbol, market: TradingRules, context: ActorContext): void {
    const { timeUs: atUs, shards } = context;
    const price = market.referencePrice;
    if (price === undefined || !this.#isNews(symbol, { price, atUs })) return;
    this.#told.set(symbol, { price, atUs });
    for (let shard = 0; shard < shards; shard++) {
      context.send({ kind: "announce-price", shard, symbol, price, atUs });
    }
  }

  #isNews(symbol: InstrumentSymbol, { price, atUs }: ToldPrice): boolean {
    const told = this.#told.get(symbol);
    if (told === undefined) return true;
    if (told.price === price) return false;
    if (atUs - told.atUs >= usPerSecond) return true;
    const moved = Math.abs(price - told.price);
    return moved * basisPointsPerUnit >= told.price * basisPointsAtOnce;
  }

  /** The book of an instrument left: whoever has it tells on. */
  forget(symbol: InstrumentSymbol): void {
    this.#told.delete(symbol);
  }

  /** There is a shard that has not heard: all are told again with whatever happens next. */
  tellAgain(): void {
    this.#told.clear();
  }

  /** Undefined while nothing was told. By symbol. */
  snapshot(): SavedToldPrices | undefined {
    if (this.#told.size === 0) return undefined;
    return [...this.#told]
      .map(([symbol, { price, atUs }]) => [symbol, price, atUs] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }

  restore(saved: SavedToldPrices): void {
    for (const [symbol, price, atUs] of saved) this.#told.set(symbol, { price, atUs });
  }
}

export type SavedToldPrices = readonly (readonly [InstrumentSymbol, Ticks, TimeUs])[];
