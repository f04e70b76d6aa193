/**
 * Replica: one node's copy of one shard, and the loop that keeps it.
 *
 * Applies the log in order, proves by hashes that it computes what the emitter computes, claims
 * emission in the log when the emitter falls silent, and sends the outputs when it is chosen. What
 * it may do in which phase is said by replica-phase.machine.ts.
 *
 * It knows the shard only by `apply`; nothing about orders or accounts is decided here.
 */
import { compileMachine, Shard } from "../actors/index.ts";
import { assert, clusterSubjects, decodeFeed } from "../protocols/index.ts";
import type {
  Answer,
  Ask,
  FeedKind,
  FeedMessage,
  NodeId,
  QuestionKind,
  ReplicaStatus,
  ShardId,
} from "../protocols/index.ts";
import type { Bus, BusSubscription } from "./bus.ts";
import { delay } from "./clock.ts";
import type { Clock, Timer } from "./clock.ts";
import { Disputes } from "./disputes.ts";
import { Emission } from "./emission.ts";
import type { PublicChannel } from "./emission.ts";
import { EmitterWatch, watchEveryMs } from "./emitter-watch.ts";
import type { EmitterWatchTiming } from "./emitter-watch.ts";
import { ClusterFault } from "./faults.ts";
import { FeedComparison } from "./feed-comparison.ts";
import type { Difference } from "./feed-comparison.ts";
import { hexOf } from "./hash-chain.ts";
import { HashedShard } from "./hashed-shard.ts";
import { hashOfEntry, headOfSameLog } from "./log-origin.ts";
import type { SnapshotEnd } from "./log-origin.ts";
import type { Delivered } from "./outbox.ts";
import { Outboxes } from "./outboxes.ts";
import { received } from "./received.ts";
import { ReplicaDiverged, SnapshotAheadOfLog } from "./replica-faults.ts";
import { replicaPhaseEvents, replicaPhaseMachine } from "./replica-phase.machine.ts";
import type { ReplicaPhase, ReplicaPhaseEvent } from "./replica-phase.machine.ts";
import type { LogEntry, ReplicatedLog, Tail } from "./replicated-log.ts";
import { SequenceWaiters } from "./sequence-waiters.ts";
import type { SnapshotStore } from "./snapshot-store.ts";
import { Snapshotter } from "./snapshotter.ts";
import { replayedStepsMax, StepHistory } from "./step-history.ts";
import type { HashedStep } from "./step-history.ts";
import { StepMemory } from "./step-memory.ts";
import { TickWatch } from "./tick-watch.ts";

export interface ReplicaOptions {
  readonly node: NodeId;
  readonly shard: ShardId;
  readonly shards: number;
  /** All nodes, in the order in which they claim this shard when it is silent. */
  readonly claimOrder: readonly NodeId[];
  /** Every shard's log, by shard. */
  readonly logs: readonly ReplicatedLog[];
  readonly bus: Bus;
  readonly publicChannel: PublicChannel;
  readonly snapshots: SnapshotStore;
  readonly clock: Clock;
  readonly timing: ReplicaTiming;
  /** Appends ClaimEmitter in this node's name. */
  readonly claim: (shard: ShardId, emitterEpoch: number) => void;
  /** Appends Tick in this node's name. */
  readonly tick: (shard: ShardId) => void;
  /** What this node's replica of `target` has applied of the frames from `source`. */
  readonly delivered: (target: ShardId, source: ShardId) => Delivered;
  readonly report: (event: ReplicaReport) => void;
}

export interface ReplicaTiming extends EmitterWatchTiming {
  /** Less than `emitterSilenceMs`: a heartbeat makes up for a feed message that got lost. */
  readonly heartbeatMs: number;
  /** Followers take a snapshot at each sequence that is a multiple of this. */
  readonly snapshotEveryEntries: number;
}

export const defaultReplicaTiming: ReplicaTiming = {
  emitterSilenceMs: 150,
  heartbeatSilenceMs: 1000,
  emitterReturnMs: 10_000,
  heartbeatMs: 100,
  snapshotEveryEntries: 20_000,
};

/** What an operator should know of. */
export type ReplicaReport =
  | { readonly kind: "phase"; readonly shard: ShardId; readonly phase: ReplicaPhase }
  | {
      readonly kind: "diverged";
      readonly shard: ShardId;
      readonly sequence: number;
      readonly expected: string;
      readonly computed: string;
    }
  | { readonly kind: "snapshot"; readonly shard: ShardId; readonly sequence: number }
  | { readonly kind: "fault"; readonly shard: ShardId; readonly error: unknown };

const phases = compileMachine(replicaPhaseMachine, replicaPhaseEvents);
/** For so long a starting replica asks a log that does not answer, or lags behind its snapshot. */
const startTimeoutMs = 15_000;
const startRetryMs = 250;
/** How many steps a new emitter sends again that the feed had already told of. */
const resendMargin = 64;

export class Replica {
  readonly #options: ReplicaOptions;
  readonly #log: ReplicatedLog;
  readonly #emission: Emission;
  readonly #outboxes: Outboxes;
  readonly #snapshotter: Snapshotter;
  readonly #watch: EmitterWatch;
  readonly #tickWatch = new TickWatch();
  readonly #memory = new StepMemory();
  readonly #history = new StepHistory(this.#memory);
  readonly #comparison = new FeedComparison();
  readonly #disputes: Disputes;
  readonly #waiters: SequenceWaiters;
  #hashed: HashedShard;
  #phase = 0;
  #phaseName: ReplicaPhase = "restoring";
  /** Why it serves no more. */
  #fault: ClusterFault | undefined;
  #tail: Tail | undefined;
  #feed: BusSubscription | undefined;
  #timer: Timer | undefined;
  /** Where the log stood when this replica started: it serves from there on. */
  #startHead = 0;
  #lastEntry: LogEntry | undefined;
  #turnedAtMs = 0;
  #spokeAtMs = -Infinity;
  #checkpoint = { sequence: 0, hash: "" };

  constructor(options: ReplicaOptions) {
    this.#options = options;
    const { shard, shards, node, bus, publicChannel, logs, clock, timing } = options;
    const { claimOrder, delivered } = options;
    const log = logs[shard];
    assert(log !== undefined);
    assert(claimOrder.includes(node));
    this.#log = log;
    this.#hashed = this.#inMemory(new HashedShard(new Shard(shard, shards)));
    this.#emission = new Emission({
      ...{ shard, node, bus, publicChannel, clock },
      tickValueOf: (symbol) => this.#shard.tickValueOf(symbol),
    });
    const onFault = (error: ClusterFault): void => this.#report(error);
    this.#outboxes = new Outboxes({ source: shard, logs, clock, delivered, onFault });
    this.#watch = new EmitterWatch({ node, claimOrder, timing });
    this.#disputes = new Disputes({
      node,
      nodes: claimOrder,
      testify: (sequence, outputsHash) => this.#say("testimony", { sequence, outputsHash }),
      lost: (difference) => this.#diverge(difference),
      won: (sequence, wrong) => {
        if (wrong.includes(this.#shard.emitter.node)) this.#watch.retract(sequence);
      },
    });
    this.#waiters = new SequenceWaiters(clock);
    this.#snapshotter = new Snapshotter({
      shard,
      shards,
      store: options.snapshots,
      clock,
      everyEntries: timing.snapshotEveryEntries,
      onSaved: (sequence) => options.report({ kind: "snapshot", shard, sequence }),
      onFault,
    });
  }

  get phase(): ReplicaPhase {
    return this.#phaseName;
  }

  get sequence(): number {
    return this.#shard.sequence;
  }

  /** The cluster that the log was formed for; "" until its first entry is applied. */
  get cluster(): string {
    return this.#shard.cluster;
  }

  get #shard(): Shard {
    return this.#hashed.shard;
  }

  get isServing(): boolean {
    return this.#isIn("following") || this.#isIn("emitting");
  }

  /** What this replica has applied of the frames from another shard. */
  deliveredFrom(source: ShardId): Delivered {
    return { sequence: this.sequence, frames: this.#shard.appliedFramesOf(source) };
  }

  // ---- restoring ---------------------------------------------------------------------------

  /**
   * Restores the newest good snapshot, then follows the log. Resolves once it serves, or was
   * stopped before that. Rejects with the fault that keeps it from serving.
   */
  async start(): Promise<void> {
    try {
      this.#startHead = await this.#restore();
      if (this.#isIn("restoring")) this.#replay();
      await this.applied(this.#startHead);
    } catch (error) {
      if (!(error instanceof ClusterFault)) throw error;
      this.#fail(error);
    }
    if (this.#fault !== undefined) throw this.#fault;
  }

  #inMemory(hashed: HashedShard): HashedShard {
    hashed.shard.useMemory((length) => this.#memory.take(length));
    return hashed;
  }

  /** Returns where the log ends. */
  async #restore(): Promise<number> {
    const saved = await this.#snapshotter.newest();
    if (saved === undefined) return await this.#meetLog();
    const { shard, lastEntryHash } = saved;
    this.#hashed = this.#inMemory(new HashedShard(shard, saved));
    this.#comparison.computed(shard.sequence, saved.outputsHash);
    this.#checkpoint = { sequence: shard.sequence, hash: hexOf(saved.stateHash) };
    this.#outboxes.restore(saved.owed);
    return await this.#meetLog({ sequence: shard.sequence, lastEntryHash });
  }

  /** Asks the log until it answers; a leader that was just deposed may lag behind a snapshot. */
  async #meetLog(end?: SnapshotEnd): Promise<number> {
    const { clock } = this.#options;
    const deadlineMs = clock.nowMs() + startTimeoutMs;
    for (let attempt = 1; ; attempt++) {
      try {
        return await headOfSameLog(this.#log, end);
      } catch (error) {
        if (!(error instanceof ClusterFault)) throw error;
        const mayPass = error.disposition === "retry" || error instanceof SnapshotAheadOfLog;
        if (!mayPass || clock.nowMs() >= deadlineMs || !this.#isIn("restoring")) throw error;
        if (attempt === 1) this.#report(error);
      }
      await delay(clock, startRetryMs);
    }
  }

  // ---- replaying, following, emitting ------------------------------------------------------

  #replay(): void {
    const { bus, publicChannel, shard, clock } = this.#options;
    this.#advance("restored");
    this.#feed = bus.subscribe(clusterSubjects.feed(shard), ({ payload }) => this.#hear(payload));
    this.#tail = this.#log.tail(
      this.sequence + 1,
      (entries) => this.#applyAll(entries),
      (fault) => this.#fail(fault),
    );
    bus.onReconnect(() => this.#sendAgain());
    publicChannel.onLoss?.(() => this.#sendAgain());
    this.#turnedAtMs = clock.nowMs();
    this.#turnLater();
    if (this.sequence >= this.#startHead) this.#catchUp();
  }

  get #isApplying(): boolean {
    return this.#isIn("replaying") || this.isServing;
  }

  #applyAll(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      if (!this.#isApplying) return;
      this.#apply(entry);
    }
    if (this.isServing) this.#waiters.reached(this.sequence);
  }

  #apply(entry: LogEntry): void {
    const emitterEpoch = this.#shard.emitter.epoch;
    const hashed = this.#hashed.apply(entry);
    const { step } = hashed;
    const { sequence } = step;
    this.#lastEntry = entry;
    this.#compare(hashed);
    if (!this.#isApplying) return;
    this.#outboxes.add(step.outbound);
    if (hashed.stateHash) this.#checkpoint = { sequence, hash: hexOf(hashed.stateHash) };
    const keepMax = this.#isIn("replaying") ? replayedStepsMax : undefined;
    if (sequence >= this.#startHead) this.#catchUp();
    if (this.#shard.emitter.epoch !== emitterEpoch) this.#settleEmitter();
    if (this.#isIn("emitting")) this.#send(hashed);
    this.#history.add(hashed, keepMax);
    this.#history.sentUpTo(Math.min(this.#watch.told, sequence));
    this.#snapshotIfDue(sequence);
  }

  #catchUp(): void {
    if (!this.#isIn("replaying")) return;
    this.#advance("caughtUp");
    this.#watch.begin(this.sequence);
    if (this.#isChosen) this.#becomeEmitter();
    this.#waiters.reached(this.sequence);
  }

  get #isChosen(): boolean {
    return this.#shard.emitter.node === this.#options.node;
  }

  /** The log has just made somebody the emitter. */
  #settleEmitter(): void {
    this.#watch.renew();
    if (this.#isIn("following") && this.#isChosen) this.#becomeEmitter();
    else if (this.#isIn("emitting") && !this.#isChosen) {
      this.#advance("replaced");
      // Others may tell of these steps from now on, and then they are dropped.
      this.#emission.publish();
      this.#watch.replaced();
      this.#outboxes.stopEmitting();
    }
  }

  /** Sends again what may not have gone out before the entry that is being applied. */
  #becomeEmitter(): void {
    this.#advance("chosen");
    for (const hashed of this.#history.after(this.#watch.told - resendMargin)) this.#send(hashed);
    this.#outboxes.startEmitting();
  }

  /** A line broke: what was on it is lost, and nobody can tell how much that was. */
  #sendAgain(): void {
    if (!this.#isIn("emitting")) return;
    for (const hashed of this.#history.after(0)) this.#send(hashed);
  }

  #send(hashed: HashedStep): void {
    this.#emission.send(hashed, this.#shard.emitter.epoch);
    this.#spokeAtMs = this.#options.clock.nowMs();
    this.#watch.sent(hashed.step.sequence);
  }

  #say(
    kind: Exclude<FeedKind, "step">,
    about: Partial<Pick<FeedMessage, "sequence" | "outputsHash">> = {},
  ): void {
    this.#emission.say(kind, {
      sequence: this.sequence,
      outputsHash: this.#hashed.outputs.hash,
      emitterEpoch: this.#shard.emitter.epoch,
      ...about,
    });
    this.#spokeAtMs = this.#options.clock.nowMs();
  }

  // ---- The feed ----------------------------------------------------------------------------

  #hear(payload: Uint8Array): void {
    const message = received(payload, decodeFeed, (error) => this.#report(error));
    if (message === undefined || message.node === this.#options.node) return;
    const { kind, node, sequence, outputsHash } = message;
    if (kind === "testimony") {
      this.#disputes.testified(node, sequence, outputsHash);
      const own = this.#comparison.hashAt(sequence);
      if (own !== undefined) this.#disputes.computed(sequence, own);
      return;
    }
    if (sequence > this.sequence) {
      this.#comparison.foretell(message);
      this.#tail?.expect(sequence);
    }
    const difference = this.#comparison.compare(message);
    if (difference !== undefined) this.#disputes.differed(difference);
    else if (this.#comparison.hashAt(sequence) !== undefined) this.#disputes.agreed(node);
    if (this.#disputes.isWrong(node)) return;
    this.#watch.hear(message, this.#shard.emitter);
    this.#history.sentUpTo(Math.min(this.#watch.told, this.sequence));
  }

  /** Holds a step just applied against what others said of it before. */
  #compare({ step: { sequence }, outputsHash }: HashedStep): void {
    const difference = this.#comparison.computed(sequence, outputsHash);
    if (difference !== undefined) this.#disputes.differed(difference);
    this.#disputes.computed(sequence, outputsHash);
  }

  #turnLater(): void {
    this.#timer = this.#options.clock.after(watchEveryMs, () => {
      this.#turn();
      if (this.#isApplying) this.#turnLater();
    });
  }

  #turn(): void {
    const { clock, timing, shard, claim } = this.#options;
    const nowMs = clock.nowMs();
    const elapsedMs = nowMs - this.#turnedAtMs;
    this.#turnedAtMs = nowMs;
    this.#outboxes.tend();
    this.#tickIfDue(nowMs);
    this.#disputes.turn(elapsedMs, this.#isIn("emitting"));
    if (this.#isIn("emitting")) {
      if (nowMs - this.#spokeAtMs >= timing.heartbeatMs) this.#say("heartbeat");
    } else if (this.#isIn("following") && this.cluster !== "") {
      const { emitter } = this.#shard;
      if (this.#watch.turn(elapsedMs, this.sequence, emitter)) claim(shard, emitter.epoch);
    }
  }

  /** In an idle log nothing would happen at its time without somebody saying that it is. */
  #tickIfDue(nowMs: number): void {
    if (!this.isServing || this.cluster === "") return;
    const { node, claimOrder, shard, tick } = this.#options;
    const rank = this.#isIn("emitting") ? 0 : 1 + claimOrder.indexOf(node);
    if (this.#tickWatch.turn(this.#shard, nowMs, rank)) tick(shard);
  }

  // ---- Snapshots ---------------------------------------------------------------------------

  #snapshotIfDue(sequence: number): void {
    if (!this.#snapshotter.isDue(sequence, this.phase)) return;
    assert(this.#lastEntry?.sequence === sequence);
    const stateHash = this.#snapshotter.take(this.#shard, {
      entriesHash: this.#hashed.entries.hash,
      outputsHash: this.#hashed.outputs.hash,
      lastEntryHash: hashOfEntry(this.#lastEntry),
      owed: this.#outboxes.owed(),
    });
    this.#checkpoint = { sequence, hash: hexOf(stateHash) };
  }

  // ---- Questions ---------------------------------------------------------------------------

  /**
   * Resolves with true once that entry is applied and this replica serves, with false when it will
   * not, or not in time.
   */
  applied(sequence: number, withinMs?: number): Promise<boolean> {
    if (this.sequence >= sequence && this.isServing) return Promise.resolve(true);
    return this.#waiters.wait(sequence, withinMs);
  }

  answer<Kind extends QuestionKind>(kind: Kind, ask: Ask<Kind>): Answer<Kind> {
    assert(this.isServing, "a replica that does not serve was asked");
    return this.#shard.answer(kind, ask);
  }

  status(): ReplicaStatus {
    const { emitter } = this.#shard;
    return {
      shard: this.#options.shard,
      phase: this.phase,
      appliedSequence: this.sequence,
      headSequence: Math.max(this.#startHead, this.sequence, this.#watch.told),
      isEmitter: this.#isIn("emitting"),
      emitter: emitter.node,
      emitterEpoch: emitter.epoch,
      entriesHash: this.#hashed.entries.hex,
      outputsHash: this.#hashed.outputs.hex,
      checkpointSequence: this.#checkpoint.sequence,
      checkpointHash: this.#checkpoint.hash,
      snapshotSequence: this.#snapshotter.lastSaved,
      commandsApplied: this.#shard.commandCount,
    };
  }

  // ---- diverged, failed, stopped -----------------------------------------------------------

  /** Stops applying and serving: somebody is wrong, and it may be us. */
  #diverge({ sequence, expected, computed }: Difference): void {
    const { node, shard, report } = this.#options;
    this.#fault = new ReplicaDiverged(node, shard, sequence);
    // Not with the hash of what others hold to be wrong.
    if (this.#isIn("emitting")) this.#say("farewell", { sequence: 0 });
    void this.#end("differed");
    report({
      kind: "diverged",
      shard,
      sequence,
      expected: hexOf(expected),
      computed: hexOf(computed),
    });
  }

  /** Stops applying and serving: the log does not have what it needs. */
  #fail(fault: ClusterFault): void {
    if (!this.#may("broke")) return;
    this.#fault = fault;
    if (this.#isIn("emitting")) this.#say("farewell");
    void this.#end("broke");
    this.#report(fault);
  }

  /** Says farewell if it was emitting, so that a follower claims at once. */
  async stop(): Promise<void> {
    if (this.#isIn("emitting")) this.#say("farewell");
    await this.abandon();
  }

  /** Ends without a word, as a crash would. */
  async abandon(): Promise<void> {
    if (this.#may("stop")) await this.#end("stop");
  }

  #end(event: "differed" | "broke" | "stop"): Promise<void> | undefined {
    this.#advance(event);
    this.#timer?.cancel();
    this.#feed?.unsubscribe();
    this.#outboxes.stopEmitting();
    this.#emission.end();
    this.#waiters.giveUp();
    return this.#tail?.close();
  }

  // ---- Phases ------------------------------------------------------------------------------

  #isIn(phase: ReplicaPhase): boolean {
    return this.#phaseName === phase;
  }

  #may(event: ReplicaPhaseEvent): boolean {
    return phases.accepts(this.#phase, phases.column(event));
  }

  #advance(event: ReplicaPhaseEvent): void {
    this.#phase = phases.after(this.#phase, phases.column(event));
    this.#phaseName = JSON.parse(phases.nameOf(this.#phase)) as ReplicaPhase;
    const { report, shard } = this.#options;
    report({ kind: "phase", shard, phase: this.phase });
  }

  #report(error: unknown): void {
    const { report, shard } = this.#options;
    report({ kind: "fault", shard, error });
  }
}
