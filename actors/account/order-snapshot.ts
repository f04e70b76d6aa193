/**
 * An order as plain data and back: a list of fields in a fixed order.
 */
import { assert } from "../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  CloseReason,
  OrderType,
  RejectReason,
  Side,
  TimeInForce,
} from "../../protocols/index.ts";
import type { Venue } from "../actor.ts";
import { orderLifecycle } from "./order-lifecycle.ts";
import { Order } from "./order.ts";
import type { PendingChange, Waiter } from "./order.ts";

type SavedWaiter = readonly [
  producer: string,
  epoch: number,
  frame: number,
  index: number,
  isDuplicate: boolean,
];
type SavedChange = readonly [
  kind: PendingChange["kind"],
  revision: number,
  price: number,
  quantity: number,
  waiters: readonly SavedWaiter[],
];
type SavedReplace = readonly [
  revision: number,
  price: number,
  quantity: number,
  rejectReason: RejectReason,
];
type SavedOrder = readonly [
  orderId: number,
  clientOrderId: string,
  symbol: string,
  side: Side,
  orderType: OrderType,
  timeInForce: TimeInForce,
  placedAtUs: number,
  placedPrice: number,
  placedQuantity: number,
  price: number,
  quantity: number,
  executed: number,
  executedNotional: Amount,
  fees: Amount,
  feeCredit: number,
  reserved: Amount,
  lifecycle: string,
  closeReason: CloseReason,
  refusedBecause: RejectReason,
  revision: number,
  updateId: number,
  boundPrice: number,
  boundQuantity: number,
  pending: readonly SavedChange[],
  waiting: readonly SavedWaiter[],
  settled: readonly SavedReplace[],
];

export function snapshotOfOrder(order: Order): SavedOrder {
  return [
    order.orderId,
    order.clientOrderId,
    order.instrument.symbol,
    order.side,
    order.orderType,
    order.timeInForce,
    order.placedAtUs,
    order.placedPrice,
    order.placedQuantity,
    order.price,
    order.quantity,
    order.executed,
    order.executedNotional,
    order.fees,
    order.feeCredit,
    order.reserved,
    orderLifecycle.nameOf(order.lifecycle),
    order.closeReason,
    order.refusedBecause,
    order.revision,
    order.updateId,
    order.boundPrice,
    order.boundQuantity,
    order.pending.map((change) => [
      change.kind,
      change.revision,
      change.price,
      change.quantity,
      change.waiters.map(saveWaiter),
    ]),
    order.waiting.map(saveWaiter),
    order.settled.map(({ revision, price, quantity, rejectReason }) => [
      revision,
      price,
      quantity,
      rejectReason,
    ]),
  ];
}

/** Where an order belongs. */
export interface OrderOwner {
  readonly account: AccountId;
  readonly venue: Venue;
}

export function restoreOrder(data: unknown, { account, venue }: OrderOwner): Order {
  const saved = data as SavedOrder;
  const instrument = venue.instrument(saved[2]);
  assert(instrument !== undefined, "a saved order's instrument is not known");
  const order = new Order({
    orderId: saved[0],
    account,
    clientOrderId: saved[1],
    instrument,
    side: saved[3],
    orderType: saved[4],
    timeInForce: saved[5],
    placedAtUs: saved[6],
    price: saved[7],
    quantity: saved[8],
  });
  order.price = saved[9];
  order.quantity = saved[10];
  order.executed = saved[11];
  order.executedNotional = saved[12];
  order.fees = saved[13];
  order.feeCredit = saved[14];
  order.reserved = saved[15];
  order.lifecycle = orderLifecycle.stateNamed(saved[16]);
  order.closeReason = saved[17];
  order.refusedBecause = saved[18];
  order.revision = saved[19];
  order.updateId = saved[20];
  order.boundPrice = saved[21];
  order.boundQuantity = saved[22];
  order.pending = saved[23].map(([kind, revision, price, quantity, waiters]) => ({
    kind,
    revision,
    price,
    quantity,
    waiters: waiters.map(restoreWaiter),
  }));
  order.waiting = saved[24].map(restoreWaiter);
  order.settled = saved[25].map(([revision, price, quantity, rejectReason]) => ({
    revision,
    price,
    quantity,
    rejectReason,
  }));
  return order;
}

function saveWaiter({ origin, isDuplicate }: Waiter): SavedWaiter {
  return [origin.producer, origin.epoch, origin.frame, origin.index, isDuplicate];
}

function restoreWaiter([producer, epoch, frame, index, isDuplicate]: SavedWaiter): Waiter {
  return { origin: { producer, epoch, frame, index }, isDuplicate };
}
