/**
 * Reads the logs of all shards on and on, at its own pace, for somebody downstream of the cluster.
 *
 * It applies each entry to a shard of its own and hands over what that came to; whoever follows
 * says when it has kept all of that. Its own states spare it most of the logs at the next start,
 * and prove nothing: where the follower is, the follower knows. What cannot be read is read later.
 */
import { Shard } from "../../actors/index.ts";
import type { Clock, Timer } from "../../cluster/clock.ts";
import { delay } from "../../cluster/clock.ts";
import { ClusterFault } from "../../cluster/faults.ts";
import { HashedShard } from "../../cluster/hashed-shard.ts";
import { hashOfEntry } from "../../cluster/log-origin.ts";
import { decodeSnapshot, encodeSnapshot } from "../../cluster/replica-snapshot.ts";
import type { LogEntry, ReadLimits, ReplicatedLog } from "../../cluster/replicated-log.ts";
import { snapshotKey } from "../../cluster/snapshot-store.ts";
import type { SnapshotStore } from "../../cluster/snapshot-store.ts";
import type { HashedStep } from "../../cluster/step-history.ts";
import { assert } from "../../protocols/index.ts";
import { CausalOrder } from "./causal-order.ts";

/** What an entry came to. */
export interface ReadStep extends HashedStep {
  readonly shard: number;
  readonly entry: LogEntry;
}

export interface LogFollower {
  /** A shard as it is before the first entry that it is going to apply. */
  opened(shard: HashedShard): void;
  /** It has applied an entry from which on the follower wants to know. */
  applied(step: ReadStep): void;
  /** It has applied one that the follower has kept before. */
  passed(step: ReadStep): void;
  /**
   * Some of every log was read. Resolves when the follower has kept all that was applied, or is
   * about to; with false when it cannot, and the reader is told to stop.
   */
  keep(): Promise<boolean>;
  /** There is nothing more to read as yet. Resolves when nothing is left to be kept. */
  rest(): Promise<void>;
}

export interface LogReaderOptions {
  /** By shard, from their first entries on. */
  readonly logs: readonly Pick<ReplicatedLog, "read" | "head">[];
  readonly clock: Clock;
  /** Of its own. */
  readonly snapshots: SnapshotStore;
  readonly follower: LogFollower;
  readonly report: (error: unknown) => void;
  /** Whether an entry is applied only after what brought it about in another shard. */
  readonly isCausal?: boolean;
  /** How much of each log is read before all of it is to be kept. */
  readonly limits?: ReadLimits;
}

export interface ReadingStatus {
  /** By shard. */
  readonly read: readonly number[];
  /** The last entry that is known of, also while the follower takes no more. */
  readonly heads: readonly number[];
}

const usualLimits: ReadLimits = { entriesMax: 1000, bytesMax: 4 * 1024 * 1024 };
const pollMs = 200;
const retryMs = 1000;
const headEveryMs = 1000;
/** So long it applies at most before it lets others have a turn: its follower writes, too. */
const turnMs = 5;
/** After so many entries a shard's state is kept, and the one before it, too. */
const snapshotEvery = 50_000;
const snapshotsKept = 3;

interface ReadShard {
  readonly hashed: HashedShard;
  lastEntry: LogEntry | undefined;
  savedAt: number;
}

export class LogReader {
  readonly #options: LogReaderOptions;
  readonly #order: CausalOrder | undefined;
  #from: readonly number[] = [];
  #shards: ReadShard[] = [];
  readonly #heads: number[] = [];
  readonly #headTimers: Timer[] = [];
  #isOver = false;
  #running: Promise<void> | undefined;

  constructor(options: LogReaderOptions) {
    this.#options = options;
    if (options.isCausal === true) this.#order = new CausalOrder();
  }

  /**
   * Resolves once it reads.
   *
   * @param from by shard, the first entry that the follower wants; 1 where it says none.
   */
  async start(from: readonly number[]): Promise<void> {
    this.#from = from;
    for (const shard of this.#options.logs.keys()) {
      const begun = await this.#begin(shard, from[shard] ?? 1);
      this.#shards.push(begun);
      this.#order?.begin(begun.hashed.shard);
      this.#options.follower.opened(begun.hashed);
    }
    for (const shard of this.#options.logs.keys()) void this.#askHead(shard);
    this.#running = this.#run();
  }

  /** Ends it; resolves when it reads no more. */
  async stop(): Promise<void> {
    this.#isOver = true;
    for (const timer of this.#headTimers) timer.cancel();
    await this.#running;
  }

  /** Resolves when it reads no more; rejects with what it cannot go on after. */
  async whenOver(): Promise<void> {
    await this.#running;
  }

  /** Whether it was told to stop. */
  get isOver(): boolean {
    return this.#isOver;
  }

  status(): ReadingStatus {
    return { read: this.#shards.map(({ hashed }) => hashed.shard.sequence), heads: this.#heads };
  }

  /** The newest state of before that entry. */
  async #begin(shard: number, from: number): Promise<ReadShard> {
    const { snapshots, logs } = this.#options;
    for (const name of await snapshots.list(shard)) {
      if (name.sequence >= from) continue;
      try {
        const saved = decodeSnapshot(snapshotKey(name), await snapshots.load(name));
        const hashed = new HashedShard(saved.shard, saved);
        return { hashed, lastEntry: undefined, savedAt: name.sequence };
      } catch (error) {
        if (!(error instanceof ClusterFault)) throw error;
        this.#options.report(error);
      }
    }
    const hashed = new HashedShard(new Shard(shard, logs.length));
    return { hashed, lastEntry: undefined, savedAt: 0 };
  }

  async #run(): Promise<void> {
    const { clock, follower, report } = this.#options;
    let isFailing = false;
    while (!this.#isOver) {
      try {
        const hasRead = await this.#readAndKeep();
        isFailing = false;
        if (hasRead) continue;
        await follower.rest();
        await delay(clock, pollMs);
      } catch (error) {
        if (!(error instanceof ClusterFault)) throw error;
        // Whoever stops it may close its logs.
        if (this.#isOver) break;
        if (!isFailing) report(error);
        isFailing = true;
        await delay(clock, retryMs);
      }
    }
  }

  /** What was applied before a fault is kept, too: one shard's may last, and others go on. */
  async #readAndKeep(): Promise<boolean> {
    let hasRead = true;
    try {
      hasRead = await this.#readOn();
    } finally {
      // Of a state that is ahead of its follower nobody makes use.
      if (hasRead && (await this.#options.follower.keep())) await this.#keepStates();
    }
    return hasRead;
  }

  /** Nothing is read while the follower takes nothing: heads are asked for beside that. */
  async #askHead(shard: number): Promise<void> {
    const { clock, logs } = this.#options;
    try {
      this.#found(shard, (await logs[shard]?.head()) ?? 0);
    } catch (error) {
      // Whoever reads it tells of that.
      if (!(error instanceof ClusterFault)) throw error;
    }
    if (this.#isOver) return;
    this.#headTimers[shard] = clock.after(headEveryMs, () => void this.#askHead(shard));
  }

  #found(shard: number, sequence: number): void {
    this.#heads[shard] = Math.max(this.#heads[shard] ?? 0, sequence);
  }

  /** Applies a piece of every log; false when there is nothing more to apply as yet. */
  async #readOn(): Promise<boolean> {
    const { logs, limits = usualLimits } = this.#options;
    const pieces = await Promise.all(
      logs.map((log, shard) => log.read(this.#sequenceOf(shard) + 1, limits)),
    );
    for (const [shard, piece] of pieces.entries()) {
      this.#found(shard, piece.at(-1)?.sequence ?? 0);
    }
    return await this.#applyAll(pieces);
  }

  async #applyAll(pieces: readonly (readonly LogEntry[])[]): Promise<boolean> {
    const { clock } = this.#options;
    const applied = pieces.map(() => 0);
    let beganMs = clock.nowMs();
    let hasRead = false;
    let goesOn = true;
    while (goesOn) {
      goesOn = false;
      for (const [shard, piece] of pieces.entries()) {
        for (let at = applied[shard]!; at < piece.length; at = ++applied[shard]!) {
          // What it waits for may be in another piece, or come with the next one.
          if (this.#order?.mayFollow(shard, piece[at]!) === false) break;
          this.#apply(shard, piece[at]!);
          hasRead = true;
          goesOn = this.#order !== undefined;
          if (clock.nowMs() - beganMs < turnMs) continue;
          await delay(clock, 0);
          if (this.#isOver) return hasRead;
          beganMs = clock.nowMs();
        }
      }
    }
    return hasRead;
  }

  #apply(index: number, entry: LogEntry): void {
    const { follower } = this.#options;
    const shard = this.#shards[index];
    assert(shard !== undefined);
    const step: ReadStep = { ...shard.hashed.apply(entry), shard: index, entry };
    this.#order?.applied(index, step.step);
    shard.lastEntry = entry;
    if (entry.sequence < (this.#from[index] ?? 1)) follower.passed(step);
    else follower.applied(step);
  }

  async #keepStates(): Promise<void> {
    for (const [index, shard] of this.#shards.entries()) await this.#keepState(index, shard);
  }

  async #keepState(index: number, shard: ReadShard): Promise<void> {
    const { snapshots } = this.#options;
    const { hashed, lastEntry, savedAt } = shard;
    const { sequence } = hashed.shard;
    if (lastEntry === undefined || sequence - savedAt < snapshotEvery) return;
    const { bytes } = encodeSnapshot(hashed.shard, {
      entriesHash: hashed.entries.hash,
      outputsHash: hashed.outputs.hash,
      lastEntryHash: hashOfEntry(lastEntry),
      owed: [],
    });
    await snapshots.save({ shard: index, sequence, bytes });
    shard.savedAt = sequence;
    const names = await snapshots.list(index);
    for (const name of names.slice(snapshotsKept)) await snapshots.remove(name);
  }

  #sequenceOf(shard: number): number {
    return this.#shards[shard]?.hashed.shard.sequence ?? 0;
  }
}
