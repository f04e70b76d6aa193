/**
 * Order book for one instrument: price levels by best price, orders by arrival within a level.
 *
 * Knows nothing of accounts, the log or the clock. It is told what arrives, tells its listener what
 * happens at the moment it happens, and allocates nothing per order. Prices are ticks, quantities
 * are lots; every decision follows from the calls so far, so equal calls give equal books.
 *
 * Invariant: best bid < best ask between calls.
 */
import type { OrderId } from "../../protocols/identifiers.ts";
import type { Lots, Ticks } from "../../protocols/units.ts";
import { assert } from "../../protocols/assert.ts";
import { Side } from "../../protocols/order-terms.ts";
import { divideFloor } from "../../protocols/units.ts";
import { OrderIndex } from "./order-index.ts";
import { OrderSlab } from "./order-slab.ts";
import { PriceLadder } from "./price-ladder.ts";
import { none } from "./slot-pool.ts";

/** An order as it reaches the book, which copies what it keeps: the caller may reuse the object. */
export interface IncomingOrder {
  /** Unique among the resting orders; asserted, so callers that cannot know ask `has` first. */
  orderId: OrderId;
  /** A 32-bit integer given back in fills; the book does not interpret it. */
  owner: number;
  side: Side;
  /** The limit: the highest price a buy pays, the lowest a sell takes. Any safe integer. */
  price: Ticks;
  /** At least 1. */
  quantity: Lots;
  /** Takes any price and never rests; `price` is not looked at. */
  isMarket: boolean;
  /** Immediate or cancel: what does not trade at once does not rest. */
  isImmediate: boolean;
  /**
   * How many tick·lots an incoming buy may spend at most, or {@link unlimitedBudget}. What the
   * budget keeps from trading does not rest either: it would cross the book. Sells ignore it.
   */
  budget: number;
}

export const unlimitedBudget = Number.MAX_SAFE_INTEGER;

/** An order at rest, in the canonical order of {@link OrderBook.visitResting}. */
export interface RestingOrder {
  orderId: OrderId;
  owner: number;
  side: Side;
  price: Ticks;
  remaining: Lots;
}

/** One fill. The object is reused: it is valid only during the call that tells of it. */
export interface Fill {
  readonly restingOrderId: OrderId;
  readonly restingOwner: number;
  readonly restingRemaining: Lots;
  readonly incomingOrderId: OrderId;
  readonly incomingOwner: number;
  readonly incomingRemaining: Lots;
  readonly incomingSide: Side;
  /** The resting order's price. */
  readonly price: Ticks;
  readonly quantity: Lots;
}

/** What an incoming and a resting order have in common. */
type OrderTerms = Pick<RestingOrder, "orderId" | "owner" | "side" | "price">;

/** One line of {@link OrderBook.depth}. */
export type DepthLevel = [price: Ticks, quantity: Lots, orderCount: number];

/** Hears what happens in the book, in order. Must not call the book. */
export interface OrderBookListener {
  traded(fill: Fill): void;
  /**
   * The total resting quantity at a price is now `quantity`; 0 when the level is gone. Told once for
   * each level that a command changed, after the fills at that level.
   */
  levelChanged(side: Side, price: Ticks, quantity: Lots): void;
}

/** What became of a replaced order; see {@link OrderBook.replace}. */
export type ReplaceOutcome = "unknown" | "kept-priority" | "lost-priority";

export class OrderBook {
  // Not `#`, so that order-book.invariants.ts can look at them; nobody else does.
  private readonly orders = new OrderSlab();
  private readonly index = new OrderIndex(this.orders);
  private readonly ladder = new PriceLadder();
  private readonly levels = this.ladder.levels;
  readonly #listener: OrderBookListener;
  readonly #fill: { -readonly [Field in keyof Fill]: Fill[Field] } = {
    restingOrderId: 0,
    restingOwner: 0,
    restingRemaining: 0,
    incomingOrderId: 0,
    incomingOwner: 0,
    incomingRemaining: 0,
    incomingSide: Side.buy,
    price: 0,
    quantity: 0,
  };
  readonly #replacement: IncomingOrder = {
    orderId: 0,
    owner: 0,
    side: Side.buy,
    price: 0,
    quantity: 0,
    isMarket: false,
    isImmediate: false,
    budget: unlimitedBudget,
  };

  constructor(listener: OrderBookListener) {
    this.#listener = listener;
  }

  /**
   * Matches the order, then rests what remains of a limit order that is not immediate. Returns the
   * quantity left over that neither traded nor rests.
   */
  place(order: IncomingOrder): Lots {
    assert(Number.isSafeInteger(order.quantity));
    assert(order.quantity > 0);
    assert(order.isMarket || Number.isSafeInteger(order.price));
    assert(order.budget >= 0);
    assert(!this.has(order.orderId), "the order id rests already");

    let remaining = order.quantity;
    if (this.#canTrade(order)) {
      remaining = this.#match(order);
      // Only a spent budget stops an order that could trade on; at rest it would cross the book.
      if (remaining === 0 || this.#canTrade(order)) return remaining;
    }
    if (order.isMarket || order.isImmediate) return remaining;
    this.#finishLevel(this.#rest(order, remaining));
    return 0;
  }

  has(orderId: OrderId): boolean {
    return this.index.find(orderId) !== none;
  }

  /** Removes a resting order. Returns the quantity removed, 0 when the order does not rest. */
  cancel(orderId: OrderId): Lots {
    const slot = this.index.find(orderId);
    if (slot === none) return 0;
    const remaining = this.orders.remaining[slot]!;
    this.#remove(slot);
    return remaining;
  }

  /**
   * Lowers what remains of an order, which keeps its place in the queue. `newRemaining` is at least
   * 1 and at most what remains. Returns false when the order does not rest.
   */
  reduce(orderId: OrderId, newRemaining: Lots): boolean {
    const slot = this.index.find(orderId);
    if (slot === none) return false;
    const removed = this.orders.remaining[slot]! - newRemaining;
    assert(Number.isSafeInteger(newRemaining));
    assert(newRemaining >= 1);
    assert(removed >= 0);
    if (removed === 0) return true;
    const level = this.orders.level[slot]!;
    this.orders.remaining[slot] = newRemaining;
    this.levels.quantity[level]! -= removed;
    this.#finishLevel(level);
    return true;
  }

  /**
   * Gives a resting order a new price, a new quantity, or both. At the same price and for no more
   * than what remains it keeps its place in the queue; otherwise it goes behind the others at its
   * new price, after trading as if it had just come in.
   */
  replace(orderId: OrderId, price: Ticks, newRemaining: Lots): ReplaceOutcome {
    assert(Number.isSafeInteger(price));
    assert(Number.isSafeInteger(newRemaining));
    assert(newRemaining >= 1);
    const slot = this.index.find(orderId);
    if (slot === none) return "unknown";
    const level = this.orders.level[slot]!;
    if (price !== this.levels.price[level]) {
      const replacement = this.#replacement;
      replacement.orderId = orderId;
      replacement.owner = this.orders.owner[slot]!;
      replacement.side = this.levels.side[level] as Side;
      replacement.price = price;
      replacement.quantity = newRemaining;
      this.#remove(slot);
      this.place(replacement);
      return "lost-priority";
    }
    if (newRemaining <= this.orders.remaining[slot]!) {
      this.reduce(orderId, newRemaining);
      return "kept-priority";
    }
    this.#unlink(slot);
    this.orders.remaining[slot] = newRemaining;
    this.#append(level, slot);
    this.#finishLevel(level);
    return "lost-priority";
  }

  /** Reads a resting order into the caller's object. Returns false when it does not rest. */
  resting(orderId: OrderId, into: RestingOrder): boolean {
    const slot = this.index.find(orderId);
    if (slot === none) return false;
    this.#read(slot, into);
    return true;
  }

  get bestBid(): Ticks | undefined {
    return this.#bestPrice(Side.buy);
  }

  get bestAsk(): Ticks | undefined {
    return this.#bestPrice(Side.sell);
  }

  /** The quantity resting at the best price of a side, 0 when nothing rests there. */
  bestQuantity(side: Side): Lots {
    const level = this.ladder.bestOf(side);
    return level === none ? 0 : this.levels.quantity[level]!;
  }

  get orderCount(): number {
    return this.orders.count;
  }

  get levelCount(): number {
    return this.levels.count;
  }

  /** The best levels of a side, best first, at most `levelsMax`. */
  depth(side: Side, levelsMax: number): DepthLevel[] {
    const { levels } = this;
    const depth: DepthLevel[] = [];
    let level = this.ladder.bestOf(side);
    while (level !== none && depth.length < levelsMax) {
      depth.push([levels.price[level]!, levels.quantity[level]!, levels.orderCount[level]!]);
      level = this.ladder.behind(level);
    }
    return depth;
  }

  /**
   * Visits every resting order: bids then asks, best price first, oldest first. The object passed
   * is reused. Two books that visit alike behave alike.
   */
  visitResting(visit: (order: Readonly<RestingOrder>) => void): void {
    const order: RestingOrder = { orderId: 0, owner: 0, side: Side.buy, price: 0, remaining: 0 };
    for (const side of [Side.buy, Side.sell]) {
      let level = this.ladder.bestOf(side);
      for (; level !== none; level = this.ladder.behind(level)) {
        let slot = this.levels.head[level]!;
        for (; slot !== none; slot = this.orders.next[slot]!) {
          this.#read(slot, order);
          visit(order);
        }
      }
    }
  }

  /**
   * Puts an order behind all others at its price, without matching and without telling anybody.
   * Only for rebuilding a book from what {@link visitResting} visited, in that order.
   */
  restoreResting(order: Readonly<RestingOrder>): void {
    const { orderId, side, price, remaining } = order;
    assert(Number.isSafeInteger(price));
    assert(Number.isSafeInteger(remaining));
    assert(remaining > 0);
    assert(!this.has(orderId));
    const opposite = this.#bestPrice(oppositeOf(side));
    assert(opposite === undefined || !isWithinLimit(side, price, opposite), "the book would cross");
    this.#rest(order, remaining);
  }

  #bestPrice(side: Side): Ticks | undefined {
    const level = this.ladder.bestOf(side);
    return level === none ? undefined : this.levels.price[level];
  }

  #canTrade(order: IncomingOrder): boolean {
    const level = this.ladder.bestOf(oppositeOf(order.side));
    if (level === none) return false;
    return order.isMarket || isWithinLimit(order.side, order.price, this.levels.price[level]!);
  }

  /** Trades with the best levels in turn. Returns what is left: no counterpart, or no budget. */
  #match(order: IncomingOrder): Lots {
    const fill = this.#fill;
    fill.incomingOrderId = order.orderId;
    fill.incomingOwner = order.owner;
    fill.incomingSide = order.side;
    fill.incomingRemaining = order.quantity;
    const restingSide = oppositeOf(order.side);
    const isBudgeted = order.side === Side.buy && order.budget < unlimitedBudget;
    let budget = order.budget;
    do {
      const level = this.ladder.bestOf(restingSide);
      const price = this.levels.price[level]!;
      let quantityMax = fill.incomingRemaining;
      // A price of zero or less costs nothing.
      const isPaid = isBudgeted && price > 0;
      if (isPaid) quantityMax = Math.min(quantityMax, divideFloor(budget, price) as Lots);
      if (quantityMax === 0) break;
      const traded = this.#matchLevel(level, quantityMax);
      if (isPaid) budget -= traded * price;
    } while (fill.incomingRemaining > 0 && this.#canTrade(order));
    return fill.incomingRemaining;
  }

  /** Trades with the orders at one level, oldest first. Returns the quantity traded. */
  #matchLevel(level: number, quantityMax: Lots): Lots {
    const { levels, orders } = this;
    const fill = this.#fill;
    fill.price = levels.price[level]!;
    let wanted = quantityMax;
    for (let slot = levels.head[level]!; wanted > 0 && slot !== none; slot = levels.head[level]!) {
      const restingRemaining = orders.remaining[slot]!;
      const quantity = Math.min(wanted, restingRemaining);
      wanted -= quantity;
      fill.restingOrderId = orders.orderId[slot]!;
      fill.restingOwner = orders.owner[slot]!;
      fill.restingRemaining = restingRemaining - quantity;
      fill.incomingRemaining -= quantity;
      fill.quantity = quantity;
      if (quantity === restingRemaining) {
        this.#unlink(slot);
        this.#release(slot);
      } else {
        orders.remaining[slot] = restingRemaining - quantity;
        levels.quantity[level]! -= quantity;
      }
      this.#listener.traded(fill);
    }
    this.#finishLevel(level);
    return quantityMax - wanted;
  }

  /** Adds an order to the book behind all others at its price. Returns its level. */
  #rest(order: Readonly<OrderTerms>, remaining: Lots): number {
    assert(Number.isSafeInteger(order.orderId));
    assert((order.owner | 0) === order.owner);
    const slot = this.orders.take();
    const level = this.ladder.findOrAdd(order.side, order.price);
    this.orders.orderId[slot] = order.orderId;
    this.orders.owner[slot] = order.owner;
    this.orders.remaining[slot] = remaining;
    this.index.add(slot);
    this.#append(level, slot);
    return level;
  }

  #remove(slot: number): void {
    const level = this.orders.level[slot]!;
    this.#unlink(slot);
    this.#release(slot);
    this.#finishLevel(level);
  }

  #release(slot: number): void {
    this.index.remove(slot);
    this.orders.giveBack(slot);
  }

  /** Ends a change to a level: an empty one goes, and the listener is told its new quantity. */
  #finishLevel(level: number): void {
    const side = this.levels.side[level] as Side;
    const price = this.levels.price[level]!;
    const quantity = this.levels.quantity[level]!;
    if (quantity === 0) this.ladder.remove(level);
    this.#listener.levelChanged(side, price, quantity);
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
  }

  #read(slot: number, into: RestingOrder): void {
    const level = this.orders.level[slot]!;
    into.orderId = this.orders.orderId[slot]!;
    into.owner = this.orders.owner[slot]!;
    into.side = this.levels.side[level] as Side;
    into.price = this.levels.price[level]!;
    into.remaining = this.orders.remaining[slot]!;
  }
}

function oppositeOf(side: Side): Side {
  return side === Side.buy ? Side.sell : Side.buy;
}

function isWithinLimit(side: Side, limit: Ticks, price: Ticks): boolean {
  return side === Side.buy ? price <= limit : price >= limit;
}
