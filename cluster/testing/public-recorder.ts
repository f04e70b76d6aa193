/**
 * What participants were told, held against what the logs say they should have been told.
 *
 * The same step gives the same messages on every replica, so however often it was sent, and by
 * whom, the set of different messages is that of a replay.
 */
import { HashedShard } from "../hashed-shard.ts";
import { Shard } from "../../actors/index.ts";
import { FeedRenderer } from "../../protocols/api/feed-rendering.ts";
import type { LocalCluster } from "../local-cluster.ts";

const decoder = new TextDecoder();

export class PublicRecorder {
  /** Each different message once, as text, with how often it came. */
  readonly counts = new Map<string, number>();
  readonly #cluster: LocalCluster;

  constructor(cluster: LocalCluster) {
    this.#cluster = cluster;
    cluster.publicBus().subscribe("outcry.>", ({ subject, payload }) => {
      const text = `${subject} ${decoder.decode(payload)}`;
      this.counts.set(text, (this.counts.get(text) ?? 0) + 1);
    });
  }

  get messages(): readonly string[] {
    return [...this.counts.keys()].sort();
  }

  /** How many came more than once. */
  get repeated(): number {
    return [...this.counts.values()].filter((count) => count > 1).length;
  }

  /** What a replay of the logs gives. */
  async expected(): Promise<readonly string[]> {
    const { storages } = this.#cluster;
    const messages: string[] = [];
    const renderer = new FeedRenderer();
    for (const [shardId, storage] of storages.entries()) {
      const hashed = new HashedShard(new Shard(shardId, storages.length));
      const tickValueOf = (symbol: string) => hashed.shard.tickValueOf(symbol);
      for (const entry of await storage.open().read(1, { entriesMax: storage.head + 1 })) {
        const { events, sequence, timeUs } = hashed.apply(entry).step;
        const stamp = { shard: shardId, sequence, timeUs };
        for (const { subject, payload } of renderer.render(events, stamp, tickValueOf)) {
          messages.push(`${subject} ${decoder.decode(payload)}`);
        }
      }
    }
    return messages.sort();
  }
}
