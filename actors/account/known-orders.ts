/**
 * The orders that an account knows: those that work, and closed ones for as long as somebody may
 * still ask what became of them.
 *
 * Finds an order by our id or by the client's. A closed order is forgotten once it has been closed
 * for long enough, or once too many have been closed after it; never while an answer of the book is
 * still to come.
 */
import { assert } from "../../protocols/index.ts";
import type { ClientOrderId, OrderId, TimeUs } from "../../protocols/index.ts";
import type { Order } from "./order.ts";

/** How long a closed order is known, in log time. */
export const closedOrderRetentionUs: TimeUs = 60_000_000;

/**
 * How many closed orders of one account are known at most. At full retention that is 1,700 orders a
 * second; whoever closes more is remembered for less long, and a node's memory stays bounded.
 */
export const closedOrdersMax = 100_000;

export class KnownOrders {
  readonly #byId = new Map<OrderId, Order>();
  readonly #byClientOrderId = new Map<ClientOrderId, Order>();
  #oldestWorking: Order | undefined;
  #newestWorking: Order | undefined;
  #workingCount = 0;
  /** Closed orders in the order of closing; those before `#closedFrom` are forgotten. */
  #closed: Order[] = [];
  #closedFrom = 0;

  get workingCount(): number {
    return this.#workingCount;
  }

  /** By our id, or by the client's when `orderId` is 0. */
  find(orderId: OrderId, clientOrderId: ClientOrderId): Order | undefined {
    if (orderId !== 0) return this.#byId.get(orderId);
    return this.#byClientOrderId.get(clientOrderId);
  }

  /** Adds an order that works. Ids of working orders rise. */
  add(order: Order): void {
    assert(order.isWorking);
    this.#index(order);
    const newest = this.#newestWorking;
    assert(newest === undefined || newest.orderId < order.orderId);
    order.older = newest;
    if (newest === undefined) this.#oldestWorking = order;
    else newest.newer = order;
    this.#newestWorking = order;
    this.#workingCount += 1;
  }

  /** Takes a closed order from those that work. */
  close(order: Order): void {
    const { older, newer } = order;
    if (older === undefined) this.#oldestWorking = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newestWorking = older;
    else newer.older = older;
    order.older = undefined;
    order.newer = undefined;
    this.#workingCount -= 1;
    this.#closed.push(order);
  }

  /** Forgets what need not be known any more. */
  forgetClosed(nowUs: TimeUs): void {
    for (;;) {
      const order = this.#closed[this.#closedFrom];
      if (order === undefined || order.pending.length > 0) break;
      const isMany = this.#closed.length - this.#closedFrom > closedOrdersMax;
      if (!isMany && order.closedAtUs + closedOrderRetentionUs >= nowUs) break;
      this.#byId.delete(order.orderId);
      this.#byClientOrderId.delete(order.clientOrderId);
      this.#closedFrom += 1;
    }
    // Half of the list may be behind: cutting it off costs less than what led to it.
    if (this.#closedFrom * 2 > this.#closed.length) {
      this.#closed = this.#closed.slice(this.#closedFrom);
      this.#closedFrom = 0;
    }
  }

  /** Oldest first. The one being visited may be closed meanwhile. */
  *working(): Iterable<Order> {
    let order = this.#oldestWorking;
    while (order !== undefined) {
      const { newer } = order;
      yield order;
      order = newer;
    }
  }

  /** In the order of closing. */
  closed(): readonly Order[] {
    return this.#closed.slice(this.#closedFrom);
  }

  /** Takes back what {@link working} or {@link closed} gave, in that order. */
  restore(order: Order): void {
    if (order.isWorking) {
      this.add(order);
    } else {
      this.#index(order);
      this.#closed.push(order);
    }
  }

  #index(order: Order): void {
    assert(!this.#byClientOrderId.has(order.clientOrderId));
    this.#byId.set(order.orderId, order);
    this.#byClientOrderId.set(order.clientOrderId, order);
  }
}
