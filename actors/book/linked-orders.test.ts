/**
 * Two orders of which only one may trade, at one book.
 *
 * The book has twins that come from snapshots; see the lone book.
 */
import { beforeEach, describe, expect, it } from "vitest";
import {
  OrderType,
  PostOnly,
  SelfTradePrevention,
  Side,
  TimeInForce,
} from "../../protocols/index.ts";
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

  it("the second is removed as it comes, when the first was set off as it came", () => {
    book.hear(submit(3, { ...buys, price: 94, quantity: 11 }));
    book.hear(submit(4, { ...sells, ...ioc, price: 94, quantity: 1 }));
    const asks = { triggerPrice: 95 };
    const limited = { side: Side.sell, orderType: OrderType.stopLimit, linkedOrderId: 2, asks };
    expect(place(submit(1, { ...limited, price: 96 }), { ...stop, quantity: 10 })).toEqual([
      "alice #1 rests",
      "alice #1 triggered",
      "alice #1 rests",
      "alice #2 removed, 10 left, linked order",
    ]);
    const dearer = { ...limited, price: 94, linkedOrderId: 6 };
    expect(place(submit(5, dearer), { ...stop, orderId: 6, linkedOrderId: 5 })).toEqual([
      "alice #5 rests",
      "alice #5 triggered",
      "bob #3 filled 10 @ 94 as maker, 0 left",
      "alice #5 filled 10 @ 94 as taker, 0 left",
      "alice #6 removed, 10 left, linked order",
    ]);
  });

  it("the second is removed as it comes, when the book would not have the first", () => {
    book.hear(submit(3, { ...buys, price: 110, quantity: 11 }));
    const passive = { ...profit.instructions, postOnly: PostOnly.reject };
    expect(place({ ...profit, instructions: passive }, stop)).toEqual([
      "alice #1 refused, post-only-would-take",
      "alice #2 removed, 10 left, linked order",
    ]);
  });

  it("the second is removed as it comes, when nothing of the first could stay", () => {
    expect(place({ ...profit, timeInForce: TimeInForce.FOK }, stop)).toEqual([
      "alice #1 removed, 10 left, unfillable",
      "alice #2 removed, 10 left, linked order",
    ]);
    book.hear(submit(3, { price: 110 }));
    const newest = {
      ...profit.instructions,
      selfTradePrevention: SelfTradePrevention.cancelNewest,
    };
    expect(place({ ...profit, instructions: newest }, stop)).toEqual([
      "alice #1 removed, 10 left, self trade",
      "alice #2 removed, 10 left, linked order",
    ]);
  });

  it("the second is removed as it comes, when the first has ended before", () => {
    book.hear(profit);
    book.hear(cancel(1));
    expect(book.hear(stop)).toEqual(["alice #2 removed, 10 left, linked order"]);
    book.hear(profit);
    book.purge();
    expect(book.hear(stop)).toEqual(["alice #2 removed, 10 left, linked order"]);
  });

  it("either goes when the book would not have the other, for whatever reason", () => {
    book.isVenueHalted = true;
    expect(book.hear(profit)).toEqual(["alice #1 refused, venue-halted"]);
    book.isVenueHalted = false;
    expect(book.hear(stop)).toEqual(["alice #2 removed, 10 left, linked order"]);
    book.hear(profit);
    book.isVenueHalted = true;
    expect(book.hear(stop)).toEqual([
      "alice #2 refused, venue-halted",
      "alice #1 removed, 10 left, linked order",
    ]);
  });

  it("the second leaves nothing behind when it comes too late and is refused", () => {
    book.isVenueHalted = true;
    expect(place(profit, stop)).toEqual([
      "alice #1 refused, venue-halted",
      "alice #2 refused, venue-halted",
    ]);
    book.isVenueHalted = false;
    expect(book.hear({ ...stop, linkedOrderId: 0 })).toEqual(["alice #2 rests"]);
  });

  it("each is told of a kill switch for itself", () => {
    place(profit, stop);
    expect(book.purge()).toEqual([
      "alice #1 removed, 10 left, kill switch",
      "alice #2 removed, 10 left, kill switch",
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
