import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvariantViolation } from "../protocols/index.ts";
import { PriorityHeap } from "./priority-heap.ts";

/** Of numbers, of which those in a set are void. */
function numbers(gone: ReadonlySet<number> = new Set()): PriorityHeap<number> {
  return new PriorityHeap(
    (a, b) => a < b,
    (item) => gone.has(item),
  );
}

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

  it("passes over what has become void", () => {
    const gone = new Set<number>();
    const heap = numbers(gone);
    for (const item of [3, 1, 2]) heap.add(item);
    gone.add(1).add(2);
    expect(heap.first).toBe(3);
    gone.add(3);
    expect(heap.first).toBeUndefined();
  });

  it("gives what counts in order, whatever became void in between", () => {
    // A number to put in, which may be void already, or undefined to make the first one void.
    const moves = fc.array(fc.option(fc.nat(300), { nil: undefined, freq: 2 }), { maxLength: 400 });
    const property = fc.property(moves, (moves) => {
      const gone = new Set<number>();
      const heap = numbers(gone);
      const valid = new Set<number>();
      for (const move of moves) {
        const first = heap.first;
        expect(first).toBe(valid.size === 0 ? undefined : Math.min(...valid));
        if (move !== undefined) {
          heap.add(move);
          if (!gone.has(move)) valid.add(move);
        } else if (first !== undefined) {
          gone.add(first);
          valid.delete(first);
        }
      }
    });
    fc.assert(property);
  });

  it("does not grow with what was void or put in twice", () => {
    const gone = new Set<number>();
    const heap = numbers(gone);
    for (let item = 0; item < 100_000; item++) {
      heap.add(-1);
      heap.add(item);
      gone.add(item);
    }
    expect(heap.size).toBeLessThanOrEqual(64);
    expect(heap.first).toBe(-1);
  });

  it("that is empty has nothing to be removed", () => {
    expect(numbers().first).toBeUndefined();
    expect(() => {
      numbers().removeFirst();
    }).toThrow(InvariantViolation);
  });
});
