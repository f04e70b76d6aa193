/**
 * The orders that an account knows: those that work, and closed ones for as long as somebody may
 * still ask what became of them.
 *
 * Finds an order by our id or by the client's. All stay where they are from the first moment to
 * the last: what an order costs most is memory that lies far from the processor, so none is touched
 * that was not asked for. Placings that were refused are known as well: what was refused once must
 * not happen when it comes late.
 *
 * Whatever hands over an order hands over the same object: it is that order until the next one is
 * handed over.
 */
import { add, assert, hold, invariant, Side } from "../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  ClientOrderId,
  InstrumentTerms,
  Lots,
  OrderId,
  RejectReason,
  ShardId,
  TimeUs,
} from "../../protocols/index.ts";
import type { Venue } from "../actor.ts";
import type { ChargedInstrument } from "./fee.ts";
import { LifecycleEvent } from "./order-lifecycle.ts";
import { OrderRows } from "./order-rows.ts";
import { restoreOrders, saveOrders } from "./order-snapshot.ts";
import type { SavedOrders } from "./order-snapshot.ts";
import { Order } from "./order.ts";
import type { OrderTerms } from "./order.ts";
import { hashOfName, SlotIndex } from "./slot-index.ts";

const noFundsLeft = invariant("closed-orders-hold-no-funds");
const namesAreNew = invariant("order-names-are-new");

/** How long a closed order is known, in log time. */
export const closedOrderRetentionUs: TimeUs = 60_000_000;

const noSlot = -1;

export class KnownOrders {
  readonly #rows: OrderRows;
  readonly #order: Order;
  /** For what must be seen while an order is in somebody's hands. */
  readonly #other: Order;
  /** What every name's hash begins with. */
  #seed = 0;
  readonly #byName = new SlotIndex();
  /** Slots of working orders, in any order: one that closes gives its place to the last. */
  readonly #working: number[] = [];
  /** Slots of those that are over and wait for an answer of the book, in the order of closing. */
  readonly #closing = new Set<number>();
  /** Closed orders are a chain of slots, in the order of closing. */
  #firstClosed = noSlot;
  #lastClosed = noSlot;
  #closedCount = 0;
  /** Of the name that was looked for last: as a rule an order is opened under it next. */
  #hashed = { name: "", hash: hashOfName("", 0) };

  /** Whether fees are as many as orders can be told apart by, in the whole shard. */
  get isCrowded(): boolean {
    return this.#rows.isCrowded;
  }

  /** Whether an order of an instrument with such fees can be told apart from others. */
  hasRoomFor(instrument: ChargedInstrument): boolean {
    return this.#rows.hasRoomFor(instrument);
  }

  constructor(account: AccountId, rows = new OrderRows()) {
    this.#rows = rows;
    this.#order = new Order(account, rows);
    this.#other = new Order(account, rows);
  }

  get workingCount(): number {
    return this.#working.length;
  }

  get closedCount(): number {
    return this.#closedCount;
  }

  /** By our id, or by the client's when `orderId` is 0. */
  find(orderId: OrderId, clientOrderId: ClientOrderId): Order | undefined {
    if (orderId === 0) return this.#named(clientOrderId);
    const order = this.#withId(orderId);
    return order !== undefined && this.#isOurs(order) ? order : undefined;
  }

  /** The order of that id if the book may still speak of it. */
  openWithId(orderId: OrderId): Order | undefined {
    const order = this.#withId(orderId);
    if (order === undefined) return undefined;
    const { slot } = order;
    return this.#working[order.link] === slot || this.#closing.has(slot) ? order : undefined;
  }

  /** Opens an order under names that no other has. */
  open(terms: OrderTerms): Order {
    const order = this.#take(terms);
    this.#rows.byId.add(terms.orderId, order.slot);
    order.link = this.#working.push(order.slot) - 1;
    return order;
  }

  /** Takes an order that is over from those that work. */
  close(order: Order): void {
    const place = order.link;
    assert(this.#working[place] === order.slot);
    const last = this.#working.pop();
    if (last !== undefined && last !== order.slot) {
      this.#working[place] = last;
      this.#other.at(last).link = place;
    }
  }

  /** Keeps what became of an order that is over, unless the book still owes it an answer. */
  archive(order: Order, nowUs: TimeUs): void {
    assert(!order.isWorking);
    hold(noFundsLeft, order.reserved === 0, "it has funds, or was archived before");
    if (order.pending.length > 0) {
      this.#closing.add(order.slot);
      return;
    }
    if (this.#closing.size > 0) this.#closing.delete(order.slot);
    order.closedAtUs = nowUs;
    this.#chain(order);
  }

  /** Keeps a placing that was refused, under a name that no order has. */
  addRefused(terms: OrderTerms, because: RejectReason, nowUs: TimeUs): void {
    assert(terms.orderId === 0);
    const order = this.#take(terms);
    order.advance(LifecycleEvent.refused);
    order.refusedBecause = because;
    order.closedAtUs = nowUs;
    this.#chain(order);
  }

  /** Forgets what need not be known any more. */
  forgetClosed(nowUs: TimeUs): void {
    // The time of the log is nothing that a client could know when he chose his names.
    if (this.#byName.isCrowded) this.#reseed(nowUs | 0);
    while (this.#closedCount > 0) {
      const order = this.#other.at(this.#firstClosed);
      if (order.closedAtUs >= nowUs - closedOrderRetentionUs) return;
      this.#forget(order);
    }
  }

  /** Working orders, oldest first. They may be closed while they are being visited. */
  *working(): Iterable<Order> {
    yield* this.#visit(this.#workingSlots());
  }

  /** One of the working orders, of which there are {@link workingCount}, in any order. */
  workingAt(place: number): Order {
    return this.#order.at(this.#working[place]!);
  }

  /**
   * What working orders are still to buy of some instruments, and what is reserved for that.
   * Whoever holds an order goes on holding it.
   */
  buying(isMeant: (instrument: InstrumentTerms) => boolean): { lots: Lots; reserved: Amount } {
    let [lots, reserved]: [Lots, Amount] = [0, 0];
    for (const slot of this.#working) {
      const order = this.#other.at(slot);
      if (order.side !== Side.buy || !isMeant(order.instrument)) continue;
      lots += order.remaining;
      reserved = add(reserved, order.reserved);
    }
    return { lots, reserved };
  }

  /** Shows all working orders, in any order. Whoever holds an order goes on holding it. */
  visitWorking(visit: (order: Order) => void): void {
    for (const slot of this.#working) visit(this.#other.at(slot));
  }

  /**
   * Closed orders that the book still owes an answer, in the order of closing.
   *
   * @internal For tests: the book names the order that it answers for.
   */
  *closing(): Iterable<Order> {
    yield* this.#visit([...this.#closing]);
  }

  // ---- Slots ---------------------------------------------------------------------------------

  #take(terms: OrderTerms): Order {
    const hash = this.#hashOf(terms.clientOrderId);
    hold(namesAreNew, this.#named(terms.clientOrderId) === undefined);
    const order = this.#order.at(this.#rows.take()).open(terms);
    this.#byName.add(hash, order.slot);
    return order;
  }

  #chain(order: Order): void {
    const { slot } = order;
    order.link = noSlot;
    if (this.#closedCount === 0) this.#firstClosed = slot;
    else this.#other.at(this.#lastClosed).link = slot;
    this.#lastClosed = slot;
    this.#closedCount += 1;
  }

  /** Forgets the first of the closed orders. */
  #forget(order: Order): void {
    const { slot, orderId } = order;
    assert(order.waiting.length === 0, "somebody waits for an order that is forgotten");
    if (orderId !== 0) this.#rows.byId.delete(orderId);
    this.#byName.delete(order.nameHash(this.#seed), slot);
    this.#firstClosed = order.link;
    this.#closedCount -= 1;
    this.#rows.give(slot);
  }

  *#visit(slots: readonly number[]): Iterable<Order> {
    for (const slot of slots) yield this.#order.at(slot);
  }

  #workingSlots(): readonly number[] {
    const idOf = (slot: number): number => this.#other.at(slot).orderId;
    return this.#working.toSorted((a, b) => idOf(a) - idOf(b));
  }

  #closedSlots(): readonly number[] {
    const slots: number[] = [];
    for (let slot = this.#firstClosed; slot !== noSlot; slot = this.#other.at(slot).link) {
      slots.push(slot);
    }
    return slots;
  }

  // ---- Names ---------------------------------------------------------------------------------

  /** Rows are shared with other accounts; names are not. */
  #isOurs(order: Order): boolean {
    const hash = order.nameHash(this.#seed);
    const index = this.#byName;
    for (let place = index.first(hash); place >= 0; place = index.next(place, hash)) {
      if (index.slotAt(place) === order.slot) return true;
    }
    return false;
  }

  /** An order of any account. */
  #withId(orderId: OrderId): Order | undefined {
    const slot = this.#rows.byId.find(orderId);
    return slot < 0 ? undefined : this.#order.at(slot);
  }

  #named(name: ClientOrderId): Order | undefined {
    const hash = this.#hashOf(name);
    const index = this.#byName;
    for (let place = index.first(hash); place >= 0; place = index.next(place, hash)) {
      const order = this.#order.at(index.slotAt(place));
      if (order.hasName(name)) return order;
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

  #reseed(seed: number): void {
    this.#seed = seed;
    this.#hashed = { name: "", hash: hashOfName("", seed) };
    this.#byName.clear();
    for (const slot of [...this.#working, ...this.#closing, ...this.#closedSlots()]) {
      this.#byName.add(this.#other.at(slot).nameHash(seed), slot);
    }
  }

  /** Gives back the memory of all of them: the account leaves the shard. */
  leave(): void {
    for (const slot of [...this.#working, ...this.#closing, ...this.#closedSlots()]) {
      const { orderId } = this.#other.at(slot);
      if (orderId !== 0) this.#rows.byId.delete(orderId);
      this.#rows.give(slot);
    }
  }

  // ---- Snapshot ------------------------------------------------------------------------------

  snapshot(): SavedKnownOrders {
    const working = this.#workingSlots();
    const slots = [...working, ...this.#closing, ...this.#closedSlots()];
    return [working.length, this.#closing.size, saveOrders(this.#other, slots)];
  }

  static restore(
    [workingCount, closingCount, saved]: SavedKnownOrders,
    { account, rows, ...asked }: RestoredOrders,
  ): KnownOrders {
    const orders = new KnownOrders(account, rows);
    const slots = restoreOrders(orders.#other, saved, asked);
    for (const [index, slot] of slots.entries()) {
      const order = orders.#order.at(slot);
      if (order.orderId !== 0) rows.byId.add(order.orderId, slot);
      orders.#byName.add(order.nameHash(orders.#seed), slot);
      if (index < workingCount) order.link = orders.#working.push(slot) - 1;
      else if (index < workingCount + closingCount) orders.#closing.add(slot);
      else orders.#chain(order);
    }
    return orders;
  }
}

interface RestoredOrders {
  readonly account: AccountId;
  readonly venue: Venue;
  readonly rows: OrderRows;
  /** Whom those asked that wait for an answer, where that was another shard. */
  readonly asked?: ShardId | undefined;
}

/** The orders are the working ones, the closing ones and the closed ones, each in their order. */
export type SavedKnownOrders = readonly [working: number, closing: number, orders: SavedOrders];
