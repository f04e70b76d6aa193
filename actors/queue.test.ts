import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvariantViolation } from "../protocols/index.ts";
import { Queue } from "./queue.ts";

describe("a queue", () => {
  it("gives back what is in it in the order of its coming, whatever came in between", () => {
    // A number to put in, or undefined to take one out.
    const moves = fc.array(fc.option(fc.integer(), { nil: undefined, freq: 2 }));
    const property = fc.property(moves, (moves) => {
      const queue = new Queue<number>();
      let waiting: readonly number[] = [];
      for (const move of moves) {
        if (move !== undefined) {
          queue.add(move);
          waiting = [...waiting, move];
        } else if (waiting.length > 0) {
          queue.removeFirst();
          waiting = waiting.slice(1);
        }
        expect([queue.first, queue.length]).toEqual([waiting[0], waiting.length]);
        expect(queue.values()).toEqual(waiting);
      }
    });
    fc.assert(property);
  });

  it("has nothing to give when it is empty", () => {
    const queue = new Queue<number>();
    expect(queue.first).toBeUndefined();
    expect(() => queue.removeFirst()).toThrow(InvariantViolation);
  });
});
