/** What applying costs, by shard, and how long frames between shards take. */
import type { ReplicaObserver } from "../../cluster/observers.ts";
import type { ShardId } from "../../protocols/identifiers.ts";
import { AppendMeter } from "./append-meter.ts";
import { Distribution, workBounds } from "./distribution.ts";
import type { Scrape } from "./scrape.ts";

export class ReplicaMeter implements ReplicaObserver {
  readonly #appends = new AppendMeter();
  /** By shard: of entries that came together. */
  readonly #seconds: Distribution[] = [];
  readonly #entries: number[] = [];

  applied(shard: ShardId, entries: number, tookMs: number): void {
    const seconds = (this.#seconds[shard] ??= new Distribution(workBounds));
    seconds.observe(tookMs / 1000);
    this.#entries[shard] = (this.#entries[shard] ?? 0) + entries;
  }

  stored(tookMs: number): void {
    this.#appends.stored(tookMs);
  }

  failed(): void {
    this.#appends.failed();
  }

  measure(scrape: Scrape): void {
    this.#appends.measure(scrape);
    for (const [shard, seconds] of this.#seconds.entries()) {
      scrape.histogram("outcry_replica_apply_seconds", { shard }, seconds);
      scrape.value("outcry_replica_entries_total", { shard }, this.#entries[shard] ?? 0);
    }
  }
}
