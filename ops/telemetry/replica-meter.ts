/** What applying costs, by shard, and how long frames between shards take. */
import type { ReplicaObserver } from "../../cluster/observers.ts";
import type { ShardId } from "../../protocols/identifiers.ts";
import { AppendMeter } from "./append-meter.ts";
import { Distribution, workBounds } from "./distribution.ts";
import type { Scrape } from "./scrape.ts";

interface Applied {
  /** Of entries that came together. */
  readonly seconds: Distribution;
  entries: number;
}

export class ReplicaMeter implements ReplicaObserver {
  readonly #appends = new AppendMeter();
  readonly #applied = new Map<ShardId, Applied>();

  applied(shard: ShardId, entries: number, tookMs: number): void {
    let applied = this.#applied.get(shard);
    if (applied === undefined) {
      applied = { seconds: new Distribution(workBounds), entries: 0 };
      this.#applied.set(shard, applied);
    }
    applied.seconds.observe(tookMs / 1000);
    applied.entries += entries;
  }

  stored(tookMs: number): void {
    this.#appends.stored(tookMs);
  }

  failed(): void {
    this.#appends.failed();
  }

  measure(scrape: Scrape): void {
    this.#appends.measure(scrape);
    for (const [shard, { seconds, entries }] of this.#applied) {
      scrape.histogram("outcry_replica_apply_seconds", { shard }, seconds);
      scrape.value("outcry_replica_entries_total", { shard }, entries);
    }
  }
}
