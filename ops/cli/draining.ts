/**
 * Draining as commands do it: an engine node hands over its shards, a nats-server what it leads.
 */
import { delay, systemClock } from "../../cluster/clock.ts";
import { ClusterFault } from "../../cluster/faults.ts";
import { JetStreamLeaders } from "../../cluster/jetstream-leaders.ts";
import type { Handover, NodeInstruction } from "../../protocols/queries.ts";
import { loadKeys } from "../credentials/keys.ts";
import { metaStepDown } from "../credentials/permissions.ts";
import { ensureUser } from "../credentials/users.ts";
import { findMetaLeader } from "../nats-servers/readiness.ts";
import { connectAs } from "../processes/connections.ts";
import { toolNames } from "../supervisor/cluster-plan.ts";
import { spreadLeaders } from "../supervisor/log-leaders.ts";
import { withEngine } from "./engine-access.ts";
import { CommandFault, usageFault } from "./output.ts";
import type { RunningCluster } from "./running-cluster.ts";
import { lineOf, urlsOf } from "./running-cluster.ts";

/** What took over, shard by shard or stream by stream. */
export type Drained =
  | { readonly kind: "node"; readonly handovers: readonly Handover[] }
  | {
      readonly kind: "server";
      readonly moved: readonly { readonly stream: string; readonly to: string }[];
      /** Which server leads their own group now; null where that is not known. */
      readonly metaLeader: string | null;
    };

const moveTimeoutMs = 15_000;
const metaTimeoutMs = 5000;
const lookEveryMs = 50;

export async function drain(cluster: RunningCluster, name: string): Promise<Drained> {
  if (kindOf(cluster, name) === "node") {
    return { kind: "node", handovers: await instructNode(cluster, name, "drain") };
  }
  return await asCommand(async () => {
    const moved = await withEngine(cluster, ({ connection }) => {
      const deadlineMs = systemClock.nowMs() + moveTimeoutMs;
      return new JetStreamLeaders(connection).moveFrom(name, deadlineMs);
    });
    return {
      kind: "server",
      moved: moved.map(({ stream, leader = "" }) => ({ stream, to: leader })),
      metaLeader: (await moveMetaFrom(cluster, name)) ?? null,
    };
  });
}

/** The group that places streams; all servers are to follow it, or it is left as it is. */
async function moveMetaFrom(cluster: RunningCluster, server: string): Promise<string | undefined> {
  const { servers, keys } = cluster.file;
  const leader = await findMetaLeader(servers);
  if (leader !== server) return leader;
  const user = { role: "watcher", name: toolNames.engine } as const;
  const { file: credentialsFile } = await ensureUser(await loadKeys(keys), user);
  const connection = await connectAs({ ...user, credentialsFile, ...lineOf(cluster) });
  try {
    await connection.nats.request(metaStepDown, "", { timeout: metaTimeoutMs });
    const deadlineMs = systemClock.nowMs() + metaTimeoutMs;
    for (;;) {
      const now = await findMetaLeader(servers);
      if (now !== undefined && now !== server) return now;
      if (systemClock.nowMs() >= deadlineMs) return now;
      await delay(systemClock, lookEveryMs);
    }
  } finally {
    await connection.close();
  }
}

export async function undrain(cluster: RunningCluster, name: string): Promise<void> {
  if (kindOf(cluster, name) === "node") {
    await instructNode(cluster, name, "undrain");
    return;
  }
  const { file } = cluster;
  await asCommand(async () => {
    const version = await withEngine(cluster, ({ connection }) =>
      Promise.resolve(connection.nats.info?.version ?? ""),
    );
    const logs = {
      ...{ urls: urlsOf(cluster), ca: file.ca },
      servers: file.servers.map((server) => server.name),
      shards: file.shards,
      replicas: file.replicas,
      user: toolNames.engine,
      credentialsFile: file.credentials.engine,
    };
    await spreadLeaders(logs, version);
  });
}

function kindOf({ file }: RunningCluster, name: string): "node" | "server" {
  if (file.nodes.includes(name)) return "node";
  const servers = file.servers.map((server) => server.name);
  if (servers.includes(name)) return "server";
  const names = [...file.nodes, ...servers].join(", ");
  throw usageFault(`there is no engine node or nats-server ${name}: there are ${names}`);
}

async function instructNode(
  cluster: RunningCluster,
  node: string,
  instruction: NodeInstruction,
): Promise<readonly Handover[]> {
  return await asCommand(async () => {
    const answer = await withEngine(cluster, ({ client }) => client.instruct(node, instruction));
    if (!answer.ok) throw new CommandFault(answer.code, answer.message);
    return answer.handovers;
  });
}

/** What failed outside is for whoever typed the command, by its name. */
async function asCommand<Result>(act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ClusterFault)) throw error;
    throw new CommandFault(error.code, error.message);
  }
}
