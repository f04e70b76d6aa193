/** Real nats-servers on free ports and in a folder of their own, for tests; gone after `stop`. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConnectionOptions, NatsConnection } from "@nats-io/transport-node";
import { connect, credsAuthenticator } from "@nats-io/transport-node";
import type { Keys } from "../../credentials/keys.ts";
import { initKeys } from "../../credentials/keys.ts";
import type { User } from "../../credentials/users.ts";
import { mintUser } from "../../credentials/users.ts";
import { findNatsServer } from "../../setup/nats-server.mjs";
import type { NatsServersOptions } from "../nats-servers.ts";
import { NatsServers } from "../nats-servers.ts";
import { findFreePorts } from "../ports.ts";

export class TestCluster {
  readonly keys: Keys;
  readonly dataDirectory: string;
  readonly servers: NatsServers;
  readonly #connections: NatsConnection[] = [];

  constructor(keys: Keys, dataDirectory: string, servers: NatsServers) {
    this.keys = keys;
    this.dataDirectory = dataDirectory;
    this.servers = servers;
  }

  static async start(options: Partial<NatsServersOptions> = {}): Promise<TestCluster> {
    const dataDirectory =
      options.dataDirectory ?? (await mkdtemp(join(tmpdir(), "outcry-servers-")));
    const keys = options.keys ?? (await initKeys(join(dataDirectory, "keys")));
    const servers = new NatsServers({
      binary: natsServerHere(),
      firstPorts: await findFreePorts(options.count ?? 3),
      ...options,
      dataDirectory,
      keys,
    });
    await servers.start();
    return new TestCluster(keys, dataDirectory, servers);
  }

  /** Connects as a new user of that role and name. */
  async connect(user: User, options: ConnectionOptions = {}): Promise<NatsConnection> {
    const { creds, inboxPrefix } = await mintUser(this.keys, user);
    return await this.connectWith(creds, { inboxPrefix, ...options });
  }

  /** Connects with these credentials, and gives up at once when they are refused. */
  async connectWith(creds: string, options: ConnectionOptions = {}): Promise<NatsConnection> {
    const connection = await connect({
      servers: this.servers.urls,
      authenticator: credsAuthenticator(new TextEncoder().encode(creds)),
      noAsyncTraces: true,
      reconnectTimeWait: 50,
      maxReconnectAttempts: -1,
      ...options,
    });
    this.#connections.push(connection);
    return connection;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#connections.map(async (connection) => await connection.close()));
    await this.servers.stop();
    await rm(this.dataDirectory, { recursive: true, force: true });
  }
}

export function natsServerHere(): { path: string; version: string } {
  const found = findNatsServer();
  if (found === undefined) throw new Error("no nats-server here: npm run setup gets one");
  return found;
}
