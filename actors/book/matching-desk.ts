/**
 * The matching desk of one book: puts orders to the order book and tells accounts and market data
 * what came of it.
 *
 * Keeps what the order book does not know: whose the orders are by name, and what those at rest had
 * executed before. What happens while an order trades is told once it is done, in the order in which
 * it happened, with the last update id of the change.
 *
 * Invariant: the lots resting in the book can be counted exactly, so no level overflows.
 */
import { assert, CloseReason, Liquidity } from "../../protocols/index.ts";
import type {
  AccountId,
  AccountMessage,
  InstrumentSymbol,
  Liquidity as Liquidities,
  Lots,
  OrderId,
  ParticipantId,
  Side,
  Ticks,
  TradeId,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import { plainOrder } from "../order-book/book-terms.ts";
import type {
  Equilibrium,
  Fill,
  MatchingRule,
  OrderBookListener,
  PreventedTrade,
  RestingOrder,
} from "../order-book/book-terms.ts";
import { OrderBook } from "../order-book/order-book.ts";
import { BookFeed } from "./book-feed.ts";
import { BookNames } from "./book-names.ts";
import type { BookOrder } from "./book-order.ts";

/** The most lots that may rest in one book. */
export const restingLotsMax: Lots = Number.MAX_SAFE_INTEGER;

type Mutable<Told> = { -readonly [Field in keyof Told]: Told[Field] };
type ToldLater = Mutable<
  Extract<AccountMessage, { kind: "order-filled" | "order-prevented" | "order-removed" }>
>;

/** What the desk must know of orders that are more than plain. */
export interface LinkedOrders {
  /** An order trades: gives the one that may therefore not trade any more, if there is one. */
  spendLink(orderId: OrderId): BookOrder | undefined;
  /** An order is out of the order book. */
  leftBook(orderId: OrderId): void;
  /** Quantity was taken out of an order without a trade. */
  shrunk(orderId: OrderId, quantity: Lots): void;
}

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
  readonly orders: OrderBook;
  readonly feed: BookFeed;
  /** The order that comes in next: its fields are for the caller to fill in. */
  readonly incoming = plainOrder();
  /** What the incoming order has executed since it came in. */
  incomingExecuted: Lots = 0;
  /** What of the incoming order rests now. */
  incomingResting: Lots = 0;
  /** Prices of the first and the last trade since anybody asked; 0 for none. */
  firstTradePrice: Ticks = 0;
  lastTradePrice: Ticks = 0;
  readonly #names = new BookNames();
  readonly #linked: LinkedOrders;
  /** What resting orders had executed; those that executed nothing are left out. */
  readonly #executed = new Map<OrderId, Lots>();
  #restingLots: Lots = 0;
  readonly #told: ToldLater[] = [];
  #incomingPrevented: Lots = 0;
  #isAuction = false;
  /** Set while something is under way, and only then. */
  #context: ActorContext | undefined;
  readonly #resting: RestingOrder = { ...plainOrder(), remaining: 0, displayed: 0 };

  constructor(symbol: InstrumentSymbol, rule: MatchingRule, linked: LinkedOrders) {
    this.orders = new OrderBook(this, rule);
    this.feed = new BookFeed(symbol);
    this.#linked = linked;
  }

  /** From here to {@link end}, what happens is told to this context. */
  begin(context: ActorContext): void {
    assert(this.#context === undefined, "a book was called from within itself");
    this.#context = context;
  }

  end(): void {
    assert(this.#told.length === 0, "something was not told");
    this.#context = undefined;
  }

  // ---- Orders --------------------------------------------------------------------------------

  /** Fills in whose the incoming order is. */
  name(account: AccountId, participant: ParticipantId): void {
    this.incoming.owner = this.#names.ownerOf(account);
    this.incoming.group = this.#names.groupOf(participant);
  }

  /**
   * Puts {@link incoming} to the order book, where it may trade, and tells its fills. Returns what is
   * left over of it; `orders.ending` says why.
   */
  place(executedBefore: Lots = 0): Lots {
    this.incomingExecuted = 0;
    this.#incomingPrevented = 0;
    const leftOver = this.orders.place(this.incoming);
    this.#countResting(leftOver, executedBefore);
    this.tell();
    return leftOver;
  }

  /** Lets {@link incoming} rest without trading, for an auction. */
  collect(executedBefore: Lots): void {
    this.incomingExecuted = 0;
    this.#incomingPrevented = 0;
    this.orders.collect(this.incoming);
    this.#countResting(0, executedBefore);
  }

  /**
   * Gives a resting order the terms of {@link incoming}, whose quantity is what is to remain of it.
   * What it executes is not told yet: see {@link tell}. Returns what is left over of it.
   */
  replace(): Lots {
    const { orderId } = this.incoming;
    this.incomingExecuted = 0;
    this.#incomingPrevented = 0;
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
    this.tell();
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

  accountOf(owner: number): AccountId {
    return this.#names.accountOf(owner);
  }

  /** Counts what rests now of the incoming order. */
  #countResting(leftOver: Lots, executedBefore: Lots): void {
    const { orderId, quantity } = this.incoming;
    const gone = this.incomingExecuted + this.#incomingPrevented + leftOver;
    const executed = executedBefore + this.incomingExecuted;
    this.incomingResting = quantity - gone;
    if (quantity === gone) {
      this.#linked.leftBook(orderId);
      return;
    }
    this.#restingLots += this.incomingResting;
    if (executed > 0) this.#executed.set(orderId, executed);
  }

  #leave(orderId: OrderId): void {
    if (this.#executed.size > 0) this.#executed.delete(orderId);
    this.#linked.leftBook(orderId);
  }

  // ---- What the order book tells -------------------------------------------------------------

  traded(fill: Fill): void {
    const context = this.#context;
    assert(context !== undefined, "a trade outside of a command");
    const { price, quantity, incomingSide: takerSide } = fill;
    const tradeId = this.feed.traded(context, { price, quantity, takerSide });
    if (this.firstTradePrice === 0) this.firstTradePrice = price;
    this.lastTradePrice = price;
    this.#tellLinksRemoved(fill);
    this.#restingLots -= quantity;
    if (this.#isAuction) {
      this.#restingLots -= quantity;
      this.#countExecuted(fill.incomingOrderId, fill.incomingRemaining, quantity);
    } else {
      this.incomingExecuted += quantity;
    }
    this.#countExecuted(fill.restingOrderId, fill.restingRemaining, quantity);
    this.#tellFilled(fill, tradeId, this.#isAuction ? Liquidity.auction : Liquidity.none);
  }

  /** Tells both sides of a fill; without a word on its liquidity, one is maker and one taker. */
  #tellFilled(fill: Fill, tradeId: TradeId, liquidity: Liquidities): void {
    const { price, quantity } = fill;
    const isOrdinary = liquidity === Liquidity.none;
    this.#told.push({
      kind: "order-filled",
      account: this.#names.accountOf(fill.restingOwner),
      orderId: fill.restingOrderId,
      tradeId,
      price,
      quantity,
      remaining: fill.restingRemaining,
      liquidity: isOrdinary ? Liquidity.maker : liquidity,
      updateId: 0,
    });
    this.#told.push({
      kind: "order-filled",
      account: this.#names.accountOf(fill.incomingOwner),
      orderId: fill.incomingOrderId,
      tradeId,
      price,
      quantity,
      remaining: fill.incomingRemaining,
      liquidity: isOrdinary ? Liquidity.taker : liquidity,
      updateId: 0,
    });
  }

  prevented(trade: PreventedTrade): void {
    if (trade.isTransfer) this.#transfer(trade);
    else this.#decrement(trade);
  }

  #decrement(trade: PreventedTrade): void {
    const { price, quantity } = trade;
    this.#tellLinksRemoved(trade);
    this.#restingLots -= quantity;
    this.#incomingPrevented += quantity;
    this.#linked.shrunk(trade.restingOrderId, quantity);
    this.#linked.shrunk(trade.incomingOrderId, quantity);
    if (trade.restingRemaining === 0) this.#leave(trade.restingOrderId);
    const told = { kind: "order-prevented", price, quantity, updateId: 0 } as const;
    this.#told.push({
      ...told,
      account: this.#names.accountOf(trade.restingOwner),
      orderId: trade.restingOrderId,
      remaining: trade.restingRemaining,
    });
    this.#told.push({
      ...told,
      account: this.#names.accountOf(trade.incomingOwner),
      orderId: trade.incomingOrderId,
      remaining: trade.incomingRemaining,
    });
  }

  /** Two orders of one participant execute against each other, and nobody else is told. */
  #transfer(trade: PreventedTrade): void {
    assert(this.#context !== undefined);
    this.#tellLinksRemoved(trade);
    this.#restingLots -= trade.quantity;
    this.incomingExecuted += trade.quantity;
    this.#countExecuted(trade.restingOrderId, trade.restingRemaining, trade.quantity);
    this.#tellFilled(trade, this.#context.nextTradeId(), Liquidity.transfer);
  }

  removed(orderId: OrderId, owner: number, remaining: Lots): void {
    this.#restingLots -= remaining;
    const account = this.#names.accountOf(owner);
    this.removeLater({ account, orderId }, remaining, CloseReason["self-trade"]);
    this.#tellLinkRemoved(orderId);
    this.#leave(orderId);
  }

  levelChanged(side: Side, price: Ticks, quantity: Lots): void {
    assert(this.#context !== undefined, "a change outside of a command");
    this.feed.levelChanged(this.#context, { side, price, quantity });
  }

  #countExecuted(orderId: OrderId, remaining: Lots, quantity: Lots): void {
    if (remaining === 0) this.#leave(orderId);
    else this.#executed.set(orderId, this.executedOf(orderId) + quantity);
  }

  #tellLinksRemoved(fill: Pick<Fill, "restingOrderId" | "incomingOrderId">): void {
    this.#tellLinkRemoved(fill.restingOrderId);
    this.#tellLinkRemoved(fill.incomingOrderId);
  }

  /** Only one of two linked orders may trade: the other is removed before that is told. */
  #tellLinkRemoved(orderId: OrderId): void {
    const spent = this.#linked.spendLink(orderId);
    if (spent === undefined) return;
    this.removeLater(spent, spent.quantity, CloseReason["linked-order"]);
  }

  /** Tells that an order was removed, in its turn among what is told later. */
  removeLater(
    { account, orderId }: Pick<BookOrder, "account" | "orderId">,
    canceled: Lots,
    reason: CloseReason,
  ): void {
    this.#told.push({
      kind: "order-removed",
      account,
      orderId,
      canceled,
      reason,
      updateId: 0,
    });
  }

  /** Tells accounts what has happened, in the order in which it did. */
  tell(): void {
    if (this.#told.length === 0) return;
    assert(this.#context !== undefined);
    for (const told of this.#told) {
      told.updateId = this.feed.updateId;
      this.#context.send(told);
    }
    this.#told.length = 0;
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

  // ---- Snapshot ------------------------------------------------------------------------------

  snapshot(): SavedDesk {
    const resting: SavedResting[] = [];
    this.orders.visitResting((order) => {
      const { orderId, owner, group, side, price, remaining, displayed, display, minimum } = order;
      resting.push([
        ...([orderId, this.#names.accountOf(owner), this.#names.participantOf(group)] as const),
        ...([side, price, remaining, this.executedOf(orderId)] as const),
        ...([displayed, display, minimum] as const),
      ]);
    });
    return [this.feed.snapshot(), resting];
  }

  restore([feed, resting]: SavedDesk): void {
    this.feed.restore(feed);
    for (const saved of resting) {
      const [orderId, account, participant, side, price, remaining, executed] = saved;
      const [, , , , , , , displayed, display, minimum] = saved;
      const owner = this.#names.ownerOf(account);
      const group = this.#names.groupOf(participant);
      const order = { orderId, owner, group, side, price, remaining, displayed, display, minimum };
      this.orders.restoreResting(order);
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
];
export type SavedDesk = readonly [
  feed: ReturnType<BookFeed["snapshot"]>,
  resting: readonly SavedResting[],
];
