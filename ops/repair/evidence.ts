/**
 * What engine nodes' disks prove of the logs: how far each node had applied them, and what it had
 * come to there. One server of three cannot know by itself whether it has all.
 */
import { ClusterFault, SnapshotMissing } from "../../cluster/faults.ts";
import { hexOf } from "../../cluster/hash-chain.ts";
import { DirectorySnapshotStore } from "../../cluster/directory-snapshot-store.ts";
import { decodeSnapshot } from "../../cluster/replica-snapshot.ts";
import { snapshotKey } from "../../cluster/snapshot-store.ts";
import type { SnapshotName, SnapshotStore } from "../../cluster/snapshot-store.ts";
import { nodeNames } from "../config/cluster-settings.ts";
import type { ClusterSettings, DataDirectory } from "../config/data-directory.ts";
import { readAppliedFile } from "../processes/applied-file.ts";

/** Somebody had applied a shard's log up to there, with that chain over all entries. */
export interface Evidence {
  readonly shard: number;
  readonly sequence: number;
  readonly entriesHash: string;
  /** In words: "e1's snapshot". */
  readonly by: string;
}

interface SavedSnapshot extends Evidence {
  readonly store: SnapshotStore;
}

export interface NodesEvidence {
  readonly all: readonly Evidence[];
  readonly snapshots: readonly SavedSnapshot[];
}

/** Reads what is there; a node's disk that is missing, or a snapshot that is damaged, says nothing. */
export async function gatherEvidence(
  directory: DataDirectory,
  settings: Pick<ClusterSettings, "nodes" | "nodeNames" | "shards">,
): Promise<NodesEvidence> {
  const snapshots: SavedSnapshot[] = [];
  const applied: Evidence[] = [];
  for (const node of nodeNames(settings)) {
    for (const of of readAppliedFile(directory.applied(node))) {
      applied.push({ ...of, by: `${node}, which had applied it` });
    }
    const store = new DirectorySnapshotStore(directory.snapshots(node));
    for (let shard = 0; shard < settings.shards; shard += 1) {
      for (const name of await store.list(shard)) {
        const entriesHash = await hashIn(store, name);
        if (entriesHash === undefined) continue;
        snapshots.push({ ...name, entriesHash, by: `${node}'s snapshot`, store });
      }
    }
  }
  return { all: [...applied, ...snapshots], snapshots };
}

async function hashIn(store: SnapshotStore, name: SnapshotName): Promise<string | undefined> {
  try {
    const { entriesHash } = decodeSnapshot(snapshotKey(name), await store.load(name));
    return hexOf(entriesHash);
  } catch (error) {
    if (error instanceof ClusterFault) return undefined;
    throw error;
  }
}

/** Those snapshots as one store: what a restored cluster may start from. */
export function snapshotsOf(saved: readonly SavedSnapshot[]): Pick<SnapshotStore, "list" | "load"> {
  return {
    list: (shard) => {
      const names = saved.filter((of) => of.shard === shard);
      const sorted = names.toSorted((a, b) => b.sequence - a.sequence);
      return Promise.resolve(sorted.map(({ sequence }) => ({ shard, sequence })));
    },
    load: async (name) => {
      const found = saved.find((of) => of.shard === name.shard && of.sequence === name.sequence);
      if (found === undefined) throw new SnapshotMissing(snapshotKey(name));
      return await found.store.load(name);
    },
  };
}
