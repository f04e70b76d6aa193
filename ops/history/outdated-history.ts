/**
 * A history whose rows are of an older form: they lack what is written today, so all of it is to be
 * written anew, from the first entries on.
 *
 * What is there is worth keeping until it is certain that this gives the same and more: that the
 * logs are those that it is of, and can be read from their beginning.
 */
import { EntryTruncated } from "../../cluster/faults.ts";
import type { HashedShard } from "../../cluster/hashed-shard.ts";
import { hexOf } from "../../cluster/hash-chain.ts";
import { LogReader } from "../downstream/log-reader.ts";
import type { LogFollower, LogReaderOptions, ReadStep } from "../downstream/log-reader.ts";
import { HistoryMismatch, holdToLog } from "./history-mismatch.ts";
import { nowhere } from "./history-position.ts";
import type { HistoryPosition } from "./history-position.ts";

interface Outdated {
  /** For people: where it is. */
  readonly place: string;
  /** By shard, where it ends. */
  readonly ends: readonly HistoryPosition[];
}

export class OutdatedHistory implements LogFollower {
  readonly #place: string;
  readonly #ends: readonly HistoryPosition[];
  readonly #logs: LogReaderOptions["logs"];
  readonly #reader: LogReader;
  /** The shards whose logs it was not held against yet. */
  readonly #left: Set<number>;
  readonly #all = Promise.withResolvers<void>();

  constructor({ place, ends }: Outdated, reading: Omit<LogReaderOptions, "follower">) {
    this.#place = place;
    this.#ends = ends;
    this.#logs = reading.logs;
    this.#left = new Set(ends.keys());
    this.#reader = new LogReader({ ...reading, follower: this });
  }

  /**
   * Resolves with true once the logs are known to be its own, with false when it was stopped
   * before. Rejects with {@link HistoryMismatch} when they are not.
   */
  async recognize(): Promise<boolean> {
    for (const shard of this.#logs.keys()) {
      if (await this.#isWhole(shard)) continue;
      const why = `the log of shard ${shard} cannot be read from its first entry on`;
      const what = `${this.#place} holds a history of an older release, which has to begin anew`;
      throw new HistoryMismatch(`${what}; but ${why}`);
    }
    await this.#reader.start(this.#ends.map(({ sequence }) => sequence + 1));
    await Promise.race([this.#all.promise, this.#reader.whenOver()]);
    await this.#reader.stop();
    return this.#left.size === 0;
  }

  async stop(): Promise<void> {
    await this.#reader.stop();
  }

  opened({ shard, entries }: HashedShard): void {
    this.#look(shard.shard, { sequence: shard.sequence, entriesHash: entries.hash });
  }

  passed({ shard, step, entriesHash }: ReadStep): void {
    this.#look(shard, { sequence: step.sequence, entriesHash });
  }

  applied(): void {
    return undefined;
  }

  keep(): Promise<boolean> {
    return Promise.resolve(true);
  }

  rest(): Promise<void> {
    return Promise.resolve();
  }

  #look(
    shard: number,
    { sequence, entriesHash }: { readonly sequence: number; readonly entriesHash: Uint8Array },
  ): void {
    const end = this.#ends[shard] ?? nowhere;
    if (sequence !== end.sequence) return;
    holdToLog(this.#place, end, { shard, entriesHash: hexOf(entriesHash) });
    this.#left.delete(shard);
    if (this.#left.size === 0) this.#all.resolve();
  }

  /** An empty log is of no history. */
  async #isWhole(shard: number): Promise<boolean> {
    if ((this.#ends[shard] ?? nowhere).sequence === 0) return true;
    try {
      const [first] = (await this.#logs[shard]?.read(1, { entriesMax: 1, bytesMax: 1 })) ?? [];
      return first?.sequence === 1;
    } catch (error) {
      if (error instanceof EntryTruncated) return false;
      throw error;
    }
  }
}
