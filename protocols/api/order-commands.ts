/**
 * From well-formed requests to the commands that actors take, for one account. Gateways do this for
 * JSON, and the SDK does it before it writes records.
 *
 * What a schema cannot say is checked here: which fields go together. Whether the market allows the
 * order is for the actors to decide.
 */
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

/** A command, or why the request cannot be one. */
export type Translated<Command> =
  | { readonly kind: "command"; readonly command: Command }
  | { readonly kind: "fault"; readonly fault: RequestFault };

export class OrderCommands {
  readonly #newClientOrderId: () => ClientOrderId;

  /** @param newClientOrderId names orders that their client did not name. */
  constructor(newClientOrderId: () => ClientOrderId) {
    this.#newClientOrderId = newClientOrderId;
  }

  place(account: AccountId, request: PlaceRequest): Translated<PlaceOrder> {
    const fault = request.type === "market" ? marketFault(request) : limitFault(request);
    if (fault !== undefined) return { kind: "fault", fault };
    const isMarket = request.type === "market";
    const isImmediate = isMarket || request.timeInForce === "IOC";
    return taken({
      kind: "place-order",
      account,
      clientOrderId: request.clientOrderId ?? this.#newClientOrderId(),
      symbol: request.symbol,
      side: Side[request.side],
      orderType: OrderType[request.type],
      timeInForce: isImmediate ? TimeInForce.IOC : TimeInForce.GTC,
      price: plain(request.price ?? 0),
      quantity: plain(request.quantity),
    });
  }

  cancel(account: AccountId, request: CancelRequest): Translated<CancelOrder> {
    const named = nameOrder(request);
    if (named.kind === "fault") return named;
    return taken({ kind: "cancel-order", account, ...named.command });
  }

  replace(account: AccountId, request: ReplaceRequest): Translated<ReplaceOrder> {
    const named = nameOrder(request);
    if (named.kind === "fault") return named;
    return taken({
      kind: "replace-order",
      account,
      ...named.command,
      price: plain(request.price),
      quantity: plain(request.quantity),
      revision: plain(request.revision ?? 0),
    });
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
    }
  }
}

/** How an order is named by whoever asks about it: our id, or 0 and the client's. */
export interface OrderName {
  readonly orderId: OrderId;
  readonly clientOrderId: ClientOrderId;
}

/** By exactly one of its names. */
export function nameOrder(request: {
  readonly orderId?: OrderId;
  readonly clientOrderId?: ClientOrderId;
}): Translated<OrderName> {
  const { orderId, clientOrderId } = request;
  if (orderId === undefined && clientOrderId === undefined) {
    const fault = fieldFault("orderId", "Either it or clientOrderId is required.");
    return { kind: "fault", fault };
  }
  if (orderId !== undefined && clientOrderId !== undefined) {
    const fault = fieldFault("clientOrderId", "It or orderId names the order, not both.");
    return { kind: "fault", fault };
  }
  return taken({ orderId: orderId ?? 0, clientOrderId: clientOrderId ?? "" });
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

function taken<Command>(command: Command): Translated<Command> {
  return { kind: "command", command };
}

/** JSON knows a minus zero; the log must not. */
function plain(integer: number): number {
  return integer + 0;
}
