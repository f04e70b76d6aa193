/**
 * What must hold of an order book between any two calls, looked at from the outside: one level at a
 * time, or the whole in one pass. It is the one place that looks at how a book is built.
 *
 * A level costs a step per order that rests there.
 *
 * Invariant: those of protocols/invariants.ts that are named below.
 */
import { hold, invariant } from "../../protocols/invariants.ts";
import { Side } from "../../protocols/order-terms.ts";
import type { OrderBook } from "./order-book.ts";
import type { PriceLadder } from "./price-ladder.ts";
import type { RestingOrders } from "./resting-orders.ts";
import { none } from "./slot-pool.ts";

const notCrossed = invariant("book-not-crossed");
const sumsItsOrders = invariant("level-sums-its-orders");
const queueInOrder = invariant("queue-in-order");
const foundById = invariant("orders-found-by-id");
const showASlice = invariant("icebergs-show-a-slice");
const inPriceOrder = invariant("levels-in-price-order");
const countsItsOrders = invariant("book-counts-its-orders");

/** Looks at everything. */
export function assertInvariants(book: OrderBook): void {
  const { bestBid = -Infinity, bestAsk = Infinity } = book;
  hold(notCrossed, book["gathers"] || bestBid < bestAsk, "the book is crossed");
  const resting = openedUp(book);
  const { index, levels, orders, hiddenCount } = resting;
  let levelCount = 0;
  let orderCount = 0;
  let hiddenOrders = 0;
  for (const ladder of resting.ladders()) {
    const counts = auditLadder(resting, ladder);
    levelCount += counts.levelCount;
    orderCount += counts.orderCount;
    if (ladder.number > Side.sell) hiddenOrders += counts.orderCount;
  }
  hold(countsItsOrders, levelCount === levels.count, "a level is not on a ladder");
  hold(countsItsOrders, orderCount === orders.count, "an order is in no queue");
  hold(countsItsOrders, index.count === orderCount, "the index holds other orders than the queues");
  const [hiddenBuys = 0, hiddenSells = 0] = hiddenCount;
  hold(countsItsOrders, hiddenOrders === hiddenBuys + hiddenSells, "hidden orders are miscounted");
}

/**
 * The next level with orders, in an order of its own, among so many; none if there is none among
 * them. Begins with the level that is given, and then is over when that lies beyond all of them.
 */
export function levelFrom(book: OrderBook, from: number, among: number): number {
  const { levels } = openedUp(book);
  const end = Math.min(from + among, levels.end);
  for (let level = from; level < end; level++) if (levels.orderCount[level]! > 0) return level;
  return none;
}

/** Whether there never was such a level. */
export function isBeyondLevels(book: OrderBook, level: number): boolean {
  return level >= openedUp(book).levels.end;
}

/** Looks at one level with orders. Returns how many there are. */
export function auditLevel(book: OrderBook, level: number): number {
  const resting = openedUp(book);
  auditQueue(resting, level);
  return resting.levels.orderCount[level]!;
}

/** The oldest order of a level, or the youngest. */
export function orderOfLevel(book: OrderBook, level: number, isOldest: boolean): number {
  const { levels, orders } = openedUp(book);
  return orders.orderId[(isOldest ? levels.head : levels.tail)[level]!]!;
}

interface LadderCounts {
  readonly levelCount: number;
  readonly orderCount: number;
}

/** Walks a ladder's levels from the best one outwards. */
function auditLadder(resting: RestingOrders, ladder: PriceLadder): LadderCounts {
  const { levels } = ladder;
  let levelCount = 0;
  let orderCount = 0;
  let better: number | undefined;
  for (let level = ladder.best; level !== none; level = ladder.behind(level)) {
    const price = levels.price[level]!;
    hold(inPriceOrder, levels.ladder[level] === ladder.number, "a level stands on another ladder");
    hold(inPriceOrder, ladder.find(price) === level, "a level is not found by its price");
    const isInOrder = better === undefined || isBetter(ladder.side, better, price);
    hold(inPriceOrder, isInOrder, "levels are out of order");
    auditQueue(resting, level);
    better = price;
    levelCount += 1;
    orderCount += levels.orderCount[level]!;
  }
  hold(inPriceOrder, levelCount === ladder.count, "a ladder miscounts its levels");
  return { levelCount, orderCount };
}

/** Walks a level's queue from the oldest order to the youngest. */
function auditQueue(resting: RestingOrders, level: number): void {
  const { levels, orders } = resting;
  const isHidden = resting.isHiddenLevel(level);
  let quantity = 0;
  let reserve = 0;
  let orderCount = 0;
  let previous = none;
  let entryIdBefore = 0;
  for (let slot = levels.head[level]!; slot !== none; slot = orders.next[slot]!) {
    hold(queueInOrder, orders.level[slot] === level, "an order stands in another level's queue");
    hold(
      queueInOrder,
      orders.previous[slot] === previous,
      "the queue reads differently from the back",
    );
    const entryId = orders.entryId[slot]!;
    hold(queueInOrder, entryId <= resting.lastEntryId, "an entry id was not given yet");
    const isInOrder = isHidden ? entryId === 0 : entryId > entryIdBefore;
    hold(queueInOrder, isInOrder, "entry ids do not rise in a queue");
    quantity += orders.remaining[slot]!;
    reserve += auditOrder(resting, slot);
    orderCount += 1;
    previous = slot;
    entryIdBefore = entryId;
  }
  hold(sumsItsOrders, orderCount > 0, "a level has no orders");
  hold(queueInOrder, levels.tail[level] === previous, "the queue does not end with its last order");
  hold(sumsItsOrders, levels.orderCount[level] === orderCount, "a level miscounts its orders");
  const isSum = levels.quantity[level] === quantity;
  hold(sumsItsOrders, isSum, "a level's quantity is not the sum of its orders");
  const isSumOfReserves = levels.reserve[level] === reserve;
  hold(sumsItsOrders, isSumOfReserves, "a level's reserve is not the sum of its icebergs'");
}

/** Returns what the order keeps back. */
function auditOrder(resting: RestingOrders, slot: number): number {
  const { orders, index } = resting;
  const shown = orders.remaining[slot]!;
  hold(showASlice, shown > 0, "an order rests with nothing remaining");
  hold(foundById, index.find(orders.orderId[slot]!) === slot, "an order is not found by its id");
  const terms = resting.termsOf(slot);
  if (terms === undefined) return 0;
  hold(showASlice, terms.reserve >= 0, "an iceberg keeps less than nothing back");
  hold(showASlice, terms.display === 0 || shown <= terms.display, "an iceberg shows too much");
  return terms.reserve;
}

function openedUp(book: OrderBook): RestingOrders {
  return book["restingOrders"];
}

function isBetter(side: Side, price: number, other: number): boolean {
  return side === Side.buy ? price > other : price < other;
}
