/** The past of a running cluster: its logs, and the snapshots that nodes have shared. */
import { ClusterFault } from "../../cluster/faults.ts";
import { JetStreamSnapshotStore } from "../../cluster/jetstream-snapshot-store.ts";
import { hashesOfArchive, hashesOfNodes, hashesOfSnapshots } from "../past/known-hashes.ts";
import type { KnownHashes } from "../past/known-hashes.ts";
import type { PastPlace } from "../past/past-place.ts";
import { PastShard } from "../past/past-shard.ts";
import { PastVenue } from "../past/past-venue.ts";
import type { EngineAccess } from "./engine-access.ts";
import { entryProgressOn } from "./entry-progress.ts";
import type { RunningCluster } from "./running-cluster.ts";

const statusTimeoutMs = 1500;

/** Says on standard error how far it is, and which snapshots were of no use. */
export async function pastVenueOf(
  { file }: RunningCluster,
  { connection, client, wholeLogs, archives }: EngineAccess,
  place: PastPlace,
): Promise<PastVenue> {
  const { shards, replicas } = file;
  const [snapshots, nodes] = await Promise.all([
    JetStreamSnapshotStore.open(connection, { replicas }),
    client.nodes(statusTimeoutMs, file.nodes),
  ]);
  return new PastVenue({
    ...{ place, shards },
    rebuild: async (shard, placeInLog) => {
      const archived = async () => hashesOfArchive(await archives[shard]!.end());
      const known = await Promise.all([
        ifKnown(hashesOfSnapshots(snapshots, shard)),
        ifKnown(archived()),
      ]);
      const of = { shard, shards, log: wholeLogs[shard]!, snapshots, report };
      const onProgress = entryProgressOn(process.stderr);
      return await PastShard.at(
        { ...of, known: [...known.flat(), ...hashesOfNodes(nodes, shard)], onProgress },
        placeInLog,
      );
    },
  });
}

/** Without it there is less to compare with. */
async function ifKnown(asked: Promise<readonly KnownHashes[]>): Promise<readonly KnownHashes[]> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof ClusterFault)) throw error;
    report(error);
    return [];
  }
}

function report({ message }: ClusterFault): void {
  process.stderr.write(`${message}\n`);
}
