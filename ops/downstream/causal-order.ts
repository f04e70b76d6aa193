/**
 * The order of entries of different logs, as far as there is one: a frame that one shard sent
 * another comes after the entry that made the first one send it.
 *
 * Whoever applies several logs in that order sees everything that an account did before it moved
 * earlier than anything that it did afterwards.
 */
import type { Shard, Step } from "../../actors/index.ts";
import type { LogEntry } from "../../cluster/replicated-log.ts";
import {
  isShardProducer,
  MalformedRecords,
  shardOfProducer,
  unsealFrame,
} from "../../protocols/index.ts";

export class CausalOrder {
  /** By shard and by the shard spoken to: the number of the last frame. */
  readonly #sent: number[][] = [];

  /** A shard as it is now. */
  begin(shard: Shard): void {
    const isNew = shard.sequence === 0;
    this.#sent[shard.shard] = isNew ? [] : [...shard.snapshot().counters.framesSent];
  }

  /** Whether all that the entry follows from was applied. What is no frame follows from nothing. */
  mayFollow(shard: number, { producer, payload }: LogEntry): boolean {
    if (!isShardProducer(producer)) return true;
    const sent = this.#sent[shardOfProducer(producer)];
    // Of a shard that is not followed, or not known yet, nothing can be waited for.
    if (sent === undefined) return true;
    const frame = frameIn(payload);
    return frame === undefined || frame <= (sent[shard] ?? 0);
  }

  applied(shard: number, { outbound }: Step): void {
    const sent = this.#sent[shard];
    if (sent === undefined) return;
    for (const { shard: to, frame } of outbound) sent[to] = frame;
  }
}

function frameIn(payload: Uint8Array): number | undefined {
  try {
    return unsealFrame(payload).frame;
  } catch (error) {
    if (error instanceof MalformedRecords) return undefined;
    throw error;
  }
}
