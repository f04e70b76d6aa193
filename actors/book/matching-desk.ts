/**
 * The matching desk of one book: puts orders to the order book and sees that accounts and market
 * data are told what came of it. Whoever works for the book works at its desk.
 *
 * Keeps what the order book does not know: whose the orders are by name, which are more than plain,
 * and what those at rest had executed before.
 *
 * Invariant: the lots resting in the book can be counted exactly, so no level overflows.
 */
import { assert, CloseReason, hold, invariant, Liquidity } from "../../protocols/index.ts";
import type {
  AccountId,
  EntryId,
  InstrumentSymbol,
  Lots,
  OrderId,
  ParticipantId,
  Side,
  Ticks,
} from "../../protocols/index.ts";
import type { ActorContext, TradingRules } from "../actor.ts";
import { plainOrder } from "../order-book/book-terms.ts";
import type {
  BookEntry,
  Equilibrium,
  Fill,
  MatchingRule,
  OrderBookListener,
  PreventedTrade,
  RestingOrder,
} from "../order-book/book-terms.ts";
import { assertInvariants } from "../order-book/order-book.invariants.ts";
import { OrderBook } from "../order-book/order-book.ts";
import { BookFeed } from "./book-feed.ts";
import { bookLimits } from "./book-limits.ts";
import type { BookLimits } from "./book-limits.ts";
import { BookNames } from "./book-names.ts";
import { BookTurn } from "./book-turn.ts";
import { KeptOrders } from "./kept-orders.ts";
import { OrderReports } from "./order-reports.ts";
import type { BestPrices } from "./peg-price.ts";
import { TradeAudit } from "./trade-audit.ts";

const countsItsOrders = invariant("book-counts-its-orders");
const depthIsKept = invariant("depth-told-is-kept");

/** The most lots that may rest in one book. */
export const restingLotsMax: Lots = Number.MAX_SAFE_INTEGER;

/** An order as its book sees it. */
export interface OrderInBook {
  readonly orderId: OrderId;
  readonly account: AccountId;
  readonly side: Side;
  readonly price: Ticks;
  readonly remaining: Lots;
  readonly executed: Lots;
}

export class MatchingDesk implements OrderBookListener {
  readonly symbol: InstrumentSymbol;
  readonly limits: BookLimits;
  readonly turn = new BookTurn();
  readonly orders: OrderBook;
  /** Those that are more than plain. */
  readonly kept = new KeptOrders();
  readonly feed: BookFeed;
  readonly reports: OrderReports;
  readonly rule: MatchingRule;
  /** The order that comes in next: its fields are for the caller to fill in. */
  readonly incoming = plainOrder();
  /** What the incoming order has executed since it came in, by transfers, too. */
  incomingExecuted: Lots = 0;
  /** Whether it has traded: a transfer is no trade. */
  hasIncomingTraded = false;
  /** Whether it has met another order, and so changed what rests besides itself. */
  hasIncomingMet = false;
  /** What of the incoming order rests now. */
  incomingResting: Lots = 0;
  /** Prices of the first and the last trade of a turn since anybody asked; 0 for none. */
  firstTradePrice: Ticks = 0;
  lastTradePrice: Ticks = 0;
  readonly #names = new BookNames();
  readonly #audit = new TradeAudit(this);
  /** What resting orders had executed; those that executed nothing are left out. */
  readonly #executed = new Map<OrderId, Lots>();
  #restingLots: Lots = 0;
  #incomingPrevented: Lots = 0;
  /** What the incoming order has executed, before it came in, too. */
  #executedInAll: Lots = 0;
  #isAuction = false;
  readonly #resting: RestingOrder = {
    ...plainOrder(),
    remaining: 0,
    displayed: 0,
    entryId: 0,
  };

  constructor(symbol: InstrumentSymbol, rule: MatchingRule, limits: BookLimits = bookLimits) {
    this.symbol = symbol;
    this.limits = limits;
    this.rule = rule;
    this.orders = new OrderBook(this, rule);
    this.feed = new BookFeed(symbol);
    const parts = { turn: this.turn, feed: this.feed, names: this.#names, kept: this.kept };
    this.reports = new OrderReports(symbol, parts);
  }

  /** From here to {@link end}, what happens is told to this context. */
  begin(market: TradingRules, context: ActorContext): void {
    this.turn.begin(market, context);
  }

  end(): void {
    assert(this.reports.isAllTold, "something was not told");
    this.firstTradePrice = this.lastTradePrice = 0;
    this.turn.end();
  }

  get bestPrices(): BestPrices {
    const { bestBid, bestAsk } = this.orders;
    return { bid: bestBid, ask: bestAsk };
  }

  // ---- Orders --------------------------------------------------------------------------------

  /** Fills in whose the incoming order is. */
  name(account: AccountId, participant: ParticipantId): void {
    this.incoming.owner = this.#names.ownerOf(account);
    this.incoming.group = this.#names.groupOf(participant);
  }

  /**
   * Puts {@link incoming} to the order book, where it may trade, and tells its fills. Returns what
   * is left over of it; `orders.ending` says why.
   */
  place(executedBefore: Lots = 0): Lots {
    this.#beginIncoming();
    const leftOver = this.orders.place(this.incoming);
    this.#countResting(leftOver, executedBefore);
    this.reports.tell();
    return leftOver;
  }

  /** Lets {@link incoming} rest without trading, for an auction. */
  collect(executedBefore: Lots): void {
    this.#beginIncoming();
    this.orders.collect(this.incoming);
    this.#countResting(0, executedBefore);
  }

  /** Lets what was left over of {@link incoming} rest after all, for an auction. */
  collectRest(leftOver: Lots): void {
    this.incoming.quantity = leftOver;
    this.collect(this.#executedInAll);
  }

  /**
   * Gives a resting order the terms of {@link incoming}, whose quantity is what is to remain of it.
   * What it executes is not told yet: see {@link reports}. Returns what is left over of it.
   */
  replace(): Lots {
    const { orderId } = this.incoming;
    this.#beginIncoming();
    const executedBefore = this.executedOf(orderId);
    const isThere = this.orders.resting(orderId, this.#resting);
    assert(isThere, "the order does not rest");
    this.#restingLots -= this.#resting.remaining;
    this.orders.replace(this.incoming);
    this.#countResting(this.orders.leftOver, executedBefore);
    return this.orders.leftOver;
  }

  /** As {@link replace}, in a call phase: the order comes in anew without trading. */
  gatherAgain(): 0 {
    const { orderId } = this.incoming;
    const executedBefore = this.executedOf(orderId);
    this.withdraw(orderId);
    this.collect(executedBefore);
    return 0;
  }

  /** Takes an order out that will come in again. Returns what remained of it. */
  withdraw(orderId: OrderId): Lots {
    const removed = this.orders.cancel(orderId);
    this.#restingLots -= removed;
    return removed;
  }

  /** Takes a resting order out. Returns what remained of it. */
  remove(orderId: OrderId): Lots {
    const removed = this.orders.cancel(orderId);
    assert(removed > 0, "the order does not rest");
    this.#restingLots -= removed;
    this.#leave(orderId);
    return removed;
  }

  /** Executes an equilibrium and tells its fills. */
  uncross(equilibrium: Equilibrium): void {
    this.#isAuction = true;
    this.orders.uncross(equilibrium);
    this.#isAuction = false;
    this.reports.tell();
  }

  /** Whether so many lots more may rest, beside those of an order that would go. */
  hasRoomFor(lots: Lots, insteadOf: Lots = 0): boolean {
    return this.#restingLots - insteadOf + lots <= restingLotsMax;
  }

  /** An order that does not rest is over: tells what it had executed, for the last time. */
  forget(orderId: OrderId): Lots {
    const executed = this.executedOf(orderId);
    this.#executed.delete(orderId);
    return executed;
  }

  /** What an order has executed that rests, or has rested and will again. */
  executedOf(orderId: OrderId): Lots {
    return this.#executed.get(orderId) ?? 0;
  }

  /** Reads a resting order of an account. Undefined when there is no such. */
  restingOf(account: AccountId, orderId: OrderId): Readonly<RestingOrder> | undefined {
    const isThere = this.orders.resting(orderId, this.#resting);
    if (!isThere || this.#names.accountOf(this.#resting.owner) !== account) return undefined;
    return this.#resting;
  }

  #beginIncoming(): void {
    this.incomingExecuted = 0;
    this.#audit.begin();
    this.#incomingPrevented = 0;
    this.hasIncomingTraded = this.hasIncomingMet = false;
  }

  /** Counts what rests now of the incoming order. */
  #countResting(leftOver: Lots, executedBefore: Lots): void {
    const { orderId, quantity } = this.incoming;
    const gone = this.incomingExecuted + this.#incomingPrevented + leftOver;
    const executed = executedBefore + this.incomingExecuted;
    this.#executedInAll = executed;
    this.incomingResting = quantity - gone;
    if (quantity === gone) {
      if (executedBefore > 0) this.#executed.delete(orderId);
      this.kept.leftBook(orderId);
      return;
    }
    this.#restingLots += this.incomingResting;
    if (executed > 0) this.#executed.set(orderId, executed);
  }

  #leave(orderId: OrderId): void {
    if (this.#executed.size > 0) this.#executed.delete(orderId);
    this.kept.leftBook(orderId);
  }

  // ---- What the order book tells -------------------------------------------------------------

  traded(fill: Fill): void {
    const { price, quantity, incomingSide: takerSide } = fill;
    if (this.#isAuction) this.#audit.uncrossed(fill);
    else this.#audit.traded(fill);
    const tradeId = this.feed.traded(this.turn.context, { price, quantity, takerSide });
    if (this.firstTradePrice === 0) this.firstTradePrice = price;
    this.lastTradePrice = price;
    this.#reportLinksRemoved(fill);
    this.#restingLots -= quantity;
    // Before those that have nothing left are forgotten.
    this.reports.filledLater(fill, tradeId, this.#isAuction ? Liquidity.auction : Liquidity.none);
    if (this.#isAuction) {
      this.#restingLots -= quantity;
      this.#countExecuted(fill.incomingOrderId, fill.incomingRemaining, quantity);
    } else {
      this.incomingExecuted += quantity;
      this.hasIncomingTraded = this.hasIncomingMet = true;
    }
    this.#countExecuted(fill.restingOrderId, fill.restingRemaining, quantity);
  }

  prevented(trade: PreventedTrade): void {
    this.hasIncomingMet = true;
    this.#reportLinksRemoved(trade);
    this.#restingLots -= trade.quantity;
    if (trade.isTransfer) this.#transfer(trade);
    else this.#decrement(trade);
  }

  /** Two orders of one participant execute against each other, and nobody else is told. */
  #transfer(trade: PreventedTrade): void {
    const tradeId = this.turn.context.nextTradeId();
    this.incomingExecuted += trade.quantity;
    this.reports.filledLater(trade, tradeId, Liquidity.transfer);
    this.#countExecuted(trade.restingOrderId, trade.restingRemaining, trade.quantity);
  }

  #decrement(trade: PreventedTrade): void {
    this.#incomingPrevented += trade.quantity;
    this.kept.shrunk(trade.restingOrderId, trade.quantity);
    this.kept.shrunk(trade.incomingOrderId, trade.quantity);
    if (trade.restingRemaining === 0) this.#leave(trade.restingOrderId);
    this.reports.preventedLater(trade);
  }

  removed(orderId: OrderId, owner: number, remaining: Lots): void {
    this.hasIncomingMet = true;
    this.#restingLots -= remaining;
    const account = this.#names.accountOf(owner);
    this.reports.removedLater({ account, orderId }, remaining, CloseReason["self-trade"]);
    this.#reportLinkRemoved(orderId);
    this.#leave(orderId);
  }

  levelChanged(side: Side, price: Ticks, quantity: Lots): void {
    hold(depthIsKept, quantity === this.orders.quantityAt(side, price));
    this.feed.levelChanged(this.turn.context, { side, price, quantity });
  }

  entryAdded(entry: BookEntry): void {
    this.feed.entryAdded(this.turn.context, entry);
  }

  entryExecuted(entryId: EntryId, quantity: Lots): void {
    this.feed.entryExecuted(this.turn.context, entryId, quantity);
  }

  entryCanceled(entryId: EntryId, quantity: Lots): void {
    this.feed.entryCanceled(this.turn.context, entryId, quantity);
  }

  #countExecuted(orderId: OrderId, remaining: Lots, quantity: Lots): void {
    if (remaining === 0) this.#leave(orderId);
    else this.#executed.set(orderId, this.executedOf(orderId) + quantity);
  }

  #reportLinksRemoved(fill: Pick<Fill, "restingOrderId" | "incomingOrderId">): void {
    this.#reportLinkRemoved(fill.restingOrderId);
    this.#reportLinkRemoved(fill.incomingOrderId);
  }

  /** Only one of two linked orders may trade: the other is removed before that is told. */
  #reportLinkRemoved(orderId: OrderId): void {
    const order = this.kept.withId(orderId);
    const other = order && this.kept.spendLink(order);
    if (other === undefined) return;
    this.kept.remove(other.orderId);
    this.reports.removedLater(other, other.quantity, CloseReason["linked-order"]);
  }

  /** Every order at rest. */
  restingOrders(): OrderInBook[] {
    const orders: OrderInBook[] = [];
    this.orders.visitResting(({ orderId, owner, side, price, remaining }) => {
      const account = this.#names.accountOf(owner);
      const executed = this.executedOf(orderId);
      orders.push({ orderId, account, side, price, remaining, executed });
    });
    return orders;
  }

  // ---- Audit ---------------------------------------------------------------------------------

  /** A resting order as others can be held against. */
  orderInBook(orderId: OrderId): OrderInBook {
    const isThere = this.orders.resting(orderId, this.#resting);
    assert(isThere, "the order does not rest");
    const { owner, side, price, remaining } = this.#resting;
    const executed = this.executedOf(orderId);
    return { orderId, account: this.#names.accountOf(owner), side, price, remaining, executed };
  }

  /** Looks at every order at rest. */
  audit(): void {
    assertInvariants(this.orders);
    let lots = 0;
    this.orders.visitResting(({ remaining }) => (lots += remaining));
    hold(countsItsOrders, lots === this.#restingLots, "a book miscounts the lots that rest in it");
  }

  // ---- Snapshot ------------------------------------------------------------------------------

  snapshot(): SavedDesk {
    const resting: SavedResting[] = [];
    this.orders.visitResting((order) => {
      const { orderId, owner, group, side, price, remaining, displayed, display, minimum } = order;
      resting.push([
        ...([orderId, this.#names.accountOf(owner), this.#names.participantOf(group)] as const),
        ...([side, price, remaining, this.executedOf(orderId)] as const),
        ...([displayed, display, minimum, order.entryId] as const),
      ]);
    });
    const elsewhere = [...this.#executed].filter(([orderId]) => !this.orders.has(orderId));
    const { lastEntryId } = this.orders;
    return [this.feed.snapshot(), resting, elsewhere.sort(([a], [b]) => a - b), lastEntryId];
  }

  restore([feed, resting, elsewhere, lastEntryId]: SavedDesk): void {
    this.orders.lastEntryId = lastEntryId;
    this.feed.restore(feed);
    for (const [orderId, executed] of elsewhere) this.#executed.set(orderId, executed);
    for (const saved of resting) {
      const [orderId, account, participant, side, price, remaining, executed] = saved;
      const [, , , , , , , displayed, display, minimum, entryId] = saved;
      const owner = this.#names.ownerOf(account);
      const group = this.#names.groupOf(participant);
      const terms = { orderId, owner, group, side, price, remaining, displayed, display, minimum };
      this.orders.restoreResting({ ...terms, entryId });
      this.#restingLots += remaining;
      if (executed > 0) this.#executed.set(orderId, executed);
    }
  }
}

/** An order at rest as snapshots keep it. */
export type SavedResting = readonly [
  orderId: OrderId,
  account: AccountId,
  participant: ParticipantId,
  side: Side,
  price: Ticks,
  remaining: Lots,
  executed: Lots,
  displayed: Lots,
  display: Lots,
  minimum: Lots,
  entryId: EntryId,
];
export type SavedDesk = readonly [
  feed: ReturnType<BookFeed["snapshot"]>,
  resting: readonly SavedResting[],
  /** Of orders that have rested and will again. */
  executedElsewhere: readonly (readonly [orderId: OrderId, executed: Lots])[],
  lastEntryId: EntryId,
];
