/**
 * The spans of all orders' traces, as the logs are read on and on.
 *
 * They are the same spans as those of a trace that is rebuilt as a whole. A span is told as soon as
 * its beginning is known: that of a message's way between two shards waits for whichever of their
 * logs is read later.
 */
import type { ShardId, TimeUs } from "../../protocols/index.ts";
import { hopOf } from "./act.ts";
import type { Act, ActPlace, Departure, HopName, OrderKey, RecordedStep } from "./act.ts";
import { isFirstWord } from "./attributes.ts";
import { CommandFates, notedCommandIn } from "./command-fates.ts";
import type { CommandFate } from "./command-fates.ts";
import { wholeAct } from "./order-trail.ts";
import {
  beginningSpan,
  beginningUsMax,
  cameUsOf,
  spansOfAct,
  spansOfFate,
  spansOfReceipt,
  traceNameOf,
} from "./order-trace.ts";
import type { TraceName, TraceSpan } from "./order-trace.ts";

/** A span, and of which order's trace. */
export interface StreamedSpan {
  readonly traceId: string;
  readonly span: TraceSpan;
}

/** An order that was not reported of yet. */
interface Begun {
  readonly shard: ShardId;
  readonly sequence: number;
  readonly timeUs: TimeUs;
  readonly startUs: TimeUs;
}

/** Where a stream has stopped, from which another one goes on. */
export interface StreamPosition {
  /** By shard, the entry up to which all is told, but for what waits; */
  readonly told: readonly number[];
  /** and the one from which to read again. */
  readonly from: readonly number[];
  /** What waits for the other shard's log to be read. */
  readonly waiting: readonly HopName[];
}

export class TraceStream {
  readonly #cluster: string;
  readonly #perMille: number;
  readonly #before: StreamPosition;
  /** Messages of which one side is known, or was before and is to be heard anew. */
  readonly #waiting: Set<HopName>;
  /** Messages on their way, and what came by them before that was known. */
  readonly #departures = new Map<HopName, Departure>();
  readonly #arrivals = new Map<HopName, Act>();
  readonly #fates = new CommandFates();
  /** Commands that this entry has refused, some of them in parts. */
  readonly #refused = new Set<OrderKey>();
  /** By shard, orders that may have come with a command; in the order of their commands. */
  readonly #begun: Map<OrderKey, Begun>[] = [];

  /**
   * @param before where an earlier one stopped; logs are read from its `from` on.
   * @param perMille of how many orders in a thousand the traces are told.
   */
  constructor(
    cluster: string,
    before: StreamPosition = { told: [], from: [], waiting: [] },
    perMille = 1000,
  ) {
    this.#cluster = cluster;
    this.#perMille = perMille;
    this.#before = before;
    this.#waiting = new Set(before.waiting);
  }

  /** What the next entry of some shard's log came to. */
  add({ acts, departures, entry, news }: RecordedStep): readonly StreamedSpan[] {
    this.#refused.clear();
    const arrived = departures.flatMap((departure) => this.#depart(departure));
    const happened = acts.flatMap((act) => this.#act(act));
    const fates = this.#fates.hear({ entry, news });
    if (this.#wasTold(entry)) return [...happened, ...arrived];
    return [...happened, ...arrived, ...fates.flatMap((fate) => this.#fateSpans(fate))];
  }

  /** @param read by shard, the last entry that it was told of. */
  position(read: readonly number[]): StreamPosition {
    return {
      told: read.map((sequence, shard) => Math.max(sequence, this.#toldBefore(shard))),
      from: read.map((sequence, shard) => this.#resumeAt(shard, sequence)),
      waiting: [...this.#waiting],
    };
  }

  #toldBefore(shard: ShardId): number {
    return this.#before.told[shard] ?? 0;
  }

  /** What is waited for has to be heard anew; so has all of it when not all of it was heard yet. */
  #resumeAt(shard: ShardId, read: number): number {
    if (read < this.#toldBefore(shard)) return this.#before.from[shard] ?? 1;
    return [
      ...[...this.#departures.values()].map(({ cause }) => cause.place),
      ...[...this.#arrivals.values()].map(({ place }) => place),
      ...(this.#begun[shard]?.values() ?? []),
      ...this.#fates.awaited(),
    ]
      .filter((place) => place.shard === shard)
      .reduce((least, { sequence }) => Math.min(least, sequence), read + 1);
  }

  /** Whether it was told by whoever stopped before. */
  #wasTold({ shard, sequence }: Omit<ActPlace, "index">, hop?: HopName): boolean {
    return sequence <= this.#toldBefore(shard) && (hop === undefined || !this.#waiting.has(hop));
  }

  #depart(departure: Departure): readonly StreamedSpan[] {
    const { hop, cause } = departure;
    if (this.#wasTold(cause.place, hop)) return [];
    const arrival = this.#arrivals.get(hop);
    if (arrival === undefined) {
      this.#departures.set(hop, departure);
      this.#waiting.add(hop);
      return [];
    }
    this.#arrivals.delete(hop);
    this.#waiting.delete(hop);
    return this.#spans(arrival, departure);
  }

  #act(act: Act): readonly StreamedSpan[] {
    const command = act.orders.size > 0 ? notedCommandIn(act) : undefined;
    if (command !== undefined) this.#fates.await(command);
    const hop = hopOf(act.deed);
    if (hop === undefined || act.cause !== undefined) return this.#spans(act);
    if (this.#wasTold(act.place, hop)) return [];
    const departure = this.#departures.get(hop);
    if (departure === undefined) {
      this.#arrivals.set(hop, act);
      this.#waiting.add(hop);
      return [];
    }
    this.#departures.delete(hop);
    this.#waiting.delete(hop);
    return this.#spans(act, departure);
  }

  #spans(act: Act, departure?: Departure): readonly StreamedSpan[] {
    const known = wholeAct(act, departure);
    const isNew = departure !== undefined || !this.#wasTold(act.place);
    return [...act.orders].flatMap((order) => {
      const name = traceNameOf(this.#cluster, order);
      const beginning = this.#beginning(known, name);
      if (!isNew || !this.#isChosen(name)) return [];
      const { traceId } = name;
      const spans = [...beginning, ...spansOfReceipt(name, known), ...spansOfAct(name, known)];
      return spans.map((span) => ({ traceId, span }));
    });
  }

  #fateSpans(fate: CommandFate): readonly StreamedSpan[] {
    return [...fate.command.act.orders].flatMap((order) => {
      const name = traceNameOf(this.#cluster, order);
      if (!this.#isChosen(name)) return [];
      const { traceId } = name;
      return spansOfFate(name, fate).map((span) => ({ traceId, span }));
    });
  }

  #isChosen({ traceId }: TraceName): boolean {
    return isChosen(traceId, this.#perMille);
  }

  /** The span that all others hang from, once the order is reported of. */
  #beginning(act: Act, name: TraceName): readonly TraceSpan[] {
    const { order } = name;
    if (act.deed.kind === "command") this.#begin(act, order);
    if (!isFirstWord(act) || this.#refused.has(order)) return [];
    if (typeof order === "string") this.#refused.add(order);
    const begun = this.#begunIn(act);
    const startUs = begun.get(order)?.startUs ?? cameUsOf(act);
    begun.delete(order);
    return [beginningSpan(name, act, startUs)];
  }

  /** The order may have come with this command, and is reported of soon then. */
  #begin(act: Act, order: OrderKey): void {
    const begun = this.#begunIn(act);
    const { place, timeUs } = act;
    if (!begun.has(order)) begun.set(order, { ...place, timeUs, startUs: cameUsOf(act) });
  }

  /** Those that a report in that shard may be of: others are forgotten. */
  #begunIn({ place, timeUs }: Act): Map<OrderKey, Begun> {
    const begun = (this.#begun[place.shard] ??= new Map<OrderKey, Begun>());
    for (const [order, earlier] of begun) {
      if (earlier.timeUs >= timeUs - beginningUsMax) break;
      begun.delete(order);
    }
    return begun;
  }
}

/**
 * Whether it is one of those that are told: by its id alone, so that everybody who tells as many
 * tells the same ones, whole, and whoever follows a link can know whether anything is there. Who
 * tells more tells these, too.
 */
function isChosen(traceId: string, perMille: number): boolean {
  return Number.parseInt(traceId.slice(-8), 16) * 1000 < perMille * 2 ** 32;
}
