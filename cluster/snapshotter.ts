/**
 * Snapshotter: takes a replica's snapshots, keeps the latest few, and finds the newest good one.
 *
 * Snapshots are a convenience: what cannot be saved or read is reported and otherwise passed over.
 */
import type { Shard } from "../actors/index.ts";
import type { ShardId } from "../protocols/index.ts";
import type { Clock } from "./clock.ts";
import { ClusterFault, SnapshotDamaged } from "./faults.ts";
import { decodeSnapshot, encodeSnapshot } from "./replica-snapshot.ts";
import type { ReplicaSnapshot, SnapshotContext } from "./replica-snapshot.ts";
import { snapshotKey } from "./snapshot-store.ts";
import type { SnapshotName, SnapshotStore } from "./snapshot-store.ts";

export interface SnapshotterOptions {
  readonly shard: ShardId;
  readonly shards: number;
  readonly store: SnapshotStore;
  readonly clock: Clock;
  /** Snapshots are taken at sequences that are multiples of this, the same on every node. */
  readonly everyEntries: number;
  readonly onSaved: (sequence: number) => void;
  readonly onFault: (fault: ClusterFault) => void;
}

/** One may turn out damaged, and one may be needed to look into what went wrong. */
const keptMax = 3;
/** While a long log is replayed, time is better spent on that. */
const replayPauseMs = 60_000;
/** An emitter takes none, but if it never stopped emitting it would once replay for ever. */
const emitterPatience = 10;

export class Snapshotter {
  readonly #options: SnapshotterOptions;
  #isSaving = false;
  #lastTaken = 0;
  #lastTakenAtMs: number;
  #lastSaved = 0;

  constructor(options: SnapshotterOptions) {
    this.#options = options;
    this.#lastTakenAtMs = options.clock.nowMs();
  }

  /** The sequence of the latest snapshot that was saved or restored; 0 for none. */
  get lastSaved(): number {
    return this.#lastSaved;
  }

  /** Whether a replica in that phase that has just applied this entry takes a snapshot now. */
  isDue(sequence: number, phase: string): boolean {
    const { everyEntries, clock } = this.#options;
    if (sequence % everyEntries !== 0 || this.#isSaving) return false;
    switch (phase) {
      case "following":
        return true;
      case "replaying":
        return clock.nowMs() - this.#lastTakenAtMs >= replayPauseMs;
      case "emitting":
        return sequence - this.#lastTaken >= emitterPatience * everyEntries;
      default:
        return false;
    }
  }

  /** Encodes the state as it is now, saves it in the background, and returns its hash. */
  take(shard: Shard, context: SnapshotContext): Uint8Array {
    const { sequence } = shard;
    const { bytes, stateHash } = encodeSnapshot(shard, context);
    this.#lastTaken = sequence;
    this.#lastTakenAtMs = this.#options.clock.nowMs();
    this.#isSaving = true;
    void this.#save(sequence, bytes);
    return stateHash;
  }

  async #save(sequence: number, bytes: Uint8Array): Promise<void> {
    const { store, shard, onSaved } = this.#options;
    try {
      await store.save({ shard, sequence, bytes });
      this.#lastSaved = sequence;
      onSaved(sequence);
      const names = await store.list(shard);
      await Promise.all(names.slice(keptMax).map((name) => store.remove(name)));
    } catch (error) {
      this.#report(error);
    } finally {
      this.#isSaving = false;
    }
  }

  /** The newest snapshot that can be read back; damaged ones are reported and passed over. */
  async newest(): Promise<ReplicaSnapshot | undefined> {
    for (const name of await this.#names()) {
      try {
        const snapshot = await this.#load(name);
        this.#lastTaken = this.#lastSaved = name.sequence;
        return snapshot;
      } catch (error) {
        this.#report(error);
      }
    }
    return undefined;
  }

  async #names(): Promise<readonly SnapshotName[]> {
    try {
      return await this.#options.store.list(this.#options.shard);
    } catch (error) {
      this.#report(error);
      return [];
    }
  }

  async #load(name: SnapshotName): Promise<ReplicaSnapshot> {
    const { store, shards } = this.#options;
    const key = snapshotKey(name);
    const snapshot = decodeSnapshot(key, await store.load(name));
    const { shard } = snapshot;
    const isNamed = shard.shard === name.shard && shard.sequence === name.sequence;
    if (!isNamed || shard.shards !== shards) {
      throw new SnapshotDamaged(key, "it is of another shard or sequence than its name says");
    }
    return snapshot;
  }

  /** A fault of the store is for the operator to know; anything else is a defect of ours. */
  #report(error: unknown): void {
    if (!(error instanceof ClusterFault)) throw error;
    this.#options.onFault(error);
  }
}
