/**
 * Reads the logs of all shards from their first entries on, in one order, and tells the facts.
 *
 * The order is that of log time; of entries of the same time, that of the lower shard comes first;
 * and an entry that another shard's brought about comes after that one, though the clock of its
 * server may be behind. It depends on the logs alone. So a moment cuts all logs at once, and never
 * between what was sent and what came of it.
 *
 * On the way hashes are held against those that others know.
 */
import { Shard } from "../../actors/index.ts";
import { HashedShard } from "../../cluster/hashed-shard.ts";
import { hexOf } from "../../cluster/hash-chain.ts";
import { stateHashOf } from "../../cluster/replica-snapshot.ts";
import type { LogEntry, ReplicatedLog } from "../../cluster/replicated-log.ts";
import { assert } from "../../protocols/index.ts";
import { CausalOrder } from "../downstream/causal-order.ts";
import { piecesOf } from "../downstream/log-pieces.ts";
import { hashedParts } from "../past/known-hashes.ts";
import type { HashedPart, KnownHashes } from "../past/known-hashes.ts";
import { momentOf } from "../past/past-place.ts";
import type { FactListener } from "./fact.ts";
import { DepositReferences, FactWitness } from "./fact-witness.ts";
import { ReportFault } from "./report-fault.ts";

/** From its first entry on, with what is archived of it. */
export type SourceLog = Pick<ReplicatedLog, "head" | "read">;

export interface VenueReadingOptions {
  /** By shard. */
  readonly logs: readonly SourceLog[];
  /** By shard, the last entry that is read; to the end of what there is unless told. */
  readonly upTo?: readonly number[] | undefined;
  /** By shard, what others say that it came to. */
  readonly known?: readonly (readonly KnownHashes[])[];
  readonly listener: FactListener;
  /** Is told how far it is, and waited for: so that what it writes does not pile up. */
  readonly onPiece?: ((read: number, all: number) => Promise<void>) | undefined;
}

/** How far a log was read, and what it came to there. */
export interface ReadPlace {
  readonly shard: number;
  /** The last entry that is included, 0 for none. */
  readonly sequence: number;
  /** Log time of that entry; "" before the first. */
  readonly time: string;
  /** The chain over all entries up to there, in hex. */
  readonly hash: string;
}

interface Cursor {
  readonly hashed: HashedShard;
  readonly witness: FactWitness;
  readonly pieces: AsyncGenerator<readonly LogEntry[]>;
  piece: readonly LogEntry[];
  at: number;
  /** Whether all that its next entry follows from was applied. */
  isFree: boolean;
}

const pieceEntries = 5000;

export class VenueReading {
  readonly #options: VenueReadingOptions;
  readonly #cursors: readonly Cursor[];
  readonly #order = new CausalOrder();
  readonly #all: number;
  #applied = 0;

  private constructor(options: VenueReadingOptions, ends: readonly number[]) {
    this.#options = options;
    this.#all = ends.reduce((sum, end) => sum + end, 0);
    const references = new DepositReferences();
    this.#cursors = options.logs.map((log, shard): Cursor => {
      const hashed = new HashedShard(new Shard(shard, options.logs.length));
      this.#order.begin(hashed.shard);
      return {
        hashed,
        witness: new FactWitness(hashed.shard, options.listener, references),
        pieces: piecesOf(log, { from: 1, upTo: ends[shard]! }),
        ...{ piece: [], at: 0, isFree: false },
      };
    });
  }

  /** Rejects with {@link ReportFault} where a log does not reach as far. */
  static async open(options: VenueReadingOptions): Promise<VenueReading> {
    const heads = await Promise.all(options.logs.map((log) => log.head()));
    const { upTo = heads } = options;
    for (const [shard, end] of upTo.entries()) {
      if (end <= heads[shard]!) continue;
      const message = `the log of shard ${shard} ends with entry ${heads[shard]!}`;
      throw new ReportFault("place-not-reached", message);
    }
    return new VenueReading(options, upTo);
  }

  /** As they are now, to be read. */
  get shards(): readonly Shard[] {
    return this.#cursors.map(({ hashed }) => hashed.shard);
  }

  places(): readonly ReadPlace[] {
    return this.#cursors.map(({ hashed }) => {
      const { shard, sequence, timeUs } = hashed.shard;
      const time = sequence === 0 ? "" : momentOf(timeUs);
      return { shard, sequence, time, hash: hashed.entries.hex };
    });
  }

  /** Reads on until there is nothing more that is earlier than that moment. */
  async readOn(beforeUs = Infinity): Promise<void> {
    for (;;) {
      for (const cursor of this.#cursors) await this.#fill(cursor);
      const next = this.#next();
      if (next === undefined) break;
      if (this.#timeOf(next) >= beforeUs) return;
      this.#apply(next);
      if (this.#applied % pieceEntries === 0) await this.#tellProgress();
    }
    this.#checkWhole();
    await this.#tellProgress();
  }

  /** Ends it, at whichever place. */
  async close(): Promise<void> {
    for (const { pieces } of this.#cursors) await pieces.return(undefined);
  }

  async #tellProgress(): Promise<void> {
    await this.#options.onPiece?.(this.#applied, this.#all);
  }

  async #fill(cursor: Cursor): Promise<void> {
    if (cursor.at < cursor.piece.length) return;
    const next = await cursor.pieces.next();
    cursor.piece = next.done === true ? [] : next.value;
    cursor.at = 0;
  }

  /** The earliest that may follow. */
  #next(): Cursor | undefined {
    let first: Cursor | undefined;
    let firstUs = Infinity;
    for (const [shard, cursor] of this.#cursors.entries()) {
      const entry = cursor.piece[cursor.at];
      if (entry === undefined) continue;
      // What may follow once may follow for good.
      cursor.isFree ||= this.#order.mayFollow(shard, entry);
      const timeUs = this.#timeOf(cursor);
      if (!cursor.isFree || timeUs >= firstUs) continue;
      first = cursor;
      firstUs = timeUs;
    }
    return first;
  }

  /** Log time behind its next entry. */
  #timeOf({ hashed, piece, at }: Cursor): number {
    return Math.max(hashed.shard.timeUs, piece[at]?.timeUs ?? 0);
  }

  #apply(cursor: Cursor): void {
    const entry = cursor.piece[cursor.at];
    assert(entry !== undefined, "nothing is applied where there is nothing");
    const { shard } = cursor.hashed;
    const { step } = cursor.hashed.apply(entry);
    this.#order.applied(shard.shard, step);
    cursor.witness.endStep();
    cursor.at += 1;
    cursor.isFree = false;
    this.#applied += 1;
    this.#compare(cursor.hashed);
  }

  /** What waits at the end waits for what is behind the end of another log. */
  #checkWhole(): void {
    const waiting = this.#cursors.find(({ piece, at }) => piece[at] !== undefined);
    if (waiting === undefined || this.#options.upTo === undefined) return;
    const { shard, sequence } = waiting.hashed.shard;
    throw new ReportFault(
      "place-not-together",
      `entry ${sequence + 1} of shard ${shard} follows from one of another shard that lies behind the place given there: give the places that a report says, or a time`,
    );
  }

  #compare(hashed: HashedShard): void {
    const { shard, sequence } = hashed.shard;
    for (const known of this.#options.known?.[shard] ?? []) {
      if (known.sequence !== sequence) continue;
      for (const what of hashedParts) {
        if (known[what] === undefined || known[what] === hashOf(hashed, what)) continue;
        const where = `${what} of shard ${shard} differ at entry ${sequence}`;
        throw new ReportFault("log-differs", `${where} from what ${known.by} knows`);
      }
    }
  }
}

function hashOf(hashed: HashedShard, what: HashedPart): string {
  return what === "state" ? hexOf(stateHashOf(hashed.shard)) : hashed[what].hex;
}
