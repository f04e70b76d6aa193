/**
 * What must hold of an order book between any two calls, checked from the outside in one pass.
 *
 * For tests, the simulator and anybody in doubt: it costs a step per resting order. It is the one
 * place that looks at how a book is built.
 */
import { assert } from "../../protocols/assert.ts";
import { Side } from "../../protocols/order-terms.ts";
import type { OrderBook } from "./order-book.ts";
import { none } from "./slot-pool.ts";

export function assertInvariants(book: OrderBook): void {
  const { bestBid = -Infinity, bestAsk = Infinity, levelCount, orderCount } = book;
  assert(bestBid < bestAsk, "the book is crossed");
  const bids = assertSide(book, Side.buy);
  const asks = assertSide(book, Side.sell);
  assert(bids.levelCount + asks.levelCount === levelCount, "a level is not on the ladder");
  assert(bids.orderCount + asks.orderCount === orderCount, "an order is in no queue");
  assert(openedUp(book).index.count === orderCount, "the index holds other orders than the queues");
}

interface SideCounts {
  readonly levelCount: number;
  readonly orderCount: number;
}

/** Walks a side's levels from the best one outwards. */
function assertSide(book: OrderBook, side: Side): SideCounts {
  const { ladder, levels } = openedUp(book);
  let levelCount = 0;
  let orderCount = 0;
  let better: number | undefined;
  for (let level = ladder.bestOf(side); level !== none; level = ladder.behind(level)) {
    const price = levels.price[level]!;
    assert(levels.side[level] === side, "a level stands on the other side");
    assert(ladder.find(price) === level, "a level is not found by its price");
    assert(better === undefined || isBetter(side, better, price), "levels are out of order");
    assertQueue(book, level);
    better = price;
    levelCount += 1;
    orderCount += levels.orderCount[level]!;
  }
  return { levelCount, orderCount };
}

/** Walks a level's queue from the oldest order to the youngest. */
function assertQueue(book: OrderBook, level: number): void {
  const { levels, orders, index } = openedUp(book);
  let quantity = 0;
  let orderCount = 0;
  let previous = none;
  for (let slot = levels.head[level]!; slot !== none; slot = orders.next[slot]!) {
    assert(orders.level[slot] === level, "an order stands in another level's queue");
    assert(orders.previous[slot] === previous, "the queue reads differently from the back");
    assert(orders.remaining[slot]! > 0, "an order rests with nothing remaining");
    assert(index.find(orders.orderId[slot]!) === slot, "an order is not found by its id");
    quantity += orders.remaining[slot]!;
    orderCount += 1;
    previous = slot;
  }
  assert(orderCount > 0, "a level has no orders");
  assert(levels.tail[level] === previous, "the queue does not end with its last order");
  assert(levels.orderCount[level] === orderCount, "a level miscounts its orders");
  assert(levels.quantity[level] === quantity, "a level's quantity is not the sum of its orders");
}

function openedUp(book: OrderBook) {
  return {
    orders: book["orders"],
    levels: book["levels"],
    ladder: book["ladder"],
    index: book["index"],
  };
}

function isBetter(side: Side, price: number, other: number): boolean {
  return side === Side.buy ? price > other : price < other;
}
