/**
 * Orders and balances as the API shows them: from what actors and replicas say to plain objects
 * for JSON. Numbers become words and amounts become text; nothing is decided here.
 */
import { averagePriceOf } from "../average-price.ts";
import type { OrderReplied } from "../events.ts";
import type { BalanceView, OrderView } from "../queries.ts";
import { shownInstructions } from "./instruction-translation.ts";
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
  const { orderId, price, quantity, executed, revision, updateId } = reply;
  const { clientOrderId, symbol } = names;
  const status = wordOf(orderStatusWords, reply.status);
  const closeReason = wordOf(closeReasonWords, reply.closeReason);
  const executedNotional = String(reply.executedNotional);
  const fees = String(reply.fees);
  // The answer to a placing, written out: leaving fields out costs as much again as all of it.
  if (clientOrderId !== undefined && symbol !== undefined) {
    return {
      orderId,
      clientOrderId,
      symbol,
      status,
      closeReason,
      price,
      quantity,
      executed,
      executedNotional,
      fees,
      revision,
      updateId,
    };
  }
  return {
    orderId,
    ...(clientOrderId === undefined ? {} : { clientOrderId }),
    ...(symbol === undefined ? {} : { symbol }),
    status,
    closeReason,
    price,
    quantity,
    executed,
    executedNotional,
    fees,
    revision,
    updateId,
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
    ...(order.executed === 0 ? {} : { averagePrice: averagePriceOf(order) }),
    fees: String(order.fees),
    revision: order.revision,
    placedAtUs: order.placedAtUs,
    ...(order.isWaiting ? { waiting: true } : {}),
    ...shownInstructions(order.instructions),
  };
}

export function renderBalance(balance: BalanceView): Balance {
  return {
    asset: balance.asset,
    available: String(balance.available),
    reserved: String(balance.reserved),
    ...(balance.withdrawing !== undefined && { withdrawing: String(balance.withdrawing) }),
    ...(balance.posted !== undefined && { posted: String(balance.posted) }),
    ...(balance.unsettled !== undefined && { unsettled: String(balance.unsettled) }),
  };
}
