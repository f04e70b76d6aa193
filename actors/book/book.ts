/**
 * Book: the actor around one instrument's order book.
 *
 * Takes what accounts submit, asks the market whether it may, lets the order book match, and tells
 * the accounts concerned and the market-data feed. The order book itself knows orders by number
 * only; names, ids of trades and updates, and what an order had executed before are kept here.
 *
 * Invariant: the lots resting in the book can be counted exactly, so no level overflows.
 */
import {
  assert,
  CloseReason,
  OrderType,
  RejectReason,
  Side,
  TimeInForce,
  unreachable,
} from "../../protocols/index.ts";
import type {
  AccountId,
  BestChanged,
  BookMessage,
  DepthView,
  InstrumentSymbol,
  LevelChanged,
  Lots,
  OrderFilled,
  OrderId,
  SubmitCancel,
  SubmitOrder,
  SubmitReplace,
  Ticks,
  TradeView,
} from "../../protocols/index.ts";
import type { Actor, ActorContext } from "../actor.ts";
import { OrderBook } from "../order-book/order-book.ts";
import type { Fill, OrderBookListener, RestingOrder } from "../order-book/order-book.ts";
import { RecentTrades } from "./recent-trades.ts";

/** The most lots that may rest in one book. */
export const restingLotsMax: Lots = Number.MAX_SAFE_INTEGER;

const { none } = RejectReason;

export class Book implements Actor<BookMessage>, OrderBookListener {
  readonly symbol: InstrumentSymbol;
  readonly #orders = new OrderBook(this);
  readonly #accounts: AccountId[] = [];
  readonly #ownerOf = new Map<AccountId, number>();
  /** What resting orders had executed; those that executed nothing are left out. */
  readonly #executed = new Map<OrderId, Lots>();
  #recentTrades = new RecentTrades();
  #restingLots: Lots = 0;
  #updateId = 0;
  /** The best prices as they were last told; 0 where a side is empty. */
  readonly #best: Mutable<BestChanged>;
  readonly #level: Mutable<LevelChanged>;

  /** Set while a command is being received, and only then. */
  #context: ActorContext | undefined;
  /** Both sides of each fill of the command, kept until its last update id is known. */
  readonly #fills: Mutable<OrderFilled>[] = [];
  /** What the command's own order has executed in it. */
  #incomingExecuted: Lots = 0;
  readonly #resting: RestingOrder = {
    orderId: 0,
    owner: 0,
    side: Side.buy,
    price: 0,
    remaining: 0,
  };

  constructor(symbol: InstrumentSymbol) {
    this.symbol = symbol;
    const prices = { bidPrice: 0, bidQuantity: 0, askPrice: 0, askQuantity: 0 };
    this.#best = { kind: "best-changed", symbol, updateId: 0, ...prices };
    const level = { side: Side.buy, price: 0, quantity: 0 };
    this.#level = { kind: "level-changed", symbol, updateId: 0, ...level };
  }

  receive(message: BookMessage, context: ActorContext): void {
    assert(this.#context === undefined, "a book was called from within itself");
    this.#context = context;
    this.#incomingExecuted = 0;
    switch (message.kind) {
      case "submit-order":
        this.#submit(message, context);
        break;
      case "submit-cancel":
        this.#cancel(message, context);
        break;
      case "submit-replace":
        this.#replace(message, context);
        break;
      default:
        unreachable(message);
    }
    this.#tellBestPrices(context);
    this.#context = undefined;
  }

  #submit(message: SubmitOrder, context: ActorContext): void {
    const { account, orderId } = message;
    const reason = this.#whyNotSubmit(message, context);
    if (reason !== none) {
      context.send({ kind: "order-refused", account, orderId, reason });
      return;
    }
    const isMarket = message.orderType === OrderType.market;
    const leftOver = this.#orders.place({
      orderId,
      owner: this.#ownerNumber(account),
      side: message.side,
      price: message.price,
      quantity: message.quantity,
      isMarket,
      isImmediate: message.timeInForce === TimeInForce.IOC,
      budget: message.budget,
    });
    this.#tellFills(context);
    const updateId = this.#updateId;
    const resting = message.quantity - this.#incomingExecuted - leftOver;
    if (resting > 0) this.#countResting(orderId, resting, this.#incomingExecuted);
    if (leftOver > 0) {
      const reason = this.#whyLeftOver(isMarket, message.side);
      context.send({
        kind: "order-removed",
        account,
        orderId,
        canceled: leftOver,
        reason,
        updateId,
      });
    } else if (resting > 0) {
      context.send({ kind: "order-rested", account, orderId, updateId });
    }
  }

  #whyNotSubmit({ quantity, timeInForce }: SubmitOrder, context: ActorContext): RejectReason {
    if (context.venue.isHalted) return RejectReason["venue-halted"];
    if (!this.#isOpen(context)) return RejectReason["instrument-halted"];
    if (timeInForce !== TimeInForce.IOC && this.#restingLots + quantity > restingLotsMax) {
      return RejectReason["book-full"];
    }
    return none;
  }

  /** A market order stops before the other side is empty only because its budget is spent. */
  #whyLeftOver(isMarket: boolean, side: Side): CloseReason {
    const opposite = side === Side.buy ? Side.sell : Side.buy;
    return isMarket && this.#orders.bestQuantity(opposite) > 0
      ? CloseReason["budget-exhausted"]
      : CloseReason["immediate-remainder"];
  }

  /** Admitted whatever the phase: who wants out may always leave. */
  #cancel(message: SubmitCancel, context: ActorContext): void {
    const { account, orderId } = message;
    if (!this.#rests(message)) {
      this.#refuseChange(message, RejectReason["order-unknown"], context);
      return;
    }
    const canceled = this.#orders.cancel(orderId);
    this.#restingLots -= canceled;
    this.#forgetExecuted(orderId);
    const reason = CloseReason.requested;
    const updateId = this.#updateId;
    context.send({ kind: "order-removed", account, orderId, canceled, reason, updateId });
  }

  #replace(message: SubmitReplace, context: ActorContext): void {
    const { account, orderId, price, quantity } = message;
    const reason = this.#whyNotReplace(message, context);
    if (reason !== none) {
      this.#refuseChange(message, reason, context);
      return;
    }
    const executedBefore = this.#executed.get(orderId) ?? 0;
    this.#restingLots -= this.#resting.remaining;
    this.#orders.replace(orderId, price, quantity - executedBefore);
    const updateId = this.#updateId;
    // The new terms are told before the fills that were made under them.
    context.send({ kind: "order-replaced", account, orderId, price, quantity, updateId });
    this.#tellFills(context);
    const executed = executedBefore + this.#incomingExecuted;
    if (quantity > executed) {
      this.#countResting(orderId, quantity - executed, executed);
      context.send({ kind: "order-rested", account, orderId, updateId });
    } else {
      this.#forgetExecuted(orderId);
    }
  }

  #whyNotReplace(message: SubmitReplace, context: ActorContext): RejectReason {
    if (context.venue.isHalted) return RejectReason["venue-halted"];
    if (!this.#rests(message)) return RejectReason["order-unknown"];
    const newRemaining = message.quantity - (this.#executed.get(message.orderId) ?? 0);
    if (newRemaining <= 0) return RejectReason["quantity-below-executed"];
    if (!this.#isOpen(context)) return RejectReason["instrument-halted"];
    const otherLots = this.#restingLots - this.#resting.remaining;
    if (otherLots + newRemaining > restingLotsMax) return RejectReason["book-full"];
    return none;
  }

  #refuseChange(
    { account, orderId }: SubmitCancel | SubmitReplace,
    reason: RejectReason,
    context: ActorContext,
  ): void {
    const updateId = this.#updateId;
    context.send({ kind: "change-refused", account, orderId, reason, updateId });
  }

  #isOpen(context: ActorContext): boolean {
    const market = context.marketOf(this.symbol);
    assert(market !== undefined, "a book without a market");
    return market.isOpen;
  }

  /** Whether the order rests here and is the account's; if so, `#resting` holds it. */
  #rests({ orderId, account }: SubmitCancel | SubmitReplace): boolean {
    return (
      this.#orders.resting(orderId, this.#resting) &&
      this.#accounts[this.#resting.owner] === account
    );
  }

  /** Counts the command's own order among those that rest. */
  #countResting(orderId: OrderId, remaining: Lots, executed: Lots): void {
    this.#restingLots += remaining;
    if (executed > 0) this.#executed.set(orderId, executed);
  }

  #forgetExecuted(orderId: OrderId): void {
    if (this.#executed.size > 0) this.#executed.delete(orderId);
  }

  // ---- What the order book tells -------------------------------------------------------------

  traded(fill: Fill): void {
    const context = this.#context;
    assert(context !== undefined, "a trade outside of a command");
    const { price, quantity, restingOrderId, restingRemaining, incomingSide: takerSide } = fill;
    const tradeId = context.nextTradeId();
    const updateId = this.#updateId;
    context.emit({
      kind: "traded",
      symbol: this.symbol,
      tradeId,
      price,
      quantity,
      takerSide,
      updateId,
    });
    this.#recentTrades.add({ tradeId, price, quantity, takerSide, timeUs: context.timeUs });
    this.#restingLots -= quantity;
    this.#incomingExecuted += quantity;
    if (restingRemaining === 0) this.#forgetExecuted(restingOrderId);
    else this.#executed.set(restingOrderId, (this.#executed.get(restingOrderId) ?? 0) + quantity);
    this.#keepFill(fill, tradeId);
  }

  #keepFill(fill: Fill, tradeId: number): void {
    const { price, quantity } = fill;
    this.#fills.push({
      kind: "order-filled",
      account: this.#accountOf(fill.restingOwner),
      orderId: fill.restingOrderId,
      tradeId,
      price,
      quantity,
      remaining: fill.restingRemaining,
      isTaker: false,
      updateId: 0,
    });
    this.#fills.push({
      kind: "order-filled",
      account: this.#accountOf(fill.incomingOwner),
      orderId: fill.incomingOrderId,
      tradeId,
      price,
      quantity,
      remaining: fill.incomingRemaining,
      isTaker: true,
      updateId: 0,
    });
  }

  levelChanged(side: Side, price: Ticks, quantity: Lots): void {
    assert(this.#context !== undefined, "a change outside of a command");
    this.#updateId += 1;
    const level = this.#level;
    level.updateId = this.#updateId;
    level.side = side;
    level.price = price;
    level.quantity = quantity;
    this.#context.emit(level);
  }

  /** Both sides of each fill, in the order they happened, with the command's last update id. */
  #tellFills(context: ActorContext): void {
    if (this.#fills.length === 0) return;
    for (const fill of this.#fills) {
      fill.updateId = this.#updateId;
      context.send(fill);
    }
    this.#fills.length = 0;
  }

  #tellBestPrices(context: ActorContext): void {
    const best = this.#best;
    const bidQuantity = this.#orders.bestQuantity(Side.buy);
    const askQuantity = this.#orders.bestQuantity(Side.sell);
    const bidPrice = this.#orders.bestBid ?? 0;
    const askPrice = this.#orders.bestAsk ?? 0;
    const isSame =
      bidPrice === best.bidPrice &&
      bidQuantity === best.bidQuantity &&
      askPrice === best.askPrice &&
      askQuantity === best.askQuantity;
    if (isSame) return;
    best.updateId = this.#updateId;
    best.bidPrice = bidPrice;
    best.bidQuantity = bidQuantity;
    best.askPrice = askPrice;
    best.askQuantity = askQuantity;
    context.emit(best);
  }

  // ---- Names -------------------------------------------------------------------------------

  #ownerNumber(account: AccountId): number {
    let owner = this.#ownerOf.get(account);
    if (owner === undefined) {
      owner = this.#accounts.push(account) - 1;
      this.#ownerOf.set(account, owner);
    }
    return owner;
  }

  #accountOf(owner: number): AccountId {
    const account = this.#accounts[owner];
    assert(account !== undefined, "an order's owner is not known");
    return account;
  }

  // ---- Questions ---------------------------------------------------------------------------

  depth(levels: number): Omit<DepthView, "isHalted"> {
    return {
      symbol: this.symbol,
      updateId: this.#updateId,
      bids: this.#orders.depth(Side.buy, levels),
      asks: this.#orders.depth(Side.sell, levels),
    };
  }

  /** Newest first. */
  trades(limit: number): readonly TradeView[] {
    return this.#recentTrades.latest(limit);
  }

  // ---- Snapshot ----------------------------------------------------------------------------

  snapshot(): unknown {
    const resting: SavedOrder[] = [];
    this.#orders.visitResting(({ orderId, owner, side, price, remaining }) => {
      const executed = this.#executed.get(orderId) ?? 0;
      resting.push([orderId, this.#accountOf(owner), side, price, remaining, executed]);
    });
    const { bidPrice, bidQuantity, askPrice, askQuantity } = this.#best;
    const best: SavedBestPrices = [bidPrice, bidQuantity, askPrice, askQuantity];
    return [this.symbol, this.#updateId, best, resting, this.#recentTrades.snapshot()];
  }

  static restore(data: unknown): Book {
    const [symbol, updateId, best, resting, trades] = data as [
      InstrumentSymbol,
      number,
      SavedBestPrices,
      SavedOrder[],
      Parameters<typeof RecentTrades.restore>[0],
    ];
    const book = new Book(symbol);
    book.#updateId = updateId;
    const [bidPrice, bidQuantity, askPrice, askQuantity] = best;
    Object.assign(book.#best, { bidPrice, bidQuantity, askPrice, askQuantity });
    for (const [orderId, account, side, price, remaining, executed] of resting) {
      const owner = book.#ownerNumber(account);
      book.#orders.restoreResting({ orderId, owner, side, price, remaining });
      book.#restingLots += remaining;
      if (executed > 0) book.#executed.set(orderId, executed);
    }
    book.#recentTrades = RecentTrades.restore(trades);
    return book;
  }
}

type Mutable<Told> = { -readonly [Field in keyof Told]: Told[Field] };
type SavedOrder = [OrderId, AccountId, Side, Ticks, remaining: Lots, executed: Lots];
type SavedBestPrices = [bidPrice: Ticks, bidQuantity: Lots, askPrice: Ticks, askQuantity: Lots];
