/**
 * Replica: one node's copy of one shard, and the loop that keeps it.
 *
 * Applies the log in order, proves by hashes that it computes what the emitter computes, claims
 * emission in the log when the emitter falls silent, and sends the outputs when it is chosen. What
 * it may do in which phase is said by replica-phase.machine.ts; there is one function per phase.
 *
 * It knows the shard only by `apply`; nothing about orders or accounts is decided here.
 */
import { Shard } from "../actors/index.ts";
import type { Step } from "../actors/index.ts";
import { assert, clusterSubjects, decodeFeed } from "../protocols/index.ts";
import type {
  Answer,
  Ask,
  FeedMessage,
  NodeId,
  QuestionKind,
  ReplicaStatus,
  ShardId,
} from "../protocols/index.ts";
import { compileMachine } from "../actors/index.ts";
import type { Bus, BusSubscription } from "./bus.ts";
import type { Clock, Timer } from "./clock.ts";
import { Emission } from "./emission.ts";
import type { PublicChannel } from "./emission.ts";
import { HashChain, hexOf, isSameHash } from "./hash-chain.ts";
import { Outbox } from "./outbox.ts";
import { decodeSnapshot, encodeSnapshot, stateHashOf } from "./replica-snapshot.ts";
import { replicaPhaseEvents, replicaPhaseMachine } from "./replica-phase.machine.ts";
import type { ReplicaPhaseEvent } from "./replica-phase.machine.ts";
import type { LogEntry, ReplicatedLog, Tail } from "./replicated-log.ts";
import type { SnapshotStore } from "./snapshot-store.ts";
import { StepHistory } from "./step-history.ts";

export interface ReplicaOptions {
  readonly node: NodeId;
  readonly shard: ShardId;
  readonly shards: number;
  /** This node's place in the order in which followers claim a silent shard, 0 first. */
  readonly claimRank: number;
  /** Every shard's log, by shard. */
  readonly logs: readonly ReplicatedLog[];
  readonly bus: Bus;
  readonly publicChannel: PublicChannel;
  readonly snapshots: SnapshotStore;
  readonly clock: Clock;
  readonly timing: ReplicaTiming;
  /** Appends ClaimEmitter in this node's name. */
  readonly claim: (shard: ShardId, emitterEpoch: number) => void;
  /** The last frame from `source` that this node's replica of `target` has applied. */
  readonly appliedFrames: (target: ShardId, source: ShardId) => number;
  readonly report: (event: ReplicaReport) => void;
}

export interface ReplicaTiming {
  /** Followers claim when outputs run ahead of the feed for longer than this. */
  readonly emitterSilenceMs: number;
  /** Followers claim when they hear nothing at all for longer than this. */
  readonly heartbeatSilenceMs: number;
  readonly heartbeatMs: number;
  /** Followers take a snapshot at each sequence that is a multiple of this. */
  readonly snapshotEveryEntries: number;
}

export const defaultReplicaTiming: ReplicaTiming = {
  emitterSilenceMs: 150,
  heartbeatSilenceMs: 1000,
  heartbeatMs: 200,
  snapshotEveryEntries: 20_000,
};

/** What an operator should know of. */
export type ReplicaReport =
  | { readonly kind: "phase"; readonly shard: ShardId; readonly phase: string }
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
const watchEveryMs = 25;

export class Replica {
  readonly #options: ReplicaOptions;
  readonly #log: ReplicatedLog;
  readonly #emission: Emission;
  readonly #outboxes: ReadonlyMap<ShardId, Outbox>;
  readonly #history = new StepHistory();
  /** Feed messages about steps not yet applied here. */
  readonly #foretold = new Map<number, Uint8Array>();
  #shard: Shard;
  #entries = new HashChain();
  #outputs = new HashChain();
  #phase = 0;
  #tail: Tail | undefined;
  #feed: BusSubscription | undefined;
  #timer: Timer | undefined;
  /** Where the log stood when this replica started: it serves from there on. */
  #startHead = 0;
  /** The last step that the feed told of, and when it last told anything. */
  #fed = { sequence: 0, atMs: 0 };
  /** Since when our outputs are ahead of the feed; undefined while they are not. */
  #aheadSinceMs: number | undefined;
  /** The last claim of ours: one is enough until it is applied or surely lost. */
  #claimed = { emitterEpoch: -1, atMs: -Infinity };
  #spokeAtMs = 0;
  #checkpoint = { sequence: 0, hash: "" };
  #snapshotSequence = 0;
  readonly #waiters: { sequence: number; resume: () => void }[] = [];

  constructor(options: ReplicaOptions) {
    this.#options = options;
    const { shard, shards, node, bus, publicChannel, logs } = options;
    const log = logs[shard];
    assert(log !== undefined);
    this.#log = log;
    this.#shard = new Shard(shard, shards);
    this.#emission = new Emission({ shard, node, bus, publicChannel });
    this.#outboxes = outboxesOf(options);
  }

  get phase(): string {
    return JSON.parse(phases.nameOf(this.#phase)) as string;
  }

  get sequence(): number {
    return this.#shard.sequence;
  }

  get isServing(): boolean {
    return this.phase === "following" || this.phase === "emitting";
  }

  /** Frames of another shard that this replica has applied. */
  appliedFramesOf(source: ShardId): number {
    return this.#shard.appliedFramesOf(source);
  }

  // ---- restoring ---------------------------------------------------------------------------

  /** Restores the newest good snapshot, then follows the log. Resolves once it is following. */
  async start(): Promise<void> {
    await this.#restore();
    this.#startHead = await this.#log.head();
    this.#advance("restored");
    const { clock, bus, shard } = this.#options;
    this.#fed = { sequence: this.#shard.sequence, atMs: clock.nowMs() };
    this.#feed = bus.subscribe(clusterSubjects.feed(shard), (message) => {
      this.#hear(decodeFeed(message.payload));
    });
    this.#tail = this.#log.tail(
      this.#shard.sequence + 1,
      (entries) => {
        this.#applyAll(entries);
      },
      (error) => {
        this.#options.report({ kind: "fault", shard, error });
      },
    );
    this.#watch();
    if (this.#startHead > this.#shard.sequence) await this.applied(this.#startHead);
    else this.#catchUp();
  }

  /** The newest snapshot that can be read back; a damaged one is passed over. */
  async #restore(): Promise<void> {
    const { snapshots, shard } = this.#options;
    for (const name of await snapshots.list(shard)) {
      try {
        const saved = decodeSnapshot(await snapshots.load(name));
        this.#shard = saved.shard;
        this.#entries = new HashChain(saved.entriesHash);
        this.#outputs = new HashChain(saved.outputsHash);
        this.#checkpoint = { sequence: saved.shard.sequence, hash: hexOf(saved.stateHash) };
        this.#snapshotSequence = saved.shard.sequence;
        for (const [target, outbox] of this.#outboxes) outbox.restore(saved.owed[target] ?? []);
        return;
      } catch (error) {
        this.#options.report({ kind: "fault", shard, error });
      }
    }
  }

  // ---- replaying, following, emitting ------------------------------------------------------

  #applyAll(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      if (this.phase === "diverged" || this.phase === "stopped") return;
      this.#apply(entry);
    }
    this.#resumeWaiters();
  }

  #apply(entry: LogEntry): void {
    const step = this.#shard.apply(entry);
    this.#entries.fold(entry.sequence, entry.payload);
    this.#outputs.fold(step.sequence, step.events, ...step.outbound.map(({ bytes }) => bytes));
    const outputsHash = this.#outputs.hash;
    const hashed = { step, outputsHash };
    this.#history.add(hashed);
    for (const frame of step.outbound) this.#outboxes.get(frame.shard)?.add(frame);
    this.#compareForetold(step.sequence, outputsHash);
    if (step.isCheckpoint) this.#takeCheckpoint();
    if (this.phase === "replaying" && step.sequence >= this.#startHead) this.#catchUp();
    this.#settleEmitter(step);
    if (this.phase === "emitting") this.#emit(hashed);
    else this.#noteAhead();
    this.#snapshotIfDue(step.sequence);
  }

  #catchUp(): void {
    if (this.phase !== "replaying") return;
    this.#advance("caughtUp");
    if (this.#isChosen) this.#becomeEmitter();
    this.#resumeWaiters();
  }

  get #isChosen(): boolean {
    return this.#shard.emitter.node === this.#options.node;
  }

  /** Whether the log has just made this node the emitter, or another in its place. */
  #settleEmitter(step: Step): void {
    if (this.phase === "following" && this.#isChosen) this.#becomeEmitter(step);
    else if (this.phase === "emitting" && !this.#isChosen) {
      this.#advance("replaced");
      for (const outbox of this.#outboxes.values()) outbox.stopEmitting();
      this.#fed = { sequence: step.sequence, atMs: this.#options.clock.nowMs() };
    }
  }

  /** Sends again what may not have gone out, up to but without the step that chose it. */
  #becomeEmitter(choosing?: Step): void {
    this.#advance("chosen");
    for (const hashed of this.#history.unsent()) {
      if (hashed.step !== choosing) this.#emit(hashed);
    }
    for (const outbox of this.#outboxes.values()) outbox.startEmitting();
  }

  #emit(hashed: { step: Step; outputsHash: Uint8Array }): void {
    this.#emission.send(hashed, this.#shard.emitter.epoch);
    this.#spokeAtMs = this.#options.clock.nowMs();
    this.#fed = { sequence: hashed.step.sequence, atMs: this.#spokeAtMs };
    this.#history.sentUpTo(hashed.step.sequence);
    this.#aheadSinceMs = undefined;
  }

  // ---- The feed ----------------------------------------------------------------------------

  #hear(message: FeedMessage): void {
    const { clock, node } = this.#options;
    if (message.node === node) return;
    if (message.kind === "farewell") this.#fed.atMs = -Infinity;
    else
      this.#fed = { sequence: Math.max(this.#fed.sequence, message.sequence), atMs: clock.nowMs() };
    this.#compare(message);
    this.#history.sentUpTo(Math.min(this.#fed.sequence, this.sequence));
    if (this.sequence <= this.#fed.sequence) this.#aheadSinceMs = undefined;
    if (message.sequence > this.sequence) this.#tail?.expect(message.sequence);
  }

  #compare({ sequence, outputsHash }: FeedMessage): void {
    if (sequence === 0) return;
    if (sequence > this.sequence) {
      this.#foretold.set(sequence, outputsHash);
      return;
    }
    const computed = this.#history.hashAt(sequence);
    if (computed !== undefined && !isSameHash(computed, outputsHash)) {
      this.#diverge(sequence, outputsHash, computed);
    }
  }

  #compareForetold(sequence: number, computed: Uint8Array): void {
    if (this.#foretold.size === 0) return;
    const expected = this.#foretold.get(sequence);
    if (expected === undefined) return;
    this.#foretold.delete(sequence);
    if (!isSameHash(computed, expected)) this.#diverge(sequence, expected, computed);
  }

  // ---- diverged ----------------------------------------------------------------------------

  /** Stops applying and serving: somebody is wrong, and it may be us. */
  #diverge(sequence: number, expected: Uint8Array, computed: Uint8Array): void {
    if (!this.#may("differed")) return;
    this.#advance("differed");
    for (const outbox of this.#outboxes.values()) outbox.stopEmitting();
    const { shard } = this.#options;
    this.#options.report({
      kind: "diverged",
      shard,
      sequence,
      expected: hexOf(expected),
      computed: hexOf(computed),
    });
  }

  // ---- Watching over the emitter -----------------------------------------------------------

  #watch(): void {
    this.#timer = this.#options.clock.after(watchEveryMs, () => {
      if (this.phase === "stopped") return;
      for (const outbox of this.#outboxes.values()) outbox.tend();
      if (this.phase === "emitting") this.#heartbeatIfDue();
      if (this.phase === "following") this.#claimIfSilent();
      this.#watch();
    });
  }

  #heartbeatIfDue(): void {
    const nowMs = this.#options.clock.nowMs();
    if (nowMs - this.#spokeAtMs < this.#options.timing.heartbeatMs) return;
    this.#spokeAtMs = nowMs;
    this.#emission.tell("heartbeat", {
      sequence: this.sequence,
      outputsHash: this.#outputs.hash,
      emitterEpoch: this.#shard.emitter.epoch,
    });
  }

  #noteAhead(): void {
    if (this.phase !== "following" || this.sequence <= this.#fed.sequence) return;
    this.#aheadSinceMs ??= this.#options.clock.nowMs();
  }

  /** Followers of a lower rank wait longer, so that as a rule one claim is made and not several. */
  #claimIfSilent(): void {
    const { timing, claimRank, clock, shard } = this.#options;
    const nowMs = clock.nowMs();
    const patienceMs = claimRank * timing.emitterSilenceMs;
    const isVacant = this.#shard.emitter.node === "";
    const isBehind =
      this.#aheadSinceMs !== undefined &&
      nowMs - this.#aheadSinceMs > timing.emitterSilenceMs + patienceMs / 2;
    const isSilent = nowMs - this.#fed.atMs > timing.heartbeatSilenceMs + patienceMs;
    if (!isBehind && !isSilent && !(isVacant && claimRank === 0)) return;
    const emitterEpoch = this.#shard.emitter.epoch;
    const isClaimed = this.#claimed.emitterEpoch === emitterEpoch;
    if (isClaimed && nowMs - this.#claimed.atMs < timing.heartbeatSilenceMs) return;
    this.#claimed = { emitterEpoch, atMs: nowMs };
    this.#options.claim(shard, emitterEpoch);
  }

  // ---- Snapshots and checkpoints -----------------------------------------------------------

  #takeCheckpoint(): void {
    this.#checkpoint = { sequence: this.sequence, hash: hexOf(stateHashOf(this.#shard)) };
  }

  /** Only followers take snapshots: the emitter never pauses for one. */
  #snapshotIfDue(sequence: number): void {
    const { timing, snapshots, shard, report } = this.#options;
    if (sequence % timing.snapshotEveryEntries !== 0) return;
    if (this.phase !== "following" && this.phase !== "replaying") return;
    const stateHash = stateHashOf(this.#shard);
    this.#checkpoint = { sequence, hash: hexOf(stateHash) };
    const owed = Array.from(
      { length: this.#options.shards },
      (_, target) => this.#outboxes.get(target)?.owed() ?? [],
    );
    const bytes = encodeSnapshot({
      shard: this.#shard,
      stateHash,
      entriesHash: this.#entries.hash,
      outputsHash: this.#outputs.hash,
      owed,
    });
    snapshots.save({ shard, sequence, bytes }).then(
      () => {
        this.#snapshotSequence = Math.max(this.#snapshotSequence, sequence);
        report({ kind: "snapshot", shard, sequence });
      },
      (error: unknown) => {
        report({ kind: "fault", shard, error });
      },
    );
  }

  // ---- Questions ---------------------------------------------------------------------------

  /** Resolves once an entry has been applied. */
  applied(sequence: number): Promise<void> {
    if (this.sequence >= sequence && this.isServing) return Promise.resolve();
    return new Promise((resume) => {
      this.#waiters.push({ sequence, resume });
    });
  }

  #resumeWaiters(): void {
    if (this.#waiters.length === 0 || !this.isServing) return;
    const due = this.#waiters.filter(({ sequence }) => sequence <= this.sequence);
    if (due.length === 0) return;
    const rest = this.#waiters.filter(({ sequence }) => sequence > this.sequence);
    this.#waiters.splice(0, this.#waiters.length, ...rest);
    for (const { resume } of due) resume();
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
      headSequence: Math.max(this.#startHead, this.sequence, this.#fed.sequence),
      isEmitter: this.phase === "emitting",
      emitter: emitter.node,
      emitterEpoch: emitter.epoch,
      entriesHash: this.#entries.hex,
      outputsHash: this.#outputs.hex,
      checkpointSequence: this.#checkpoint.sequence,
      checkpointHash: this.#checkpoint.hash,
      snapshotSequence: this.#snapshotSequence,
      commandsApplied: this.#shard.commandCount,
    };
  }

  // ---- stopped -----------------------------------------------------------------------------

  /** Says farewell if it was emitting, so that a follower claims at once. */
  async stop(): Promise<void> {
    if (this.phase === "emitting") {
      this.#emission.tell("farewell", {
        sequence: this.sequence,
        outputsHash: this.#outputs.hash,
        emitterEpoch: this.#shard.emitter.epoch,
      });
    }
    await this.abandon();
  }

  /** Ends without a word, as a crash would. */
  async abandon(): Promise<void> {
    if (!this.#may("stop")) return;
    this.#advance("stop");
    this.#timer?.cancel();
    for (const outbox of this.#outboxes.values()) outbox.stopEmitting();
    this.#feed?.unsubscribe();
    await this.#tail?.close();
  }

  // ---- Phases ------------------------------------------------------------------------------

  #may(event: ReplicaPhaseEvent): boolean {
    return phases.accepts(this.#phase, phases.column(event));
  }

  #advance(event: ReplicaPhaseEvent): void {
    this.#phase = phases.after(this.#phase, phases.column(event));
    const { report, shard } = this.#options;
    report({ kind: "phase", shard, phase: this.phase });
  }
}

function outboxesOf({
  shard: source,
  logs,
  clock,
  appliedFrames,
}: ReplicaOptions): ReadonlyMap<ShardId, Outbox> {
  const outboxes = new Map<ShardId, Outbox>();
  for (const [target, log] of logs.entries()) {
    if (target === source) continue;
    const options = { source, target, log, clock };
    outboxes.set(
      target,
      new Outbox({ ...options, appliedFrames: () => appliedFrames(target, source) }),
    );
  }
  return outboxes;
}
