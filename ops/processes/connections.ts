/**
 * A process's ways to the nats-servers: a connection for a credentials file, and the logs of all
 * shards on one.
 */
import { readFileSync } from "node:fs";
import { JetStreamConnection } from "../../cluster/jetstream-connection.ts";
import { JetStreamLog } from "../../cluster/jetstream-log.ts";
import type { RoleName } from "../credentials/permissions.ts";
import { inboxPrefix } from "../credentials/permissions.ts";

export interface UserConnection {
  readonly role: RoleName;
  readonly name: string;
  readonly credentialsFile: string;
  readonly servers: readonly string[];
  /** How long to try; servers may be starting too. */
  readonly openTimeoutMs?: number;
}

/** Resolves once a server accepted us. */
export async function connectAs(user: UserConnection): Promise<JetStreamConnection> {
  const { role, name, credentialsFile, servers, openTimeoutMs = 30_000 } = user;
  return await JetStreamConnection.open({
    servers,
    name: `${name} (${role})`,
    credentials: { kind: "creds", text: readFileSync(credentialsFile, "utf8") },
    inboxPrefix: inboxPrefix(role, name),
    openTimeoutMs,
  });
}

/** Opens every shard's log, creating the streams that are missing. */
export async function openLogs(
  connection: JetStreamConnection,
  { shards, replicas }: { readonly shards: number; readonly replicas: number },
): Promise<readonly JetStreamLog[]> {
  return await Promise.all(
    Array.from({ length: shards }, (_, shard) =>
      JetStreamLog.open(connection, { shard, replicas }),
    ),
  );
}
