/**
 * Goal: each invariant is really checked.
 * Method: damage one thing inside a sound book, and see that the check names it.
 */
import { describe, expect, it } from "vitest";
import { Side } from "../../protocols/order-terms.ts";
import { assertInvariants } from "./order-book.invariants.ts";
import { plainOrder } from "./book-terms.ts";
import { OrderBook } from "./order-book.ts";
import { none } from "./slot-pool.ts";

/** Bids: orders 1 and 2 at 100, order 3 at 99. Asks: order 4 at 101. Slots and levels from 0. */
function soundBook(): OrderBook {
  const unheard = () => undefined;
  const book = new OrderBook({
    traded: unheard,
    prevented: unheard,
    removed: unheard,
    levelChanged: unheard,
    entryAdded: unheard,
    entryExecuted: unheard,
    entryCanceled: unheard,
  });
  const prices = [100, 100, 99, 101];
  for (const [slot, price] of prices.entries()) {
    const side = price > 100 ? Side.sell : Side.buy;
    book.place({ ...plainOrder(), orderId: slot + 1, side, price, quantity: 10 });
  }
  return book;
}

function inside(book: OrderBook): OrderBook["restingOrders"] {
  return book["restingOrders"];
}

describe("assertInvariants", () => {
  it("accepts a sound book, and an empty one", () => {
    const book = soundBook();
    assertInvariants(book);
    for (const orderId of [1, 2, 3, 4]) {
      book.cancel(orderId);
      assertInvariants(book);
    }
  });

  it.each<[string, (resting: OrderBook["restingOrders"]) => void]>([
    ["a level is not on a ladder", ({ levels }) => levels.take(Side.buy, 7)],
    ["an order is in no queue", ({ orders }) => orders.take()],
    ["the index holds other orders", ({ index }) => (index.count += 1)],
    ["the book is crossed", ({ displayed: [, asks] }) => asks.findOrAdd(50)],
    ["on another ladder", ({ levels }) => (levels.ladder[0] = Side.sell)],
    ["not found by its price", ({ levels }) => (levels.price[1] = 98)],
    ["levels are out of order", ({ displayed: [bids] }) => (bids.behind = (level) => level)],
    ["miscounts its levels", ({ displayed: [bids] }) => (bids.count -= 1)],
    ["hidden orders are miscounted", ({ hiddenCount }) => (hiddenCount[0] = 1)],
    ["in another level's queue", ({ orders }) => (orders.level[1] = 1)],
    ["reads differently from the back", ({ orders }) => (orders.previous[1] = none)],
    ["nothing remaining", ({ orders }) => (orders.remaining[2] = 0)],
    ["not found by its id", ({ orders }) => (orders.orderId[3] = 5)],
    ["an entry id was not given yet", ({ orders }) => (orders.entryId[3] = 5)],
    ["entry ids do not rise in a queue", ({ orders }) => (orders.entryId[1] = 1)],
    ["a level has no orders", ({ levels }) => (levels.head[1] = none)],
    ["does not end with its last order", ({ levels }) => (levels.tail[0] = 0)],
    ["miscounts its orders", ({ levels }) => (levels.orderCount[0] = 3)],
    ["quantity is not the sum of its orders", ({ levels }) => (levels.quantity[0] = 19)],
    ["reserve is not the sum of its icebergs", ({ levels }) => (levels.reserve[0] = 1)],
  ])("notices that %s", (message, damage) => {
    const book = soundBook();
    damage(inside(book));
    expect(() => assertInvariants(book)).toThrow(message);
  });
});
