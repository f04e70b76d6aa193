import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvariantViolation } from "../protocols/index.ts";
import { PriorityHeap } from "./priority-heap.ts";

const numbers = (): PriorityHeap<number> => new PriorityHeap((a, b) => a < b);

function takeFrom(heap: PriorityHeap<number>): number | undefined {
  const { first } = heap;
  if (first !== undefined) heap.removeFirst();
  return first;
}

describe("a heap", () => {
  it("gives back what is in it in order, whatever came in between", () => {
    // A number to put in, or undefined to take one out.
    const moves = fc.array(fc.option(fc.integer(), { nil: undefined, freq: 3 }));
    const property = fc.property(moves, (moves) => {
      const heap = numbers();
      const sorted: number[] = [];
      for (const move of moves) {
        if (move === undefined) {
          expect(takeFrom(heap)).toBe(sorted.shift());
        } else if (!sorted.includes(move)) {
          heap.add(move);
          sorted.push(move);
          sorted.sort((a, b) => a - b);
        }
        expect(heap.first).toBe(sorted[0]);
      }
      expect(heap.inOrder()).toEqual(sorted);
      expect(sorted.map(() => takeFrom(heap))).toEqual(sorted);
      expect(heap.first).toBeUndefined();
    });
    fc.assert(property);
  });

  it("gives the same whichever way it was filled", () => {
    const filled = (items: readonly number[]): (number | undefined)[] => {
      const heap = numbers();
      for (const item of items) heap.add(item);
      return items.map(() => takeFrom(heap));
    };
    const items = Array.from({ length: 100 }, (_, index) => (index * 37) % 101);
    expect(filled(items)).toEqual(filled(items.toReversed()));
  });

  it("that is empty has nothing to be removed", () => {
    expect(numbers().first).toBeUndefined();
    expect(() => {
      numbers().removeFirst();
    }).toThrow(InvariantViolation);
  });
});
