/**
 * The engine's side of a running cluster, for commands that look behind the API: replicas' status,
 * the logs themselves, checkpoints. Nobody trades this way.
 */
import type { LogArchive } from "../../cluster/archive/log-archive.ts";
import type { Bus } from "../../cluster/bus.ts";
import { CheckedLog } from "../../cluster/checked-log.ts";
import { systemClock } from "../../cluster/clock.ts";
import { ClusterFault } from "../../cluster/faults.ts";
import { JetStreamBus } from "../../cluster/jetstream-bus.ts";
import type { JetStreamConnection } from "../../cluster/jetstream-connection.ts";
import { JetStreamLog } from "../../cluster/jetstream-log.ts";
import { LogClient } from "../../cluster/log-client.ts";
import type { ReplicatedLog } from "../../cluster/replicated-log.ts";
import type { ProducerId } from "../../protocols/identifiers.ts";
import type { NodeStatus, RefereeStatus } from "../../protocols/queries.ts";
import { connectAs, openArchives, openLogs, withArchives } from "../processes/connections.ts";
import { toolNames } from "../supervisor/cluster-plan.ts";
import { CommandFault } from "./output.ts";
import type { RunningCluster } from "./running-cluster.ts";
import { lineOf, urlsOf } from "./running-cluster.ts";
import type { ReplaySource } from "./shard-replay.ts";

export interface EngineAccess {
  readonly connection: JetStreamConnection;
  readonly client: LogClient;
  readonly logs: readonly JetStreamLog[];
  readonly bus: Bus;
  /** Each log with its archive, from its first entry on, and none of it as a server damaged it. */
  readonly wholeLogs: readonly ReplicatedLog[];
  readonly archives: readonly LogArchive[];
}

const openTimeoutMs = 3000;
const lookTimeoutMs = 1500;

export async function withEngine<Result>(
  cluster: RunningCluster,
  action: (access: EngineAccess) => Promise<Result>,
  producer: ProducerId = toolNames.engine,
): Promise<Result> {
  const connection = await connectToEngine(cluster);
  const { archive } = cluster.file;
  // The cluster runs: its logs are there.
  const logs = await openLogs(connection, { ...cluster.file, creates: false });
  const bus = new JetStreamBus(connection);
  // Checkpoints and activations do no harm late, and who only looks leaves nothing in the logs.
  const frames = { frameLifetimeMs: Infinity };
  const epoch = Date.now();
  const client = new LogClient({ producer, epoch, logs, bus, clock: systemClock, frames });
  try {
    const archives = openArchives(archive, logs);
    const wholeLogs = withArchives(archive, logs).map(
      (log) => new CheckedLog(log, { clock: systemClock, onFault: warn }),
    );
    return await action({ connection, client, logs, wholeLogs, archives, bus });
  } finally {
    await client.close();
    await Promise.all(logs.map((log) => log.close()));
    await bus.close();
    await connection.close();
  }
}

/** Where to rebuild shards from, and which replicas to compare them with. */
export function replaySourceOf({ client, wholeLogs }: EngineAccess): ReplaySource {
  return { client, logs: wholeLogs };
}

function warn({ message }: ClusterFault): void {
  process.stderr.write(`${message}\n`);
}

/** What can be seen at this moment; what does not answer is missing, and not waited for long. */
export interface EngineView {
  readonly nodes: readonly NodeStatus[];
  readonly referees: readonly RefereeStatus[];
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
    return { nodes: [], referees: [], logs: shards.map(() => undefined) };
  }
  const bus = new JetStreamBus(connection);
  const producer = toolNames.engine;
  const client = new LogClient({ producer, epoch: Date.now(), logs: [], bus, clock: systemClock });
  try {
    const { replicas } = cluster.file;
    const [nodes, referees, ...logs] = await Promise.all([
      client.nodes(lookTimeoutMs, cluster.file.nodes),
      client.referees(),
      ...shards.map((shard) => lookAtLog(connection, { shard, replicas })),
    ]);
    return { nodes, referees, logs };
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
    const log = await JetStreamLog.open(connection, { ...stream, ...timeouts, creates: false });
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
      ...lineOf(cluster),
      openTimeoutMs,
    });
  } catch (error) {
    if (!(error instanceof ClusterFault)) throw error;
    const servers = urlsOf(cluster).join(", ");
    throw new CommandFault("not-reachable", `no nats-server of the cluster answers: ${servers}`);
  }
}
