/**
 * From well-formed requests to the commands that actors take, for one account. Gateways do this for
 * JSON, and the SDK does it before it writes records.
 *
 * What a schema cannot say is checked here: which fields go together. Whether the market allows the
 * order is for the actors to decide.
 */
import { unreachable } from "../assert.ts";
import type { AccountId, ClientOrderId, OrderId } from "../identifiers.ts";
import { anySide } from "../messages.ts";
import type {
  CancelAllOrders,
  CancelAndPlace,
  CancelOrder,
  MassQuote,
  OrderCommand,
  PlaceOrder,
  PlaceOrderList,
  ReplaceOrder,
} from "../messages.ts";
import { plainInstructions, unrevised } from "../order-instructions.ts";
import type { CancelFailure, ListType, OrderType, Side, TimeInForce } from "../order-terms.ts";
import { ticksMax } from "../units.ts";
import { faultWithin, fieldFault } from "./errors.ts";
import type { RequestFault } from "./errors.ts";
import {
  hasSoundBudget,
  instructionsOf,
  plain,
  revisedOf,
  revisesMore,
} from "./instruction-translation.ts";
import type { BatchedCommand } from "./order-batch.ts";
import type {
  BatchCommand,
  CancelAllRequest,
  CancelAndPlaceRequest,
  CancelRequest,
  MassQuoteRequest,
  PlaceListRequest,
  PlaceRequest,
  ReplaceRequest,
} from "./order-requests.ts";
import { asksForMore, faultOfPlainTerms, faultOfTerms, timeInForceOf } from "./place-terms.ts";
import {
  cancelFailureWords,
  listTypeWords,
  numberOf,
  orderTypeWords,
  sideWords,
  timeInForceWords,
} from "./words.ts";

/** A command, or why the request cannot be one; their kinds tell them apart. */
export type Translated<Command extends OrderCommand> = Command | NoCommand;

export interface NoCommand {
  readonly kind: "fault";
  readonly fault: RequestFault;
}

export class OrderCommands {
  readonly #newClientOrderId: () => ClientOrderId;

  /** @param newClientOrderId names orders that their client did not name. */
  constructor(newClientOrderId: () => ClientOrderId) {
    this.#newClientOrderId = newClientOrderId;
  }

  place(account: AccountId, request: PlaceRequest): Translated<PlaceOrder> {
    const side = numberOf(sideWords, request.side) as Side;
    const orderType = numberOf(orderTypeWords, request.type) as OrderType;
    const timeInForce = numberOf(timeInForceWords, timeInForceOf(request)) as TimeInForce;
    const isPlain = !asksForMore(request);
    const fault = isPlain ? faultOfPlainTerms(request) : faultOfTerms(request);
    if (fault !== undefined) return noCommand(fault);
    if (!isPlain && !hasSoundBudget(request)) return noCommand(budgetTooLarge);
    return {
      kind: "place-order",
      account,
      clientOrderId: request.clientOrderId ?? this.#newClientOrderId(),
      symbol: request.symbol,
      side,
      orderType,
      timeInForce,
      price: plain(request.price),
      quantity: plain(request.quantity),
      instructions: isPlain ? plainInstructions : instructionsOf(request),
    };
  }

  placeList(account: AccountId, request: PlaceListRequest): Translated<PlaceOrderList> {
    const { type } = request;
    const listType = numberOf(listTypeWords, type) as ListType;
    if (request.orders.length !== ordersOf[type]) {
      return noCommand(fieldFault("orders", `${type} takes ${String(ordersOf[type])}.`));
    }
    const orders: PlaceOrder[] = [];
    for (const [index, each] of request.orders.entries()) {
      const order = this.place(account, each);
      if (order.kind === "fault") {
        return noCommand(faultWithin(`orders[${String(index)}]`, order.fault));
      }
      orders.push(order);
    }
    return { kind: "place-order-list", account, listType, orders };
  }

  cancel(account: AccountId, request: CancelRequest): Translated<CancelOrder> {
    const named = nameOrder(request);
    if (named.kind === "fault") return named;
    const { orderId, clientOrderId } = named;
    return { kind: "cancel-order", account, orderId, clientOrderId };
  }

  cancelAndPlace(account: AccountId, request: CancelAndPlaceRequest): Translated<CancelAndPlace> {
    const named = nameOrder(request);
    if (named.kind === "fault") return named;
    const { orderId, clientOrderId } = named;
    const { ifCancelFails: failure = "stop" } = request;
    const ifCancelFails = numberOf(cancelFailureWords, failure) as CancelFailure;
    const order = this.place(account, request.order);
    if (order.kind === "fault") return noCommand(faultWithin("order", order.fault));
    return { kind: "cancel-and-place", account, orderId, clientOrderId, ifCancelFails, order };
  }

  replace(account: AccountId, request: ReplaceRequest): Translated<ReplaceOrder> {
    const named = nameOrder(request);
    if (named.kind === "fault") return named;
    return {
      kind: "replace-order",
      account,
      orderId: named.orderId,
      clientOrderId: named.clientOrderId,
      price: plain(request.price),
      quantity: plain(request.quantity),
      revision: plain(request.revision),
      revised: revisesMore(request) ? revisedOf(request) : unrevised,
    };
  }

  cancelAll(account: AccountId, request: CancelAllRequest): CancelAllOrders {
    const { symbol = "", side, priceMin, priceMax = ticksMax } = request;
    return {
      kind: "cancel-all-orders",
      account,
      symbol,
      side: side === undefined ? anySide : (numberOf(sideWords, side) as Side),
      priceMin: plain(priceMin),
      priceMax: plain(priceMax),
    };
  }

  massQuote(account: AccountId, request: MassQuoteRequest): MassQuote {
    const quotes = request.quotes.map((quote) => ({
      symbol: quote.symbol,
      bidPrice: plain(quote.bidPrice),
      bidQuantity: plain(quote.bidQuantity),
      askPrice: plain(quote.askPrice),
      askQuantity: plain(quote.askQuantity),
    }));
    return { kind: "mass-quote", account, quoteId: request.quoteId, quotes };
  }

  /** One command of a batch. */
  batched(account: AccountId, request: BatchCommand): Translated<BatchedCommand> {
    switch (request.op) {
      case "place":
        return this.place(account, request);
      case "cancel":
        return this.cancel(account, request);
      case "replace":
        return this.replace(account, request);
      default:
        return unreachable(request);
    }
  }
}

/** How an order is named by whoever asks about it: our id, or 0 and the client's. */
export interface OrderName {
  readonly kind: "name";
  readonly orderId: OrderId;
  readonly clientOrderId: ClientOrderId;
}

/** By exactly one of its names. */
export function nameOrder(request: {
  readonly orderId?: OrderId;
  readonly clientOrderId?: ClientOrderId;
}): OrderName | NoCommand {
  const { orderId, clientOrderId } = request;
  if (orderId === undefined && clientOrderId === undefined) {
    return noCommand(fieldFault("orderId", "Either it or clientOrderId is required."));
  }
  if (orderId !== undefined && clientOrderId !== undefined) {
    return noCommand(fieldFault("clientOrderId", "It or orderId names the order, not both."));
  }
  return { kind: "name", orderId: orderId ?? 0, clientOrderId: clientOrderId ?? "" };
}

const ordersOf: Readonly<Record<PlaceListRequest["type"], number>> = { OCO: 2, OTO: 2, OTOCO: 3 };

const budgetTooLarge = fieldFault("quoteBudget", "It is more than a ledger can hold.");

function noCommand(fault: RequestFault): NoCommand {
  return { kind: "fault", fault };
}
