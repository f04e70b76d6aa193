/**
 * What should be resting at the exchange when it has done all that it was told: our orders one by
 * one, by price and then by arrival.
 *
 * It only says which orders there are to cancel, to reduce or to trade with. What the exchange's
 * book is really like is learnt from its market data and from nowhere else.
 */
import { assert, Side } from "../../protocols/index.ts";

export interface ExpectedOrder {
  readonly clientOrderId: string;
  /** The order's id in the file; 0 for liquidity whose orders the file never shows. */
  readonly fileId: number;
  readonly side: Side;
  readonly price: number;
  remaining: number;
  executed: number;
  /** How often it has been replaced. */
  revision: number;
}

interface Level {
  total: number;
  /** Oldest first. */
  readonly orders: Set<ExpectedOrder>;
}

export class ExpectedBook {
  readonly #byFileId = new Map<number, ExpectedOrder>();
  readonly #levels = [new Map<number, Level>(), new Map<number, Level>()] as const;
  /** Prices with a level, best first. */
  readonly #prices: readonly [number[], number[]] = [[], []];

  /**
   * The same orders in the same queues under other names, as if each had just been placed for what
   * is left of it.
   */
  placedAnew(nameOf: (index: number) => string): ExpectedBook {
    const book = new ExpectedBook();
    let index = 0;
    for (const order of this.orders()) {
      book.add({ ...order, clientOrderId: nameOf(index), executed: 0, revision: 0 });
      index += 1;
    }
    return book;
  }

  add(order: ExpectedOrder): void {
    assert(order.remaining > 0);
    const { side, price, fileId } = order;
    let level = this.#levels[side].get(price);
    if (level === undefined) {
      level = { total: 0, orders: new Set() };
      this.#levels[side].set(price, level);
      this.#prices[side].splice(this.#place(side, price), 0, price);
    }
    level.total += order.remaining;
    level.orders.add(order);
    if (fileId !== 0) this.#byFileId.set(fileId, order);
  }

  /** Takes a quantity out of an order, which keeps its place, or is gone when nothing is left. */
  take(order: ExpectedOrder, quantity: number): void {
    const { side, price } = order;
    const level = this.#levels[side].get(price);
    assert(level?.orders.has(order) === true, "an order that does not rest");
    assert(quantity > 0);
    assert(quantity <= order.remaining);
    order.remaining -= quantity;
    level.total -= quantity;
    if (order.remaining > 0) return;
    level.orders.delete(order);
    if (this.#byFileId.get(order.fileId) === order) this.#byFileId.delete(order.fileId);
    if (level.orders.size > 0) return;
    this.#levels[side].delete(price);
    this.#prices[side].splice(this.#place(side, price), 1);
  }

  find(fileId: number): ExpectedOrder | undefined {
    return this.#byFileId.get(fileId);
  }

  total(side: Side, price: number): number {
    return this.#levels[side].get(price)?.total ?? 0;
  }

  /** The orders at a price, oldest first. */
  at(side: Side, price: number): Iterable<ExpectedOrder> {
    return this.#levels[side].get(price)?.orders ?? [];
  }

  best(side: Side): number | undefined {
    return this.#prices[side][0];
  }

  /** Prices worse than the first and not worse than the second, best first. */
  pricesBeyond(side: Side, near: number, far: number): number[] {
    const prices = this.#prices[side];
    const start = this.#place(side, near);
    const from = prices[start] === near ? start + 1 : start;
    let to = from;
    while (to < prices.length && !isWorse(side, prices[to]!, far)) to += 1;
    return prices.slice(from, to);
  }

  /** Every order, the bids first, best price first, oldest first. */
  *orders(): Generator<ExpectedOrder, void> {
    for (const side of [Side.buy, Side.sell]) {
      for (const price of this.#prices[side]) yield* this.at(side, price);
    }
  }

  /** Where a price is among the prices of its side, or would be. */
  #place(side: Side, price: number): number {
    const prices = this.#prices[side];
    let low = 0;
    let high = prices.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isWorse(side, price, prices[middle]!)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Whether a price is further from the market than another. */
export function isWorse(side: Side, price: number, than: number): boolean {
  return side === Side.buy ? price < than : price > than;
}

/** Further from the market than every price. */
export function worstPrice(side: Side): number {
  return side === Side.buy ? -Infinity : Infinity;
}
