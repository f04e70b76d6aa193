import { describe, expect, it } from "vitest";
import { Patience } from "./patience.ts";

const longestMs = 1000;

/** A patience that has heard that many answers of that time. */
function used(count: number, tookMs: number): Patience {
  const patience = new Patience(longestMs);
  for (let answer = 0; answer < count; answer++) patience.answered(tookMs);
  return patience;
}

describe("patience", () => {
  it("is the longest before there is anything to learn from", () => {
    expect(new Patience(longestMs).ms).toBe(longestMs);
  });

  it("comes down to some times of what answers take, and never to nothing", () => {
    expect(used(1, 60).ms).toBe(60 + 4 * 30);
    expect(used(50, 200).ms).toBeCloseTo(200, 0);
    expect(used(50, 5).ms).toBe(50);
  });

  it("grows with answers that vary, and never beyond the longest", () => {
    const patience = used(50, 100);
    for (const tookMs of [100, 300, 100, 300]) patience.answered(tookMs);
    expect(patience.ms).toBeGreaterThan(300);
    expect(used(50, 5000).ms).toBe(longestMs);
  });

  it("is the longest again once early attempts have used up what answers earned", () => {
    const patience = used(50, 5);
    for (let attempt = 0; attempt < 10; attempt++) {
      expect(patience.ms).toBe(50);
      patience.givenUp(50);
    }
    expect(patience.ms).toBe(longestMs);
    for (let answer = 0; answer < 11; answer++) patience.answered(5);
    expect(patience.ms).toBe(50);
  });

  it("pays nothing for an attempt that was given its full time", () => {
    const patience = used(50, 5);
    for (let attempt = 0; attempt < 20; attempt++) patience.givenUp(longestMs);
    expect(patience.ms).toBe(50);
  });
});
