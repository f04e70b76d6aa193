/**
 * `outcry replay`: rebuilds every shard from its log into fresh actors; with --verify also compares
 * what it comes to with every live replica, at the same sequences.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Command, InvalidArgumentError } from "commander";
import type { NodeStatus, ReplicaStatus } from "../../protocols/queries.ts";
import type { EngineAccess } from "./engine-access.ts";
import type { CommonOptions } from "./output.ts";
import { CommandFault, paint, print, usageFault, withCommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";
import type { Rebuilt } from "./shard-rebuild.ts";

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
    .option("--shard <n>", "only this shard", shardOf);
  return withCommonOptions(replay).action(async (flags: ReplayFlags) => {
    const cluster = findCluster(flags);
    const { shards } = cluster.file;
    if (flags.shard !== undefined && flags.shard >= shards) {
      throw usageFault(`there are shards 0 to ${shards - 1}`);
    }
    const { withEngine } = await import("./engine-access.ts");
    const reports = await withEngine(cluster, async (access) => {
      const chosen = flags.shard === undefined ? [...access.logs.keys()] : [flags.shard];
      const found: ShardReport[] = [];
      // One after the other: their speeds are to be what each would be.
      for (const shard of chosen)
        found.push(await replayShard(access, shard, flags.verify === true));
      return found;
    });
    const ok = reports.every(({ comparisons }) => comparisons.every(({ same }) => same));
    print(flags, { ok, shards: reports }, () => reports.map(renderShard).join("\n\n"));
    if (!ok) process.exitCode = 1;
  });
}

/** What a live replica said it had at a sequence, and what the log says. */
export interface Comparison {
  readonly node: string;
  readonly what: "entries" | "outputs" | "state";
  readonly sequence: number;
  readonly live: string;
  readonly rebuilt: string;
  readonly same: boolean;
}

export interface ShardReport {
  readonly shard: number;
  readonly sequence: number;
  readonly commands: number;
  readonly seconds: number;
  readonly commandsPerSecond: number;
  readonly entriesHash: string;
  readonly outputsHash: string;
  readonly stateHash: string;
  readonly comparisons: readonly Comparison[];
}

async function replayShard(
  { client, logs }: EngineAccess,
  shard: number,
  verify: boolean,
): Promise<ShardReport> {
  const { rebuildShard } = await import("./shard-rebuild.ts");
  const log = logs[shard];
  if (log === undefined) throw new CommandFault("usage", `there is no shard ${shard}`);
  const live = verify ? await checkpoint({ client, logs }, shard) : [];
  const chainsAt = new Set(live.map(({ replica }) => replica.appliedSequence));
  const statesAt = new Set(live.map(({ replica }) => replica.checkpointSequence));
  const upTo = verify ? Math.max(...chainsAt, ...statesAt) : await log.head();
  const rebuilt = await rebuildShard(log, { shard, shards: logs.length, upTo, chainsAt, statesAt });
  if (rebuilt.sequence < upTo) {
    throw new CommandFault(
      "log-short",
      `the log of shard ${shard} ends at ${rebuilt.sequence}, not at ${upTo}`,
    );
  }
  const { sequence, commands, seconds, entriesHash, outputsHash, stateHash } = rebuilt;
  return {
    shard,
    sequence,
    commands,
    seconds,
    commandsPerSecond: Math.round(commands / Math.max(seconds, 1e-6)),
    entriesHash,
    outputsHash,
    stateHash,
    comparisons: live.flatMap(({ node, replica }) => compare(node, replica, rebuilt)),
  };
}

interface LiveReplica {
  readonly node: string;
  readonly replica: ReplicaStatus;
}

const checkpointTimeoutMs = 10_000;
const pollMs = 50;
const statusMs = 150;

/** Has every replica hash its whole state, and resolves with what each says. */
async function checkpoint(
  { client, logs }: EngineAccess,
  shard: number,
): Promise<readonly LiveReplica[]> {
  const before = (await logs[shard]?.head()) ?? 0;
  // Shards answer no checkpoint: that it was taken shows in the replicas' status.
  void client.submitTo(shard, [{ kind: "checkpoint", label: "replay" }]);
  const deadlineMs = performance.now() + checkpointTimeoutMs;
  for (;;) {
    const live = replicasOf(await client.nodes(statusMs), shard);
    const behind = live.filter(
      ({ replica }) => !isOver(replica) && replica.checkpointSequence <= before,
    );
    if (live.length > 0 && behind.length === 0) return live;
    if (performance.now() > deadlineMs) {
      const who =
        live.length === 0 ? "no engine node answers" : `${behind[0]?.node ?? ""} does not follow`;
      throw new CommandFault(
        "no-checkpoint",
        `no checkpoint of shard ${shard} within 10 s: ${who}`,
      );
    }
    await sleep(pollMs);
  }
}

/** Applies no more, and says so: what it came to is compared where it stopped. */
function isOver({ phase }: ReplicaStatus): boolean {
  return phase === "diverged" || phase === "failed";
}

function replicasOf(nodes: readonly NodeStatus[], shard: number): LiveReplica[] {
  return nodes.flatMap(({ node, replicas }) =>
    replicas.filter((replica) => replica.shard === shard).map((replica) => ({ node, replica })),
  );
}

function compare(node: string, replica: ReplicaStatus, rebuilt: Rebuilt): Comparison[] {
  const { appliedSequence: applied, checkpointSequence: hashed } = replica;
  const chains = rebuilt.chains.get(applied);
  const comparisons = [
    { what: "entries", sequence: applied, live: replica.entriesHash, rebuilt: chains?.entries },
    { what: "outputs", sequence: applied, live: replica.outputsHash, rebuilt: chains?.outputs },
    {
      what: "state",
      sequence: hashed,
      live: replica.checkpointHash,
      rebuilt: rebuilt.states.get(hashed),
    },
  ] as const;
  return comparisons.map((comparison) => ({
    node,
    ...comparison,
    rebuilt: comparison.rebuilt ?? "",
    same: comparison.live === comparison.rebuilt,
  }));
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

function shardOf(text: string): number {
  if (/^[0-9]{1,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("A shard is a number from 0.");
}
