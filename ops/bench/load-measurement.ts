/** Runs under full load on a cluster: how many orders were acknowledged, how soon, at what cost. */
import type { OutcryClient } from "../../clients/sdk/index.ts";
import { systemClock } from "../../cluster/clock.ts";
import type { ProcessorTime, ThrowawayCluster } from "../supervisor/throwaway-cluster.ts";
import { loadFrom } from "./order-load.ts";
import type { OrderLoad } from "./order-load.ts";
import type { Percentiles } from "./percentiles.ts";
import { medianOf, percentilesOf } from "./percentiles.ts";

export interface LoadResult {
  /** By run. */
  readonly ordersPerSecond: readonly number[];
  readonly median: number;
  readonly latencyMs: Percentiles;
  /** Only while orders came: what is done later is not in it. */
  readonly processorUsPerOrder: readonly { readonly name: string; readonly us: number }[];
}

export class LoadMeasurement {
  readonly #cluster: ThrowawayCluster;
  readonly #clients: readonly OutcryClient[];
  readonly #load: OrderLoad;
  readonly #ordersPerSecond: number[] = [];
  readonly #latencies: number[] = [];
  readonly #secondsOf = new Map<string, number>();
  #orders = 0;

  constructor(cluster: ThrowawayCluster, clients: readonly OutcryClient[], load: OrderLoad) {
    this.#cluster = cluster;
    this.#clients = clients;
    this.#load = load;
  }

  /** Every client keeps so many orders under way; a third of them trade. */
  async run(): Promise<void> {
    const before = new Map(this.#times().map(({ name, seconds }) => [name, seconds]));
    const startMs = systemClock.nowMs();
    const counts = await Promise.all(
      this.#clients.map((client) => loadFrom(client, this.#load, this.#latencies)),
    );
    const count = counts.reduce((sum, each) => sum + each, 0);
    this.#orders += count;
    this.#ordersPerSecond.push((count * 1000) / (systemClock.nowMs() - startMs));
    for (const { name, seconds } of this.#times()) {
      const used = seconds - (before.get(name) ?? 0);
      this.#secondsOf.set(name, (this.#secondsOf.get(name) ?? 0) + used);
    }
  }

  /** Of all runs so far, of which there is one at least. */
  result(): LoadResult {
    return {
      ordersPerSecond: this.#ordersPerSecond,
      median: medianOf(this.#ordersPerSecond),
      latencyMs: percentilesOf(this.#latencies),
      processorUsPerOrder: [...this.#secondsOf].map(([name, seconds]) => ({
        name,
        us: (seconds * 1e6) / this.#orders,
      })),
    };
  }

  #times(): readonly ProcessorTime[] {
    const { user, system } = process.cpuUsage();
    return [...this.#cluster.processorTimes(), { name: "load", seconds: (user + system) / 1e6 }];
  }
}
