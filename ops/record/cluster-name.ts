/** What a cluster is called, by its own first log. */
import { Shard } from "../../actors/index.ts";
import { HashedShard } from "../../cluster/hashed-shard.ts";
import type { SourceLog } from "./record-reading.ts";

/** The name that the first of the logs was formed under. */
export async function clusterNameIn(logs: readonly SourceLog[]): Promise<string> {
  const hashed = new HashedShard(new Shard(0, logs.length));
  const entries = (await logs[0]?.read(1, { entriesMax: 100 })) ?? [];
  for (const entry of entries) hashed.apply(entry);
  return hashed.shard.cluster;
}
