/**
 * A process's ways to the nats-servers: a connection for a credentials file, and on one the logs of
 * all shards, with their archives where those are to be had, and a node's snapshots.
 */
import { readFileSync } from "node:fs";
import { ArchivedLog } from "../../cluster/archive/archived-log.ts";
import { LogArchive } from "../../cluster/archive/log-archive.ts";
import { CheckedLog } from "../../cluster/checked-log.ts";
import { delay, systemClock } from "../../cluster/clock.ts";
import { DirectorySnapshotStore } from "../../cluster/directory-snapshot-store.ts";
import type { ClusterFault } from "../../cluster/faults.ts";
import { JetStreamConnection } from "../../cluster/jetstream-connection.ts";
import { JetStreamLog } from "../../cluster/jetstream-log.ts";
import { JetStreamSnapshotStore } from "../../cluster/jetstream-snapshot-store.ts";
import { LateSnapshotStore } from "../../cluster/late-snapshot-store.ts";
import { LayeredSnapshotStore } from "../../cluster/layered-snapshot-store.ts";
import type { ReplicatedLog } from "../../cluster/replicated-log.ts";
import type { SnapshotStore } from "../../cluster/snapshot-store.ts";
import { openArchiveStore } from "../config/archive-place.ts";
import type { RoleName } from "../credentials/permissions.ts";
import { inboxPrefix } from "../credentials/permissions.ts";

export interface UserConnection {
  readonly role: RoleName;
  readonly name: string;
  readonly credentialsFile: string;
  readonly servers: readonly string[];
  /** The certificate file of the authority that vouches for them; in the clear without it. */
  readonly ca?: string | undefined;
  /** How long to try; servers may be starting too. */
  readonly openTimeoutMs?: number;
}

/** Resolves once a server accepted us. */
export async function connectAs(user: UserConnection): Promise<JetStreamConnection> {
  const { role, name, credentialsFile, servers, ca, openTimeoutMs = 30_000 } = user;
  return await JetStreamConnection.open({
    servers,
    name: `${name} (${role})`,
    credentials: readFileSync(credentialsFile, "utf8"),
    inboxPrefix: inboxPrefix(role, name),
    openTimeoutMs,
    ...(ca !== undefined && { tls: { caFile: ca } }),
  });
}

/** How many shards there are, and on how many servers each entry is stored. */
interface LogsSettings {
  readonly shards: number;
  readonly replicas: number;
  /** Whether streams that are missing are created; who only appends waits for them. */
  readonly creates?: boolean;
  /** Whether they are read, too; who only appends may not. */
  readonly reads?: boolean;
  /** By shard, where a restored cluster's logs begin; others begin at 1. */
  readonly firstSequences?: readonly (number | string)[];
}

/** Opens every shard's log. */
export async function openLogs(
  connection: JetStreamConnection,
  { shards, replicas, creates = true, reads = true, firstSequences = [] }: LogsSettings,
): Promise<readonly JetStreamLog[]> {
  return await Promise.all(
    Array.from({ length: shards }, (_, shard) => {
      const firstSequence = Number(firstSequences[shard] ?? 1);
      return JetStreamLog.open(connection, { shard, replicas, creates, reads, firstSequence });
    }),
  );
}

/** The logs' archives at that place, a folder or a bucket. */
export function openArchives(
  place: string,
  logs: readonly { readonly name: string }[],
): readonly LogArchive[] {
  const store = openArchiveStore(place);
  return logs.map(({ name }) => new LogArchive(store, name));
}

/** The logs from their first entries on: what they no longer retain is read in their archives. */
export function withArchives(
  place: string,
  logs: readonly ReplicatedLog[],
): readonly ArchivedLog[] {
  const archives = openArchives(place, logs);
  return logs.map((log, shard) => new ArchivedLog(log, archives[shard]!));
}

/** As {@link withArchives}, for who applies what it reads: none of it as a server damaged it. */
export function wholeLogs(
  { archive }: { readonly archive: string },
  logs: readonly ReplicatedLog[],
  onFault: (fault: ClusterFault) => void,
): readonly CheckedLog[] {
  const options = { clock: systemClock, onFault };
  return withArchives(archive, logs).map((log) => new CheckedLog(log, options));
}

/**
 * Ends somebody who reads logs, and closes those: so that whoever waits for an entry of which too
 * few servers have told does not wait on.
 */
export async function stopReading(
  reader: { stop(): Promise<void> },
  logs: readonly ReplicatedLog[],
): Promise<void> {
  const stopped = reader.stop();
  await Promise.all(logs.map((log) => log.close()));
  await stopped;
}

/** A node's snapshots: its own on disk, and behind them those of all nodes. */
export class NodeSnapshots {
  readonly store: SnapshotStore;
  readonly #own: DirectorySnapshotStore;
  readonly #shared: LateSnapshotStore;

  constructor(
    connection: JetStreamConnection,
    { snapshots, replicas }: { readonly snapshots: string; readonly replicas: number },
    report: (fault: ClusterFault) => void,
  ) {
    const open = (): Promise<SnapshotStore> =>
      JetStreamSnapshotStore.open(connection, { replicas });
    this.#own = new DirectorySnapshotStore(snapshots);
    this.#shared = new LateSnapshotStore({ open, clock: systemClock, report });
    this.store = new LayeredSnapshotStore(this.#own, this.#shared);
  }

  /** Resolves once those of all nodes are there. */
  async whole(): Promise<void> {
    await this.#shared.opened;
  }

  /** Resolves once there is enough to start with: what the node has itself, or all there is. */
  async enough(shards: number): Promise<void> {
    const own = await Promise.all(
      Array.from({ length: shards }, (_, shard) => this.#own.list(shard)),
    );
    const hasOwn = own.every((names) => names.length > 0);
    const patience = hasOwn ? [delay(systemClock, sharedPatienceMs)] : [];
    await Promise.race([this.whole(), ...patience]);
  }

  close(): void {
    this.#shared.close();
  }
}

/** How long a node that has snapshots itself waits for those of others. */
const sharedPatienceMs = 300;
