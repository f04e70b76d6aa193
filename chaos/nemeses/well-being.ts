/**
 * Whether a cluster has recovered: everybody runs, every nats-server says that it is well and has
 * all its streams, every replica follows its log, every shard has one emitter, every log a leader.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { ClusterFault } from "../../cluster/faults.ts";
import type { EngineAccess } from "../../ops/cli/engine-access.ts";
import { findHindrances } from "../../ops/nats-servers/readiness.ts";
import { askSupervisor } from "../../ops/supervisor/control-socket.ts";
import type { ThrowawayCluster } from "../../ops/supervisor/throwaway-cluster.ts";
import type { NodeStatus } from "../../protocols/queries.ts";
import { emitters } from "./roles.ts";

export interface Examined {
  readonly cluster: ThrowawayCluster;
  readonly access: EngineAccess;
}

export interface Recovery {
  /** What is wrong, in words; empty when all is well. */
  readonly problems: readonly string[];
  /** What was wrong before it was well. */
  readonly waitedFor: readonly string[];
}

const pollMs = 250;
const statusMs = 500;
const atHomeTimeoutMs = 10_000;

export async function untilWell(
  examined: Examined,
  options: {
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
  },
): Promise<Recovery> {
  const { timeoutMs, signal } = options;
  const deadlineMs = performance.now() + timeoutMs;
  let waitedFor: readonly string[] = [];
  for (;;) {
    const problems = await problemsOf(examined);
    if (problems.length === 0 || performance.now() > deadlineMs) return { problems, waitedFor };
    waitedFor = problems;
    await sleep(pollMs, undefined, { signal });
  }
}

/**
 * Waits until each shard's first node emits again, as it does after a while: a drill is about one
 * of them then. An optimisation, and not waited for long.
 */
export async function untilAtHome(
  { cluster, access }: Examined,
  signal: AbortSignal,
): Promise<void> {
  const { nodes } = cluster.file;
  const deadlineMs = performance.now() + atHomeTimeoutMs;
  while (performance.now() < deadlineMs) {
    const holders = await emitters({ cluster, access });
    if (holders.every((holder, shard) => holder === nodes[shard % nodes.length])) return;
    await sleep(pollMs, undefined, { signal });
  }
}

/** What keeps it from being well, each in words. */
export async function problemsOf({ cluster, access }: Examined): Promise<readonly string[]> {
  const { socket } = cluster.file.supervisor;
  const { processes } = await askSupervisor(socket, { command: "processes" });
  const down = processes.filter(({ phase }) => phase !== "up");
  if (down.length > 0) return down.map(({ name, phase }) => `${name} is ${phase}`);
  const nodes = await access.client.nodes(statusMs, cluster.file.nodes);
  const silent = cluster.file.nodes.filter((name) => !nodes.some(({ node }) => node === name));
  const heads = await headsOf(access);
  const { servers } = cluster.file;
  const hindrances = await findHindrances(servers, servers);
  return [
    ...hindrances.flatMap((why, index) =>
      why === undefined ? [] : [`${servers[index]?.name ?? ""}: ${why}`],
    ),
    ...silent.map((name) => `${name} does not answer`),
    ...nodes.flatMap(problemsOfNode),
    ...heads.flatMap((head, shard) => {
      if (head === undefined) return [`the log of shard ${shard} has no leader`];
      return nodes.filter(({ replicas }) => replicas[shard]?.isEmitter === true).length === 1
        ? []
        : [`shard ${shard} has not one emitter`];
    }),
  ];
}

function problemsOfNode({ node, replicas }: NodeStatus): readonly string[] {
  return replicas
    .filter(({ phase }) => phase !== "following" && phase !== "emitting")
    .map(({ shard, phase }) => `${node} is ${phase} on shard ${shard}`);
}

async function headsOf({ logs }: EngineAccess): Promise<readonly (number | undefined)[]> {
  return await Promise.all(
    logs.map(async (log) => {
      try {
        return await log.head();
      } catch (error) {
        if (error instanceof ClusterFault) return undefined;
        throw error;
      }
    }),
  );
}
