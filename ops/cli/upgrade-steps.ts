/**
 * What an upgrade does to a running cluster: restarts engine nodes one by one with the release that
 * is here, and activates its logic in the logs.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { newestLogic } from "../../actors/logic-versions.ts";
import { rejectReasonName } from "../../protocols/reject-reasons.ts";
import type { NodeStatus } from "../../protocols/queries.ts";
import { isLogReader } from "../config/log-readers.ts";
import { version } from "../config/release.ts";
import { toolNames } from "../supervisor/cluster-plan.ts";
import { askSupervisor } from "../supervisor/control-socket.ts";
import type { Renewal } from "../supervisor/control-socket.ts";
import { drain } from "./draining.ts";
import { lookAtEngine, withEngine } from "./engine-access.ts";
import { CommandFault } from "./output.ts";
import type { RunningCluster } from "./running-cluster.ts";
import { reportOf } from "./upgrade-report.ts";
import type { Activation, UpgradeReport, UpgradeSeen } from "./upgrade-report.ts";

const backTimeoutMs = 60_000;
const heardTimeoutMs = 3000;
const seenTimeoutMs = 15_000;
const lookEveryMs = 100;
/** A node that is further behind follows, but has not caught up. */
const behindMax = 100;

export async function lookAtUpgrade(cluster: RunningCluster, to?: number): Promise<UpgradeReport> {
  return reportOf(await seenOf(cluster), to);
}

/** Looks again while a node is silent, for some seconds: it may only be busy. */
async function seenOf(cluster: RunningCluster): Promise<UpgradeSeen> {
  const { nodes: configured, shards } = cluster.file;
  const readers = readersOf(cluster);
  const deadlineMs = performance.now() + heardTimeoutMs;
  let { nodes } = await lookAtEngine(cluster);
  while (nodes.length < configured.length && performance.now() < deadlineMs) {
    await sleep(lookEveryMs);
    ({ nodes } = await lookAtEngine(cluster));
  }
  return {
    installed: { release: version, logic: newestLogic },
    configured,
    nodes,
    shards,
    readers,
  };
}

function readersOf({ file }: RunningCluster): readonly string[] {
  return file.processes.filter(({ kind }) => isLogReader(kind)).map(({ name }) => name);
}

/** How long a node was away, from the end of its drain until it followed again. */
export interface RestartedNode {
  readonly node: string;
  readonly handovers: number;
  readonly awayMs: number;
}

export interface RestartOptions {
  /** Have it run the release that is here; the one that it runs unless told. */
  readonly renewed?: Renewal;
  readonly say: (line: string) => void;
}

/** Drains a node, restarts it, and waits until it follows every shard again. */
export async function restartNode(
  cluster: RunningCluster,
  node: string,
  { renewed, say }: RestartOptions,
): Promise<RestartedNode> {
  const missing = await untilAllServe(cluster);
  if (missing.length > 0) {
    const who = missing.join(", ");
    throw new CommandFault(
      "not-ready",
      `${node} stays as it is: ${who} does not follow all shards, and did not for 15 s`,
    );
  }
  const drained = await drain(cluster, node);
  const handovers = drained.kind === "node" ? drained.handovers.length : 0;
  say(`${node} is drained: ${handovers} shards handed over`);
  const startedAtMs = performance.now();
  const { socket } = cluster.file.supervisor;
  await askSupervisor(socket, { command: "restart", process: node, ...(renewed && { renewed }) });
  const back = await untilFollowing(cluster, node);
  const awayMs = Math.round(performance.now() - startedAtMs);
  say(
    `${node} follows again after ${awayMs} ms: release ${back.version}, logic 1 to ${back.logicMax}`,
  );
  return { node, handovers, awayMs };
}

/**
 * Waits until every node serves all its shards: one may have come back just before, or be late to
 * answer. Those that still do not when time is up.
 */
async function untilAllServe(cluster: RunningCluster): Promise<readonly string[]> {
  const deadlineMs = performance.now() + seenTimeoutMs;
  for (;;) {
    const { configured, nodes } = await seenOf(cluster);
    const missing = configured.filter((name) => !nodes.some((status) => isServing(status, name)));
    if (missing.length === 0 || performance.now() > deadlineMs) return missing;
    await sleep(lookEveryMs);
  }
}

function isServing({ node, replicas }: NodeStatus, name: string): boolean {
  const serves = ({ phase }: { phase: string }): boolean =>
    phase === "following" || phase === "emitting";
  return node === name && replicas.every(serves);
}

export async function untilFollowing(cluster: RunningCluster, node: string): Promise<NodeStatus> {
  const deadlineMs = performance.now() + backTimeoutMs;
  for (;;) {
    const { nodes, logs } = await lookAtEngine(cluster);
    const found = nodes.find((status) => isServing(status, node));
    const isInStep = found?.replicas.every(
      ({ shard, appliedSequence }) => appliedSequence >= (logs[shard]?.head ?? 0) - behindMax,
    );
    const hasAll = found?.replicas.length === cluster.file.shards;
    if (found !== undefined && hasAll && isInStep === true) return found;
    if (performance.now() > deadlineMs) {
      throw new CommandFault("not-back", `${node} does not follow again within 60 s`);
    }
    await sleep(lookEveryMs);
  }
}

/** Activates logic in the logs, version by version, and waits until every node goes by it. */
export async function activate(
  cluster: RunningCluster,
  activations: readonly Activation[],
): Promise<void> {
  await withEngine(
    cluster,
    async ({ client }) => {
      // The governor's shard is the last: what it has the others do, they can do by then.
      const inTurn = activations.toSorted((a, b) => b.shard - a.shard);
      for (const { shard, from, to } of inTurn) {
        for (let logic = from + 1; logic <= to; logic++) {
          const command = { kind: "activate-logic", version: logic } as const;
          const [outcome] = await client.submitTo(shard, [command]);
          if (outcome?.kind !== "replied") {
            throw new CommandFault(
              "outcome-unknown",
              `whether shard ${shard} goes by logic ${logic} is not known: ./outcry upgrade status`,
            );
          }
          const { rejectReason } = outcome.reply;
          if (rejectReason !== 0) {
            const reason = rejectReasonName(rejectReason);
            throw new CommandFault(
              reason,
              `shard ${shard} does not go to logic ${logic}: ${reason}`,
            );
          }
        }
      }
    },
    toolNames.operator,
  );
  await untilSeen(cluster, activations);
}

async function untilSeen(
  cluster: RunningCluster,
  activations: readonly Activation[],
): Promise<void> {
  const deadlineMs = performance.now() + seenTimeoutMs;
  for (;;) {
    const { nodes } = await lookAtEngine(cluster);
    const late = activations.flatMap(({ shard, to }) =>
      nodes.filter(({ replicas }) => (replicas[shard]?.logic ?? 0) < to).map(({ node }) => node),
    );
    if (late.length === 0) return;
    if (performance.now() > deadlineMs) {
      const who = [...new Set(late)].join(", ");
      throw new CommandFault("not-seen", `activated, but ${who} does not go by it within 15 s`);
    }
    await sleep(lookEveryMs);
  }
}
