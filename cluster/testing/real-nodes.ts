/**
 * Three engine nodes on real nats-servers, to be broken by tests: each has a connection of its own,
 * to another server as long as that runs.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NodeId, ShardId } from "../../protocols/index.ts";
import type { Bus } from "../bus.ts";
import { systemClock } from "../clock.ts";
import { DirectorySnapshotStore } from "../directory-snapshot-store.ts";
import type { PublicChannel } from "../emission.ts";
import { EngineNode } from "../engine-node.ts";
import { JetStreamBus } from "../jetstream-bus.ts";
import { JetStreamConnection } from "../jetstream-connection.ts";
import { JetStreamLog } from "../jetstream-log.ts";
import type { ReplicaReport } from "../replica.ts";
import type { ReplicatedLog } from "../replicated-log.ts";
import type { NatsCluster } from "./nats-cluster.ts";

export const nodeNames: readonly NodeId[] = ["e1", "e2", "e3"];

export interface RealNodesOptions {
  readonly servers: NatsCluster;
  readonly shards: number;
  /** A stream cannot be emptied: whoever wants empty logs takes a number that nobody had. */
  readonly venueNumber: number;
  /** Where the public hears of what they decide; nowhere unless told otherwise. */
  readonly publicChannelOn?: (bus: Bus) => PublicChannel;
  /** Stands between a node and a shard's log; it may hand out something else. */
  readonly wrapLog?: (log: ReplicatedLog, shard: ShardId, node: NodeId) => ReplicatedLog;
}

/** Somebody's connection to the servers, and what goes over it. */
export interface Line {
  readonly connection: JetStreamConnection;
  readonly logs: readonly JetStreamLog[];
  readonly bus: JetStreamBus;
}

interface Running {
  readonly engine: EngineNode;
  readonly connection: JetStreamConnection;
}

export class RealNodes {
  readonly reports: { readonly node: NodeId; readonly event: ReplicaReport }[] = [];
  readonly #options: RealNodesOptions;
  readonly #running = new Map<NodeId, Running>();
  readonly #folder = mkdtempSync(join(tmpdir(), "outcry-engine-"));

  private constructor(options: RealNodesOptions) {
    this.#options = options;
  }

  /** Starts all of them, one after the other. */
  static async start(options: RealNodesOptions): Promise<RealNodes> {
    const nodes = new RealNodes(options);
    for (const name of nodeNames) await nodes.start(name);
    return nodes;
  }

  /** A line as a node's or a gateway's; whoever asks for it closes its connection. */
  async line(urls: readonly string[] = this.#options.servers.urls): Promise<Line> {
    const connection = await JetStreamConnection.open({ servers: urls, name: "test" });
    const { shards } = this.#options;
    const numbers = Array.from({ length: shards }, (_, shard) => this.#logNumber(shard));
    const logs = await Promise.all(
      numbers.map((shard) => JetStreamLog.open(connection, { shard })),
    );
    return { connection, logs, bus: new JetStreamBus(connection) };
  }

  #logNumber(shard: ShardId): number {
    return this.#options.venueNumber * 10 + shard;
  }

  streamOf(shard: ShardId, generation = 1): string {
    return `LOG_${String(this.#logNumber(shard))}_${String(generation)}`;
  }

  get engines(): readonly EngineNode[] {
    return [...this.#running.values()].map(({ engine }) => engine);
  }

  engine(name: NodeId): EngineNode {
    return this.#node(name).engine;
  }

  /** Who emits a shard; undefined while nobody that runs does. */
  emitterOf(shard: ShardId): NodeId | undefined {
    const found = [...this.#running].find(
      ([, { engine }]) => engine.replica(shard).phase === "emitting",
    );
    return found?.[0];
  }

  /** Its server is the one of its number, as long as that runs. */
  async start(name: NodeId): Promise<void> {
    const { servers, publicChannelOn, wrapLog } = this.#options;
    const first = nodeNames.indexOf(name);
    const urls = servers.urls.map((_, index) => servers.urls[(first + index) % 3] ?? "");
    const { connection, logs, bus } = await this.line(urls);
    const engine = new EngineNode({
      cluster: "test",
      node: name,
      nodes: nodeNames,
      logs: logs.map((log, shard) => wrapLog?.(log, shard, name) ?? log),
      bus,
      publicChannel: publicChannelOn?.(bus) ?? { publish: () => undefined },
      snapshots: new DirectorySnapshotStore(join(this.#folder, name)),
      clock: systemClock,
      timing: { snapshotEveryEntries: 50 },
      pid: process.pid,
      version: "test",
      report: (event) => this.reports.push({ node: name, event }),
    });
    this.#running.set(name, { engine, connection });
    await engine.start();
  }

  /** Ends a node as a crash would. */
  async kill(name: NodeId): Promise<void> {
    const { engine, connection } = this.#node(name);
    this.#running.delete(name);
    await engine.abandon();
    await connection.close();
  }

  async stop(name: NodeId): Promise<void> {
    const { engine, connection } = this.#node(name);
    this.#running.delete(name);
    await engine.stop();
    await connection.nats.flush();
    await connection.close();
  }

  forgetSnapshots(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async close(): Promise<void> {
    for (const name of [...this.#running.keys()]) await this.stop(name);
    this.forgetSnapshots();
  }

  #node(name: NodeId): Running {
    const running = this.#running.get(name);
    if (running === undefined) throw new Error("that node does not run");
    return running;
  }
}
