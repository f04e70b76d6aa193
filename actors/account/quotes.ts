/**
 * Quotes: the orders that stand for an account's bid and ask, which it sets for several instruments
 * at once.
 *
 * A quote is a pair of limit orders like any others: they may trade, be canceled or be replaced by
 * their owner at any time, and then the next quote begins anew.
 */
import {
  assert,
  isClientOrderId,
  OrderType,
  plainInstructions,
  RejectReason,
  Side,
  TimeInForce,
  unrevised,
} from "../../protocols/index.ts";
import type {
  ClientOrderId,
  InstrumentSymbol,
  Lots,
  MassQuote,
  OrderId,
  PlaceOrder,
  Quote,
  ReplaceOrder,
  Ticks,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import type { ChangeRequests } from "./change-requests.ts";
import type { AccountState } from "./account-state.ts";
import { whyNotReplace } from "./order-admission.ts";
import type { OrderEntry } from "./order-entry.ts";
import type { Order } from "./order.ts";
import { nothingAhead } from "../risk/limit-checks.ts";
import type { OrdersAhead } from "../risk/limit-checks.ts";

const { none } = RejectReason;

/** A side that is to be set, and what is set before it. */
interface SideToSet {
  readonly symbol: InstrumentSymbol;
  readonly side: QuotedSide;
  readonly ahead: OrdersAhead;
}

/** One side of a quote, and the order that stands for it now; 0 for none. */
interface QuotedSide {
  readonly side: Side;
  readonly price: Ticks;
  readonly quantity: Lots;
  readonly orderId: OrderId;
  readonly clientOrderId: ClientOrderId;
}

export class Quotes {
  readonly #state: AccountState;
  readonly #entry: OrderEntry;
  readonly #changes: ChangeRequests;
  /** The orders that are quotes, by instrument; 0 for none on a side. */
  readonly #quotedOrders = new Map<InstrumentSymbol, { bid: OrderId; ask: OrderId }>();

  constructor(state: AccountState, entry: OrderEntry, changes: ChangeRequests) {
    this.#state = state;
    this.#entry = entry;
    this.#changes = changes;
  }

  /** Replaces the account's quotes: each side by a replace of the order that is there, if it is. */
  quote({ quoteId, quotes }: MassQuote, context: ActorContext): void {
    let count = 0;
    let rejectReason: RejectReason = none;
    if (this.#state.isBlocked) {
      const { origin } = context;
      const reason = RejectReason["account-blocked"];
      context.emit({ kind: "command-replied", origin, rejectReason: reason, detail: 0 });
      return;
    }
    for (const [index, quote] of quotes.entries()) {
      const reason = this.#quoteOne(quote, { quoteId, number: index + 1 }, context);
      if (reason === none) count += 1;
      else if (rejectReason === none) rejectReason = reason;
    }
    const { origin } = context;
    context.emit({ kind: "command-replied", origin, rejectReason, detail: count });
  }

  /** Both sides of a quote or neither. */
  #quoteOne(
    quote: Quote,
    { quoteId, number }: { readonly quoteId: string; readonly number: number },
    context: ActorContext,
  ): RejectReason {
    const known = this.#quotedOrders.get(quote.symbol) ?? { bid: 0, ask: 0 };
    const sides: readonly QuotedSide[] = [
      {
        ...{ side: Side.buy, price: quote.bidPrice, quantity: quote.bidQuantity },
        ...{ orderId: known.bid, clientOrderId: `${quoteId}-b${String(number)}` },
      },
      {
        ...{ side: Side.sell, price: quote.askPrice, quantity: quote.askQuantity },
        ...{ orderId: known.ask, clientOrderId: `${quoteId}-a${String(number)}` },
      },
    ];
    const crossed = isCrossed(quote) ? RejectReason["quote-crossed"] : none;
    let ahead = nothingAhead;
    for (const side of sides) {
      const reason = this.#whyNotSet({ symbol: quote.symbol, side, ahead }, context);
      ahead = this.#aheadWith(side);
      if (reason !== none) return crossed !== none && crossed < reason ? crossed : reason;
    }
    if (crossed !== none) return crossed;
    const [bid = 0, ask = 0] = sides.map((side) => this.#set(quote.symbol, side, context));
    this.#quotedOrders.set(quote.symbol, { bid, ask });
    return none;
  }

  #whyNotSet({ symbol, side, ahead }: SideToSet, context: ActorContext): RejectReason {
    if (side.quantity === 0) return none;
    const order = this.#orderOf(side);
    if (order === undefined) return this.#whyNotPlace(this.#placing(symbol, side), ahead, context);
    const command = this.#replacing(order, side);
    const reason = whyNotReplace(order, command, context);
    if (reason !== none) return reason;
    return this.#changes.whyNotExtend(order, command, { ahead, context });
  }

  /** What a side adds to what comes behind it. */
  #aheadWith(side: QuotedSide): OrdersAhead {
    if (side.quantity === 0) return nothingAhead;
    return this.#orderOf(side) === undefined
      ? { placed: 1, replaced: 0 }
      : { placed: 0, replaced: 1 };
  }

  #whyNotPlace(command: PlaceOrder, ahead: OrdersAhead, context: ActorContext): RejectReason {
    const { orders, holdings } = this.#state;
    if (!isClientOrderId(command.clientOrderId)) return RejectReason["terms-inconsistent"];
    if (orders.find(0, command.clientOrderId) !== undefined) {
      return RejectReason["client-order-id-reused"];
    }
    const reason = this.#entry.whyNotPlace(command, context, ahead);
    if (reason !== none) return reason;
    const instrument = this.#state.instrument(command.symbol, context);
    assert(instrument !== undefined);
    const isPaid = holdings.needsOf(command, instrument, context) !== undefined;
    return isPaid ? none : RejectReason["funds-insufficient"];
  }

  /** Makes one side of a quote what it is to be. Returns its order's id, 0 for none. */
  #set(symbol: InstrumentSymbol, side: QuotedSide, context: ActorContext): OrderId {
    const order = this.#orderOf(side);
    if (side.quantity === 0) {
      if (order !== undefined) this.#changes.requestCancel(order, {}, context);
      return 0;
    }
    if (order === undefined) {
      const placed = this.#entry.admit(this.#placing(symbol, side), context);
      assert(placed !== undefined, "a quote that was checked could not be paid for");
      return placed.orderId;
    }
    const terms = this.#replacing(order, side);
    this.#changes.requestReplace(order, terms, { origin: undefined, context });
    return order.orderId;
  }

  #orderOf({ orderId }: QuotedSide): Order | undefined {
    const order = orderId === 0 ? undefined : this.#state.orders.openWithId(orderId);
    return order?.isWorking === true ? order : undefined;
  }

  #placing(symbol: InstrumentSymbol, quoted: QuotedSide): PlaceOrder {
    const { side, price, quantity, clientOrderId } = quoted;
    const account = this.#state.id;
    return {
      ...{ kind: "place-order", account, clientOrderId, symbol, side, price, quantity },
      orderType: OrderType.limit,
      timeInForce: TimeInForce.GTC,
      instructions: plainInstructions,
    };
  }

  #replacing(order: Order, { price, quantity }: QuotedSide): ReplaceOrder {
    const { orderId } = order;
    return {
      ...{ kind: "replace-order", account: this.#state.id, orderId, clientOrderId: "", price },
      ...{ quantity: order.executed + quantity, revision: 0, revised: unrevised },
    };
  }

  // ---- Snapshot ----------------------------------------------------------------------------

  snapshot(): SavedQuotes {
    return [...this.#quotedOrders].map(([symbol, { bid, ask }]) => [symbol, bid, ask]);
  }

  restore(saved: SavedQuotes): void {
    assert(this.#quotedOrders.size === 0);
    for (const [symbol, bid, ask] of saved) this.#quotedOrders.set(symbol, { bid, ask });
  }
}

/** Whether its two sides would trade with one another. */
function isCrossed({ bidPrice, bidQuantity, askPrice, askQuantity }: Quote): boolean {
  return bidQuantity > 0 && askQuantity > 0 && bidPrice >= askPrice;
}

export type SavedQuotes = readonly (readonly [InstrumentSymbol, bid: OrderId, ask: OrderId])[];
