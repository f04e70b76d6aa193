/**
 * Engine node: one process's replicas of every shard, and what it answers about them.
 *
 * It forms the shards' logs when they are new, claims emission for its replicas, and serves the
 * questions that any replica can answer. Nodes know of each other only through log and feed.
 */
import {
  assert,
  clusterSubjects,
  isProducerId,
  MalformedRecords,
  pack,
  unpack,
} from "../protocols/index.ts";
import type { NodeId, NodeStatus, ProducerId, ShardId } from "../protocols/index.ts";
import type { Bus, BusMessage, BusSubscription } from "./bus.ts";
import type { Clock } from "./clock.ts";
import type { PublicChannel } from "./emission.ts";
import { LogClient } from "./log-client.ts";
import { startingAt } from "./in-turn.ts";
import { QuestionDesk } from "./question-desk.ts";
import { received } from "./received.ts";
import { LogOfAnotherCluster } from "./replica-faults.ts";
import { defaultReplicaTiming, Replica } from "./replica.ts";
import type { ReplicaReport, ReplicaTiming } from "./replica.ts";
import type { ReplicatedLog } from "./replicated-log.ts";
import type { SnapshotStore } from "./snapshot-store.ts";

export interface EngineNodeOptions {
  readonly cluster: string;
  readonly node: NodeId;
  /** All engine nodes, in the order in which they are preferred as emitters. */
  readonly nodes: readonly NodeId[];
  readonly logs: readonly ReplicatedLog[];
  readonly bus: Bus;
  readonly publicChannel: PublicChannel;
  readonly snapshots: SnapshotStore;
  readonly clock: Clock;
  readonly timing?: Partial<ReplicaTiming>;
  readonly pid: number;
  readonly version: string;
  /** Must rise with each start of the node: the milliseconds of its clock unless told otherwise. */
  readonly epoch?: number;
  /** Which NATS server this node is connected to, for status. */
  readonly natsServer?: () => string;
  readonly report?: (event: ReplicaReport) => void;
}

export class EngineNode {
  readonly #options: EngineNodeOptions;
  readonly #client: LogClient;
  readonly #replicas: readonly Replica[];
  readonly #desks: readonly QuestionDesk[];
  readonly #startedAtMs: number;
  #statusSubscription: BusSubscription | undefined;

  constructor(options: EngineNodeOptions) {
    this.#options = options;
    const { node, nodes, logs, bus, clock } = options;
    assert(nodes.includes(node), "a node must be one of the nodes");
    this.#startedAtMs = clock.nowMs();
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
    this.#desks = this.#replicas.map((replica, shard) => {
      const report = (error: unknown): void => this.#report({ kind: "fault", shard, error });
      return new QuestionDesk({ node, shard, replica, bus, report });
    });
  }

  #replicaOf(shard: ShardId): Replica {
    const { node, nodes, logs, timing } = this.#options;
    return new Replica({
      ...this.#options,
      shard,
      shards: logs.length,
      // Each node is first in line for the shards that fall to it in turn.
      claimOrder: startingAt(shard, nodes),
      timing: { ...defaultReplicaTiming, ...timing },
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
    await Promise.all(this.#replicas.map((replica) => replica.start()));
    await Promise.all(this.#replicas.map((replica, shard) => this.#form(replica, shard)));
    if (!this.#replicas.every((replica) => replica.isServing)) return;
    for (const desk of this.#desks) desk.open();
    const { bus } = this.#options;
    this.#statusSubscription = bus.subscribe(clusterSubjects.nodes, (message) => {
      this.#answerStatus(message);
    });
  }

  /**
   * Makes sure that a new log says what it is the log of. Nodes that start together may all say it,
   * and somebody else may have appended before them: what was first said counts.
   */
  async #form(replica: Replica, shard: ShardId): Promise<void> {
    const { cluster, logs } = this.#options;
    if (replica.cluster === "") {
      const command = { kind: "form-shard", cluster, shard, shards: logs.length } as const;
      void this.#client.submitTo(shard, [command]);
    }
    while (replica.isServing && replica.cluster === "") {
      await replica.applied(replica.sequence + 1);
    }
    if (replica.isServing && replica.cluster !== cluster) {
      throw new LogOfAnotherCluster(logs[shard]?.name ?? "", replica.cluster, cluster);
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
    const { node, pid, version, natsServer } = this.#options;
    return {
      node,
      pid,
      startedAtMs: this.#startedAtMs,
      version,
      natsServer: natsServer?.() ?? "",
      replicas: this.#replicas.map((replica) => replica.status()),
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
