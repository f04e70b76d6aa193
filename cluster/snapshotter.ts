/**
 * Snapshotter: takes a replica's snapshots, keeps the latest few, and finds the one to start from:
 * the newest that somebody has verified, or else the newest that can be read.
 *
 * Snapshots are a convenience: what cannot be saved or read is reported and otherwise passed over.
 */
import type { Shard } from "../actors/index.ts";
import type { ShardId } from "../protocols/index.ts";
import type { Clock } from "./clock.ts";
import { ClusterFault, SnapshotDamaged } from "./faults.ts";
import type { Difference } from "./feed-comparison.ts";
import {
  encodeCertificate,
  isSameProofs,
  knownSnapshots,
  SnapshotRefuted,
  verifiedMin,
  verifiedOf,
} from "./snapshot-certificate.ts";
import type { KnownSnapshot } from "./snapshot-certificate.ts";
import { decodeSnapshot, encodeSnapshot, proofsIn } from "./replica-snapshot.ts";
import type { ReplicaSnapshot, SnapshotContext } from "./replica-snapshot.ts";
import { LogicNotCarried } from "./replica-faults.ts";
import { snapshotKey } from "./snapshot-store.ts";
import type { SnapshotStore } from "./snapshot-store.ts";

export interface SnapshotterOptions {
  readonly shard: ShardId;
  readonly shards: number;
  readonly store: SnapshotStore;
  readonly clock: Clock;
  /**
   * Snapshots are taken at sequences that are multiples of this, the same on every node that has
   * the time.
   */
  readonly everyEntries: number;
  readonly onSaved: (sequence: number) => void;
  readonly onFault: (fault: ClusterFault) => void;
}

/**
 * The latest ones, verified or not: each is verified with the help of the next. Beside them the
 * latest verified ones are kept.
 */
const keptMax = 3;
/** While a long log is replayed, time is better spent on that. */
const replayPauseMs = 60_000;
/** Taking and saving them is a twentieth of a follower's time at most. */
const restFactor = 19;
/** An emitter takes none, but if it never stopped emitting it would once replay for ever. */
const emitterPatience = 10;

export class Snapshotter {
  readonly #options: SnapshotterOptions;
  #isSaving = false;
  #lastTaken = 0;
  #lastTakenAtMs: number;
  /** What the last one took, from its beginning until it was saved or given up. */
  #tookMs = 0;
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
        return this.#restedMs(clock.nowMs()) >= restFactor * this.#tookMs;
      case "replaying":
        return clock.nowMs() - this.#lastTakenAtMs >= replayPauseMs;
      case "emitting":
        return sequence - this.#lastTaken >= emitterPatience * everyEntries;
      default:
        return false;
    }
  }

  /** Since the last one was saved or given up. */
  #restedMs(nowMs: number): number {
    return nowMs - this.#lastTakenAtMs - this.#tookMs;
  }

  /** Encodes the state as it is now, saves it in the background, and returns its hash. */
  take(shard: Shard, context: SnapshotContext): Uint8Array {
    const { sequence } = shard;
    this.#lastTakenAtMs = this.#options.clock.nowMs();
    const { bytes, stateHash } = encodeSnapshot(shard, context);
    this.#lastTaken = sequence;
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
      const removed = superfluous(await knownSnapshots(store, shard));
      await Promise.all(removed.map((name) => store.remove(name)));
    } catch (error) {
      this.#report(error);
    } finally {
      this.#tookMs = this.#options.clock.nowMs() - this.#lastTakenAtMs;
      this.#isSaving = false;
    }
  }

  /**
   * The snapshot to start from. Damaged ones and those found wrong are reported and passed
   * over; where only verified ones are trusted, so are those that nobody has verified. Rejects with
   * `LogicNotCarried` where a newer release than this one is needed.
   *
   * @param upTo the last sequence that it may include.
   */
  async best(
    trust: "any" | "verified" = "any",
    upTo = Infinity,
  ): Promise<ReplicaSnapshot | undefined> {
    for (const known of inOrderOfTrust(await this.#known())) {
      if (known.sequence > upTo) continue;
      if (trust === "verified" && known.certificate?.verdict !== "verified") continue;
      try {
        const snapshot = await this.#load(known);
        this.#lastTaken = this.#lastSaved = known.sequence;
        return snapshot;
      } catch (error) {
        // An older one would only lead to the same place of the log, later.
        if (error instanceof LogicNotCarried) throw error;
        this.#report(error);
      }
    }
    return undefined;
  }

  /**
   * A replica that began with the snapshot at `from`, or with the log if that is 0, has diverged:
   * nobody begins with that one or a later one any more until somebody has verified it.
   */
  async distrust(from: number, { by, sequence }: Difference): Promise<void> {
    const { store, shard } = this.#options;
    for (const known of await this.#known()) {
      if (known.sequence < from || known.certificate !== undefined) continue;
      try {
        const proofs = proofsIn(snapshotKey(known), await store.load(known));
        const about = { shard, sequence: known.sequence, by, comparedAt: sequence };
        await store.note(known, encodeCertificate({ ...about, verdict: "suspect", ...proofs }));
      } catch (error) {
        this.#report(error);
      }
    }
  }

  async #known(): Promise<readonly KnownSnapshot[]> {
    try {
      return await knownSnapshots(this.#options.store, this.#options.shard);
    } catch (error) {
      this.#report(error);
      return [];
    }
  }

  async #load(known: KnownSnapshot): Promise<ReplicaSnapshot> {
    const { store, shards } = this.#options;
    const { certificate } = known;
    const key = snapshotKey(known);
    const snapshot = decodeSnapshot(key, await store.load(known));
    const { shard } = snapshot;
    const isNamed = shard.shard === known.shard && shard.sequence === known.sequence;
    if (!isNamed || shard.shards > shards) {
      throw new SnapshotDamaged(key, "it is of another shard or sequence than its name says");
    }
    const isCertified = certificate !== undefined && isSameProofs(snapshot, certificate);
    if (isCertified && certificate.verdict !== "verified") {
      const { verdict, by } = certificate;
      const detail = verdict === "refuted" ? `${by} has found it so` : `${by} diverged with it`;
      throw new SnapshotRefuted(key, known.sequence, detail);
    }
    if (certificate?.verdict === "verified" && !isCertified) {
      throw new SnapshotDamaged(key, "it holds another state than the one that was verified");
    }
    return snapshot;
  }

  /** A fault of the store is for the operator to know; anything else is a defect of ours. */
  #report(error: unknown): void {
    if (!(error instanceof ClusterFault)) throw error;
    this.#options.onFault(error);
  }
}

/** Verified ones first, the newest before older ones; then what nobody has looked at. */
function inOrderOfTrust(snapshots: readonly KnownSnapshot[]): readonly KnownSnapshot[] {
  const verified = verifiedOf(snapshots);
  return [...verified, ...snapshots.filter((known) => !verified.includes(known))];
}

function superfluous(snapshots: readonly KnownSnapshot[]): readonly KnownSnapshot[] {
  const kept = [...snapshots.slice(0, keptMax), ...verifiedOf(snapshots).slice(0, verifiedMin)];
  return snapshots.filter((known) => !kept.includes(known));
}
