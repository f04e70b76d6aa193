/** What is known of the shards' logs, their archives and what may be retired. */
import type { ArchiveProof } from "../../cluster/archive/log-archive.ts";
import { reasonsToKeep } from "../../cluster/archive/retirement.ts";
import { JetStreamSnapshotStore } from "../../cluster/jetstream-snapshot-store.ts";
import type { LogGeneration } from "../../cluster/log-generation.ts";
import { isCoveredBySnapshots } from "../../cluster/snapshot-certificate.ts";
import type { NodeStatus } from "../../protocols/queries.ts";
import type { EngineAccess } from "./engine-access.ts";
import { renderTable } from "./output.ts";
import type { RunningCluster } from "./running-cluster.ts";

export interface GenerationLine extends LogGeneration {
  /** What keeps it from being retired. */
  readonly reasonsToKeep: readonly string[];
}

export interface LogLine {
  readonly shard: number;
  readonly generations: readonly GenerationLine[];
  readonly archivedTo: number;
  /** The last entry of a generation behind which enough verified snapshots lie; 0 for none. */
  readonly coveredTo: number;
}

const statusTimeoutMs = 1500;

/** When told to, reads all of the archive. */
export async function reportLog(
  { file }: RunningCluster,
  access: EngineAccess,
  { shard, isVerified }: { readonly shard: number; readonly isVerified: boolean },
): Promise<LogLine> {
  const archive = access.archives[shard]!;
  const generations = (await access.logs[shard]?.generations()) ?? [];
  const of = { shard, replicas: file.replicas, generations };
  const [nodes, coveredTo] = await Promise.all([
    access.client.nodes(statusTimeoutMs, file.nodes),
    coveredIn(access, of),
  ]);
  const end = isVerified ? (await archive.verify()).end : await archive.end();
  const applied = file.nodes.map((name) => appliedBy(nodes, name, shard));
  const seen = { generations, archivedTo: end.sequence, coveredTo, applied };
  return {
    shard,
    archivedTo: end.sequence,
    coveredTo,
    generations: generations.map((generation) => {
      return { ...generation, reasonsToKeep: reasonsToKeep(generation, seen) };
    }),
  };
}

/** What a node has applied, if it answers and serves. */
function appliedBy(nodes: readonly NodeStatus[], name: string, shard: number): number | undefined {
  const replica = nodes.find(({ node }) => node === name)?.replicas[shard];
  const serves = replica?.phase === "following" || replica?.phase === "emitting";
  return serves ? replica.appliedSequence : undefined;
}

/** Up to where the snapshots in the shared store cover the log, generation by generation. */
async function coveredIn(
  { connection }: EngineAccess,
  {
    shard,
    replicas,
    generations,
  }: {
    readonly shard: number;
    readonly replicas: number;
    readonly generations: readonly LogGeneration[];
  },
): Promise<number> {
  const store = await JetStreamSnapshotStore.open(connection, { replicas });
  let coveredTo = 0;
  for (const { last } of generations) {
    if (!(await isCoveredBySnapshots(store, { shard, sequence: last }))) break;
    coveredTo = last;
  }
  return coveredTo;
}

export function renderLogs(lines: readonly LogLine[]): string {
  return renderTable(
    ["shard", " generation", " first", " last", " MB", "sealed", " archived to", "may be retired"],
    lines.flatMap(({ shard, archivedTo, generations }) =>
      generations.map((of) => [
        String(shard),
        String(of.generation),
        String(of.first),
        String(of.last),
        (of.bytes / 1e6).toFixed(1),
        of.isSealed ? "yes" : "",
        String(Math.min(archivedTo, of.last)),
        of.reasonsToKeep.length === 0 ? "yes" : `no: ${of.reasonsToKeep.join("; ")}`,
      ]),
    ),
  );
}

/** What an archive came to when all of it was read. */
export interface ArchiveLine extends Pick<ArchiveProof, "segments" | "bytes"> {
  readonly shard: number;
  readonly archivedTo: number;
  readonly head: number;
  readonly entriesHash: string;
}
