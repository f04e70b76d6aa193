/**
 * Finds the orders that somebody asks about in the shards' logs, and rebuilds their traces from
 * nothing but those.
 *
 * Every log is read from its first entry on. Order ids and trade ids are counted alike, so a number
 * is taken for an order's as long as there is such an order.
 */
import type { Shard } from "../../actors/index.ts";
import type { ReplicatedLog } from "../../cluster/replicated-log.ts";
import type { AccountId } from "../../protocols/index.ts";
import { ShardRebuild } from "../cli/shard-rebuild.ts";
import { ActRecorder } from "./act-recorder.ts";
import type { OrderKey, RecordedStep } from "./act.ts";
import { traceOf } from "./order-trace.ts";
import type { OrderTrace } from "./order-trace.ts";
import { OrderTrails } from "./order-trail.ts";

/** What an id may be the id of. */
export type IdKind = (typeof idKinds)[number];
export const idKinds = ["order", "client", "trade"] as const;

export interface TraceQuery {
  readonly id: string;
  /** What it is; whatever there is first in the order of {@link idKinds} unless told. */
  readonly kind?: IdKind;
  /** Whose order it is; anybody's unless told. */
  readonly account?: AccountId;
}

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

  async find(query: TraceQuery): Promise<FoundTraces> {
    const heads = await Promise.all(this.#options.logs.map((log) => log.head()));
    const matches = new Matches(query);
    const guessed = new OrderTrails(matches.guess);
    let venue = await this.#read(heads, (step) => {
      matches.look(step);
      guessed.add(step);
    });
    const { kind, orders } = matches.best();
    const isKnown = orders.every((order) => matches.guess.includes(order));
    const trails = isKnown ? guessed : new OrderTrails(orders);
    if (!isKnown) venue = await this.#read(heads, (step) => trails.add(step));
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
        onStep: () => {
          hear(recorder.take());
          if (++read % progressEvery === 0) onProgress?.(read, all);
        },
      });
      const recorder = new ActRecorder(rebuild.actors);
      const nowhere = new Set<number>();
      const upTo = heads[shard] ?? 0;
      await rebuild.advance(log, { upTo, chainsAt: nowhere, statesAt: nowhere });
      venue ??= rebuild.actors;
    }
    onProgress?.(read, all);
    if (venue === undefined) throw new Error("a venue has at least one shard");
    return venue;
  }
}

/** The orders that an id may mean, by what it is taken for. */
class Matches {
  /** The orders that it means if it is an order's. */
  readonly guess: readonly OrderKey[];
  readonly #query: TraceQuery;
  readonly #number: number;
  readonly #found = new Map<IdKind, Set<OrderKey>>(idKinds.map((kind) => [kind, new Set()]));

  constructor(query: TraceQuery) {
    this.#query = query;
    this.#number = /^\d{1,16}$/.test(query.id) ? Number(query.id) : NaN;
    this.guess = Number.isSafeInteger(this.#number) ? [this.#number] : [];
  }

  look({ acts }: RecordedStep): void {
    const { id, account } = this.#query;
    for (const { deed, orders } of acts) {
      if (deed.kind === "command" && deed.message.kind === "place-order") {
        const isTheirs = account === undefined || deed.message.account === account;
        const isNamed = deed.message.clientOrderId === id;
        if (isTheirs && isNamed) for (const order of orders) this.#add("client", order);
      }
      if (deed.kind !== "event" || deed.event.kind !== "execution-report") continue;
      const report = deed.event;
      if (account !== undefined && report.account !== account) continue;
      if (report.orderId === this.#number) this.#add("order", report.orderId);
      if (report.clientOrderId === id) this.#add("client", report.orderId);
      if (report.tradeId === this.#number) this.#add("trade", report.orderId);
    }
  }

  best(): { readonly kind: IdKind | undefined; readonly orders: readonly OrderKey[] } {
    const { kind: asked } = this.#query;
    const kinds = asked === undefined ? idKinds : [asked];
    const kind = kinds.find((each) => (this.#found.get(each)?.size ?? 0) > 0);
    const orders = kind === undefined ? [] : [...(this.#found.get(kind) ?? [])];
    return { kind, orders };
  }

  #add(kind: IdKind, order: OrderKey): void {
    this.#found.get(kind)?.add(order);
  }
}
