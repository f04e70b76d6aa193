/**
 * The CSV exporter as a process: follows every shard's log and appends to files what was traded and
 * what accounts made of it.
 *
 *   node ops/processes/exporter.ts --config FILE [--exporter csv-1] [--csv DIR] …
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../cluster/clock.ts";
import { DirectorySnapshotStore } from "../../cluster/directory-snapshot-store.ts";
import type { ExporterSettings } from "../config/process-settings.ts";
import { readSettings } from "../config/read-settings.ts";
import { CsvExporter } from "../csv/csv-exporter.ts";
import { measureLines } from "../telemetry/line-metrics.ts";
import { connectAs, openLogs, withArchives } from "./connections.ts";
import type { Ready, Start } from "./process-host.ts";
import { hostProcess } from "./process-host.ts";

/** It says that often how far it is. */
const statusEveryMs = 10_000;

async function startExporter(
  settings: ExporterSettings,
  [tell, undo, telemetry]: Parameters<Start>,
): Promise<Ready> {
  const { exporter: name, servers, ca, exporterCredentials, folder, csv } = settings;
  const credentialsFile = exporterCredentials;
  const connection = await connectAs({ role: "projector", name, credentialsFile, servers, ca });
  undo.defer(() => connection.close());
  measureLines(telemetry, { exporter: connection });
  const retained = await openLogs(connection, { ...settings, creates: false });
  for (const log of retained) undo.defer(() => log.close());
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  mkdirSync(csv, { recursive: true });
  const exporter = new CsvExporter({
    logs: withArchives(settings.archive, retained),
    clock: systemClock,
    snapshots: new DirectorySnapshotStore(join(folder, "snapshots")),
    folder: csv,
    report: (error) => tell({ kind: "fault", level: "error", error }),
  });
  await exporter.start();
  undo.defer(() => exporter.stop());
  const timer = setInterval(() => tell({ kind: "exported", ...exporter.status() }), statusEveryMs);
  undo.defer(() => Promise.resolve(clearInterval(timer)));
  return { shards: settings.shards, csv };
}

const settings = readSettings("exporter", process.argv.slice(2));
hostProcess({ ...settings, name: settings.exporter, kind: "exporter" }, (...host) =>
  startExporter(settings, host),
);
