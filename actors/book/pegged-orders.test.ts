/**
 * Orders that follow a price, at one book.
 *
 * The book has twins that come from snapshots; see the lone book.
 */
import { beforeEach, describe, expect, it } from "vitest";
import {
  OrderType,
  PegReference,
  SelfTradePrevention,
  Side,
  TimeInForce,
  TriggerSource,
} from "../../protocols/index.ts";
import type { OrderInstructions, SubmitOrder } from "../../protocols/index.ts";
import { buys, cancel, ioc, LoneBook, replace, sells, submit } from "./testing/lone-book.ts";

let book: LoneBook;

beforeEach(() => {
  book = new LoneBook();
  book.hear(submit(100, { ...buys, price: 100 }));
  book.hear(submit(101, { ...sells, price: 110 }));
});

const { primary, market, midpoint } = PegReference;

/** Alice's order for ten that follows a price: a buy up to 1000, unless something else is said. */
function peg(
  orderId: number,
  asks: Partial<OrderInstructions>,
  terms: Partial<SubmitOrder> = {},
): SubmitOrder {
  return submit(orderId, { orderType: OrderType.pegged, price: 1000, ...terms, asks });
}

const selling = { side: Side.sell, price: 1 } as const;

/** Where the order would sell to, or buy from, somebody who takes one lot of it at any price. */
function standsAt(side: Side): string | undefined {
  const taker = { account: "carol", ...ioc, quantity: 1 } as const;
  const terms = side === Side.buy ? { side: Side.sell, price: 101 } : { price: 109 };
  return book
    .hear(submit(9000, { ...taker, ...terms }))
    .find((text) => text.startsWith("alice"))
    ?.split(" as ")[0];
}

describe("a pegged order", () => {
  it("stands at the best price of its side, behind those who are seen", () => {
    expect(book.hear(peg(1, { pegReference: primary }))).toEqual(["alice #1 rests"]);
    expect(book.hear(submit(2, { ...sells, ...ioc, price: 100, quantity: 12 }))).toEqual([
      "bob #100 filled 10 @ 100 as maker, 0 left",
      "bob #2 filled 10 @ 100 as taker, 2 left",
      "alice #1 filled 2 @ 100 as maker, 8 left",
      "bob #2 filled 2 @ 100 as taker, 0 left",
    ]);
  });

  it("is not seen", () => {
    expect(book.feedOf(peg(1, { pegReference: midpoint }))).toEqual([]);
    expect(book.book.depth(9).bids).toEqual([[100, 10, 1]]);
  });

  it("stands at the middle, taken to its own side where that is no tick", () => {
    book.hear(peg(1, { pegReference: midpoint }));
    expect(standsAt(Side.buy)).toBe("alice #1 filled 1 @ 105");
    book.hear(submit(102, { ...sells, price: 109 }));
    expect(standsAt(Side.buy)).toBe("alice #1 filled 1 @ 104");
    book.hear(cancel(1));
    book.hear(peg(2, { pegReference: midpoint }, selling));
    expect(standsAt(Side.sell)).toBe("alice #2 filled 1 @ 105");
  });

  it("trades at once at the best price of the other side", () => {
    expect(book.hear(peg(1, { pegReference: market }))).toEqual([
      "alice #1 rests",
      "bob #101 filled 10 @ 110 as maker, 0 left",
      "alice #1 filled 10 @ 110 as taker, 0 left",
    ]);
    expect(book.hear(cancel(1))).toEqual(["alice #1 not changed, order-unknown"]);
  });

  it("is parked by the auction that comes where it would trade beyond a band", () => {
    book.hear(submit(102, { ...sells, price: 109, quantity: 4 }));
    book.market.band = { low: 90, high: 109 };
    expect(book.hear(peg(1, { pegReference: market }))).toEqual([
      "alice #1 rests",
      "bob #102 filled 4 @ 109 as maker, 0 left",
      "alice #1 filled 4 @ 109 as taker, 6 left",
      "alice #1 rests",
    ]);
    expect(book.market.phase).toBe("volatilityAuction");
    book.market.band = undefined;
    expect(book.enter("continuous")).toEqual([
      "bob #101 filled 6 @ 110 as maker, 4 left",
      "alice #1 filled 6 @ 110 as taker, 0 left",
    ]);
  });

  it("stays its offset behind what it follows", () => {
    book.hear(peg(1, { pegReference: market, pegOffset: 3 }));
    expect(standsAt(Side.buy)).toBe("alice #1 filled 1 @ 107");
    book.hear(cancel(1));
    book.hear(peg(2, { pegReference: market, pegOffset: 2 }, selling));
    expect(standsAt(Side.sell)).toBe("alice #2 filled 1 @ 102");
  });

  it("goes no further than its limit", () => {
    book.hear(peg(1, { pegReference: midpoint }, { price: 103 }));
    expect(standsAt(Side.buy)).toBe("alice #1 filled 1 @ 103");
    book.hear(cancel(1));
    book.hear(peg(2, { pegReference: midpoint }, { ...selling, price: 108 }));
    expect(standsAt(Side.sell)).toBe("alice #2 filled 1 @ 108");
  });

  it("moves with each change of what it follows", () => {
    book.hear(peg(1, { pegReference: midpoint }));
    book.hear(submit(102, { ...buys, price: 104 }));
    expect(standsAt(Side.buy)).toBe("alice #1 filled 1 @ 107");
    book.hear(cancel(102, "bob"));
    expect(standsAt(Side.buy)).toBe("alice #1 filled 1 @ 105");
    // What rests there is no better than what it follows.
    book.hear(submit(103, { ...buys, price: 106, quantity: 3 }));
    expect(book.hear(submit(104, { ...sells, ...ioc, price: 106, quantity: 11 }))).toEqual([
      "alice #1 filled 8 @ 108 as maker, 0 left",
      "bob #104 filled 8 @ 108 as taker, 3 left",
      "bob #103 filled 3 @ 106 as maker, 0 left",
      "bob #104 filled 3 @ 106 as taker, 0 left",
    ]);
  });

  it("trades where its moving lets it meet another", () => {
    book.hear(peg(1, { pegReference: midpoint }));
    book.hear(peg(2, { pegReference: primary }, { ...selling, account: "bob" }));
    // The seller comes down to what the buyer has just left.
    expect(book.hear(submit(3, { account: "carol", price: 109 }))).toEqual(["carol #3 rests"]);
    expect(book.hear(submit(4, { account: "carol", side: Side.sell, price: 110 }))).toEqual([
      "carol #4 rests",
    ]);
    book.hear(peg(5, { pegReference: midpoint }, { ...selling, account: "bob" }));
    book.hear(cancel(3, "carol"));
    expect(book.hear(cancel(5, "bob"))).toEqual(["bob #5 not changed, order-unknown"]);
  });

  it("has nothing to follow where a side is empty, and comes back when it is not", () => {
    book.hear(peg(1, { pegReference: primary }));
    book.hear(peg(2, { pegReference: market, pegOffset: 5 }));
    expect(book.hear(submit(3, { ...sells, ...ioc, price: 100, quantity: 14 })).slice(2)).toEqual([
      // The one that follows the other side stands at 105.
      "bob #100 filled 4 @ 100 as maker, 6 left",
      "bob #3 filled 4 @ 100 as taker, 0 left",
    ]);
    expect(book.hear(cancel(100, "bob"))).toEqual(["bob #100 removed, 6 left, requested"]);
    expect(book.hear(submit(4, { ...sells, ...ioc, price: 1 }))).toEqual([
      "bob #4 removed, 10 left, immediate remainder",
    ]);
    expect(book.hear(submit(5, { ...buys, price: 90, quantity: 1 }))).toEqual(["bob #5 rests"]);
    expect(book.hear(submit(6, { ...sells, ...ioc, price: 90, quantity: 2 }))).toEqual([
      "bob #5 filled 1 @ 90 as maker, 0 left",
      "bob #6 filled 1 @ 90 as taker, 1 left",
      "alice #1 filled 1 @ 90 as maker, 9 left",
      "bob #6 filled 1 @ 90 as taker, 0 left",
    ]);
  });

  it("keeps count of what it has executed while it has nothing to follow", () => {
    book.hear(peg(1, { pegReference: midpoint }));
    book.hear(submit(2, { ...sells, ...ioc, price: 105, quantity: 4 }));
    book.hear(cancel(100, "bob"));
    expect(book.hear(replace(1, [4, 1000]))).toEqual([
      "alice #1 not changed, quantity-below-executed",
    ]);
    expect(book.hear(replace(1, [9, 1000]))).toEqual([
      "alice #1 replaced: 9 @ 1000",
      "alice #1 rests",
    ]);
    book.hear(submit(102, { ...buys, price: 100 }));
    expect(standsAt(Side.buy)).toBe("alice #1 filled 1 @ 105");
    book.hear(cancel(102, "bob"));
    expect(book.hear(cancel(1))).toEqual(["alice #1 removed, 4 left, requested"]);
  });

  it("may be made smaller where trading is over, counted from what is left of it", () => {
    book.hear(peg(1, { pegReference: midpoint }));
    book.hear(submit(2, { ...sells, ...ioc, price: 105, quantity: 4 }));
    book.hear(cancel(100, "bob"));
    book.enter("cancelOnly");
    expect(book.hear(replace(1, [11, 1000]))).toEqual(["alice #1 not changed, phase-forbids"]);
    expect(book.hear(replace(1, [10, 1000]))).toHaveLength(2);
    expect(book.hear(replace(1, [9, 1000]))).toHaveLength(2);
  });

  it("has no price below one tick", () => {
    book.hear(peg(1, { pegReference: primary, pegOffset: 100 }));
    expect(standsAt(Side.buy)).toBeUndefined();
    expect(book.hear(cancel(1))).toEqual(["alice #1 removed, 10 left, requested"]);
  });

  it("may have a minimum, and then passes over who wants less", () => {
    book.hear(peg(1, { pegReference: midpoint, minimumQuantity: 5 }));
    expect(standsAt(Side.buy)).toBeUndefined();
    expect(book.hear(submit(2, { ...sells, ...ioc, price: 105, quantity: 6 }))[0]).toBe(
      "alice #1 filled 6 @ 105 as maker, 4 left",
    );
  });

  it("is replaced as others are: its limit, its offset and its quantity", () => {
    book.hear(peg(1, { pegReference: midpoint, pegOffset: 1 }));
    expect(book.hear(replace(1, [10, 1000], { pegOffset: 2 }))).toEqual([
      "alice #1 replaced: 10 @ 1000",
      "alice #1 rests",
    ]);
    expect(standsAt(Side.buy)).toBe("alice #1 filled 1 @ 103");
    book.hear(replace(1, [8, 102]));
    expect(standsAt(Side.buy)).toBe("alice #1 filled 1 @ 102");
    expect(book.hear(replace(1, [8, 102], { mustKeepPriority: true }))).toEqual([
      "alice #1 replaced: 8 @ 102",
      "alice #1 rests",
    ]);
    expect(book.hear(replace(1, [8, 103], { mustKeepPriority: true }))).toEqual([
      "alice #1 not changed, priority-would-be-lost",
    ]);
    expect(book.hear(cancel(1))).toEqual(["alice #1 removed, 6 left, requested"]);
  });

  it("takes no part in auctions, and comes back after them", () => {
    book.hear(peg(1, { pegReference: midpoint }));
    book.enter("volatilityAuction");
    expect(book.hear(peg(2, { pegReference: midpoint }))).toEqual(["alice #2 rests"]);
    book.hear(submit(3, { ...sells, price: 100, quantity: 10 }));
    expect(book.enter("continuous")).toEqual([
      "bob #100 filled 10 @ 100 as auction, 0 left",
      "bob #3 filled 10 @ 100 as auction, 0 left",
    ]);
    book.hear(submit(102, { ...buys, price: 102 }));
    expect(standsAt(Side.buy)).toBe("alice #1 filled 1 @ 106");
  });

  it("ends when its time is over, whether it rests or not", () => {
    const untilFive = { timeInForce: TimeInForce.GTD } as const;
    book.hear(peg(1, { pegReference: midpoint, expiresAtUs: 5 }, untilFive));
    book.hear(peg(2, { pegReference: primary, pegOffset: 100, expiresAtUs: 5 }, untilFive));
    expect(book.passTo(5)).toEqual([
      "alice #1 removed, 10 left, time reached",
      "alice #2 removed, 10 left, time reached",
    ]);
  });

  it("that removes another has those before it, and waiting orders, look again at once", () => {
    book.hear(submit(102, { account: "carol", price: 95 }));
    book.hear(peg(1, { pegReference: primary, pegOffset: 2 }));
    const triggerSource = TriggerSource.best;
    const stop = { account: "dave", side: Side.sell, orderType: OrderType.stop, price: 0 } as const;
    book.hear(submit(103, { ...stop, quantity: 1, asks: { triggerPrice: 96, triggerSource } }));
    const selfTradePrevention = SelfTradePrevention.cancelOldest;
    const asks = { pegReference: market, selfTradePrevention };
    expect(book.hear(peg(2, asks, { ...sells, price: 100 }))).toEqual([
      "bob #2 rests",
      "bob #100 removed, 10 left, self trade",
      "dave #103 triggered",
      "alice #1 filled 1 @ 98 as maker, 9 left",
      "dave #103 filled 1 @ 98 as taker, 0 left",
    ]);
    expect(book.hear(submit(3, { ...sells, ...ioc, price: 93, quantity: 11 }))).toEqual([
      "carol #102 filled 10 @ 95 as maker, 0 left",
      "bob #3 filled 10 @ 95 as taker, 1 left",
      "alice #1 filled 1 @ 93 as maker, 8 left",
      "bob #3 filled 1 @ 93 as taker, 0 left",
    ]);
  });

  it("goes one after the other where several move: the first that came moves first", () => {
    book.hear(peg(1, { pegReference: midpoint }));
    book.hear(peg(2, { pegReference: midpoint }));
    book.hear(submit(102, { ...buys, price: 102 }));
    expect(book.hear(submit(3, { ...sells, ...ioc, price: 106, quantity: 11 }))).toEqual([
      "alice #1 filled 10 @ 106 as maker, 0 left",
      "bob #3 filled 10 @ 106 as taker, 1 left",
      "alice #2 filled 1 @ 106 as maker, 9 left",
      "bob #3 filled 1 @ 106 as taker, 0 left",
    ]);
  });
});
