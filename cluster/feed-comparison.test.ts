import { describe, expect, it } from "vitest";
import { FeedComparison, hashesMax } from "./feed-comparison.ts";

const hash = (value: number) => new Uint8Array(32).fill(value);
const said = (sequence: number, value: number) => ({
  node: "e1",
  sequence,
  outputsHash: hash(value),
});

describe("comparing with the feed", () => {
  it("finds nothing when both say the same, whoever is first", () => {
    const comparison = new FeedComparison();
    expect(comparison.computed(1, hash(1))).toBeUndefined();
    expect(comparison.compare(said(1, 1))).toBeUndefined();
    comparison.foretell(said(2, 2));
    expect(comparison.computed(2, hash(2))).toBeUndefined();
    expect(comparison.hashAt(2)).toEqual(hash(2));
  });

  it("names the step that differs and who said so, whoever is first", () => {
    const difference = { sequence: 7, by: "e1", expected: hash(2), computed: hash(1) };
    const behind = new FeedComparison();
    behind.computed(7, hash(1));
    expect(behind.compare(said(7, 2))).toEqual(difference);
    const ahead = new FeedComparison();
    ahead.foretell(said(7, 2));
    expect(ahead.computed(7, hash(1))).toEqual(difference);
  });

  it("has no opinion about steps it never computed or has forgotten", () => {
    const comparison = new FeedComparison();
    expect(comparison.compare(said(5, 1))).toBeUndefined();
    for (let sequence = 1; sequence <= hashesMax + 1; sequence++) {
      comparison.computed(sequence, hash(1));
    }
    expect(comparison.compare(said(1, 2))).toBeUndefined();
    expect(comparison.compare(said(2, 2))).toBeDefined();
  });

  it("keeps the latest of what it is told while it is far behind", () => {
    const comparison = new FeedComparison();
    for (let sequence = 1; sequence <= 2 * hashesMax; sequence++) {
      comparison.foretell(said(sequence, 2));
    }
    expect(comparison.computed(hashesMax, hash(1))).toBeUndefined();
    expect(comparison.computed(hashesMax + 1, hash(1))?.sequence).toBe(hashesMax + 1);
  });
});
