import { describe, expect, it } from "vitest";
import { summarize } from "./drill-summary.ts";
import { sampleRun } from "./testing/sample-report.ts";

const conditions = {
  drill: { name: "quake", story: "it shakes", aim: { kind: "gap", p50Ms: 200, p99Ms: 200 } },
  ...{ seed: 7, shards: 2, rate: 300, clients: 4, isUndisturbed: false },
  startedAt: "2026-01-02T03:04:05.678Z",
  natsServer: "2.15.1",
} as const;

const samples = { ackCalmMs: [4, 5, 6], ackFaultedMs: [5, 900], faultedMs: [5, 900, Infinity] };

describe("the summary of a drill", () => {
  it("has percentiles over its runs, and over the commands of all of them", () => {
    const outcomes = [
      { report: sampleRun({ gapMs: 100 }), samples },
      { report: sampleRun({ gapMs: 300, untouchedGapMs: null }), samples },
    ];
    const summary = summarize(outcomes, conditions);
    expect(summary.gapMs).toMatchObject({ count: 2, p50: 100, p99: 300 });
    expect(summary.untouchedGapMs).toMatchObject({ count: 1, max: 33 });
    expect(summary.ackFaultedMs).toMatchObject({ count: 4, max: 900 });
    expect(summary.aim.parts.map(({ isMet }) => isMet)).toEqual([true, false]);
    expect(summary.aim.isMet).toBe(false);
    expect(summary.violations).toBe(0);
  });

  it("counts what was wrong in all runs, whatever became of the aim", () => {
    const violation = { promise: "nothing-lost", text: "it is gone" } as const;
    const wrong = sampleRun({ gapMs: 10, violations: [violation, violation] });
    const summary = summarize([{ report: wrong, samples }], conditions);
    expect(summary.violations).toBe(2);
    expect(summary.aim.isMet).toBe(true);
  });

  it("tells what runs came to in which hardly any processor time was stolen", () => {
    const run = (gapMs: number, stolenPercent: number | null) => {
      return { report: sampleRun({ gapMs, stolenPercent }), samples };
    };
    const summary = summarize(
      [run(100, 0.5), run(900, 30), run(120, 5), run(50, null)],
      conditions,
    );
    expect(summary.quietGapMs).toMatchObject({ count: 2, max: 120 });
    expect(summary.machine.stolenPercent).toBeCloseTo(35.5 / 3);
    const unknown = summarize([run(50, null)], conditions);
    expect(unknown.quietGapMs).toBeNull();
    expect(unknown.machine.stolenPercent).toBeNull();
  });

  it("has no untouched shards where there were none", () => {
    const report = sampleRun({ untouchedGapMs: null });
    expect(summarize([{ report, samples }], conditions).untouchedGapMs).toBeNull();
  });

  it("takes a run that was not whole in the end for one that never was", () => {
    const drill = { ...conditions.drill, aim: { kind: "whole", withinMs: 120_000 } } as const;
    const runs = [4000, null].map((recoveryMs) => ({ report: sampleRun({ recoveryMs }), samples }));
    expect(summarize(runs.slice(0, 1), { ...conditions, drill }).aim.isMet).toBe(true);
    expect(summarize(runs, { ...conditions, drill }).aim.isMet).toBe(false);
  });

  it("takes having been told nothing for the worst", () => {
    const nothing = { ackCalmMs: [], ackFaultedMs: [], faultedMs: [] };
    const summary = summarize([{ report: sampleRun(), samples: nothing }], conditions);
    expect(summary.ackFaultedMs.p99).toBe(Infinity);
  });
});
