/**
 * Two orders of which only one may trade, at one book.
 *
 * The book has twins that come from snapshots; see the lone book.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { OrderType, PostOnly, Side, TimeInForce } from "../../protocols/index.ts";
import type { SubmitOrder } from "../../protocols/index.ts";
import { buys, cancel, ioc, LoneBook, sells, submit } from "./testing/lone-book.ts";

let book: LoneBook;

beforeEach(() => {
  book = new LoneBook();
});

/** Alice takes a profit at 110, */
const profit = submit(1, { side: Side.sell, price: 110, linkedOrderId: 2 });
/** or cuts a loss at 95. */
const stop = submit(2, {
  ...{ side: Side.sell, orderType: OrderType.stop, price: 0, linkedOrderId: 1 },
  asks: { triggerPrice: 95, collarBasisPoints: 1000 },
});

function place(...orders: readonly SubmitOrder[]): string[] {
  return orders.flatMap((order) => book.hear(order));
}

describe("of two linked orders", () => {
  it("the one that waits is removed when the other trades, told before that", () => {
    expect(place(profit, stop)).toEqual(["alice #1 rests", "alice #2 rests"]);
    expect(book.hear(submit(3, { ...buys, ...ioc, price: 110, quantity: 4 }))).toEqual([
      "alice #2 removed, 10 left, linked order",
      "alice #1 filled 4 @ 110 as maker, 6 left",
      "bob #3 filled 4 @ 110 as taker, 0 left",
    ]);
    expect(book.hear(cancel(2))).toEqual(["alice #2 not changed, order-unknown"]);
    expect(book.hear(cancel(1))).toEqual(["alice #1 removed, 6 left, requested"]);
  });

  it("the one that rests is removed when the other is set off, told before that", () => {
    place(profit, stop);
    book.hear(submit(3, { ...buys, price: 95, quantity: 20 }));
    expect(book.hear(submit(4, { ...sells, ...ioc, price: 95, quantity: 1 })).slice(2)).toEqual([
      "alice #1 removed, 10 left, linked order",
      "alice #2 triggered",
      "bob #3 filled 10 @ 95 as maker, 9 left",
      "alice #2 filled 10 @ 95 as taker, 0 left",
    ]);
    expect(book.book.depth(9).asks).toEqual([]);
  });

  it("both go when either is canceled", () => {
    place(profit, stop);
    expect(book.hear(cancel(1))).toEqual([
      "alice #1 removed, 10 left, requested",
      "alice #2 removed, 10 left, linked order",
    ]);
    place(profit, stop);
    expect(book.hear(cancel(2))).toEqual([
      "alice #2 removed, 10 left, requested",
      "alice #1 removed, 10 left, linked order",
    ]);
    expect(book.book.depth(9).asks).toEqual([]);
  });

  it("both go when the time of either is over", () => {
    const untilFive = { timeInForce: TimeInForce.GTD } as const;
    const asks = { ...stop.instructions, expiresAtUs: 5 };
    place(profit, { ...stop, ...untilFive, instructions: asks });
    expect(book.passTo(4)).toEqual([]);
    expect(book.passTo(5)).toEqual([
      "alice #2 removed, 10 left, time reached",
      "alice #1 removed, 10 left, linked order",
    ]);
  });

  it("the second is removed as it comes, when the first has traded already", () => {
    book.hear(submit(3, { ...buys, price: 110 }));
    expect(place(profit)).toEqual([
      "bob #3 filled 10 @ 110 as maker, 0 left",
      "alice #1 filled 10 @ 110 as taker, 0 left",
    ]);
    expect(place(stop)).toEqual(["alice #2 removed, 10 left, linked order"]);
    expect(book.hear(cancel(2))).toEqual(["alice #2 not changed, order-unknown"]);
  });

  it("the first keeps what is left of it when the second comes too late", () => {
    book.hear(submit(3, { ...buys, price: 110, quantity: 4 }));
    expect(place(profit).slice(1)).toEqual([
      "alice #1 filled 4 @ 110 as taker, 6 left",
      "alice #1 rests",
    ]);
    expect(place(stop)).toEqual(["alice #2 removed, 10 left, linked order"]);
    expect(book.book.depth(9).asks).toEqual([[110, 6, 1]]);
    expect(book.hear(cancel(1))).toEqual(["alice #1 removed, 6 left, requested"]);
  });

  it("the second is set off as it comes when its price is reached, and the first goes", () => {
    book.hear(submit(3, { ...buys, price: 94, quantity: 11 }));
    book.hear(submit(4, { ...sells, ...ioc, price: 94, quantity: 1 }));
    expect(place(profit, stop)).toEqual([
      "alice #1 rests",
      "alice #2 rests",
      "alice #1 removed, 10 left, linked order",
      "alice #2 triggered",
      "bob #3 filled 10 @ 94 as maker, 0 left",
      "alice #2 filled 10 @ 94 as taker, 0 left",
    ]);
  });

  it("the second goes on alone when the book would not have the first", () => {
    book.hear(submit(3, { ...buys, price: 110, quantity: 11 }));
    const passive = { ...profit.instructions, postOnly: PostOnly.reject };
    expect(place({ ...profit, instructions: passive }, stop)).toEqual([
      "alice #1 refused, post-only-would-take",
      "alice #2 rests",
    ]);
    book.hear(cancel(3, "bob"));
    book.hear(submit(4, { ...buys, price: 95, quantity: 11 }));
    expect(book.hear(submit(5, { ...sells, ...ioc, price: 95, quantity: 1 })).slice(2)).toEqual([
      "alice #2 triggered",
      "bob #4 filled 10 @ 95 as maker, 0 left",
      "alice #2 filled 10 @ 95 as taker, 0 left",
    ]);
  });

  it("both may wait: who is set off first has the other removed", () => {
    const rise = { ...profit, orderType: OrderType.takeProfitLimit };
    place({ ...rise, instructions: { ...profit.instructions, triggerPrice: 105 } }, stop);
    book.hear(submit(3, { ...buys, price: 105, quantity: 1 }));
    expect(book.hear(submit(4, { ...sells, ...ioc, price: 105, quantity: 1 })).slice(2)).toEqual([
      "alice #2 removed, 10 left, linked order",
      "alice #1 triggered",
      "alice #1 rests",
    ]);
  });

  it("the one that gathers may trade in the auction, and the other goes", () => {
    book.enter("preOpen");
    place(profit, stop);
    book.hear(submit(3, { ...buys, price: 112, quantity: 4 }));
    expect(book.enter("continuous")).toEqual([
      "alice #2 removed, 10 left, linked order",
      "bob #3 filled 4 @ 110 as auction, 0 left",
      "alice #1 filled 4 @ 110 as auction, 6 left",
    ]);
  });
});
