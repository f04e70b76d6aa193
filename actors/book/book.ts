/**
 * Book: the actor around one instrument's order book.
 *
 * Takes what accounts submit, asks the market whether it may, lets the order book match, and tells
 * the accounts concerned and the market-data feed. The order book itself knows orders by number
 * only; names, ids of trades and updates, and what an order had executed before are kept here.
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
  BookMessage,
  DepthView,
  InstrumentSymbol,
  Lots,
  OrderId,
  SubmitCancel,
  SubmitOrder,
  SubmitReplace,
  Ticks,
  TradeId,
  TradeView,
} from "../../protocols/index.ts";
import type { Actor, ActorContext } from "../actor.ts";
import { OrderBook } from "../order-book/order-book.ts";
import type { Fill, OrderBookListener, RestingOrder } from "../order-book/order-book.ts";

/** How many of the latest trades a book can be asked for. */
export const recentTradesMax = 500;

/** A fill with the trade id it was given, kept until the command's last update id is known. */
interface NumberedFill extends Fill {
  readonly tradeId: TradeId;
}

export class Book implements Actor<BookMessage>, OrderBookListener {
  readonly symbol: InstrumentSymbol;
  readonly #orders = new OrderBook(this);
  readonly #accounts: AccountId[] = [];
  readonly #ownerOf = new Map<AccountId, number>();
  /** What resting orders had executed; those that executed nothing are left out. */
  readonly #executed = new Map<OrderId, Lots>();
  readonly #recentTrades: TradeView[] = [];
  readonly #fills: NumberedFill[] = [];
  readonly #scratch: RestingOrder = {
    orderId: 0,
    owner: 0,
    side: Side.buy,
    price: 0,
    remaining: 0,
  };
  #updateId = 0;
  #told: BestPrices = { bidPrice: 0, bidQuantity: 0, askPrice: 0, askQuantity: 0 };
  /** Set while a command is being received, and only then. */
  #context: ActorContext | undefined;

  constructor(symbol: InstrumentSymbol) {
    this.symbol = symbol;
  }

  receive(message: BookMessage, context: ActorContext): void {
    assert(this.#context === undefined, "a book was called from within itself");
    this.#context = context;
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
    const market = context.marketOf(this.symbol);
    if (market?.isOpen !== true) {
      const reason = RejectReason["instrument-halted"];
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
    if (leftOver > 0) {
      context.send({
        kind: "order-removed",
        account,
        orderId,
        canceled: leftOver,
        reason: this.#whyLeftOver(isMarket, message.side),
        updateId: this.#updateId,
      });
    } else if (this.#orders.has(orderId)) {
      context.send({ kind: "order-rested", account, orderId, updateId: this.#updateId });
    }
  }

  /** A market order stops before the other side is empty only because its budget is spent. */
  #whyLeftOver(isMarket: boolean, side: Side): CloseReason {
    const opposite = side === Side.buy ? this.#orders.bestAsk : this.#orders.bestBid;
    return isMarket && opposite !== undefined
      ? CloseReason["budget-exhausted"]
      : CloseReason["immediate-remainder"];
  }

  #cancel(message: SubmitCancel, context: ActorContext): void {
    const { account, orderId } = message;
    if (!this.#rests(orderId, account)) {
      this.#refuseChange(message, RejectReason["order-unknown"], context);
      return;
    }
    const canceled = this.#orders.cancel(orderId);
    this.#executed.delete(orderId);
    context.send({
      kind: "order-removed",
      account,
      orderId,
      canceled,
      reason: CloseReason.requested,
      updateId: this.#updateId,
    });
  }

  #replace(message: SubmitReplace, context: ActorContext): void {
    const { account, orderId, price, quantity } = message;
    if (!this.#rests(orderId, account)) {
      this.#refuseChange(message, RejectReason["order-unknown"], context);
      return;
    }
    if (context.marketOf(this.symbol)?.isOpen !== true) {
      this.#refuseChange(message, RejectReason["instrument-halted"], context);
      return;
    }
    const newRemaining = quantity - (this.#executed.get(orderId) ?? 0);
    if (newRemaining <= 0) {
      this.#refuseChange(message, RejectReason["quantity-below-executed"], context);
      return;
    }
    this.#orders.replace(orderId, price, newRemaining);
    const updateId = this.#updateId;
    // The new terms are told before the fills that were made under them.
    context.send({ kind: "order-replaced", account, orderId, price, quantity, updateId });
    this.#tellFills(context);
    if (this.#orders.has(orderId)) {
      context.send({ kind: "order-rested", account, orderId, updateId });
    }
  }

  #refuseChange(
    { account, orderId }: SubmitCancel | SubmitReplace,
    reason: RejectReason,
    context: ActorContext,
  ): void {
    const updateId = this.#updateId;
    context.send({ kind: "change-refused", account, orderId, reason, updateId });
  }

  /** Whether the order rests here and is the account's. */
  #rests(orderId: OrderId, account: AccountId): boolean {
    return (
      this.#orders.resting(orderId, this.#scratch) &&
      this.#accounts[this.#scratch.owner] === account
    );
  }

  // ---- What the order book tells -------------------------------------------------------------

  traded(fill: Fill): void {
    const context = this.#context;
    assert(context !== undefined, "a trade outside of a command");
    const tradeId = context.nextTradeId();
    this.#fills.push({ ...fill, tradeId });
    context.emit({
      kind: "traded",
      symbol: this.symbol,
      tradeId,
      price: fill.price,
      quantity: fill.quantity,
      takerSide: fill.incomingSide,
      updateId: this.#updateId,
    });
    if (this.#recentTrades.length === recentTradesMax) this.#recentTrades.shift();
    this.#recentTrades.push({
      tradeId,
      price: fill.price,
      quantity: fill.quantity,
      takerSide: fill.incomingSide,
      timeUs: context.timeUs,
    });
  }

  levelChanged(side: Side, price: Ticks, quantity: Lots): void {
    assert(this.#context !== undefined, "a change outside of a command");
    this.#updateId += 1;
    this.#context.emit({
      kind: "level-changed",
      symbol: this.symbol,
      updateId: this.#updateId,
      side,
      price,
      quantity,
    });
  }

  /** Both sides of each fill, in the order they happened, with the command's last update id. */
  #tellFills(context: ActorContext): void {
    const updateId = this.#updateId;
    for (const fill of this.#fills) {
      const { tradeId, price, quantity } = fill;
      this.#count(fill.restingOrderId, quantity, fill.restingRemaining);
      this.#count(fill.incomingOrderId, quantity, fill.incomingRemaining);
      const common = { kind: "order-filled", tradeId, price, quantity, updateId } as const;
      context.send({
        ...common,
        account: this.#accountOf(fill.restingOwner),
        orderId: fill.restingOrderId,
        remaining: fill.restingRemaining,
        isTaker: false,
      });
      context.send({
        ...common,
        account: this.#accountOf(fill.incomingOwner),
        orderId: fill.incomingOrderId,
        remaining: fill.incomingRemaining,
        isTaker: true,
      });
    }
    this.#fills.length = 0;
  }

  #count(orderId: OrderId, quantity: Lots, remaining: Lots): void {
    if (remaining === 0 || !this.#orders.has(orderId)) this.#executed.delete(orderId);
    else this.#executed.set(orderId, (this.#executed.get(orderId) ?? 0) + quantity);
  }

  #tellBestPrices(context: ActorContext): void {
    const best = this.#bestPrices();
    const told = this.#told;
    const isSame =
      best.bidPrice === told.bidPrice &&
      best.bidQuantity === told.bidQuantity &&
      best.askPrice === told.askPrice &&
      best.askQuantity === told.askQuantity;
    if (isSame) return;
    this.#told = best;
    context.emit({ kind: "best-changed", symbol: this.symbol, updateId: this.#updateId, ...best });
  }

  #bestPrices(): BestPrices {
    const bid = this.#orders.depth(Side.buy, 1)[0];
    const ask = this.#orders.depth(Side.sell, 1)[0];
    return {
      bidPrice: bid?.[0] ?? 0,
      bidQuantity: bid?.[1] ?? 0,
      askPrice: ask?.[0] ?? 0,
      askQuantity: ask?.[1] ?? 0,
    };
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
    return this.#recentTrades.slice(-limit).reverse();
  }

  // ---- Snapshot ----------------------------------------------------------------------------

  snapshot(): unknown {
    const resting: unknown[] = [];
    this.#orders.visitResting(({ orderId, owner, side, price, remaining }) => {
      const executed = this.#executed.get(orderId) ?? 0;
      resting.push([orderId, this.#accountOf(owner), side, price, remaining, executed]);
    });
    const trades = this.#recentTrades.map((trade) => Object.values(trade));
    return [this.symbol, this.#updateId, Object.values(this.#told), resting, trades];
  }

  static restore(data: unknown): Book {
    const [symbol, updateId, told, resting, trades] = data as [
      string,
      number,
      [number, number, number, number],
      [number, string, Side, number, number, number][],
      [number, number, number, Side, number][],
    ];
    const book = new Book(symbol);
    book.#updateId = updateId;
    const [bidPrice, bidQuantity, askPrice, askQuantity] = told;
    book.#told = { bidPrice, bidQuantity, askPrice, askQuantity };
    for (const [orderId, account, side, price, remaining, executed] of resting) {
      const owner = book.#ownerNumber(account);
      book.#orders.restoreResting({ orderId, owner, side, price, remaining });
      if (executed > 0) book.#executed.set(orderId, executed);
    }
    for (const [tradeId, price, quantity, takerSide, timeUs] of trades) {
      book.#recentTrades.push({ tradeId, price, quantity, takerSide, timeUs });
    }
    return book;
  }
}

/** 0 where a side is empty. */
interface BestPrices {
  readonly bidPrice: Ticks;
  readonly bidQuantity: Lots;
  readonly askPrice: Ticks;
  readonly askQuantity: Lots;
}
