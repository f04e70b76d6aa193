/**
 * What all parts of the reference book work with: the orders that are here, the order book, what
 * is told while an order matches, and the ends of orders with the links between them.
 *
 * Written from docs/protocols/order-handling.md: "What is told, and when", "Linked orders" and
 * "Orders end".
 */
import { CloseReason, Liquidity, Side } from "../../../protocols/index.ts";
import { assert } from "../../../protocols/assert.ts";
import type {
  AccountMessage,
  EntryId,
  InstrumentSymbol,
  Lots,
  OrderId,
  Ticks,
  TimeUs,
  Traded,
  TradeId,
  TradingTerms,
} from "../../../protocols/index.ts";
import type { ActorContext, TradingRules } from "../../actor.ts";
import { clearTrade } from "../../clearing/trade-clearing.ts";
import type {
  BookEntry,
  Fill,
  OrderBookListener,
  PreventedTrade,
} from "../../order-book/book-terms.ts";
import { ReferenceOrderBook } from "../../order-book/order-book.reference.ts";
import type { ReferenceOrder } from "./order.reference.ts";

/** A message about an order; account, order and update id are added when it is sent. */
type About<Message> = Message extends unknown
  ? Omit<Message, "account" | "orderId" | "updateId">
  : never;
type ToldOfOrder = Exclude<
  AccountMessage,
  { kind: "create-account" | "block-account" | "credit-deposit" }
>;
type Told = About<ToldOfOrder>;
export type Kept = readonly (readonly [ReferenceOrder, Told])[];

/** As "Limits" says, unless a test wants to come to them. */
export interface ReferenceLimits {
  readonly specialOrders: number;
  readonly peggedOrders: number;
  /** How many are taken out of the queue in one turn. */
  readonly ordersSetOff: number;
}

export const usualLimits: ReferenceLimits = {
  specialOrders: 100_000,
  peggedOrders: 1000,
  ordersSetOff: 10_000,
};

export class ReferenceDesk implements OrderBookListener {
  readonly symbol: InstrumentSymbol;
  readonly terms: TradingTerms;
  readonly limits: ReferenceLimits;
  readonly orderBook: ReferenceOrderBook;
  /** All that are not over; the special ones among them are the list of the document. */
  orders: ReferenceOrder[] = [];
  updateId = 0;
  /** Of the displayed orders. */
  entryUpdateId = 0;
  lastTradeId: TradeId = 0;
  lastPrice: Ticks | undefined;
  /** Prices of trades since the looks were done last in this turn. */
  newTrades: Ticks[] = [];
  /** Of all times. */
  tradeCount = 0;
  transferCount = 0;
  /** How often self-trade prevention has removed or reduced orders. */
  preventionCount = 0;
  isUncrossing = false;
  /** How often a turn has ended before all who were reached were set off. */
  unfinishedTurns = 0;
  whenTraded: (trade: Traded) => void = () => undefined;
  #kept: [ReferenceOrder, Told][] | undefined;
  /** Second orders that have not come, and are to end as they come. */
  readonly #tooLate = new Set<OrderId>();
  readonly #accounts: string[] = [];
  readonly #participants: string[] = [];
  #market: TradingRules | undefined;
  #context: ActorContext | undefined;

  constructor(symbol: InstrumentSymbol, terms: TradingTerms, limits: ReferenceLimits) {
    const { isProRata, minimumAllocation, tickSizes } = terms;
    this.symbol = symbol;
    this.terms = terms;
    this.limits = limits;
    this.orderBook = new ReferenceOrderBook(this, { isProRata, minimumAllocation, tickSizes });
  }

  begin(context: ActorContext): void {
    this.#context = context;
    this.#market = context.marketOf(this.symbol);
    this.newTrades = [];
  }

  get market(): TradingRules {
    assert(this.#market !== undefined);
    return this.#market;
  }

  get context(): ActorContext {
    assert(this.#context !== undefined);
    return this.#context;
  }

  // ---- Orders --------------------------------------------------------------------------------

  find(orderId: OrderId): ReferenceOrder | undefined {
    return this.orders.find((order) => order.orderId === orderId);
  }

  /** The list of special orders, as it is now. */
  get list(): ReferenceOrder[] {
    return this.orders.filter(({ isSpecial }) => isSpecial);
  }

  /** Whether so many more lots may rest. */
  hasRoomFor(lots: Lots): boolean {
    const resting = this.orders
      .filter(({ stage }) => stage === "resting")
      .reduce((sum, { remaining }) => sum + BigInt(remaining), 0n);
    return resting + BigInt(lots) <= Number.MAX_SAFE_INTEGER;
  }

  ownerOf(order: ReferenceOrder): number {
    return numberOf(this.#accounts, order.submitted.account);
  }

  /** Never 0, which is no group. */
  groupOf(order: ReferenceOrder): number {
    return numberOf(this.#participants, order.submitted.participant) + 1;
  }

  // ---- Telling -------------------------------------------------------------------------------

  send(order: ReferenceOrder, told: Told): void {
    if (this.#kept !== undefined) {
      this.#kept.push([order, told]);
      return;
    }
    const { account, orderId } = order.submitted;
    const { updateId } = this;
    const whose =
      told.kind === "order-refused" ? { account, orderId } : { account, orderId, updateId };
    this.context.send({ ...told, ...whose } as ToldOfOrder);
  }

  /** Does something in the order book and keeps what accounts are to be told of it. */
  keep(act: () => void): Kept {
    assert(this.#kept === undefined);
    const kept: [ReferenceOrder, Told][] = [];
    this.#kept = kept;
    act();
    this.#kept = undefined;
    return kept;
  }

  sendKept(kept: Kept): void {
    for (const [order, told] of kept) this.send(order, told);
  }

  wakeAt(atUs: TimeUs): void {
    this.context.wakeAt(this.symbol, atUs);
  }

  // ---- What the order book tells -------------------------------------------------------------

  levelChanged(side: Side, price: Ticks, quantity: number): void {
    this.updateId += 1;
    const { symbol, updateId } = this;
    this.context.emit({ kind: "level-changed", symbol, updateId, side, price, quantity });
  }

  entryAdded({ entryId, side, price, quantity }: BookEntry): void {
    const { symbol, context } = this;
    const updateId = this.#nextEntryUpdateId();
    context.emit({ kind: "entry-added", symbol, updateId, entryId, side, price, quantity });
  }

  entryExecuted(entryId: EntryId, quantity: Lots): void {
    const { symbol, context, lastTradeId: tradeId } = this;
    const updateId = this.#nextEntryUpdateId();
    context.emit({ kind: "entry-executed", symbol, updateId, entryId, quantity, tradeId });
  }

  entryCanceled(entryId: EntryId, quantity: Lots): void {
    const { symbol, context } = this;
    const updateId = this.#nextEntryUpdateId();
    context.emit({ kind: "entry-canceled", symbol, updateId, entryId, quantity });
  }

  #nextEntryUpdateId(): number {
    this.entryUpdateId += 1;
    return this.entryUpdateId;
  }

  traded(fill: Fill): void {
    const { price, quantity } = fill;
    const tradeId = this.context.nextTradeId();
    this.lastTradeId = tradeId;
    this.tradeCount += 1;
    this.lastPrice = price;
    this.newTrades.push(price);
    const { symbol, updateId } = this;
    const takerSide = this.isUncrossing ? Side.sell : fill.incomingSide;
    const kind = "traded";
    const trade = { kind, symbol, tradeId, price, quantity, takerSide, updateId } as const;
    this.context.emit(trade);
    this.whenTraded(trade);
    const { auction, maker, taker } = Liquidity;
    const liquidities: Liquidities = this.isUncrossing ? [auction, auction] : [maker, taker];
    this.#execute(fill, tradeId, liquidities);
  }

  prevented(trade: PreventedTrade): void {
    if (trade.isTransfer) {
      const { transfer } = Liquidity;
      this.transferCount += 1;
      this.#execute(trade, this.context.nextTradeId(), [transfer, transfer]);
      return;
    }
    const { price, quantity, restingRemaining, incomingRemaining } = trade;
    const [resting, incoming] = this.#bothOf(trade);
    this.preventionCount += 1;
    resting.quantity -= quantity;
    incoming.quantity -= quantity;
    this.spendLink(resting);
    this.spendLink(incoming);
    const kind = "order-prevented";
    this.send(resting, { kind, price, quantity, remaining: restingRemaining });
    this.send(incoming, { kind, price, quantity, remaining: incomingRemaining });
    this.#endFilled(resting);
    this.#endFilled(incoming);
  }

  removed(orderId: OrderId, _owner: number, remaining: number): void {
    const order = this.#known(orderId);
    this.preventionCount += 1;
    this.end(order);
    this.#tellRemoved(order, remaining, CloseReason["self-trade"]);
    this.spendLink(order);
  }

  #execute(fill: Fill, tradeId: TradeId, [restingLiquidity, incomingLiquidity]: Liquidities): void {
    const { price, quantity, restingRemaining, incomingRemaining } = fill;
    const [resting, incoming] = this.#bothOf(fill);
    resting.executed += quantity;
    incoming.executed += quantity;
    this.spendLink(resting);
    this.spendLink(incoming);
    const trade = { symbol: this.symbol, incomingSide: fill.incomingSide, price, quantity };
    const parties = {
      resting: resting.submitted.account,
      incoming: incoming.submitted.account,
    };
    const uncovered = {
      isRestingUncovered: resting.submitted.instructions.isUncovered,
      isIncomingUncovered: incoming.submitted.instructions.isUncovered,
    };
    const contract = this.context.contractRulesOf(this.symbol);
    const when = {
      ...clearTrade({ ...trade, ...parties, ...uncovered }, this.context),
      ...(contract !== undefined && { fundingIndex: contract.fundingIndex }),
    };
    const common = { kind: "order-filled", tradeId, price, quantity, ...when } as const;
    this.send(resting, { ...common, remaining: restingRemaining, liquidity: restingLiquidity });
    this.send(incoming, { ...common, remaining: incomingRemaining, liquidity: incomingLiquidity });
    this.#endFilled(resting);
    this.#endFilled(incoming);
  }

  #bothOf({ restingOrderId, incomingOrderId }: Fill): [ReferenceOrder, ReferenceOrder] {
    return [this.#known(restingOrderId), this.#known(incomingOrderId)];
  }

  #known(orderId: OrderId): ReferenceOrder {
    const order = this.find(orderId);
    assert(order !== undefined, "an order matches that is not here");
    return order;
  }

  #endFilled(order: ReferenceOrder): void {
    if (order.remaining === 0) this.end(order);
  }

  // ---- The ends of orders --------------------------------------------------------------------

  end(order: ReferenceOrder): void {
    order.stage = "over";
    this.orders = this.orders.filter((other) => other !== order);
  }

  /** Takes an order out, wherever it stands. */
  remove(order: ReferenceOrder, reason: CloseReason): void {
    const inBook = order.stage === "resting" ? this.orderBook.cancel(order.orderId) : 0;
    assert(order.stage !== "resting" || inBook === order.remaining);
    this.end(order);
    this.#tellRemoved(order, order.remaining, reason);
  }

  /** Takes an order out; the one that it is linked to ends after it. */
  removeBoth(order: ReferenceOrder, reason: CloseReason): void {
    this.remove(order, reason);
    this.spendLink(order);
  }

  /** Whatever is linked to the order ends now or as it comes; they are linked no more. */
  spendLink(order: ReferenceOrder): void {
    const { linkedOrderId } = order;
    order.linkedOrderId = 0;
    if (linkedOrderId === 0) return;
    const linked = this.find(linkedOrderId);
    if (linked !== undefined) this.remove(linked, CloseReason["linked-order"]);
    else if (linkedOrderId > order.orderId) this.#tooLate.add(linkedOrderId);
  }

  /** Whether an order that comes in comes too late for the one that it is linked to. */
  comesTooLate({ orderId }: ReferenceOrder): boolean {
    return this.#tooLate.delete(orderId);
  }

  #tellRemoved(order: ReferenceOrder, canceled: number, reason: CloseReason): void {
    this.send(order, { kind: "order-removed", canceled, reason });
  }
}

type Liquidities = readonly [resting: Liquidity, incoming: Liquidity];

/** The place of a name in a list, at whose end it is put if it is new. */
function numberOf(names: string[], name: string): number {
  if (!names.includes(name)) names.push(name);
  return names.indexOf(name);
}
