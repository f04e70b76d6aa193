/**
 * The auditor as a process: follows every shard's log and tells the traces of all orders to a
 * receiver of OTLP.
 *
 *   node ops/processes/auditor.ts --config FILE [--auditor aud-1] [--otlp URL] …
 */
import { join } from "node:path";
import { systemClock } from "../../cluster/clock.ts";
import { Auditor } from "../audit/auditor.ts";
import type { TracesStatus } from "../audit/auditor.ts";
import { OtlpExport } from "../audit/otlp-export.ts";
import { PositionFile } from "../audit/position-file.ts";
import { withoutPasswords } from "../config/masked.ts";
import type { AuditorSettings } from "../config/process-settings.ts";
import { readSettings } from "../config/read-settings.ts";
import { measureAuditor } from "../telemetry/auditor-metrics.ts";
import { openFollowedLogs } from "./followed-logs.ts";
import type { Ready, Start } from "./process-host.ts";
import { hostProcess } from "./process-host.ts";

async function startAuditor(settings: AuditorSettings, ...host: Parameters<Start>): Promise<Ready> {
  const { auditor: name, auditorCredentials: credentialsFile, folder, otlp } = settings;
  const [, undo, telemetry] = host;
  const user = { kind: "auditor", role: "auditor", name, credentialsFile } as const;
  const { logs, snapshots, report, attend, answerLooks } = await openFollowedLogs(
    user,
    settings,
    host,
  );
  const receiver = new OtlpExport({ url: otlp });
  undo.defer(() => receiver.close());
  const auditor = new Auditor({
    logs,
    clock: systemClock,
    snapshots,
    position: new PositionFile(join(folder, "position.json")),
    tell: (spans) => receiver.send(spans),
    report,
    perMille: settings.perMille,
  });
  attend("audited", auditor);
  const place = withoutPasswords(otlp);
  await answerLooks((): TracesStatus => ({ otlp: place, ...auditor.status() }));
  await auditor.start();
  measureAuditor(telemetry, auditor);
  return { shards: settings.shards };
}

const settings = readSettings("auditor", process.argv.slice(2));
hostProcess({ ...settings, name: settings.auditor, kind: "auditor" }, (...host) =>
  startAuditor(settings, ...host),
);
