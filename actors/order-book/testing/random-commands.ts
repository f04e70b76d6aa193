/**
 * A stream of random commands to two books, the same for the same seed: orders with every term that
 * the contract of the book allows together, changes to them, and now and then a call phase.
 */
import { PostOnly, SelfTradePrevention, Side } from "../../../protocols/order-terms.ts";
import { allDisplayed, unboundedBuy, unboundedSell, unlimitedBudget } from "../book-terms.ts";
import type { IncomingOrder } from "../book-terms.ts";
import type { SmallRandom } from "./small-random.ts";
import type { Command, TwoBooks } from "./two-books.ts";

export interface Market {
  readonly name: string;
  /** Makes the source of the market's prices. */
  readonly prices: (random: SmallRandom) => (side: Side) => number;
  readonly idCount: number;
  /** The dearest limit of a call phase; a market without one never has any. */
  readonly priceMax?: number;
  /** How many times as many commands as in this market there are in another. */
  readonly slowness?: number;
}

export class RandomCommands {
  readonly #market: Market;
  readonly #random: SmallRandom;
  readonly #nextPrice: (side: Side) => number;
  /** How many commands of the call phase are to come; 0 outside of one. */
  #callLeft = 0;

  constructor(market: Market, random: SmallRandom) {
    this.#market = market;
    this.#random = random;
    this.#nextPrice = market.prices(random);
  }

  /** Something to do with one of the ids: a new order, or a change to the one that has it. */
  next(books: TwoBooks): Command {
    const random = this.#random;
    const { idCount, priceMax } = this.#market;
    if (random.oneIn(1000)) return { kind: "restore" };
    if (this.#callLeft === 1 && priceMax !== undefined) {
      this.#callLeft = 0;
      const reference = random.oneIn(3) ? undefined : this.#nextPrice(Side.buy);
      return { kind: "uncross", reference, priceMax };
    }
    if (this.#callLeft > 0) this.#callLeft -= 1;
    else if (priceMax !== undefined && random.oneIn(100)) this.#callLeft = random.between(2, 30);
    // Ids as shards assign them: some differ only above 2^32.
    const number = random.below(idCount);
    const orderId = (number % 3) * 2 ** 44 + number;
    const isUnknownWanted = random.oneIn(20);
    if (books.has(orderId) !== isUnknownWanted) return this.#change(orderId);
    if (this.#callLeft > 0) return { kind: "collect", order: this.#gatheringOrder(orderId) };
    return { kind: "place", order: this.#order(orderId) };
  }

  #change(orderId: number): Command {
    const random = this.#random;
    switch (random.below(8)) {
      case 0:
      case 1:
        return { kind: "reduce", orderId, share: random.below(1000) };
      case 2:
      case 3:
        return { kind: "cancel", orderId };
      default: {
        const isHidden = random.oneIn(4);
        const order = this.#restingOrder(orderId, isHidden);
        const [keepsPrice, keepsTerms] = [random.oneIn(2), random.oneIn(2)];
        return { kind: "replace", order, keepsPrice, keepsTerms };
      }
    }
  }

  #order(orderId: number): IncomingOrder {
    const random = this.#random;
    const isResting = !random.oneIn(3);
    if (isResting) return this.#restingOrder(orderId, random.oneIn(4));
    const order = this.#restingOrder(orderId, false);
    order.postOnly = PostOnly.none;
    order.isMarket = random.oneIn(3);
    order.isFillOrKill = random.oneIn(2);
    order.isImmediate = !order.isFillOrKill && (!order.isMarket || random.oneIn(2));
    if (random.oneIn(3)) order.minimum = random.between(1, 12);
    return order;
  }

  #restingOrder(orderId: number, isHidden: boolean): IncomingOrder {
    const random = this.#random;
    const side = random.oneIn(2) ? Side.buy : Side.sell;
    const quantity = random.between(1, 30);
    const slice = random.between(1, Math.min(quantity, 6));
    const unbounded = side === Side.buy ? unboundedBuy : unboundedSell;
    return {
      orderId,
      owner: random.below(4) - 1,
      group: random.below(4),
      side,
      price: this.#nextPrice(side),
      quantity,
      isMarket: false,
      isImmediate: false,
      isFillOrKill: false,
      postOnly: isHidden || !random.oneIn(8) ? PostOnly.none : this.#oneOf(PostOnly),
      selfTradePrevention: random.oneIn(2)
        ? SelfTradePrevention.none
        : this.#oneOf(SelfTradePrevention),
      budget: random.oneIn(8) ? random.below(4000) : unlimitedBudget,
      bound: random.oneIn(6) ? this.#nextPrice(side) : unbounded,
      display: isHidden ? 0 : random.oneIn(3) ? slice : allDisplayed,
      minimum: isHidden && random.oneIn(2) ? random.between(1, 12) : 0,
    };
  }

  /** An order for a call phase: some are market orders, which stand beyond every limit. */
  #gatheringOrder(orderId: number): IncomingOrder {
    const order = this.#restingOrder(orderId, this.#random.oneIn(4));
    const { priceMax = 0 } = this.#market;
    if (this.#random.oneIn(6)) order.price = order.side === Side.buy ? priceMax + 1 : 0;
    return order;
  }

  #oneOf<Value extends number>(list: Readonly<Record<string, Value>>): Value {
    const values = Object.values(list);
    return values[this.#random.below(values.length)]!;
  }
}
