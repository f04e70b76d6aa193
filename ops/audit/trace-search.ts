/**
 * Finds the orders that somebody asks about in the shards' logs, and rebuilds their traces from
 * nothing but those.
 *
 * Every log is read from its first entry on: once where the orders are known beforehand, as they
 * are for an order's own id, and otherwise once to find them and once to follow them. Order ids and
 * trade ids are counted alike, so a number is taken for an order's if there is such an order.
 */
import type { Shard } from "../../actors/index.ts";
import type { ReplicatedLog } from "../../cluster/replicated-log.ts";
import { ShardRebuild } from "../cli/shard-rebuild.ts";
import { ActRecorder } from "./act-recorder.ts";
import type { OrderKey, RecordedStep } from "./act.ts";
import { traceOf } from "./order-trace.ts";
import type { OrderTrace } from "./order-trace.ts";
import { OrderTrails } from "./order-trail.ts";
import { Matches } from "./trace-query.ts";
import type { IdKind, TraceQuery } from "./trace-query.ts";

export interface TraceSearchOptions {
  /** By shard, from their first entries on. */
  readonly logs: readonly Pick<ReplicatedLog, "read" | "head">[];
  /** Is told how far it is: entries that were read, and that are to be. */
  readonly onProgress: ((read: number, all: number) => void) | undefined;
}

export interface FoundTraces {
  /** What the id turned out to be; undefined when nothing was found. */
  readonly kind: IdKind | undefined;
  readonly traces: readonly OrderTrace[];
  /** The governor's shard as of the end of its log: what instruments and assets there are. */
  readonly venue: Shard;
}

const progressEvery = 1000;

export class TraceSearch {
  readonly #options: TraceSearchOptions;

  constructor(options: TraceSearchOptions) {
    this.#options = options;
  }

  /**
   * @param hint orders that somebody takes the id for. Nothing is believed of it: all logs are
   *   looked through, and read once more if the id means others.
   */
  async find(query: TraceQuery, hint: readonly OrderKey[] = []): Promise<FoundTraces> {
    const heads = await Promise.all(this.#options.logs.map((log) => log.head()));
    const matches = new Matches(query);
    const followed = new Set([...matches.guess, ...hint]);
    let trails = new OrderTrails(followed);
    let venue = await this.#read(heads, (step) => {
      matches.look(step);
      trails.add(step);
    });
    const { kind, orders } = matches.best();
    if (!orders.every((order) => followed.has(order))) {
      trails = new OrderTrails(orders);
      venue = await this.#read(heads, (step) => trails.add(step));
    }
    const traces = orders.map((id) => traceOf(venue.cluster, id, trails.of(id)));
    return { kind, traces: traces.filter((trace) => trace !== undefined), venue };
  }

  async #read(heads: readonly number[], hear: (step: RecordedStep) => void): Promise<Shard> {
    const { logs, onProgress } = this.#options;
    const all = heads.reduce((sum, head) => sum + head, 0);
    let venue: Shard | undefined;
    let read = 0;
    for (const [shard, log] of logs.entries()) {
      const rebuild = new ShardRebuild({
        ...{ shard, shards: logs.length },
        onStep: ({ payload }) => {
          hear(recorder.take(payload));
          if (++read % progressEvery === 0) onProgress?.(read, all);
        },
      });
      const recorder = new ActRecorder(rebuild.actors);
      await rebuild.show(log, heads[shard] ?? 0);
      venue ??= rebuild.actors;
    }
    onProgress?.(read, all);
    if (venue === undefined) throw new Error("a venue has at least one shard");
    return venue;
  }
}
