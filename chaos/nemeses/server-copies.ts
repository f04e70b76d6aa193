/**
 * What each nats-server has stored of each shard's log, read from that server alone and folded into
 * a hash: copies that differ, or that cannot be read, are told of.
 */
import { ClusterFault } from "../../cluster/faults.ts";
import { HashChain } from "../../cluster/hash-chain.ts";
import { partsOfEntry } from "../../cluster/log-origin.ts";
import type { ReplicatedLog } from "../../cluster/replicated-log.ts";
import { connectAs, openLogs } from "../../ops/processes/connections.ts";
import { toolNames } from "../../ops/supervisor/cluster-plan.ts";
import type { ThrowawayCluster } from "../../ops/supervisor/throwaway-cluster.ts";

/** A server's copy of one shard's log: its hash, or why there is none. */
interface Copy {
  readonly server: string;
  readonly shard: number;
  readonly hash: string;
}

const readLimits = { entriesMax: 2000, bytesMax: 4 * 1024 * 1024 };

/**
 * Copies that are not as most are, each in words; empty when all are the same.
 *
 * @param heads how far each shard's log is to be read.
 */
export async function differingCopies(
  cluster: ThrowawayCluster,
  heads: readonly number[],
): Promise<readonly string[]> {
  const copies = await Promise.all(
    cluster.file.servers.map((server) => copiesOn(cluster, server, heads)),
  );
  return heads.flatMap((head, shard) => {
    const ofShard = copies.flat().filter((copy) => copy.shard === shard);
    const usual = mostCommon(ofShard.map(({ hash }) => hash));
    return ofShard
      .filter(({ hash }) => hash !== usual)
      .map(
        ({ server, hash }) =>
          `${server}'s copy of the log of shard ${shard} up to ${head} is ${hash}, others have ${usual}`,
      );
  });
}

async function copiesOn(
  cluster: ThrowawayCluster,
  server: { readonly name: string; readonly url: string },
  heads: readonly number[],
): Promise<readonly Copy[]> {
  // A server that has a copy answers from it, whoever leads.
  const connection = await connectAs({
    role: "engine",
    name: toolNames.engine,
    credentialsFile: cluster.file.credentials.engine,
    servers: [server.url],
    openTimeoutMs: 5000,
  });
  try {
    const logs = await openLogs(connection, { ...cluster.file, creates: false });
    return await Promise.all(
      logs.map(async (log, shard): Promise<Copy> => {
        const hash = await hashOfCopy(log, heads[shard] ?? 0);
        await log.close();
        return { server: server.name, shard, hash };
      }),
    );
  } finally {
    await connection.close();
  }
}

async function hashOfCopy(log: ReplicatedLog, head: number): Promise<string> {
  const chain = new HashChain();
  let sequence = 0;
  try {
    while (sequence < head) {
      const entries = await log.read(sequence + 1, readLimits);
      if (entries.length === 0) return `short: it ends at ${sequence}`;
      for (const entry of entries) {
        if (entry.sequence <= head) chain.fold(entry.sequence, ...partsOfEntry(entry));
        sequence = entry.sequence;
      }
    }
    return chain.hex;
  } catch (error) {
    if (error instanceof ClusterFault) return `not to be read after ${sequence}: ${error.message}`;
    throw error;
  }
}

function mostCommon(hashes: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const hash of hashes) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? "";
}
