/**
 * `outcry referee`: follows the running cluster with reference books beside the usual ones, from the
 * first entry of every log on, and ends with the first thing that differs.
 */
import { Command } from "commander";
import type { RefereeAlarm, RefereeStatus } from "../../protocols/queries.ts";
import { toolNames } from "../supervisor/cluster-plan.ts";
import type { CommonOptions } from "./output.ts";
import { paint, print, withCommonOptions } from "./output.ts";
import { findCluster, lineOf } from "./running-cluster.ts";
import type { RunningCluster } from "./running-cluster.ts";
import { refereeInWords } from "./status-report.ts";

interface RefereeFlags extends CommonOptions {
  readonly once?: boolean;
}

/** How often somebody who looks is told how far it has come. */
const tellMs = 5000;

export function command(): Command {
  const referee = new Command("referee")
    .description(
      "Applies every shard's log with reference books beside the usual ones, and compares what they " +
        "tell, and its outputs with the feed. Exits with 1 at the first difference; else goes on " +
        "until it is stopped.",
    )
    .option("--once", "end when it has caught up with the logs");
  return withCommonOptions(referee).action(async (flags: RefereeFlags) => {
    const { status, alarms } = await follow(findCluster(flags), flags);
    const ok = alarms.length === 0 && status.shards.every(({ phase }) => phase !== "failed");
    print(flags, { ok, alarms, ...status }, () => renderEnd(status, alarms));
    if (!ok) process.exitCode = 1;
  });
}

interface Followed {
  readonly status: RefereeStatus;
  readonly alarms: readonly RefereeAlarm[];
}

async function follow(cluster: RunningCluster, flags: RefereeFlags): Promise<Followed> {
  const [{ openReferee }, { systemClock }] = await Promise.all([
    import("../processes/open-referee.ts"),
    import("../../cluster/clock.ts"),
  ]);
  const { shards, replicas, archive, credentials } = cluster.file;
  const alarms: RefereeAlarm[] = [];
  const ended = Promise.withResolvers<void>();
  const line = { shards, replicas, archive, name: toolNames.referee, ...lineOf(cluster) };
  await using undo = new AsyncDisposableStack();
  const referee = await openReferee(
    { ...line, refereeCredentials: credentials.referee },
    {
      clock: systemClock,
      undo,
      onAlarm: (alarm) => {
        alarms.push(alarm);
        ended.resolve();
      },
      onFault: (error) => say(error instanceof Error ? error.message : String(error)),
    },
  );
  const stop = (): void => ended.resolve();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
  const caughtUp = referee.start();
  if (flags.once === true) caughtUp.then(stop, ended.reject);
  else caughtUp.catch(ended.reject);
  const telling = setInterval(() => {
    if (flags.json !== true) say(refereeInWords(referee.status()));
  }, tellMs);
  await ended.promise.finally(() => clearInterval(telling));
  return { status: referee.status(), alarms };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function renderEnd(status: RefereeStatus, alarms: readonly RefereeAlarm[]): string {
  const found = alarms.map(({ shard, sequence, what }) =>
    paint("red", `ALARM at shard ${shard} entry ${sequence}: ${what}`),
  );
  const verdict = alarms.length === 0 ? [paint("green", "nothing differs")] : found;
  return [refereeInWords(status), ...verdict].join("\n");
}
