/**
 * Which server leads each shard's log. A server that dies stalls what it leads for an election, so
 * the shards' leaders are spread over the servers: an optimisation, and never waited for long.
 */
import { ClusterFault } from "../../cluster/faults.ts";
import { connectAs, openLogs } from "../processes/connections.ts";
import { isAtLeast } from "../setup/nats-server.mjs";

export interface LogsOfCluster {
  readonly urls: readonly string[];
  readonly ca?: string | undefined;
  /** The servers' names. */
  readonly servers: readonly string[];
  readonly shards: number;
  readonly replicas: number;
  /** By shard, where logs begin that do not exist yet; without it, none is created. */
  readonly firstSequences?: readonly number[];
  /** A user of the role `engine`, and its credentials file. */
  readonly user: string;
  readonly credentialsFile: string;
}

/** Older servers step down, but not in favour of anybody. */
const preferenceSince = "2.11.0";

export async function spreadLeaders(cluster: LogsOfCluster, version: string): Promise<void> {
  const { urls, ca, servers, user: name, credentialsFile } = cluster;
  if (cluster.replicas === 1 || !isAtLeast(version, preferenceSince)) return;
  const connection = await connectAs({ role: "engine", name, credentialsFile, servers: urls, ca });
  try {
    const creates = cluster.firstSequences !== undefined;
    const logs = await openLogs(connection, { ...cluster, creates });
    await Promise.all(
      logs.map(async (log, shard) => {
        const server = servers[shard % servers.length];
        try {
          if (server !== undefined) await log.preferLeader(server);
        } catch (error) {
          // It is led by another one then, which is as good.
          if (!(error instanceof ClusterFault)) throw error;
        }
        await log.close();
      }),
    );
  } finally {
    await connection.close();
  }
}
