/**
 * A snapshot's certificate: what became of it when somebody restored it and applied the log from
 * there to a later snapshot. `verified`: the state and both chains came out as they did elsewhere.
 * `refuted`: they did not, and it was this one's fault. `suspect`: nobody has looked, but a replica
 * that began with it or took it has diverged.
 *
 * It lies beside the snapshot and speaks of a state and two chains, not of bytes: whoever finds
 * another state under the same name knows that it is not the one that was looked at.
 */
import { isProducerId, MalformedRecords, pack, unpack } from "../protocols/index.ts";
import type { NodeId, ShardId } from "../protocols/index.ts";
import { ClusterFault } from "./faults.ts";
import { hashOf, isSameHash } from "./hash-chain.ts";
import { newestFirst } from "./snapshot-store.ts";
import type { SnapshotName, SnapshotStore } from "./snapshot-store.ts";

/** What a replica comes to at a sequence, as hashes. */
export interface StateProofs {
  readonly stateHash: Uint8Array;
  readonly entriesHash: Uint8Array;
  readonly outputsHash: Uint8Array;
}

export type SnapshotVerdict = (typeof verdicts)[number];
const verdicts = ["verified", "suspect", "refuted"] as const;

export interface SnapshotCertificate extends SnapshotName, StateProofs {
  readonly verdict: SnapshotVerdict;
  /** The later snapshot it was held against, or where the replica diverged. */
  readonly comparedAt: number;
  /** Who looked. */
  readonly by: NodeId;
}

const certificateVersion = 1;

export function encodeCertificate(certificate: SnapshotCertificate): Uint8Array {
  const { shard, sequence, verdict, comparedAt, by } = certificate;
  const { stateHash, entriesHash, outputsHash } = certificate;
  const about = [certificateVersion, shard, sequence, verdict, comparedAt, by];
  const body = pack([...about, stateHash, entriesHash, outputsHash]);
  return pack([body, hashOf(body)]);
}

/** Undefined for anything but a certificate of that snapshot: then nobody has looked at it. */
export function decodeCertificate(
  name: SnapshotName,
  bytes: Uint8Array,
): SnapshotCertificate | undefined {
  const [body, seal] = listIn(bytes);
  if (!(body instanceof Uint8Array) || !(seal instanceof Uint8Array)) return undefined;
  if (!isSameHash(hashOf(body), seal)) return undefined;
  const [version, shard, sequence, verdict, comparedAt, by, ...hashes] = listIn(body);
  if (version !== certificateVersion) return undefined;
  if (shard !== name.shard || sequence !== name.sequence) return undefined;
  const known = verdicts.find((word) => word === verdict);
  if (known === undefined || typeof by !== "string" || !isProducerId(by)) return undefined;
  const [stateHash, entriesHash, outputsHash] = hashes as [Uint8Array, Uint8Array, Uint8Array];
  return {
    ...{ shard: name.shard, sequence: name.sequence, by },
    ...{ verdict: known, comparedAt: Number(comparedAt) },
    ...{ stateHash, entriesHash, outputsHash },
  };
}

/** Whether two replicas, or a replica and its restored copy, have come to the same. */
export function isSameProofs(a: StateProofs, b: StateProofs): boolean {
  return (
    isSameHash(a.stateHash, b.stateHash) &&
    isSameHash(a.entriesHash, b.entriesHash) &&
    isSameHash(a.outputsHash, b.outputsHash)
  );
}

/** A snapshot there is, with what is known of it. */
export interface KnownSnapshot extends SnapshotName {
  readonly certificate: SnapshotCertificate | undefined;
}

/** Newest first. Rejects with `SnapshotStoreUnavailable` when it is not known what there is. */
export async function knownSnapshots(
  store: SnapshotStore,
  shard: ShardId,
): Promise<readonly KnownSnapshot[]> {
  const names = [...(await store.list(shard))].sort(newestFirst);
  return await Promise.all(
    names.map(async (name) => ({ ...name, certificate: await certificateOf(store, name) })),
  );
}

/** Newest first. */
export function verifiedOf(snapshots: readonly KnownSnapshot[]): readonly KnownSnapshot[] {
  return snapshots.filter(({ certificate }) => certificate?.verdict === "verified");
}

/** So many verified snapshots are kept, and needed before anything of the log may be given up. */
export const verifiedMin = 2;

/**
 * Whether enough verified snapshots lie beyond that entry that the log up to it is not needed to
 * come to today's state, even if one of them turns out lost or damaged.
 */
export async function isCoveredBySnapshots(
  store: SnapshotStore,
  { shard, sequence }: SnapshotName,
): Promise<boolean> {
  const verified = verifiedOf(await knownSnapshots(store, shard));
  return verified.filter((name) => name.sequence >= sequence).length >= verifiedMin;
}

async function certificateOf(
  store: SnapshotStore,
  name: SnapshotName,
): Promise<SnapshotCertificate | undefined> {
  const note = await store.noteOf(name);
  return note && decodeCertificate(name, note);
}

/** Nothing, for bytes that hold no list. */
function listIn(bytes: Uint8Array): readonly unknown[] {
  try {
    const list = unpack(bytes);
    return Array.isArray(list) ? list : [];
  } catch (error) {
    if (error instanceof MalformedRecords) return [];
    throw error;
  }
}

/** Restoring it and applying the log from there comes to something else than the log says. */
export class SnapshotRefuted extends ClusterFault {
  readonly code = "snapshot-refuted";
  readonly disposition = "fatal";
  readonly sequence: number;

  constructor(snapshot: string, sequence: number, detail: string) {
    super(`snapshot ${snapshot} is wrong: ${detail}`);
    this.sequence = sequence;
  }
}

/** Two snapshots cannot both be right, and nothing older is left to tell which one is. */
export class SnapshotsDisagree extends ClusterFault {
  readonly code = "snapshots-disagree";
  readonly disposition = "fatal";

  constructor(older: string, newer: string) {
    super(
      `the log does not lead from snapshot ${older} to snapshot ${newer}: one of them is wrong`,
    );
  }
}
