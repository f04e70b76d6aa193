/**
 * The orders of one book that are more than plain: which wait for a price, which end at a time,
 * which follow a price and which depend on one another.
 *
 * Invariant: an order is here from its coming in until it is out of the book.
 * Invariant: the second of two linked orders is here only while the first is.
 */
import { assert } from "../../protocols/index.ts";
import type { AccountId, Lots, OrderId, SubmitOrder, TimeUs } from "../../protocols/index.ts";
import { PriorityHeap } from "../priority-heap.ts";
import { bookOrderIn, isPegged, savedBookOrder, Stage } from "./book-order.ts";
import type { BookOrder, SavedBookOrder } from "./book-order.ts";
import { TriggerPrices } from "./trigger-prices.ts";

/** An order that may be linked to another. */
export type Linked = Pick<BookOrder, "orderId" | "linkedOrderId">;

export class KeptOrders {
  /** In the order in which they came; one that a band stopped comes anew. */
  readonly #orders = new Map<OrderId, BookOrder>();
  readonly triggers = new TriggerPrices(this.#orders);
  /** Those that a time ends, by that time and by arrival. */
  readonly #expiries = new PriorityHeap(endsBefore, (order: BookOrder) => !this.holds(order));
  #peggedCount = 0;
  #arrivals = 0;
  /** Orders that must not come in any more: the first of their pair has spent the link. */
  readonly #spent = new Set<OrderId>();

  get count(): number {
    return this.#orders.size;
  }

  get peggedCount(): number {
    return this.#peggedCount;
  }

  find(account: AccountId, orderId: OrderId): BookOrder | undefined {
    const order = this.#orders.get(orderId);
    return order?.account === account ? order : undefined;
  }

  withId(orderId: OrderId): BookOrder | undefined {
    return this.#orders.size === 0 ? undefined : this.#orders.get(orderId);
  }

  /** In their order; orders may go while one looks through them. */
  all(): Iterable<BookOrder> {
    return this.#orders.values();
  }

  /** Takes an order up as it comes in. */
  add(message: SubmitOrder, expiresAtUs: TimeUs): BookOrder {
    assert(!this.#orders.has(message.orderId));
    this.#arrivals += 1;
    const { orderId, account, participant, side, orderType, timeInForce } = message;
    const { price, quantity, budget, instructions, linkedOrderId } = message;
    const order: BookOrder = {
      ...{ orderId, account, participant, side, orderType, timeInForce },
      ...{ price, quantity, budget, instructions, linkedOrderId },
      stage: Stage.parked,
      triggerPrice: instructions.triggerPrice,
      arrival: this.#arrivals,
      expiresAtUs,
    };
    this.keep(order);
    return order;
  }

  /** Takes an order up as it is. */
  keep(order: BookOrder): void {
    this.#put(order);
    this.#expire(order);
  }

  #put(order: BookOrder): void {
    this.#orders.set(order.orderId, order);
    if (isPegged(order)) this.#peggedCount += 1;
  }

  #expire(order: BookOrder): void {
    if (order.expiresAtUs !== 0) this.#expiries.add(order);
  }

  /** Whether this very order is here still. */
  holds(order: BookOrder): boolean {
    return this.#orders.get(order.orderId) === order;
  }

  remove(orderId: OrderId): void {
    const order = this.#orders.get(orderId);
    if (order === undefined) return;
    this.#orders.delete(orderId);
    this.triggers.remove(order);
    if (isPegged(order)) this.#peggedCount -= 1;
  }

  /** When the next order ends; undefined when no time ends any. */
  get nextExpiryUs(): TimeUs | undefined {
    return this.#expiries.first?.expiresAtUs;
  }

  /** The next order whose time has come, until it is removed; undefined when there is none. */
  expiredBy(timeUs: TimeUs): BookOrder | undefined {
    const { first } = this.#expiries;
    return first !== undefined && first.expiresAtUs <= timeUs ? first : undefined;
  }

  // ---- Links ---------------------------------------------------------------------------------

  /**
   * An order trades, is set off or ends: gives the one that has to go for it, if that is here. If
   * it is still to come, as the second of a pair always does after the first, it may not any more.
   */
  spendLink(order: Linked): BookOrder | undefined {
    const { orderId, linkedOrderId } = order;
    if (linkedOrderId === 0) return undefined;
    order.linkedOrderId = 0;
    const other = this.#orders.get(linkedOrderId);
    if (other?.linkedOrderId === orderId) {
      other.linkedOrderId = 0;
      return other;
    }
    if (orderId < linkedOrderId) this.#spent.add(linkedOrderId);
    return undefined;
  }

  /** Whether an order comes too late: the one that it is linked to has spent the link. Ask once. */
  takeSpent(orderId: OrderId): boolean {
    return this.#spent.size > 0 && this.#spent.delete(orderId);
  }

  /** An order is out of the order book. */
  leftBook(orderId: OrderId): void {
    if (this.#orders.size > 0) this.remove(orderId);
  }

  /** Quantity was taken out of an order without a trade. */
  shrunk(orderId: OrderId, quantity: Lots): void {
    const order = this.withId(orderId);
    if (order !== undefined) order.quantity -= quantity;
  }

  // ---- Snapshot ------------------------------------------------------------------------------

  snapshot(): SavedKeptOrders {
    const orders = [...this.#orders.values()].map(savedBookOrder);
    return [this.#arrivals, [...this.#spent].sort((a, b) => a - b), orders];
  }

  restore([arrivals, spent, orders]: SavedKeptOrders): void {
    this.#arrivals = arrivals;
    for (const orderId of spent) this.#spent.add(orderId);
    const kept = orders.map(bookOrderIn);
    for (const order of kept) this.#put(order);
    // Whatever made one come back later, turns are taken by arrival.
    for (const order of kept.sort((a, b) => a.arrival - b.arrival)) {
      this.#expire(order);
      if (order.stage === Stage.waiting) this.triggers.add(order);
    }
  }
}

function endsBefore(a: BookOrder, b: BookOrder): boolean {
  if (a.expiresAtUs === b.expiresAtUs) return a.arrival < b.arrival;
  return a.expiresAtUs < b.expiresAtUs;
}

export type SavedKeptOrders = readonly [
  arrivals: number,
  spent: readonly OrderId[],
  orders: readonly SavedBookOrder[],
];
