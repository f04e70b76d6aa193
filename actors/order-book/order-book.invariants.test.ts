/**
 * Goal: each invariant is really checked.
 * Method: damage one thing inside a sound book, and see that the check names it.
 */
import { describe, expect, it } from "vitest";
import { Side } from "../../protocols/order-terms.ts";
import { assertInvariants } from "./order-book.invariants.ts";
import { OrderBook, unlimitedBudget } from "./order-book.ts";
import { none } from "./slot-pool.ts";

/** Bids: orders 1 and 2 at 100, order 3 at 99. Asks: order 4 at 101. Slots and levels from 0. */
function soundBook(): OrderBook {
  const book = new OrderBook({ traded: () => undefined, levelChanged: () => undefined });
  const prices = [100, 100, 99, 101];
  for (const [slot, price] of prices.entries()) {
    book.place({
      orderId: slot + 1,
      owner: 0,
      side: price > 100 ? Side.sell : Side.buy,
      price,
      quantity: 10,
      isMarket: false,
      isImmediate: false,
      budget: unlimitedBudget,
    });
  }
  return book;
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

  it.each<[string, (book: OrderBook) => void]>([
    ["a level is not on the ladder", (book) => book["levels"].take(Side.buy, 7)],
    ["an order is in no queue", (book) => book["orders"].take()],
    ["the index holds other orders", (book) => (book["index"].count += 1)],
    ["the book is crossed", (book) => book["ladder"].findOrAdd(Side.sell, 50)],
    ["on the other side", (book) => (book["levels"].side[0] = Side.sell)],
    ["not found by its price", (book) => (book["levels"].price[1] = 98)],
    ["levels are out of order", (book) => (book["ladder"].behind = (level) => level)],
    ["in another level's queue", (book) => (book["orders"].level[1] = 1)],
    ["reads differently from the back", (book) => (book["orders"].previous[1] = none)],
    ["nothing remaining", (book) => (book["orders"].remaining[2] = 0)],
    ["not found by its id", (book) => (book["orders"].orderId[3] = 5)],
    ["a level has no orders", (book) => (book["levels"].head[1] = none)],
    ["does not end with its last order", (book) => (book["levels"].tail[0] = 0)],
    ["miscounts its orders", (book) => (book["levels"].orderCount[0] = 3)],
    ["not the sum of its orders", (book) => (book["levels"].quantity[0] = 19)],
  ])("notices that %s", (message, damage) => {
    const book = soundBook();
    damage(book);
    expect(() => assertInvariants(book)).toThrow(message);
  });
});
