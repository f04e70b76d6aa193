/** What a drill found out, as data: for programs as JSON, for people as text or a page. */
import type { Percentiles } from "../../ops/bench/percentiles.ts";
import type { Violation } from "../history/check-history.ts";

export interface DrillReport {
  readonly version: 1;
  readonly drill: {
    readonly name: string;
    readonly story: string;
    readonly aim: string;
    /** What the gaps are held against, where they are. */
    readonly gapAims: readonly GapAim[];
  };
  readonly startedAt: string;
  readonly seed: number;
  readonly shards: number;
  /** Commands a second. */
  readonly rate: number;
  readonly clients: number;
  readonly versions: {
    readonly outcry: string;
    readonly node: string;
    readonly natsServer: string;
  };
  readonly machine: {
    readonly processors: number;
    readonly system: string;
    /** Of the processors' time, by other machines on the same host; null where it is not known. */
    readonly stolenPercent: number | null;
    /** Whether processors were kept busy, and runs begun while the host left them alone. */
    readonly isUndisturbed: boolean;
  };
  readonly runs: readonly RunReport[];
  readonly gapMs: Percentiles;
  readonly calmGapMs: Percentiles;
  readonly untouchedGapMs: Percentiles | null;
  /** Of the runs in which hardly any processor time was stolen; null without any. */
  readonly quietGapMs: Percentiles | null;
  readonly ackCalmMs: Percentiles;
  readonly ackFaultedMs: Percentiles;
  readonly aim: AimVerdict;
  /** 0, or a promise was broken. */
  readonly violations: number;
}

export interface AimVerdict {
  readonly isMet: boolean;
  /** Each part of the aim with what was measured, in words. */
  readonly parts: readonly { readonly text: string; readonly isMet: boolean }[];
}

export interface GapAim {
  readonly percentile: "p50" | "p99";
  readonly ms: number;
}

export interface RunReport {
  readonly number: number;
  /** Of what chance there is in it. */
  readonly seed: number;
  readonly what: string;
  /** Times are milliseconds since the run's first command. */
  readonly marks: readonly Mark[];
  readonly shards: readonly ShardGaps[];
  readonly gapMs: number;
  readonly calmGapMs: number;
  readonly untouchedGapMs: number | null;
  readonly calmMs: number;
  readonly faultedMs: number;
  /** From the fault's end to the next acknowledgement in every shard. */
  readonly backMs: number;
  /** From the fault's end until the cluster was whole; null when it was not in time. */
  readonly recoveryMs: number | null;
  /** From the calm time's beginning to the end; null where the system does not tell. */
  readonly stolenPercent: number | null;
  /** What kept it from being whole to the last, in words. */
  readonly waitedFor: readonly string[];
  readonly ackCalmMs: Percentiles;
  readonly ackFaultedMs: Percentiles;
  readonly commands: {
    readonly done: number;
    readonly refused: number;
    readonly notDone: number;
    readonly unknown: number;
  };
  readonly fills: number;
  readonly hashes: readonly ShardHashes[];
  readonly violations: readonly Violation[];
  readonly timeline: Timeline;
}

export interface Mark {
  readonly atMs: number;
  readonly kind: "fault" | "healed" | "note";
  readonly text: string;
}

export interface ShardGaps {
  readonly shard: number;
  readonly gapMs: number;
  /** Since the run's first command. */
  readonly gapFromMs: number;
  readonly calmGapMs: number;
  readonly isAimedAt: boolean;
}

/** A shard's chains before the run and after it, as a rebuild from the log has them. */
export interface ShardHashes {
  readonly shard: number;
  readonly before: HashesAt;
  readonly after: HashesAt;
}

export interface HashesAt {
  readonly sequence: number;
  readonly entries: string;
  readonly outputs: string;
  readonly state: string;
}

/** Acknowledgements over time, in equal steps from the run's first command on. */
export interface Timeline {
  readonly stepMs: number;
  /** By shard. */
  readonly shards: readonly {
    readonly shard: number;
    /** Acknowledgements in each step. */
    readonly counts: readonly number[];
  }[];
}
