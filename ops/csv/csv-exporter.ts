/**
 * The CSV exporter: one more replica of every shard, which appends to files what was traded and
 * what accounts made of it.
 *
 * It pulls the logs at its own pace: a disk that is slow or full makes it late and nobody else.
 * Where it is, a file beside the others says, see `csv-files.ts`.
 */
import type { Shard } from "../../actors/index.ts";
import { delay } from "../../cluster/clock.ts";
import type { Clock } from "../../cluster/clock.ts";
import type { HashedShard } from "../../cluster/hashed-shard.ts";
import { hexOf } from "../../cluster/hash-chain.ts";
import type { ReplicatedLog } from "../../cluster/replicated-log.ts";
import type { SnapshotStore } from "../../cluster/snapshot-store.ts";
import { assert } from "../../protocols/index.ts";
import { LogReader } from "../downstream/log-reader.ts";
import type { LogFollower, ReadingStatus, ReadStep } from "../downstream/log-reader.ts";
import { CsvMismatch } from "./csv-fault.ts";
import { CsvFiles } from "./csv-files.ts";
import type { CsvFileName, CsvShardPlace } from "./csv-place.ts";
import { Performance, performanceHeading } from "./performance.ts";
import { ShardClerk, tradesHeading } from "./shard-clerk.ts";
import type { OpenLines } from "./shard-clerk.ts";

export interface CsvExporterOptions {
  /** By shard, from their first entries on. */
  readonly logs: readonly Pick<ReplicatedLog, "read" | "head">[];
  readonly clock: Clock;
  /** Of its own. */
  readonly snapshots: SnapshotStore;
  /** Where the files are, which is there. */
  readonly folder: string;
  readonly report: (error: unknown) => void;
}

export interface CsvExporterStatus extends ReadingStatus {
  /** By shard, the entry up to which all is in the files. */
  readonly written: readonly number[];
  /** How long each file is, once it is open. */
  readonly fileBytes: Readonly<Partial<Record<CsvFileName, number>>>;
  /** Whether the disk takes nothing right now. */
  readonly isWaiting: boolean;
}

/** Of files somewhere. */
export interface CsvStatus extends CsvExporterStatus {
  readonly folder: string;
}

const flushEveryMs = 500;
/** So much waits in memory at most while it is behind. */
const waitingMax = 4 * 1024 * 1024;
/** Without a line, its place is kept this often. */
const placeEveryMs = 10_000;
const retryMs = 1000;
const nowhere: CsvShardPlace = { sequence: 0, entriesHash: "" };

export class CsvExporter implements LogFollower {
  readonly #options: CsvExporterOptions;
  readonly #reader: LogReader;
  readonly #performance = new Performance();
  readonly #lines: OpenLines = { trades: "", performance: "" };
  readonly #clerks: ShardClerk[] = [];
  #files: CsvFiles | undefined;
  #before: readonly CsvShardPlace[] = [];
  #reached: CsvShardPlace[] = [];
  #flushedAtMs = 0;
  #isWaiting = false;

  constructor(options: CsvExporterOptions) {
    this.#options = options;
    this.#reader = new LogReader({ ...options, follower: this, isCausal: true });
  }

  /**
   * Goes on from where the files end. Resolves once it reads. Rejects with {@link CsvMismatch} for
   * files of other logs, or that are not as it left them.
   */
  async start(): Promise<void> {
    const { folder, logs } = this.#options;
    const headings = { "trades.csv": tradesHeading, "performance.csv": performanceHeading };
    this.#files = await CsvFiles.open(folder, headings);
    for await (const line of this.#files.lines("performance.csv")) this.#performance.take(line);
    const { shards } = this.#files;
    this.#before = logs.map((_, shard) => shards[shard] ?? nowhere);
    this.#reached = [...this.#before];
    await this.#reader.start(this.#before.map(({ sequence }) => sequence + 1));
  }

  /** Ends it; resolves when all that it has read is in the files. */
  async stop(): Promise<void> {
    await this.#reader.stop();
    if (this.#files === undefined) return;
    await this.#flush();
    await this.#files.close();
  }

  /** Resolves when it reads no more; rejects with what it cannot go on after. */
  async whenOver(): Promise<void> {
    await this.#reader.whenOver();
  }

  status(): CsvExporterStatus {
    return {
      ...this.#reader.status(),
      written: (this.#files?.shards ?? []).map(({ sequence }) => sequence),
      fileBytes: this.#files?.lengths ?? {},
      isWaiting: this.#isWaiting,
    };
  }

  // ---- What the reader tells -----------------------------------------------------------------

  opened({ shard, entries }: HashedShard): void {
    this.#clerks[shard.shard] = new ShardClerk(shard, this.#lines, this.#performance);
    this.#beginAt(shard, entries.hash);
  }

  passed({ shard, entriesHash }: ReadStep): void {
    const clerk = this.#clerks[shard];
    assert(clerk !== undefined);
    this.#beginAt(clerk.shard, entriesHash);
  }

  /** Where the files end it goes on, if these are the logs that they are of. */
  #beginAt({ shard, sequence }: Shard, entriesHash: Uint8Array): void {
    const before = this.#before[shard] ?? nowhere;
    if (before.sequence !== sequence) return;
    if (sequence > 0 && hexOf(entriesHash) !== before.entriesHash) {
      const where = `shard ${shard} had other entries up to ${sequence}`;
      throw new CsvMismatch(`${this.#options.folder} has the trades of other logs: ${where}`);
    }
    this.#clerks[shard]?.begin();
  }

  applied({ shard, step, entriesHash }: ReadStep): void {
    this.#clerks[shard]?.endStep();
    this.#reached[shard] = { sequence: step.sequence, entriesHash: hexOf(entriesHash) };
  }

  /** With false while what there is waits for more to be written with. */
  async keep(): Promise<boolean> {
    const { trades, performance } = this.#lines;
    const isMuch = trades.length + performance.length > waitingMax;
    return (isMuch || this.#untilDueMs() <= 0) && (await this.#flush());
  }

  async rest(): Promise<void> {
    if (this.#hasLines()) await delay(this.#options.clock, Math.max(0, this.#untilDueMs()));
    if (this.#untilDueMs() <= 0 && !this.#isWritten()) await this.#flush();
  }

  // ---- Writing -------------------------------------------------------------------------------

  #hasLines(): boolean {
    const { trades, performance } = this.#lines;
    return trades !== "" || performance !== "";
  }

  #isWritten(): boolean {
    const written = this.#files?.shards;
    return this.#reached.every((place, shard) => place === written?.[shard]);
  }

  #untilDueMs(): number {
    const everyMs = this.#hasLines() ? flushEveryMs : placeEveryMs;
    return this.#flushedAtMs + everyMs - this.#options.clock.nowMs();
  }

  /** With false when it was told to stop before the disk took it. */
  async #flush(): Promise<boolean> {
    const { clock, report } = this.#options;
    for (;;) {
      try {
        await this.#append();
        this.#isWaiting = false;
        return true;
      } catch (error) {
        if (!isErrno(error)) throw error;
        if (!this.#isWaiting) report(error);
        this.#isWaiting = true;
      }
      if (this.#reader.isOver) return false;
      await delay(clock, retryMs);
    }
  }

  async #append(): Promise<void> {
    const { trades, performance } = this.#lines;
    assert(this.#files !== undefined);
    const lines = { "trades.csv": trades, "performance.csv": performance };
    await this.#files.append(lines, [...this.#reached]);
    // Nothing is applied meanwhile.
    this.#lines.trades = "";
    this.#lines.performance = "";
    this.#flushedAtMs = this.#options.clock.nowMs();
  }
}

/** The disk is full, or away. */
function isErrno(error: unknown): boolean {
  return error instanceof Error && "errno" in error;
}
