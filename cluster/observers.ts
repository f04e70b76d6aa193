/**
 * Who is told of what happens while it happens, to measure it: whoever runs a process, nobody else.
 *
 * What is told decides nothing, here or anywhere. An observer is called where time counts: it notes
 * numbers, and never throws.
 */
import type { ShardId } from "../protocols/index.ts";

/** Of frames on their way into a log. */
export interface AppendObserver {
  /** A log has one, so long after it was handed over. */
  stored(tookMs: number): void;
  /** It was not stored, or nobody knows; it is appended once more. */
  failed(): void;
}

/** Of what a producer makes of commands. */
export interface FrameObserver extends AppendObserver {
  /** A frame was closed, with so many commands. */
  closed(commands: number, bytes: number): void;
}

/** Of replicas, and of the frames that their shards owe one another. */
export interface ReplicaObserver extends AppendObserver {
  /** Entries that came together were applied, and what they gave was handed on. */
  applied(shard: ShardId, entries: number, tookMs: number): void;
}
