/**
 * Which engine nodes a running cluster has, as commands change it: the processes on this machine,
 * and, shard by shard, those that the logs count.
 *
 * Each step is done where it is not done yet, so that whoever was interrupted asks again.
 */
import type { NodeStatus, ReplicaStatus } from "../../protocols/queries.ts";
import { rejectReasonName } from "../../protocols/reject-reasons.ts";
import { toolNames } from "../supervisor/cluster-plan.ts";
import { askSupervisor } from "../supervisor/control-socket.ts";
import { drain } from "./draining.ts";
import { lookAtEngine, withEngine } from "./engine-access.ts";
import { CommandFault, usageFault } from "./output.ts";
import type { RunningCluster } from "./running-cluster.ts";
import { untilFollowing } from "./upgrade-steps.ts";

/** The nodes that one shard counts. */
export interface CountedNodes {
  readonly shard: number;
  readonly nodes: readonly string[];
  /** How often they were said in its log. */
  readonly epoch: number;
}

export type Say = (line: string) => void;

/** The first version of logic by which a shard counts its nodes. */
const countingLogic = 2;

/** By shard. Where a log does not say, those are counted that the cluster was started with. */
export async function countedNodes(cluster: RunningCluster): Promise<readonly CountedNodes[]> {
  return countedBy((await lookAtEngine(cluster)).nodes, cluster);
}

function countedBy(nodes: readonly NodeStatus[], cluster: RunningCluster): readonly CountedNodes[] {
  return Array.from({ length: cluster.file.shards }, (_, shard) => {
    const { nodes: names, nodesEpoch: epoch } = newestOf(nodes, shard);
    return { shard, nodes: names.length === 0 ? cluster.file.nodes : names, epoch };
  });
}

/** What the replica says of a shard that has applied most of its log. */
function newestOf(nodes: readonly NodeStatus[], shard: number): ReplicaStatus {
  const replicas = nodes.flatMap((node) => node.replicas.filter((each) => each.shard === shard));
  const [newest] = replicas.sort((a, b) => b.appliedSequence - a.appliedSequence);
  if (newest === undefined) {
    throw new CommandFault("not-ready", `no engine node tells of shard ${shard}`);
  }
  if (newest.logic < countingLogic) {
    throw new CommandFault(
      "logic-too-old",
      `shard ${shard} goes by logic ${newest.logic} and counts no nodes: ./outcry upgrade start`,
    );
  }
  return newest;
}

/** Starts a node, waits until it follows all logs, and has them count it. */
export async function addNode(cluster: RunningCluster, asked: string | undefined, say: Say) {
  const node = asked ?? nextName(cluster.file.nodes);
  // Before anything is done: whether the logs can be told.
  await countedNodes(cluster);
  const { socket } = cluster.file.supervisor;
  await askSupervisor(socket, { command: "add-node", node });
  say(`${node} runs`);
  await untilFollowing(cluster, node);
  say(`${node} follows every shard`);
  const counted = await setNodes(cluster, (nodes) =>
    nodes.includes(node) ? nodes : [...nodes, node],
  );
  return { node, shards: counted };
}

function nextName(names: readonly string[]): string {
  for (let number = 1; ; number++) if (!names.includes(`e${number}`)) return `e${number}`;
}

/** Drains a node that runs, has the logs count it no more, and stops it for good. */
export async function removeNode(cluster: RunningCluster, node: string, say: Say) {
  const { nodes: running } = await lookAtEngine(cluster);
  const counted = countedBy(running, cluster);
  const isKnown = cluster.file.nodes.includes(node);
  if (!isKnown && !counted.some(({ nodes }) => nodes.includes(node))) {
    throw usageFault(`there is no engine node ${node}: there are ${cluster.file.nodes.join(", ")}`);
  }
  if (counted.some(({ nodes }) => nodes.every((name) => name === node))) {
    throw new CommandFault("last-node", `${node} is the last engine node: nobody would go on`);
  }
  if (running.some((status) => status.node === node)) {
    await drain(cluster, node);
    say(`${node} emits nothing any more`);
  }
  const shards = await setNodes(cluster, (nodes) => nodes.filter((name) => name !== node));
  const { socket } = cluster.file.supervisor;
  await askSupervisor(socket, { command: "remove-node", node });
  return { node, shards };
}

async function setNodes(
  cluster: RunningCluster,
  change: (nodes: readonly string[]) => readonly string[],
): Promise<readonly CountedNodes[]> {
  const before = await countedNodes(cluster);
  return await withEngine(
    cluster,
    async ({ client }) => {
      const counted: CountedNodes[] = [];
      for (const { shard, nodes: old, epoch } of before) {
        const nodes = change(old);
        const isSaid = epoch > 0 && nodes.join() === old.join();
        if (!isSaid) {
          const command = { kind: "set-nodes", nodes, nodesEpoch: epoch } as const;
          const [outcome] = await client.submitTo(shard, [command]);
          checkSaid(shard, outcome?.kind === "replied" ? outcome.reply.rejectReason : undefined);
        }
        counted.push({ shard, nodes, epoch: isSaid ? epoch : epoch + 1 });
      }
      return counted;
    },
    toolNames.operator,
  );
}

function checkSaid(shard: number, rejectReason: number | undefined): void {
  if (rejectReason === 0) return;
  if (rejectReason === undefined) {
    throw new CommandFault(
      "outcome-unknown",
      `whether shard ${shard} was told is not known: ./outcry node list shows it; ask again`,
    );
  }
  const reason = rejectReasonName(rejectReason);
  throw new CommandFault(reason, `shard ${shard} does not take its nodes: ${reason}`);
}
