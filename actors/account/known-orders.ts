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

/**
 * In the indexes, open orders are called by their slots, and closed ones by this and the number of
 * their row, of which it takes the lower bits: far more than rows are known at a time.
 */
const closedBit = 2 ** 30;

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
  /** Of the name that was looked for last: as a rule an order is opened under it next. */
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
    return orderId !== 0 ? this.#withId(orderId) : this.#named(clientOrderId);
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
    const slot = slotOfClosed(this.#closed.add(order, nowUs));
    this.#byId.replace(order.orderId | 0, order.slot, slot);
    this.#byName.replace(order.nameHash, order.slot, slot);
    this.#orders[order.slot] = undefined;
    this.#freeSlots.push(order.slot);
    if (this.#spare.length < spareOrdersMax) this.#spare.push(order);
  }

  /** Keeps a placing that was refused, under a name that no order has. */
  addRefused(order: Order, nowUs: TimeUs): void {
    assert(order.orderId === 0);
    order.nameHash = this.#hashOf(order.clientOrderId);
    this.#byName.add(order.nameHash, slotOfClosed(this.#closed.add(order, nowUs)));
  }

  /** Forgets what need not be known any more. */
  forgetClosed(nowUs: TimeUs): void {
    // The time of the log is nothing that a client could know when he chose his names.
    if (this.#byName.isCrowded) this.#reseed(nowUs | 0);
    const closed = this.#closed;
    while (closed.isFirstBefore(nowUs - closedOrderRetentionUs)) {
      const { first } = closed;
      const orderId = closed.orderIdAt(first);
      if (orderId !== 0) this.#byId.delete(orderId | 0, slotOfClosed(first));
      this.#byName.delete(closed.nameHashAt(first), slotOfClosed(first));
      closed.forgetFirst();
    }
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
    orders.#indexClosed();
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
      const slot = index.slotAt(place);
      if (slot < closedBit) {
        const order = this.#orders[slot]!;
        if (order.orderId === orderId) return order;
      } else {
        const number = this.#numberOf(slot);
        if (this.#closed.orderIdAt(number) === orderId) return this.#closed.orderAt(number);
      }
    }
    return undefined;
  }

  #named(name: ClientOrderId): Order | undefined {
    const hash = this.#hashOf(name);
    const index = this.#byName;
    for (let place = index.first(hash); place >= 0; place = index.next(place, hash)) {
      const slot = index.slotAt(place);
      if (slot < closedBit) {
        const order = this.#orders[slot]!;
        if (order.clientOrderId === name) return order;
      } else {
        const number = this.#numberOf(slot);
        if (this.#closed.nameAt(number) === name) return this.#closed.orderAt(number);
      }
    }
    return undefined;
  }

  /** The row of a closed order that is known. */
  #numberOf(slot: number): number {
    const { first } = this.#closed;
    return first + ((slot - first) & (closedBit - 1));
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
    assert(this.#named(clientOrderId) === undefined, "two orders of one name");
    order.nameHash = hash;
    order.slot = this.#freeSlots.pop() ?? this.#orders.length;
    this.#orders[order.slot] = order;
    this.#byId.add(orderId | 0, order.slot);
    this.#byName.add(hash, order.slot);
  }

  #indexClosed(): void {
    const closed = this.#closed;
    for (let number = closed.first; number < closed.end; number++) {
      const orderId = closed.orderIdAt(number);
      if (orderId !== 0) this.#byId.add(orderId | 0, slotOfClosed(number));
    }
    this.#indexClosedNames();
  }

  #indexClosedNames(): void {
    const closed = this.#closed;
    closed.rehash(this.#seed);
    for (let number = closed.first; number < closed.end; number++) {
      this.#byName.add(closed.nameHashAt(number), slotOfClosed(number));
    }
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
    this.#indexClosedNames();
  }
}

function slotOfClosed(number: number): number {
  return closedBit + (number & (closedBit - 1));
}
