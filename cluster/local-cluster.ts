/**
 * A whole cluster in one process: several nodes over logs and a bus in memory.
 *
 * For tests, for researchers, and for tools that want the exchange without servers. It runs the
 * same replicas, producers and client as the real one; only the adapters differ. Nothing survives
 * the process.
 */
import { assert } from "../protocols/index.ts";
import type { LogicVersion, NodeId, ProducerId, ShardId } from "../protocols/index.ts";
import type { Bus } from "./bus.ts";
import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import type { DumpStore } from "./dump-store.ts";
import type { EmissionMode } from "./emission.ts";
import { EngineNode } from "./engine-node.ts";
import { LogClient } from "./log-client.ts";
import { MemoryBus, MemoryBusNetwork } from "./memory-bus.ts";
import { MemoryLog, MemoryLogStorage } from "./memory-log.ts";
import type { AppendFate } from "./memory-log.ts";
import { MemoryDumpStore } from "./memory-dump-store.ts";
import { MemorySnapshotStore } from "./memory-snapshot-store.ts";
import { BusPublicChannel } from "./public-channel.ts";
import type { ReplicaReport, ReplicaTiming } from "./replica.ts";
import type { ReplicatedLog } from "./replicated-log.ts";
import type { SnapshotStore } from "./snapshot-store.ts";

export interface LocalClusterOptions {
  readonly shards?: number;
  readonly nodes?: number;
  readonly clock?: Clock;
  readonly timing?: Partial<ReplicaTiming>;
  readonly emission?: EmissionMode;
  readonly report?: (node: NodeId, event: ReplicaReport) => void;
  /** Decides what becomes of each append to a shard's log; all are stored unless told otherwise. */
  readonly fate?: (shard: ShardId, append: AppendAttempt) => AppendFate;
  /** Stands between a node and a shard's log; it may hand out something else. */
  readonly wrapLog?: (log: ReplicatedLog, shard: ShardId, node: NodeId) => ReplicatedLog;
  /** The last version of logic that a node carries when it is started; the newest unless told. */
  readonly logicMaxOf?: (node: NodeId) => LogicVersion | undefined;
  /** By shard, where logs begin whose history is elsewhere; others begin at 1. */
  readonly firstSequences?: readonly number[];
  /** Where a node that is started finds its snapshots; in memory unless told otherwise. */
  readonly snapshotsOf?: (node: NodeId) => SnapshotStore;
  /** Where its replicas put down what they have in hand when they diverge. */
  readonly dumpsOf?: (node: NodeId) => DumpStore;
}

export class LocalCluster {
  /** The shards' logs themselves; each party has handles of its own on them. */
  readonly storages: MemoryLogStorage[];
  /** Inside the cluster. */
  readonly network: MemoryBusNetwork;
  /** Where participants hear and speak. */
  readonly publicNetwork: MemoryBusNetwork;
  readonly client: LogClient;
  readonly nodeNames: readonly NodeId[];
  readonly #options: LocalClusterOptions;
  readonly #clock: Clock;
  readonly #nodes = new Map<NodeId, RunningNode>();
  readonly #snapshots = new Map<NodeId, SnapshotStore>();
  readonly #clients: RunningClient[] = [];
  #epoch: number;

  private constructor(options: LocalClusterOptions) {
    this.#options = options;
    const clock = options.clock ?? systemClock;
    const { shards = 1, nodes = 1 } = options;
    this.#clock = clock;
    this.network = new MemoryBusNetwork({ clock });
    this.publicNetwork = new MemoryBusNetwork({ clock });
    this.#epoch = Math.max(1, Math.floor(clock.nowMs()));
    this.storages = [];
    while (this.storages.length < shards) this.addLog();
    this.nodeNames = Array.from({ length: nodes }, (_, index) => `e${String(index + 1)}`);
    this.client = this.clientNamed("gw-1");
  }

  static async open(options: LocalClusterOptions = {}): Promise<LocalCluster> {
    const cluster = new LocalCluster(options);
    await Promise.all(cluster.nodeNames.map((name) => cluster.startNode(name)));
    return cluster;
  }

  /** One more log, for whoever is started from now on. */
  addLog(): void {
    const { fate, firstSequences = [] } = this.#options;
    const shard = this.storages.length;
    const name = `LOG_${String(shard)}_1`;
    const decide = fate && { fate: (append: AppendAttempt) => fate(shard, append) };
    const firstSequence = firstSequences[shard] ?? 1;
    this.storages.push(
      new MemoryLogStorage({ name, clock: this.#clock, firstSequence, ...decide }),
    );
  }

  /** One more client, as another gateway would be. It is closed with the cluster. */
  clientNamed(producer: ProducerId): LogClient {
    const logs = this.storages.map((storage) => new MemoryLog(storage));
    const bus = new MemoryBus(this.network);
    const epoch = this.#nextEpoch();
    const client = new LogClient({ producer, epoch, logs, bus, clock: this.#clock });
    this.#clients.push({ client, close: () => closeAll([bus, ...logs]) });
    return client;
  }

  /** One more listener and speaker on the participants' side. */
  publicBus(): Bus {
    return new MemoryBus(this.publicNetwork);
  }

  isRunning(name: NodeId): boolean {
    return this.#nodes.has(name);
  }

  /** A running node. */
  node(name: NodeId): EngineNode {
    return this.#running(name).engine;
  }

  /** Starts a node; one that was stopped comes back with its snapshots and the log. */
  async startNode(name: NodeId): Promise<void> {
    assert(this.nodeNames.includes(name), "there is no such node");
    assert(!this.#nodes.has(name), "that node is running already");
    const { timing = {}, emission = "chosen", report, wrapLog, dumpsOf } = this.#options;
    const logs = this.storages.map((storage) => new MemoryLog(storage));
    const bus = new MemoryBus(this.network);
    const publicBus = new MemoryBus(this.publicNetwork);
    const engine = new EngineNode({
      cluster: "local",
      node: name,
      nodes: this.nodeNames,
      logs: logs.map((log, shard) => wrapLog?.(log, shard, name) ?? log),
      bus,
      publicChannel: new BusPublicChannel(publicBus),
      snapshots: this.#snapshotsOf(name),
      dumps: dumpsOf?.(name) ?? new MemoryDumpStore(),
      clock: this.#clock,
      timing,
      emission,
      pid: 0,
      version: "local",
      logicMax: this.#options.logicMaxOf?.(name),
      epoch: this.#nextEpoch(),
      report: (event) => report?.(name, event),
    });
    this.#nodes.set(name, { engine, buses: [bus, publicBus], logs });
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

  /** Whether a node's lines to logs, buses or both are up; while none is, it is alone. */
  setReachable(name: NodeId, isReachable: boolean, which: Lines = "all"): void {
    const { buses, logs } = this.#running(name);
    // Buses first: who comes back can speak before it learns what it missed.
    if (which !== "logs") for (const bus of buses) bus.setReachable(isReachable);
    if (which !== "buses") for (const log of logs) log.setReachable(isReachable);
  }

  async #end(name: NodeId, how: (engine: EngineNode) => Promise<void>): Promise<void> {
    const { engine, buses, logs } = this.#running(name);
    this.#nodes.delete(name);
    await how(engine);
    await closeAll([...buses, ...logs]);
  }

  async close(): Promise<void> {
    for (const { client, close } of this.#clients) {
      await client.close();
      await close();
    }
    for (const name of [...this.#nodes.keys()]) await this.stopNode(name);
  }

  #running(name: NodeId): RunningNode {
    const running = this.#nodes.get(name);
    assert(running !== undefined, "that node is not running");
    return running;
  }

  /** A producer that comes back must be told from the one it was. */
  #nextEpoch(): number {
    this.#epoch += 1;
    return this.#epoch;
  }

  #snapshotsOf(name: NodeId): SnapshotStore {
    const store =
      this.#options.snapshotsOf?.(name) ?? this.#snapshots.get(name) ?? new MemorySnapshotStore();
    this.#snapshots.set(name, store);
    return store;
  }
}

/** What joins a node to the others. */
export type Lines = "all" | "buses" | "logs";

type AppendAttempt = Parameters<MemoryLogStorage["fate"]>[0];

interface RunningNode {
  readonly engine: EngineNode;
  readonly buses: readonly MemoryBus[];
  readonly logs: readonly MemoryLog[];
}

interface RunningClient {
  readonly client: LogClient;
  readonly close: () => Promise<void>;
}

async function closeAll(parts: readonly { close(): Promise<void> }[]): Promise<void> {
  await Promise.all(parts.map((part) => part.close()));
}
