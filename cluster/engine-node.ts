/**
 * Engine node: one process's replicas of every shard, and what it answers about them.
 *
 * It forms the shards' logs when they are new, claims emission for its replicas, and serves the
 * questions that any replica can answer. Nodes know of each other only through log and feed.
 */
import {
  assert,
  clusterSubjects,
  governorShard,
  invariantList,
  isProducerId,
  MalformedRecords,
  pack,
  unpack,
  unreachable,
} from "../protocols/index.ts";
import type {
  Handover,
  InstructionAnswer,
  InvariantStatus,
  LogicVersion,
  NodeId,
  NodeInstruction,
  NodeStatus,
  ProducerId,
  ShardId,
} from "../protocols/index.ts";
import { newestLogic } from "../actors/index.ts";
import type { Bus, BusMessage, BusSubscription } from "./bus.ts";
import { CheckedLog } from "./checked-log.ts";
import type { Clock } from "./clock.ts";
import { ControlDesk } from "./control-desk.ts";
import { Drain } from "./drain.ts";
import type { EmissionMode, PublicChannel } from "./emission.ts";
import { FailureDetector } from "./failure-detector.ts";
import { LogClient } from "./log-client.ts";
import { QuestionDesk } from "./question-desk.ts";
import { received } from "./received.ts";
import type { ReplicaObserver } from "./observers.ts";
import { LogOfAnotherCluster, ReplicaDiverged } from "./replica-faults.ts";
import { defaultReplicaTiming, Replica } from "./replica.ts";
import type { ReplicaReport, ReplicaTiming, SnapshotTrust } from "./replica.ts";
import type { ReplicatedLog } from "./replicated-log.ts";
import type { SnapshotStore } from "./snapshot-store.ts";
import type { DumpStore } from "./dump-store.ts";
import { RebuildDesk } from "./rebuild-desk.ts";
import type { Rebuilding, Rebuilt } from "./rebuild-desk.ts";

export interface EngineNodeOptions {
  readonly cluster: string;
  readonly node: NodeId;
  /** All engine nodes, in the order in which they are preferred as emitters. */
  readonly nodes: readonly NodeId[];
  readonly logs: readonly ReplicatedLog[];
  readonly bus: Bus;
  readonly publicChannel: PublicChannel;
  readonly snapshots: SnapshotStore;
  /** Where replicas put down what they have in hand when they diverge. */
  readonly dumps?: DumpStore;
  readonly clock: Clock;
  readonly timing?: Partial<ReplicaTiming>;
  readonly pid: number;
  readonly version: string;
  readonly emission?: EmissionMode;
  /**
   * The last version of the actors' logic that it carries; the newest there is unless told
   * otherwise. For rehearsing upgrades.
   */
  readonly logicMax?: LogicVersion | undefined;
  /** Must rise with each start of the node: the milliseconds of its clock unless told otherwise. */
  readonly epoch?: number;
  /** Which NATS server this node is connected to, for status. */
  readonly natsServer?: () => string;
  /** Whose counts its status tells: its process's, unless that is one that it shares with others. */
  readonly invariants?: readonly InvariantStatus[];
  readonly report?: (event: ReplicaReport) => void;
  readonly observer?: ReplicaObserver | undefined;
}

export class EngineNode {
  readonly #options: EngineNodeOptions;
  readonly #client: LogClient;
  /** As they are read: what servers have damaged is refused. */
  readonly #logs: readonly ReplicatedLog[];
  readonly #replicas: Replica[];
  readonly #desks: QuestionDesk[];
  readonly #rebuildDesk: RebuildDesk;
  readonly #startedAtMs: number;
  readonly #drain: Drain;
  readonly #detector: FailureDetector;
  #isDrained = false;
  /** Ends when the last instruction has been obeyed, or could not be. */
  #obeying: Promise<unknown> = Promise.resolve();
  #statusSubscription: BusSubscription | undefined;
  #controlDesk: ControlDesk | undefined;

  constructor(options: EngineNodeOptions) {
    this.#options = options;
    const { node, nodes, logs, bus, clock } = options;
    assert(nodes.includes(node), "a node must be one of the nodes");
    this.#startedAtMs = clock.nowMs();
    this.#logs = logs.map((log, shard) => {
      const onFault = (error: unknown): void => this.#report({ kind: "fault", shard, error });
      return new CheckedLog(log, { clock, onFault });
    });
    this.#client = new LogClient({
      producer: `node-${node}`,
      epoch: options.epoch ?? Math.floor(this.#startedAtMs),
      logs,
      bus,
      clock,
      // A claim counts the emitter's changes and a shard is formed once: neither does harm late.
      frames: { frameLifetimeMs: Infinity },
      report: (error, shard) => this.#report({ kind: "fault", shard, error }),
    });
    this.#replicas = logs.map((_, shard) => this.#replicaOf(shard));
    this.#desks = this.#replicas.map((replica, shard) => this.#deskOf(replica, shard));
    this.#rebuildDesk = new RebuildDesk({
      ...{ node, bus, shards: logs.length },
      rebuild: (rebuilding) => this.rebuild(rebuilding),
      report: (error) => this.#report({ kind: "fault", shard: 0, error }),
    });
    this.#detector = new FailureDetector({
      ...{ node, bus, clock },
      watched: () => new Set(this.#replicas.flatMap(({ awaited }) => awaited)),
      onGone: (gone) => {
        for (const replica of this.#replicas) replica.lost(gone);
      },
    });
    const [replicas, client] = [this.#replicas, this.#client];
    this.#drain = new Drain({ node, replicas, client, clock });
  }

  #deskOf(replica: Replica, shard: ShardId): QuestionDesk {
    const { node, bus } = this.#options;
    const report = (error: unknown): void => this.#report({ kind: "fault", shard, error });
    return new QuestionDesk({ node, shard, replica, bus, report });
  }

  #replicaOf(shard: ShardId, trust: SnapshotTrust = "any"): Replica {
    const { node, nodes, logs, timing } = this.#options;
    return new Replica({
      ...this.#options,
      logs: this.#logs,
      trust,
      shard,
      shards: logs.length,
      nodes,
      timing: { ...defaultReplicaTiming, ...timing },
      hears: () => this.#detector.hears,
      claim: (of, emitterEpoch) => {
        void this.#client.submitTo(of, [{ kind: "claim-emitter", node, emitterEpoch }]);
      },
      tick: (of) => {
        void this.#client.submitTo(of, [{ kind: "tick" }]);
      },
      delivered: (target, source) => this.replica(target).deliveredFrom(source),
      report: (event) => this.#report(event),
    });
  }

  /**
   * Resolves once every replica follows its log, or the node was stopped before that. Rejects with
   * the fault that keeps a replica from serving; the others go on until `stop`.
   */
  async start(): Promise<void> {
    this.#rebuildDesk.open();
    this.#detector.open();
    await Promise.all(this.#replicas.map((_, shard) => this.#startReplica(shard)));
    await this.#formAll();
    if (!this.#replicas.every((replica) => replica.isServing)) return;
    for (const desk of this.#desks) desk.open();
    const { node, bus } = this.#options;
    this.#controlDesk = new ControlDesk({
      ...{ node, bus },
      obey: (instruction) => this.#obey(instruction),
      report: (error) => this.#report({ kind: "fault", shard: 0, error }),
    });
    this.#statusSubscription = bus.subscribe(clusterSubjects.nodes, (message) => {
      this.#answerStatus(message);
    });
  }

  /**
   * A replica that diverges before it serves, and began with a snapshot, may owe it to that: it
   * begins again with one that somebody has verified, and then with the log alone.
   */
  async #startReplica(shard: ShardId): Promise<void> {
    const again: readonly Rebuilding["trust"][] = ["verified", "none"];
    const mayHelp = (error: unknown): boolean =>
      error instanceof ReplicaDiverged && this.replica(shard).restoredFrom > 0;
    let attempt: Promise<unknown> = this.replica(shard).start();
    for (const trust of again) {
      try {
        await attempt;
        return;
      } catch (error) {
        if (!mayHelp(error)) throw error;
        attempt = this.rebuild({ shard, trust });
      }
    }
    await attempt;
  }

  /**
   * The governor's shard comes last: before it is formed, no shard has anything to say to another.
   * One that is not formed when it is was not among those that the venue was founded with.
   */
  async #formAll(): Promise<void> {
    const governor = this.replica(governorShard);
    const founded = governor.cluster === "" ? this.#logs.length : governor.count.founded;
    const others = this.#replicas.map((_, shard) => shard).filter((of) => of !== governorShard);
    await Promise.all(others.map((shard) => this.#form(shard, founded)));
    await this.#form(governorShard, founded);
  }

  /**
   * Makes sure that a new log says what it is the log of. Nodes that start together may all say it,
   * and somebody else may have appended before them: what was first said counts.
   */
  async #form(shard: ShardId, founded: number): Promise<void> {
    const { cluster, logs } = this.#options;
    const replica = this.replica(shard);
    if (replica.cluster === "") {
      const count = shard < founded ? { shards: founded } : { shards: shard + 1, founded };
      const logic = this.#logicMax;
      void this.#client.submitTo(shard, [{ kind: "form-shard", cluster, shard, logic, ...count }]);
    }
    while (replica.isServing && replica.cluster === "") {
      await replica.applied(replica.sequence + 1);
    }
    if (replica.isServing && replica.cluster !== cluster) {
      throw new LogOfAnotherCluster(logs[shard]?.name ?? "", replica.cluster, cluster);
    }
  }

  get #logicMax(): LogicVersion {
    return this.#options.logicMax ?? newestLogic;
  }

  /** One instruction after the other: what was asked for last is what holds. */
  async #obey(instruction: NodeInstruction): Promise<InstructionAnswer> {
    const obeyed = this.#obeying.then(() => this.#carryOut(instruction));
    this.#obeying = Promise.allSettled([obeyed]);
    return await obeyed;
  }

  async #carryOut(instruction: NodeInstruction): Promise<InstructionAnswer> {
    switch (instruction) {
      case "drain":
        return { ok: true, handovers: await this.drain() };
      case "undrain":
        this.undrain();
        return { ok: true, handovers: [] };
      default:
        return unreachable(instruction);
    }
  }

  /**
   * Leaves emission and questions to the others, until `undrain` or the next start. Rejects with
   * `NobodyTakesOver`, and then the node goes on as before.
   */
  async drain(): Promise<readonly Handover[]> {
    const handovers = await this.#drain.begin();
    this.#isDrained = true;
    for (const desk of this.#desks) desk.close();
    return handovers;
  }

  undrain(): void {
    this.#isDrained = false;
    this.#drain.end();
    for (const [shard, desk] of this.#desks.entries()) {
      if (this.replica(shard).isServing) desk.open();
    }
  }

  #answerStatus({ payload }: BusMessage): void {
    const asker = received(payload, askerIn, (error) => {
      this.#report({ kind: "fault", shard: 0, error });
    });
    if (asker === undefined) return;
    this.#options.bus.publish(clusterSubjects.nodeStatus(asker), pack(this.status()));
  }

  status(): NodeStatus {
    const { node, pid, version, natsServer, invariants = invariantList } = this.#options;
    return {
      node,
      pid,
      startedAtMs: this.#startedAtMs,
      version,
      logicMax: this.#logicMax,
      isDrained: this.#isDrained,
      natsServer: natsServer?.() ?? "",
      replicas: this.#replicas.map((replica) => replica.status()),
      invariants: invariants.map(({ name, checks, violations }) => ({
        ...{ name, checks, violations },
      })),
    };
  }

  /**
   * Replaces a replica by a new one, from a snapshot that was verified or from the log alone; those
   * of the other shards go on. Rejects with the fault that keeps the new one from serving.
   */
  async rebuild({ shard, trust }: Rebuilding): Promise<Rebuilt> {
    const { clock } = this.#options;
    const beganAtMs = clock.nowMs();
    const [old, desk] = [this.replica(shard), this.#desks[shard]];
    const was = old.phase;
    desk?.close();
    await old.stop();
    const replica = this.#replicaOf(shard, trust);
    this.#replicas[shard] = replica;
    this.#desks[shard] = this.#deskOf(replica, shard);
    await replica.start();
    if (replica.isServing) this.#desks[shard].open();
    return {
      ...{ shard, was, phase: replica.phase, sequence: replica.sequence },
      snapshotSequence: replica.restoredFrom,
      tookMs: Math.round(clock.nowMs() - beganAtMs),
    };
  }

  replica(shard: ShardId): Replica {
    const replica = this.#replicas[shard];
    assert(replica !== undefined, "no such shard");
    return replica;
  }

  /** Hands over what it emits and stops; logs and bus stay open, they are the caller's. */
  async stop(): Promise<void> {
    await this.#end((replica) => replica.stop());
  }

  /** Ends without a word, as a crash would. */
  async abandon(): Promise<void> {
    await this.#end((replica) => replica.abandon());
  }

  async #end(how: (replica: Replica) => Promise<void>): Promise<void> {
    this.#statusSubscription?.unsubscribe();
    this.#rebuildDesk.close();
    this.#detector.close();
    this.#controlDesk?.close();
    for (const desk of this.#desks) desk.close();
    await Promise.all(this.#replicas.map(how));
    await this.#client.close();
  }

  #report(event: ReplicaReport): void {
    const isOver =
      event.kind === "diverged" || (event.kind === "phase" && event.phase === "failed");
    if (isOver) this.#desks[event.shard]?.close();
    this.#options.report?.(event);
  }
}

function askerIn(payload: Uint8Array): ProducerId {
  const asker = unpack(payload);
  if (typeof asker === "string" && isProducerId(asker)) return asker;
  throw new MalformedRecords("not the name of a producer");
}
