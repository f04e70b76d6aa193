/**
 * A disk with snapshots on it, which survives the processes that write to it, and which can be
 * full, slow, lose what was being written, and rot.
 */
import {
  SnapshotDamaged,
  SnapshotMissing,
  SnapshotStoreUnavailable,
} from "../../../cluster/faults.ts";
import { newestFirst, snapshotKey } from "../../../cluster/snapshot-store.ts";
import type { Snapshot, SnapshotName, SnapshotStore } from "../../../cluster/snapshot-store.ts";
import type { Chance } from "./chance.ts";
import type { SimProcess } from "./sim-process.ts";

interface Stored {
  readonly name: SnapshotName;
  bytes: Uint8Array;
  /** Whether the disk itself can tell that it is not what was written. */
  isKnownDamaged: boolean;
  note?: Uint8Array;
}

export class SnapshotDisk {
  isFull = false;
  slowMs = 2;
  readonly #chance: Chance;
  readonly #stored = new Map<string, Stored>();

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  get count(): number {
    return this.#stored.size;
  }

  /** The disk as a process of the machine has it. */
  openBy(process: SimProcess): SnapshotStore {
    const later = (): Promise<void> =>
      new Promise((resolve) => void process.after(this.#chance.between(0, this.slowMs), resolve));
    const writing = new Set<string>();
    // What was being written when its process died is there in part, or not at all.
    process.onDeath(() => writing.forEach((key) => this.#tear(key)));
    return {
      save: async ({ shard, sequence, bytes }: Snapshot) => {
        const name = { shard, sequence };
        const key = snapshotKey(name);
        const copy = new Uint8Array(bytes);
        await later();
        if (this.isFull) throw new SnapshotStoreUnavailable("the disk is full");
        writing.add(key);
        this.#stored.set(key, { name, bytes: copy, isKnownDamaged: false });
        await later();
        writing.delete(key);
      },
      list: async (shard) => {
        await later();
        const names = [...this.#stored.values()].map(({ name }) => name);
        return names.filter((name) => name.shard === shard).sort(newestFirst);
      },
      load: async (name) => {
        await later();
        const key = snapshotKey(name);
        const stored = this.#stored.get(key);
        if (stored === undefined) throw new SnapshotMissing(key);
        if (stored.isKnownDamaged) throw new SnapshotDamaged(key, "its digest differs");
        return stored.bytes.slice();
      },
      remove: async (name) => {
        await later();
        this.#stored.delete(snapshotKey(name));
      },
      note: async (name, note) => {
        const copy = note.slice();
        await later();
        if (this.isFull) throw new SnapshotStoreUnavailable("the disk is full");
        const key = snapshotKey(name);
        const stored = this.#stored.get(key);
        if (stored === undefined) throw new SnapshotMissing(key);
        stored.note = copy;
      },
      noteOf: async (name) => {
        await later();
        return this.#stored.get(snapshotKey(name))?.note?.slice();
      },
    };
  }

  wipe(): void {
    this.#stored.clear();
  }

  /** It will notice that this one is not what was written. */
  damage(name: SnapshotName): void {
    const stored = this.#stored.get(snapshotKey(name));
    if (stored !== undefined) stored.isKnownDamaged = true;
  }

  /** Changes a byte somewhere. Gives whether there was one to change. */
  rot(): boolean {
    if (this.#stored.size === 0) return false;
    const stored = this.#chance.pick([...this.#stored.values()]);
    const at = this.#chance.below(stored.bytes.length);
    const bytes = stored.bytes.slice();
    bytes[at] = bytes[at]! ^ (1 << this.#chance.below(8));
    stored.bytes = bytes;
    stored.isKnownDamaged = this.#chance.happens(0.5);
    return true;
  }

  #tear(key: string): void {
    const stored = this.#stored.get(key);
    if (stored === undefined) return;
    if (this.#chance.happens(0.5)) this.#stored.delete(key);
    else stored.bytes = stored.bytes.slice(0, this.#chance.below(stored.bytes.length));
  }
}
