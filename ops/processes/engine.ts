/**
 * One engine node as a process: replicas of every shard on the log of the nats-servers.
 *
 *   node ops/processes/engine.ts --config FILE [--node e1] [--servers nats://…,…] …
 */
import { dirname, join } from "node:path";
import type { Bus } from "../../cluster/bus.ts";
import { CheckedLog } from "../../cluster/checked-log.ts";
import { systemClock } from "../../cluster/clock.ts";
import { DirectoryDumpStore } from "../../cluster/directory-dump-store.ts";
import { EngineNode } from "../../cluster/engine-node.ts";
import { BusDisconnected } from "../../cluster/faults.ts";
import type { ClusterFault } from "../../cluster/faults.ts";
import { JetStreamBus } from "../../cluster/jetstream-bus.ts";
import type { JetStreamLog } from "../../cluster/jetstream-log.ts";
import { LogKeeper } from "../../cluster/log-keeper.ts";
import { BusPublicChannel } from "../../cluster/public-channel.ts";
import type { ReplicaReport } from "../../cluster/replica.ts";
import type { EngineSettings } from "../config/process-settings.ts";
import { readSettings } from "../config/read-settings.ts";
import { version } from "../config/release.ts";
import { measureEngine } from "../telemetry/engine-metrics.ts";
import { measureLines } from "../telemetry/line-metrics.ts";
import { ReplicaMeter } from "../telemetry/replica-meter.ts";
import { keepAppliedFile } from "./applied-file.ts";
import { connectAs, openArchives, NodeSnapshots, openLogs, withArchives } from "./connections.ts";
import { keepEvidence } from "./evidence.ts";
import type { Ready, Start, Tell, Undo } from "./process-host.ts";
import { hostProcess } from "./process-host.ts";
import { Verifier } from "./verifier.ts";

async function startEngine(
  settings: EngineSettings,
  [tell, undo, telemetry]: Parameters<Start>,
): Promise<Ready> {
  const { node: name, servers, ca } = settings;
  const line = { name, servers, ca };
  const [connection, publicConnection] = await Promise.all([
    connectAs({ ...line, role: "engine", credentialsFile: settings.engineCredentials }),
    connectAs({ ...line, role: "publisher", credentialsFile: settings.publisherCredentials }),
  ]);
  undo.defer(() => connection.close());
  undo.defer(() => publicConnection.close());
  measureLines(telemetry, { engine: connection, public: publicConnection });
  // Each waits for a leader of its own; when all servers have just started, for seconds.
  const snapshots = new NodeSnapshots(connection, settings, (error) =>
    tell({ kind: "fault", level: "error", error }),
  );
  undo.defer(() => Promise.resolve(snapshots.close()));
  const logs = await openLogs(connection, settings);
  for (const log of logs) undo.defer(() => log.close());
  await snapshots.enough(settings.shards);
  const verifier = new Verifier(settings, tell);
  undo.defer(() => verifier.close());
  const bus = new JetStreamBus(connection);
  const publicBus = new JetStreamBus(publicConnection);
  undo.defer(() => bus.close());
  undo.defer(() => publicBus.close());
  const meter = telemetry.isOn ? new ReplicaMeter() : undefined;
  if (meter !== undefined) telemetry.measure((scrape) => meter.measure(scrape));
  const node = new EngineNode({
    cluster: settings.cluster,
    node: name,
    nodes: settings.nodes,
    // What a log retains no more is in its archive: a node that has no snapshot starts from there.
    logs: withArchives(settings.archive, logs),
    bus,
    publicChannel: new BusPublicChannel(publicBus),
    snapshots: snapshots.store,
    dumps: new DirectoryDumpStore(settings.dumps),
    clock: systemClock,
    timing: { snapshotEveryEntries: settings.snapshotEveryEntries },
    emission: settings.emission,
    pid: process.pid,
    version,
    logicMax: settings.logicMax,
    natsServer: () => connection.server,
    observer: meter,
    report: (event) => {
      tell(describe(event, settings.snapshots));
      if (event.kind === "snapshot") verifier.saved(event.shard, event.sequence);
    },
  });
  measureEngine(telemetry, { node, logs });
  // What it says last, the farewell, is to arrive before the line is cut.
  undo.defer(() => flushed(bus));
  const endAppliedFile = keepAppliedFile(
    join(dirname(settings.snapshots), "applied.json"),
    () => node.status(),
    (error) => tell({ kind: "fault", level: "error", error }),
  );
  undo.defer(endAppliedFile);
  // Of some shards it may be the emitter before it has caught up with all.
  undo.defer(() => node.stop());
  await node.start();
  startKeepers({ node, logs, settings, tell, undo });
  return { shards: settings.shards, sequences: sequencesOf(node) };
}

interface KeeperParts {
  readonly node: EngineNode;
  readonly logs: readonly JetStreamLog[];
  readonly settings: EngineSettings;
  readonly tell: Tell;
  readonly undo: Undo;
}

function startKeepers({ node, logs, settings, tell, undo }: KeeperParts): void {
  const { nodes, generationBytes } = settings;
  const archives = openArchives(settings.archive, logs);
  for (const [shard, log] of logs.entries()) {
    const report = (error: ClusterFault): void =>
      tell({ kind: "fault", level: "error", shard, error });
    const keeper = new LogKeeper({
      ...{ log, clock: systemClock, generationBytes, report },
      rank: nodes.indexOf(settings.node),
      isAlone: nodes.length === 1,
      // What a server has damaged is not to become the history.
      source: new CheckedLog(log, { clock: systemClock, onFault: report }),
      archive: archives[shard]!,
      isEmitting: () => node.replica(shard).phase === "emitting",
    });
    undo.defer(() => keeper.close());
  }
}

/** Servers that are gone hear nothing, and that is no failure of ours. */
async function flushed(bus: Bus): Promise<void> {
  try {
    await bus.flush();
  } catch (error) {
    if (!(error instanceof BusDisconnected)) throw error;
  }
}

function describe(event: ReplicaReport, snapshots: string): { kind: string; level: string } {
  if (event.kind === "violated") {
    const { kind, shard, fault } = event;
    const evidence = keepEvidence(join(dirname(snapshots), "evidence"), event);
    const { message, invariant } = fault.violation;
    const at = { shard, sequence: fault.sequence, invariant, message, evidence };
    return { kind, level: "error", ...at, error: fault } as { kind: string; level: string };
  }
  const isBad = event.kind === "diverged" || event.kind === "fault";
  return { level: isBad ? "error" : "info", ...event };
}

function sequencesOf(node: EngineNode): readonly number[] {
  return node.status().replicas.map(({ appliedSequence }) => appliedSequence);
}

const settings = readSettings("engine", process.argv.slice(2));
hostProcess({ ...settings, name: settings.node, kind: "engine" }, (...host) =>
  startEngine(settings, host),
);
