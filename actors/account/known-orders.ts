/**
 * The orders that an account knows: those that work, and closed ones for as long as somebody may
 * still ask what became of them.
 *
 * Finds an order by our id or by the client's. An order that is over moves to the closed ones as
 * soon as the book owes it no answer any more, and its object serves the next order. Placings that
 * were refused are known as well: what was refused once must not happen when it comes late.
 */
import { assert } from "../../protocols/index.ts";
import type { AccountId, ClientOrderId, OrderId, TimeUs } from "../../protocols/index.ts";
import type { Venue } from "../actor.ts";
import { ClosedOrders } from "./closed-orders.ts";
import type { SavedClosedOrders } from "./closed-orders.ts";
import { Order } from "./order.ts";
import type { OrderTerms } from "./order.ts";
import { hashOfName, SlotIndex } from "./slot-index.ts";

/** How long a closed order is known, in log time. */
export const closedOrderRetentionUs: TimeUs = 60_000_000;

const spareOrdersMax = 1000;

export class KnownOrders {
  readonly #closed: ClosedOrders;
  /** What every name's hash begins with. */
  #seed = 0;
  /** By slot: orders that work, and those that are over and wait for the book's answer. */
  readonly #orders: (Order | undefined)[] = [];
  readonly #freeSlots: number[] = [];
  readonly #byId = new SlotIndex();
  readonly #byName = new SlotIndex();
  /** Working orders, in any order: one that closes gives its place to the last. */
  readonly #working: Order[] = [];
  /** Over, but the book still owes an answer; in the order of closing. */
  readonly #closing = new Set<Order>();
  /** Nobody knows these any more: their memory is the next orders'. */
  readonly #spare: Order[] = [];
  /** The name that was looked for last: as a rule an order is opened under it next. */
  #hashed = { name: "", hash: hashOfName("", 0) };

  constructor(account: AccountId, closed = new ClosedOrders(account)) {
    this.#closed = closed;
  }

  get workingCount(): number {
    return this.#working.length;
  }

  get closedCount(): number {
    return this.#closed.count;
  }

  /**
   * By our id, or by the client's when `orderId` is 0. A closed order's object is good until the
   * next one is looked for.
   */
  find(orderId: OrderId, clientOrderId: ClientOrderId): Order | undefined {
    if (orderId !== 0) return this.#withId(orderId) ?? this.#closed.withId(orderId);
    const hash = this.#hashOf(clientOrderId);
    return this.#named(clientOrderId, hash) ?? this.#closed.named(clientOrderId, hash);
  }

  /** Opens an order under names that no other has. */
  open(terms: OrderTerms): Order {
    const order = this.#spare.pop()?.open(terms) ?? new Order(terms);
    this.#add(order);
    return order;
  }

  /** Takes an order that is over from those that work. */
  close(order: Order): void {
    assert(this.#working[order.place] === order);
    const last = this.#working.pop();
    assert(last !== undefined);
    if (last !== order) {
      this.#working[order.place] = last;
      last.place = order.place;
    }
  }

  /**
   * Keeps what became of a closed order, unless the book still owes it an answer. Its object is
   * another's from now on.
   */
  archive(order: Order, nowUs: TimeUs): void {
    assert(!order.isWorking);
    if (order.pending.length > 0) {
      this.#closing.add(order);
      return;
    }
    if (this.#closing.size > 0) this.#closing.delete(order);
    this.#byId.delete(order.orderId | 0, order.slot);
    this.#byName.delete(order.nameHash, order.slot);
    this.#orders[order.slot] = undefined;
    this.#freeSlots.push(order.slot);
    this.#closed.add(order, nowUs);
    if (this.#spare.length < spareOrdersMax) this.#spare.push(order);
  }

  /** Keeps a placing that was refused, under a name that no order has. */
  addRefused(order: Order, nowUs: TimeUs): void {
    assert(order.orderId === 0);
    order.nameHash = this.#hashOf(order.clientOrderId);
    this.#closed.add(order, nowUs);
  }

  /** Forgets what need not be known any more. */
  forgetClosed(nowUs: TimeUs): void {
    // The time of the log is nothing that a client could know when he chose his names.
    if (this.#byName.isCrowded || this.#closed.isCrowded) this.#reseed(nowUs | 0);
    this.#closed.forgetBefore(nowUs - closedOrderRetentionUs);
  }

  /** Working orders, oldest first. */
  working(): readonly Order[] {
    return this.#working.toSorted((a, b) => a.orderId - b.orderId);
  }

  /** Closed orders that the book still owes an answer, in the order of closing. */
  closing(): readonly Order[] {
    return [...this.#closing];
  }

  savedClosed(): SavedClosedOrders {
    return this.#closed.snapshot();
  }

  /**
   * Takes back what {@link working}, {@link closing} and {@link savedClosed} gave.
   */
  static restore(
    open: readonly Order[],
    closed: SavedClosedOrders,
    { account, venue }: { readonly account: AccountId; readonly venue: Venue },
  ): KnownOrders {
    const orders = new KnownOrders(account, ClosedOrders.restore(closed, account, venue));
    for (const order of open) {
      if (order.isWorking) {
        orders.#add(order);
      } else {
        orders.#index(order);
        orders.#closing.add(order);
      }
    }
    return orders;
  }

  #withId(orderId: OrderId): Order | undefined {
    const hash = orderId | 0;
    const index = this.#byId;
    for (let place = index.first(hash); place >= 0; place = index.next(place, hash)) {
      const order = this.#orders[index.slotAt(place)];
      if (order?.orderId === orderId) return order;
    }
    return undefined;
  }

  #named(name: ClientOrderId, hash: number): Order | undefined {
    const index = this.#byName;
    for (let place = index.first(hash); place >= 0; place = index.next(place, hash)) {
      const order = this.#orders[index.slotAt(place)];
      if (order?.clientOrderId === name) return order;
    }
    return undefined;
  }

  #hashOf(name: ClientOrderId): number {
    if (this.#hashed.name !== name) {
      this.#hashed.name = name;
      this.#hashed.hash = hashOfName(name, this.#seed);
    }
    return this.#hashed.hash;
  }

  #add(order: Order): void {
    assert(order.isWorking);
    this.#index(order);
    order.place = this.#working.push(order) - 1;
  }

  #index(order: Order): void {
    const { orderId, clientOrderId } = order;
    const hash = this.#hashOf(clientOrderId);
    assert(this.#named(clientOrderId, hash) === undefined, "two orders of one name");
    order.nameHash = hash;
    order.slot = this.#freeSlots.pop() ?? this.#orders.length;
    this.#orders[order.slot] = order;
    this.#byId.add(orderId | 0, order.slot);
    this.#byName.add(hash, order.slot);
  }

  #reseed(seed: number): void {
    this.#seed = seed;
    this.#hashed = { name: "", hash: hashOfName("", seed) };
    this.#byName.clear();
    for (const order of this.#orders) {
      if (order === undefined) continue;
      order.nameHash = hashOfName(order.clientOrderId, seed);
      this.#byName.add(order.nameHash, order.slot);
    }
    this.#closed.reseed(seed);
  }
}
