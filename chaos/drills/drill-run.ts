/**
 * One run of a drill: calm load, the fault, its end, the time after; then everything that was seen
 * is held against the log.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { SeededRandom } from "../../clients/agents/seeded-random.ts";
import { replaySourceOf } from "../../ops/cli/engine-access.ts";
import type { Violation } from "../history/check-history.ts";
import { checkHistory } from "../history/check-history.ts";
import type { ReplayedVenue, VenueReplay } from "../history/venue-replay.ts";
import type { Fault } from "../nemeses/fault.ts";
import { Target } from "../nemeses/target.ts";
import type { TargetParts } from "../nemeses/target.ts";
import type { Recovery } from "../nemeses/well-being.ts";
import { untilWell } from "../nemeses/well-being.ts";
import type { Workload } from "../workload/workload.ts";
import type { Drill } from "./drill.ts";
import type { HashesAt, Mark, RunReport } from "./drill-report.ts";
import type { RunSamples, RunSeen, RunTimes } from "./run-report.ts";
import { figuresOf, marksSince, samplesOf } from "./run-report.ts";
import { processorTime, stolenPercent } from "../../ops/bench/processors/stolen-time.ts";

export interface DrillRunParts extends Pick<TargetParts, "cluster" | "access" | "ways" | "disks"> {
  readonly drill: Drill;
  readonly workload: Workload;
  readonly replay: VenueReplay;
  /** What the logs came to when the run before had ended. */
  readonly before: ReplayedVenue;
  readonly number: number;
  readonly seed: number;
  /** Load before the calm time. */
  readonly warmUpMs: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

export interface RunOutcome {
  readonly report: RunReport;
  readonly samples: RunSamples;
  readonly after: ReplayedVenue;
}

/** A run's times, and how the cluster came out of it. */
interface Mended {
  readonly times: RunTimes;
  readonly stolenPercent: number | null;
  /** What was still wrong when it was whole, or when time was up; and when that was. */
  readonly whole: Promise<Recovery & { readonly atMs: number }>;
}

const inspectEveryMs = 1000;
/** It is as long as what comes after the fault, but not much longer than an election. */
const calmMsMax = 15_000;
/** For what healing takes beside the time it is given. */
const healingMsUsual = 1500;

export class DrillRun {
  readonly #parts: DrillRunParts;
  readonly #random: SeededRandom;
  readonly #marks: Mark[] = [];

  constructor(parts: DrillRunParts) {
    this.#parts = parts;
    this.#random = new SeededRandom(parts.seed, `run ${parts.number}`);
  }

  async run(): Promise<RunOutcome> {
    const { drill, cluster, workload, number } = this.#parts;
    const { shards } = cluster.file;
    const holdMs = this.#holdMs();
    const target = new Target({
      ...this.#parts,
      shard: (number - 1) % shards,
      say: (line) => this.#mark(performance.now(), "note", line),
      random: this.#random,
    });
    const startedAtMs = performance.now();
    workload.start();
    let fault: Fault;
    let mended: Mended;
    try {
      fault = await drill.nemesis(target);
      mended = await this.#breakAndMend(fault, holdMs, startedAtMs);
    } finally {
      await workload.stop();
    }
    const { times, stolenPercent } = mended;
    const whole = await mended.whole;
    const problems = [...whole.problems, ...(await this.#inspect(fault))];
    const wholeAtMs = fault.inspect === undefined ? whole.atMs : performance.now();
    const recoveryMs = problems.length === 0 ? Math.round(wholeAtMs - times.healingAtMs) : null;
    const { waitedFor } = whole;
    return await this.#check(fault, times, {
      ...{ recoveryMs, stolenPercent, problems, waitedFor },
    });
  }

  /** What no status shows is looked at when the load is over: it takes some reading. */
  async #inspect(fault: Fault): Promise<readonly string[]> {
    if (fault.inspect === undefined) return [];
    const deadlineMs = performance.now() + this.#parts.drill.recoveryMsMax;
    for (;;) {
      const problems = await fault.inspect();
      if (problems.length === 0 || performance.now() > deadlineMs) return problems;
      await this.#pass(inspectEveryMs);
    }
  }

  async #breakAndMend(fault: Fault, holdMs: number, startedAtMs: number): Promise<Mended> {
    const { drill, cluster, access, signal } = this.#parts;
    await this.#pass(this.#parts.warmUpMs);
    const calmFromMs = performance.now();
    const processorsBefore = processorTime();
    await this.#pass(Math.min(calmMsMax, holdMs + drill.settleMs + healingMsUsual));
    const faultAtMs = performance.now();
    let healingAtMs: number;
    try {
      await fault.inject();
      this.#mark(faultAtMs, "fault", fault.what);
      await this.#pass(holdMs);
    } finally {
      healingAtMs = performance.now();
      // Also when it was interrupted: nothing is to stay paused or cut.
      await fault.heal();
    }
    this.#mark(healingAtMs, "healed", "healed");
    const whole = untilWell({ cluster, access }, { timeoutMs: drill.recoveryMsMax, signal }).then(
      (recovery) => ({ ...recovery, atMs: performance.now() }),
    );
    // Whoever waits for it may be interrupted before.
    whole.catch(() => undefined);
    await this.#pass(drill.settleMs);
    const endedAtMs = performance.now();
    return {
      times: { startedAtMs, calmFromMs, faultAtMs, healingAtMs, endedAtMs },
      stolenPercent: stolenPercent(processorsBefore, processorTime()),
      whole,
    };
  }

  async #check(
    fault: Fault,
    times: RunTimes,
    recovery: Recovery & Pick<RunReport, "recoveryMs" | "stolenPercent">,
  ): Promise<RunOutcome> {
    const { cluster, access, workload, replay, before, number, seed } = this.#parts;
    const history = await workload.takeHistory();
    const after = await replay.read(replaySourceOf(access), workload.accounts);
    const seen: RunSeen = {
      times,
      operations: history.operations,
      shards: cluster.file.shards,
      aimedAt: fault.shards,
      untouched: fault.untouched,
    };
    const violations: readonly Violation[] = [
      ...recovery.problems.map((text) => ({ promise: "heals-itself" as const, text })),
      ...checkHistory(history, after.record),
    ];
    const report: RunReport = {
      number,
      seed,
      what: fault.what,
      marks: marksSince(times.startedAtMs, this.#marks),
      recoveryMs: recovery.recoveryMs,
      stolenPercent: recovery.stolenPercent,
      waitedFor: recovery.waitedFor,
      ...figuresOf(seen),
      fills: after.record.fills.length,
      hashes: after.shards.map((shard, index) => ({
        shard: shard.shard,
        before: hashesAt(before.shards[index]),
        after: hashesAt(shard),
      })),
      violations,
    };
    return { report, samples: samplesOf(seen), after };
  }

  #holdMs(): number {
    const { holdMs } = this.#parts.drill;
    if (typeof holdMs === "number") return holdMs;
    return this.#random.between(...holdMs);
  }

  #mark(atMs: number, kind: Mark["kind"], text: string): void {
    this.#marks.push({ atMs, kind, text });
    this.#parts.say(`    ${text}`);
  }

  async #pass(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#parts.signal });
  }
}

const nowhere: HashesAt = { sequence: 0, entries: "", outputs: "", state: "" };

function hashesAt(shard: ReplayedVenue["shards"][number] | undefined): HashesAt {
  if (shard === undefined) return nowhere;
  const { sequence, entriesHash, outputsHash, stateHash } = shard;
  return { sequence, entries: entriesHash, outputs: outputsHash, state: stateHash };
}
