/** `outcry status`: who runs, who emits, how far each replica is, and whether they agree. */
import { Command } from "commander";
import type { TracesStatus } from "../audit/auditor.ts";
import type { CustodianStatus } from "../custody/custodian.ts";
import type { CsvStatus } from "../csv/csv-exporter.ts";
import {
  csvSocketPath,
  custodySocketPath,
  historySocketPath,
  surveillanceSocketPath,
  tracesSocketPath,
} from "../config/local-socket.ts";
import type { SurveillanceStatus } from "../surveillance/surveillant.ts";
import { lookAt } from "../downstream/status-desk.ts";
import type { HistoryStatus } from "../history/history-desk.ts";
import { askSupervisor } from "../supervisor/control-socket.ts";
import type { CommonOptions } from "./output.ts";
import { print, withCommonOptions } from "./output.ts";
import type { RunningCluster } from "./running-cluster.ts";
import { findCluster } from "./running-cluster.ts";
import type { ShardLine, StatusReport } from "./status-report.ts";
import {
  disagreements,
  invariantsOf,
  judge,
  renderInvariants,
  renderStatus,
} from "./status-report.ts";

interface StatusFlags extends CommonOptions {
  readonly invariants?: boolean;
}

/** What `judge` does, for those who read its verdict. */
const rule =
  "Exits with 1 when replicas differ, a shard has no emitter or no quorum, no gateway answers " +
  "(not well), or a process that should run does not (degraded).";

export function command(): Command {
  const status = new Command("status").description(`Shows processes, shards and replicas. ${rule}`);
  status.option("--invariants", "also show every invariant, and how often all nodes looked at it");
  return withCommonOptions(status).action(async (flags: StatusFlags) => {
    const report = await readStatus(findCluster(flags));
    const isLong = flags.invariants === true;
    print(flags, report, () => {
      const short = renderStatus(report);
      return isLong ? `${short}\n\n${renderInvariants(invariantsOf(report.nodes))}` : short;
    });
    if (!report.ok) process.exitCode = 1;
  });
}

async function readStatus(cluster: RunningCluster): Promise<StatusReport> {
  const { file } = cluster;
  const { processes } = await askSupervisor(file.supervisor.socket, { command: "processes" });
  const [{ lookAtEngine }, { lookAtGateways }] = await Promise.all([
    import("./engine-access.ts"),
    import("./exchange-access.ts"),
  ]);
  const { directory } = cluster;
  const [{ nodes, referees, logs }, gateways, history, traces, csv, surveillance, custody] =
    await Promise.all([
      lookAtEngine(cluster),
      lookAtGateways(cluster),
      lookAt<HistoryStatus>(historySocketPath(directory.path)),
      lookAt<TracesStatus>(tracesSocketPath(directory.path)),
      lookAt<CsvStatus>(csvSocketPath(directory.path)),
      lookAt<SurveillanceStatus>(surveillanceSocketPath(directory.path)),
      lookAt<CustodianStatus>(custodySocketPath(directory.path)),
    ]);
  const shards = logs.map((log, shard): ShardLine => {
    const replicas = nodes.flatMap((node) => node.replicas.filter((of) => of.shard === shard));
    const newest = replicas.toSorted((a, b) => b.appliedSequence - a.appliedSequence)[0];
    const leader = log === undefined ? "" : (log.leader ?? file.servers[0]?.name ?? "");
    return {
      shard,
      head: log?.head ?? null,
      leader,
      emitter: newest?.emitter ?? "",
      emitterEpoch: newest?.emitterEpoch ?? 0,
      logic: newest?.logic ?? 0,
    };
  });
  const seen = {
    startedAt: file.startedAt,
    data: directory.path,
    processes,
    shards,
    nodes,
    referees,
    ...(history !== undefined && { history }),
    ...(traces !== undefined && { traces }),
    ...(csv !== undefined && { csv }),
    ...(surveillance !== undefined && { surveillance }),
    ...(custody !== undefined && { custody }),
    missing: file.nodes.filter((name) => !nodes.some(({ node }) => node === name)),
    differences: disagreements(nodes),
    doesGatewayAnswer: gateways.answers,
    halted: gateways.halted,
  };
  return { ...judge(seen), ...seen };
}
