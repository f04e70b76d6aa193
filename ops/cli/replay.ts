/**
 * `outcry replay`: rebuilds every shard from its log into fresh actors; with --verify also compares
 * what it comes to with every live replica, at the same sequences.
 */
import { Command } from "commander";
import type { LogClient } from "../../cluster/log-client.ts";
import { shardOption } from "./options.ts";
import type { CommonOptions } from "./output.ts";
import { CommandFault, paint, print, usageFault, withCommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";
import type { Comparison, ShardReport } from "./shard-replay.ts";

interface ReplayFlags extends CommonOptions {
  readonly verify?: boolean;
  readonly shard?: number;
}

export function command(): Command {
  const replay = new Command("replay")
    .description(
      "Reads every shard's log from its start into fresh actors, and prints sequences, hashes and commands per second.",
    )
    .option(
      "--verify",
      "compare with every live replica at the same sequence; exits with 1 when one differs",
    )
    .option("--shard <n>", "only this shard", shardOption);
  return withCommonOptions(replay).action(async (flags: ReplayFlags) => {
    const cluster = findCluster(flags);
    const { shards } = cluster.file;
    if (flags.shard !== undefined && flags.shard >= shards) {
      throw usageFault(`there are shards 0 to ${shards - 1}`);
    }
    const [{ replaySourceOf, withEngine }, { ShardReplay }] = await Promise.all([
      import("./engine-access.ts"),
      import("./shard-replay.ts"),
    ]);
    const { reports, silent } = await withEngine(cluster, async (access) => {
      const source = replaySourceOf(access);
      const live = flags.verify === true ? await answering(access.client, cluster.file.nodes) : [];
      const chosen = flags.shard === undefined ? [...access.logs.keys()] : [flags.shard];
      const found: ShardReport[] = [];
      // One after the other: their speeds are to be what each would be.
      for (const shard of chosen) {
        const replay = new ShardReplay({ shard, shards });
        found.push(
          await (flags.verify === true ? replay.verify(source, live) : replay.toHead(source)),
        );
      }
      const silent = cluster.file.nodes.filter((node) => flags.verify && !live.includes(node));
      return { reports: found, silent };
    });
    const ok = reports.every(({ comparisons }) => comparisons.every(({ same }) => same));
    print(flags, { ok, shards: reports, silent }, () =>
      [
        ...reports.map(renderShard),
        ...silent.map((node) =>
          paint("yellow", `${node} does not answer and was compared with nothing`),
        ),
      ].join("\n\n"),
    );
    if (!ok) process.exitCode = 1;
  });
}

const answerMs = 3000;

/** Those of the nodes that are there to be compared. */
async function answering(client: LogClient, nodes: readonly string[]): Promise<readonly string[]> {
  const answered = await client.nodes(answerMs, nodes);
  if (answered.length === 0) throw new CommandFault("no-checkpoint", "no engine node answers");
  return answered.map(({ node }) => node);
}

export function renderShard(report: ShardReport): string {
  const { shard, sequence, commands, seconds, commandsPerSecond, comparisons } = report;
  const speed = `${seconds.toFixed(2)} s, ${commandsPerSecond.toLocaleString("en-US")} commands/s`;
  const counts = `${sequence.toLocaleString("en-US")} entries, ${commands.toLocaleString("en-US")} commands`;
  const nodes = [...new Set(comparisons.map(({ node }) => node))];
  return [
    `shard ${shard}: ${counts} in ${speed}`,
    `  entries  ${report.entriesHash}`,
    `  outputs  ${report.outputsHash}`,
    `  state    ${report.stateHash}`,
    ...nodes.map((node) =>
      renderNode(
        node,
        comparisons.filter((of) => of.node === node),
      ),
    ),
  ].join("\n");
}

function renderNode(node: string, comparisons: readonly Comparison[]): string {
  const parts = comparisons.map(({ what, sequence, same }) =>
    same ? `${what} same at ${sequence}` : paint("red", `${what} DIFFER at ${sequence}`),
  );
  return `  ${node.padEnd(8)} ${parts.join(", ")}`;
}
