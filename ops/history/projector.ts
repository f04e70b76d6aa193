/**
 * The projector: one more replica of every shard, which writes down in a database what happened and
 * what there is.
 *
 * It pulls the logs at its own pace, so a database that is slow, full or away makes it late and
 * nobody else. Where it is, the database knows: rows and place are written in one transaction. What
 * it writes follows from the logs alone, so that a history that is written anew has the same rows.
 */
import type { Shard } from "../../actors/index.ts";
import type { Clock } from "../../cluster/clock.ts";
import { delay } from "../../cluster/clock.ts";
import { ClusterFault } from "../../cluster/faults.ts";
import type { HashedShard } from "../../cluster/hashed-shard.ts";
import { hexOf } from "../../cluster/hash-chain.ts";
import type { ReplicatedLog } from "../../cluster/replicated-log.ts";
import type { SnapshotStore } from "../../cluster/snapshot-store.ts";
import { assert } from "../../protocols/index.ts";
import { LogReader } from "../downstream/log-reader.ts";
import type { LogFollower, ReadingStatus, ReadStep } from "../downstream/log-reader.ts";
import { DatabaseUnavailable } from "./database.ts";
import type { Database } from "./database.ts";
import { HistoryBatch } from "./history-batch.ts";
import { holdToLog } from "./history-mismatch.ts";
import { nowhere } from "./history-position.ts";
import type { HistoryPosition } from "./history-position.ts";
import { HistoryWriter } from "./history-writer.ts";
import { OutdatedHistory } from "./outdated-history.ts";
import { Positions } from "./positions.ts";
import { ShardHistorian } from "./shard-historian.ts";

export interface ProjectorOptions {
  /** By shard, from their first entries on. */
  readonly logs: readonly Pick<ReplicatedLog, "read" | "head">[];
  readonly clock: Clock;
  /** Of its own. */
  readonly snapshots: SnapshotStore;
  readonly database: Database;
  readonly report: (error: unknown) => void;
  /** Told when a history of an older form goes, and all of it is going to be written anew. */
  readonly onBegunAnew?: (news: { readonly place: string; readonly entries: number }) => void;
}

export interface ProjectorStatus extends ReadingStatus {
  /** By shard, the entry up to which all is in the database. */
  readonly written: readonly number[];
  readonly rowsWritten: number;
  /** Whether the database takes nothing right now. */
  readonly isWaiting: boolean;
}

const retryMs = 1000;

export class Projector implements LogFollower {
  readonly #options: ProjectorOptions;
  readonly #reader: LogReader;
  readonly #writer: HistoryWriter;
  readonly #positions = new Positions();
  readonly #historians: ShardHistorian[] = [];
  /** Of an older form, while it is held against the logs. */
  #outdated: OutdatedHistory | undefined;
  #batch = new HistoryBatch();
  /** By shard: where the history ended when it started, and how far it has applied since. */
  #before: readonly HistoryPosition[] = [];
  #reached: HistoryPosition[] = [];
  #written: readonly HistoryPosition[] = [];
  /** What is being written. */
  #writing: Promise<void> = Promise.resolve();
  #rowsWritten = 0;
  #isWaiting = false;

  constructor(options: ProjectorOptions) {
    this.#options = options;
    this.#writer = new HistoryWriter(options.database);
    this.#reader = new LogReader({ ...options, follower: this, isCausal: true });
  }

  /**
   * Goes on from where the history ends. Resolves once it reads. Rejects with
   * {@link HistoryMismatch} if the history is of other logs.
   */
  async start(): Promise<void> {
    this.#before = await this.#open();
    // It was stopped before it had begun.
    if (this.#reader.isOver) return;
    this.#written = this.#before;
    this.#reached = [...this.#before];
    await this.#writer.loadPositions(this.#positions);
    await this.#reader.start(this.#before.map(({ sequence }) => sequence + 1));
  }

  /** By shard, where the history ends; at the beginning where it is of an older form. */
  async #open(): Promise<readonly HistoryPosition[]> {
    const { logs, database, onBegunAnew } = this.#options;
    const { positions, isOutdated } = await this.#writer.open();
    const ends = logs.map((_, shard) => positions[shard] ?? nowhere);
    if (!isOutdated) return ends;
    this.#outdated = new OutdatedHistory({ place: database.place, ends }, this.#options);
    if (!(await this.#outdated.recognize())) return ends;
    await this.#writer.clear();
    const entries = ends.reduce((sum, { sequence }) => sum + sequence, 0);
    onBegunAnew?.({ place: database.place, entries });
    return logs.map(() => nowhere);
  }

  /** Starts as soon as the database is there. Resolves once it reads, or was stopped. */
  async startWhenPossible(): Promise<void> {
    const { clock, report } = this.#options;
    while (!this.#reader.isOver) {
      try {
        await this.start();
        this.#isWaiting = false;
        return;
      } catch (error) {
        if (!mayPass(error)) throw error;
        if (!this.#isWaiting) report(error);
        this.#isWaiting = true;
        await delay(clock, retryMs);
      }
    }
  }

  /** Ends it; resolves when it reads no more. What is not written yet the next one writes. */
  async stop(): Promise<void> {
    await Promise.all([this.#reader.stop(), this.#outdated?.stop()]);
    await this.#writing;
  }

  /** Resolves when it reads no more; rejects with what it cannot go on after. */
  async whenOver(): Promise<void> {
    await this.#reader.whenOver();
  }

  status(): ProjectorStatus {
    return {
      ...this.#reader.status(),
      written: this.#written.map(({ sequence }) => sequence),
      rowsWritten: this.#rowsWritten,
      isWaiting: this.#isWaiting,
    };
  }

  // ---- What the reader tells -----------------------------------------------------------------

  opened({ shard, entries }: HashedShard): void {
    this.#historians[shard.shard] = new ShardHistorian(shard, this.#batch, this.#positions);
    this.#beginAt(shard, entries.hash);
  }

  passed({ shard, entriesHash }: ReadStep): void {
    const historian = this.#historians[shard];
    assert(historian !== undefined);
    this.#beginAt(historian.shard, entriesHash);
  }

  /** Where the history ends it goes on, if these are the logs that it is of. */
  #beginAt({ shard, sequence }: Shard, entriesHash: Uint8Array): void {
    const before = this.#before[shard] ?? nowhere;
    if (before.sequence !== sequence) return;
    const { place } = this.#options.database;
    holdToLog(place, before, { shard, entriesHash: hexOf(entriesHash) });
    this.#historians[shard]?.begin();
  }

  applied({ shard, step, entriesHash }: ReadStep): void {
    const historian = this.#historians[shard];
    assert(historian !== undefined);
    historian.endStep();
    const { sequence, timeUs } = step;
    this.#reached[shard] = { sequence, timeUs, entriesHash: hexOf(entriesHash) };
  }

  /** One batch is written while the next one gathers. */
  async keep(): Promise<boolean> {
    await this.#writing;
    if (this.#reader.isOver) return false;
    const reached = [...this.#reached];
    if (reached.every((position, shard) => position === this.#written[shard])) return true;
    const batch = this.#batch;
    this.#batch = new HistoryBatch();
    for (const historian of this.#historians) historian.turn(this.#batch);
    this.#writing = this.#write(batch, reached);
    // Whoever waits for it next hears of what went wrong.
    this.#writing.catch(() => undefined);
    return true;
  }

  async rest(): Promise<void> {
    await this.#writing;
  }

  async #write(batch: HistoryBatch, reached: readonly HistoryPosition[]): Promise<void> {
    const { clock, report } = this.#options;
    while (!this.#reader.isOver) {
      try {
        await this.#writer.write(batch, reached);
        this.#written = reached;
        this.#rowsWritten += batch.rowCount;
        this.#isWaiting = false;
        return;
      } catch (error) {
        if (!(error instanceof DatabaseUnavailable)) throw error;
        if (!this.#isWaiting) report(error);
        this.#isWaiting = true;
        await delay(clock, retryMs);
      }
    }
  }
}

/** Whether a fault is of the database or of a log, and may be over later. */
function mayPass(error: unknown): boolean {
  return error instanceof ClusterFault && error.disposition !== "fatal";
}
