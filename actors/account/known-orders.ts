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
import { Order } from "./order.ts";
import type { OrderTerms } from "./order.ts";
import { byClientOrderId, byOrderId, OrderTable } from "./order-table.ts";

/** How long a closed order is known, in log time. */
export const closedOrderRetentionUs: TimeUs = 60_000_000;

/**
 * How many closed orders of one account are known at most. At full retention that is 1,700 orders a
 * second; whoever closes more is remembered for less long, and a node's memory stays bounded.
 */
export const closedOrdersMax = 100_000;

const forgottenOrdersMax = 1000;

export class KnownOrders {
  readonly #byId = new OrderTable(byOrderId);
  readonly #byName = new OrderTable(byClientOrderId);
  /** Working orders, in any order: one that closes gives its place to the last. */
  readonly #working: Order[] = [];
  /** Closed orders in the order of closing; those before `#closedFrom` are forgotten. */
  #closed: Order[] = [];
  #closedFrom = 0;
  /** Nobody knows these any more: their memory is the next orders'. */
  readonly #forgotten: Order[] = [];

  get workingCount(): number {
    return this.#working.length;
  }

  /** By our id, or by the client's when `orderId` is 0. */
  find(orderId: OrderId, clientOrderId: ClientOrderId): Order | undefined {
    return orderId !== 0 ? this.#byId.find(orderId) : this.#byName.find(clientOrderId);
  }

  /** Opens an order under names that no other has. */
  open(terms: OrderTerms): Order {
    const order = this.#forgotten.pop()?.open(terms) ?? new Order(terms);
    this.#add(order);
    return order;
  }

  /** Takes a closed order from those that work. */
  close(order: Order): void {
    assert(this.#working[order.place] === order);
    const last = this.#working.pop();
    assert(last !== undefined);
    if (last !== order) {
      this.#working[order.place] = last;
      last.place = order.place;
    }
    this.#closed.push(order);
  }

  /** Forgets what need not be known any more. */
  forgetClosed(nowUs: TimeUs): void {
    // The time of the log is nothing that a client could know when he chose his names.
    if (this.#byName.isCrowded) this.#byName.reseed(nowUs);
    for (;;) {
      const order = this.#closed[this.#closedFrom];
      if (order === undefined || order.pending.length > 0) break;
      const isMany = this.#closed.length - this.#closedFrom > closedOrdersMax;
      if (!isMany && order.closedAtUs + closedOrderRetentionUs >= nowUs) break;
      this.#byId.delete(order);
      this.#byName.delete(order);
      this.#closedFrom += 1;
      if (this.#forgotten.length < forgottenOrdersMax) this.#forgotten.push(order);
    }
    // Half of the list may be behind: cutting it off costs less than what led to it.
    if (this.#closedFrom * 2 > this.#closed.length) {
      this.#closed = this.#closed.slice(this.#closedFrom);
      this.#closedFrom = 0;
    }
  }

  /** Working orders, oldest first. */
  working(): readonly Order[] {
    return this.#working.toSorted((a, b) => a.orderId - b.orderId);
  }

  /** In the order of closing. */
  closed(): readonly Order[] {
    return this.#closed.slice(this.#closedFrom);
  }

  /** Takes back what {@link working} and {@link closed} gave, closed ones in their order. */
  restore(order: Order): void {
    if (order.isWorking) {
      this.#add(order);
    } else {
      this.#index(order);
      this.#closed.push(order);
    }
  }

  #add(order: Order): void {
    assert(order.isWorking);
    this.#index(order);
    order.place = this.#working.push(order) - 1;
  }

  #index(order: Order): void {
    this.#byId.add(order);
    this.#byName.add(order);
  }
}
