/**
 * Snapshot verifier: restores a shard's snapshots, applies the log from each to the next, and
 * certifies those from which it came to the same state and chains.
 *
 * It has a log and a store, and nothing of the replicas: it can run in a thread or a process of its
 * own. It works in short pieces with long rests, so that whoever shares the processor is not held
 * up. When two snapshots do not fit together, it goes back to an older verified one, or to the
 * log's beginning, to find out which of the two is wrong.
 */
import { Shard } from "../actors/index.ts";
import { assert, InvariantViolation } from "../protocols/index.ts";
import type { NodeId, ShardId } from "../protocols/index.ts";
import { delay } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { ClusterFault } from "./faults.ts";
import { HashedShard } from "./hashed-shard.ts";
import { isSameHash } from "./hash-chain.ts";
import { hashOfEntry } from "./log-origin.ts";
import { SnapshotOfAnotherLog } from "./replica-faults.ts";
import { decodeSnapshot, stateHashOf } from "./replica-snapshot.ts";
import type { ReplicatedLog } from "./replicated-log.ts";
import {
  encodeCertificate,
  isSameProofs,
  knownSnapshots,
  SnapshotRefuted,
  SnapshotsDisagree,
  verifiedOf,
} from "./snapshot-certificate.ts";
import type { KnownSnapshot, SnapshotVerdict, StateProofs } from "./snapshot-certificate.ts";
import { snapshotKey } from "./snapshot-store.ts";
import type { SnapshotName, SnapshotStore } from "./snapshot-store.ts";

export interface SnapshotVerifierOptions {
  /** In whose name it certifies. */
  readonly node: NodeId;
  readonly shard: ShardId;
  readonly shards: number;
  readonly log: ReplicatedLog;
  readonly store: SnapshotStore;
  readonly clock: Clock;
  /** Told of what is wrong. */
  readonly onFault: (fault: ClusterFault) => void;
}

/** Entries applied without a rest. */
const pieceEntriesMax = 64;
const readLimits = { entriesMax: 512, bytesMax: 1024 * 1024 };
/** It rests so many times as long as it has worked. */
const restFactor = 4;

export class SnapshotVerifier {
  readonly #options: SnapshotVerifierOptions;

  constructor(options: SnapshotVerifierOptions) {
    this.#options = options;
  }

  /**
   * Looks at every snapshot that nobody has looked at and that has a later one to be held against.
   * Returns those that were certified, oldest first. What cannot be reached is reported, and left
   * for the next time.
   */
  async verify(): Promise<readonly KnownSnapshot[]> {
    const { store, shard, onFault } = this.#options;
    try {
      const before = await knownSnapshots(store, shard);
      const usable = [...before].reverse().filter((known) => !isRefuted(known));
      for (const [index, older] of usable.entries()) {
        const newer = usable[index + 1];
        if (newer === undefined || isJudged(older)) continue;
        await this.#hold(older, newer);
      }
      const isNew = ({ sequence }: SnapshotName): boolean =>
        before.some((known) => known.sequence === sequence && !isJudged(known));
      const after = await knownSnapshots(store, shard);
      return after.filter((known) => isJudged(known) && isNew(known)).reverse();
    } catch (error) {
      if (!(error instanceof ClusterFault)) throw error;
      onFault(error);
      return [];
    }
  }

  /** Holds what the older one leads to against the newer one. */
  async #hold(older: SnapshotName, newer: SnapshotName): Promise<void> {
    const { log } = this.#options;
    if ((await log.first()) > older.sequence + 1) return;
    const [from, to] = [await this.#load(older), await this.#load(newer)];
    if (from === undefined || to === undefined) return;
    const hasArrived = await this.#canReplay(from.hashed, newer.sequence);
    if (hasArrived && isSameProofs(proofsOf(from.hashed), to.proofs)) {
      await this.#certify(older, "verified", { ...from, comparedAt: newer.sequence });
      return;
    }
    await this.#judge({ name: older, ...from }, { name: newer, ...to });
  }

  /** One of the two is wrong: what neither of them had a part in says which. */
  async #judge(older: Loaded, newer: Loaded): Promise<void> {
    const { onFault } = this.#options;
    const reference = await this.#reference(older.name);
    if (reference === undefined) {
      onFault(new SnapshotsDisagree(snapshotKey(older.name), snapshotKey(newer.name)));
      return;
    }
    await this.#replay(reference, older.name.sequence);
    const isOlderSame = isSameProofs(proofsOf(reference), older.proofs);
    await this.#replay(reference, newer.name.sequence);
    const isNewerSame = isSameProofs(proofsOf(reference), newer.proofs);
    if (!isOlderSame) await this.#refute(older, newer, "the log leads to another state");
    if (!isNewerSame) await this.#refute(newer, newer, "the log leads to another state");
    if (isOlderSame && isNewerSame) {
      await this.#refute(older, newer, "what is restored from it goes on in another way");
    }
  }

  async #refute(wrong: Loaded, { name }: Loaded, detail: string): Promise<void> {
    const { sequence } = wrong.name;
    await this.#certify(wrong.name, "refuted", { ...wrong, comparedAt: name.sequence });
    this.#options.onFault(new SnapshotRefuted(snapshotKey(wrong.name), sequence, detail));
  }

  /** A shard as it was some time before that snapshot, by what is known to be right. */
  async #reference(before: SnapshotName): Promise<HashedShard | undefined> {
    const { store, shard, shards, log } = this.#options;
    for (const known of verifiedOf(await knownSnapshots(store, shard))) {
      if (known.sequence >= before.sequence) continue;
      const loaded = await this.#load(known);
      if (loaded !== undefined) return loaded.hashed;
    }
    return (await log.first()) === 1 ? new HashedShard(new Shard(shard, shards)) : undefined;
  }

  /** Undefined for one that is damaged or of another log; that is reported. */
  async #load(
    name: SnapshotName,
  ): Promise<{ readonly hashed: HashedShard; readonly proofs: StateProofs } | undefined> {
    const { store, shard, shards, onFault, log } = this.#options;
    try {
      const snapshot = decodeSnapshot(snapshotKey(name), await store.load(name));
      const { shard: restored } = snapshot;
      assert(restored.shard === shard);
      assert(restored.shards <= shards);
      const [last] = await log.read(name.sequence, { entriesMax: 1 });
      const isSameLog = last !== undefined && isSameHash(hashOfEntry(last), snapshot.lastEntryHash);
      if (!isSameLog) throw new SnapshotOfAnotherLog(log.name, name.sequence);
      return { hashed: new HashedShard(restored, snapshot), proofs: snapshot };
    } catch (error) {
      if (!(error instanceof ClusterFault) || error.disposition !== "fatal") throw error;
      onFault(error);
      return undefined;
    }
  }

  /** A state that never was one may trip over an entry. */
  async #canReplay(hashed: HashedShard, upTo: number): Promise<boolean> {
    try {
      await this.#replay(hashed, upTo);
      return true;
    } catch (error) {
      if (error instanceof InvariantViolation) return false;
      throw error;
    }
  }

  async #replay(hashed: HashedShard, upTo: number): Promise<void> {
    const { log, clock } = this.#options;
    const { shard } = hashed;
    while (shard.sequence < upTo) {
      const entries = await log.read(shard.sequence + 1, readLimits);
      assert(entries.length > 0, "a snapshot includes entries that the log does not have");
      const wanted = entries.filter(({ sequence }) => sequence <= upTo);
      for (let at = 0; at < wanted.length; at += pieceEntriesMax) {
        const begunAtMs = clock.nowMs();
        for (const entry of wanted.slice(at, at + pieceEntriesMax)) hashed.apply(entry);
        await delay(clock, (clock.nowMs() - begunAtMs) * restFactor);
      }
    }
    assert(shard.sequence === upTo);
  }

  async #certify(
    { shard, sequence }: SnapshotName,
    verdict: SnapshotVerdict,
    { proofs, comparedAt }: { readonly proofs: StateProofs; readonly comparedAt: number },
  ): Promise<void> {
    const { stateHash, entriesHash, outputsHash } = proofs;
    const about = { shard, sequence, verdict, comparedAt, by: this.#options.node };
    const note = encodeCertificate({ ...about, stateHash, entriesHash, outputsHash });
    await this.#options.store.note({ shard, sequence }, note);
  }
}

/** A snapshot that was read, and what it says of itself. */
interface Loaded {
  readonly name: SnapshotName;
  readonly proofs: StateProofs;
}

function isJudged({ certificate }: KnownSnapshot): boolean {
  return certificate !== undefined && certificate.verdict !== "suspect";
}

function isRefuted({ certificate }: KnownSnapshot): boolean {
  return certificate?.verdict === "refuted";
}

function proofsOf({ shard, entries, outputs }: HashedShard): StateProofs {
  return { stateHash: stateHashOf(shard), entriesHash: entries.hash, outputsHash: outputs.hash };
}
