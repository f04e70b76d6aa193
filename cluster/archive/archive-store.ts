/**
 * Where an archive's segments are kept: named, written once, never changed.
 *
 * Segments are opaque bytes here. `directory-archive-store.ts` implements it, and for tests
 * `testing/memory-archive-store.ts`; `archive-store.conformance.ts` holds both to this.
 */

/** Which part of which log: `LOG_0/0000000000000001`. Sorts as the sequence does. */
export interface SegmentName {
  readonly log: string;
  /** The sequence of its first entry. */
  readonly first: number;
}

export interface ArchiveStore {
  /** What an operator calls it. */
  readonly place: string;

  /**
   * Durable when it resolves with true; before, no trace of it is listed. Resolves with false when
   * there is one of that name, which stays as it is. Rejects with `ArchiveUnavailable`.
   */
  put(name: SegmentName, bytes: Uint8Array): Promise<boolean>;

  /** The first sequences of a log's segments, ascending. */
  list(log: string): Promise<readonly number[]>;

  /** Undefined when there is none of that name. Rejects with `ArchiveUnavailable`. */
  get(name: SegmentName): Promise<Uint8Array | undefined>;
}

const suffix = ".segment";
const sequenceDigits = 16;

/** The name of a segment within its log. */
export function segmentFile(first: number): string {
  return String(first).padStart(sequenceDigits, "0") + suffix;
}

/** The first sequence that a file's name says; undefined when it is not a segment's. */
export function firstOfFile(file: string): number | undefined {
  const digits = /^([0-9]{16})\.segment$/.exec(file)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
