/**
 * Engine node: one process's replicas of every shard, and what it answers about them.
 *
 * It forms the shards' logs when they are new, claims emission for its replicas, and serves the
 * questions that any replica can answer. Nodes know of each other only through log and feed.
 */
import { clusterSubjects, isProducerId, assert, pack, unpack } from "../protocols/index.ts";
import type {
  AnswerEnvelope,
  Ask,
  NodeId,
  NodeStatus,
  QuestionEnvelope,
  ShardId,
} from "../protocols/index.ts";
import { isQuestionKind } from "../actors/index.ts";
import type { Bus, BusMessage, BusSubscription } from "./bus.ts";
import type { Clock } from "./clock.ts";
import type { PublicChannel } from "./emission.ts";
import { LogClient } from "./log-client.ts";
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
  /** Which NATS server this node is connected to, for status. */
  readonly natsServer?: () => string;
  readonly report?: (event: ReplicaReport) => void;
}

export class EngineNode {
  readonly #options: EngineNodeOptions;
  readonly #client: LogClient;
  readonly #replicas: readonly Replica[];
  readonly #subscriptions: BusSubscription[] = [];
  readonly #startedAtMs: number;

  constructor(options: EngineNodeOptions) {
    this.#options = options;
    const { node, nodes, logs, bus, publicChannel, snapshots, clock } = options;
    assert(nodes.includes(node), "a node must be one of the nodes");
    this.#startedAtMs = clock.nowMs();
    this.#client = new LogClient({
      producer: `node-${node}`,
      epoch: Math.floor(this.#startedAtMs),
      logs,
      bus,
      clock,
    });
    this.#replicas = logs.map(
      (_, shard) =>
        new Replica({
          node,
          shard,
          shards: logs.length,
          claimRank: claimRankOf(node, shard, nodes),
          logs,
          bus,
          publicChannel,
          snapshots,
          clock,
          timing: { ...defaultReplicaTiming, ...options.timing },
          claim: (of, emitterEpoch) => {
            void this.#client.submitTo(of, [{ kind: "claim-emitter", node, emitterEpoch }]);
          },
          appliedFrames: (target, source) => this.#replicas[target]?.appliedFramesOf(source) ?? 0,
          report: options.report ?? (() => undefined),
        }),
    );
  }

  /** Resolves once every replica follows its log. */
  async start(): Promise<void> {
    await this.#formShards();
    await Promise.all(this.#replicas.map((replica) => replica.start()));
    const { bus } = this.#options;
    for (const [shard, replica] of this.#replicas.entries()) {
      const options = { queue: "replicas" };
      const listener = (message: BusMessage): void => {
        void this.#answer(shard, replica, message);
      };
      this.#subscriptions.push(bus.subscribe(clusterSubjects.query(shard), listener, options));
    }
    this.#subscriptions.push(
      bus.subscribe(clusterSubjects.nodes, (message) => {
        const asker = unpack(message.payload);
        if (typeof asker !== "string" || !isProducerId(asker)) return;
        bus.publish(clusterSubjects.nodeStatus(asker), pack(this.status()));
      }),
    );
  }

  /** The first entry of a new log says what it is the log of. */
  async #formShards(): Promise<void> {
    const { cluster, logs } = this.#options;
    await Promise.all(
      logs.map(async (log, shard) => {
        if ((await log.head()) > 0) return;
        const command = { kind: "form-shard", cluster, shard, shards: logs.length } as const;
        void this.#client.submitTo(shard, [command]);
      }),
    );
  }

  async #answer(shard: ShardId, replica: Replica, message: BusMessage): Promise<void> {
    const question = unpack(message.payload) as QuestionEnvelope;
    if (!isQuestionKind(question.kind)) return;
    await replica.applied(question.minSequence);
    if (!replica.isServing) return;
    const envelope: AnswerEnvelope = {
      node: this.#options.node,
      shard,
      sequence: replica.sequence,
      answer: replica.answer(question.kind, question.ask as Ask<typeof question.kind>),
    };
    message.respond?.(pack(envelope));
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
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    await Promise.all(this.#replicas.map((replica) => replica.stop()));
    await this.#client.close();
  }

  /** Ends without a word, as a crash would. */
  async abandon(): Promise<void> {
    await Promise.all(this.#replicas.map((replica) => replica.abandon()));
    await this.stop();
  }
}

/** Each node is first in line for the shards that fall to it in turn. */
function claimRankOf(node: NodeId, shard: ShardId, nodes: readonly NodeId[]): number {
  return (nodes.indexOf(node) - shard + nodes.length * (shard + 1)) % nodes.length;
}
