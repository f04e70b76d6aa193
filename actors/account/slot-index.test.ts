/**
 * Method: an index against a Map, on random additions and removals, with hashes that collide as
 * often as chance and ill will can make them.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvariantViolation } from "../../protocols/index.ts";
import { Random } from "../testing/random.ts";
import { hashOfName, hashOfNameBytes, SlotIndex } from "./slot-index.ts";

/** The slots with a hash, in any order. */
function slotsOf(index: SlotIndex, hash: number): number[] {
  const slots: number[] = [];
  for (let place = index.first(hash); place >= 0; place = index.next(place, hash)) {
    slots.push(index.slotAt(place));
  }
  return slots.sort((a, b) => a - b);
}

const hashes: { readonly [name: string]: (slot: number) => number } = {
  differ: (slot) => slot,
  "are spread over all bits": (slot) => Math.imul(slot + 1, 0x9e3779b1),
  "all collide": () => 7,
  "nearly collide": (slot) => slot % 3,
  "are all zero": () => 0,
  "are all minus one": () => -1,
};

describe.each(Object.entries(hashes))("slots whose hashes %s", (_, hashOf) => {
  it("are found while they are there, and nothing else is", () => {
    const moves = fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 40 })), { maxLength: 200 });
    const property = fc.property(moves, (list) => {
      const index = new SlotIndex();
      const model = new Set<number>();
      for (const [adds, slot] of list) {
        if (adds === model.has(slot)) continue;
        if (adds) index.add(hashOf(slot), slot);
        else index.delete(hashOf(slot), slot);
        if (adds) model.add(slot);
        else model.delete(slot);
      }
      for (let slot = 0; slot <= 40; slot++) {
        const expected = [...model].filter((other) => hashOf(other) === hashOf(slot));
        expect(slotsOf(index, hashOf(slot))).toEqual(expected.sort((a, b) => a - b));
      }
    });
    fc.assert(property, { numRuns: 200 });
  });
});

describe("an index", () => {
  it("keeps very many slots, coming and going", () => {
    const index = new SlotIndex();
    const random = new Random(1);
    const names = Array.from({ length: 5000 }, (_, number) => `order-${String(number)}`);
    const known = new Set<number>();
    for (let move = 0; move < 30_000; move++) {
      const slot = random.below(names.length);
      const hash = hashOfName(names[slot]!, 0);
      if (known.delete(slot)) {
        index.delete(hash, slot);
      } else {
        index.add(hash, slot);
        known.add(slot);
      }
    }
    names.forEach((name, slot) => {
      expect(slotsOf(index, hashOfName(name, 0)).includes(slot)).toBe(known.has(slot));
    });
    expect(index.isCrowded).toBe(false);
  });

  it("removes only what it holds", () => {
    const index = new SlotIndex();
    index.add(5, 1);
    expect(() => index.delete(5, 2)).toThrow(InvariantViolation);
    expect(() => index.delete(6, 2)).toThrow(InvariantViolation);
    expect(() => index.add(5, -1)).toThrow(InvariantViolation);
  });

  it("notices names that were chosen to collide, and is none the slower for them after", () => {
    const names: string[] = [];
    for (let number = 0; names.length < 300; number++) {
      const name = `n${number.toString(36)}`;
      // The same place in an index of a thousand.
      if ((hashOfName(name, 0) & 1023) === 5) names.push(name);
    }
    const index = new SlotIndex();
    const fill = (seed: number): void => {
      index.clear();
      names.forEach((name, slot) => index.add(hashOfName(name, seed), slot));
    };
    fill(0);
    expect(index.isCrowded).toBe(true);
    // What nobody knew when the names were chosen.
    fill(1_700_000_000_123_456 | 0);
    expect(index.isCrowded).toBe(false);
  });

  it("is empty once cleared", () => {
    const index = new SlotIndex();
    index.add(5, 1);
    index.clear();
    expect(slotsOf(index, 5)).toEqual([]);
    index.add(5, 1);
    expect(slotsOf(index, 5)).toEqual([1]);
  });
});

describe("the hash of a name", () => {
  it("is the same of its text and of its bytes, wherever they lie", () => {
    const names = fc.string({ unit: "binary-ascii", maxLength: 40 });
    const around = fc.uint8Array({ maxLength: 5 });
    const seeds = fc.oneof(fc.constant(0), fc.integer());
    const property = fc.property(names, around, seeds, (name, other, seed) => {
      const bytes = Uint8Array.from([...other, ...new TextEncoder().encode(name), ...other]);
      const lying = { bytes, from: other.length, end: other.length + name.length };
      expect(hashOfNameBytes(lying, seed)).toBe(hashOfName(name, seed));
    });
    fc.assert(property, { numRuns: 500 });
  });

  it("depends on the seed, on each character and on their order", () => {
    const hashes = [
      ...["", "a", "b", "ab", "ba", "aab"].map((name) => hashOfName(name, 0)),
      ...["", "a", "ab"].map((name) => hashOfName(name, 1)),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
