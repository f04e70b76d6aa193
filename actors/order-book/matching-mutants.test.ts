/**
 * What changes to the matching code no other test noticed; see docs/protocols/matching-mutations.md.
 *
 * Method: each story is played to the fast book and to the slow one that is written from
 * docs/protocols/matching.md, and both tell what is expected.
 */
import { describe, expect, it } from "vitest";
import { InvariantViolation } from "../../protocols/assert.ts";
import { Side } from "../../protocols/order-terms.ts";
import { plainOrder } from "./book-terms.ts";
import { assertInvariants } from "./order-book.invariants.ts";
import { LevelSlab } from "./level-slab.ts";
import { ReferenceOrderBook } from "./order-book.reference.ts";
import { OrderBook } from "./order-book.ts";
import { PriceLadder } from "./price-ladder.ts";
import { Story } from "./testing/story.ts";

describe.each([
  { name: "the order book", Book: OrderBook },
  { name: "the reference order book", Book: ReferenceOrderBook },
])("$name", ({ Book }) => {
  /** What the last line led to: trades and what was left over. */
  function last(...lines: readonly string[]): string[] {
    const story = new Story(Book);
    story.play(...lines.slice(0, -1));
    return story.play(...lines.slice(-1)).filter((line) => !/^(bid|ask) /.test(line));
  }

  describe("a fill-or-kill sell that wants to bring in no more than so much", () => {
    const unfillable = (quantity: number) => [`${String(quantity)} of C left over: unfillable`];

    it("does not go past a price at which its budget ends, for a lower one that it could pay", () => {
      expect(last("A buy 5 @ 100", "B buy 5 @ 40", "C sell 2 @ 1 fok spend 150")).toEqual(
        unfillable(2),
      );
      expect(last("A buy 5 @ 100 hidden", "B buy 5 @ 40", "C sell 2 @ 1 fok spend 150")).toEqual(
        unfillable(2),
      );
    });

    it("goes on to the lower price where all that stood at the higher one was taken", () => {
      for (const terms of ["", " hidden"]) {
        expect(
          last(`A buy 1 @ 100${terms}`, "B buy 5 @ 40", "C sell 2 @ 1 fok spend 150"),
        ).toHaveLength(2);
      }
    });

    it("does not go past what it cannot pay at all, though none of it is for it", () => {
      const own = "A buy 5 @ 100 group 1";
      const passedOver = "A buy 5 @ 100 hidden min 2";
      const sell = "C sell 1 @ 1 fok spend 60 group 1 cancel-oldest";
      expect(last(own, "B buy 5 @ 50", sell)).toEqual(unfillable(1));
      expect(last(passedOver, "B buy 5 @ 50", sell)).toEqual(unfillable(1));
    });
  });

  it("lets an order without a budget reach what costs more than can be counted", () => {
    const prices = [2 ** 52, 2 ** 52 + 1, 2 ** 52 + 2];
    const asks = prices.map((price, index) => `${"ABC".charAt(index)} sell 1 @ ${String(price)}`);
    expect(last(...asks, `D buy 3 @ ${String(2 ** 52 + 2)} fok`)).toHaveLength(3);
  });

  it("lets an order rest whose budget the last hidden order has used up", () => {
    const story = new Story(Book);
    story.play("A sell 5 @ 100 hidden", "B buy 10 @ 100 spend 500");
    expect(story.orders()).toEqual(["B buy 5 of 5 @ 100"]);
  });

  it("keeps the minimum of an order that is displayed, and its place while that stays the same", () => {
    const order = "A buy 5 @ 100 min 2";
    expect(last(order, "replace A 4 @ 100 min 2")).toEqual(["A kept-priority"]);
    expect(last(order, "replace A 4 @ 100")).toEqual(["A lost-priority"]);
  });

  it("takes no reference price for an auction beyond the limits at which the sides overlap", () => {
    const buyers = ["gather A buy 5 market", "gather B sell 5 @ 100"];
    expect(last(...buyers, "equilibrium near 110")).toEqual(["5 @ 100, even"]);
    const sellers = ["gather A sell 5 market", "gather B buy 5 @ 100"];
    expect(last(...sellers, "equilibrium near 90")).toEqual(["5 @ 100, even"]);
  });
});

describe("the order book", () => {
  const silent = {
    ...{ traded() {}, prevented() {}, removed() {}, levelChanged() {} },
    ...{ entryAdded() {}, entryExecuted() {}, entryCanceled() {} },
  };
  const resting = {
    orderId: 1,
    owner: 0,
    group: 0,
    side: Side.buy as Side,
    price: 100,
    remaining: 5,
    displayed: 5,
    display: Number.MAX_SAFE_INTEGER,
    minimum: 0,
    entryId: 1,
  };

  it.each([
    ["a fraction of a tick", { price: 0.5 }],
    ["nothing that remains", { remaining: 0 }],
    ["a group beyond 32 bits", { group: 2 ** 31 }],
    ["a displayed order without an entry id", { entryId: 0 }],
    ["a hidden order with an entry id", { display: 0 }],
  ])("refuses to be rebuilt from %s", (_, terms) => {
    const { book } = new Story(OrderBook);
    expect(() => {
      book.restoreResting({ ...resting, ...terms });
    }).toThrow(InvariantViolation);
  });

  it("is rebuilt with the minimum of an order that is displayed", () => {
    const { book } = new Story(OrderBook);
    book.restoreResting({ ...resting, minimum: 2 });
    const minimums: number[] = [];
    book.visitResting(({ minimum }) => minimums.push(minimum));
    expect(minimums).toEqual([2]);
  });

  it("refuses a rule by which shares of nothing are given", () => {
    expect(() => new OrderBook(silent, { isProRata: true, minimumAllocation: 0 })).toThrow(
      InvariantViolation,
    );
  });

  it.each([0, 0.5, 1.5])("refuses to reduce an order to %d lots", (newRemaining) => {
    const { book } = new Story(OrderBook);
    book.restoreResting(resting);
    expect(() => book.reduce(1, newRemaining)).toThrow(InvariantViolation);
  });

  it("refuses to replace an order by one of no lots, at its price and at another", () => {
    for (const price of [100, 102]) {
      const book = new OrderBook(silent);
      book.restoreResting(resting);
      const order = { ...plainOrder(), orderId: 1, price, quantity: 0 };
      expect(() => book.replace(order)).toThrow(InvariantViolation);
    }
  });

  it.each([
    ["buyers", "gather A buy 5 @ 100", "gather B sell 9 @ 100"],
    ["sellers", "gather A buy 9 @ 100", "gather B sell 5 @ 100"],
  ])("refuses to execute more than there are %s for", (_, ...orders) => {
    const story = new Story(OrderBook);
    story.play(...orders);
    const balance = { price: 100, volume: 6, surplusSide: Side.buy, surplus: 0 };
    expect(() => {
      story.book.uncross(balance);
    }).toThrow("less can be executed than the equilibrium says");
  });

  it("may be crossed while it gathers, when it is rebuilt so, and not after an uncrossing", () => {
    const book = new OrderBook(silent);
    book.restoreResting(resting);
    book.restoreResting({ ...resting, orderId: 2, side: Side.sell });
    assertInvariants(book);
    const equilibrium = book.equilibrium(undefined, 1000);
    expect(equilibrium).toMatchObject({ price: 100, volume: 5 });
    if (equilibrium !== undefined) book.uncross(equilibrium);
    expect(book).toMatchObject({ gathers: false, orderCount: 0 });
    book.restoreResting(resting);
    expect(book).toMatchObject({ gathers: false });
    book.restoreResting({ ...resting, orderId: 2, side: Side.sell, price: 101 });
    expect(book).toMatchObject({ gathers: false });
  });
});

describe("a price ladder", () => {
  it("refuses to drop a level of another ladder", () => {
    const levels = new LevelSlab();
    const bids = new PriceLadder(levels, { side: Side.buy, number: 0 });
    const asks = new PriceLadder(levels, { side: Side.sell, number: 1 });
    const level = asks.findOrAdd(100);
    expect(() => {
      bids.remove(level);
    }).toThrow(InvariantViolation);
  });
});
