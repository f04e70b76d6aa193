/**
 * Acts: what happened in a shard while it applied its log, one thing after the other, each with
 * what it follows from. A place (shard, sequence, index) names an act for ever: every replay counts
 * alike.
 */
import type {
  ActorMessage,
  InstrumentSymbol,
  Message,
  OrderId,
  Origin,
  ShardEvent,
  ShardId,
  TimeUs,
} from "../../protocols/index.ts";

export interface ActPlace {
  readonly shard: ShardId;
  readonly sequence: number;
  /** Counts what was heard and told while the entry was applied, from 0. */
  readonly index: number;
}

/** An order's id; or for a command of which no order came, by which frame it came. */
export type OrderKey = OrderId | string;

/** Which message of which frame from one shard to another: "0>1/7/0". */
export type HopName = string;

/**
 * - `command`: a gateway's message, as the log gives it.
 * - `arrival`: a message from another shard; by the frame that it came in if orders' lives go on
 *   with it, for then whoever sent it is known, too.
 * - `message`: something that an actor of this shard said to another one.
 * - `wait`: one of these, for an actor that is on its way between shards.
 * - `resumption`: what waited is heard: that actor has arrived.
 * - `moment`: log time has reached what an instrument was waiting for.
 * - `event`: something told to the world.
 */
export type Deed =
  | { readonly kind: "command"; readonly message: Message; readonly origin: Origin }
  | { readonly kind: "arrival"; readonly message: Message; readonly hop: HopName | undefined }
  | { readonly kind: "message"; readonly message: ActorMessage }
  | { readonly kind: "wait"; readonly message: Message; readonly hop: HopName | undefined }
  | { readonly kind: "resumption"; readonly message: Message }
  | { readonly kind: "moment"; readonly symbol: InstrumentSymbol }
  | { readonly kind: "event"; readonly event: ShardEvent };

/** Where and when something happened, and the orders whose lives it is part of. */
export interface ActHead {
  readonly place: ActPlace;
  /** Log time of the entry. */
  readonly timeUs: TimeUs;
  readonly orders: ReadonlySet<OrderKey>;
}

export interface Act extends ActHead {
  readonly deed: Deed;
  /** What it follows from, in the same entry; undefined where that lies elsewhere. */
  readonly cause: ActHead | undefined;
  /** The order at the other side, where this is a fill that was made in the same entry. */
  readonly counterparty: OrderId | undefined;
}

/** A message that left for another shard. */
export interface Departure {
  readonly hop: HopName;
  readonly cause: ActHead;
  /** The orders that it is about. */
  readonly orders: ReadonlySet<OrderKey>;
  /** The order at the other side, where it tells of a fill. */
  readonly counterparty: OrderId | undefined;
}

/** What one entry came to, as far as orders are concerned. */
export interface RecordedStep {
  readonly acts: readonly Act[];
  readonly departures: readonly Departure[];
}

/** Acts in the order in which they happened, as far as one clock can tell. */
export function inOrder(a: ActHead, b: ActHead): number {
  return (
    a.timeUs - b.timeUs ||
    a.place.shard - b.place.shard ||
    a.place.sequence - b.place.sequence ||
    a.place.index - b.place.index
  );
}

/** By which message of another shard's it came about, if it did. */
export function hopOf(deed: Deed): HopName | undefined {
  return deed.kind === "arrival" || deed.kind === "wait" ? deed.hop : undefined;
}
