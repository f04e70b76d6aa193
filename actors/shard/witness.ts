/**
 * Whoever watches a shard apply its log: what is heard there and what is said on that, in the order
 * in which it happens. A witness sees and changes nothing; a shard without one pays nothing.
 *
 * What is said within a shard is heard in the order in which it was said, so the n-th `heard` is the
 * n-th `said`. Messages and events may be used again by whoever said them once a call returns.
 */
import type {
  ActorMessage,
  InstrumentSymbol,
  Message,
  Origin,
  ShardId,
  ToldEvent,
} from "../../protocols/index.ts";
import type { Transfer } from "../ledger/ledger-account.ts";

/** Where a message to another shard stands. */
export interface FramePlace {
  readonly shard: ShardId;
  /** Counts this shard's frames to that one. */
  readonly frame: number;
  /** Position within the frame, from 0. */
  readonly index: number;
}

export interface StepWitness {
  /** A message came with the entry's frame; it is refused unless its producer may say such things. */
  came(message: Message, origin: Origin, isPermitted: boolean): void;
  /** What came or was heard last is for an actor that moves, and waits. */
  held(message: Message): void;
  /** That actor is here, and hears what waited, on account of what came last. */
  resumed(message: Message, origin: Origin): void;
  /** A market and its book are called, for their moment has come. */
  woke(symbol: InstrumentSymbol): void;
  /** A message that was said within this shard is heard. */
  heard(message: ActorMessage): void;
  /** Somebody says something to an actor of this shard, */
  said(message: ActorMessage): void;
  /** to one of another shard, */
  sent(message: ActorMessage, to: FramePlace): void;
  /** or to the world. */
  told(event: ToldEvent): void;
  /** Something goes from one account of the ledger to another. */
  transferred(transfer: Transfer): void;
}
