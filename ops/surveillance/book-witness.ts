/**
 * Watches a shard apply its log and says what its books did as market acts.
 *
 * All of it is said and heard in the shard in which the book lives: what comes to an order by way
 * of its account in another shard is not waited for. So the acts of a book have the order of its
 * log, however many shards there are and wherever the accounts live.
 */
import type { Shard, StepWitness } from "../../actors/index.ts";
import { CloseReason, isWaitingType, Liquidity, OrderType, Side } from "../../protocols/index.ts";
import type {
  ActorMessage,
  InstrumentSymbol,
  Message,
  OrderFilled,
  OrderId,
  OrderRemoved,
  OrderReplaced,
  SubmitOrder,
  ToldEvent,
  Traded,
  TradeId,
} from "../../protocols/index.ts";
import type { LogPlace, MarketAct, OrderEntry, WatchedOrder } from "./market-acts.ts";
import type { OwnersOf } from "./owners.ts";
import { shownOf, WatchedBook } from "./watched-book.ts";
import type { SavedBook } from "./watched-book.ts";

/** Of all books, whichever shards they live in; plain data, saved as it is. */
export interface SavedMarket {
  readonly books: Map<InstrumentSymbol, SavedBook>;
  /** Every order that is in a book, or on its way there. */
  readonly orders: Map<OrderId, WatchedOrder>;
}

export type HearAct = (act: MarketAct, book: WatchedBook) => void;

/** What the witnesses of all shards share. */
export interface WatchedMarket {
  readonly saved: SavedMarket;
  readonly owners: OwnersOf;
  readonly hear: HearAct;
}

type OpenTrade = Pick<Traded, "symbol" | "takerSide"> & { resting: OrderFilled | undefined };

export class BookWitness implements StepWitness {
  readonly shard: Shard;
  readonly #market: WatchedMarket;
  /** Orders that were not heard of yet; and in this entry: trades, and books with news. */
  readonly #trades = new Map<TradeId, OpenTrade>();
  readonly #touched = new Map<InstrumentSymbol, WatchedBook>();
  readonly #triggered: WatchedOrder[] = [];

  constructor(shard: Shard, market: WatchedMarket) {
    this.shard = shard;
    this.#market = market;
  }

  /** Watches the shard from its next entry on. */
  begin(): void {
    this.shard.watch(this);
  }

  /** The entry was applied. */
  endStep(): void {
    for (const order of this.#triggered) {
      if (this.#market.saved.orders.has(order.entry.orderId)) this.#show(order);
    }
    for (const book of this.#touched.values()) {
      this.#market.hear({ kind: "step-ended", at: this.#place }, book);
    }
    this.#trades.clear();
    this.#touched.clear();
    this.#triggered.length = 0;
  }

  get #place(): LogPlace {
    const { shard, sequence, timeUs } = this.shard;
    return { shard, sequence, timeUs };
  }

  // ---- What is heard -------------------------------------------------------------------------

  came(message: Message, _origin: unknown, isPermitted: boolean): void {
    if (isPermitted) this.#hear(message);
  }

  held(): void {
    return undefined;
  }

  resumed(message: Message): void {
    this.#hear(message);
  }

  woke(): void {
    return undefined;
  }

  heard(message: ActorMessage): void {
    this.#hear(message);
  }

  #hear(message: Message): void {
    if (message.kind === "submit-order") this.#submit(message);
  }

  #submit(message: SubmitOrder): void {
    const { symbol, orderId, account, participant, side, price, quantity } = message;
    const { displayQuantity, isHidden } = message.instructions;
    const book = this.#bookOf(symbol);
    const at = this.#place;
    const entry: OrderEntry = {
      ...{ orderId, account, participant, side, price, quantity, at },
      owner: this.#market.owners.ownerOf(account, participant),
      touchPrice: book.bestOf(side),
      typicalQuantity: 0,
    };
    this.#market.saved.orders.set(orderId, {
      ...{ symbol, entry, price, executed: 0, remaining: quantity, since: at, stoodSince: at },
      ...{ displayQuantity, isHidden, isWaiting: isWaitingType(message.orderType), shown: 0 },
      ...{ isMarket: message.orderType === OrderType.market, isEntered: false },
    });
  }

  // ---- What is said --------------------------------------------------------------------------

  said(message: ActorMessage): void {
    switch (message.kind) {
      case "order-rested":
        this.#rest(message.orderId);
        return;
      case "order-filled":
        this.#fill(message);
        return;
      case "order-prevented":
        this.#reduce(message.orderId, message.remaining);
        return;
      case "order-replaced":
        this.#replace(message);
        return;
      case "order-repriced": {
        const order = this.#orderOf(message.orderId);
        if (order !== undefined) order.price = message.price;
        return;
      }
      case "order-triggered": {
        const order = this.#orderOf(message.orderId);
        if (order === undefined) return;
        order.isWaiting = false;
        this.#triggered.push(order);
        return;
      }
      case "order-removed":
        this.#remove(message);
        return;
      case "order-refused":
        this.#market.saved.orders.delete(message.orderId);
        return;
      default:
    }
  }

  sent(message: ActorMessage): void {
    this.said(message);
  }

  transferred(): void {
    return undefined;
  }

  told(event: ToldEvent): void {
    switch (event.kind) {
      case "traded": {
        const { symbol, tradeId, takerSide } = event;
        this.#trades.set(tradeId, { symbol, takerSide, resting: undefined });
        return;
      }
      case "best-changed": {
        const { saved } = this.#bookOf(event.symbol);
        saved.bid = event.bidPrice;
        saved.ask = event.askPrice;
        return;
      }
      case "phase-changed": {
        const book = this.#bookOf(event.symbol);
        const [from, to] = [book.saved.phase, event.phase];
        book.saved.phase = to;
        this.#tell({ kind: "phase", at: this.#place, from, to }, book);
        return;
      }
      case "auction-indicated": {
        const { symbol, price, volume } = event;
        const act = { kind: "indicated", at: this.#place, price, volume } as const;
        this.#tell(act, this.#bookOf(symbol));
        return;
      }
      default:
    }
  }

  // ---- Orders --------------------------------------------------------------------------------

  #bookOf(symbol: InstrumentSymbol): WatchedBook {
    const { books } = this.#market.saved;
    let saved = books.get(symbol);
    if (saved === undefined) {
      ({ saved } = WatchedBook.of(symbol));
      books.set(symbol, saved);
    }
    return new WatchedBook(saved);
  }

  #tell(act: MarketAct, book: WatchedBook): void {
    this.#touched.set(book.symbol, book);
    this.#market.hear(act, book);
  }

  /** An order that something comes of: the first time, it has entered its book. */
  #orderOf(orderId: OrderId): WatchedOrder | undefined {
    const order = this.#market.saved.orders.get(orderId);
    if (order === undefined || order.isEntered) return order;
    order.isEntered = true;
    const book = this.#bookOf(order.symbol);
    const { typicalQuantity } = book;
    book.count(order.entry.quantity);
    const entered = { ...order.entry, typicalQuantity };
    order.entry = entered;
    this.#tell({ kind: "entered", at: this.#place, order: entered }, book);
    return order;
  }

  #show(order: WatchedOrder): void {
    this.#bookOf(order.symbol).show(order, order.isMarket ? 0 : shownOf(order));
  }

  #rest(orderId: OrderId): void {
    const order = this.#orderOf(orderId);
    if (order !== undefined) this.#show(order);
  }

  /** Of a book's two messages on a trade, the resting order's comes first. */
  #fill(message: OrderFilled): void {
    const trade = this.#trades.get(message.tradeId);
    if (trade === undefined || message.liquidity === Liquidity.transfer) {
      this.#reduce(message.orderId, message.remaining);
    } else if (trade.resting === undefined) {
      trade.resting = { ...message };
    } else {
      this.#trade(trade, trade.resting, message);
    }
  }

  #trade({ symbol, takerSide }: OpenTrade, resting: OrderFilled, incoming: OrderFilled): void {
    const [maker, taker] = [this.#orderOf(resting.orderId), this.#orderOf(incoming.orderId)];
    if (maker === undefined || taker === undefined) return;
    const book = this.#bookOf(symbol);
    const { tradeId, price, quantity } = incoming;
    const priceBefore = book.saved.lastPrice;
    book.saved.lastPrice = price;
    const [buy, sell] = takerSide === Side.buy ? [taker, maker] : [maker, taker];
    const shown = [book.shownBy(buy.entry.owner), book.shownBy(sell.entry.owner)] as const;
    this.#reduce(resting.orderId, resting.remaining, quantity);
    this.#reduce(incoming.orderId, incoming.remaining, quantity);
    const isAuction = incoming.liquidity === Liquidity.auction;
    this.#tell(
      {
        ...{ kind: "traded", at: this.#place, tradeId, price, quantity, priceBefore },
        ...{ buy: buy.entry, sell: sell.entry, takerSide: isAuction ? undefined : takerSide },
        ...{ buyerShown: shown[0], sellerShown: shown[1] },
        ...{ buyRemaining: buy.remaining, sellRemaining: sell.remaining },
      },
      book,
    );
  }

  #reduce(orderId: OrderId, remaining: number, executed = 0): void {
    const order = this.#orderOf(orderId);
    if (order === undefined) return;
    order.executed += executed;
    order.remaining = remaining;
    if (order.shown > 0) this.#show(order);
    if (remaining === 0) this.#forget(order);
  }

  /** A worse price takes all of it away from the market, a smaller quantity a part. */
  #replace({ orderId, price, quantity }: OrderReplaced): void {
    const order = this.#orderOf(orderId);
    if (order === undefined) return;
    const remaining = quantity - order.executed;
    const isWorse = order.entry.side === Side.buy ? price < order.price : price > order.price;
    const withdrawn = isWorse ? order.shown : Math.max(0, order.remaining - remaining);
    this.#withdraw(order, Math.min(withdrawn, order.shown));
    if (price !== order.price || remaining > order.remaining) order.since = this.#place;
    if (isWorse) order.stoodSince = this.#place;
    order.price = price;
    order.remaining = remaining;
    this.#show(order);
  }

  #remove({ orderId, reason }: OrderRemoved): void {
    const order = this.#orderOf(orderId);
    if (order === undefined) return;
    if (isByOwner(reason)) this.#withdraw(order, order.shown);
    this.#forget(order);
  }

  #withdraw(watched: WatchedOrder, shown: number): void {
    if (shown === 0) return;
    const { symbol, entry, price, executed, since, stoodSince } = watched;
    const order = { order: entry, price, shown, executed, since, stoodSince };
    this.#tell({ kind: "withdrawn", at: this.#place, ...order }, this.#bookOf(symbol));
  }

  #forget(order: WatchedOrder): void {
    this.#bookOf(order.symbol).show(order, 0);
    this.#market.saved.orders.delete(order.entry.orderId);
  }
}

/** Whether its owner wanted it gone: canceled it, or had said beforehand when it is to end. */
function isByOwner(reason: CloseReason): boolean {
  return reason === CloseReason.requested || reason === CloseReason["time-reached"];
}
