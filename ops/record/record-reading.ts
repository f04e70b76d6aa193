/**
 * Reads one shard's log into fresh actors and cuts the rows of its entries into pieces: the one way
 * from a log to a record, whether it is written or compared with one.
 *
 * A piece ends with the UTC day, and with the entry that fills it. Where pieces end depends on the
 * log and on where the one before ended, and on nothing else.
 */
import { Shard } from "../../actors/index.ts";
import { HashedShard } from "../../cluster/hashed-shard.ts";
import { hexOf } from "../../cluster/hash-chain.ts";
import type { LogEntry, ReplicatedLog } from "../../cluster/replicated-log.ts";
import { piecesOf } from "../downstream/log-pieces.ts";
import { EntryRows } from "./entry-rows.ts";
import type { Bound, LogPlace } from "./manifest.ts";
import { RecordFault } from "./record-fault.ts";
import type { RecordRow } from "./record-row.ts";

/** What a shard's log comes to, over some entries. */
export interface Piece {
  readonly after: LogPlace;
  readonly upTo: LogPlace;
  /** Log time of the first and the last entry; undefined where there are none. */
  readonly timesUs: readonly [first: number, last: number] | undefined;
  readonly rows: readonly RecordRow[];
}

export interface ReadingOptions {
  readonly from: Bound | undefined;
  readonly to: Bound | undefined;
  /** Rows after which a piece ends. */
  readonly rowsMax: number;
  readonly shard: number;
  readonly shards: number;
  readonly head: number;
  /** The last entry that pieces are there of already; of those before no more are made. */
  readonly writtenTo?: LogPlace | undefined;
  /** Is told of every entry that was read. */
  readonly onEntry?: () => void;
}

export type SourceLog = Pick<ReplicatedLog, "read">;

const dayUs = 24 * 60 * 60 * 1_000_000;

export class RecordReading {
  readonly #options: ReadingOptions;
  readonly #hashed: HashedShard;
  readonly #entryRows: EntryRows;
  #after: LogPlace | undefined;
  #upTo: LogPlace;
  #timesUs: [first: number, last: number] | undefined;
  #rows: RecordRow[] = [];
  #hasPiece: boolean;

  constructor(options: ReadingOptions) {
    this.#options = options;
    this.#hashed = new HashedShard(new Shard(options.shard, options.shards));
    this.#entryRows = new EntryRows(this.#hashed.shard);
    this.#upTo = this.#place();
    this.#hasPiece = options.writtenTo !== undefined;
  }

  /** The pieces in order. Where nothing is wanted of a log, there is one without rows. */
  async *pieces(log: SourceLog): AsyncGenerator<Piece> {
    const { head } = this.#options;
    reading: for await (const entries of piecesOf(log, { from: 1, upTo: head })) {
      for (const entry of entries) {
        const isOver = yield* this.#read(entry);
        if (isOver) break reading;
      }
    }
    if (this.#after !== undefined || !this.#hasPiece) yield this.#cut();
  }

  /** @returns whether the entry lies behind what is wanted. */
  *#read(entry: LogEntry): Generator<Piece, boolean> {
    const before = this.#place();
    this.#hashed.apply(entry);
    this.#options.onEntry?.();
    const rows = this.#entryRows.take();
    const { timeUs, sequence } = this.#hashed.shard;
    const { from, to, rowsMax, writtenTo } = this.#options;
    if (to !== undefined && isBehind(to, { timeUs, sequence })) return true;
    const isEarlier = from !== undefined && isAhead(from, { timeUs, sequence });
    if (isEarlier || sequence <= (writtenTo?.sequence ?? 0)) {
      this.#upTo = this.#place();
      if (sequence === writtenTo?.sequence) checkWritten(writtenTo, this.#upTo);
      return false;
    }
    if (this.#rows.length > 0 && !isOfDay(timeUs, this.#timesUs?.[0])) yield this.#cut();
    this.#after ??= before;
    this.#upTo = this.#place();
    this.#timesUs = [this.#timesUs?.[0] ?? timeUs, timeUs];
    this.#rows.push(...rows);
    if (this.#rows.length >= rowsMax) yield this.#cut();
    return false;
  }

  #cut(): Piece {
    const piece = {
      after: this.#after ?? this.#upTo,
      upTo: this.#upTo,
      timesUs: this.#timesUs,
      rows: this.#rows,
    };
    this.#after = this.#timesUs = undefined;
    this.#rows = [];
    this.#hasPiece = true;
    return piece;
  }

  #place(): LogPlace {
    const { shard, entries } = this.#hashed;
    return { sequence: shard.sequence, entriesHash: hexOf(entries.hash) };
  }
}

interface Moment {
  readonly sequence: number;
  readonly timeUs: number;
}

/** Whether an entry comes before the first that is wanted. */
function isAhead(from: Bound, { sequence, timeUs }: Moment): boolean {
  return "sequence" in from ? sequence < from.sequence : timeUs < from.timeUs;
}

/** Whether it comes after the last. */
function isBehind(to: Bound, { sequence, timeUs }: Moment): boolean {
  return "sequence" in to ? sequence > to.sequence : timeUs > to.timeUs;
}

function isOfDay(timeUs: number, firstUs: number | undefined): boolean {
  return firstUs === undefined || Math.floor(timeUs / dayUs) === Math.floor(firstUs / dayUs);
}

function checkWritten(written: LogPlace, { sequence, entriesHash }: LogPlace): void {
  if (written.entriesHash === entriesHash) return;
  throw new RecordFault(
    "record-of-something-else",
    `the record was begun with another log: they differ at or before entry ${sequence}`,
  );
}
