/**
 * What an account says about its orders: replies to whoever sent a command, and execution reports
 * to the participant.
 */
import { Liquidity, OrderStatus } from "../../protocols/index.ts";
import type {
  Amount,
  ExecutionType,
  LimitFigures,
  OrderFilled,
  OrderReplied,
  Origin,
  RejectReason,
  ToldReport,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import type { Waiter } from "./order-change.ts";
import type { Order } from "./order.ts";

export interface Answer extends Waiter {
  readonly rejectReason: RejectReason;
  /** Of a limit of risk that was the reason. */
  readonly figures?: LimitFigures | undefined;
}

// What is told is written down at once, so one object of each kind serves for all: an order costs
// several events, and garbage is what a busy shard can least afford.
const told: Mutable<OrderReplied> = {
  kind: "order-replied",
  origin: { producer: "", epoch: 0, frame: 0, index: 0 },
  rejectReason: 0,
  isDuplicate: false,
  orderId: 0,
  status: 0,
  closeReason: 0,
  price: 0,
  quantity: 0,
  executed: 0,
  executedNotional: 0,
  fees: 0,
  revision: 0,
  updateId: 0,
  figures: undefined,
};
const reported: Mutable<ToldReport> = {
  kind: "execution-report",
  account: "",
  symbol: "",
  orderId: 0,
  clientOrderId: { bytes: new Uint8Array(0), from: 0, end: 0 },
  executionType: 0,
  status: 0,
  side: 0,
  orderType: 0,
  timeInForce: 0,
  price: 0,
  quantity: 0,
  executed: 0,
  remaining: 0,
  executedNotional: 0,
  rejectReason: 0,
  closeReason: 0,
  revision: 0,
  tradeId: 0,
  lastPrice: 0,
  lastQuantity: 0,
  liquidity: 0,
  fee: 0,
};

type Mutable<Event> = { -readonly [Field in keyof Event]: Event[Field] };

/** Answers one command with the order as it now is. */
export function reply(order: Order, answer: Answer, context: ActorContext): void {
  told.origin = answer.origin;
  told.rejectReason = answer.rejectReason;
  told.isDuplicate = answer.isDuplicate;
  told.orderId = order.orderId;
  told.status = order.status;
  told.closeReason = order.closeReason;
  told.price = order.price;
  told.quantity = order.quantity;
  told.executed = order.executed;
  told.executedNotional = order.executedNotional;
  told.fees = order.fees;
  told.revision = order.revision;
  told.updateId = order.updateId;
  told.figures = answer.figures;
  context.emit(told);
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

/** Answers everybody who waits for what the book makes of the order. */
export function replyToWaiting(
  order: Order,
  rejectReason: RejectReason,
  context: ActorContext,
): void {
  replyToAll(order, { waiters: order.takeWaiting(), rejectReason }, context);
}

/** Refuses the command under way and leaves the order as it is. */
export function refuse(order: Order, rejectReason: RejectReason, context: ActorContext): void {
  refuseWithFigures(order, { rejectReason, figures: undefined }, context);
}

/** Likewise for a limit of risk, and says by how much. */
export function refuseWithFigures(
  order: Order,
  refusal: Pick<Answer, "rejectReason" | "figures">,
  context: ActorContext,
): void {
  reply(order, { ...refusal, origin: context.origin, isDuplicate: false }, context);
}

/** Who is told, if not whoever sent the command under way, and by how much it was too much. */
interface Refused {
  readonly origin: Origin;
  readonly figures: LimitFigures | undefined;
}

/** Refuses a command, which names no order that there is: as a rule the one under way. */
export function replyWithoutOrder(
  rejectReason: RejectReason,
  context: ActorContext,
  { origin = context.origin, figures }: Partial<Refused> = {},
): void {
  context.emit({
    kind: "order-replied",
    origin,
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
    figures,
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
  reported.account = order.account;
  reported.symbol = order.instrument.symbol;
  reported.orderId = order.orderId;
  reported.clientOrderId = order.nameBytes;
  reported.executionType = change.executionType;
  reported.status = order.status;
  reported.side = order.side;
  reported.orderType = order.orderType;
  reported.timeInForce = order.timeInForce;
  reported.price = order.price;
  reported.quantity = order.quantity;
  reported.executed = order.executed;
  reported.remaining = order.isWorking ? order.remaining : 0;
  reported.executedNotional = order.executedNotional;
  reported.rejectReason = order.refusedBecause;
  reported.closeReason = order.closeReason;
  reported.revision = order.revision;
  reported.tradeId = fill?.tradeId ?? 0;
  reported.lastPrice = fill?.price ?? 0;
  reported.lastQuantity = fill?.quantity ?? 0;
  reported.liquidity = fill?.liquidity ?? Liquidity.none;
  reported.fee = change.fee ?? 0;
  context.emit(reported);
}
