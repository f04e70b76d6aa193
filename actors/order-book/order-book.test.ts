import { describe, expect, it } from "vitest";
import { InvariantViolation } from "../../protocols/assert.ts";
import { Side } from "../../protocols/order-terms.ts";
import { ReferenceOrderBook } from "./order-book.reference.ts";
import { OrderBook } from "./order-book.ts";
import { Story } from "./testing/story.ts";

describe.each([
  ["the order book", OrderBook],
  ["the reference order book", ReferenceOrderBook],
])("%s", (_, Book) => {
  describe("priority", () => {
    it("gives the best price first, then the order that came first", () => {
      const story = new Story(Book);
      story.play("A sell 5 @ 101", "B sell 5 @ 100", "C sell 5 @ 100");
      expect(story.play("D buy 12 @ 101")).toEqual([
        "D buys 5 @ 100 from B, 7 and 0 remain",
        "D buys 5 @ 100 from C, 2 and 0 remain",
        "ask 100: gone",
        "D buys 2 @ 101 from A, 0 and 3 remain",
        "ask 101: 3",
      ]);
    });

    it("gives a price improvement to the incoming order", () => {
      const story = new Story(Book);
      story.play("A buy 5 @ 105");
      expect(story.play("B sell 5 @ 100")).toEqual([
        "B sells 5 @ 105 to A, 0 and 0 remain",
        "bid 105: gone",
      ]);
    });

    it("is kept by an order whose quantity is reduced", () => {
      const story = new Story(Book);
      story.play("A buy 10 @ 100", "B buy 10 @ 100");
      expect(story.play("reduce A to 4", "C sell 6 @ 100")).toEqual([
        "bid 100: 14",
        "A reduced",
        "C sells 4 @ 100 to A, 2 and 0 remain",
        "C sells 2 @ 100 to B, 0 and 8 remain",
        "bid 100: 8",
      ]);
    });

    it("is kept by an order replaced with less at its own price", () => {
      const story = new Story(Book);
      story.play("A buy 10 @ 100", "B buy 10 @ 100");
      expect(story.play("replace A 4 @ 100", "C sell 5 @ 100")).toEqual([
        "bid 100: 14",
        "A kept-priority",
        "C sells 4 @ 100 to A, 1 and 0 remain",
        "C sells 1 @ 100 to B, 0 and 9 remain",
        "bid 100: 9",
      ]);
    });

    it("is lost by an order replaced with more", () => {
      const story = new Story(Book);
      story.play("A buy 10 @ 100", "B buy 10 @ 100");
      expect(story.play("replace A 11 @ 100", "C sell 12 @ 100")).toEqual([
        "bid 100: 21",
        "A lost-priority",
        "C sells 10 @ 100 to B, 2 and 0 remain",
        "C sells 2 @ 100 to A, 0 and 9 remain",
        "bid 100: 9",
      ]);
    });

    it("is lost by an order that goes to another price and comes back", () => {
      const story = new Story(Book);
      story.play("A buy 10 @ 100", "B buy 10 @ 100");
      expect(story.play("replace A 10 @ 99", "replace A 10 @ 100", "C sell 1 @ 100")).toEqual([
        "bid 100: 10",
        "bid 99: 10",
        "A lost-priority",
        "bid 99: gone",
        "bid 100: 20",
        "A lost-priority",
        "C sells 1 @ 100 to B, 0 and 9 remain",
        "bid 100: 19",
      ]);
    });

    it("of the orders behind a canceled one is not touched, wherever it stood", () => {
      for (const canceled of ["A", "B", "C"]) {
        const story = new Story(Book);
        story.play("A sell 1 @ 100", "B sell 1 @ 100", "C sell 1 @ 100", `cancel ${canceled}`);
        const makers = story
          .play("D buy 3 @ 100")
          .filter((told) => told.includes("buys"))
          .map((told) => told.charAt("D buys 1 @ 100 from ".length));
        expect(makers).toEqual(["A", "B", "C"].filter((name) => name !== canceled));
      }
    });
  });

  describe("a limit order", () => {
    it("rests what does not trade, and that becomes the best price", () => {
      const story = new Story(Book);
      story.play("A sell 5 @ 100", "B sell 5 @ 103");
      expect(story.play("C buy 8 @ 101")).toEqual([
        "C buys 5 @ 100 from A, 3 and 0 remain",
        "ask 100: gone",
        "bid 101: 3",
      ]);
      expect(story.book.bestBid).toBe(101);
      expect(story.book.bestAsk).toBe(103);
    });

    it("leaves nothing when it takes several levels to the last lot", () => {
      const story = new Story(Book);
      story.play("A buy 1 @ 102", "B buy 2 @ 101", "C buy 3 @ 100");
      story.play("D sell 6 @ 100");
      expect(story.book.orderCount).toBe(0);
      expect(story.book.levelCount).toBe(0);
      expect(story.book.bestBid).toBeUndefined();
      expect(story.book.bestAsk).toBeUndefined();
    });

    it("trades when a replacement takes it across the market", () => {
      const story = new Story(Book);
      story.play("A buy 5 @ 99", "B sell 2 @ 101", "C sell 9 @ 102");
      expect(story.play("replace A 4 @ 101")).toEqual([
        "bid 99: gone",
        "A buys 2 @ 101 from B, 2 and 0 remain",
        "ask 101: gone",
        "bid 101: 2",
        "A lost-priority",
      ]);
    });

    it("is gone when its replacement trades all of it", () => {
      const story = new Story(Book);
      story.play("A sell 5 @ 101", "B buy 5 @ 100", "replace A 5 @ 100");
      expect(story.book.has(idOf("A"))).toBe(false);
      expect(story.book.orderCount).toBe(0);
    });

    it("may rest at any safe integer, and prices far apart still meet in order", () => {
      const far = Number.MAX_SAFE_INTEGER;
      const story = new Story(Book);
      story.play("A sell 1 @ 2147483648", `B sell 1 @ ${far}`, "C sell 1 @ 100000", "D buy 1 @ 1");
      story.play("E buy 1 @ 0", "F buy 1 @ -70000", `G buy 1 @ -${far}`);
      expect(story.depth()).toEqual({
        bids: ["1 @ 1 (1)", "1 @ 0 (1)", "1 @ -70000 (1)", `1 @ -${far} (1)`],
        asks: ["1 @ 100000 (1)", "1 @ 2147483648 (1)", `1 @ ${far} (1)`],
      });
      expect(story.play("H sell 4 market", "I buy 3 market").filter(isTrade)).toEqual([
        "H sells 1 @ 1 to D, 3 and 0 remain",
        "H sells 1 @ 0 to E, 2 and 0 remain",
        "H sells 1 @ -70000 to F, 1 and 0 remain",
        `H sells 1 @ -${far} to G, 0 and 0 remain`,
        "I buys 1 @ 100000 from C, 2 and 0 remain",
        "I buys 1 @ 2147483648 from A, 1 and 0 remain",
        `I buys 1 @ ${far} from B, 0 and 0 remain`,
      ]);
    });
  });

  describe("an immediate order", () => {
    it("does not rest what it cannot trade", () => {
      const story = new Story(Book);
      story.play("A sell 5 @ 100");
      expect(story.play("B buy 8 @ 100 ioc")).toEqual([
        "B buys 5 @ 100 from A, 3 and 0 remain",
        "ask 100: gone",
        "3 of B left over",
      ]);
      expect(story.book.has(idOf("B"))).toBe(false);
    });

    it("tells of nothing when the market is beyond its limit", () => {
      const story = new Story(Book);
      story.play("A sell 5 @ 100");
      expect(story.play("B buy 8 @ 99 ioc")).toEqual(["8 of B left over"]);
    });
  });

  describe("a market order", () => {
    it("takes any price and leaves over what finds nobody", () => {
      const story = new Story(Book);
      story.play("A sell 1 @ 100", "B sell 1 @ 900");
      expect(story.play("C buy 3 market", "D sell 1 market")).toEqual([
        "C buys 1 @ 100 from A, 2 and 0 remain",
        "ask 100: gone",
        "C buys 1 @ 900 from B, 1 and 0 remain",
        "ask 900: gone",
        "1 of C left over",
        "1 of D left over",
      ]);
    });

    it("stops before the lot that its budget cannot pay", () => {
      const story = new Story(Book);
      story.play("A sell 2 @ 100", "B sell 5 @ 150");
      expect(story.play("C buy 9 market spend 599")).toEqual([
        "C buys 2 @ 100 from A, 7 and 0 remain",
        "ask 100: gone",
        "C buys 2 @ 150 from B, 5 and 3 remain",
        "ask 150: 3",
        "5 of C left over",
      ]);
    });

    it("tells of nothing when its budget does not pay for one lot", () => {
      const story = new Story(Book);
      story.play("A sell 2 @ 100");
      expect(story.play("B buy 1 market spend 99")).toEqual(["1 of B left over"]);
    });

    it("ignores the budget when it sells", () => {
      const story = new Story(Book);
      story.play("A buy 2 @ 100");
      expect(story.play("B sell 2 market spend 0")).toEqual([
        "B sells 2 @ 100 to A, 0 and 0 remain",
        "bid 100: gone",
      ]);
    });

    it("pays nothing from its budget at a price of zero or less", () => {
      const story = new Story(Book);
      story.play("A sell 2 @ -1", "B sell 2 @ 0", "C sell 2 @ 1");
      expect(story.play("D buy 6 market spend 1").filter(isTrade)).toEqual([
        "D buys 2 @ -1 from A, 4 and 0 remain",
        "D buys 2 @ 0 from B, 2 and 0 remain",
        "D buys 1 @ 1 from C, 1 and 1 remain",
      ]);
    });
  });

  describe("a limit order with a budget", () => {
    it("rests the remainder that found nobody, whatever is left of the budget", () => {
      const story = new Story(Book);
      story.play("A sell 2 @ 100");
      expect(story.play("B buy 5 @ 100 spend 200")).toEqual([
        "B buys 2 @ 100 from A, 3 and 0 remain",
        "ask 100: gone",
        "bid 100: 3",
      ]);
    });

    it("does not rest what its budget kept from trading, which would cross the book", () => {
      const story = new Story(Book);
      story.play("A sell 2 @ 100");
      expect(story.play("B buy 2 @ 100 spend 150")).toEqual([
        "B buys 1 @ 100 from A, 1 and 1 remain",
        "ask 100: 1",
        "1 of B left over",
      ]);
    });
  });

  describe("an order id", () => {
    it("that does not rest is answered as unknown", () => {
      const story = new Story(Book);
      story.play("A buy 1 @ 100", "B sell 1 @ 100");
      expect(story.play("cancel A", "reduce A to 1", "replace A 1 @ 100", "cancel Z")).toEqual([
        "A unknown",
        "A unknown",
        "A unknown",
        "Z unknown",
      ]);
      expect(story.book.resting(idOf("A"), emptyOrder())).toBe(false);
    });

    it("is free again once its order is gone", () => {
      const story = new Story(Book);
      story.play("A buy 1 @ 100", "cancel A");
      expect(story.play("A sell 2 @ 105")).toEqual(["ask 105: 2"]);
    });

    it("that rests cannot be placed again", () => {
      const story = new Story(Book);
      story.play("A buy 1 @ 100");
      expect(() => story.play("A buy 1 @ 90")).toThrow(InvariantViolation);
    });
  });

  it("reads a resting order into the caller's object", () => {
    const { book } = new Story(Book);
    book.place({ ...limitOrder, orderId: 2 ** 50, owner: -7, price: 12, quantity: 34 });
    const read = emptyOrder();
    expect(book.resting(2 ** 50, read)).toBe(true);
    const { side } = limitOrder;
    expect(read).toEqual({ orderId: 2 ** 50, owner: -7, side, price: 12, remaining: 34 });
  });

  it("tells of nothing when an order is reduced to what it has", () => {
    const story = new Story(Book);
    story.play("A buy 3 @ 100");
    expect(story.play("reduce A to 3", "replace A 3 @ 100")).toEqual([
      "A reduced",
      "A kept-priority",
    ]);
  });

  it("refuses to let an order grow in place", () => {
    const story = new Story(Book);
    story.play("A buy 3 @ 100");
    expect(() => story.play("reduce A to 4")).toThrow(InvariantViolation);
    expect(() => story.play("reduce A to 0")).toThrow(InvariantViolation);
  });

  it("shows no more levels than it is asked for", () => {
    const story = new Story(Book);
    story.play("A buy 1 @ 100", "B buy 1 @ 99", "C buy 1 @ 98", "D buy 2 @ 99");
    expect(story.book.depth(Side.buy, 2)).toEqual([
      [100, 1, 1],
      [99, 3, 2],
    ]);
    expect(story.book.depth(Side.sell, 2)).toEqual([]);
  });

  it("visits bids then asks, best price first, oldest first", () => {
    const story = new Story(Book);
    story.play("A sell 1 @ 102", "B buy 1 @ 99", "C sell 1 @ 101", "D buy 1 @ 100", "E buy 1 @ 99");
    const visited: string[] = [];
    story.book.visitResting(({ orderId }) => visited.push(String.fromCharCode(orderId)));
    expect(visited).toEqual(["D", "B", "E", "C", "A"]);
  });

  it("restored from what was visited goes on as if nothing had happened", () => {
    const before = new Story(Book);
    before.play(
      "A sell 9 @ 102",
      "B buy 1 @ 99",
      "C buy 2 @ 99",
      "D sell 4 @ 101",
      "E buy 1 @ 101",
    );
    const after = new Story(Book);
    before.book.visitResting((order) => after.book.restoreResting(order));
    expect(after.play()).toEqual([]);

    const lines = [
      "F buy 5 @ 102",
      "G sell 2 @ 99",
      "replace A 20 @ 98",
      "cancel C",
      "H buy 9 @ 98",
    ];
    expect(after.play(...lines)).toEqual(before.play(...lines));
    expect(after.depth()).toEqual(before.depth());
  });

  it("refuses to be restored to a crossed book or with an order twice", () => {
    const { book } = new Story(Book);
    const order = { orderId: 1, owner: 0, side: Side.buy, price: 100, remaining: 5 };
    book.restoreResting(order);
    expect(() => book.restoreResting(order)).toThrow(InvariantViolation);
    const fraction = { ...order, orderId: 3, remaining: 0.5 };
    if (Book === OrderBook) expect(() => book.restoreResting(fraction)).toThrow(InvariantViolation);
    const crossing = { ...order, orderId: 2, side: Side.sell };
    expect(() => book.restoreResting(crossing)).toThrow(InvariantViolation);
  });
});

describe("the order book", () => {
  it.each([
    ["a quantity of zero", { quantity: 0 }],
    ["a fraction of a lot", { quantity: 1.5 }],
    ["a fraction of a tick", { price: 0.5 }],
    ["a price beyond exact integers", { price: 2 ** 53 }],
    ["a negative budget", { budget: -1 }],
    ["an id beyond exact integers", { orderId: 2 ** 53 }],
    ["an owner beyond 32 bits", { owner: 2 ** 31 }],
  ])("refuses %s", (_, part) => {
    const book = new Story(OrderBook).book;
    expect(() => book.place({ ...limitOrder, ...part })).toThrow(InvariantViolation);
  });

  it("refuses to replace an order with fractions", () => {
    const book = new Story(OrderBook).book;
    book.place(limitOrder);
    expect(() => book.replace(limitOrder.orderId, 100, 1.5)).toThrow(InvariantViolation);
    expect(() => book.replace(limitOrder.orderId, 99.5, 1)).toThrow(InvariantViolation);
    expect(() => book.reduce(limitOrder.orderId, 0.5)).toThrow(InvariantViolation);
  });

  it("refuses more at one price than it can count exactly", () => {
    const book = new Story(OrderBook).book;
    book.place({ ...limitOrder, quantity: Number.MAX_SAFE_INTEGER });
    expect(() => book.place({ ...limitOrder, orderId: 2, quantity: 1 })).toThrow(
      InvariantViolation,
    );
  });
});

const limitOrder = {
  orderId: 1,
  owner: 0,
  side: Side.buy,
  price: 100,
  quantity: 1,
  isMarket: false,
  isImmediate: false,
  budget: Number.MAX_SAFE_INTEGER,
};

function emptyOrder() {
  return { orderId: 0, owner: 0, side: Side.buy as Side, price: 0, remaining: 0 };
}

function idOf(name: string): number {
  return name.charCodeAt(0);
}

function isTrade(told: string): boolean {
  return / (buys|sells) /.test(told);
}
