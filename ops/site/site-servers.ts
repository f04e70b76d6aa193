/** The nats-servers of a second site, for as long as something is done with them. */
import { JetStreamConnection } from "../../cluster/jetstream-connection.ts";
import type { Keys } from "../credentials/keys.ts";
import { signUser } from "../credentials/users.ts";
import { inboxPrefix } from "../credentials/permissions.ts";
import { NatsServers } from "../nats-servers/nats-servers.ts";
import { findFreePorts } from "../nats-servers/ports.ts";
import { Warden } from "../supervisor/warden.ts";
import type { SiteFolder } from "./site-folder.ts";

export interface NatsBinary {
  readonly path: string;
  readonly version: string;
}

export interface SiteServersOptions {
  readonly folder: SiteFolder;
  readonly binary: NatsBinary;
  readonly keys: Keys;
  /** Where the first site is, and as whom to go there; undefined to be on one's own. */
  readonly dials:
    { readonly urls: readonly string[]; readonly credentialsFile: string } | undefined;
}

const follower = { role: "follower", name: "site" } as const;

/** On ports that nobody knows: nobody is to write into what is mirrored. */
export async function withSiteServers<Result>(
  { folder, binary, keys, dials }: SiteServersOptions,
  action: (connection: JetStreamConnection) => Promise<Result>,
): Promise<Result> {
  const { servers: count } = folder.description();
  const warden = new Warden();
  const pids = new Map<string, number>();
  warden.start();
  const servers = new NatsServers({
    ...{ binary, keys, count, dataDirectory: folder.path, restart: true },
    firstPorts: await findFreePorts(count),
    siteLink: { site: "second", dials },
    onEvent: (event) => {
      if (event.kind === "server-started") {
        pids.set(event.name, event.pid);
        warden.watch(event.pid, "late");
      }
      if (event.kind === "server-exited") warden.forget(pids.get(event.name) ?? 0);
    },
  });
  try {
    await servers.start();
    const connection = await JetStreamConnection.open({
      servers: servers.urls,
      name: follower.name,
      credentials: await signUser(keys.signers.follower, follower),
      inboxPrefix: inboxPrefix(follower.role, follower.name),
    });
    try {
      return await action(connection);
    } finally {
      await connection.close();
    }
  } finally {
    await servers.stop();
    await warden.release();
  }
}
