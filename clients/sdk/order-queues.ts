/**
 * One side of a local book by order: the displayed orders at each price in the order in which they
 * trade.
 */
import { SortedPrices } from "./sorted-prices.ts";
import type { BookSideName } from "./sorted-prices.ts";

export type DisplayedOrder = readonly [entryId: number, price: number, quantity: number];

export class OrderQueues {
  readonly #prices: SortedPrices;
  /** By price, what each entry shows: entries come in the order of their ids. */
  readonly #queues = new Map<number, Map<number, number>>();
  readonly #priceOf = new Map<number, number>();
  /** The worst price that is known of, when there may be orders behind its last; else undefined. */
  #horizon: number | undefined;

  constructor(side: BookSideName) {
    this.#prices = new SortedPrices(side);
  }

  /** Of orders. */
  get count(): number {
    return this.#priceOf.size;
  }

  /** Whether orders behind the last one here are left out. */
  get isCut(): boolean {
    return this.#horizon !== undefined;
  }

  get best(): DisplayedOrder | undefined {
    return this.top(1)[0];
  }

  /** The first orders to trade. */
  top(count: number): readonly DisplayedOrder[] {
    const orders: DisplayedOrder[] = [];
    for (const price of this.#prices.fromBest()) {
      for (const [entryId, quantity] of this.#queues.get(price) ?? []) {
        if (orders.length >= count) return orders;
        orders.push([entryId, price, quantity]);
      }
    }
    return orders;
  }

  /** The queue at a price, the first to trade first. */
  at(price: number): readonly DisplayedOrder[] {
    const queue = this.#queues.get(price) ?? [];
    return [...queue].map(([entryId, quantity]): DisplayedOrder => [entryId, price, quantity]);
  }

  has(entryId: number): boolean {
    return this.#priceOf.has(entryId);
  }

  /** An order has taken the last place at its price. */
  add([entryId, price, quantity]: DisplayedOrder): void {
    // At the horizon and beyond, it stands behind orders that are not known.
    if (this.#horizon !== undefined && !this.#prices.isWorse(this.#horizon, price)) return;
    this.#append([entryId, price, quantity]);
  }

  /** What an order shows is now this; 0 takes it away. */
  set(entryId: number, quantity: number): void {
    const price = this.#priceOf.get(entryId);
    if (price === undefined) return;
    const queue = this.#queues.get(price);
    if (quantity > 0) {
      queue?.set(entryId, quantity);
      return;
    }
    this.#priceOf.delete(entryId);
    queue?.delete(entryId);
    if (queue?.size !== 0) return;
    this.#queues.delete(price);
    this.#prices.remove(price);
  }

  /** Replaces all; as many as were asked for means that there are more. */
  reset(orders: readonly DisplayedOrder[], askedFor: number): void {
    this.#queues.clear();
    this.#priceOf.clear();
    this.#prices.reset([]);
    for (const order of orders) this.#append(order);
    this.#horizon = orders.length < askedFor ? undefined : orders.at(-1)?.[1];
  }

  #append([entryId, price, quantity]: DisplayedOrder): void {
    let queue = this.#queues.get(price);
    if (queue === undefined) {
      queue = new Map();
      this.#queues.set(price, queue);
      this.#prices.add(price);
    }
    queue.set(entryId, quantity);
    this.#priceOf.set(entryId, price);
  }
}
