/**
 * Method: against a Map, on random moves over few keys.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { RecentMap } from "./recent-map.ts";

it("holds what a map holds, whatever it was asked for before", () => {
  const moves = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.nat({ max: 3 })));
  const property = fc.property(moves, (list) => {
    const recent = new RecentMap<string, { value: number }>();
    const model = new Map<string, { value: number }>();
    for (const [index, [move, number]] of list.entries()) {
      const key = `key-${String(number)}`;
      if (move === 0) {
        recent.clear();
        model.clear();
      } else if (move === 1) {
        expect(recent.delete(key)).toBe(model.delete(key));
      } else if (move < 4) {
        const value = { value: index };
        recent.set(key, value);
        model.set(key, value);
      }
      expect(recent.get(key)).toBe(model.get(key));
      expect([...recent]).toEqual([...model]);
    }
  });
  fc.assert(property, { numRuns: 500 });
});
