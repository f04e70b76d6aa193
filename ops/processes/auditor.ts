/**
 * The auditor as a process: follows every shard's log and tells the traces of all orders to a
 * receiver of OTLP.
 *
 *   node ops/processes/auditor.ts --config FILE [--auditor aud-1] [--otlp URL] …
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../cluster/clock.ts";
import { DirectorySnapshotStore } from "../../cluster/directory-snapshot-store.ts";
import { Auditor } from "../audit/auditor.ts";
import { OtlpExport } from "../audit/otlp-export.ts";
import { PositionFile } from "../audit/position-file.ts";
import type { AuditorSettings } from "../config/process-settings.ts";
import { readSettings } from "../config/read-settings.ts";
import { measureAuditor } from "../telemetry/auditor-metrics.ts";
import { measureLines } from "../telemetry/line-metrics.ts";
import { connectAs, openLogs, stopReading, wholeLogs } from "./connections.ts";
import type { Ready, Start } from "./process-host.ts";
import { hostProcess } from "./process-host.ts";

/** It says that often how far it is. */
const statusEveryMs = 10_000;

async function startAuditor(
  settings: AuditorSettings,
  [tell, undo, telemetry]: Parameters<Start>,
): Promise<Ready> {
  const {
    auditor: name,
    servers,
    ca,
    auditorCredentials: credentialsFile,
    folder,
    otlp,
  } = settings;
  const connection = await connectAs({ role: "auditor", name, credentialsFile, servers, ca });
  undo.defer(() => connection.close());
  measureLines(telemetry, { auditor: connection });
  const retained = await openLogs(connection, { ...settings, creates: false });
  for (const log of retained) undo.defer(() => log.close());
  const report = (error: unknown): void => tell({ kind: "fault", level: "error", error });
  const logs = wholeLogs(settings, retained, report);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const receiver = new OtlpExport({ url: otlp });
  undo.defer(() => receiver.close());
  const auditor = new Auditor({
    logs,
    clock: systemClock,
    snapshots: new DirectorySnapshotStore(join(folder, "snapshots")),
    position: new PositionFile(join(folder, "position.json")),
    tell: (spans) => receiver.send(spans),
    report,
    share: settings.perMille / 1000,
  });
  await auditor.start();
  measureAuditor(telemetry, auditor);
  undo.defer(() => stopReading(auditor, logs));
  const timer = setInterval(() => tell({ kind: "audited", ...auditor.status() }), statusEveryMs);
  undo.defer(() => Promise.resolve(clearInterval(timer)));
  return { shards: settings.shards };
}

const settings = readSettings("auditor", process.argv.slice(2));
hostProcess({ ...settings, name: settings.auditor, kind: "auditor" }, (...host) =>
  startAuditor(settings, host),
);
