/**
 * How far somebody who follows the logs is behind them, from looks at both now and then: how many
 * entries it has not kept yet, and how long the oldest of them has been there.
 */

export interface Lag {
  /** Of all shards together. */
  readonly entries: number;
  /** Of the shard where that is longest; as exact as looks are frequent. */
  readonly ms: number;
}

export interface LogLook {
  readonly atMs: number;
  /** By shard, the last entry of the log, */
  readonly heads: readonly number[];
  /** and the last one that was kept; 0 where it says none. */
  readonly reached: readonly number[];
}

/** Since when a log was seen to have so many entries. */
interface SeenHead {
  readonly head: number;
  readonly sinceMs: number;
}

export class LagMeter {
  /** By shard, in the order of their heads: those that are not kept yet. */
  readonly #waiting: SeenHead[][] = [];
  #most: Lag = { entries: 0, ms: 0 };
  #last: Lag = { entries: 0, ms: 0 };

  /** Looks come in the order of their times. */
  look({ atMs, heads, reached }: LogLook): void {
    let entries = 0;
    let ms = 0;
    for (const [shard, head] of heads.entries()) {
      const kept = reached[shard] ?? 0;
      const waiting = (this.#waiting[shard] ??= []);
      if (head > Math.max(kept, waiting.at(-1)?.head ?? 0)) waiting.push({ head, sinceMs: atMs });
      while (waiting[0] !== undefined && waiting[0].head <= kept) waiting.shift();
      const [oldest] = waiting;
      if (oldest === undefined) continue;
      entries += Math.max(0, head - kept);
      ms = Math.max(ms, atMs - oldest.sinceMs);
    }
    this.#last = { entries, ms };
    const { entries: entriesMax, ms: msMax } = this.#most;
    this.#most = { entries: Math.max(entriesMax, entries), ms: Math.max(msMax, ms) };
  }

  /** The most of each that was seen. */
  get most(): Lag {
    return this.#most;
  }

  /** As it was last. */
  get last(): Lag {
    return this.#last;
  }
}
