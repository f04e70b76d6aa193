import { describe, expect, it } from "vitest";
import { percentilesOf } from "../../ops/bench/percentiles.ts";
import type { Measured } from "./aim-verdict.ts";
import { aimInWords, duration, judgeAim } from "./aim-verdict.ts";
import type { Aim } from "./drill.ts";

const measured: Measured = {
  gapMs: percentilesOf([80, 90, 310]),
  untouchedGapMs: percentilesOf([20, 40]),
  ackCalmMs: percentilesOf([5, 10]),
  ackFaultedMs: percentilesOf([5, 11]),
  backMs: percentilesOf([900, 14_000]),
  wholeMs: percentilesOf([4000, Infinity]),
  faultedTimesMs: [5, 6, 7, 1200],
};

function judged(aim: Aim): readonly string[] {
  const { isMet, parts } = judgeAim(aim, measured);
  expect(isMet).toBe(parts.every((part) => part.isMet));
  return parts.map((part) => `${part.isMet ? "met" : "missed"}: ${part.text}`);
}

describe("an aim", () => {
  it("for gaps is judged by the median and the tail of all runs", () => {
    expect(judged({ kind: "gap", p50Ms: 90, p99Ms: 300 })).toEqual([
      "met: gap p50 90 ms (aim 90 ms)",
      "missed: gap p99 310 ms (aim 300 ms)",
    ]);
  });

  it("for gaps may have the other shards notice little", () => {
    expect(judged({ kind: "gap", p99Ms: 400, untouchedP99Ms: 39 })).toEqual([
      "met: gap p99 310 ms (aim 400 ms)",
      "missed: gap p99 in other shards 40 ms (aim 39 ms)",
    ]);
  });

  it("for no effect allows so many percent", () => {
    expect(judged({ kind: "calm", growthPercentMax: 10 })).toEqual([
      "met: acknowledgement p99 11 ms (aim 11 ms)",
    ]);
    expect(judged({ kind: "calm", growthPercentMax: 9 })).toEqual([
      "missed: acknowledgement p99 11 ms (aim 11 ms)",
    ]);
  });

  it("for trading again is judged by the slowest run", () => {
    expect(judged({ kind: "back", withinMs: 13_000 })).toEqual([
      "missed: acknowledged again after 14 s (aim 13 s)",
    ]);
  });

  it("for being whole is missed by one run that never was", () => {
    const aim = { kind: "whole", withinMs: 120_000 } as const;
    expect(judged(aim)).toEqual(["missed: whole again after no end (aim 120 s)"]);
    const wholeMs = percentilesOf([4000, 52_000]);
    expect(judgeAim(aim, { ...measured, wholeMs }).isMet).toBe(true);
  });

  it("for a share counts what was never acknowledged as late", () => {
    const aim = { kind: "share", percent: 75, withinMs: 1000 } as const;
    expect(judged(aim)).toEqual(["met: 75.000 % within 1 s (aim 75 %)"]);
    const faultedTimesMs = [...measured.faultedTimesMs, Infinity];
    expect(judgeAim(aim, { ...measured, faultedTimesMs }).isMet).toBe(false);
  });

  it("is not met by having measured nothing", () => {
    const nothing = { ...measured, gapMs: percentilesOf([Number.NaN]), faultedTimesMs: [] };
    expect(judgeAim({ kind: "gap", p99Ms: 300 }, nothing).isMet).toBe(false);
    expect(judgeAim({ kind: "share", percent: 99, withinMs: 1000 }, nothing).isMet).toBe(false);
  });

  it("is told in words", () => {
    expect(aimInWords({ kind: "gap", p50Ms: 5000, p99Ms: 8500, untouchedP99Ms: 50 })).toBe(
      "longest gap: p50 5 s, p99 8.5 s; in other shards p99 50 ms",
    );
  });
});

describe("a duration", () => {
  it("has as many digits as one cares for", () => {
    expect([0.04, 8.54, 182.4, 4213, Infinity].map(duration)).toEqual([
      "0 ms",
      "8.5 ms",
      "182 ms",
      "4.21 s",
      "no end",
    ]);
  });
});
