/**
 * A whole cluster in memory, on a clock that stands still until the test moves it.
 *
 * Nothing here sleeps: a wait advances virtual time until what is waited for has happened, and
 * fails after so much of it.
 */
import type {
  ActorAddress,
  Answer,
  Ask,
  BalanceView,
  Command,
  NodeId,
  QuestionKind,
  ReplicaStatus,
  ShardId,
} from "../../protocols/index.ts";
import type { Outcome } from "../client.ts";
import { LocalCluster } from "../local-cluster.ts";
import type { LocalClusterOptions } from "../local-cluster.ts";
import type { ReplicaReport } from "../replica.ts";
import { ManualClock } from "./manual-clock.ts";

export interface NodeReport {
  readonly node: NodeId;
  readonly event: ReplicaReport;
}

export class VirtualCluster {
  readonly clock: ManualClock;
  readonly cluster: LocalCluster;
  readonly reports: NodeReport[];

  private constructor(clock: ManualClock, cluster: LocalCluster, reports: NodeReport[]) {
    this.clock = clock;
    this.cluster = cluster;
    this.reports = reports;
  }

  /** A cluster whose shards are formed and have an emitter. */
  static async open(options: Omit<LocalClusterOptions, "clock" | "report"> = {}) {
    const clock = new ManualClock();
    const reports: NodeReport[] = [];
    const report = (node: NodeId, event: ReplicaReport): void => void reports.push({ node, event });
    const opening = LocalCluster.open({ ...options, clock, report });
    const world = new VirtualCluster(clock, await settled(clock, opening), reports);
    await world.until(() => world.emitters().every((emitter) => emitter !== undefined));
    return world;
  }

  get shards(): number {
    return this.cluster.storages.length;
  }

  /** Lets virtual time pass, and everything happen that is due in it. */
  async run(ms: number): Promise<void> {
    await this.clock.advanceAndSettle(ms);
  }

  /** Advances until the promise settles. */
  async settled<Value>(promise: Promise<Value>): Promise<Value> {
    return await settled(this.clock, promise);
  }

  /** Advances until the condition holds, and returns how long that took. */
  async until(condition: () => boolean, limitMs = 60_000): Promise<number> {
    const startedAtMs = this.clock.nowMs();
    while (!condition()) {
      if (this.clock.nowMs() - startedAtMs > limitMs) throw new Error("it did not come to pass");
      await this.clock.advanceAndSettle(stepMs);
    }
    return this.clock.nowMs() - startedAtMs;
  }

  async submit(...commands: readonly Command[]): Promise<readonly Outcome[]> {
    return await this.settled(this.cluster.client.submit(commands));
  }

  async ask<Kind extends QuestionKind>(
    shard: ShardId,
    kind: Kind,
    ask: Ask<Kind>,
  ): Promise<Answer<Kind>> {
    return await this.settled(this.cluster.client.ask(shard, kind, ask));
  }

  async askActor<Kind extends QuestionKind>(
    actor: ActorAddress,
    kind: Kind,
    ask: Ask<Kind>,
  ): Promise<Answer<Kind>> {
    return await this.settled(this.cluster.client.askActor(actor, kind, ask));
  }

  /** The nodes that run, in order of their names. */
  running(): readonly NodeId[] {
    return this.cluster.nodeNames.filter((name) => this.cluster.isRunning(name));
  }

  /** Every running node's status of a shard. */
  statuses(shard: ShardId = 0): readonly ReplicaStatus[] {
    return this.running().map((name) => this.cluster.node(name).replica(shard).status());
  }

  /** Which node emits each shard, as that node itself sees it. */
  emitters(): readonly (NodeId | undefined)[] {
    return Array.from({ length: this.shards }, (_, shard) =>
      this.running().find((name) => this.cluster.node(name).replica(shard).phase === "emitting"),
    );
  }

  /** Advances until every replica that serves has applied all there is and no more comes of it. */
  async drained(): Promise<void> {
    for (let round = 0; round < 100; round++) {
      const heads = this.#heads();
      await this.run(1500);
      if (this.#heads().join() !== heads.join()) continue;
      if (heads.every((head, shard) => this.#hasApplied(shard, head))) return;
    }
    throw new Error("the cluster does not come to rest");
  }

  #heads(): readonly number[] {
    return this.cluster.storages.map(({ head }) => head);
  }

  #hasApplied(shard: ShardId, sequence: number): boolean {
    const replicas = this.running().map((name) => this.cluster.node(name).replica(shard));
    return replicas.every((replica) => !replica.isServing || replica.sequence === sequence);
  }

  /**
   * Units of every asset on all accounts of all shards, as the running nodes' replicas have them.
   */
  holdings(): ReadonlyMap<string, bigint> {
    const sums = new Map<string, bigint>();
    for (let shard = 0; shard < this.shards; shard++) {
      for (const { asset, available, reserved } of this.#holdingsOf(shard)) {
        const sum = sums.get(asset) ?? 0n;
        sums.set(asset, sum + BigInt(available) + BigInt(reserved));
      }
    }
    return sums;
  }

  #holdingsOf(shard: ShardId): readonly BalanceView[] {
    const name = this.running()[0];
    if (name === undefined) throw new Error("no node runs");
    return this.cluster.node(name).replica(shard).answer("holdings", {});
  }

  /** Everything reported of that kind. */
  reported<Kind extends ReplicaReport["kind"]>(
    kind: Kind,
  ): readonly (Extract<ReplicaReport, { kind: Kind }> & { readonly node: NodeId })[] {
    return this.reports
      .filter(({ event }) => event.kind === kind)
      .map(({ node, event }) => ({ node, ...(event as Extract<ReplicaReport, { kind: Kind }>) }));
  }

  async close(): Promise<void> {
    await this.settled(this.cluster.close());
  }
}

const stepMs = 5;

async function settled<Value>(clock: ManualClock, promise: Promise<Value>): Promise<Value> {
  let isSettled = false;
  const done = (): void => void (isSettled = true);
  promise.then(done, done);
  const startedAtMs = clock.nowMs();
  while (!isSettled) {
    if (clock.nowMs() - startedAtMs > 120_000) throw new Error("the promise did not settle");
    await clock.advanceAndSettle(stepMs);
  }
  return await promise;
}
