/**
 * The snapshot store's in-memory twin. Several nodes may share one.
 */
import { SnapshotDamaged, SnapshotMissing } from "./faults.ts";
import {
  newestFirst,
  snapshotKey,
  type Snapshot,
  type SnapshotName,
  type SnapshotStore,
} from "./snapshot-store.ts";

interface Stored {
  readonly name: SnapshotName;
  readonly bytes: Uint8Array;
  isDamaged: boolean;
  note: Uint8Array | undefined;
}

export class MemorySnapshotStore implements SnapshotStore {
  readonly #stored = new Map<string, Stored>();

  async save({ shard, sequence, bytes }: Snapshot): Promise<void> {
    const name = { shard, sequence };
    this.#stored.set(snapshotKey(name), {
      name,
      bytes: bytes.slice(),
      isDamaged: false,
      note: undefined,
    });
  }

  async list(shard: number): Promise<readonly SnapshotName[]> {
    const names = [...this.#stored.values()].map((stored) => stored.name);
    return names.filter((name) => name.shard === shard).sort(newestFirst);
  }

  async load(name: SnapshotName): Promise<Uint8Array> {
    const key = snapshotKey(name);
    const stored = this.#stored.get(key);
    if (stored === undefined) throw new SnapshotMissing(key);
    if (stored.isDamaged) throw new SnapshotDamaged(key, "as the test wished");
    return stored.bytes.slice();
  }

  async remove(name: SnapshotName): Promise<void> {
    this.#stored.delete(snapshotKey(name));
  }

  async note(name: SnapshotName, note: Uint8Array): Promise<void> {
    const key = snapshotKey(name);
    const stored = this.#stored.get(key);
    if (stored === undefined) throw new SnapshotMissing(key);
    stored.note = note.slice();
  }

  async noteOf(name: SnapshotName): Promise<Uint8Array | undefined> {
    return this.#stored.get(snapshotKey(name))?.note?.slice();
  }

  /** What a failing disk would do to it. */
  damage(name: SnapshotName): void {
    const stored = this.#stored.get(snapshotKey(name));
    if (stored !== undefined) stored.isDamaged = true;
  }
}
