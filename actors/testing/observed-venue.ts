/**
 * A venue as whoever holds it to its rules sees it: its state, what was asked for, and what was
 * told. A venue in memory shows itself so, and so does what a log gives.
 */
import type {
  CommandReplied,
  Message,
  OrderReplied,
  Origin,
  ShardEvent,
  ShardId,
} from "../../protocols/index.ts";
import type { Shard } from "../shard/shard.ts";

export type Reply = OrderReplied | CommandReplied;

/** A command and where it entered a log. A producer numbers its frames for each shard apart. */
export interface SentCommand {
  readonly shard: ShardId;
  readonly origin: Origin;
  readonly command: Message;
}

export interface ObservedVenue {
  readonly shards: readonly Shard[];
  /** The first shard: the only one, or the governor's. */
  readonly first: Shard;
  /** Everything told by all shards, in the order of applying. */
  readonly events: readonly ShardEvent[];
  /** What was asked for, and counts. */
  readonly commands: readonly SentCommand[];
  repliesTo(sent: SentCommand): readonly Reply[];
}
