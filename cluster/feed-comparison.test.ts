import { describe, expect, it } from "vitest";
import { FeedComparison, hashesMax } from "./feed-comparison.ts";

const hash = (value: number) => new Uint8Array(32).fill(value);

describe("comparing with the feed", () => {
  it("finds nothing when both say the same, whoever is first", () => {
    const comparison = new FeedComparison();
    expect(comparison.computed(1, hash(1))).toBeUndefined();
    expect(comparison.told(1, hash(1), 1)).toBeUndefined();
    expect(comparison.told(2, hash(2), 1)).toBeUndefined();
    expect(comparison.computed(2, hash(2))).toBeUndefined();
  });

  it("names the step that differs, whoever is first", () => {
    const behind = new FeedComparison();
    behind.computed(7, hash(1));
    const difference = { sequence: 7, expected: hash(2), computed: hash(1) };
    expect(behind.told(7, hash(2), 7)).toEqual(difference);
    const ahead = new FeedComparison();
    ahead.told(7, hash(2), 6);
    expect(ahead.computed(7, hash(1))).toEqual(difference);
  });

  it("has no opinion about steps it never computed or has forgotten", () => {
    const comparison = new FeedComparison();
    expect(comparison.told(5, hash(1), 10)).toBeUndefined();
    for (let sequence = 1; sequence <= hashesMax + 1; sequence++) {
      comparison.computed(sequence, hash(1));
    }
    expect(comparison.told(1, hash(2), hashesMax + 1)).toBeUndefined();
    expect(comparison.told(2, hash(2), hashesMax + 1)).toBeDefined();
  });

  it("keeps the latest of what it is told while it is far behind", () => {
    const comparison = new FeedComparison();
    for (let sequence = 1; sequence <= 2 * hashesMax; sequence++) {
      comparison.told(sequence, hash(2), 0);
    }
    expect(comparison.computed(hashesMax, hash(1))).toBeUndefined();
    expect(comparison.computed(hashesMax + 1, hash(1))?.sequence).toBe(hashesMax + 1);
  });
});
