import { describe, expect, it } from "vitest";
import { InvariantViolation } from "../../protocols/assert.ts";
import { Side } from "../../protocols/order-terms.ts";
import type { MatchingRule } from "./book-terms.ts";
import { ReferenceOrderBook } from "./order-book.reference.ts";
import { OrderBook } from "./order-book.ts";
import { emptyOrder, idOf, plainOrder, Story } from "./testing/story.ts";

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
        "3 of B left over: immediate",
      ]);
      expect(story.book.has(idOf("B"))).toBe(false);
    });

    it("tells of nothing when the market is beyond its limit", () => {
      const story = new Story(Book);
      story.play("A sell 5 @ 100");
      expect(story.play("B buy 8 @ 99 ioc")).toEqual(["8 of B left over: immediate"]);
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
        "1 of C left over: immediate",
        "1 of D left over: immediate",
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
        "5 of C left over: budget",
      ]);
    });

    it("tells of nothing when its budget does not pay for one lot", () => {
      const story = new Story(Book);
      story.play("A sell 2 @ 100");
      expect(story.play("B buy 1 market spend 99")).toEqual(["1 of B left over: budget"]);
    });

    it("that sells stops before the lot that would bring in more than it asked for", () => {
      const story = new Story(Book);
      story.play("A buy 2 @ 100", "B buy 5 @ 90");
      expect(story.play("C sell 5 market spend 289")).toEqual([
        "C sells 2 @ 100 to A, 3 and 0 remain",
        "bid 100: gone",
        "3 of C left over: budget",
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
        "1 of B left over: budget",
      ]);
    });

    it("is stopped by it at a hidden order, too", () => {
      const story = new Story(Book);
      story.play("A sell 5 @ 100 hidden");
      expect(story.play("B buy 5 @ 100 spend 250")).toEqual([
        "B buys 2 @ 100 from A, 3 and 3 remain",
        "3 of B left over: budget",
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
    const terms = { owner: -7, group: 3, price: 12, display: 5 };
    book.place({ ...plainOrder, ...terms, orderId: 2 ** 50, quantity: 34 });
    const read = emptyOrder();
    expect(book.resting(2 ** 50, read)).toBe(true);
    expect(read).toEqual({
      ...{ ...terms, orderId: 2 ** 50, side: Side.buy },
      ...{ remaining: 34, displayed: 5, minimum: 0, entryId: 1 },
    });
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

  it("refuses to be restored with an order twice", () => {
    const { book } = new Story(Book);
    const order = { ...emptyOrder(), orderId: 1, remaining: 5, displayed: 5, entryId: 1 };
    book.restoreResting(order);
    expect(() => book.restoreResting(order)).toThrow(InvariantViolation);
    const fraction = { ...order, orderId: 3, remaining: 0.5, displayed: 0.5 };
    if (Book === OrderBook) expect(() => book.restoreResting(fraction)).toThrow(InvariantViolation);
  });

  describe("a post-only order", () => {
    it("rests where it takes nothing", () => {
      const story = new Story(Book);
      story.play("A sell 5 @ 101");
      expect(story.play("B buy 5 @ 100 post-only", "C buy 5 @ 100 slide")).toEqual([
        "bid 100: 5",
        "bid 100: 10",
      ]);
    });

    it("is left out where it would take, even from a hidden order of its own group", () => {
      const story = new Story(Book);
      story.play("A sell 5 @ 101 hidden group 1");
      expect(story.play("B buy 5 @ 101 post-only group 1 cancel-oldest")).toEqual([
        "5 of B left over: wouldTake",
      ]);
    });

    it("slides to one tick beside the other side's best price", () => {
      const story = new Story(Book);
      story.play("A sell 5 @ 103", "B sell 5 @ 102 hidden");
      expect(story.play("C buy 5 @ 110 slide")).toEqual(["bid 101: 5"]);
      expect(story.play("D sell 5 @ 90 slide")).toEqual(["ask 102: 5"]);
    });

    it("does not slide beyond the highest price", () => {
      const story = new Story(Book);
      story.play("A buy 5 @ 2147483647");
      expect(story.play("B sell 5 @ 1 slide")).toEqual(["ask 2147483648: 5"]);
      story.play("cancel B", "C buy 5 @ 2147483648");
      expect(story.play("D sell 5 @ 1 slide")).toEqual(["5 of D left over: wouldTake"]);
    });

    it("does not slide below one tick", () => {
      const story = new Story(Book);
      story.play("A sell 5 @ 1");
      expect(story.play("B buy 5 @ 1 slide")).toEqual(["5 of B left over: wouldTake"]);
    });
  });

  describe("a fill or kill order", () => {
    it("trades all of it, through levels, reserves and hidden orders", () => {
      const story = new Story(Book);
      story.play("A sell 5 @ 100 show 2", "B sell 1 @ 100 hidden", "C sell 5 @ 101");
      expect(story.play("D buy 7 @ 101 fok")).toEqual([
        "D buys 2 @ 100 from A, 5 and 3 remain",
        "D buys 2 @ 100 from A, 3 and 1 remain",
        "D buys 1 @ 100 from A, 2 and 0 remain",
        "ask 100: gone",
        "D buys 1 @ 100 from B, 1 and 0 remain",
        "D buys 1 @ 101 from C, 0 and 4 remain",
        "ask 101: 4",
      ]);
    });

    it("does nothing when it cannot have all of it", () => {
      const story = new Story(Book);
      story.play("A sell 5 @ 100", "B sell 5 @ 101");
      expect(story.play("C buy 6 @ 100 fok", "D buy 11 market fok")).toEqual([
        "6 of C left over: unfillable",
        "11 of D left over: unfillable",
      ]);
    });

    it("does nothing when its budget or its bound does not let it have all of it", () => {
      const story = new Story(Book);
      story.play("A sell 5 @ 100", "B sell 5 @ 101");
      expect(story.play("C buy 6 @ 101 fok spend 600")).toEqual(["6 of C left over: unfillable"]);
      expect(story.play("D buy 6 market fok bound 100")).toEqual(["6 of D left over: unfillable"]);
      expect(story.play("E buy 6 @ 101 fok spend 601 bound 101")).toEqual([
        "E buys 5 @ 100 from A, 1 and 0 remain",
        "ask 100: gone",
        "E buys 1 @ 101 from B, 0 and 4 remain",
        "ask 101: 4",
      ]);
    });

    it("steps over orders of its own group when it would cancel them, else it ends there", () => {
      const story = new Story(Book);
      story.play("A sell 5 @ 100 show 1", "B sell 5 @ 100 group 1", "C sell 5 @ 101");
      for (const mode of ["cancel-newest", "cancel-both", "decrement", "transfer"]) {
        expect(story.play(`D buy 2 @ 101 fok group 1 ${mode}`)).toEqual([
          "2 of D left over: unfillable",
        ]);
      }
      expect(story.play("D buy 8 @ 101 fok group 1 cancel-oldest")).toEqual([
        "D buys 1 @ 100 from A, 7 and 4 remain",
        "B removed: 5",
        ...["D buys 1 @ 100 from A, 6 and 3 remain", "D buys 1 @ 100 from A, 5 and 2 remain"],
        ...["D buys 1 @ 100 from A, 4 and 1 remain", "D buys 1 @ 100 from A, 3 and 0 remain"],
        "ask 100: gone",
        "D buys 3 @ 101 from C, 0 and 2 remain",
        "ask 101: 2",
      ]);
    });
  });

  describe("a minimum quantity", () => {
    it("keeps an immediate order out when less than that can be had", () => {
      const story = new Story(Book);
      story.play("A sell 2 @ 100");
      expect(story.play("B buy 5 @ 100 ioc min 3", "C buy 5 @ 100 ioc min 2")).toEqual([
        "5 of B left over: minimum",
        "C buys 2 @ 100 from A, 3 and 0 remain",
        "ask 100: gone",
        "3 of C left over: immediate",
      ]);
    });

    it("of more than the quantity asks for all of the quantity", () => {
      const story = new Story(Book);
      story.play("A sell 2 @ 100");
      expect(story.play("B buy 2 @ 100 ioc min 9")).toEqual([
        "B buys 2 @ 100 from A, 0 and 0 remain",
        "ask 100: gone",
      ]);
    });

    it("lets a hidden order rest as if it had met nobody, crossing the other side", () => {
      const story = new Story(Book);
      story.play("A sell 2 @ 100");
      expect(story.play("B buy 5 @ 101 hidden min 3")).toEqual([]);
      expect(story.orders()).toEqual(["B buy 0 of 5 @ 101", "A sell 2 of 2 @ 100"]);
      expect([story.book.bestBid, story.book.bestAsk]).toEqual([undefined, 100]);
    });

    it("of a hidden order lets who has less left pass over it", () => {
      const story = new Story(Book);
      story.play("A sell 1 @ 100", "B sell 5 @ 100 hidden min 3", "C sell 5 @ 101");
      expect(story.play("D buy 3 @ 101")).toEqual([
        "D buys 1 @ 100 from A, 2 and 0 remain",
        "ask 100: gone",
        "D buys 2 @ 101 from C, 0 and 3 remain",
        "ask 101: 3",
      ]);
      expect(story.play("E buy 3 @ 101")).toEqual(["E buys 3 @ 100 from B, 0 and 2 remain"]);
      expect(story.play("F buy 2 @ 101")).toEqual(["F buys 2 @ 100 from B, 0 and 0 remain"]);
    });

    it("of a hidden order lets what passed over it rest across it", () => {
      const story = new Story(Book);
      story.play("A sell 5 @ 100 hidden min 3");
      expect(story.play("B buy 2 @ 100", "C buy 2 @ 100 ioc")).toEqual([
        "bid 100: 2",
        "2 of C left over: immediate",
      ]);
    });
  });

  describe("an iceberg", () => {
    it("shows a slice, and the next one behind the others at its price", () => {
      const story = new Story(Book);
      expect(story.play("A sell 10 @ 100 show 4", "B sell 3 @ 100")).toEqual([
        "ask 100: 4",
        "ask 100: 7",
      ]);
      expect(story.play("C buy 5 @ 100")).toEqual([
        "C buys 4 @ 100 from A, 1 and 6 remain",
        "C buys 1 @ 100 from B, 0 and 2 remain",
        "ask 100: 6",
      ]);
      expect(story.orders()).toEqual(["B sell 2 of 2 @ 100", "A sell 4 of 6 @ 100"]);
    });

    it("keeps its place with a slice that is partly used and not filled up", () => {
      const story = new Story(Book);
      story.play("A sell 10 @ 100 show 4", "B sell 3 @ 100");
      expect(story.play("C buy 3 @ 100")).toEqual([
        "C buys 3 @ 100 from A, 0 and 7 remain",
        "ask 100: 4",
      ]);
      expect(story.orders()).toEqual(["A sell 1 of 7 @ 100", "B sell 3 of 3 @ 100"]);
    });

    it("tells of a level that shows as much as before once its next slice is out", () => {
      const story = new Story(Book);
      story.play("A sell 10 @ 100 show 4");
      expect(story.play("B buy 4 @ 100")).toEqual([
        "B buys 4 @ 100 from A, 0 and 6 remain",
        "ask 100: 4",
      ]);
    });

    it("shows a slice of what is left after it traded as the incoming order", () => {
      const story = new Story(Book);
      story.play("A sell 3 @ 100");
      expect(story.play("B buy 10 @ 100 show 4").at(-1)).toBe("bid 100: 4");
      expect(story.orders()).toEqual(["B buy 4 of 7 @ 100"]);
    });

    it("is reduced in its reserve first, which nobody is told", () => {
      const story = new Story(Book);
      story.play("A sell 10 @ 100 show 4", "B sell 1 @ 100");
      expect(story.play("reduce A to 4", "reduce A to 3")).toEqual([
        "A reduced",
        "ask 100: 4",
        "A reduced",
      ]);
      expect(story.orders()).toEqual(["A sell 3 of 3 @ 100", "B sell 1 of 1 @ 100"]);
    });

    it("keeps its place when it is replaced with less, and its terms are the same", () => {
      const story = new Story(Book);
      story.play("A sell 10 @ 100 show 4", "B sell 1 @ 100", "C buy 1 @ 100");
      expect(story.play("replace A 8 @ 100 show 4")).toEqual(["A kept-priority"]);
      expect(story.orders()).toEqual(["A sell 3 of 8 @ 100", "B sell 1 of 1 @ 100"]);
    });

    it("goes to the end with a full slice when it is replaced with more", () => {
      const story = new Story(Book);
      story.play("A sell 10 @ 100 show 4", "B sell 1 @ 100", "C buy 1 @ 100");
      expect(story.play("replace A 20 @ 100 show 4")).toEqual(["ask 100: 5", "A lost-priority"]);
      expect(story.orders()).toEqual(["B sell 1 of 1 @ 100", "A sell 4 of 20 @ 100"]);
    });

    it("comes in again when it is to show more or less at a time", () => {
      const story = new Story(Book);
      story.play("A sell 10 @ 100 show 4", "B sell 1 @ 100");
      expect(story.play("replace A 10 @ 100 show 2")).toEqual(["ask 100: 3", "A lost-priority"]);
      expect(story.orders()).toEqual(["B sell 1 of 1 @ 100", "A sell 2 of 10 @ 100"]);
    });

    it("trades when its replacement comes in across the market", () => {
      const story = new Story(Book);
      story.play("A buy 10 @ 99 show 4", "B sell 3 @ 101");
      expect(story.play("replace A 9 @ 101 show 2")).toEqual([
        "bid 99: gone",
        "A buys 3 @ 101 from B, 6 and 0 remain",
        "ask 101: gone",
        "bid 101: 2",
        "A lost-priority",
      ]);
    });
  });

  describe("a hidden order", () => {
    it("is never told of, and is behind all displayed ones at its price", () => {
      const story = new Story(Book);
      expect(story.play("A sell 2 @ 100 hidden")).toEqual([]);
      story.play("B sell 1 @ 100", "C sell 1 @ 101");
      expect(story.depth().asks).toEqual(["1 @ 100 (1)", "1 @ 101 (1)"]);
      expect([story.book.orderCount, story.book.levelCount]).toEqual([3, 2]);
      expect(story.play("D buy 4 @ 101")).toEqual([
        "D buys 1 @ 100 from B, 3 and 0 remain",
        "ask 100: gone",
        "D buys 2 @ 100 from A, 1 and 0 remain",
        "D buys 1 @ 101 from C, 0 and 0 remain",
        "ask 101: gone",
      ]);
    });

    it("is better than a displayed one at a worse price", () => {
      const story = new Story(Book);
      story.play("A buy 5 @ 100", "B buy 5 @ 101 hidden");
      expect(story.book.bestBid).toBe(100);
      expect(story.book.wouldTake(Side.sell, 101)).toBe(true);
      expect(story.play("C sell 5 @ 100")).toEqual(["C sells 5 @ 101 to B, 0 and 0 remain"]);
    });

    it("is changed and canceled without a word", () => {
      const story = new Story(Book);
      story.play("A buy 5 @ 100 hidden", "B buy 5 @ 100 hidden");
      expect(story.play("reduce A to 4", "replace A 3 @ 100 hidden", "cancel A")).toEqual([
        "A reduced",
        "A kept-priority",
        "A canceled: 3",
      ]);
    });

    it("comes in again when it is to be displayed, and the other way round", () => {
      const story = new Story(Book);
      story.play("A buy 5 @ 100 hidden", "B buy 5 @ 100");
      expect(story.play("replace A 5 @ 100", "replace B 5 @ 100 hidden")).toEqual([
        "bid 100: 10",
        "A lost-priority",
        "bid 100: 5",
        "B lost-priority",
      ]);
      expect(story.orders()).toEqual(["A buy 5 of 5 @ 100", "B buy 0 of 5 @ 100"]);
    });
  });

  describe("self-trade prevention", () => {
    /** B is of group 1, between two who are of none. */
    const market = ["A sell 1 @ 100", "B sell 5 @ 100 group 1 owner 7", "C sell 5 @ 101"];
    const fillOfA = "D buys 1 @ 100 from A, 7 and 0 remain";

    it("lets orders of one group trade when the incoming one has no mode", () => {
      const story = new Story(Book);
      story.play("A sell 5 @ 100 group 1 cancel-newest");
      expect(story.play("B buy 5 @ 100 group 1").filter(isTrade)).toHaveLength(1);
    });

    it("lets orders of different groups and of none trade", () => {
      const story = new Story(Book);
      story.play("A sell 5 @ 100 group 1", "B sell 5 @ 100");
      expect(story.play("C buy 5 @ 100 group 2 cancel-newest").filter(isTrade)).toHaveLength(1);
      expect(story.play("D buy 5 @ 100 cancel-newest").filter(isTrade)).toHaveLength(1);
    });

    it.each([
      [
        "cancel-newest",
        "stops the incoming order",
        [fillOfA, "ask 100: 5", "7 of D left over: selfTrade"],
      ],
      [
        "cancel-oldest",
        "removes the resting order",
        [
          ...[fillOfA, "B removed: 5", "ask 100: gone"],
          ...["D buys 5 @ 101 from C, 2 and 0 remain", "ask 101: gone", "bid 101: 2"],
        ],
      ],
      [
        "cancel-both",
        "removes the resting order and stops the incoming one",
        [fillOfA, "B removed: 5", "ask 100: gone", "7 of D left over: selfTrade"],
      ],
      [
        "decrement",
        "takes the smaller remainder out of both",
        [
          ...[fillOfA, "D and B drop 5 @ 100, 2 and 0 remain", "ask 100: gone"],
          ...["D buys 2 @ 101 from C, 0 and 3 remain", "ask 101: 3"],
        ],
      ],
      [
        "transfer",
        "hands the smaller remainder from one owner to the other",
        [
          ...[fillOfA, "D and B transfer 5 @ 100, 2 and 0 remain", "ask 100: gone"],
          ...["D buys 2 @ 101 from C, 0 and 3 remain", "ask 101: 3"],
        ],
      ],
    ])("by %s %s", (mode, _what, told) => {
      const story = new Story(Book);
      story.play(...market);
      expect(story.play(`D buy 8 @ 101 group 1 ${mode}`)).toEqual(told);
    });

    it("that stops the incoming order at once tells of nothing", () => {
      const story = new Story(Book);
      story.play("A sell 5 @ 100 group 1");
      expect(story.play("B buy 5 @ 100 group 1 cancel-newest")).toEqual([
        "5 of B left over: selfTrade",
      ]);
    });

    it("is not asked for where the budget does not pay for one lot", () => {
      const story = new Story(Book);
      story.play("A sell 5 @ 100 group 1");
      expect(story.play("B buy 5 @ 100 group 1 cancel-oldest spend 99")).toEqual([
        "5 of B left over: budget",
      ]);
    });

    it("transfers nothing between orders of one owner", () => {
      const story = new Story(Book);
      story.play("A sell 5 @ 100 group 1 owner 7");
      expect(story.play("B buy 5 @ 100 group 1 owner 7 transfer")).toEqual([
        "B and A drop 5 @ 100, 0 and 0 remain",
        "ask 100: gone",
      ]);
    });

    it("decrements an iceberg's slice first, then its reserve, and shows the next behind", () => {
      const story = new Story(Book);
      story.play("A sell 9 @ 100 show 3 group 1", "B sell 1 @ 100");
      expect(story.play("C buy 2 @ 100 group 1 decrement")).toEqual([
        "C and A drop 2 @ 100, 0 and 7 remain",
        "ask 100: 2",
      ]);
      expect(story.orders()).toEqual(["A sell 1 of 7 @ 100", "B sell 1 of 1 @ 100"]);
      story.play("C buy 2 @ 100 group 1 decrement");
      expect(story.orders()).toEqual(["B sell 1 of 1 @ 100", "A sell 3 of 5 @ 100"]);
    });

    it("does not meet a hidden order that is passed over for its minimum", () => {
      const story = new Story(Book);
      story.play("A sell 5 @ 100 hidden min 3 group 1");
      expect(story.play("B buy 2 @ 100 group 1 cancel-oldest")).toEqual(["bid 100: 2"]);
    });
  });

  describe("a bound", () => {
    it("stops what the limit would let trade further, and the rest does not rest", () => {
      const story = new Story(Book);
      story.play("A sell 1 @ 100", "B sell 1 @ 102");
      expect(story.play("C buy 5 @ 105 bound 101")).toEqual([
        "C buys 1 @ 100 from A, 4 and 0 remain",
        "ask 100: gone",
        "4 of C left over: bound",
      ]);
      expect(story.play("D buy 5 market bound 101")).toEqual(["5 of D left over: bound"]);
    });

    it("does not keep an order from resting when nobody stands beyond it", () => {
      const story = new Story(Book);
      story.play("A sell 1 @ 100");
      expect(story.play("B buy 2 @ 105 bound 101").at(-1)).toBe("bid 105: 1");
      expect(story.play("C sell 1 @ 105 ioc bound 106")).toEqual(["1 of C left over: bound"]);
    });
  });

  describe("a pro rata book", () => {
    const shared: MatchingRule = { isProRata: true, minimumAllocation: 1 };
    const market = ["A sell 10 @ 100", "B sell 30 @ 100", "C sell 60 @ 100"];

    it("shares a level out in proportion, and what is left over by time", () => {
      const story = new Story(Book, shared);
      story.play(...market);
      expect(story.play("D buy 19 @ 100")).toEqual([
        "D buys 3 @ 100 from A, 16 and 7 remain",
        "D buys 5 @ 100 from B, 11 and 25 remain",
        "D buys 11 @ 100 from C, 0 and 49 remain",
        "ask 100: 81",
      ]);
    });

    it("gives no share below the minimum allocation, but what is left by time", () => {
      const story = new Story(Book, { ...shared, minimumAllocation: 5 });
      story.play(...market);
      expect(story.play("D buy 10 @ 100")).toEqual([
        "D buys 4 @ 100 from A, 6 and 6 remain",
        "D buys 6 @ 100 from C, 0 and 54 remain",
        "ask 100: 90",
      ]);
    });

    it("goes by time where all of a level is taken, and reaches new slices anew", () => {
      const story = new Story(Book, shared);
      story.play("A sell 6 @ 100 show 2", "B sell 3 @ 100", "C sell 8 @ 100 show 4");
      expect(story.play("D buy 12 @ 100")).toEqual([
        "D buys 2 @ 100 from A, 10 and 4 remain",
        "D buys 3 @ 100 from B, 7 and 0 remain",
        "D buys 4 @ 100 from C, 3 and 4 remain",
        "D buys 1 @ 100 from A, 2 and 3 remain",
        "D buys 2 @ 100 from C, 0 and 2 remain",
        "ask 100: 3",
      ]);
    });

    it("shares out what the budget allows", () => {
      const story = new Story(Book, shared);
      story.play(...market);
      expect(story.play("D buy 1000 @ 100 spend 1000")).toEqual([
        "D buys 1 @ 100 from A, 999 and 9 remain",
        "D buys 3 @ 100 from B, 996 and 27 remain",
        "D buys 6 @ 100 from C, 990 and 54 remain",
        "ask 100: 90",
        "990 of D left over: budget",
      ]);
    });

    it("goes by time among hidden orders", () => {
      const story = new Story(Book, shared);
      story.play("A sell 10 @ 100 hidden", "B sell 30 @ 100 hidden");
      expect(story.play("C buy 4 @ 100")).toEqual(["C buys 4 @ 100 from A, 0 and 6 remain"]);
    });

    it("deals first with the orders of the incoming one's group", () => {
      const story = new Story(Book, shared);
      story.play(...market.slice(0, 2), "C sell 60 @ 100 group 1");
      expect(story.play("D buy 2 @ 100 group 1 cancel-newest")).toEqual([
        "2 of D left over: selfTrade",
      ]);
      expect(story.play("D buy 2 @ 100 group 1 fok decrement")).toEqual([
        "2 of D left over: unfillable",
      ]);
      expect(story.play("D buy 8 @ 100 group 1 cancel-oldest")).toEqual([
        "C removed: 60",
        "D buys 2 @ 100 from A, 6 and 8 remain",
        "D buys 6 @ 100 from B, 0 and 24 remain",
        "ask 100: 32",
      ]);
    });
  });

  describe("a replacement", () => {
    it("that is post-only is left out where it would take", () => {
      const story = new Story(Book);
      story.play("A buy 5 @ 99", "B sell 5 @ 101");
      expect(story.play("replace A 5 @ 101 post-only")).toEqual([
        "bid 99: gone",
        "A lost-priority, 5 of A left over: wouldTake",
      ]);
    });

    it("belongs to the owner and the group that the order had", () => {
      const story = new Story(Book);
      story.play("A buy 5 @ 99 group 1 owner 7", "B sell 5 @ 101 group 1 owner 8");
      expect(story.play("replace A 4 @ 101 transfer")).toEqual([
        "bid 99: gone",
        "A and B transfer 4 @ 101, 0 and 1 remain",
        "ask 101: 1",
        "A lost-priority",
      ]);
      expect(story.book.leftOver).toBe(0);
    });
  });

  describe("a call phase", () => {
    it("gathers orders that cross", () => {
      const story = new Story(Book);
      expect(story.play("gather A buy 5 @ 101", "gather B sell 5 @ 99")).toEqual([
        "bid 101: 5",
        "ask 99: 5",
      ]);
      expect([story.book.bestBid, story.book.bestAsk]).toEqual([101, 99]);
    });

    it("is restored crossed as it was", () => {
      const before = new Story(Book);
      before.play("gather A buy 9 @ 101 show 3", "gather B sell 5 @ 99", "gather C sell 1 market");
      const after = new Story(Book);
      before.book.visitResting((order) => after.book.restoreResting(order));
      expect(after.orders()).toEqual(before.orders());
      expect(after.play("uncross")).toEqual(before.play("uncross"));
    });
  });

  describe("an equilibrium", () => {
    it.each([
      [
        "has the largest volume",
        ["A buy 5 @ 102", "B buy 5 @ 101", "C sell 9 @ 99", "D sell 3 @ 102"],
        ["9 @ 101, 1 more to buy"],
      ],
      [
        "leaves the least surplus, whichever side it is on",
        ["A buy 5 @ 102", "B buy 3 @ 101", "C sell 5 @ 100", "D sell 1 @ 102"],
        ["5 @ 102, 1 more to sell"],
      ],
      [
        "is at the highest price when all leave a surplus of buyers",
        ["A buy 9 @ 103", "B sell 5 @ 100"],
        ["5 @ 103, 4 more to buy"],
      ],
      [
        "is at the lowest price when all leave a surplus of sellers",
        ["A buy 5 @ 103", "B sell 9 @ 100"],
        ["5 @ 100, 4 more to sell"],
      ],
      [
        "counts reserves and hidden orders",
        ["A buy 9 @ 103 show 1", "B sell 5 @ 100 hidden"],
        ["5 @ 103, 4 more to buy"],
      ],
      [
        "without a reference price is closest to the middle, and the higher of two",
        ["A buy 5 @ 103", "B sell 5 @ 100"],
        ["5 @ 100, even"],
      ],
    ])("%s", (_, orders, told) => {
      const story = new Story(Book);
      story.play(...orders.map((order) => `gather ${order}`));
      expect(story.play("equilibrium")).toEqual(told);
    });

    it("is closest to the reference price, and at it where it lies between the limits", () => {
      const story = new Story(Book);
      story.play("gather A buy 5 @ 104", "gather B sell 5 @ 100");
      const near = [90, 100, 103, 110].map((reference) => `equilibrium near ${reference}`);
      expect(story.play(...near)).toEqual([
        "5 @ 100, even",
        "5 @ 100, even",
        "5 @ 103, even",
        "5 @ 104, even",
      ]);
      expect(story.play("equilibrium")).toEqual(["5 @ 104, even"]);
    });

    it("is closest to the reference price when some leave buyers and some sellers", () => {
      const story = new Story(Book);
      story.play("gather A buy 5 @ 104", "gather B buy 2 @ 101");
      story.play("gather C sell 5 @ 100", "gather D sell 2 @ 104");
      const near = [90, 102, 110].map((reference) => `equilibrium near ${reference}`);
      expect(story.play(...near, "equilibrium")).toEqual([
        "5 @ 100, 2 more to buy",
        "5 @ 102, even",
        "5 @ 104, 2 more to sell",
        "5 @ 101, 2 more to buy",
      ]);
    });

    it("is at the reference price where only market orders meet, else nowhere", () => {
      const story = new Story(Book);
      story.play("gather A buy 5 market", "gather B sell 7 market");
      expect(story.play("equilibrium near 100", "equilibrium")).toEqual([
        "5 @ 100, 2 more to sell",
        "no equilibrium",
      ]);
    });

    it("is at a limit where market orders meet it", () => {
      const story = new Story(Book);
      story.play("gather A buy 5 market", "gather B sell 7 @ 100");
      expect(story.play("equilibrium near 300")).toEqual(["5 @ 100, 2 more to sell"]);
    });

    it("is nowhere when nothing can be executed", () => {
      const story = new Story(Book);
      expect(story.play("equilibrium near 100")).toEqual(["no equilibrium"]);
      story.play("gather A buy 5 @ 99", "gather B sell 7 @ 100");
      expect(story.play("equilibrium near 100", "uncross")).toEqual([
        "no equilibrium",
        "no equilibrium",
      ]);
    });
  });

  describe("uncrossing", () => {
    it("works both sides off, best first, at one price", () => {
      const story = new Story(Book);
      story.play("gather A buy 5 @ 101", "gather B buy 5 @ 102", "gather C buy 2 market");
      story.play("gather D sell 4 @ 100", "gather E sell 4 @ 99", "gather F sell 4 @ 103");
      expect(story.play("equilibrium near 100", "uncross near 100")).toEqual([
        "8 @ 101, 4 more to buy",
        "E sells 2 @ 101 to C, 2 and 0 remain",
        "E sells 2 @ 101 to B, 0 and 3 remain",
        "D sells 3 @ 101 to B, 1 and 0 remain",
        "D sells 1 @ 101 to A, 0 and 4 remain",
        ...["bid 1000001: gone", "bid 102: gone", "bid 101: 4"],
        ...["ask 99: gone", "ask 100: gone"],
      ]);
      expect(story.depth()).toEqual({ bids: ["4 @ 101 (1)"], asks: ["4 @ 103 (1)"] });
    });

    it("takes displayed orders before hidden ones, and those whatever their minimum", () => {
      const story = new Story(Book);
      story.play(
        "gather A buy 5 @ 100 hidden min 5",
        "gather B buy 5 @ 100",
        "gather C sell 6 @ 100",
      );
      expect(story.play("uncross")).toEqual([
        "C sells 5 @ 100 to B, 1 and 0 remain",
        "C sells 1 @ 100 to A, 0 and 4 remain",
        "bid 100: gone",
        "ask 100: gone",
      ]);
    });

    it("takes all of an iceberg in turn, which then shows a slice in its old place", () => {
      const story = new Story(Book);
      story.play("gather A buy 9 @ 100 show 3", "gather B buy 5 @ 100", "gather C sell 8 @ 100");
      expect(story.play("uncross")).toEqual([
        "C sells 8 @ 100 to A, 0 and 1 remain",
        "bid 100: 6",
        "ask 100: gone",
      ]);
      expect(story.orders()).toEqual(["A buy 1 of 1 @ 100", "B buy 5 of 5 @ 100"]);
    });

    it("trades orders of one group with each other", () => {
      const story = new Story(Book);
      story.play("gather A buy 5 @ 100 group 1 cancel-both");
      story.play("gather B sell 5 @ 100 group 1 cancel-both");
      expect(story.play("uncross").filter(isTrade)).toHaveLength(1);
    });
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
    expect(() => book.place({ ...plainOrder, ...part })).toThrow(InvariantViolation);
  });

  it("refuses to replace an order with fractions", () => {
    const book = new Story(OrderBook).book;
    book.place(plainOrder);
    expect(() => book.replace({ ...plainOrder, quantity: 1.5 })).toThrow(InvariantViolation);
    expect(() => book.replace({ ...plainOrder, price: 99.5 })).toThrow(InvariantViolation);
    expect(() => book.reduce(plainOrder.orderId, 0.5)).toThrow(InvariantViolation);
  });

  it("refuses more at one price than it can count exactly", () => {
    const book = new Story(OrderBook).book;
    book.place({ ...plainOrder, quantity: Number.MAX_SAFE_INTEGER });
    expect(() => book.place({ ...plainOrder, orderId: 2, quantity: 1 })).toThrow(
      InvariantViolation,
    );
  });
});

function isTrade(told: string): boolean {
  return / (buys|sells) /.test(told);
}
