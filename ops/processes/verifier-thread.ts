/**
 * The thread in which an engine node verifies snapshots: with a line of its own to the servers, so
 * that nothing of it waits for the replicas or holds them up.
 *
 * It is told of each snapshot that was saved, and tells what it certified or found wrong.
 */
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../../protocols/assert.ts";
import { CheckedLog } from "../../cluster/checked-log.ts";
import { systemClock } from "../../cluster/clock.ts";
import type { ClusterFault } from "../../cluster/faults.ts";
import { SnapshotVerifier } from "../../cluster/snapshot-verifier.ts";
import type { EngineSettings } from "../config/process-settings.ts";
import { connectAs, NodeSnapshots, openLogs, withArchives } from "./connections.ts";
import type { VerifierOrder, VerifierReport } from "./verifier.ts";

async function serve(settings: EngineSettings): Promise<void> {
  const port = parentPort;
  assert(port !== null);
  const { node: name, servers, ca, shards } = settings;
  const credentialsFile = settings.engineCredentials;
  const connection = await connectAs({ role: "engine", name, credentialsFile, servers, ca });
  const logs = withArchives(settings.archive, await openLogs(connection, settings));
  const tell = (report: VerifierReport): void => port.postMessage(report);
  const snapshots = new NodeSnapshots(connection, settings, ({ code, message }) =>
    tell({ kind: "fault", shard: 0, code, message }),
  );
  await snapshots.whole();
  const { store } = snapshots;
  const verifiers = logs.map((unchecked, shard) => {
    const onFault = ({ code, message }: ClusterFault): void => {
      tell({ kind: "fault", shard, code, message });
    };
    const log = new CheckedLog(unchecked, { clock: systemClock, onFault });
    return new SnapshotVerifier({
      node: name,
      shard,
      shards,
      log,
      store,
      clock: systemClock,
      onFault,
    });
  });
  // One at a time: however many shards there are, one thread has no more than one state in hand.
  let last: Promise<void> = Promise.resolve();
  port.on("message", ({ shard }: VerifierOrder) => {
    last = last.then(async () => {
      for (const { sequence, certificate } of (await verifiers[shard]?.verify()) ?? []) {
        const verdict = certificate?.verdict ?? "verified";
        tell({ kind: "snapshot-certified", shard, sequence, verdict });
      }
    });
  });
}

await serve(workerData as EngineSettings);
