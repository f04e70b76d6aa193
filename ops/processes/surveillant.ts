/**
 * Surveillance as a process: follows every shard's log, looks for market manipulation in what books
 * do, and appends alerts to a file.
 *
 *   node ops/processes/surveillant.ts --config FILE [--surveillant sur-1] [--surveillance DIR] …
 */
import { mkdirSync } from "node:fs";
import { systemClock } from "../../cluster/clock.ts";
import type { SurveillantSettings } from "../config/process-settings.ts";
import { readSettings } from "../config/read-settings.ts";
import { readOfficersFiles } from "../surveillance/officers-files.ts";
import { Surveillant } from "../surveillance/surveillant.ts";
import type { SurveillanceStatus } from "../surveillance/surveillant.ts";
import { measureSurveillant } from "../telemetry/surveillant-metrics.ts";
import { openFollowedLogs } from "./followed-logs.ts";
import type { Ready, Start } from "./process-host.ts";
import { hostProcess } from "./process-host.ts";

async function startSurveillant(
  settings: SurveillantSettings,
  ...host: Parameters<Start>
): Promise<Ready> {
  const { surveillant: name, surveillantCredentials: credentialsFile } = settings;
  const { surveillance: folder } = settings;
  const [, , telemetry] = host;
  mkdirSync(folder, { recursive: true });
  const officers = readOfficersFiles({ folder });
  const user = { kind: "surveillant", role: "projector", name, credentialsFile } as const;
  const { logs, snapshots, report, attend, answerLooks } = await openFollowedLogs(
    user,
    settings,
    host,
  );
  const surveillant = new Surveillant({
    ...{ logs, snapshots, folder, report, clock: systemClock },
    ...officers,
  });
  attend("watched", surveillant);
  await answerLooks((): SurveillanceStatus => ({ folder, ...surveillant.status() }));
  measureSurveillant(telemetry, surveillant);
  await surveillant.start();
  return { shards: settings.shards, surveillance: folder };
}

const settings = readSettings("surveillant", process.argv.slice(2));
hostProcess({ ...settings, name: settings.surveillant, kind: "surveillant" }, (...host) =>
  startSurveillant(settings, ...host),
);
