/**
 * Feed filter: hands on each message of a feed once, however often it comes.
 *
 * After a failover messages are sent again, and where all replicas send, each comes as often as
 * there are replicas. The same step gives the same bytes everywhere, so (shard, sequence) and the
 * bytes name a message.
 */
import { murmur32 } from "../../protocols/index.ts";
import { StepMemory } from "./reports.ts";

/** What every message of a feed says of itself. */
export interface StampedMessage {
  readonly shard: number;
  readonly sequence: number;
}

export class FeedFilter {
  readonly #seen = new Map<number, StepMemory>();

  /** Whether it has not come before. */
  isNew({ shard, sequence }: StampedMessage, payload: Uint8Array): boolean {
    let memory = this.#seen.get(shard);
    if (memory === undefined) {
      memory = new StepMemory();
      this.#seen.set(shard, memory);
    }
    return memory.isNew(sequence, murmur32(payload));
  }
}
