/** What all runs of a drill come to: percentiles over runs and commands, and the verdicts. */
import { cpus, release, type } from "node:os";
import { percentilesOf } from "../../ops/bench/percentiles.ts";
import { version } from "../../ops/config/release.ts";
import { quietPercentMax } from "../../ops/bench/processors/quiet-host.ts";
import { aimInWords, gapAimsOf, judgeAim } from "./aim-verdict.ts";
import type { Drill } from "./drill.ts";
import type { DrillReport, RunReport } from "./drill-report.ts";
import type { RunOutcome } from "./drill-run.ts";
import type { RunSamples } from "./run-report.ts";
import { percentilesOrNone } from "./run-report.ts";

export interface Conditions {
  readonly drill: Pick<Drill, "name" | "story" | "aim">;
  readonly seed: number;
  readonly shards: number;
  readonly rate: number;
  readonly clients: number;
  readonly isUndisturbed: boolean;
  readonly startedAt: string;
  /** Its version. */
  readonly natsServer: string;
}

/** Of at least one run. */
export function summarize(
  outcomes: readonly Pick<RunOutcome, "report" | "samples">[],
  conditions: Conditions,
): DrillReport {
  const { drill, seed, shards, rate, clients, isUndisturbed, startedAt, natsServer } = conditions;
  const runs = outcomes.map(({ report }) => report);
  const over = (value: (run: RunReport) => number) => percentilesOf(runs.map(value));
  const pooled = (samples: (of: RunSamples) => readonly number[]): readonly number[] =>
    outcomes.flatMap((outcome) => samples(outcome.samples));
  const untouched = runs.flatMap(({ untouchedGapMs }) => untouchedGapMs ?? []);
  const untouchedGapMs = untouched.length === 0 ? undefined : percentilesOf(untouched);
  const gapMs = over((run) => run.gapMs);
  const quiet = runs.filter(({ stolenPercent }) => (stolenPercent ?? 100) <= quietPercentMax);
  const ackCalmMs = percentilesOrNone(pooled((of) => of.ackCalmMs));
  const ackFaultedMs = percentilesOrNone(pooled((of) => of.ackFaultedMs));
  return {
    version: 1,
    drill: {
      name: drill.name,
      story: drill.story,
      aim: aimInWords(drill.aim),
      gapAims: gapAimsOf(drill.aim),
    },
    ...{ startedAt, seed, shards, rate, clients },
    versions: { outcry: version, node: process.versions.node, natsServer },
    machine: {
      processors: cpus().length,
      system: `${type()} ${release()}`,
      stolenPercent: meanOrNull(runs.flatMap(({ stolenPercent }) => stolenPercent ?? [])),
      isUndisturbed,
    },
    runs,
    gapMs,
    calmGapMs: over((run) => run.calmGapMs),
    untouchedGapMs: untouchedGapMs ?? null,
    quietGapMs: quiet.length === 0 ? null : percentilesOf(quiet.map((run) => run.gapMs)),
    ackCalmMs,
    ackFaultedMs,
    aim: judgeAim(drill.aim, {
      gapMs,
      untouchedGapMs,
      ackCalmMs,
      ackFaultedMs,
      backMs: over((run) => run.backMs),
      wholeMs: over((run) => run.recoveryMs ?? Infinity),
      faultedTimesMs: pooled((of) => of.faultedMs),
    }),
    violations: runs.reduce((sum, run) => sum + run.violations.length, 0),
  };
}

function meanOrNull(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
