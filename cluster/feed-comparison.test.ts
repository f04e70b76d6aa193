import { describe, expect, it } from "vitest";
import { accountOf, causeOf, FeedComparison, hashesMax } from "./feed-comparison.ts";

const hash = (value: number) => new Uint8Array(32).fill(value);
const said = (sequence: number, value: number) => ({
  node: "e1",
  sequence,
  entriesHash: hash(9),
  outputsHash: hash(value),
});
const account = (value: number) => accountOf({ entriesHash: hash(9), outputsHash: hash(value) });

describe("comparing with the feed", () => {
  it("finds nothing when both say the same, whoever is first", () => {
    const comparison = new FeedComparison();
    expect(comparison.computed(1, account(1))).toBeUndefined();
    expect(comparison.compare(said(1, 1))).toBeUndefined();
    comparison.foretell(said(2, 2));
    expect(comparison.computed(2, account(2))).toBeUndefined();
    expect(comparison.accountAt(2)).toEqual(account(2));
  });

  it("names the step that differs and who said so, whoever is first", () => {
    const difference = { sequence: 7, by: "e1", expected: account(2), computed: account(1) };
    const behind = new FeedComparison();
    behind.computed(7, account(1));
    expect(behind.compare(said(7, 2))).toEqual(difference);
    const ahead = new FeedComparison();
    ahead.foretell(said(7, 2));
    expect(ahead.computed(7, account(1))).toEqual(difference);
  });

  it("has no opinion about steps it never computed or has forgotten", () => {
    const comparison = new FeedComparison();
    expect(comparison.compare(said(5, 1))).toBeUndefined();
    for (let sequence = 1; sequence <= hashesMax + 1; sequence++) {
      comparison.computed(sequence, account(1));
    }
    expect(comparison.compare(said(1, 2))).toBeUndefined();
    expect(comparison.compare(said(2, 2))).toBeDefined();
  });

  it("keeps the latest of what it is told while it is far behind", () => {
    const comparison = new FeedComparison();
    for (let sequence = 1; sequence <= 2 * hashesMax; sequence++) {
      comparison.foretell(said(sequence, 2));
    }
    expect(comparison.computed(hashesMax, account(1))).toBeUndefined();
    expect(comparison.computed(hashesMax + 1, account(1))?.sequence).toBe(hashesMax + 1);
  });

  it("tells an entry that was read otherwise from one that was computed otherwise", () => {
    const own = accountOf({ entriesHash: hash(1), outputsHash: hash(2) });
    const otherRead = accountOf({ entriesHash: hash(3), outputsHash: hash(2) });
    const otherMade = accountOf({ entriesHash: hash(1), outputsHash: hash(4) });
    const about = { sequence: 1, by: "e2", computed: own };
    expect(causeOf({ ...about, expected: otherRead })).toBe("entry");
    expect(causeOf({ ...about, expected: otherMade })).toBe("computation");
  });
});
