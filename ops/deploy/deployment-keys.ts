/**
 * Everything secret that a cluster on machines or in containers of its own begins with: keys,
 * credentials for each process by its name, certificates, and each nats-server's configuration.
 *
 *   <keys>/servers/<server>/       nats-server.conf, ca.crt, server.crt, server.key: of that server
 *   <keys>/users/<role>/<name>.creds
 *   <keys>/tls/ca.crt              by which clients know the servers
 *   <keys>/database/{password,url}  of the database that the projector writes to
 *
 * A process is to be given its own credentials and the authority's certificate, and nothing else.
 */
import { randomBytes } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeClusterFile } from "../config/cluster-file.ts";
import { gatewayNames, nodeNames } from "../config/cluster-settings.ts";
import { ConfigFault } from "../config/config-fault.ts";
import type { DataDirectory } from "../config/data-directory.ts";
import { demoAccount } from "../config/venue.ts";
import { initCertificates } from "../credentials/certificates.ts";
import type { TlsFiles } from "../credentials/certificates.ts";
import type { Keys } from "../credentials/keys.ts";
import { initKeys } from "../credentials/keys.ts";
import type { RoleName } from "../credentials/permissions.ts";
import { ensureUser } from "../credentials/users.ts";
import { renderNatsConfiguration } from "../nats-servers/nats-configuration.ts";
import { standardPorts } from "../nats-servers/ports.ts";
import { pinnedVersion } from "../setup/nats-server.mjs";
import { toolNames } from "../supervisor/cluster-plan.ts";

export interface DeploymentPlan {
  /** Under which name each nats-server is reached by the others; its first label is its own. */
  readonly serverHosts: readonly string[];
  readonly nodes: readonly string[];
  readonly gateways: readonly string[];
  readonly referees: readonly string[];
  readonly auditors: readonly string[];
  readonly projectors: readonly string[];
  readonly exporters: readonly string[];
  readonly surveillants: readonly string[];
  readonly custodians: readonly string[];
  readonly shards: number;
  readonly isEncrypted: boolean;
  /** Where the logs are archived, as this machine reaches it: the data directory unless told. */
  readonly archive?: string | undefined;
  /** The addresses at which the command line reaches the servers from here. */
  readonly reachedAt: readonly string[];
}

export const defaultDeployment = {
  serverHosts: ["n1", "n2", "n3"],
  nodes: nodeNames({ nodes: 3 }),
  gateways: gatewayNames(2),
  referees: ["ref-1"],
  auditors: ["aud-1"],
  projectors: ["prj-1"],
  exporters: ["csv-1"],
  surveillants: ["sur-1"],
  custodians: ["custodian"],
} as const;

/** Where a nats-server finds its folder of `servers/`, and where it stores. */
const mountedAt = "/etc/outcry/nats";
const storeDirectory = "/data/jetstream";

export interface DeploymentKeys {
  readonly keys: string;
  readonly servers: readonly string[];
  /** Credentials files, by role. */
  readonly users: Readonly<Record<string, readonly string[]>>;
  readonly ca: string | undefined;
}

/** Makes what is missing and keeps what is there. */
export async function initDeployment(
  directory: DataDirectory,
  plan: DeploymentPlan,
): Promise<DeploymentKeys> {
  refuseSameNames(plan.serverHosts);
  const keys = await initKeys(directory.keys);
  const users = await makeUsers(keys, plan);
  const hosts = [...plan.serverHosts, ...plan.serverHosts.map(firstLabel)];
  const local = ["localhost", "127.0.0.1"];
  const reached = plan.reachedAt.map((address) => address.replace(/:\d+$/, ""));
  const names = [...new Set([...hosts, ...local, ...reached])];
  const tls = plan.isEncrypted ? initCertificates(directory.keys, names) : undefined;
  for (const host of plan.serverHosts) writeServer(keys, plan, { host, tls });
  initDatabase(directory.keys);
  // Containers are given this folder, and an engine makes one that is missing as root.
  if (plan.archive === undefined) mkdirSync(directory.archive, { recursive: true, mode: 0o700 });
  describe(directory, { plan, users, ca: tls?.authority });
  const servers = plan.serverHosts.map(firstLabel);
  return { keys: directory.keys, servers, users, ca: tls?.authority };
}

/** Two servers of one name would have one folder of keys, and one name in the cluster. */
function refuseSameNames(hosts: readonly string[]): void {
  const names = hosts.map(firstLabel);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  const why = `two nats-servers would be called ${twice}: hosts differ up to the first dot`;
  throw new ConfigFault("settings-invalid", why);
}

/** A password for a database of that name on a host of that name, unless there is one. */
function initDatabase(keys: string): void {
  const folder = join(keys, "database");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (existsSync(join(folder, "url"))) return;
  const password = randomBytes(24).toString("base64url");
  writeFileSync(join(folder, "password"), `${password}\n`, { mode: 0o600 });
  const url = `postgres://outcry:${password}@postgres:5432/outcry`;
  writeFileSync(join(folder, "url"), `${url}\n`, { mode: 0o600 });
}

type Users = Readonly<Record<string, readonly string[]>>;

async function makeUsers(keys: Keys, plan: DeploymentPlan): Promise<Users> {
  const wanted: readonly (readonly [RoleName, readonly string[]])[] = [
    ["engine", [...plan.nodes, toolNames.engine]],
    ["publisher", plan.nodes],
    ["gateway-back", plan.gateways],
    ["gateway-front", plan.gateways],
    ["referee", [...plan.referees, toolNames.referee]],
    ["auditor", plan.auditors],
    ["projector", [...plan.projectors, ...plan.exporters, ...plan.surveillants]],
    ["history-front", plan.projectors],
    ["custodian", plan.custodians],
    ["admin", [toolNames.admin]],
    ["participant", [demoAccount]],
  ];
  const made: Record<string, string[]> = {};
  for (const [role, names] of wanted) {
    made[role] = [];
    for (const name of names) made[role].push((await ensureUser(keys, { role, name })).file);
  }
  return made;
}

function writeServer(
  keys: Keys,
  { serverHosts }: DeploymentPlan,
  { host, tls }: { readonly host: string; readonly tls: TlsFiles | undefined },
): void {
  const name = firstLabel(host);
  const folder = join(keys.directory, "servers", name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, "nats-server.conf");
  rmSync(file, { force: true });
  const others = serverHosts.filter((other) => other !== host);
  const mounted: TlsFiles = {
    authority: join(mountedAt, "ca.crt"),
    certificate: join(mountedAt, "server.crt"),
    key: join(mountedAt, "server.key"),
  };
  const text = renderNatsConfiguration({
    serverName: name,
    clusterName: "outcry",
    host: "0.0.0.0",
    ports: standardPorts,
    clusterPorts: serverHosts.map(() => standardPorts.cluster),
    routes: others.map((other) => `${other}:${standardPorts.cluster}`),
    zone: name,
    storeDirectory,
    logFile: undefined,
    version: pinnedVersion,
    keys,
    tls: tls && mounted,
  });
  writeFileSync(file, text, { mode: 0o600 });
  if (tls === undefined) return;
  for (const [from, to] of [
    [tls.authority, "ca.crt"],
    [tls.certificate, "server.crt"],
    [tls.key, "server.key"],
  ] as const) {
    copyFileSync(from, join(folder, to));
    chmodSync(join(folder, to), 0o600);
  }
}

interface Described {
  readonly plan: DeploymentPlan;
  readonly users: Users;
  readonly ca: string | undefined;
}

/** So that `./outcry status` and the like find the cluster by its data directory. */
function describe(directory: DataDirectory, { plan, users, ca }: Described): void {
  const lastOf = (role: RoleName): string => users[role]?.at(-1) ?? "";
  writeClusterFile(directory, {
    version: 1,
    // Nobody supervises it here.
    supervisor: { pid: 0, socket: join(directory.path, "supervisor.sock") },
    startedAt: new Date().toISOString(),
    shards: plan.shards,
    replicas: Math.min(3, plan.serverHosts.length),
    servers: plan.serverHosts.map((host, index) => {
      const address = plan.reachedAt[index] ?? `${host}:${standardPorts.client}`;
      const monitorUrl = `http://${host}:${standardPorts.monitor}`;
      return { name: firstLabel(host), url: `nats://${address}`, monitorUrl };
    }),
    nodes: plan.nodes,
    gateways: plan.gateways,
    processes: [],
    ca,
    archive: plan.archive ?? directory.archive,
    keys: directory.keys,
    credentials: {
      admin: lastOf("admin"),
      engine: lastOf("engine"),
      referee: lastOf("referee"),
      demo: lastOf("participant"),
    },
  });
}

function firstLabel(host: string): string {
  return host.split(".")[0] ?? host;
}
