/**
 * What a process has that follows every shard's log to tell others of it: the logs from their first
 * entries on over a line of its own, and a folder for the states that it goes on from.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { CheckedLog } from "../../cluster/checked-log.ts";
import { DirectorySnapshotStore } from "../../cluster/directory-snapshot-store.ts";
import type { JetStreamLog } from "../../cluster/jetstream-log.ts";
import type { LogReaderKind } from "../config/log-readers.ts";
import type { LineSettings } from "../config/process-settings.ts";
import { listenForLooks } from "../downstream/status-desk.ts";
import { measureLines } from "../telemetry/line-metrics.ts";
import { connectAs, openLogs, stopReading, wholeLogs } from "./connections.ts";
import type { UserConnection } from "./connections.ts";
import type { Start } from "./process-host.ts";

/** It says that often how far it is. */
const statusEveryMs = 10_000;

interface FollowingSettings extends LineSettings {
  readonly servers: readonly string[];
  readonly shards: number;
  readonly replicas: number;
  readonly archive: string;
  readonly folder: string;
  /** Where it says how far it is; nowhere unless told. */
  readonly socket?: string;
}

interface LogUser extends Pick<UserConnection, "role" | "name" | "credentialsFile"> {
  readonly kind: LogReaderKind;
}

/** Somebody who follows logs and can say how far it is. */
interface Following {
  stop(): Promise<void>;
  status(): object;
}

export interface FollowedLogs {
  /** By shard, with their archives and checked entry by entry. */
  readonly logs: readonly CheckedLog[];
  /** By shard, what the servers still have. */
  readonly retained: readonly JetStreamLog[];
  readonly snapshots: DirectorySnapshotStore;
  readonly report: (error: unknown) => void;
  /** Says now and then how far somebody is, under that name; and ends it when we are to stop. */
  readonly attend: (kind: string, following: Following) => void;
  /** Says the same to whoever asks for it on this machine. */
  readonly answerLooks: (status: () => object) => Promise<void>;
}

export async function openFollowedLogs(
  { kind, ...user }: LogUser,
  settings: FollowingSettings,
  [tell, undo, telemetry]: Parameters<Start>,
): Promise<FollowedLogs> {
  const { servers, ca, folder } = settings;
  const connection = await connectAs({ ...user, servers, ca });
  undo.defer(() => connection.close());
  measureLines(telemetry, { [kind]: connection });
  const retained = await openLogs(connection, { ...settings, creates: false });
  for (const log of retained) undo.defer(() => log.close());
  const report = (error: unknown): void => tell({ kind: "fault", level: "error", error });
  const logs = wholeLogs(settings, retained, report);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    logs,
    retained,
    snapshots: new DirectorySnapshotStore(join(folder, "snapshots")),
    report,
    attend: (said, following) => {
      undo.defer(() => stopReading(following, logs));
      const timer = setInterval(() => tell({ kind: said, ...following.status() }), statusEveryMs);
      undo.defer(() => Promise.resolve(clearInterval(timer)));
    },
    answerLooks: async (status) => {
      if (settings.socket === undefined) return;
      const desk = await listenForLooks(settings.socket, status);
      undo.defer(() => Promise.resolve(void desk.close()));
    },
  };
}
