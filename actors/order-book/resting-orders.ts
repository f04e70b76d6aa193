/**
 * The orders at rest in one book: their queues by price, displayed and hidden, and how quantity
 * goes into them and out of them.
 *
 * Knows nothing of matching. It tells of each displayed order as that changes; who changes a level
 * says so when it is done.
 *
 * Invariant: an order stands in one queue, and the quantities of a level are the sums of its orders'.
 * Invariant: entry ids rise along the queue of a displayed level.
 */
import { assert } from "../../protocols/assert.ts";
import type { EntryId, OrderId } from "../../protocols/identifiers.ts";
import { Side } from "../../protocols/order-terms.ts";
import type { Lots, Ticks } from "../../protocols/units.ts";
import { allDisplayed, betterPrice } from "./book-terms.ts";
import type { BookEntry, OrderBookListener, RestingOrder } from "./book-terms.ts";
import { LevelSlab } from "./level-slab.ts";
import { OrderIndex } from "./order-index.ts";
import { OrderSlab } from "./order-slab.ts";
import { PriceLadder } from "./price-ladder.ts";
import { none } from "./slot-pool.ts";

/** What is kept of an order beside the columns, if it is not displayed whole or has a minimum. */
export interface UndisplayedTerms {
  readonly display: Lots;
  readonly minimum: Lots;
  /** What an iceberg does not show now. */
  reserve: Lots;
}

/** An order that is about to rest. */
export interface NewResting {
  readonly orderId: OrderId;
  readonly owner: number;
  readonly group: number;
  readonly side: Side;
  readonly display: Lots;
  readonly minimum: Lots;
}

export type EntryListener = Pick<
  OrderBookListener,
  "entryAdded" | "entryExecuted" | "entryCanceled"
>;

/** Ladders 0 and 1 hold the displayed levels of the two sides, 2 and 3 the hidden ones. */
const firstHidden = 2;

export class RestingOrders {
  readonly orders = new OrderSlab();
  readonly index = new OrderIndex(this.orders);
  readonly levels = new LevelSlab();
  /** By side. */
  readonly displayed: readonly [PriceLadder, PriceLadder] = [
    new PriceLadder(this.levels, { side: Side.buy, number: Side.buy }),
    new PriceLadder(this.levels, { side: Side.sell, number: Side.sell }),
  ];
  readonly #hidden: (PriceLadder | undefined)[] = [undefined, undefined];
  /** How many orders of each side are hidden. */
  readonly hiddenCount = new Int32Array(2);
  /** How many places displayed orders have taken. */
  lastEntryId: EntryId = 0;
  readonly #terms = new Map<number, UndisplayedTerms>();
  readonly #listener: EntryListener;
  readonly #added: { -readonly [Field in keyof BookEntry]: BookEntry[Field] } = {
    entryId: 0,
    side: Side.buy,
    price: 0,
    quantity: 0,
  };

  constructor(listener: EntryListener) {
    this.#listener = listener;
  }

  /** The best price of a side among those that are displayed. */
  bestDisplayedPrice(side: Side): Ticks | undefined {
    const level = this.displayed[side].best;
    return level === none ? undefined : this.levels.price[level]!;
  }

  /** The best price of a side, be it displayed or hidden. */
  bestPrice(side: Side): Ticks | undefined {
    const shown = this.bestDisplayedPrice(side);
    if (this.hiddenCount[side] === 0) return shown;
    const hidden = this.levels.price[this.hidden(side).best]!;
    if (shown === undefined) return hidden;
    return betterPrice(side, shown, hidden);
  }

  /** The hidden levels of a side, which few books ever have. */
  hidden(side: Side): PriceLadder {
    return (this.#hidden[side] ??= new PriceLadder(this.levels, {
      side,
      number: firstHidden + side,
    }));
  }

  /** What is kept beside the columns of an order of which something is. */
  #termsKept(slot: number): UndisplayedTerms {
    const terms = this.#terms.get(slot);
    assert(terms !== undefined, "an order's terms were lost");
    return terms;
  }

  /** What is kept beside the columns; undefined for a plain order. */
  termsOf(slot: number): UndisplayedTerms | undefined {
    return this.orders.hasTerms[slot] === 0 ? undefined : this.#terms.get(slot);
  }

  sideOf(slot: number): Side {
    return this.sideOfLevel(this.orders.level[slot]!);
  }

  sideOfLevel(level: number): Side {
    return (this.levels.ladder[level]! & 1) as Side;
  }

  isHiddenLevel(level: number): boolean {
    return this.levels.ladder[level]! >= firstHidden;
  }

  /** All that remains of an order, shown or not. */
  total(slot: number): Lots {
    const shown = this.orders.remaining[slot]!;
    return this.orders.hasTerms[slot] === 0 ? shown : shown + this.#termsKept(slot).reserve;
  }

  /** Adds an order behind all others at its price. Returns its level. */
  add(order: Readonly<NewResting>, price: Ticks, remaining: Lots): number {
    const slot = this.#newSlot(order);
    if (order.display === allDisplayed && order.minimum === 0) {
      this.orders.hasTerms[slot] = 0;
      this.orders.remaining[slot] = remaining;
    } else {
      const { display, minimum } = order;
      this.#keepTerms(slot, { display, minimum, reserve: 0 });
      this.#cutSlice(slot, remaining);
    }
    const level = this.#ladderFor(order).findOrAdd(price);
    this.#takePlace(level, slot);
    return level;
  }

  /** Adds an order as it stood: its slice, its entry id and all. */
  restore(order: Readonly<RestingOrder>): void {
    const { display, minimum, remaining, displayed, price } = order;
    const slot = this.#newSlot(order);
    const isHidden = display === 0;
    const reserve = isHidden ? 0 : remaining - displayed;
    this.orders.remaining[slot] = remaining - reserve;
    this.orders.hasTerms[slot] = 0;
    if (display !== allDisplayed || minimum > 0) {
      this.#keepTerms(slot, { display, minimum, reserve });
    }
    this.orders.entryId[slot] = order.entryId;
    this.lastEntryId = Math.max(this.lastEntryId, order.entryId);
    this.#append(this.#ladderFor(order).findOrAdd(price), slot);
  }

  /** Takes an order out of the book; its level stays, be it empty. Returns all that remained. */
  remove(slot: number): Lots {
    this.#tellCanceled(slot, 0);
    return this.#takeOut(slot);
  }

  #takeOut(slot: number): Lots {
    const total = this.total(slot);
    // A plain order is displayed.
    const mayBeHidden = this.orders.hasTerms[slot] !== 0;
    if (mayBeHidden && this.isHiddenLevel(this.orders.level[slot]!)) {
      this.hiddenCount[this.sideOf(slot)]! -= 1;
    }
    this.#unlink(slot);
    this.#release(slot);
    return total;
  }

  /** Removes a level that has no orders left from its ladder. */
  drop(level: number): void {
    const number = this.levels.ladder[level]!;
    const ladder =
      number < firstHidden ? this.displayed[number] : this.#hidden[number - firstHidden];
    assert(ladder !== undefined, "a level on no ladder");
    ladder.remove(level);
  }

  /**
   * Takes quantity that was traded, which has been told: of the slice first. With its slice used up
   * an order shows the next one, at the end of its queue; with nothing left it is out of the book.
   */
  consume(slot: number, quantity: Lots): void {
    this.#tellExecuted(slot, this.orders.remaining[slot]! - quantity);
    this.#consume(slot, quantity);
  }

  /** The same of quantity that was prevented from trading. */
  consumePrevented(slot: number, quantity: Lots): void {
    this.#tellCanceled(slot, Math.max(this.orders.remaining[slot]! - quantity, 0));
    this.#consume(slot, quantity);
  }

  #consume(slot: number, quantity: Lots): void {
    const { orders } = this;
    const shown = orders.remaining[slot]!;
    if (quantity < shown) {
      orders.remaining[slot] = shown - quantity;
      this.levels.quantity[orders.level[slot]!]! -= quantity;
      return;
    }
    const left = orders.hasTerms[slot] === 0 ? 0 : this.total(slot) - quantity;
    if (left === 0) {
      this.#takeOut(slot);
      return;
    }
    const level = orders.level[slot]!;
    this.#unlink(slot);
    this.#cutSlice(slot, left);
    this.#takePlace(level, slot);
  }

  /** Takes quantity in an auction, where an order takes part whole and keeps its place. */
  consumeInPlace(slot: number, quantity: Lots): void {
    const left = this.total(slot) - quantity;
    if (left === 0) {
      this.#tellExecuted(slot, 0);
      this.#takeOut(slot);
      return;
    }
    const level = this.orders.level[slot]!;
    this.#count(level, slot, -1);
    if (this.orders.hasTerms[slot] === 0) this.orders.remaining[slot] = left;
    else this.#cutSlice(slot, left);
    this.#count(level, slot, 1);
    this.#tellExecuted(slot, this.orders.remaining[slot]!);
  }

  /** Lowers what remains, of the reserve first, without moving the order. */
  reduce(slot: number, newTotal: Lots): void {
    const level = this.orders.level[slot]!;
    const shownBefore = this.orders.remaining[slot]!;
    this.#count(level, slot, -1);
    const shown = Math.min(shownBefore, newTotal);
    this.orders.remaining[slot] = shown;
    const terms = this.termsOf(slot);
    if (terms !== undefined) terms.reserve = newTotal - shown;
    this.#count(level, slot, 1);
    if (shown < shownBefore) this.#tellCanceled(slot, shown);
  }

  /** Gives an order a new total and the last place in its queue. */
  requeue(slot: number, newTotal: Lots): void {
    const level = this.orders.level[slot]!;
    this.#tellCanceled(slot, 0);
    this.#unlink(slot);
    if (this.orders.hasTerms[slot] === 0) this.orders.remaining[slot] = newTotal;
    else this.#cutSlice(slot, newTotal);
    this.#takePlace(level, slot);
  }

  /** Gives an order the last place at a level, and that place a number if it is displayed. */
  #takePlace(level: number, slot: number): void {
    const { levels, orders } = this;
    this.#append(level, slot);
    const ladder = levels.ladder[level]!;
    if (ladder >= firstHidden) {
      orders.entryId[slot] = 0;
      return;
    }
    this.lastEntryId += 1;
    orders.entryId[slot] = this.lastEntryId;
    const added = this.#added;
    added.entryId = this.lastEntryId;
    added.side = ladder === Side.buy ? Side.buy : Side.sell;
    added.price = levels.price[level]!;
    added.quantity = orders.remaining[slot]!;
    this.#listener.entryAdded(added);
  }

  #tellExecuted(slot: number, shown: Lots): void {
    const entryId = this.orders.entryId[slot]!;
    if (entryId !== 0) this.#listener.entryExecuted(entryId, shown);
  }

  #tellCanceled(slot: number, shown: Lots): void {
    const entryId = this.orders.entryId[slot]!;
    if (entryId !== 0) this.#listener.entryCanceled(entryId, shown);
  }

  /** Puts an order at the end of a level's queue. */
  #append(level: number, slot: number): void {
    const { levels, orders } = this;
    const tail = levels.tail[level]!;
    orders.level[slot] = level;
    orders.previous[slot] = tail;
    orders.next[slot] = none;
    if (tail === none) levels.head[level] = slot;
    else orders.next[tail] = slot;
    levels.tail[level] = slot;
    levels.orderCount[level]! += 1;
    const quantity = levels.quantity[level]! + orders.remaining[slot]!;
    assert(quantity <= Number.MAX_SAFE_INTEGER, "a level holds less than 2^53 lots");
    levels.quantity[level] = quantity;
    if (orders.hasTerms[slot] !== 0) levels.reserve[level]! += this.#termsKept(slot).reserve;
  }

  /** Takes an order out of its level's queue, wherever it stands. */
  #unlink(slot: number): void {
    const { levels, orders } = this;
    const level = orders.level[slot]!;
    const previous = orders.previous[slot]!;
    const next = orders.next[slot]!;
    if (previous === none) levels.head[level] = next;
    else orders.next[previous] = next;
    if (next === none) levels.tail[level] = previous;
    else orders.previous[next] = previous;
    levels.orderCount[level]! -= 1;
    levels.quantity[level]! -= orders.remaining[slot]!;
    if (orders.hasTerms[slot] !== 0) levels.reserve[level]! -= this.#termsKept(slot).reserve;
  }

  read(slot: number, into: RestingOrder): void {
    const level = this.orders.level[slot]!;
    const terms = this.termsOf(slot);
    const shown = this.orders.remaining[slot]!;
    into.orderId = this.orders.orderId[slot]!;
    into.owner = this.orders.owner[slot]!;
    into.group = this.orders.group[slot]!;
    into.side = this.sideOfLevel(level);
    into.price = this.levels.price[level]!;
    into.remaining = shown + (terms?.reserve ?? 0);
    into.displayed = terms?.display === 0 ? 0 : shown;
    into.display = terms?.display ?? allDisplayed;
    into.minimum = terms?.minimum ?? 0;
    into.entryId = this.orders.entryId[slot]!;
  }

  /** Every ladder in the order in which a book is visited. */
  *ladders(): Iterable<PriceLadder> {
    for (const side of [Side.buy, Side.sell]) {
      yield this.displayed[side];
      const hidden = this.#hidden[side];
      if (hidden !== undefined) yield hidden;
    }
  }

  #ladderFor({ side, display }: Pick<NewResting, "side" | "display">): PriceLadder {
    if (display !== 0) return this.displayed[side];
    this.hiddenCount[side]! += 1;
    return this.hidden(side);
  }

  #newSlot(order: Readonly<NewResting>): number {
    assert(Number.isSafeInteger(order.orderId));
    assert((order.owner | 0) === order.owner);
    assert((order.group | 0) === order.group);
    const slot = this.orders.take();
    this.orders.orderId[slot] = order.orderId;
    this.orders.owner[slot] = order.owner;
    this.orders.group[slot] = order.group;
    this.index.add(slot);
    return slot;
  }

  #release(slot: number): void {
    this.index.remove(slot);
    if (this.orders.hasTerms[slot] !== 0) this.#terms.delete(slot);
    this.orders.giveBack(slot);
  }

  #keepTerms(slot: number, terms: UndisplayedTerms): void {
    this.orders.hasTerms[slot] = 1;
    this.#terms.set(slot, terms);
  }

  /** Divides what remains of an order into what takes part in the queue and the reserve. */
  #cutSlice(slot: number, total: Lots): void {
    const terms = this.#termsKept(slot);
    const slice = terms.display === 0 ? total : Math.min(terms.display, total);
    this.orders.remaining[slot] = slice;
    terms.reserve = total - slice;
  }

  /** Counts an order into its level's sums, or out of them. */
  #count(level: number, slot: number, sign: 1 | -1): void {
    this.levels.quantity[level]! += sign * this.orders.remaining[slot]!;
    const terms = this.termsOf(slot);
    if (terms !== undefined) this.levels.reserve[level]! += sign * terms.reserve;
  }
}
