/**
 * What an order can reach among those that nobody sees. Method: each story is played to the fast
 * book and to the slow one that is written from docs/protocols/matching.md; both tell the same.
 */
import { describe, expect, it } from "vitest";
import { ReferenceOrderBook } from "./order-book.reference.ts";
import { OrderBook } from "./order-book.ts";
import { Story } from "./testing/story.ts";

/** What the last line led to, in both books. */
function last(...lines: readonly string[]): string[] {
  const tales = [OrderBook, ReferenceOrderBook].map((Book) => {
    const story = new Story(Book);
    story.play(...lines.slice(0, -1));
    return story.play(...lines.slice(-1));
  });
  expect(tales[0]).toEqual(tales[1]);
  return tales[0]!;
}

describe("a fill-or-kill order among hidden orders", () => {
  it("reaches those whose minimum it meets and passes over the others", () => {
    const asks = ["A sell 10 @ 100 hidden min 8", "B sell 5 @ 100 hidden"];
    expect(last(...asks, "C buy 5 @ 100 fok").join()).toContain("5 @ 100");
    expect(last(...asks, "C buy 6 @ 100 fok").join()).not.toContain("trade");
    expect(last(...asks, "C buy 15 @ 100 fok").join()).toContain("10 @ 100");
  });

  it("steps over its own group's when these would be removed, and not otherwise", () => {
    const asks = ["A sell 5 @ 100 hidden group 1", "B sell 5 @ 100 hidden"];
    expect(last(...asks, "C buy 5 @ 100 fok group 1 cancel-oldest").join()).toContain("5 @ 100");
    for (const mode of ["cancel-newest", "cancel-both", "decrement"]) {
      const told = last(...asks, `C buy 5 @ 100 fok group 1 ${mode}`);
      expect(told.join()).not.toContain("5 @ 100");
    }
  });

  it("reaches no more than its budget pays for", () => {
    const asks = ["A sell 5 @ 100 hidden", "B sell 5 @ 101 hidden"];
    expect(last(...asks, "C buy 10 @ 101 fok spend 1004").join()).not.toContain("@ 101");
    expect(last(...asks, "C buy 10 @ 101 fok spend 1005").join()).toContain("5 @ 101");
  });
});

describe("a bound among hidden orders", () => {
  it("stops where one lies behind it that would not be passed over", () => {
    for (const minimum of ["", " min 3", " min 9"]) {
      last(`A sell 10 @ 105 hidden${minimum}`, "B buy 5 @ 110 bound 104");
      last(`A sell 10 @ 105 hidden${minimum}`, "D sell 2 @ 103 hidden", "B buy 5 @ 110 bound 104");
    }
  });
});
