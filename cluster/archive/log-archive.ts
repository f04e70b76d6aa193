/**
 * Everything that is archived of one log: segments that begin at entry 1 and follow on each other.
 *
 * Nothing outside says which segments there are: what does not follow on from the one before, by
 * sequence and by hash, is not this log's history.
 */
import { assert } from "../../protocols/index.ts";
import { isSameHash } from "../hash-chain.ts";
import { hashOfEntry } from "../log-origin.ts";
import { isSeal } from "../log-generation.ts";
import {
  withinBytes,
  type LogEntry,
  type ReadLimits,
  type ReplicatedLog,
} from "../replicated-log.ts";
import { ArchiveDamaged, ArchiveOfAnotherLog } from "./archive-faults.ts";
import { archiveStart, decodeSegment, encodeSegment } from "./archive-segment.ts";
import type { ArchiveEnd, Segment } from "./archive-segment.ts";
import type { ArchiveStore } from "./archive-store.ts";

export interface LogArchiveOptions {
  /** Payload bytes after which a segment ends. */
  readonly segmentBytes?: number;
}

/** What a check of a whole archive found. */
export interface ArchiveProof {
  readonly segments: number;
  readonly bytes: number;
  readonly end: ArchiveEnd;
}

const segmentBytesDefault = 4 * 1024 * 1024;
const readEntriesMax = 2000;

/** What can be copied into an archive. */
export type ArchivedSource = Pick<ReplicatedLog, "read" | "first" | "head">;

export class LogArchive {
  readonly log: string;
  readonly store: ArchiveStore;
  readonly #segmentBytes: number;
  /** The segment read last: reading goes on from it. */
  #recent: Segment | undefined;

  constructor(store: ArchiveStore, log: string, options: LogArchiveOptions = {}) {
    this.store = store;
    this.log = log;
    this.#segmentBytes = options.segmentBytes ?? segmentBytesDefault;
  }

  // ---- Writing -----------------------------------------------------------------------------

  /**
   * Copies entries into the archive until it has all, or is less than a segment behind; with
   * `upTo`, until it has that one. Several may do so at once, and again after a crash at any
   * moment. Resolves with where the archive ends.
   */
  async copy(source: ArchivedSource, upTo?: number): Promise<ArchiveEnd> {
    let end = await this.#endFor(source);
    for (;;) {
      const entries = await this.#nextOf(source, end.sequence + 1, upTo);
      if (entries.length === 0) return end;
      const encoded = await encodeSegment(this.log, end, entries);
      const isOurs = await this.store.put(
        { log: this.log, first: end.sequence + 1 },
        encoded.bytes,
      );
      end = isOurs ? encoded.end : await this.end();
    }
  }

  /** The entries of the next segment; none when there are too few of them. */
  async #nextOf(source: ArchivedSource, from: number, upTo = 0): Promise<readonly LogEntry[]> {
    const entries: LogEntry[] = [];
    let bytes = 0;
    while (bytes < this.#segmentBytes) {
      const limits = { entriesMax: readEntriesMax, bytesMax: this.#segmentBytes - bytes };
      const page = await source.read(from + entries.length, limits);
      for (const entry of page) {
        if (upTo > 0 && entry.sequence > upTo) return entries;
        entries.push(entry);
        bytes += entry.payload.length;
        // No segment is of two generations.
        if (isSeal(entry)) return entries;
      }
      if (page.length === 0) return upTo > 0 ? entries : [];
    }
    return entries;
  }

  /** Where the archive ends, having seen that what it ends with is an entry of that log. */
  async #endFor(source: ArchivedSource): Promise<ArchiveEnd> {
    const last = await this.#lastSegment();
    if (last === undefined) return archiveStart;
    const { sequence } = last.end;
    if ((await source.first()) > sequence) return last.end;
    const [entry] = await source.read(sequence, { entriesMax: 1 });
    const archived = last.entries.at(-1);
    assert(archived !== undefined);
    if (entry === undefined || !isSameHash(hashOfEntry(entry), hashOfEntry(archived))) {
      throw new ArchiveOfAnotherLog(this.log, this.store.place, sequence);
    }
    return last.end;
  }

  // ---- Reading -----------------------------------------------------------------------------

  /** Where it ends, by its last segment alone. */
  async end(): Promise<ArchiveEnd> {
    return (await this.#lastSegment())?.end ?? archiveStart;
  }

  /** As of a log: contiguous, and empty only past the end. Rejects with `ArchiveDamaged`. */
  async read(from: number, limits: ReadLimits): Promise<readonly LogEntry[]> {
    const segment = await this.#segmentWith(from);
    if (segment === undefined) return [];
    const start = from - segment.before.sequence - 1;
    const entries = segment.entries.slice(start, start + limits.entriesMax);
    return withinBytes(entries, limits.bytesMax ?? Infinity);
  }

  /**
   * Reads all of it, or what comes up to an entry, and resolves with what it comes to. Rejects with
   * `ArchiveDamaged` for the first place where something was altered, removed or inserted.
   */
  async verify(upTo = Infinity): Promise<ArchiveProof> {
    let end = archiveStart;
    let segments = 0;
    let bytes = 0;
    for (const first of await this.store.list(this.log)) {
      if (first > upTo) break;
      const next = end.sequence + 1;
      if (first > next) throw new ArchiveDamaged(this.log, next, "it is not there");
      if (first < next) throw new ArchiveDamaged(this.log, first, "it is there twice");
      const loaded = await this.#load(first);
      this.#assertFollows(loaded.segment, end);
      end = loaded.segment.end;
      segments += 1;
      bytes += loaded.bytes;
    }
    return { segments, bytes, end };
  }

  #assertFollows({ before }: Segment, end: ArchiveEnd): void {
    const isNext =
      isSameHash(before.digest, end.digest) && isSameHash(before.entriesHash, end.entriesHash);
    if (isNext) return;
    throw new ArchiveDamaged(this.log, end.sequence + 1, "it does not follow on what comes before");
  }

  async #segmentWith(sequence: number): Promise<Segment | undefined> {
    const recent = this.#recent;
    const isIn = ({ before, end }: Segment): boolean =>
      before.sequence < sequence && sequence <= end.sequence;
    if (recent !== undefined && isIn(recent)) return recent;
    const first = (await this.store.list(this.log)).findLast((start) => start <= sequence);
    if (first === undefined) return undefined;
    const { segment } = await this.#load(first);
    if (!isIn(segment)) return undefined;
    this.#recent = segment;
    return segment;
  }

  async #lastSegment(): Promise<Segment | undefined> {
    const first = (await this.store.list(this.log)).at(-1);
    return first === undefined ? undefined : (await this.#load(first)).segment;
  }

  async #load(first: number): Promise<{ readonly segment: Segment; readonly bytes: number }> {
    const name = { log: this.log, first };
    const bytes = await this.store.get(name);
    if (bytes === undefined) throw new ArchiveDamaged(this.log, first, "it is not there");
    return { segment: await decodeSegment(name, bytes), bytes: bytes.length };
  }
}
