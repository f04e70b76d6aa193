/**
 * The CSV exporter as a process: follows every shard's log and appends to files what was traded and
 * what accounts made of it.
 *
 *   node ops/processes/exporter.ts --config FILE [--exporter csv-1] [--csv DIR] …
 */
import { mkdirSync } from "node:fs";
import { systemClock } from "../../cluster/clock.ts";
import type { ExporterSettings } from "../config/process-settings.ts";
import { readSettings } from "../config/read-settings.ts";
import { CsvExporter } from "../csv/csv-exporter.ts";
import type { CsvStatus } from "../csv/csv-exporter.ts";
import { measureExporter } from "../telemetry/exporter-metrics.ts";
import { openFollowedLogs } from "./followed-logs.ts";
import type { Ready, Start } from "./process-host.ts";
import { hostProcess } from "./process-host.ts";

async function startExporter(
  settings: ExporterSettings,
  ...host: Parameters<Start>
): Promise<Ready> {
  const { exporter: name, exporterCredentials: credentialsFile, csv } = settings;
  const [, , telemetry] = host;
  const user = { kind: "exporter", role: "projector", name, credentialsFile } as const;
  const { logs, snapshots, report, attend, answerLooks } = await openFollowedLogs(
    user,
    settings,
    host,
  );
  mkdirSync(csv, { recursive: true });
  const exporter = new CsvExporter({ logs, clock: systemClock, snapshots, folder: csv, report });
  attend("exported", exporter);
  await answerLooks((): CsvStatus => ({ folder: csv, ...exporter.status() }));
  measureExporter(telemetry, exporter);
  await exporter.start();
  return { shards: settings.shards, csv };
}

const settings = readSettings("exporter", process.argv.slice(2));
hostProcess({ ...settings, name: settings.exporter, kind: "exporter" }, (...host) =>
  startExporter(settings, ...host),
);
