/**
 * Orders and balances as the API shows them: from what actors and replicas say to plain objects
 * for JSON. Numbers become words and amounts become text; nothing is decided here.
 */
import type { OrderReplied } from "../events.ts";
import type { BalanceView, OrderView } from "../queries.ts";
import type { Balance, OrderDetails, OrderState } from "./replies.ts";
import {
  closeReasonWords,
  orderStatusWords,
  orderTypeWords,
  sideWords,
  timeInForceWords,
  wordOf,
} from "./words.ts";

/** What the requester called the order, when the command held it: replies do not. */
export interface OrderNames {
  readonly clientOrderId?: string;
  readonly symbol?: string;
}

/** The order after a command. Only for a reply that tells of one: `orderId` is not 0. */
export function renderOrderState(reply: OrderReplied, names: OrderNames): OrderState {
  return {
    orderId: reply.orderId,
    ...(names.clientOrderId === undefined ? {} : { clientOrderId: names.clientOrderId }),
    ...(names.symbol === undefined ? {} : { symbol: names.symbol }),
    status: wordOf(orderStatusWords, reply.status),
    closeReason: wordOf(closeReasonWords, reply.closeReason),
    price: reply.price,
    quantity: reply.quantity,
    executed: reply.executed,
    executedNotional: String(reply.executedNotional),
    fees: String(reply.fees),
    revision: reply.revision,
    updateId: reply.updateId,
  };
}

export function renderOrderDetails(order: OrderView): OrderDetails {
  return {
    orderId: order.orderId,
    clientOrderId: order.clientOrderId,
    symbol: order.symbol,
    side: wordOf(sideWords, order.side),
    type: wordOf(orderTypeWords, order.orderType),
    timeInForce: wordOf(timeInForceWords, order.timeInForce),
    status: wordOf(orderStatusWords, order.status),
    closeReason: wordOf(closeReasonWords, order.closeReason),
    price: order.price,
    quantity: order.quantity,
    executed: order.executed,
    executedNotional: String(order.executedNotional),
    fees: String(order.fees),
    revision: order.revision,
    placedAtUs: order.placedAtUs,
  };
}

export function renderBalance(balance: BalanceView): Balance {
  return {
    asset: balance.asset,
    available: String(balance.available),
    reserved: String(balance.reserved),
  };
}
