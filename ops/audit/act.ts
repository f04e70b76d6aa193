/**
 * Acts: what happened in a shard while it applied its log, one thing after the other, each with
 * what it follows from. A place (shard, sequence, index) names an act for ever: every replay counts
 * alike.
 */
import type {
  ActorMessage,
  InstrumentSymbol,
  Message,
  NotedAnswer,
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

/** A producer's frame in a shard's log: "0/gw-1/1700000000000/7". */
export type FrameName = string;

/** What a gateway noted of a command, by its own clock. */
export interface Receipt {
  readonly cameUs: TimeUs;
  /** When the frame was closed that it went with. */
  readonly closedUs: TimeUs;
  /** The trace that whoever sent it is in, as W3C Trace Context has it; "" for none. */
  readonly traceparent: string;
}

/**
 * - `command`: a gateway's message, as the log gives it, and what the gateway noted of it.
 * - `arrival`: a message from another shard; by the frame that it came in if orders' lives go on
 *   with it, for then whoever sent it is known, too.
 * - `message`: something that an actor of this shard said to another one.
 * - `wait`: one of these, for an actor that is on its way between shards.
 * - `resumption`: what waited is heard: that actor has arrived.
 * - `moment`: log time has reached what an instrument was waiting for.
 * - `event`: something told to the world.
 */
export type Deed =
  | CommandDeed
  | { readonly kind: "arrival"; readonly message: Message; readonly hop: HopName | undefined }
  | { readonly kind: "message"; readonly message: ActorMessage }
  | WaitDeed
  | { readonly kind: "resumption"; readonly message: Message }
  | { readonly kind: "moment"; readonly symbol: InstrumentSymbol }
  | { readonly kind: "event"; readonly event: ShardEvent };

export interface CommandDeed {
  readonly kind: "command";
  readonly message: Message;
  readonly origin: Origin;
  readonly receipt: Receipt | undefined;
}

export interface WaitDeed {
  readonly kind: "wait";
  readonly message: Message;
  readonly hop: HopName | undefined;
  /** The command that waits, if it is one of a gateway's. */
  readonly command: CommandDeed | undefined;
}

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

/** What became of commands of an earlier frame, by the clock of the gateway that noted it. */
export interface FrameNews {
  readonly frame: FrameName;
  readonly atUs: TimeUs;
  /** The answer to some of its commands; undefined where the log had taken the frame. */
  readonly answered: AnsweredCommands | undefined;
}

export interface AnsweredCommands {
  /** Those from this place in the frame on, */
  readonly index: number;
  /** so many. */
  readonly count: number;
  readonly answer: NotedAnswer;
}

/** Which entry of which log. */
export interface EntryPlace {
  readonly shard: ShardId;
  readonly sequence: number;
  readonly timeUs: TimeUs;
}

/** What one entry came to, as far as orders are concerned. */
export interface RecordedStep {
  readonly acts: readonly Act[];
  readonly departures: readonly Departure[];
  readonly entry: EntryPlace;
  /** What its frame tells of earlier ones. */
  readonly news: readonly FrameNews[];
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

/** In which frame of its log a command came. */
export function frameNameOf(
  shard: ShardId,
  { producer, epoch, frame }: Pick<Origin, "producer" | "epoch" | "frame">,
): FrameName {
  return `${shard}/${producer}/${epoch}/${frame}`;
}

/** The gateway's command that was heard, or has to wait. */
export function commandIn(deed: Deed): CommandDeed | undefined {
  if (deed.kind === "wait") return deed.command;
  return deed.kind === "command" ? deed : undefined;
}
