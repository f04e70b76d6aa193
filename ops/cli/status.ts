/** `outcry status`: who runs, who emits, how far each replica is, and whether they agree. */
import { Command } from "commander";
import { askSupervisor } from "../supervisor/control-socket.ts";
import type { CommonOptions } from "./output.ts";
import { print, withCommonOptions } from "./output.ts";
import type { RunningCluster } from "./running-cluster.ts";
import { findCluster } from "./running-cluster.ts";
import type { ShardLine, StatusReport } from "./status-report.ts";
import { disagreements, renderStatus } from "./status-report.ts";

export function command(): Command {
  const status = new Command("status").description(
    "Shows processes, shards and replicas. Exits with 1 when replicas differ or a shard has no emitter.",
  );
  return withCommonOptions(status).action(async (flags: CommonOptions) => {
    const report = await readStatus(findCluster(flags));
    print(flags, report, renderStatus);
    if (!report.ok) process.exitCode = 1;
  });
}

async function readStatus(cluster: RunningCluster): Promise<StatusReport> {
  const { file } = cluster;
  const { processes } = await askSupervisor(file.supervisor.socket, { command: "processes" });
  const { withEngine } = await import("./engine-access.ts");
  const { nodes, logs } = await withEngine(cluster, async ({ client, logs }) => ({
    nodes: await client.nodes(),
    logs: await Promise.all(
      logs.map(async (log) => ({ head: await log.head(), leader: await log.leader() })),
    ),
  }));
  const shards = logs.map(({ head, leader }, shard): ShardLine => {
    const replicas = nodes.flatMap((node) => node.replicas.filter((of) => of.shard === shard));
    const newest = replicas.toSorted((a, b) => b.appliedSequence - a.appliedSequence)[0];
    return {
      shard,
      head,
      leader: leader ?? file.servers[0]?.name ?? "",
      emitter: newest?.emitter ?? "",
      emitterEpoch: newest?.emitterEpoch ?? 0,
    };
  });
  const differences = disagreements(nodes);
  const isServed = shards.every(({ shard, emitter }) =>
    nodes.some(({ node, replicas }) => {
      return node === emitter && replicas.some((of) => of.shard === shard && of.isEmitter);
    }),
  );
  return {
    ok: differences.length === 0 && isServed,
    startedAt: file.startedAt,
    data: cluster.directory.path,
    processes,
    shards,
    nodes,
    missing: file.nodes.filter((name) => !nodes.some(({ node }) => node === name)),
    differences,
  };
}
