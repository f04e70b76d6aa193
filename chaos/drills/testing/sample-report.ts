/** A drill's report that was made up, of two runs, for tests of what is made of reports. */
import { percentilesOf } from "../../../ops/bench/percentiles.ts";
import type { DrillReport, RunReport } from "../drill-report.ts";

export function sampleRun(change: Partial<RunReport> = {}): RunReport {
  const hashes = { sequence: 10, entries: "e".repeat(64), outputs: "0".repeat(64), state: "5a" };
  return {
    number: 1,
    seed: 7,
    what: "killed e1, which emits shard 0",
    marks: [
      { atMs: 4000, kind: "fault", text: "killed e1, which emits shard 0" },
      { atMs: 5000, kind: "note", text: "looked on" },
      { atMs: 6000, kind: "healed", text: "healed" },
    ],
    shards: [
      { shard: 0, gapMs: 182, gapFromMs: 4010, calmGapMs: 31, isAimedAt: true },
      { shard: 1, gapMs: 33, gapFromMs: 5000, calmGapMs: 30, isAimedAt: false },
    ],
    gapMs: 182,
    calmGapMs: 31,
    untouchedGapMs: 33,
    calmMs: 3000,
    faultedMs: 3500,
    backMs: 12,
    recoveryMs: 1700,
    stolenPercent: 0.5,
    waitedFor: ["e1 does not answer"],
    ackCalmMs: percentilesOf([4, 9]),
    ackFaultedMs: percentilesOf([4, 190]),
    commands: { done: 1200, refused: 34, notDone: 0, unknown: 1 },
    fills: 640,
    hashes: [0, 1].map((shard) => ({
      shard,
      before: hashes,
      after: { ...hashes, sequence: 1210 },
    })),
    violations: [],
    timeline: {
      stepMs: 50,
      shards: [0, 1].map((shard) => ({
        shard,
        counts: Array.from({ length: 150 }, (_, step) => (step > 80 && step < 84 ? 0 : 3)),
      })),
    },
    ...change,
  };
}

export function sampleReport(change: Partial<DrillReport> = {}): DrillReport {
  const runs = [sampleRun(), sampleRun({ number: 2, gapMs: 240, what: "killed e2 & its <kin>" })];
  return {
    version: 1,
    drill: {
      name: "emitter-kill",
      story: "the engine that emits a shard is killed",
      aim: "longest gap: p50 100 ms, p99 300 ms",
      gapAims: [
        { percentile: "p50", ms: 100 },
        { percentile: "p99", ms: 300 },
      ],
    },
    startedAt: "2026-01-02T03:04:05.678Z",
    seed: 7,
    shards: 2,
    rate: 300,
    clients: 4,
    versions: { outcry: "0.1.0", node: "24.0.0", natsServer: "2.15.1" },
    machine: { processors: 2, system: "Linux 6.1", stolenPercent: 3.26, isUndisturbed: true },
    runs,
    gapMs: percentilesOf([182, 240]),
    calmGapMs: percentilesOf([31, 31]),
    untouchedGapMs: percentilesOf([33, 33]),
    quietGapMs: percentilesOf([182]),
    ackCalmMs: percentilesOf([4, 9]),
    ackFaultedMs: percentilesOf([4, 190]),
    aim: {
      isMet: false,
      parts: [
        { text: "gap p50 182 ms (aim 100 ms)", isMet: false },
        { text: "gap p99 240 ms (aim 300 ms)", isMet: true },
      ],
    },
    violations: 0,
    ...change,
  };
}
