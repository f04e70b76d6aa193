/**
 * Two snapshot stores as one: a near one on this machine, and a shared one behind it.
 *
 * A node with its own disk starts from the near one; a new or wiped node finds in the shared one
 * what the others have saved. The shared one may be out of reach: then the near one is all there
 * is, and a node without either replays the log.
 */
import { SnapshotDamaged, SnapshotMissing, SnapshotStoreUnavailable } from "./faults.ts";
import { newestFirst, snapshotKey } from "./snapshot-store.ts";
import type { Snapshot, SnapshotName, SnapshotStore } from "./snapshot-store.ts";

export class LayeredSnapshotStore implements SnapshotStore {
  readonly #near: SnapshotStore;
  readonly #shared: SnapshotStore;

  constructor(near: SnapshotStore, shared: SnapshotStore) {
    this.#near = near;
    this.#shared = shared;
  }

  /** Durable in both when it resolves; kept near at least when the shared one cannot be reached. */
  async save(snapshot: Snapshot): Promise<void> {
    await this.#near.save(snapshot);
    await orElse(undefined, this.#shared.save(snapshot));
  }

  /** What either has. */
  async list(shard: number): Promise<readonly SnapshotName[]> {
    const near = await this.#near.list(shard);
    const shared = await orElse([], this.#shared.list(shard));
    const known = new Set(near.map(({ sequence }) => sequence));
    const more = shared.filter(({ sequence }) => !known.has(sequence));
    return [...near, ...more].sort(newestFirst);
  }

  /** From near if it is whole there. */
  async load(name: SnapshotName): Promise<Uint8Array> {
    try {
      return await this.#near.load(name);
    } catch (error) {
      const mayBeShared = error instanceof SnapshotMissing || error instanceof SnapshotDamaged;
      if (!mayBeShared) throw error;
      const shared = await this.#shared.load(name).catch((cause: unknown) => {
        if (cause instanceof SnapshotMissing) throw error;
        throw cause;
      });
      return shared;
    }
  }

  async remove(name: SnapshotName): Promise<void> {
    await this.#near.remove(name);
    await orElse(undefined, this.#shared.remove(name));
  }

  /** Noted wherever the snapshot is; known to all nodes when the shared store can be reached. */
  async note(name: SnapshotName, note: Uint8Array): Promise<void> {
    const isNear = await noted(this.#near, name, note);
    const isShared = await orElse(false, noted(this.#shared, name, note));
    if (!isNear && !isShared) throw new SnapshotMissing(snapshotKey(name));
  }

  /**
   * What all nodes know of it goes before what only this one does, and is kept near: who starts
   * while the shared store is out of reach knows it, too.
   */
  async noteOf(name: SnapshotName): Promise<Uint8Array | undefined> {
    const shared = await orElse(undefined, this.#shared.noteOf(name));
    const near = await this.#near.noteOf(name);
    if (shared === undefined) return near;
    if (near === undefined || !isSame(shared, near)) await noted(this.#near, name, shared);
    return shared;
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

/** Whether the snapshot is there to be noted of. */
async function noted(store: SnapshotStore, name: SnapshotName, note: Uint8Array): Promise<boolean> {
  try {
    await store.note(name, note);
    return true;
  } catch (error) {
    if (error instanceof SnapshotMissing) return false;
    throw error;
  }
}

/** A shared store that cannot be reached is no reason to go without the near one. */
async function orElse<Value>(value: Value, done: Promise<Value>): Promise<Value> {
  try {
    return await done;
  } catch (error) {
    if (error instanceof SnapshotStoreUnavailable) return value;
    throw error;
  }
}
