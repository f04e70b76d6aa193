/**
 * What an account says about its orders: replies to whoever sent a command, and execution reports
 * to the participant.
 */
import { Liquidity, OrderStatus } from "../../protocols/index.ts";
import type { Amount, ExecutionType, OrderFilled, RejectReason } from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import type { Order, Waiter } from "./order.ts";

export interface Answer extends Waiter {
  readonly rejectReason: RejectReason;
}

/** Answers one command with the order as it now is. */
export function reply(order: Order, answer: Answer, context: ActorContext): void {
  context.emit({
    kind: "order-replied",
    origin: answer.origin,
    rejectReason: answer.rejectReason,
    isDuplicate: answer.isDuplicate,
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

/** Answers everybody who asked for the same. */
export function replyToAll(
  order: Order,
  { waiters, rejectReason }: { waiters: readonly Waiter[]; rejectReason: RejectReason },
  context: ActorContext,
): void {
  for (const { origin, isDuplicate } of waiters) {
    reply(order, { origin, isDuplicate, rejectReason }, context);
  }
}

/** Refuses the command under way, which names no order that there is. */
export function replyWithoutOrder(rejectReason: RejectReason, context: ActorContext): void {
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

/** A change in the life of an order, and the fill and its fee when it was one. */
export interface ReportedChange {
  readonly executionType: ExecutionType;
  readonly fill?: OrderFilled;
  readonly fee?: Amount;
}

/** Tells the participant of a change, with the order as it now is. */
export function report(order: Order, change: ReportedChange, context: ActorContext): void {
  const { fill } = change;
  context.emit({
    kind: "execution-report",
    account: order.account,
    symbol: order.instrument.symbol,
    orderId: order.orderId,
    clientOrderId: order.clientOrderId,
    executionType: change.executionType,
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
    liquidity: liquidityOf(fill),
    fee: change.fee ?? 0,
  });
}

function liquidityOf(fill: OrderFilled | undefined): Liquidity {
  if (fill === undefined) return Liquidity.none;
  return fill.isTaker ? Liquidity.taker : Liquidity.maker;
}
