/**
 * What an order book is told and what it tells: the terms of incoming and resting orders, fills,
 * and the listener that hears them.
 *
 * The rules that give them their meaning are in docs/protocols/matching.md.
 */
import type { EntryId, OrderId } from "../../protocols/identifiers.ts";
import { PostOnly, SelfTradePrevention, Side } from "../../protocols/order-terms.ts";
import type { TickSize } from "../../protocols/trading-terms.ts";
import type { Lots, Ticks } from "../../protocols/units.ts";

/** An order as it reaches the book, which copies what it keeps: the caller may reuse the object. */
export interface IncomingOrder {
  /** Unique among the resting orders; asserted, so callers that cannot know ask `has` first. */
  orderId: OrderId;
  /** A 32-bit integer given back in fills; the book does not interpret it. */
  owner: number;
  /** Orders of the same group may be kept from trading with each other; 0 is no group. */
  group: number;
  side: Side;
  /** The limit: the highest price a buy pays, the lowest a sell takes. Any safe integer. */
  price: Ticks;
  /** At least 1. */
  quantity: Lots;
  /** Takes any price and never rests; `price` is not looked at. */
  isMarket: boolean;
  /** Immediate or cancel: what does not trade at once does not rest. */
  isImmediate: boolean;
  /** All of it at once or nothing; never rests. */
  isFillOrKill: boolean;
  postOnly: PostOnly;
  selfTradePrevention: SelfTradePrevention;
  /**
   * How many tick·lots an incoming buy may spend at most and an incoming sell may bring in, or
   * {@link unlimitedBudget}. What the budget keeps from trading does not rest either.
   */
  budget: number;
  /** The worst price that it may trade at now, or {@link unboundedBuy} or {@link unboundedSell}. */
  bound: Ticks;
  /** How much is shown at a time: at least 1, {@link allDisplayed}, or 0 for a hidden order. */
  display: Lots;
  /** The fewest lots that it trades at once; 0 for no minimum. Only of what is not displayed. */
  minimum: Lots;
}

export const unlimitedBudget = Number.MAX_SAFE_INTEGER;
export const unboundedBuy: Ticks = Number.MAX_SAFE_INTEGER;
export const unboundedSell: Ticks = Number.MIN_SAFE_INTEGER;

/** Of two prices of orders of a side the one that is executed first. */
export function betterPrice(side: Side, a: Ticks, b: Ticks): Ticks {
  return side === Side.buy ? Math.max(a, b) : Math.min(a, b);
}

/** The bound of an order that has none. */
export function unboundedFor(side: Side): Ticks {
  return side === Side.buy ? unboundedBuy : unboundedSell;
}

export const allDisplayed: Lots = Number.MAX_SAFE_INTEGER;

/** A plain limit order of nobody, for a caller to fill in and use again and again. */
export function plainOrder(): IncomingOrder {
  return {
    orderId: 0,
    owner: 0,
    group: 0,
    side: Side.buy,
    price: 0,
    quantity: 0,
    isMarket: false,
    isImmediate: false,
    isFillOrKill: false,
    postOnly: PostOnly.none,
    selfTradePrevention: SelfTradePrevention.none,
    budget: unlimitedBudget,
    bound: unboundedBuy,
    display: allDisplayed,
    minimum: 0,
  };
}

/** What decides where a post-only order comes to rest. */
export type PassiveTerms = Readonly<Pick<IncomingOrder, "side" | "price" | "postOnly">>;

/** An order at rest, in the canonical order of a book's `visitResting`. */
export interface RestingOrder {
  orderId: OrderId;
  owner: number;
  group: number;
  side: Side;
  price: Ticks;
  /** All that remains of it, shown or not. */
  remaining: Lots;
  /** What of it is shown now: all of a plain order, the slice of an iceberg, 0 of a hidden one. */
  displayed: Lots;
  /** As it came in: {@link IncomingOrder.display}. */
  display: Lots;
  minimum: Lots;
  /** Of a displayed order: {@link BookEntry.entryId}; 0 of a hidden one. */
  entryId: EntryId;
}

/**
 * A displayed order as everybody may see it: where it stands and what it shows, not whose it is.
 * Reused as {@link Fill} is.
 */
export interface BookEntry {
  /** Counts, from 1, the places that displayed orders have taken at the end of a queue. */
  readonly entryId: EntryId;
  readonly side: Side;
  readonly price: Ticks;
  readonly quantity: Lots;
}

/** Why an order that came in is not in the book now, or not with all that was left of it. */
export const Ending = {
  /** It traded wholly, or what was left of it rests. */
  done: 0,
  /** Nothing more to trade with, and it may not rest. */
  immediate: 1,
  budget: 2,
  unfillable: 3,
  wouldTake: 4,
  selfTrade: 5,
  minimum: 6,
  bound: 7,
} as const;
export type Ending = (typeof Ending)[keyof typeof Ending];

/** One fill. The object is reused: it is valid only during the call that tells of it. */
export interface Fill {
  readonly restingOrderId: OrderId;
  readonly restingOwner: number;
  /** All that remains of it, shown or not. */
  readonly restingRemaining: Lots;
  readonly incomingOrderId: OrderId;
  readonly incomingOwner: number;
  readonly incomingRemaining: Lots;
  readonly incomingSide: Side;
  /** The resting order's price; in an auction, the auction's. */
  readonly price: Ticks;
  readonly quantity: Lots;
}

/** Quantity taken out of two orders of one group instead of a trade. Reused as {@link Fill} is. */
export interface PreventedTrade {
  readonly restingOrderId: OrderId;
  readonly restingOwner: number;
  readonly restingRemaining: Lots;
  readonly incomingOrderId: OrderId;
  readonly incomingOwner: number;
  readonly incomingRemaining: Lots;
  readonly incomingSide: Side;
  readonly price: Ticks;
  readonly quantity: Lots;
  /** Whether goods and money go from one owner to the other. */
  readonly isTransfer: boolean;
}

/** One line of a book's depth. */
export type DepthLevel = [price: Ticks, quantity: Lots, orderCount: number];

/** One displayed order, as {@link BookEntry} without its side. */
export type DisplayedOrder = [entryId: EntryId, price: Ticks, quantity: Lots];

/** Hears what happens in the book, in order. Must not call the book. */
export interface OrderBookListener {
  traded(fill: Fill): void;
  /** Quantity was taken out of both; who has nothing left is out of the book. */
  prevented(trade: PreventedTrade): void;
  /** Self-trade prevention removed a resting order with so much left. */
  removed(orderId: OrderId, owner: number, remaining: Lots): void;
  /**
   * The displayed quantity at a price is now `quantity`; 0 when the level is gone. Told once for
   * each level that a command changed, after the fills at that level; for an iceberg that shows its
   * next slice, too. Hidden orders are never told of.
   */
  levelChanged(side: Side, price: Ticks, quantity: Lots): void;
  /** A displayed order has taken a place behind all others at its price. */
  entryAdded(entry: BookEntry): void;
  /** Took part in the trade that was told last, and shows `quantity` now; 0: it is gone. */
  entryExecuted(entryId: EntryId, quantity: Lots): void;
  /** Shows `quantity` now for any other reason; 0: it is gone. */
  entryCanceled(entryId: EntryId, quantity: Lots): void;
}

/** What became of a replaced order. */
export type ReplaceOutcome = "unknown" | "kept-priority" | "lost-priority";

/** How a book shares a displayed level out. */
export interface MatchingRule {
  readonly isProRata: boolean;
  /** The fewest lots that a proportional share gives; at least 1. */
  readonly minimumAllocation: Lots;
  /** Of which a price must be a multiple, by price; without, every tick is a price. */
  readonly tickSizes?: readonly TickSize[];
}

export const priceTime: MatchingRule = { isProRata: false, minimumAllocation: 1 };

/** What an uncrossing would execute now. */
export interface Equilibrium {
  readonly price: Ticks;
  /** Lots. */
  readonly volume: Lots;
  /** The side that has more at this price than can be executed, by so many lots; buy for none. */
  readonly surplusSide: Side;
  readonly surplus: Lots;
}

/**
 * What one can do with a book.
 *
 * Invariant: displayed orders do not cross, except between a `collect` and the next `uncross`.
 */
export interface OrderBookInterface {
  /** What became of the order that came in last; meaningful where something was left over. */
  readonly ending: Ending;
  /**
   * Takes an order in. Returns the quantity that neither traded nor rests nor was prevented from
   * trading; `ending` says why. The level at which an order rests is told last.
   */
  place(order: Readonly<IncomingOrder>): Lots;
  /** Lets an order rest without trading, for a call phase. */
  collect(order: Readonly<IncomingOrder>): void;
  has(orderId: OrderId): boolean;
  /** Whether anything rests on the other side at a price that this limit allows. */
  wouldTake(side: Side, limit: Ticks): boolean;
  /**
   * Where a post-only order rests: at its limit or, if it slides, beside what it would take.
   * Undefined if it may not come in.
   */
  passivePrice(order: PassiveTerms): Ticks | undefined;
  /** Removes a resting order. Returns the quantity removed, 0 when the order does not rest. */
  cancel(orderId: OrderId): Lots;
  /**
   * Lowers what remains of an order, which keeps its place in the queue. `newRemaining` is at least
   * 1 and at most what remains. Returns false when the order does not rest.
   */
  reduce(orderId: OrderId, newRemaining: Lots): boolean;
  /**
   * Gives a resting order the terms of `order`, whose quantity is what is to remain of it and whose
   * side, owner and group are not looked at. What is left over of it is in `leftOver`.
   */
  replace(order: Readonly<IncomingOrder>): ReplaceOutcome;
  /** What was left over of the order that was replaced last, as `place` would return it. */
  readonly leftOver: Lots;
  /** Reads a resting order into the caller's object. Returns false when it does not rest. */
  resting(orderId: OrderId, into: RestingOrder): boolean;
  /** Displayed orders only. */
  readonly bestBid: Ticks | undefined;
  readonly bestAsk: Ticks | undefined;
  /** What is displayed at the best price of a side, 0 when nothing is. */
  bestQuantity(side: Side): Lots;
  readonly orderCount: number;
  /** Of displayed levels. */
  readonly levelCount: number;
  /** The best displayed levels of a side, best first, at most `levelsMax`. */
  depth(side: Side, levelsMax: number): DepthLevel[];
  /** The first displayed orders of a side by priority, at most `ordersMax`. */
  displayedOrders(side: Side, ordersMax: number): DisplayedOrder[];
  /**
   * What an uncrossing would execute. Prices below 1 and above `priceMax` are market orders and no
   * candidates.
   */
  equilibrium(reference: Ticks | undefined, priceMax: Ticks): Equilibrium | undefined;
  /** Executes an equilibrium: buyers are told as resting, sellers as incoming. */
  uncross(equilibrium: Equilibrium): void;
  /**
   * Visits every resting order: bids then asks, displayed before hidden, best price first, oldest
   * first. The object passed is reused. Two books that visit alike behave alike.
   */
  visitResting(visit: (order: Readonly<RestingOrder>) => void): void;
  /**
   * Puts an order behind all others at its price, without matching and without telling anybody.
   * Only for rebuilding a book from what {@link visitResting} visited, in that order.
   */
  restoreResting(order: Readonly<RestingOrder>): void;
  /** The last entry id that was given, be its order gone or not. Set only to rebuild a book. */
  lastEntryId: EntryId;
}
