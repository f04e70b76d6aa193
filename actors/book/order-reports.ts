/**
 * What a book tells accounts of their orders: each message carries the update id up to which the
 * book's market data has gone.
 *
 * What happens while an order trades is told once that is done, in the order in which it happened,
 * so that all of it has the last update id of the change; anything else is told at once.
 */
import { Liquidity } from "../../protocols/index.ts";
import type {
  AccountMessage,
  CloseReason,
  InstrumentSymbol,
  Liquidity as Liquidities,
  Lots,
  OrderId,
  RejectReason,
  SubmitReplace,
  Ticks,
  TradeId,
} from "../../protocols/index.ts";
import { clearTrade } from "../clearing/trade-clearing.ts";
import type { Fill, PreventedTrade } from "../order-book/book-terms.ts";
import type { BookFeed } from "./book-feed.ts";
import type { BookNames } from "./book-names.ts";
import type { BookOrder } from "./book-order.ts";
import type { BookTurn } from "./book-turn.ts";
import type { KeptOrders } from "./kept-orders.ts";

/** Enough of an order to tell its account of it. */
export type OrderName = Pick<BookOrder, "account" | "orderId">;

type Mutable<Told> = { -readonly [Field in keyof Told]: Told[Field] };
type ToldLater = Mutable<
  Extract<AccountMessage, { kind: "order-filled" | "order-prevented" | "order-removed" }>
>;

type ToldFill = Extract<ToldLater, { kind: "order-filled" }>;

interface ReportParts {
  readonly turn: BookTurn;
  readonly feed: BookFeed;
  readonly names: BookNames;
  readonly kept: KeptOrders;
}

export class OrderReports {
  readonly #symbol: InstrumentSymbol;
  readonly #turn: BookTurn;
  readonly #feed: BookFeed;
  readonly #names: BookNames;
  readonly #kept: KeptOrders;
  readonly #later: ToldLater[] = [];

  constructor(symbol: InstrumentSymbol, { turn, feed, names, kept }: ReportParts) {
    this.#symbol = symbol;
    this.#turn = turn;
    this.#feed = feed;
    this.#names = names;
    this.#kept = kept;
  }

  // ---- At once -------------------------------------------------------------------------------

  refused({ account, orderId }: OrderName, reason: RejectReason): void {
    this.#turn.context.send({ kind: "order-refused", account, orderId, reason });
  }

  /** Neither a cancel nor a replace changed anything. */
  changeRefused({ account, orderId }: OrderName, reason: RejectReason): void {
    const { updateId } = this.#feed;
    this.#turn.context.send({ kind: "change-refused", account, orderId, reason, updateId });
  }

  /** It is in the order book, or waits for something outside of it. */
  rested({ account, orderId }: OrderName): void {
    const { updateId } = this.#feed;
    this.#turn.context.send({ kind: "order-rested", account, orderId, updateId });
  }

  repriced({ account, orderId }: OrderName, price: Ticks): void {
    const { updateId } = this.#feed;
    this.#turn.context.send({ kind: "order-repriced", account, orderId, price, updateId });
  }

  replaced({ account, orderId, price, quantity }: SubmitReplace): void {
    const { updateId } = this.#feed;
    const { context } = this.#turn;
    context.send({ kind: "order-replaced", account, orderId, price, quantity, updateId });
  }

  /** Its trigger price was reached. */
  triggered({ account, orderId }: OrderName): void {
    const { updateId } = this.#feed;
    this.#turn.context.send({ kind: "order-triggered", account, orderId, updateId });
  }

  removed({ account, orderId }: OrderName, canceled: Lots, reason: CloseReason): void {
    const { updateId } = this.#feed;
    const { context } = this.#turn;
    context.send({ kind: "order-removed", account, orderId, canceled, reason, updateId });
  }

  // ---- Once an order has traded --------------------------------------------------------------

  /** Of both sides of a fill; without a word on its liquidity, one is maker and one taker. */
  filledLater(fill: Fill, tradeId: TradeId, liquidity: Liquidities): void {
    const { price, quantity } = fill;
    const settlement = this.#clear(fill);
    const isOrdinary = liquidity === Liquidity.none;
    const toResting: ToldFill = {
      kind: "order-filled",
      account: this.#names.accountOf(fill.restingOwner),
      orderId: fill.restingOrderId,
      tradeId,
      price,
      quantity,
      remaining: fill.restingRemaining,
      liquidity: isOrdinary ? Liquidity.maker : liquidity,
      updateId: 0,
    };
    const toIncoming: ToldFill = {
      kind: "order-filled",
      account: this.#names.accountOf(fill.incomingOwner),
      orderId: fill.incomingOrderId,
      tradeId,
      price,
      quantity,
      remaining: fill.incomingRemaining,
      liquidity: isOrdinary ? Liquidity.taker : liquidity,
      updateId: 0,
    };
    if (settlement !== undefined) {
      Object.assign(toResting, settlement);
      Object.assign(toIncoming, settlement);
    }
    const contract = this.#turn.context.contractRulesOf(this.#symbol);
    if (contract !== undefined) {
      toResting.fundingIndex = toIncoming.fundingIndex = contract.fundingIndex;
    }
    this.#later.push(toResting, toIncoming);
  }

  /** Returns when it is settled, if not at once. */
  #clear(fill: Fill): ReturnType<typeof clearTrade> {
    const symbol = this.#symbol;
    const isRestingUncovered = this.#isUncovered(fill.restingOrderId);
    const isIncomingUncovered = this.#isUncovered(fill.incomingOrderId);
    // Most trades are settled at once, and are many.
    const isDeferred = this.#turn.context.venue.settlementCycleOf(symbol) !== undefined;
    if (!isDeferred && !isRestingUncovered && !isIncomingUncovered) return undefined;
    const { restingOwner, incomingOwner, incomingSide, price, quantity } = fill;
    const resting = this.#names.accountOf(restingOwner);
    const incoming = this.#names.accountOf(incomingOwner);
    const trade = { symbol, resting, incoming, incomingSide, price, quantity };
    const uncovered = { isRestingUncovered, isIncomingUncovered };
    return clearTrade({ ...trade, ...uncovered }, this.#turn.context);
  }

  #isUncovered(orderId: OrderId): boolean {
    return this.#kept.withId(orderId)?.instructions.isUncovered === true;
  }

  /** Of both orders that were kept from trading with each other. */
  preventedLater(trade: PreventedTrade): void {
    const { price, quantity } = trade;
    const told = { kind: "order-prevented", price, quantity, updateId: 0 } as const;
    this.#later.push({
      ...told,
      account: this.#names.accountOf(trade.restingOwner),
      orderId: trade.restingOrderId,
      remaining: trade.restingRemaining,
    });
    this.#later.push({
      ...told,
      account: this.#names.accountOf(trade.incomingOwner),
      orderId: trade.incomingOrderId,
      remaining: trade.incomingRemaining,
    });
  }

  removedLater({ account, orderId }: OrderName, canceled: Lots, reason: CloseReason): void {
    this.#later.push({
      kind: "order-removed",
      account,
      orderId,
      canceled,
      reason,
      updateId: 0,
    });
  }

  get isAllTold(): boolean {
    return this.#later.length === 0;
  }

  /** Tells what was to be told later. */
  tell(): void {
    if (this.isAllTold) return;
    const { context } = this.#turn;
    for (const told of this.#later) {
      told.updateId = this.#feed.updateId;
      context.send(told);
    }
    this.#later.length = 0;
  }
}
