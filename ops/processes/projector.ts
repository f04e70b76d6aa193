/**
 * The projector as a process: follows every shard's log, writes down in a database what happened,
 * and answers questions about it: in SQL on its machine, and what participants ask over NATS.
 *
 *   node ops/processes/projector.ts --config FILE [--projector prj-1] [--database URL] …
 */
import { systemClock } from "../../cluster/clock.ts";
import type { ProjectorSettings } from "../config/process-settings.ts";
import { readSettings } from "../config/read-settings.ts";
import { version } from "../config/release.ts";
import type { Database } from "../history/database.ts";
import { listenForQuestions } from "../history/history-desk.ts";
import { openDatabase } from "../history/open-database.ts";
import { Projector } from "../history/projector.ts";
import { HistoryAnswers } from "../history/requests/history-answers.ts";
import { LogHeads } from "../history/requests/log-heads.ts";
import { NatsHistory } from "../history/requests/nats-history.ts";
import { measureLines } from "../telemetry/line-metrics.ts";
import { measureProjector } from "../telemetry/projector-metrics.ts";
import { connectAs } from "./connections.ts";
import { openFollowedLogs } from "./followed-logs.ts";
import type { FollowedLogs } from "./followed-logs.ts";
import type { Ready, Start } from "./process-host.ts";
import { hostProcess } from "./process-host.ts";

async function startProjector(
  settings: ProjectorSettings,
  ...host: Parameters<Start>
): Promise<Ready> {
  const { projector: name, projectorCredentials: credentialsFile, folder } = settings;
  const [tell, undo, telemetry] = host;
  const user = { kind: "projector", role: "projector", name, credentialsFile } as const;
  const followed = await openFollowedLogs(user, settings, host);
  const { logs, snapshots, report } = followed;
  const database = await openDatabase(settings.database, folder);
  undo.defer(() => database.close());
  const projector = new Projector({
    ...{ logs, clock: systemClock, snapshots, database, report },
    onBegunAnew: (news) => tell({ kind: "history-begins-anew", level: "warn", ...news }),
  });
  const status = () => projector.status();
  const desk = await listenForQuestions(settings.socket, { database, status });
  undo.defer(() => Promise.resolve(void desk.close()));
  await answerParticipants({ settings, followed, database, projector }, host);
  followed.attend("projected", projector);
  measureProjector(telemetry, projector);
  // A database that is away is waited for, and nobody waits for us.
  void projector.startWhenPossible();
  return { shards: settings.shards, database: database.place };
}

interface Archivist {
  readonly settings: ProjectorSettings;
  readonly followed: FollowedLogs;
  readonly database: Database;
  readonly projector: Projector;
}

/** Over a line of its own: what participants send cannot hold up the reading of logs. */
async function answerParticipants(
  { settings, followed, database, projector }: Archivist,
  [, undo, telemetry]: Parameters<Start>,
): Promise<void> {
  const { projector: name, frontCredentials: credentialsFile, servers, ca } = settings;
  const front = await connectAs({ role: "history-front", name, credentialsFile, servers, ca });
  undo.defer(() => front.close());
  measureLines(telemetry, { front });
  const heads = new LogHeads(followed.retained);
  undo.defer(() => Promise.resolve(heads.stop()));
  const answers = new HistoryAnswers({
    database,
    report: followed.report,
    status: () => ({ written: projector.status().written, heads: heads.known }),
  });
  const service = await NatsHistory.start({ connection: front.nats, answers, version, name });
  undo.defer(() => service.close());
  void service.stopped.then((cause) => {
    if (!undo.disposed) endWith(new Error("the history's service has ended", { cause }));
  });
}

/** A projector that nobody hears any more ends, so that whoever watches over it starts another. */
function endWith(error: Error): void {
  queueMicrotask(() => {
    throw error;
  });
}

const settings = readSettings("projector", process.argv.slice(2));
hostProcess({ ...settings, name: settings.projector, kind: "projector" }, (...host) =>
  startProjector(settings, ...host),
);
