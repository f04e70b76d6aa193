/**
 * The referee as a process: follows every shard's log with reference books beside the usual ones,
 * and raises the alarm when anything differs.
 *
 *   node ops/processes/referee.ts --config FILE [--referee ref-1] [--servers nats://…,…] …
 *
 * It goes on after an alarm, to say so to whoever asks; `./outcry referee` ends with one.
 */
import { systemClock } from "../../cluster/clock.ts";
import type { ReplicatedLog } from "../../cluster/replicated-log.ts";
import { readSettings } from "../config/read-settings.ts";
import type { RefereeSettings } from "../config/process-settings.ts";
import { measureLines } from "../telemetry/line-metrics.ts";
import { measureReferee } from "../telemetry/referee-metrics.ts";
import { openReferee } from "./open-referee.ts";
import type { Ready, Start } from "./process-host.ts";
import { hostProcess } from "./process-host.ts";

async function startReferee(
  settings: RefereeSettings,
  [tell, undo, telemetry]: Parameters<Start>,
): Promise<Ready> {
  let logs: readonly ReplicatedLog[] = [];
  const referee = await openReferee(
    { ...settings, name: settings.referee },
    {
      clock: systemClock,
      onAlarm: (alarm) => tell({ kind: "alarm", level: "error", ...alarm }),
      onFault: (error) => tell({ kind: "fault", level: "error", error }),
      onConnected: (referee) => measureLines(telemetry, { referee }),
      onOpened: (opened) => (logs = opened),
      undo,
    },
  );
  measureReferee(telemetry, { referee, logs });
  // A long log takes long to catch up with; until then it says how far it is behind.
  void referee.start().then(() => tell({ kind: "caught-up", ...referee.status() }));
  return { shards: settings.shards };
}

const settings = readSettings("referee", process.argv.slice(2));
hostProcess({ ...settings, name: settings.referee, kind: "referee" }, (...host) =>
  startReferee(settings, host),
);
