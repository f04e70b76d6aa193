/**
 * What an account says about its orders: replies to whoever sent a command, and execution reports
 * to the participant.
 */
import { Liquidity, OrderStatus, RejectReason } from "../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  ExecutionType,
  OrderFilled,
  Origin,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import type { Order } from "./order.ts";

/** Answers one command with the order as it now is. */
export function reply(
  order: Order,
  rejectReason: RejectReason,
  origin: Origin,
  context: ActorContext,
  isDuplicate = false,
): void {
  context.emit({
    kind: "order-replied",
    origin,
    rejectReason,
    isDuplicate,
    orderId: order.orderId,
    status: order.status,
    closeReason: order.closeReason,
    price: order.price,
    quantity: order.quantity,
    executed: order.executed,
    executedNotional: order.executedNotional,
    fees: order.fees,
    revision: order.revision,
    updateId: order.updateId,
  });
}

/** Refuses a command that names no order of this account. */
export function replyWithoutOrder(context: ActorContext, rejectReason: RejectReason): void {
  context.emit({
    kind: "order-replied",
    origin: context.origin,
    rejectReason,
    isDuplicate: false,
    orderId: 0,
    status: OrderStatus.rejected,
    closeReason: 0,
    price: 0,
    quantity: 0,
    executed: 0,
    executedNotional: 0,
    fees: 0,
    revision: 0,
    updateId: 0,
  });
}

/** A fill as the report tells it. */
export type ReportedFill = OrderFilled & { readonly fee: Amount };

export function report(
  account: AccountId,
  order: Order,
  executionType: ExecutionType,
  context: ActorContext,
  fill?: ReportedFill,
): void {
  context.emit({
    kind: "execution-report",
    account,
    symbol: order.instrument.symbol,
    orderId: order.orderId,
    clientOrderId: order.clientOrderId,
    executionType,
    status: order.status,
    side: order.side,
    orderType: order.orderType,
    timeInForce: order.timeInForce,
    price: order.price,
    quantity: order.quantity,
    executed: order.executed,
    remaining: order.isWorking ? order.remaining : 0,
    executedNotional: order.executedNotional,
    rejectReason: order.refusedBecause,
    closeReason: order.closeReason,
    revision: order.revision,
    tradeId: fill?.tradeId ?? 0,
    lastPrice: fill?.price ?? 0,
    lastQuantity: fill?.quantity ?? 0,
    liquidity:
      fill === undefined ? Liquidity.none : fill.isTaker ? Liquidity.taker : Liquidity.maker,
    fee: fill?.fee ?? 0,
  });
}
