/**
 * What an order costs in the book while it rests: the process's memory after garbage collection,
 * with and without so many orders, over their number.
 */
import { plainOrder } from "../../../actors/order-book/book-terms.ts";
import { OrderBook } from "../../../actors/order-book/order-book.ts";
import { Side } from "../../../protocols/order-terms.ts";
import { memoryInUse } from "../gc-pauses.ts";
import { silentListener } from "./silent-listener.ts";

export interface BookMemory {
  readonly restingOrders: number;
  readonly bytesPerOrder: number;
}

/** Each side has so many levels. */
const levelsPerSide = 1000;
const middle = 30_000;

export function measureBookMemory(restingOrders: number): BookMemory {
  const book = new OrderBook(silentListener);
  const before = memoryInUse();
  const order = plainOrder();
  for (let orderId = 1; orderId <= restingOrders; orderId += 1) {
    const distance = 1 + (Math.trunc(orderId / 2) % levelsPerSide);
    order.orderId = orderId;
    order.side = orderId % 2 === 0 ? Side.buy : Side.sell;
    order.price = order.side === Side.buy ? middle - distance : middle + distance;
    order.quantity = 1 + (orderId % 100);
    book.place(order);
  }
  const { used } = memoryInUse();
  if (book.orderCount !== restingOrders) throw new Error("some orders do not rest");
  return { restingOrders, bytesPerOrder: (used - before.used) / restingOrders };
}
