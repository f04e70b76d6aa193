/** What one run's history says in figures. A pure function of what the clients saw. */
import { percentilesOf } from "../../ops/bench/percentiles.ts";
import type { Percentiles } from "../../ops/bench/percentiles.ts";
import type { Interval } from "../history/ack-gaps.ts";
import { acknowledgementTimes, lengthMs, longestGap } from "../history/ack-gaps.ts";
import type { Operation } from "../history/operation.ts";
import { isAcknowledged } from "../history/operation.ts";
import type { Mark, RunReport, ShardGaps, Timeline } from "./drill-report.ts";

/** When things happened, by the clients' clock. */
export interface RunTimes {
  readonly startedAtMs: number;
  readonly calmFromMs: number;
  readonly faultAtMs: number;
  /** When it began to be healed: restarts take their time from here on. */
  readonly healingAtMs: number;
  readonly endedAtMs: number;
}

export interface RunSeen {
  readonly times: RunTimes;
  readonly operations: readonly Operation[];
  readonly shards: number;
  readonly aimedAt: readonly number[];
  readonly untouched: readonly number[];
}

type Figures = Pick<
  RunReport,
  | "shards"
  | "gapMs"
  | "calmGapMs"
  | "untouchedGapMs"
  | "calmMs"
  | "faultedMs"
  | "backMs"
  | "ackCalmMs"
  | "ackFaultedMs"
  | "commands"
  | "timeline"
>;

const timelineStepMs = 50;

export function figuresOf(seen: RunSeen): Figures {
  const { times, operations, aimedAt, untouched } = seen;
  const { calm, faulted } = intervalsOf(times);
  const samples = samplesOf(seen);
  const shards = Array.from({ length: seen.shards }, (_, shard): ShardGaps => {
    const atHome = operations.filter((operation) => isOfShardAlone(operation, shard));
    const gap = longestGap(atHome, faulted) ?? faulted;
    return {
      shard,
      gapMs: lengthMs(gap),
      gapFromMs: Math.round(gap.fromMs - times.startedAtMs),
      calmGapMs: lengthMs(longestGap(atHome, calm) ?? calm),
      isAimedAt: aimedAt.includes(shard),
    };
  });
  const longest = (which: readonly number[], gap: (of: ShardGaps) => number): number =>
    Math.max(...shards.filter(({ shard }) => which.includes(shard)).map(gap));
  return {
    shards,
    gapMs: longest(aimedAt, ({ gapMs }) => gapMs),
    calmGapMs: longest(aimedAt, ({ calmGapMs }) => calmGapMs),
    untouchedGapMs: untouched.length === 0 ? null : longest(untouched, ({ gapMs }) => gapMs),
    calmMs: calm.toMs - calm.fromMs,
    faultedMs: faulted.toMs - faulted.fromMs,
    backMs: backAfterMs(seen),
    ackCalmMs: percentilesOrNone(samples.ackCalmMs),
    ackFaultedMs: percentilesOrNone(samples.ackFaultedMs),
    commands: countsOf(operations),
    timeline: timelineOf(seen),
  };
}

/** The faulted time, and as much of the time before it. */
export function intervalsOf(times: RunTimes): { calm: Interval; faulted: Interval } {
  const { calmFromMs, faultAtMs, endedAtMs } = times;
  const lengthMs = Math.min(endedAtMs - faultAtMs, faultAtMs - calmFromMs);
  return {
    calm: { fromMs: faultAtMs - lengthMs, toMs: faultAtMs },
    faulted: { fromMs: faultAtMs, toMs: endedAtMs, isOpen: true },
  };
}

/** How long commands took, to be put together over all runs. */
export interface RunSamples {
  /** Those acknowledged, of the clients that the fault is about. */
  readonly ackCalmMs: readonly number[];
  readonly ackFaultedMs: readonly number[];
  /** All that were asked for since the fault, of every client; Infinity without an answer. */
  readonly faultedMs: readonly number[];
}

export function samplesOf(seen: RunSeen): RunSamples {
  const { calm, faulted } = intervalsOf(seen.times);
  const ofAimed = seen.operations.filter(({ shards }) =>
    shards.every((shard) => seen.aimedAt.includes(shard)),
  );
  return {
    ackCalmMs: acknowledgementTimes(ofAimed, calm),
    ackFaultedMs: acknowledgementTimes(ofAimed, faulted),
    faultedMs: seen.operations
      .filter(({ invokedAtMs }) => invokedAtMs >= faulted.fromMs && invokedAtMs < faulted.toMs)
      .map((operation) =>
        isAcknowledged(operation) ? operation.completedAtMs - operation.invokedAtMs : Infinity,
      ),
  };
}

export function marksSince(startedAtMs: number, marks: readonly Mark[]): readonly Mark[] {
  const since = marks.map((mark) => ({ ...mark, atMs: Math.round(mark.atMs - startedAtMs) }));
  return since.sort((a, b) => a.atMs - b.atMs);
}

function isOfShardAlone({ shards }: Operation, shard: number): boolean {
  return shards.length === 1 && shards[0] === shard;
}

function backAfterMs({ times, operations, shards }: RunSeen): number {
  const { healingAtMs } = times;
  const after = Array.from({ length: shards }, (_, shard) => {
    const firstMs = operations
      .filter((operation) => isOfShardAlone(operation, shard) && isAcknowledged(operation))
      .map(({ completedAtMs }) => completedAtMs)
      .filter((atMs) => atMs >= healingAtMs)
      .reduce((a, b) => Math.min(a, b), Infinity);
    return firstMs - healingAtMs;
  });
  return Math.max(...after);
}

function countsOf(operations: readonly Operation[]): RunReport["commands"] {
  const count = (kind: Operation["outcome"]["kind"]): number =>
    operations.filter(({ outcome }) => outcome.kind === kind).length;
  return {
    done: count("done"),
    refused: count("refused"),
    notDone: count("not-done"),
    unknown: count("unknown"),
  };
}

function timelineOf({ times, operations, shards }: RunSeen): Timeline {
  const { startedAtMs, endedAtMs } = times;
  const steps = Math.max(1, Math.ceil((endedAtMs - startedAtMs) / timelineStepMs));
  const lines = Array.from({ length: shards }, (_, shard) => {
    const counts = Array.from({ length: steps }, () => 0);
    for (const operation of operations) {
      if (!isOfShardAlone(operation, shard) || !isAcknowledged(operation)) continue;
      const step = Math.floor((operation.completedAtMs - startedAtMs) / timelineStepMs);
      if (step >= 0 && step < steps) counts[step] = (counts[step] ?? 0) + 1;
    }
    return { shard, counts };
  });
  return { stepMs: timelineStepMs, shards: lines };
}

const none: Percentiles = {
  count: 0,
  p50: Number.POSITIVE_INFINITY,
  p99: Number.POSITIVE_INFINITY,
  p999: Number.POSITIVE_INFINITY,
  max: Number.POSITIVE_INFINITY,
};

/** Of nothing: nothing was ever acknowledged. */
export function percentilesOrNone(values: readonly number[]): Percentiles {
  return values.length === 0 ? none : percentilesOf(values);
}
