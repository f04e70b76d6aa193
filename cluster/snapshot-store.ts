/**
 * Where snapshots are kept, so that a node need not replay the log from its beginning.
 *
 * A snapshot is opaque bytes here, and a convenience: whatever it says, the log says too. So a
 * store may lose one, but never hands out other bytes than were saved. `memory-snapshot-store.ts`,
 * `directory-snapshot-store.ts` and `jetstream-snapshot-store.ts` implement it,
 * `snapshot-store.conformance.ts` holds them to this.
 */
import { assert } from "../protocols/assert.ts";

/** The state of a shard after that sequence. */
export interface SnapshotName {
  readonly shard: number;
  readonly sequence: number;
}

export interface Snapshot extends SnapshotName {
  readonly bytes: Uint8Array;
}

export interface SnapshotStore {
  /**
   * Durable when it resolves; before, no trace of it is listed. One of the same name is replaced,
   * at once and entirely. Rejects with `SnapshotStoreUnavailable`.
   */
  save(snapshot: Snapshot): Promise<void>;

  /** The names of what is saved for that shard, newest first. */
  list(shard: number): Promise<readonly SnapshotName[]>;

  /**
   * The bytes that were saved. Rejects with `SnapshotDamaged` when what is stored is something
   * else, with `SnapshotMissing` when nothing is, and with `SnapshotStoreUnavailable`.
   */
  load(name: SnapshotName): Promise<Uint8Array>;

  /** Does nothing when there is none. What was noted of it goes with it. */
  remove(name: SnapshotName): Promise<void>;

  /**
   * Keeps a note beside a snapshot that is there, in place of an earlier one; durable when it
   * resolves. Rejects with `SnapshotMissing` and `SnapshotStoreUnavailable`.
   */
  note(name: SnapshotName, note: Uint8Array): Promise<void>;

  /**
   * What was noted of a snapshot; undefined when nothing was. Whether it is what was noted, the
   * note has to say itself. Rejects with `SnapshotStoreUnavailable`.
   */
  noteOf(name: SnapshotName): Promise<Uint8Array | undefined>;
}

/** The text form of a name: sorts as its sequence does. */
export function snapshotKey({ shard, sequence }: SnapshotName): string {
  assert(Number.isSafeInteger(shard) && shard >= 0);
  assert(Number.isSafeInteger(sequence) && sequence >= 0);
  return `${shard}-${String(sequence).padStart(sequenceDigits, "0")}`;
}

/** The name in a text form, or undefined when it is none. */
export function parseSnapshotKey(key: string): SnapshotName | undefined {
  const parts = /^([0-9]{1,9})-([0-9]{16})$/.exec(key);
  if (parts === null) return undefined;
  return { shard: Number(parts[1]), sequence: Number(parts[2]) };
}

export function newestFirst(a: SnapshotName, b: SnapshotName): number {
  return b.sequence - a.sequence;
}

const sequenceDigits = 16;
