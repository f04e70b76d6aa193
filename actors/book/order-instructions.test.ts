/**
 * Orders with instructions at one book: post-only, icebergs and hidden ones, minimums, self-trade
 * prevention, collars and budgets. How they match is the order book's own matter; here it is what
 * accounts are told of it.
 *
 * The book has twins that come from snapshots; see the lone book.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { OrderType, PostOnly, SelfTradePrevention, Side } from "../../protocols/index.ts";
import { cancel, ioc, LoneBook, replace, sells, submit } from "./testing/lone-book.ts";

let book: LoneBook;

beforeEach(() => {
  book = new LoneBook();
});

const atMarket = { orderType: OrderType.market, ...ioc, price: 0 } as const;

describe("a post-only order", () => {
  const sliding = { asks: { postOnly: PostOnly.slide } };
  const rejecting = { asks: { postOnly: PostOnly.reject } };

  beforeEach(() => {
    book.hear(submit(100, { ...sells, price: 105 }));
  });

  it("is refused where it would take, if it is to be", () => {
    expect(book.hear(submit(1, { ...rejecting, price: 105 }))).toEqual([
      "alice #1 refused, post-only-would-take",
    ]);
    expect(book.hear(submit(2, { ...rejecting, price: 104 }))).toEqual(["alice #2 rests"]);
    expect(book.hear(replace(2, [10, 105]))).toEqual([
      "alice #2 not changed, post-only-would-take",
    ]);
    expect(book.hear(replace(2, [10, 103]))).toHaveLength(2);
  });

  it("slides, and is told where to", () => {
    expect(book.hear(submit(1, { ...sliding, price: 108 }))).toEqual([
      "alice #1 repriced: @ 104",
      "alice #1 rests",
    ]);
    expect(book.hear(submit(2, { ...sliding, price: 103 }))).toEqual(["alice #2 rests"]);
    expect(book.book.depth(9).bids).toEqual([
      [104, 10, 1],
      [103, 10, 1],
    ]);
    // From now on that is its price.
    expect(book.hear(replace(1, [8, 104], { mustKeepPriority: true }))).toEqual([
      "alice #1 replaced: 8 @ 104",
      "alice #1 rests",
    ]);
  });

  it("slides again when it is replaced, told after its new terms", () => {
    book.hear(submit(1, { ...sliding, price: 100 }));
    expect(book.hear(replace(1, [10, 106]))).toEqual([
      "alice #1 replaced: 10 @ 106",
      "alice #1 repriced: @ 104",
      "alice #1 rests",
    ]);
  });

  it("to sell slides up", () => {
    book.hear(submit(1, { price: 100 }));
    expect(book.hear(submit(2, { ...sells, ...sliding, price: 98 }))).toEqual([
      "bob #2 repriced: @ 101",
      "bob #2 rests",
    ]);
  });

  it("that cannot slide any further is refused", () => {
    book.hear(submit(1, { ...sells, price: 1 }));
    expect(book.hear(submit(2, { ...sliding, price: 1 }))).toEqual([
      "alice #2 refused, post-only-would-take",
    ]);
    expect(book.hear(cancel(2))).toEqual(["alice #2 not changed, order-unknown"]);
  });

  it("that could not slide any further with its new terms keeps those it has", () => {
    book.hear(submit(1, { ...sliding, price: 1 }));
    const asks = { isHidden: true, minimumQuantity: 20 };
    book.hear(submit(2, { ...sells, price: 1, quantity: 20, asks }));
    expect(book.hear(replace(1, [10, 2]))).toEqual(["alice #1 not changed, post-only-would-take"]);
    expect(book.hear(cancel(1))).toEqual(["alice #1 removed, 10 left, requested"]);
  });
});

describe("an iceberg", () => {
  it("shows its slice and tells what is left of all of it", () => {
    expect(book.feedOf(submit(1, { asks: { displayQuantity: 3 } }))).toEqual([
      "APPLE-COIN bid 3 @ 100",
      "APPLE-COIN best 3 @ 100 | -",
    ]);
    book.hear(submit(2, { quantity: 5 }));
    expect(book.hear(submit(3, { ...sells, ...ioc, quantity: 4 }))).toEqual([
      "alice #1 filled 3 @ 100 as maker, 7 left",
      "bob #3 filled 3 @ 100 as taker, 1 left",
      "alice #2 filled 1 @ 100 as maker, 4 left",
      "bob #3 filled 1 @ 100 as taker, 0 left",
    ]);
    expect(book.book.depth(9).bids).toEqual([[100, 7, 2]]);
    expect(book.hear(cancel(1))).toEqual(["alice #1 removed, 7 left, requested"]);
  });

  it("keeps its place for less, and loses it for another slice", () => {
    book.hear(submit(1, { asks: { displayQuantity: 3 } }));
    book.hear(submit(2, { quantity: 5 }));
    const keep = { mustKeepPriority: true };
    expect(book.hear(replace(1, [8, 100], keep))).toHaveLength(2);
    expect(book.hear(replace(1, [8, 100], { ...keep, displayQuantity: 4 }))).toEqual([
      "alice #1 not changed, priority-would-be-lost",
    ]);
    book.hear(replace(1, [8, 100], { displayQuantity: 4 }));
    expect(book.hear(submit(3, { ...sells, ...ioc, quantity: 1 }))[0]).toBe(
      "alice #2 filled 1 @ 100 as maker, 4 left",
    );
  });
});

describe("a hidden order", () => {
  it("is told to nobody but its owner, and trades", () => {
    expect(book.feedOf(submit(1, { asks: { isHidden: true } }))).toEqual([]);
    expect(book.book.depth(9).bids).toEqual([]);
    expect(book.feedOf(submit(2, { ...sells, ...ioc, quantity: 4 }))).toEqual([
      "APPLE-COIN sold 4 @ 100",
    ]);
    expect(book.hear(cancel(1))).toEqual(["alice #1 removed, 6 left, requested"]);
  });

  it("may have a minimum", () => {
    book.hear(submit(1, { asks: { isHidden: true, minimumQuantity: 5 } }));
    expect(book.hear(submit(2, { ...sells, ...ioc, quantity: 4 }))).toEqual([
      "bob #2 removed, 4 left, immediate remainder",
    ]);
    const minimum = { asks: { minimumQuantity: 11 } };
    expect(book.hear(submit(3, { ...sells, ...ioc, ...minimum, quantity: 12 }))).toEqual([
      "bob #3 removed, 12 left, minimum unmet",
    ]);
  });

  it("at the lowest price, with a minimum, keeps no order beside it from new terms", () => {
    const asks = { isHidden: true, minimumQuantity: 5 };
    book.hear(submit(1, { ...sells, price: 1, asks }));
    expect(book.hear(submit(2, { price: 1, quantity: 3 }))).toEqual(["alice #2 rests"]);
    expect(book.hear(replace(2, [4, 1]))).toEqual(["alice #2 replaced: 4 @ 1", "alice #2 rests"]);
  });
});

describe("self-trade prevention", () => {
  const { cancelNewest, cancelOldest, cancelBoth, decrement, transfer } = SelfTradePrevention;
  const ours = { participant: "acme" } as const;

  /** What is told when alice's sale of six meets acme's buy of ten. */
  function meet(selfTradePrevention: SelfTradePrevention, account = "alice"): string[] {
    book.hear(submit(1, { ...ours }));
    const terms = { account, ...ours, side: Side.sell, quantity: 6 } as const;
    return book.hear(submit(2, { ...terms, asks: { selfTradePrevention } }));
  }

  it("may stop the order that comes in", () => {
    expect(meet(cancelNewest)).toEqual(["alice #2 removed, 6 left, self trade"]);
    expect(book.hear(cancel(1))).toEqual(["alice #1 removed, 10 left, requested"]);
  });

  it("may remove the one that rests", () => {
    expect(meet(cancelOldest)).toEqual(["alice #1 removed, 10 left, self trade", "alice #2 rests"]);
  });

  it("may remove both", () => {
    expect(meet(cancelBoth)).toEqual([
      "alice #1 removed, 10 left, self trade",
      "alice #2 removed, 6 left, self trade",
    ]);
  });

  it("may take quantity out of both", () => {
    expect(meet(decrement)).toEqual([
      "alice #1 decremented 6 @ 100, 4 left",
      "alice #2 decremented 6 @ 100, 0 left",
    ]);
    expect(book.hear(cancel(1))).toEqual(["alice #1 removed, 4 left, requested"]);
  });

  it("may transfer between two accounts", () => {
    expect(meet(transfer, "bob")).toEqual([
      "alice #1 filled 6 @ 100 as transfer, 4 left",
      "bob #2 filled 6 @ 100 as transfer, 0 left",
    ]);
  });

  it("tells the market of no trade when it transfers", () => {
    meet(transfer, "bob");
    expect(book.market.referencePrice).toBeUndefined();
    // It takes what is left of the other, then one that is a stranger's.
    book.hear(submit(3, { account: "carol", price: 99 }));
    const asks = { selfTradePrevention: transfer };
    book.hear(submit(4, { ...sells, ...ours, price: 99, quantity: 5, asks }));
    expect(book.market.referencePrice).toBe(99);
  });

  it("counts what was taken out of an order that is more than plain", () => {
    book.hear(submit(1, { ...ours, asks: { displayQuantity: 4 } }));
    const asks = { selfTradePrevention: decrement };
    book.hear(submit(2, { ...ours, side: Side.sell, quantity: 6, asks }));
    expect(book.hear(replace(1, [3, 101]))).toEqual([
      "alice #1 replaced: 3 @ 101",
      "alice #1 rests",
    ]);
    expect(book.hear(cancel(1))).toEqual(["alice #1 removed, 3 left, requested"]);
  });

  it("is for nobody of another participant", () => {
    expect(meet(cancelBoth).length).toBe(2);
    book.hear(submit(3, { participant: "other" }));
    expect(
      book.hear(submit(4, { ...sells, asks: { selfTradePrevention: cancelBoth } })),
    ).toHaveLength(2);
  });
});

describe("a market order", () => {
  it("goes no further than its collar from the best price that it meets", () => {
    book.hear(submit(1, { ...sells, price: 200, quantity: 3 }));
    book.hear(submit(2, { ...sells, price: 204, quantity: 3 }));
    book.hear(submit(3, { ...sells, price: 205, quantity: 3 }));
    expect(book.hear(submit(4, { ...atMarket, asks: { collarBasisPoints: 249 } }))).toEqual([
      "bob #1 filled 3 @ 200 as maker, 0 left",
      "alice #4 filled 3 @ 200 as taker, 7 left",
      "bob #2 filled 3 @ 204 as maker, 0 left",
      "alice #4 filled 3 @ 204 as taker, 4 left",
      "alice #4 removed, 4 left, collar reached",
    ]);
  });

  it("with a collar that meets nobody is over as others are", () => {
    expect(book.hear(submit(1, { ...atMarket, asks: { collarBasisPoints: 100 } }))).toEqual([
      "alice #1 removed, 10 left, immediate remainder",
    ]);
  });

  it("stops where its budget ends, to buy and to sell", () => {
    book.hear(submit(1, { ...sells, price: 100, quantity: 5 }));
    expect(book.hear(submit(2, { ...atMarket, budget: 450 })).slice(2)).toEqual([
      "alice #2 removed, 6 left, budget exhausted",
    ]);
    book.hear(submit(3, { price: 90, quantity: 5 }));
    expect(book.hear(submit(4, { ...atMarket, ...sells, price: 0, budget: 200 })).slice(2)).toEqual(
      ["bob #4 removed, 8 left, budget exhausted"],
    );
  });
});

describe("a fill-or-kill order", () => {
  it("trades wholly or is removed", () => {
    book.hear(submit(1, { ...sells, quantity: 5 }));
    const kill = { timeInForce: 2 } as const;
    expect(book.hear(submit(2, { ...kill, quantity: 6 }))).toEqual([
      "alice #2 removed, 6 left, unfillable",
    ]);
    expect(book.hear(submit(3, { ...kill, quantity: 5 }))).toEqual([
      "bob #1 filled 5 @ 100 as maker, 0 left",
      "alice #3 filled 5 @ 100 as taker, 0 left",
    ]);
  });
});
