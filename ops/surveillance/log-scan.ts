/**
 * Looks through logs once, from their first entries to where they end now, and says what alerts
 * settings would give: nothing is written, and nothing that was kept is used.
 */
import type { Clock } from "../../cluster/clock.ts";
import { delay } from "../../cluster/clock.ts";
import type { HashedShard } from "../../cluster/hashed-shard.ts";
import { MemorySnapshotStore } from "../../cluster/memory-snapshot-store.ts";
import type { ReplicatedLog } from "../../cluster/replicated-log.ts";
import { LogReader } from "../downstream/log-reader.ts";
import type { LogFollower, ReadStep } from "../downstream/log-reader.ts";
import type { BookWitness } from "./book-witness.ts";
import { MarketWatch } from "./market-watch.ts";
import type { WatchParts } from "./market-watch.ts";

export interface LogScanOptions extends WatchParts {
  /** By shard, from their first entries on. */
  readonly logs: readonly Pick<ReplicatedLog, "read" | "head">[];
  readonly clock: Clock;
  /** Is told how far it is: entries that were read, and that are to be. */
  readonly onProgress?: (read: number, all: number) => void;
}

const lookEveryMs = 20;

export class LogScan implements LogFollower {
  readonly #options: LogScanOptions;
  readonly #watch: MarketWatch;
  readonly #witnesses: BookWitness[] = [];

  constructor(options: LogScanOptions) {
    this.#options = options;
    this.#watch = MarketWatch.begin(options);
  }

  /** Resolves at the end of the logs; rejects with what it could not read. */
  async run(): Promise<void> {
    const { logs, clock, onProgress } = this.#options;
    const heads = await Promise.all(logs.map((log) => log.head()));
    const all = heads.reduce((sum, head) => sum + head, 0);
    const fault = Promise.withResolvers<never>();
    const snapshots = new MemorySnapshotStore();
    const report = (error: unknown) => fault.reject(error);
    const reader = new LogReader({
      logs,
      clock,
      snapshots,
      report,
      follower: this,
      isCausal: true,
    });
    await reader.start([]);
    const isThere = () => reader.status().read.every((at, shard) => at >= (heads[shard] ?? 0));
    try {
      while (!isThere()) {
        await Promise.race([delay(clock, lookEveryMs), fault.promise, reader.whenOver()]);
        onProgress?.(Math.min(all, sumOf(reader.status().read)), all);
      }
    } finally {
      await reader.stop();
    }
  }

  opened({ shard }: HashedShard): void {
    const witness = this.#watch.witnessOf(shard);
    witness.begin();
    this.#witnesses[shard.shard] = witness;
  }

  applied({ shard }: ReadStep): void {
    this.#witnesses[shard]?.endStep();
  }

  passed(): void {
    return undefined;
  }

  keep(): Promise<boolean> {
    return Promise.resolve(false);
  }

  rest(): Promise<void> {
    return Promise.resolve();
  }
}

function sumOf(sequences: readonly number[]): number {
  return sequences.reduce((sum, sequence) => sum + sequence, 0);
}
