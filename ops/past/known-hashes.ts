/**
 * What others say that a shard came to at some entry: certificates of snapshots, live replicas, and
 * the end of the archive. All hashes are in hex; not everybody knows all three.
 */
import type { ArchiveEnd } from "../../cluster/archive/archive-segment.ts";
import { hexOf } from "../../cluster/hash-chain.ts";
import { knownSnapshots, verifiedOf } from "../../cluster/snapshot-certificate.ts";
import type { SnapshotStore } from "../../cluster/snapshot-store.ts";
import type { NodeStatus, ShardId } from "../../protocols/index.ts";

export interface Hashes {
  /** Of all entries up to there, of all that was told on them, and of the whole state. */
  readonly entries: string;
  readonly outputs: string;
  readonly state: string;
}

export type HashedPart = keyof Hashes;
export const hashedParts = ["entries", "outputs", "state"] as const;

export interface KnownHashes extends Partial<Hashes> {
  /** Who says so, in words. */
  readonly by: string;
  readonly sequence: number;
}

/** Those of snapshots that somebody has verified. */
export async function hashesOfSnapshots(
  store: SnapshotStore,
  shard: ShardId,
): Promise<readonly KnownHashes[]> {
  const verified = verifiedOf(await knownSnapshots(store, shard));
  return verified.flatMap(({ sequence, certificate }): KnownHashes[] => {
    if (certificate === undefined) return [];
    return [
      {
        by: `the snapshot verified by ${certificate.by}`,
        sequence,
        entries: hexOf(certificate.entriesHash),
        outputs: hexOf(certificate.outputsHash),
        state: hexOf(certificate.stateHash),
      },
    ];
  });
}

/** Where each replica is just now, and where it last hashed its whole state. */
export function hashesOfNodes(
  nodes: readonly NodeStatus[],
  shard: ShardId,
): readonly KnownHashes[] {
  return nodes.flatMap(({ node, replicas }) => {
    const replica = replicas.find((of) => of.shard === shard);
    if (replica === undefined) return [];
    const { appliedSequence, checkpointSequence, checkpointHash } = replica;
    const now: KnownHashes = {
      ...{ by: node, sequence: appliedSequence },
      ...{ entries: replica.entriesHash, outputs: replica.outputsHash },
    };
    const hashed: KnownHashes = { by: node, sequence: checkpointSequence, state: checkpointHash };
    return checkpointSequence > 0 && checkpointHash !== "" ? [now, hashed] : [now];
  });
}

export function hashesOfArchive({ sequence, entriesHash }: ArchiveEnd): readonly KnownHashes[] {
  return sequence === 0 ? [] : [{ by: "the archive", sequence, entries: hexOf(entriesHash) }];
}
