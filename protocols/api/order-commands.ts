/**
 * From well-formed requests to the commands that actors take, for one account. Gateways do this for
 * JSON, and the SDK does it before it writes records.
 *
 * What a schema cannot say is checked here: which fields go together. Whether the market allows the
 * order is for the actors to decide.
 */
import { assert, unreachable } from "../assert.ts";
import type { AccountId, ClientOrderId, OrderId } from "../identifiers.ts";
import type { CancelOrder, PlaceOrder, ReplaceOrder } from "../messages.ts";
import { OrderType, Side, TimeInForce } from "../order-terms.ts";
import { fieldFault } from "./errors.ts";
import type { RequestFault } from "./errors.ts";
import type { BatchedCommand } from "./order-batch.ts";
import type {
  BatchCommand,
  CancelRequest,
  PlaceRequest,
  ReplaceRequest,
} from "./order-requests.ts";

/** A command, or why the request cannot be one; their kinds tell them apart. */
export type Translated<Command extends BatchedCommand> = Command | NoCommand;

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
    const isMarket = isMarketOrder(request.type);
    const fault = isMarket ? marketFault(request) : limitFault(request);
    if (fault !== undefined) return noCommand(fault);
    const isImmediate = isMarket || isImmediateOrCancel(request.timeInForce);
    return {
      kind: "place-order",
      account,
      clientOrderId: request.clientOrderId ?? this.#newClientOrderId(),
      symbol: request.symbol,
      side: sideOf(request.side),
      orderType: isMarket ? OrderType.market : OrderType.limit,
      timeInForce: isImmediate ? TimeInForce.IOC : TimeInForce.GTC,
      price: plain(request.price ?? 0),
      quantity: plain(request.quantity),
    };
  }

  cancel(account: AccountId, request: CancelRequest): Translated<CancelOrder> {
    const named = nameOrder(request);
    if (named.kind === "fault") return named;
    const { orderId, clientOrderId } = named;
    return { kind: "cancel-order", account, orderId, clientOrderId };
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
      revision: plain(request.revision ?? 0),
    };
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

// Invariant: a word that is on no list becomes no value. Whoever translates has checked the words.

function sideOf(word: PlaceRequest["side"]): Side {
  if (word === "buy") return Side.buy;
  assert(word === "sell", "a word that is no side");
  return Side.sell;
}

function isMarketOrder(word: PlaceRequest["type"]): boolean {
  if (word === "limit") return false;
  assert(word === "market", "a word that is no type of order");
  return true;
}

function isImmediateOrCancel(word: PlaceRequest["timeInForce"]): boolean {
  if (word === undefined || word === "GTC") return false;
  assert(word === "IOC", "a word that is no time in force");
  return true;
}

function marketFault(request: PlaceRequest): RequestFault | undefined {
  if (request.price !== undefined) return fieldFault("price", "A market order has none.");
  if (request.timeInForce !== undefined && request.timeInForce !== "IOC") {
    return fieldFault("timeInForce", "A market order is always IOC.");
  }
  return undefined;
}

function limitFault(request: PlaceRequest): RequestFault | undefined {
  if (request.price === undefined) return fieldFault("price", "It is required for a limit order.");
  return undefined;
}

function noCommand(fault: RequestFault): NoCommand {
  return { kind: "fault", fault };
}

/** JSON knows a minus zero; the log must not. */
function plain(integer: number): number {
  return integer + 0;
}
