/**
 * What participants were told, held against what the logs say they should have been told.
 *
 * The same step gives the same messages on every replica, so however often it was sent, and by
 * whom, the set of different messages is that of a replay.
 */
import { Shard } from "../../actors/index.ts";
import { FeedRenderer } from "../../protocols/api/feed-rendering.ts";
import type { Bus } from "../bus.ts";
import { HashedShard } from "../hashed-shard.ts";
import type { ReplicatedLog } from "../replicated-log.ts";
import { readAll } from "./read-all.ts";

export interface PublicRecorderOptions {
  /** Where participants hear. */
  readonly bus: Bus;
  readonly logs: readonly ReplicatedLog[];
}

const decoder = new TextDecoder();
/** What is published; requests and their answers are on other subjects. */
const patterns = ["outcry.v1.md.>", "outcry.v1.acct.*.reports"];

export class PublicRecorder {
  /** Each different message once, as text, with how often it came. */
  readonly counts = new Map<string, number>();
  readonly #logs: readonly ReplicatedLog[];

  constructor({ bus, logs }: PublicRecorderOptions) {
    this.#logs = logs;
    for (const pattern of patterns) {
      bus.subscribe(pattern, ({ subject, payload }) => {
        const text = `${subject} ${decoder.decode(payload)}`;
        this.counts.set(text, (this.counts.get(text) ?? 0) + 1);
      });
    }
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
    const messages: string[] = [];
    const renderer = new FeedRenderer();
    for (const [shardId, log] of this.#logs.entries()) {
      const hashed = new HashedShard(new Shard(shardId, this.#logs.length));
      const tickValueOf = (symbol: string) => hashed.shard.tickValueOf(symbol);
      for (const entry of await readAll(log)) {
        const { events, sequence, timeUs } = hashed.apply(entry).step;
        const { cluster } = hashed.shard;
        const stamp = { cluster, shard: shardId, sequence, timeUs };
        for (const { subject, payload } of renderer.render(events, stamp, tickValueOf)) {
          messages.push(`${subject} ${decoder.decode(payload)}`);
        }
      }
    }
    return messages.sort();
  }
}
