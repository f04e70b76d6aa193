import { expect, it } from "vitest";
import { describeRun } from "./report-text.ts";
import { sampleRun } from "./testing/sample-report.ts";

it("says of a run how long the longest gap was, and when: at the fault, or at what came after", () => {
  expect(describeRun(sampleRun())[0]).toBe(
    "longest gap 182 ms, 10 ms after the fault (calm 31 ms), in other shards 33 ms; " +
      "whole after 1.7 s; 0.5 % stolen",
  );
  const shards = [{ shard: 0, gapMs: 90, gapFromMs: 6300, calmGapMs: 31, isAimedAt: true }];
  expect(describeRun(sampleRun({ shards, gapMs: 90, untouchedGapMs: null }))[0]).toContain(
    "longest gap 90 ms, 2.3 s after the fault (calm 31 ms); whole",
  );
});
