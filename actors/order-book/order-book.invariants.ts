/**
 * What must hold of an order book between any two calls, checked from the outside in one pass.
 *
 * For tests, the simulator and anybody in doubt: it costs a step per resting order. It is the one
 * place that looks at how a book is built.
 */
import { assert } from "../../protocols/assert.ts";
import { Side } from "../../protocols/order-terms.ts";
import type { OrderBook } from "./order-book.ts";
import type { PriceLadder } from "./price-ladder.ts";
import { none } from "./slot-pool.ts";

export function assertInvariants(book: OrderBook): void {
  const { bestBid = -Infinity, bestAsk = Infinity } = book;
  assert(book["gathers"] || bestBid < bestAsk, "the book is crossed");
  const { index, levels, orders, hiddenCount } = openedUp(book);
  let levelCount = 0;
  let orderCount = 0;
  let hiddenOrders = 0;
  for (const ladder of openedUp(book).ladders()) {
    const counts = assertLadder(book, ladder);
    levelCount += counts.levelCount;
    orderCount += counts.orderCount;
    if (ladder.number > Side.sell) hiddenOrders += counts.orderCount;
  }
  assert(levelCount === levels.count, "a level is not on a ladder");
  assert(orderCount === orders.count, "an order is in no queue");
  assert(orderCount === book.orderCount);
  assert(index.count === orderCount, "the index holds other orders than the queues");
  const [hiddenBuys = 0, hiddenSells = 0] = hiddenCount;
  assert(hiddenOrders === hiddenBuys + hiddenSells, "hidden orders are miscounted");
}

interface LadderCounts {
  readonly levelCount: number;
  readonly orderCount: number;
}

/** Walks a ladder's levels from the best one outwards. */
function assertLadder(book: OrderBook, ladder: PriceLadder): LadderCounts {
  const { levels } = ladder;
  let levelCount = 0;
  let orderCount = 0;
  let better: number | undefined;
  for (let level = ladder.best; level !== none; level = ladder.behind(level)) {
    const price = levels.price[level]!;
    assert(levels.ladder[level] === ladder.number, "a level stands on another ladder");
    assert(ladder.find(price) === level, "a level is not found by its price");
    const isInOrder = better === undefined || isBetter(ladder.side, better, price);
    assert(isInOrder, "levels are out of order");
    assertQueue(book, level);
    better = price;
    levelCount += 1;
    orderCount += levels.orderCount[level]!;
  }
  assert(levelCount === ladder.count, "a ladder miscounts its levels");
  return { levelCount, orderCount };
}

/** Walks a level's queue from the oldest order to the youngest. */
function assertQueue(book: OrderBook, level: number): void {
  const { levels, orders, index } = openedUp(book);
  let quantity = 0;
  let reserve = 0;
  let orderCount = 0;
  let previous = none;
  let entryIdBefore = 0;
  const isHidden = openedUp(book).isHiddenLevel(level);
  for (let slot = levels.head[level]!; slot !== none; slot = orders.next[slot]!) {
    assert(orders.level[slot] === level, "an order stands in another level's queue");
    assert(orders.previous[slot] === previous, "the queue reads differently from the back");
    assert(orders.remaining[slot]! > 0, "an order rests with nothing remaining");
    assert(index.find(orders.orderId[slot]!) === slot, "an order is not found by its id");
    const kept = openedUp(book).termsOf(slot)?.reserve ?? 0;
    assert(kept >= 0, "an iceberg keeps less than nothing back");
    const entryId = orders.entryId[slot]!;
    assert(entryId <= book.lastEntryId, "an entry id was not given yet");
    assert(isHidden ? entryId === 0 : entryId > entryIdBefore, "entry ids do not rise in a queue");
    entryIdBefore = entryId;
    quantity += orders.remaining[slot]!;
    reserve += kept;
    orderCount += 1;
    previous = slot;
  }
  assert(orderCount > 0, "a level has no orders");
  assert(levels.tail[level] === previous, "the queue does not end with its last order");
  assert(levels.orderCount[level] === orderCount, "a level miscounts its orders");
  assert(levels.quantity[level] === quantity, "a level's quantity is not the sum of its orders");
  assert(levels.reserve[level] === reserve, "a level's reserve is not the sum of its icebergs'");
}

function openedUp(book: OrderBook) {
  return book["restingOrders"];
}

function isBetter(side: Side, price: number, other: number): boolean {
  return side === Side.buy ? price > other : price < other;
}
