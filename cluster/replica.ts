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
import {
  assert,
  clusterSubjects,
  decodeFeed,
  InvariantViolation,
  pack,
  nodesMax,
} from "../protocols/index.ts";
import type {
  ActorAddress,
  Amount,
  Answer,
  Ask,
  AssetId,
  FeedKind,
  FeedMessage,
  LogicVersion,
  NodeId,
  QuestionKind,
  ReplicaStatus,
  ShardCount,
  ShardId,
  Whereabouts,
} from "../protocols/index.ts";
import type { Bus, BusSubscription } from "./bus.ts";
import { delay } from "./clock.ts";
import type { Clock, Timer } from "./clock.ts";
import { Disputes } from "./disputes.ts";
import { Emission } from "./emission.ts";
import type { EmissionMode, PublicChannel } from "./emission.ts";
import { EmitterWatch, watchEveryMs } from "./emitter-watch.ts";
import type { EmitterWatchTiming } from "./emitter-watch.ts";
import { ClusterFault } from "./faults.ts";
import { dumpedStep } from "./divergence-dump.ts";
import type { DivergenceDump } from "./divergence-dump.ts";
import type { DumpStore } from "./dump-store.ts";
import { accountOf, causeOf, FeedComparison, hashesIn } from "./feed-comparison.ts";
import type { Difference, DifferenceCause } from "./feed-comparison.ts";
import { hexOf } from "./hash-chain.ts";
import { HashedShard } from "./hashed-shard.ts";
import { startingAt } from "./in-turn.ts";
import type { ReplicaObserver } from "./observers.ts";
import { hashOfEntry, headOfSameLog } from "./log-origin.ts";
import type { SnapshotEnd } from "./log-origin.ts";
import type { Delivered } from "./outbox.ts";
import { Outboxes } from "./outboxes.ts";
import { received } from "./received.ts";
import { RecentEntries } from "./recent-entries.ts";
import {
  InvariantBroken,
  LogicNotCarried,
  ReplicaDiverged,
  ShardNotServed,
  SnapshotAheadOfLog,
} from "./replica-faults.ts";
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
  /** How many shards the node serves; the venue may have fewer. */
  readonly shards: number;
  /** All nodes, as far as the log does not say which there are. */
  readonly nodes: readonly NodeId[];
  /** Every shard's log, by shard. */
  readonly logs: readonly ReplicatedLog[];
  readonly bus: Bus;
  readonly publicChannel: PublicChannel;
  readonly snapshots: SnapshotStore;
  /** Which snapshots it may start from; whatever can be read unless told otherwise. */
  readonly trust?: SnapshotTrust;
  /** Where it puts down what it has in hand when it diverges; nowhere unless told otherwise. */
  readonly dumps?: DumpStore | undefined;
  /** The release that runs. */
  readonly version: string;
  /** Who sends what the shard's steps give: the chosen emitter unless told otherwise. */
  readonly emission?: EmissionMode;
  readonly clock: Clock;
  readonly timing: ReplicaTiming;
  /** Whether this node's line leads anywhere: while it does not, nobody's silence counts. */
  readonly hears: () => boolean;
  /** Appends ClaimEmitter in this node's name. */
  readonly claim: (shard: ShardId, emitterEpoch: number) => void;
  /** The last version of logic that this replica carries; the newest there is unless told. */
  readonly logicMax?: LogicVersion | undefined;
  /** Appends Tick in this node's name. */
  readonly tick: (shard: ShardId) => void;
  /** What this node's replica of `target` has applied of the frames from `source`. */
  readonly delivered: (target: ShardId, source: ShardId) => Delivered;
  readonly report: (event: ReplicaReport) => void;
  readonly observer?: ReplicaObserver | undefined;
}

export interface ReplicaTiming extends EmitterWatchTiming {
  /**
   * How often an emitter that has nothing to tell says that it lives. About half of
   * `emitterSilenceMs`: a heartbeat makes up for a feed message that got lost.
   */
  readonly heartbeatMs: number;
  /** Followers take a snapshot at each sequence that is a multiple of this. */
  readonly snapshotEveryEntries: number;
}

export const defaultReplicaTiming: ReplicaTiming = {
  emitterSilenceMs: 75,
  heartbeatSilenceMs: 1000,
  emitterReturnMs: 10_000,
  heartbeatMs: 40,
  snapshotEveryEntries: 2000,
};

/**
 * What a replica may start from: any snapshot that can be read, verified ones only, or none but the
 * log itself.
 */
export type SnapshotTrust = "any" | "verified" | "none";

/** What an operator should know of. */
export type ReplicaReport =
  | {
      readonly kind: "phase";
      readonly shard: ShardId;
      readonly phase: ReplicaPhase;
      /** Up to which entry it has applied its log, or its snapshot has. */
      readonly sequence: number;
    }
  | {
      readonly kind: "diverged";
      readonly shard: ShardId;
      readonly sequence: number;
      /** Another node that differs. */
      readonly by: NodeId;
      readonly cause: DifferenceCause;
      readonly expected: string;
      readonly computed: string;
    }
  | {
      readonly kind: "dumped";
      readonly shard: ShardId;
      readonly sequence: number;
      readonly where: string;
    }
  | {
      readonly kind: "violated";
      readonly shard: ShardId;
      readonly fault: InvariantBroken;
      /** What is needed to look at it: the entry, and the state that it left if there is one. */
      readonly entry: LogEntry;
      readonly state: Uint8Array | undefined;
    }
  | { readonly kind: "snapshot"; readonly shard: ShardId; readonly sequence: number }
  | { readonly kind: "fault"; readonly shard: ShardId; readonly error: unknown };

/** How often what happened to a replica since it began, for whoever watches over it. */
export interface ReplicaCounts {
  /** Changes of the emitter that it applied while it served. */
  emitterChanges: number;
  /** Steps that the feed told of, */
  feedSteps: number;
  /** and those in between that it left out: messages got lost on the way. */
  feedStepsMissed: number;
  /** Steps of which another replica said something else than was computed here. */
  differences: number;
}

const phases = compileMachine(replicaPhaseMachine, replicaPhaseEvents);
/** For so long a starting replica asks a log that does not answer, or lags behind its snapshot. */
const startTimeoutMs = 15_000;
const startRetryMs = 250;
/** How many steps a new emitter sends again that the feed had already told of. */
const resendMargin = 64;
/** How many of the latest steps a divergence dump has. */
const dumpedStepsMax = 256;

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
  readonly #entries = new RecentEntries();
  #lastStep: HashedStep | undefined;
  readonly #comparison = new FeedComparison();
  readonly #disputes: Disputes;
  readonly #waiters: SequenceWaiters;
  readonly counts: ReplicaCounts = {
    ...{ emitterChanges: 0, feedSteps: 0, feedStepsMissed: 0, differences: 0 },
  };
  /** Whether this node is to claim nothing: it is about to be stopped. */
  isDrained = false;
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
  #restoredFrom = 0;
  #turnedAtMs = 0;
  #spokeAtMs = -Infinity;
  #checkpoint = { sequence: 0, hash: "" };

  constructor(options: ReplicaOptions) {
    this.#options = options;
    const { shard, shards, node, bus, publicChannel, logs, clock, timing } = options;
    const { delivered, observer } = options;
    const claimOrder = (): readonly NodeId[] => this.claimOrder;
    const log = logs[shard];
    assert(log !== undefined);
    this.#log = log;
    this.#hashed = this.#inMemory(new HashedShard(new Shard(shard, shards), options));
    this.#emission = new Emission({
      ...{ shard, node, bus, publicChannel, clock },
      clusterName: () => this.cluster,
      tickValueOf: (symbol) => this.#shard.tickValueOf(symbol),
    });
    const onFault = (error: ClusterFault): void => this.#report(error);
    this.#outboxes = new Outboxes({ source: shard, logs, clock, delivered, onFault, observer });
    this.#watch = new EmitterWatch({ node, claimOrder, timing });
    this.#disputes = new Disputes({
      node,
      nodes: claimOrder,
      testify: (sequence, account) => this.#say("testimony", { sequence, ...hashesIn(account) }),
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

  /** How many shards there are, as far as it has applied the log. */
  get count(): ShardCount {
    return this.#shard.placement;
  }

  get #shard(): Shard {
    return this.#hashed.shard;
  }

  /** The sequence of the snapshot that it began with; 0 when it began with the log. */
  get restoredFrom(): number {
    return this.#restoredFrom;
  }

  /** Each node is first in line for the shards that fall to it in turn. */
  get claimOrder(): readonly NodeId[] {
    const { shard, nodes } = this.#options;
    const { names } = this.#shard.nodes;
    return startingAt(shard, names.length === 0 ? nodes : names);
  }

  get isServing(): boolean {
    return this.#isIn("following") || this.#isIn("emitting");
  }

  /** Frames that the shard owes other shards. */
  get framesOwed(): number {
    return this.#outboxes.length;
  }

  /** Of each asset, what insurance funds were to pay and did not have: as far below zero. */
  get deficits(): readonly (readonly [AssetId, Amount])[] {
    return [...this.#shard.ledger.all()].map(({ asset, deficit }) => [asset, deficit.balance]);
  }

  /** How often the tail of its log had to begin anew. */
  get tailRestarts(): number {
    return this.#tail?.restarts ?? 0;
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
    const { trust = "any" } = this.#options;
    const saved = trust === "none" ? undefined : await this.#snapshotter.best(trust);
    if (saved === undefined) return await this.#meetLog();
    const { shard, lastEntryHash } = saved;
    this.#restoredFrom = shard.sequence;
    const { logicMax } = this.#options;
    this.#hashed = this.#inMemory(new HashedShard(shard, { ...saved, logicMax }));
    this.#comparison.computed(shard.sequence, accountOf(saved));
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
    const { observer, shard, clock } = this.#options;
    if (observer === undefined) {
      this.#applyEach(entries);
      return;
    }
    const beganAtMs = clock.nowMs();
    this.#applyEach(entries);
    observer.applied(shard, entries.length, clock.nowMs() - beganAtMs);
  }

  #applyEach(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      if (!this.#isApplying) return;
      try {
        this.#apply(entry);
      } catch (error) {
        if (!(error instanceof InvariantViolation)) throw error;
        this.#violate(error, entry);
      }
    }
    if (this.isServing) this.#waiters.reached(this.sequence);
  }

  #apply(entry: LogEntry): void {
    const emitterEpoch = this.#shard.emitter.epoch;
    const hashed = this.#applyToShard(entry);
    if (hashed === undefined) return;
    const { step } = hashed;
    const { sequence } = step;
    if (this.#shard.shards > this.#options.shards) {
      this.#fail(new ShardNotServed(this.#shard.shards, this.#options.shards));
      return;
    }
    this.#entries.add(entry);
    this.#lastStep = hashed;
    this.#compare(hashed);
    if (!this.#isApplying) return;
    this.#outboxes.add(step.outbound);
    if (hashed.stateHash) this.#checkpoint = { sequence, hash: hexOf(hashed.stateHash) };
    const keepMax = this.#isIn("replaying") ? replayedStepsMax : undefined;
    if (sequence >= this.#startHead) this.#catchUp();
    if (this.#shard.emitter.epoch !== emitterEpoch) this.#settleEmitter();
    if (this.#isSending) this.#send(hashed);
    this.#history.add(hashed, keepMax);
    this.#history.sentUpTo(Math.min(this.#watch.told, sequence));
    this.#snapshotIfDue(sequence);
  }

  /** Undefined where the entry asks for what this code cannot do: then this replica has failed. */
  #applyToShard(entry: LogEntry): HashedStep | undefined {
    try {
      return this.#hashed.apply(entry);
    } catch (error) {
      if (!(error instanceof LogicNotCarried)) throw error;
      this.#fail(error);
      return undefined;
    }
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
    if (this.isServing) this.counts.emitterChanges += 1;
    this.#watch.renew();
    if (this.#isIn("following") && this.#isChosen) this.#becomeEmitter();
    else if (this.#isIn("emitting") && !this.#isChosen) {
      this.#advance("replaced");
      // Others may tell of these steps from now on, and then they are dropped.
      this.#emission.publish();
      this.#watch.replaced(this.#shard.emitter.node);
      this.#outboxes.stopEmitting();
    }
  }

  /** Where all send, who follows does as the emitter does; only frames for others are its own. */
  get #isSending(): boolean {
    return this.#isIn("emitting") || (this.#isIn("following") && this.#doAllSend);
  }

  get #doAllSend(): boolean {
    return this.#options.emission === "all";
  }

  /** Sends again what may not have gone out before the entry that is being applied. */
  #becomeEmitter(): void {
    this.#advance("chosen");
    for (const hashed of this.#history.after(this.#watch.told - resendMargin)) this.#send(hashed);
    this.#outboxes.startEmitting();
  }

  /** A line broke: what was on it is lost, and nobody can tell how much that was. */
  #sendAgain(): void {
    if (!this.#isSending) return;
    for (const hashed of this.#history.after(0)) this.#send(hashed);
  }

  #send(hashed: HashedStep): void {
    this.#emission.send(hashed, this.#shard.emitter.epoch);
    if (!this.#isIn("emitting")) return;
    this.#spokeAtMs = this.#options.clock.nowMs();
    this.#watch.sent(hashed.step.sequence);
  }

  #say(
    kind: Exclude<FeedKind, "step">,
    about: Partial<Pick<FeedMessage, "sequence" | "entriesHash" | "outputsHash">> = {},
  ): void {
    this.#emission.say(kind, {
      sequence: this.sequence,
      entriesHash: this.#hashed.entries.hash,
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
    const { kind, node, sequence } = message;
    if (kind === "testimony") {
      this.#disputes.testified(node, sequence, accountOf(message));
      const own = this.#comparison.accountAt(sequence);
      if (own !== undefined) this.#disputes.computed(sequence, own);
      return;
    }
    if (sequence > this.sequence) {
      this.#comparison.foretell(message);
      this.#tail?.expect(sequence);
    }
    const difference = this.#comparison.compare(message);
    if (difference !== undefined) this.#differed(difference);
    else if (this.#comparison.accountAt(sequence) !== undefined) this.#disputes.agreed(node);
    if (this.#disputes.isWrong(node)) return;
    // Where all send, those who follow are no sign of life of the emitter.
    const { emitter } = this.#shard;
    if (this.#doAllSend && message.emitterEpoch === emitter.epoch && node !== emitter.node) return;
    this.#countHeard(kind, sequence);
    this.#watch.hear(message, emitter);
    this.#history.sentUpTo(Math.min(this.#watch.told, this.sequence));
  }

  /** Holds a step just applied against what others said of it before. */
  #compare(hashed: HashedStep): void {
    const { sequence } = hashed.step;
    const account = accountOf(hashed);
    const difference = this.#comparison.computed(sequence, account);
    if (difference !== undefined) this.#differed(difference);
    this.#disputes.computed(sequence, account);
  }

  #differed(difference: Difference): void {
    this.counts.differences += 1;
    this.#disputes.differed(difference);
  }

  /** What was told before is told again when an emitter begins. */
  #countHeard(kind: FeedKind, sequence: number): void {
    const { told } = this.#watch;
    const isStep = kind === "step";
    if (isStep) this.counts.feedSteps += 1;
    // A heartbeat comes after all steps up to its own.
    const expected = isStep ? told + 1 : told;
    if (told > 0 && sequence > expected) this.counts.feedStepsMissed += sequence - expected;
  }

  #turnLater(): void {
    this.#timer = this.#options.clock.after(watchEveryMs, () => {
      this.#turn();
      if (this.#isApplying) this.#turnLater();
    });
  }

  #turn(): void {
    const { clock, timing } = this.#options;
    const nowMs = clock.nowMs();
    const elapsedMs = nowMs - this.#turnedAtMs;
    this.#turnedAtMs = nowMs;
    this.#outboxes.tend();
    this.#tickIfDue(nowMs);
    this.#disputes.turn(elapsedMs, this.#isIn("emitting"));
    if (this.#isIn("emitting")) {
      if (nowMs - this.#spokeAtMs >= timing.heartbeatMs) this.#say("heartbeat");
    } else this.#claimIfOurs(elapsedMs);
  }

  #claimIfOurs(elapsedMs: number): void {
    if (!this.#isIn("following") || this.cluster === "") return;
    const { shard, claim, hears } = this.#options;
    const { emitter } = this.#shard;
    const isOurs = this.#watch.turn(hears() ? elapsedMs : 0, this.sequence, emitter);
    if (isOurs && !this.isDrained) claim(shard, emitter.epoch);
  }

  /**
   * Whose end this replica waits for, while it follows: whoever emits, and where it leaves that to
   * others, all of them.
   */
  get awaited(): readonly NodeId[] {
    const { node } = this.#shard.emitter;
    if (!this.#isIn("following") || node === "" || this.#isChosen) return [];
    return this.#watch.isCautious ? [node, ...this.#others] : [node];
  }

  get #others(): readonly NodeId[] {
    return this.claimOrder.filter((name) => name !== this.#options.node);
  }

  /** The processes of these nodes have ended, or nobody hears them any more. */
  lost(gone: ReadonlySet<NodeId>): void {
    const [emitter] = this.awaited;
    if (emitter === undefined || !gone.has(emitter)) return;
    this.#watch.lost({ isAlone: this.#others.every((name) => gone.has(name)) });
    this.#claimIfOurs(0);
  }

  /** In an idle log nothing would happen at its time without somebody saying that it is. */
  #tickIfDue(nowMs: number): void {
    if (!this.isServing || this.cluster === "") return;
    const { node, shard, tick } = this.#options;
    const behind = this.claimOrder.indexOf(node);
    const rank = this.#isIn("emitting") ? 0 : 1 + (behind === -1 ? nodesMax : behind);
    if (this.#tickWatch.turn(this.#shard, nowMs, rank)) tick(shard);
  }

  // ---- Snapshots ---------------------------------------------------------------------------

  #snapshotIfDue(sequence: number): void {
    if (!this.#snapshotter.isDue(sequence, this.phase)) return;
    const { last } = this.#entries;
    assert(last?.sequence === sequence);
    const stateHash = this.#snapshotter.take(this.#shard, {
      entriesHash: this.#hashed.entries.hash,
      outputsHash: this.#hashed.outputs.hash,
      lastEntryHash: hashOfEntry(last),
      owed: this.#outboxes.owed(this.#shard.shards),
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

  /**
   * Where an actor lives that is not here; undefined if it is, or if there is no such actor. Who
   * asks may have heard of a move that this replica has not applied: then it is not here for them.
   */
  elsewhere(actor: ActorAddress, heardEpoch = 0): Whereabouts | undefined {
    return this.#shard.elsewhere(actor, heardEpoch);
  }

  status(): ReplicaStatus {
    const { emitter } = this.#shard;
    const { epoch: placementEpoch, moving } = this.#shard.answer("placement", {});
    return {
      shard: this.#options.shard,
      phase: this.phase,
      appliedSequence: this.sequence,
      headSequence: Math.max(this.#startHead, this.sequence, this.#watch.told),
      isEmitter: this.#isIn("emitting"),
      emitter: emitter.node,
      emitterEpoch: emitter.epoch,
      nodes: this.#shard.nodes.names,
      nodesEpoch: this.#shard.nodes.epoch,
      entriesHash: this.#hashed.entries.hex,
      outputsHash: this.#hashed.outputs.hex,
      checkpointSequence: this.#checkpoint.sequence,
      checkpointHash: this.#checkpoint.hash,
      snapshotSequence: this.#snapshotter.lastSaved,
      commandsApplied: this.#shard.commandCount,
      logic: this.#shard.logic,
      placementEpoch,
      moving,
      violation: violationIn(this.#fault),
    };
  }

  // ---- diverged, failed, stopped -----------------------------------------------------------

  /** Stops applying and serving: somebody is wrong, and it may be us. */
  #diverge(difference: Difference): void {
    const { sequence, by, expected, computed } = difference;
    const { node, shard, report } = this.#options;
    const cause = causeOf(difference);
    this.#fault = new ReplicaDiverged(node, shard, sequence);
    // Not with the hash of what others hold to be wrong.
    if (this.#isIn("emitting")) this.#say("farewell", { sequence: 0 });
    void this.#end("differed");
    report({
      kind: "diverged",
      shard,
      ...{ sequence, by, cause },
      expected: hexOf(expected),
      computed: hexOf(computed),
    });
    void this.#dump(difference);
    void this.#snapshotter.distrust(this.#restoredFrom, { ...difference, by: node });
  }

  async #dump(difference: Difference): Promise<void> {
    const { shard, dumps, report } = this.#options;
    try {
      const where = await dumps?.keep(this.#dumpOf(difference));
      if (where === undefined) return;
      report({ kind: "dumped", shard, sequence: difference.sequence, where });
    } catch (error) {
      this.#report(error);
    }
  }

  #dumpOf(difference: Difference): DivergenceDump {
    const { node, shard, shards, version, clock } = this.#options;
    const { sequence, by, expected, computed } = difference;
    return {
      ...{ cluster: this.cluster, node, version, shard, shards, writtenAtMs: clock.nowMs() },
      ...{ sequence, by, cause: causeOf(difference) },
      expected: hexOf(expected),
      computed: hexOf(computed),
      entries: this.#entries.list(),
      steps: this.#latestSteps().map(dumpedStep),
      state: { sequence: this.sequence, bytes: pack(this.#shard.snapshot()) },
    };
  }

  /** Oldest first. The very last may be in no history yet. */
  #latestSteps(): readonly HashedStep[] {
    const steps = this.#history.after(this.sequence - dumpedStepsMax);
    const isWhole = steps.at(-1)?.step.sequence === this.sequence;
    return isWhole || this.#lastStep === undefined ? steps : [...steps, this.#lastStep];
  }

  /** Stops applying and serving: this replica's state is none that the log could lead to. */
  #violate(violation: InvariantViolation, entry: LogEntry): void {
    const { node, shard, report } = this.#options;
    const fault = new InvariantBroken(node, { shard, sequence: entry.sequence, violation });
    this.#fault = fault;
    // What it has said up to here stands; others go on from there.
    if (this.#isIn("emitting")) this.#say("farewell", { sequence: 0 });
    void this.#end("broke");
    report({ kind: "violated", shard, fault, entry, state: stateOf(this.#shard) });
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
    report({ kind: "phase", shard, phase: this.phase, sequence: this.sequence });
  }

  #report(error: unknown): void {
    const { report, shard } = this.#options;
    report({ kind: "fault", shard, error });
  }
}

function violationIn(fault: ClusterFault | undefined): string {
  if (!(fault instanceof InvariantBroken)) return "";
  return `${fault.violation.message} (entry ${String(fault.sequence)})`;
}

/** A state that is wrong may be one that cannot be written down. */
function stateOf(shard: Shard): Uint8Array | undefined {
  try {
    return pack(shard.snapshot());
  } catch (error) {
    if (error instanceof InvariantViolation || error instanceof TypeError) return undefined;
    throw error;
  }
}
