/** `outcry rebuild`: has a node build its replica of a shard anew, while everybody else goes on. */
import { Command } from "commander";
import type { RebuildAnswer, Rebuilding } from "../../cluster/rebuild-desk.ts";
import { clusterSubjects } from "../../protocols/subjects.ts";
import { pack, unpack } from "../../protocols/records.ts";
import type { NodeStatus } from "../../protocols/queries.ts";
import { dataOption } from "../config/data-directory.ts";
import type { EngineAccess } from "./engine-access.ts";
import { shardOption } from "./options.ts";
import type { CommonOptions } from "./output.ts";
import { CommandFault, paint, print, usageFault, withCommonOptions } from "./output.ts";
import type { RunningCluster } from "./running-cluster.ts";
import { findCluster } from "./running-cluster.ts";

interface RebuildFlags extends CommonOptions {
  readonly shard?: number;
  readonly fromLog?: boolean;
}

export interface RebuildReport {
  readonly ok: boolean;
  readonly node: string;
  readonly replicas: readonly (RebuildAnswer & { readonly shard: number })[];
}

/** A long log takes its time. */
const rebuildTimeoutMs = 600_000;

const statusTimeoutMs = 1500;

export function command(): Command {
  const rebuild = new Command("rebuild")
    .description(
      "Builds a node's replica of a shard anew, from a verified snapshot or the log: without --shard, those that diverged or failed. Exits with 1 when one does not serve afterwards.",
    )
    .argument("<node>", "an engine node, such as e2")
    .option("--shard <n>", "this shard, whatever state its replica is in", shardOption)
    .option("--from-log", "trust no snapshot, verified or not");
  return withCommonOptions(rebuild).action(async (node: string, flags: RebuildFlags) => {
    const cluster = findCluster(flags);
    checkArguments(cluster, node, flags);
    const { withEngine } = await import("./engine-access.ts");
    const report = await withEngine(cluster, async (access) => {
      const status = (await access.client.nodes(statusTimeoutMs, [node])).find(
        (found) => found.node === node,
      );
      if (status === undefined) throw notAnswering(cluster, node);
      return await rebuildReplicas(access, status, flags);
    });
    print(flags, report, renderRebuild);
    if (!report.ok) process.exitCode = 1;
  });
}

function checkArguments({ file }: RunningCluster, node: string, { shard }: RebuildFlags): void {
  if (!file.nodes.includes(node)) {
    throw usageFault(`there is no engine node ${node}: there are ${file.nodes.join(", ")}`);
  }
  if (shard !== undefined && shard >= file.shards) {
    throw usageFault(`there are shards 0 to ${file.shards - 1}`);
  }
}

function notAnswering({ directory }: RunningCluster, node: string): CommandFault {
  const restart = `./outcry restart ${node}${dataOption(directory.path)}`;
  const message = `${node} does not answer; a node that starts builds its replicas anew: ${restart}`;
  return new CommandFault("node-not-answering", message);
}

async function rebuildReplicas(
  { bus }: EngineAccess,
  { node, replicas }: NodeStatus,
  { shard, fromLog }: RebuildFlags,
): Promise<RebuildReport> {
  const isUnsound = (phase: string): boolean => phase === "diverged" || phase === "failed";
  const unsound = replicas.filter(({ phase }) => isUnsound(phase)).map((of) => of.shard);
  const wanted = shard === undefined ? unsound : [shard];
  const done: (RebuildAnswer & { shard: number })[] = [];
  for (const of of wanted) {
    const order: Rebuilding = { shard: of, trust: fromLog === true ? "none" : "verified" };
    const answer = await bus.request(clusterSubjects.rebuild(node), pack(order), {
      timeoutMs: rebuildTimeoutMs,
    });
    done.push({ ...(unpack(answer) as RebuildAnswer), shard: of });
  }
  return { ok: done.every((answer) => answer.ok && isServing(answer.phase)), node, replicas: done };
}

function isServing(phase: string): boolean {
  return phase === "following" || phase === "emitting";
}

function renderRebuild({ node, replicas }: RebuildReport): string {
  if (replicas.length === 0) {
    return `${node} has no replica that diverged or failed; name one with --shard to rebuild it`;
  }
  return replicas.map((answer) => renderAnswer(node, answer)).join("\n");
}

function renderAnswer(node: string, answer: RebuildReport["replicas"][number]): string {
  const subject = `${node}'s replica of shard ${answer.shard}`;
  if (!answer.ok) return paint("red", `${subject} was not rebuilt: ${answer.message}`);
  const { was, phase, snapshotSequence, sequence, tookMs } = answer;
  const from =
    snapshotSequence === 0
      ? `from the log alone, ${sequence} entries`
      : `from the verified snapshot at entry ${snapshotSequence} and ${sequence - snapshotSequence} entries after it`;
  return `${subject} (was ${was}) was rebuilt ${from}, in ${tookMs} ms: it is ${phase}`;
}
