/**
 * What must hold before servers are started, and the files they are started with. Leaves a running
 * cluster, and data that belongs to another one, as they are.
 */
import { mkdir, realpath, rm, writeFile } from "node:fs/promises";
import type { TlsFiles } from "../credentials/certificates.ts";
import type { Keys } from "../credentials/keys.ts";
import { renderNatsConfiguration } from "./nats-configuration.ts";
import type { SiteLink } from "./nats-configuration.ts";
import { NatsServersFault } from "./nats-servers-fault.ts";
import type { ServerPorts } from "./ports.ts";
import { findBusyPorts } from "./ports.ts";
import { findRunningServers } from "./running-servers.ts";
import { listServers, serverFiles } from "./server-files.ts";

export interface Preparation {
  readonly binary: { readonly version: string };
  readonly dataDirectory: string;
  readonly host: string;
  readonly keys: Keys;
  /** By server: where it finds the others, when that is not where they listen. */
  readonly routePorts: Readonly<Record<string, readonly number[]>>;
  /** With which certificates they encrypt; undefined for in the clear. */
  readonly tls?: TlsFiles | undefined;
  /** How the first server is connected with another site; the others' ports are the next ones. */
  readonly siteLink?: SiteLink | undefined;
}

interface PreparedServer {
  readonly name: string;
  readonly ports: ServerPorts;
}

/**
 * Resolves with the data directory's real path. Servers are started with files under that one, so
 * that whoever looks for their processes later looks for the same.
 */
export async function prepareServers(
  preparation: Preparation,
  servers: readonly PreparedServer[],
): Promise<string> {
  await mkdir(preparation.dataDirectory, { recursive: true });
  const root = await realpath(preparation.dataDirectory);
  await refuseIfRunning(root);
  await refuseIfCountChanged(root, servers.length);
  await refuseIfPortsBusy(preparation.host, servers);
  for (const server of servers) {
    await writeConfiguration({ ...preparation, dataDirectory: root }, server, servers);
  }
  return root;
}

async function refuseIfRunning(dataDirectory: string): Promise<void> {
  const running = await findRunningServers(dataDirectory);
  if (running.length === 0) return;
  const list = running.map(({ name, pid }) => `${name} (process ${pid})`).join(", ");
  throw new NatsServersFault("already-running", `already running in ${dataDirectory}: ${list}`);
}

/**
 * A group's majority is counted over all the servers it has ever had, and a server on its own does
 * not read what it stored as a member of a group.
 */
async function refuseIfCountChanged(dataDirectory: string, now: number): Promise<void> {
  const before = (await listServers(dataDirectory)).length;
  if (before <= now && !(before === 1 && now > 1)) return;
  throw new NatsServersFault(
    "server-count-changed",
    `${dataDirectory} belongs to ${before} nats-server(s), and cannot be used by ${now}`,
  );
}

async function refuseIfPortsBusy(host: string, servers: readonly PreparedServer[]): Promise<void> {
  const busyPorts = await findBusyPorts(host, servers);
  if (busyPorts.length === 0) return;
  const list = busyPorts.map(({ port, what }) => `${port} (${what})`).join(", ");
  throw new NatsServersFault("ports-busy", `ports already in use: ${list}`, { busyPorts });
}

async function writeConfiguration(
  { dataDirectory, host, keys, binary, routePorts, siteLink, tls }: Preparation,
  server: PreparedServer,
  servers: readonly PreparedServer[],
): Promise<void> {
  const files = serverFiles(dataDirectory, server.name);
  const text = renderNatsConfiguration({
    serverName: server.name,
    // Servers refuse a link between two clusters of the same name.
    clusterName: siteLink?.site === "second" ? "outcry-second" : "outcry",
    host,
    ports: server.ports,
    clusterPorts: servers.map(({ ports }) => ports.cluster),
    routePorts: routePorts[server.name],
    zone: server.name,
    storeDirectory: files.storeDirectory,
    logFile: files.logFile,
    version: binary.version,
    keys,
    tls,
    siteLink: siteLink && siteLinkOf(siteLink, servers.indexOf(server)),
  });
  await mkdir(files.directory, { recursive: true, mode: 0o700 });
  // It holds the routes' secret, and a file keeps its mode when it is written again.
  await rm(files.configurationFile, { force: true });
  await writeFile(files.configurationFile, text, { mode: 0o600 });
}

function siteLinkOf(link: SiteLink, index: number): SiteLink {
  return link.site === "first" ? { ...link, port: link.port + index } : link;
}
