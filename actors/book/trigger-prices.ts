/**
 * The orders of one book that wait for a price, and which of them a price sets off.
 *
 * Four prices are watched: the last trade's, the best ask (for buyers), the best bid (for sellers)
 * and the mark price. For each there is a heap of those that wait for it to rise to their trigger
 * and one of those that wait for it to fall; trailing stops follow their price and stand in a list.
 *
 * Invariant: whoever is set off is so once, those with the nearest trigger first, then by arrival.
 */
import { OrderType, partOf, Side, TriggerSource } from "../../protocols/index.ts";
import type { OrderId, Ticks } from "../../protocols/index.ts";
import { PriorityHeap } from "../priority-heap.ts";
import type { Queue } from "../queue.ts";
import { Stage } from "./book-order.ts";
import type { BookOrder } from "./book-order.ts";

/** The prices that are watched. */
export const WatchedPrice = { last: 0, ask: 1, bid: 2, mark: 3 } as const;
export type WatchedPrice = (typeof WatchedPrice)[keyof typeof WatchedPrice];

/** A place in a heap: void when the order waits no more, or for another price. */
interface Waiting {
  readonly order: BookOrder;
  readonly triggerPrice: Ticks;
}

const watchedPrices = Object.values(WatchedPrice);
const directionCount = 2;

export class TriggerPrices {
  /** By watched price and direction, the falling one first. */
  readonly #heaps = watchedPrices.flatMap(() =>
    [false, true].map(
      (isRising) =>
        new PriorityHeap(nearerFirst(isRising), (place: Waiting) => this.#isVoid(place)),
    ),
  );
  /** Trailing stops by watched price, in order of arrival. */
  readonly #trailing = watchedPrices.map(() => new Set<BookOrder>());
  readonly #orders: ReadonlyMap<OrderId, BookOrder>;

  /** @param orders all orders of the book that wait, by id; who is not there waits no more. */
  constructor(orders: ReadonlyMap<OrderId, BookOrder>) {
    this.#orders = orders;
  }

  /** Takes an order up, or up again when its trigger price was changed: it keeps its arrival. */
  add(order: BookOrder): void {
    const watched = watchedBy(order);
    if (order.orderType === OrderType.trailingStop) {
      this.#trailing[watched]!.add(order);
      return;
    }
    const heap = this.#heaps[watched * directionCount + (waitsForRise(order) ? 1 : 0)]!;
    heap.add({ order, triggerPrice: order.triggerPrice });
  }

  /** An order is out of the book. */
  remove(order: BookOrder): void {
    if (order.orderType === OrderType.trailingStop) this.#trailing[watchedBy(order)]!.delete(order);
  }

  /** Takes those out that a price sets off, and adds them to a queue in order. */
  takeReached(watched: WatchedPrice, price: Ticks, into: Queue<BookOrder>): void {
    this.#takeFrom(watched * directionCount + 1, price, into);
    this.#takeFrom(watched * directionCount, price, into);
    this.#followAndTake(watched, price, into);
  }

  #takeFrom(heapNumber: number, price: Ticks, into: Queue<BookOrder>): void {
    const heap = this.#heaps[heapNumber]!;
    const isRising = isRisingHeap(heapNumber);
    for (let { first } = heap; first !== undefined; { first } = heap) {
      if (isRising ? price < first.triggerPrice : price > first.triggerPrice) return;
      heap.removeFirst();
      first.order.stage = Stage.reached;
      into.add(first.order);
    }
  }

  /** Lets trailing stops follow a price that goes their way, and takes those that it sets off. */
  #followAndTake(watched: WatchedPrice, price: Ticks, into: Queue<BookOrder>): void {
    const trailing = this.#trailing[watched]!;
    for (const order of trailing) {
      order.triggerPrice = followed(order, price);
      if (!isReached(order, price)) continue;
      order.stage = Stage.reached;
      into.add(order);
      trailing.delete(order);
    }
  }

  #isVoid({ order, triggerPrice }: Waiting): boolean {
    return (
      order.stage !== Stage.waiting ||
      order.triggerPrice !== triggerPrice ||
      this.#orders.get(order.orderId) !== order
    );
  }
}

function isRisingHeap(heapNumber: number): boolean {
  return heapNumber % directionCount === 1;
}

/** Which price sets an order off. */
export function watchedBy({ instructions, side }: BookOrder): WatchedPrice {
  switch (instructions.triggerSource) {
    case TriggerSource.mark:
      return WatchedPrice.mark;
    case TriggerSource.best:
      return side === Side.buy ? WatchedPrice.ask : WatchedPrice.bid;
    default:
      return WatchedPrice.last;
  }
}

/** Whether an order waits for a price at or above its trigger; else at or below. */
export function waitsForRise({ orderType, side }: BookOrder): boolean {
  const isProfit = orderType === OrderType.takeProfit || orderType === OrderType.takeProfitLimit;
  return isProfit ? side === Side.sell : side === Side.buy;
}

export function isReached(order: BookOrder, price: Ticks): boolean {
  return waitsForRise(order) ? price >= order.triggerPrice : price <= order.triggerPrice;
}

/** The trigger price of a trailing stop when the market is at a price: it never moves away. */
export function followed({ side, instructions, triggerPrice }: BookOrder, price: Ticks): Ticks {
  const { trailTicks, trailBasisPoints } = instructions;
  const byPoints = partOf(price, trailBasisPoints);
  const trail = trailTicks + byPoints;
  return side === Side.buy
    ? Math.min(triggerPrice, price + trail)
    : Math.max(triggerPrice, price - trail);
}

function nearerFirst(isRising: boolean): (a: Waiting, b: Waiting) => boolean {
  return (a, b) => {
    // Two places of one order are equal: whichever comes first, the other is void.
    if (a.triggerPrice === b.triggerPrice) return a.order.arrival < b.order.arrival;
    return isRising ? a.triggerPrice < b.triggerPrice : a.triggerPrice > b.triggerPrice;
  };
}
