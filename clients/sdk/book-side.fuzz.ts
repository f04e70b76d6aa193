/** Goal: a side of a book equals a plain map sorted by price, whatever changes it goes through. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BookSide } from "./book-side.ts";

const change = fc.record({ price: fc.integer({ min: 1, max: 30 }), quantity: fc.nat({ max: 3 }) });

describe.each(["bid", "ask"] as const)("the %s side", (side) => {
  it("holds the levels of a map, sorted from the best", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        const levels = new BookSide(side);
        const model = new Map<number, number>();
        for (const { price, quantity } of changes) {
          levels.set(price, quantity);
          if (quantity === 0) model.delete(price);
          else model.set(price, quantity);
        }
        const sign = side === "ask" ? 1 : -1;
        const sorted = [...model].sort(([a], [b]) => (a - b) * sign);
        expect(levels.top(100)).toEqual(sorted);
        expect(levels.best).toEqual(sorted[0]);
        expect(levels.top(3)).toEqual(sorted.slice(0, 3));
        expect(levels.top(0)).toEqual([]);
        expect(levels.count).toBe(sorted.length);
      }),
      { numRuns: 500 },
    );
  });
});
