/**
 * A book so wide that no window onto its prices helps: orders at both ends of 2^31 ticks, and all
 * others at prices drawn from the whole of it, most of them from their side's half. Nearly every
 * order has a level of its own.
 */
import { createHash } from "node:crypto";
import { plainOrder, unboundedFor } from "../../../actors/order-book/book-terms.ts";
import type { OrderBookListener } from "../../../actors/order-book/book-terms.ts";
import { OrderBook } from "../../../actors/order-book/order-book.ts";
import { SmallRandom } from "../../../actors/order-book/testing/small-random.ts";
import { Side } from "../../../protocols/order-terms.ts";
import { medianOf } from "../percentiles.ts";
import { silentListener } from "./silent-listener.ts";

export const widePriceMax = 2 ** 31;

export interface WideBook {
  readonly messages: number;
  /** When all is done: orders, and the levels that they make. */
  readonly orders: number;
  readonly levels: number;
  readonly bestBid: number;
  readonly bestAsk: number;
  /** Million messages a second, the median run's. */
  readonly speed: number;
  /** Of all runs, in their order. */
  readonly speeds: readonly number[];
  /** SHA-256 of all trades. */
  readonly work: string;
}

export interface WideAssignment {
  readonly messages: number;
  readonly runs: number;
  /** So many orders come before one is canceled for each that comes. */
  readonly standingOrders: number;
}

/** A message: an order that comes, or one that is canceled, named by its number. */
interface Messages {
  readonly isCancel: Uint8Array;
  readonly orderId: Float64Array;
  readonly side: Uint8Array;
  readonly price: Float64Array;
  readonly quantity: Float64Array;
}

/** One untimed run, in which the trades are hashed, then the timed ones. */
export function measureWideBook({ messages, runs, standingOrders }: WideAssignment): WideBook {
  const flow = wideFlow(messages, standingOrders);
  const hash = createHash("sha256");
  const listener: OrderBookListener = {
    ...silentListener,
    traded({ restingOrderId, incomingOrderId, price, quantity }) {
      hash.update(`${restingOrderId} ${incomingOrderId} ${price} ${quantity}\n`);
    },
  };
  const book = new OrderBook(listener);
  play(flow, book);
  const speeds = Array.from({ length: runs }, () => {
    const timed = new OrderBook(silentListener);
    const startedAtMs = performance.now();
    play(flow, timed);
    return messages / (performance.now() - startedAtMs) / 1000;
  });
  return {
    messages,
    orders: book.orderCount,
    levels: book.levelCount,
    bestBid: book.bestBid ?? 0,
    bestAsk: book.bestAsk ?? 0,
    speed: medianOf(speeds),
    speeds,
    work: hash.digest("hex"),
  };
}

function wideFlow(count: number, standingOrders: number): Messages {
  const random = new SmallRandom(1);
  const messages: Messages = {
    isCancel: new Uint8Array(count),
    orderId: new Float64Array(count),
    side: new Uint8Array(count),
    price: new Float64Array(count),
    quantity: new Float64Array(count),
  };
  const alive: number[] = [];
  for (let at = 0; at < count; at += 1) {
    if (alive.length >= standingOrders) {
      const place = random.below(alive.length);
      messages.isCancel[at] = 1;
      messages.orderId[at] = alive[place]!;
      alive[place] = alive[alive.length - 1]!;
      alive.pop();
      continue;
    }
    messages.orderId[at] = at + 1;
    const side = (at < 2 ? at : random.below(2)) as Side;
    messages.side[at] = side;
    messages.price[at] = at < 2 ? [1, widePriceMax][at]! : widePrice(random, side);
    messages.quantity[at] = random.between(1, 100);
    // The two ends stay.
    if (at >= 2) alive.push(at + 1);
  }
  return messages;
}

/** One in ten from anywhere, the others so that they do not meet. */
function widePrice(random: SmallRandom, side: Side): number {
  if (random.oneIn(10)) return random.between(1, widePriceMax);
  const half = widePriceMax / 2;
  return side === Side.buy ? random.between(1, half) : random.between(half + 1, widePriceMax);
}

function play(messages: Messages, book: OrderBook): void {
  const order = plainOrder();
  for (let at = 0; at < messages.orderId.length; at += 1) {
    const orderId = messages.orderId[at]!;
    if (messages.isCancel[at] === 1) {
      book.cancel(orderId);
      continue;
    }
    order.orderId = orderId;
    order.side = messages.side[at] as Side;
    order.bound = unboundedFor(order.side);
    order.price = messages.price[at]!;
    order.quantity = messages.quantity[at]!;
    book.place(order);
  }
}
