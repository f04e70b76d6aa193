/**
 * A whole cluster in one process: several nodes over logs and a bus in memory.
 *
 * For tests, for researchers, and for tools that want the exchange without servers. It runs the
 * same replicas, producers and client as the real one; only the adapters differ. Nothing survives
 * the process.
 */
import { assert } from "../protocols/index.ts";
import type { NodeId, ProducerId } from "../protocols/index.ts";
import type { Bus } from "./bus.ts";
import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { EngineNode } from "./engine-node.ts";
import { LogClient } from "./log-client.ts";
import { MemoryBus, MemoryBusNetwork } from "./memory-bus.ts";
import { MemoryLog, MemoryLogStorage } from "./memory-log.ts";
import { MemorySnapshotStore } from "./memory-snapshot-store.ts";
import { BusPublicChannel } from "./public-channel.ts";
import type { ReplicaReport, ReplicaTiming } from "./replica.ts";
import type { SnapshotStore } from "./snapshot-store.ts";

export interface LocalClusterOptions {
  readonly shards?: number;
  readonly nodes?: number;
  readonly clock?: Clock;
  readonly timing?: Partial<ReplicaTiming>;
  readonly report?: (node: NodeId, event: ReplicaReport) => void;
}

export class LocalCluster {
  /** The shards' logs themselves; each party has handles of its own on them. */
  readonly storages: readonly MemoryLogStorage[];
  /** Inside the cluster. */
  readonly network = new MemoryBusNetwork();
  /** Where participants hear and speak. */
  readonly publicNetwork = new MemoryBusNetwork();
  readonly client: LogClient;
  readonly nodeNames: readonly NodeId[];
  readonly #options: LocalClusterOptions;
  readonly #clock: Clock;
  readonly #nodes = new Map<NodeId, RunningNode>();
  readonly #snapshots = new Map<NodeId, SnapshotStore>();
  #epoch: number;

  private constructor(options: LocalClusterOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#epoch = Math.max(1, Math.floor(this.#clock.nowMs()));
    this.storages = Array.from(
      { length: options.shards ?? 1 },
      (_, shard) => new MemoryLogStorage({ name: `LOG_${String(shard)}_1`, clock: this.#clock }),
    );
    this.nodeNames = Array.from(
      { length: options.nodes ?? 1 },
      (_, index) => `e${String(index + 1)}`,
    );
    this.client = this.clientNamed("gw-1");
  }

  static async open(options: LocalClusterOptions = {}): Promise<LocalCluster> {
    const cluster = new LocalCluster(options);
    await Promise.all(cluster.nodeNames.map((name) => cluster.startNode(name)));
    return cluster;
  }

  /** One more client, as another gateway would be. */
  clientNamed(producer: ProducerId): LogClient {
    this.#epoch += 1;
    const logs = this.storages.map((storage) => new MemoryLog(storage));
    const bus = new MemoryBus(this.network);
    return new LogClient({ producer, epoch: this.#epoch, logs, bus, clock: this.#clock });
  }

  /** One more listener and speaker on the participants' side. */
  publicBus(): Bus {
    return new MemoryBus(this.publicNetwork);
  }

  /** A running node. */
  node(name: NodeId): EngineNode {
    const running = this.#nodes.get(name);
    assert(running !== undefined, "that node is not running");
    return running.engine;
  }

  /** Starts a node; one that was stopped comes back with its snapshots and the log. */
  async startNode(name: NodeId): Promise<void> {
    const { timing = {}, report } = this.#options;
    const logs = this.storages.map((storage) => new MemoryLog(storage));
    const bus = new MemoryBus(this.network);
    const publicBus = this.publicBus();
    const engine = new EngineNode({
      cluster: "local",
      node: name,
      nodes: this.nodeNames,
      logs,
      bus,
      publicChannel: new BusPublicChannel(publicBus),
      snapshots: this.#snapshotsOf(name),
      clock: this.#clock,
      timing,
      pid: 0,
      version: "local",
      report: (event) => report?.(name, event),
    });
    const close = async (): Promise<void> => {
      await Promise.all([bus, publicBus, ...logs].map((part) => part.close()));
    };
    this.#nodes.set(name, { engine, close });
    await engine.start();
  }

  /** Stops a node as SIGTERM would: it hands over what it emits. */
  async stopNode(name: NodeId): Promise<void> {
    await this.#end(name, (engine) => engine.stop());
  }

  /** Ends a node as a crash would: it says nothing any more. */
  async killNode(name: NodeId): Promise<void> {
    await this.#end(name, (engine) => engine.abandon());
  }

  async #end(name: NodeId, how: (engine: EngineNode) => Promise<void>): Promise<void> {
    const running = this.#nodes.get(name);
    assert(running !== undefined, "that node is not running");
    this.#nodes.delete(name);
    await how(running.engine);
    await running.close();
  }

  async close(): Promise<void> {
    await this.client.close();
    for (const name of [...this.#nodes.keys()]) await this.stopNode(name);
  }

  #snapshotsOf(name: NodeId): SnapshotStore {
    let store = this.#snapshots.get(name);
    if (store === undefined) {
      store = new MemorySnapshotStore();
      this.#snapshots.set(name, store);
    }
    return store;
  }
}

interface RunningNode {
  readonly engine: EngineNode;
  readonly close: () => Promise<void>;
}
