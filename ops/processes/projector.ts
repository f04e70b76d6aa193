/**
 * The projector as a process: follows every shard's log, writes down in a database what happened,
 * and answers questions about it.
 *
 *   node ops/processes/projector.ts --config FILE [--projector prj-1] [--database URL] …
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../cluster/clock.ts";
import { DirectorySnapshotStore } from "../../cluster/directory-snapshot-store.ts";
import type { ProjectorSettings } from "../config/process-settings.ts";
import { readSettings } from "../config/read-settings.ts";
import { listenForQuestions } from "../history/history-desk.ts";
import { openDatabase } from "../history/open-database.ts";
import { Projector } from "../history/projector.ts";
import { measureLines } from "../telemetry/line-metrics.ts";
import { connectAs, openLogs, stopReading, wholeLogs } from "./connections.ts";
import type { Ready, Start } from "./process-host.ts";
import { hostProcess } from "./process-host.ts";

/** It says that often how far it is. */
const statusEveryMs = 10_000;

async function startProjector(
  settings: ProjectorSettings,
  [tell, undo, telemetry]: Parameters<Start>,
): Promise<Ready> {
  const { projector: name, servers, ca, projectorCredentials: credentialsFile, folder } = settings;
  const connection = await connectAs({ role: "projector", name, credentialsFile, servers, ca });
  undo.defer(() => connection.close());
  measureLines(telemetry, { projector: connection });
  const retained = await openLogs(connection, { ...settings, creates: false });
  for (const log of retained) undo.defer(() => log.close());
  const report = (error: unknown): void => tell({ kind: "fault", level: "error", error });
  const logs = wholeLogs(settings, retained, report);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = await openDatabase(settings.database, folder);
  undo.defer(() => database.close());
  const projector = new Projector({
    logs,
    clock: systemClock,
    snapshots: new DirectorySnapshotStore(join(folder, "snapshots")),
    database,
    report,
  });
  const status = () => projector.status();
  const desk = await listenForQuestions(settings.socket, { database, status });
  undo.defer(() => Promise.resolve(void desk.close()));
  // A database that is away is waited for, and nobody waits for us.
  void projector.startWhenPossible();
  undo.defer(() => stopReading(projector, logs));
  const timer = setInterval(() => tell({ kind: "projected", ...status() }), statusEveryMs);
  undo.defer(() => Promise.resolve(clearInterval(timer)));
  return { shards: settings.shards, database: database.place };
}

const settings = readSettings("projector", process.argv.slice(2));
hostProcess({ ...settings, name: settings.projector, kind: "projector" }, (...host) =>
  startProjector(settings, host),
);
