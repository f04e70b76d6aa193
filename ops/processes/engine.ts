/**
 * One engine node as a process: replicas of every shard on the log of the nats-servers.
 *
 *   node ops/processes/engine.ts --config FILE [--node e1] [--servers nats://…,…] …
 */
import type { Bus } from "../../cluster/bus.ts";
import { systemClock } from "../../cluster/clock.ts";
import { DirectorySnapshotStore } from "../../cluster/directory-snapshot-store.ts";
import { EngineNode } from "../../cluster/engine-node.ts";
import { BusDisconnected } from "../../cluster/faults.ts";
import { JetStreamBus } from "../../cluster/jetstream-bus.ts";
import { JetStreamSnapshotStore } from "../../cluster/jetstream-snapshot-store.ts";
import { LayeredSnapshotStore } from "../../cluster/layered-snapshot-store.ts";
import { BusPublicChannel } from "../../cluster/public-channel.ts";
import type { ReplicaReport } from "../../cluster/replica.ts";
import type { EngineSettings } from "../config/process-settings.ts";
import { readEngineSettings } from "../config/process-settings.ts";
import { version } from "../config/release.ts";
import { connectAs, openLogs } from "./connections.ts";
import type { Ready, Tell, Undo } from "./process-host.ts";
import { hostProcess } from "./process-host.ts";

async function startEngine(settings: EngineSettings, tell: Tell, undo: Undo): Promise<Ready> {
  const { node: name, servers } = settings;
  const [connection, publicConnection] = await Promise.all([
    connectAs({ role: "engine", name, credentialsFile: settings.engineCredentials, servers }),
    connectAs({ role: "publisher", name, credentialsFile: settings.publisherCredentials, servers }),
  ]);
  undo.defer(() => connection.close());
  undo.defer(() => publicConnection.close());
  const logs = await openLogs(connection, settings);
  for (const log of logs) undo.defer(() => log.close());
  const { replicas } = settings;
  const snapshots = new LayeredSnapshotStore(
    new DirectorySnapshotStore(settings.snapshots),
    await JetStreamSnapshotStore.open(connection, { replicas }),
  );
  const bus = new JetStreamBus(connection);
  const publicBus = new JetStreamBus(publicConnection);
  undo.defer(() => bus.close());
  undo.defer(() => publicBus.close());
  const node = new EngineNode({
    cluster: settings.cluster,
    node: name,
    nodes: settings.nodes,
    logs,
    bus,
    publicChannel: new BusPublicChannel(publicBus),
    snapshots,
    clock: systemClock,
    pid: process.pid,
    version,
    natsServer: () => connection.server,
    report: (event) => tell(describe(event)),
  });
  // What it says last, the farewell, is to arrive before the line is cut.
  undo.defer(() => flushed(bus));
  // Of some shards it may be the emitter before it has caught up with all.
  undo.defer(() => node.stop());
  await node.start();
  return { shards: settings.shards, sequences: sequencesOf(node) };
}

/** Servers that are gone hear nothing, and that is no failure of ours. */
async function flushed(bus: Bus): Promise<void> {
  try {
    await bus.flush();
  } catch (error) {
    if (!(error instanceof BusDisconnected)) throw error;
  }
}

function describe(event: ReplicaReport): { kind: string; level: string } {
  const isBad = event.kind === "diverged" || event.kind === "fault";
  return { level: isBad ? "error" : "info", ...event };
}

function sequencesOf(node: EngineNode): readonly number[] {
  return node.status().replicas.map(({ appliedSequence }) => appliedSequence);
}

const settings = readEngineSettings(process.argv.slice(2));
hostProcess(settings.node, (tell, undo) => startEngine(settings, tell, undo));
