/**
 * Stories of what is told of displayed orders one by one: who gets a new entry id, and when. Both
 * books must tell them.
 */
import { describe, expect, it } from "vitest";
import type { MatchingRule } from "./book-terms.ts";
import { ReferenceOrderBook } from "./order-book.reference.ts";
import { OrderBook } from "./order-book.ts";
import { Story } from "./testing/story.ts";
import type { OrderBookClass } from "./testing/story.ts";

const books: readonly { name: string; Book: OrderBookClass }[] = [
  { name: "the order book", Book: OrderBook },
  { name: "the reference order book", Book: ReferenceOrderBook },
];

describe.each(books)("$name", ({ Book }) => {
  function tell(...lines: readonly string[]): string[] {
    return tellOf(undefined, ...lines);
  }

  /** What the last line tells of displayed orders. */
  function tellOf(rule: MatchingRule | undefined, ...lines: readonly string[]): string[] {
    const story = new Story(Book, rule, { tellsEntries: true });
    const [last = "", ...before] = lines.toReversed();
    story.play(...before.toReversed());
    return story.play(last).filter((told) => told.startsWith("#"));
  }

  it("numbers the places that displayed orders take", () => {
    expect(tell("A buy 3 @ 100")).toEqual(["#1 buy 3 @ 100"]);
    expect(tell("A buy 3 @ 100", "B sell 4 @ 102")).toEqual(["#2 sell 4 @ 102"]);
  });

  it("tells of a trade what is left of the resting order, and of what then rests", () => {
    const resting = ["A buy 3 @ 100", "B buy 4 @ 100"];
    expect(tell(...resting, "C sell 5 @ 100")).toEqual(["#1 trades, 0 left", "#2 trades, 2 left"]);
    expect(tell("A buy 3 @ 100", "C sell 5 @ 100")).toEqual([
      "#1 trades, 0 left",
      "#2 sell 2 @ 100",
    ]);
  });

  it("keeps the entry of an order that keeps its place", () => {
    expect(tell("A buy 3 @ 100", "reduce A to 2")).toEqual(["#1 canceled, 2 left"]);
    expect(tell("A buy 3 @ 100", "replace A 1 @ 100")).toEqual(["#1 canceled, 1 left"]);
    expect(tell("A buy 3 @ 100", "replace A 3 @ 100")).toEqual([]);
    expect(tell("A buy 3 @ 100", "cancel A")).toEqual(["#1 canceled, 0 left"]);
  });

  it("gives an order that loses its place a new entry", () => {
    const more = ["#1 canceled, 0 left", "#2 buy 4 @ 100"];
    expect(tell("A buy 3 @ 100", "replace A 4 @ 100")).toEqual(more);
    const elsewhere = ["#1 canceled, 0 left", "#2 buy 3 @ 99"];
    expect(tell("A buy 3 @ 100", "replace A 3 @ 99")).toEqual(elsewhere);
    const traded = ["#1 canceled, 0 left", "#2 trades, 0 left", "#3 buy 2 @ 101"];
    expect(tell("A buy 3 @ 100", "B sell 1 @ 101", "replace A 3 @ 101")).toEqual(traded);
  });

  it("tells nothing of hidden orders, and gives them no number", () => {
    expect(tell("A buy 3 @ 100 hidden")).toEqual([]);
    expect(tell("A buy 3 @ 100 hidden", "B sell 2 @ 100")).toEqual([]);
    expect(tell("A buy 3 @ 100 hidden", "cancel A")).toEqual([]);
    expect(tell("A buy 3 @ 100 hidden", "B buy 1 @ 99")).toEqual(["#1 buy 1 @ 99"]);
    expect(tell("A buy 3 @ 100", "replace A 3 @ 100 hidden")).toEqual(["#1 canceled, 0 left"]);
    expect(tell("A buy 3 @ 100 hidden", "replace A 3 @ 100")).toEqual(["#1 buy 3 @ 100"]);
  });

  describe("of an iceberg", () => {
    it("tells the slice alone, and of the next one as of a new order", () => {
      expect(tell("A buy 9 @ 100 show 3")).toEqual(["#1 buy 3 @ 100"]);
      expect(tell("A buy 9 @ 100 show 3", "B sell 2 @ 100")).toEqual(["#1 trades, 1 left"]);
      expect(tell("A buy 9 @ 100 show 3", "B sell 4 @ 100")).toEqual([
        ...["#1 trades, 0 left", "#2 buy 3 @ 100", "#2 trades, 2 left"],
      ]);
    });

    it("tells nothing of a change to the reserve alone", () => {
      expect(tell("A buy 9 @ 100 show 3", "reduce A to 5")).toEqual([]);
      expect(tell("A buy 9 @ 100 show 3", "reduce A to 2")).toEqual(["#1 canceled, 2 left"]);
    });

    it("keeps the entry in an uncrossing, as it keeps its place", () => {
      expect(tell("gather A buy 9 @ 101 show 3", "gather B sell 5 @ 100", "uncross")).toEqual([
        ...["#1 trades, 3 left", "#2 trades, 0 left"],
      ]);
    });
  });

  it("tells of both sides of each trade in an uncrossing", () => {
    const gathered = ["gather A buy 4 @ 101", "gather B sell 3 @ 100", "gather C sell 2 @ 100"];
    expect(tell(...gathered, "uncross")).toEqual([
      ...["#1 trades, 1 left", "#2 trades, 0 left", "#1 trades, 0 left", "#3 trades, 1 left"],
    ]);
    const hidden = ["gather A buy 4 @ 101 hidden", "gather B sell 3 @ 100"];
    expect(tell(...hidden, "uncross")).toEqual(["#1 trades, 0 left"]);
  });

  it("tells of what self-trade prevention takes as canceled", () => {
    const own = "A buy 3 @ 100 group 1";
    const meets = (mode: string) => tell(own, `B sell 2 @ 100 group 1 ${mode}`);
    expect(meets("cancel-newest")).toEqual([]);
    expect(meets("cancel-oldest")).toEqual(["#1 canceled, 0 left", "#2 sell 2 @ 100"]);
    expect(meets("cancel-both")).toEqual(["#1 canceled, 0 left"]);
    expect(meets("decrement")).toEqual(["#1 canceled, 1 left"]);
    expect(meets("owner 7 transfer")).toEqual(["#1 canceled, 1 left"]);
    expect(tell(`${own} show 1`, "B sell 2 @ 100 group 1 decrement")).toEqual([
      ...["#1 canceled, 0 left", "#2 buy 1 @ 100"],
    ]);
  });

  it("tells of each share where a level is shared out", () => {
    const rule = { isProRata: true, minimumAllocation: 1 };
    const resting = ["A buy 6 @ 100", "B buy 2 @ 100"];
    expect(tellOf(rule, ...resting, "C sell 4 @ 100")).toEqual([
      ...["#1 trades, 3 left", "#2 trades, 1 left"],
    ]);
  });

  it("goes on counting where it was restored", () => {
    const before = new Story(Book, undefined, { tellsEntries: true });
    before.play("A buy 3 @ 100", "B buy 2 @ 100", "C buy 1 @ 100", "cancel C");
    const after = new Story(Book, undefined, { tellsEntries: true });
    before.book.visitResting((order) => after.book.restoreResting(order));
    after.book.lastEntryId = before.book.lastEntryId;
    const lines = ["D sell 4 @ 100", "E buy 1 @ 100"];
    expect(after.play(...lines)).toEqual(before.play(...lines));
    expect(after.book.lastEntryId).toBe(4);
  });
});
