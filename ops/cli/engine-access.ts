/**
 * The engine's side of a running cluster, for commands that look behind the API: replicas' status,
 * the logs themselves, checkpoints. Nobody trades this way.
 */
import { systemClock } from "../../cluster/clock.ts";
import { ClusterFault } from "../../cluster/faults.ts";
import { JetStreamBus } from "../../cluster/jetstream-bus.ts";
import type { JetStreamConnection } from "../../cluster/jetstream-connection.ts";
import { JetStreamLog } from "../../cluster/jetstream-log.ts";
import { LogClient } from "../../cluster/log-client.ts";
import type { NodeStatus } from "../../protocols/queries.ts";
import { connectAs, openLogs } from "../processes/connections.ts";
import { toolNames } from "../supervisor/cluster-plan.ts";
import { CommandFault } from "./output.ts";
import type { RunningCluster } from "./running-cluster.ts";
import { urlsOf } from "./running-cluster.ts";

export interface EngineAccess {
  readonly client: LogClient;
  readonly logs: readonly JetStreamLog[];
}

const openTimeoutMs = 3000;
const lookTimeoutMs = 1500;

export async function withEngine<Result>(
  cluster: RunningCluster,
  action: (access: EngineAccess) => Promise<Result>,
): Promise<Result> {
  const connection = await connectToEngine(cluster);
  const logs = await openLogs(connection, cluster.file);
  const bus = new JetStreamBus(connection);
  const producer = toolNames.engine;
  // A checkpoint does no harm late, and who only looks leaves nothing in the logs.
  const frames = { frameLifetimeMs: Infinity };
  const epoch = Date.now();
  const client = new LogClient({ producer, epoch, logs, bus, clock: systemClock, frames });
  try {
    return await action({ client, logs });
  } finally {
    await client.close();
    await Promise.all(logs.map((log) => log.close()));
    await bus.close();
    await connection.close();
  }
}

/** What can be seen at this moment; what does not answer is missing, and not waited for long. */
export interface EngineView {
  readonly nodes: readonly NodeStatus[];
  /** By shard; undefined where the log is unavailable, as it is without a quorum. */
  readonly logs: readonly (LogView | undefined)[];
}

interface LogView {
  readonly head: number;
  readonly leader: string | undefined;
}

export async function lookAtEngine(cluster: RunningCluster): Promise<EngineView> {
  const shards = Array.from({ length: cluster.file.shards }, (_, shard) => shard);
  let connection: JetStreamConnection;
  try {
    connection = await connectToEngine(cluster);
  } catch (error) {
    if (!(error instanceof CommandFault)) throw error;
    return { nodes: [], logs: shards.map(() => undefined) };
  }
  const bus = new JetStreamBus(connection);
  const producer = toolNames.engine;
  const client = new LogClient({ producer, epoch: Date.now(), logs: [], bus, clock: systemClock });
  try {
    const { replicas } = cluster.file;
    const [nodes, ...logs] = await Promise.all([
      client.nodes(),
      ...shards.map((shard) => lookAtLog(connection, { shard, replicas })),
    ]);
    return { nodes, logs };
  } finally {
    await client.close();
    await bus.close();
    await connection.close();
  }
}

async function lookAtLog(
  connection: JetStreamConnection,
  stream: { readonly shard: number; readonly replicas: number },
): Promise<LogView | undefined> {
  const timeouts = { openTimeoutMs: lookTimeoutMs, answerTimeoutMs: lookTimeoutMs };
  try {
    const log = await JetStreamLog.open(connection, { ...stream, ...timeouts });
    try {
      return { head: await log.head(), leader: await log.leader() };
    } finally {
      await log.close();
    }
  } catch (error) {
    if (error instanceof ClusterFault) return undefined;
    throw error;
  }
}

async function connectToEngine(cluster: RunningCluster): Promise<JetStreamConnection> {
  try {
    return await connectAs({
      role: "engine",
      name: toolNames.engine,
      credentialsFile: cluster.file.credentials.engine,
      servers: urlsOf(cluster),
      openTimeoutMs,
    });
  } catch (error) {
    if (!(error instanceof ClusterFault)) throw error;
    const servers = urlsOf(cluster).join(", ");
    throw new CommandFault("not-reachable", `no nats-server of the cluster answers: ${servers}`);
  }
}
