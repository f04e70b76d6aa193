/**
 * A whole cluster in one process: several nodes over logs and a bus in memory.
 *
 * For tests, for researchers, and for tools that want the exchange without servers. It runs the
 * same replicas, producers and client as the real one; only the adapters differ. Nothing survives
 * the process.
 */
import type { NodeId } from "../protocols/index.ts";
import type { Bus } from "./bus.ts";
import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { EngineNode } from "./engine-node.ts";
import { LogClient } from "./log-client.ts";
import { MemoryBus } from "./memory-bus.ts";
import { MemoryLog } from "./memory-log.ts";
import { MemorySnapshotStore } from "./memory-snapshot-store.ts";
import { BusPublicChannel } from "./public-channel.ts";
import type { ReplicaReport, ReplicaTiming } from "./replica.ts";
import type { ReplicatedLog } from "./replicated-log.ts";

export interface LocalClusterOptions {
  readonly shards?: number;
  readonly nodes?: number;
  readonly clock?: Clock;
  readonly timing?: Partial<ReplicaTiming>;
  readonly report?: (node: NodeId, event: ReplicaReport) => void;
}

export class LocalCluster {
  readonly logs: readonly MemoryLog[];
  /** Inside the cluster. */
  readonly bus: Bus;
  /** What participants hear. */
  readonly publicBus: Bus;
  readonly client: LogClient;
  readonly #options: LocalClusterOptions;
  readonly #names: readonly NodeId[];
  readonly #nodes = new Map<NodeId, EngineNode>();

  private constructor(options: LocalClusterOptions) {
    this.#options = options;
    const clock = options.clock ?? systemClock;
    this.logs = Array.from({ length: options.shards ?? 1 }, (_, shard) =>
      MemoryLog.open(`LOG_${String(shard)}_1`),
    );
    this.bus = new MemoryBus();
    this.publicBus = new MemoryBus();
    this.#names = Array.from({ length: options.nodes ?? 1 }, (_, index) => `e${String(index + 1)}`);
    this.client = this.clientNamed("gateway-1");
  }

  static async open(options: LocalClusterOptions = {}): Promise<LocalCluster> {
    const cluster = new LocalCluster(options);
    await Promise.all(cluster.#names.map((name) => cluster.startNode(name)));
    return cluster;
  }

  /** One more client, as another gateway would be. */
  clientNamed(producer: string): LogClient {
    const clock = this.#options.clock ?? systemClock;
    const epoch = Math.max(1, Math.floor(clock.nowMs()));
    const logs: readonly ReplicatedLog[] = this.logs;
    return new LogClient({ producer, epoch, logs, bus: this.bus, clock });
  }

  get nodeNames(): readonly NodeId[] {
    return this.#names;
  }

  node(name: NodeId): EngineNode | undefined {
    return this.#nodes.get(name);
  }

  /** Starts a node, or starts a stopped one again with nothing but the log. */
  async startNode(name: NodeId): Promise<EngineNode> {
    const { clock = systemClock, timing = {}, report } = this.#options;
    const node = new EngineNode({
      cluster: "local",
      node: name,
      nodes: this.#names,
      logs: this.logs,
      bus: this.bus,
      publicChannel: new BusPublicChannel(this.publicBus),
      snapshots: new MemorySnapshotStore(),
      clock,
      timing,
      pid: 0,
      version: "local",
      report: (event) => report?.(name, event),
    });
    this.#nodes.set(name, node);
    await node.start();
    return node;
  }

  async stopNode(name: NodeId): Promise<void> {
    await this.#nodes.get(name)?.stop();
    this.#nodes.delete(name);
  }

  async close(): Promise<void> {
    await this.client.close();
    for (const name of [...this.#nodes.keys()]) await this.stopNode(name);
    await Promise.all(this.logs.map((log) => log.close()));
    await this.bus.close();
    await this.publicBus.close();
  }
}
