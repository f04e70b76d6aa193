/**
 * Writes the configuration file of one nats-server. Text in, text out: it knows nothing of files,
 * processes or whether the server runs.
 *
 * Everything listens on one address, this machine's own by default. The routes need a secret, so
 * that no other server on the machine can join the cluster and read the log; with TLS they need a
 * certificate of the cluster's own authority, too. The monitor port tells no secrets and has none.
 */
import type { TlsFiles } from "../credentials/certificates.ts";
import type { Keys } from "../credentials/keys.ts";
import { siteDomains } from "../credentials/permissions.ts";
import { assert } from "../../protocols/assert.ts";
import { isAtLeast, supportsSyncAlways } from "../setup/nats-server.mjs";
import type { ServerPorts } from "./ports.ts";

/** How sites are connected: the second one dials the first, and mirrors what it has stored. */
export type SiteLink =
  | { readonly site: "first"; readonly port: number }
  | {
      readonly site: "second";
      /** Undefined for one that no longer follows. */
      readonly dials:
        { readonly urls: readonly string[]; readonly credentialsFile: string } | undefined;
    };

export interface NatsConfiguration {
  readonly serverName: string;
  readonly clusterName: string;
  readonly host: string;
  readonly ports: ServerPorts;
  /** Cluster ports of all servers, this one included; a single port means no cluster. */
  readonly clusterPorts: readonly number[];
  /**
   * Where it finds the other servers, when that is not where they listen: then it keeps from
   * everybody where it listens itself, so that nobody passes by the ways that were chosen.
   */
  readonly routePorts?: readonly number[] | undefined;
  /** Streams are spread over availability zones by this tag. */
  readonly zone: string;
  /** Where each of the servers is found, as `host:port`, when they are on hosts of their own. */
  readonly routes?: readonly string[] | undefined;
  /** Undefined for a cluster that speaks in the clear. */
  readonly tls?: TlsFiles | undefined;
  readonly storeDirectory: string;
  /** Undefined for standard error. */
  readonly logFile: string | undefined;
  /** Of the nats-server that will read this: old ones refuse settings they do not know. */
  readonly version: string;
  readonly keys: Pick<Keys, "operatorJwt" | "accounts" | "routesSecret">;
  /** Undefined for a cluster that knows of no other site. */
  readonly siteLink?: SiteLink | undefined;
}

export function renderNatsConfiguration(configuration: NatsConfiguration): string {
  const { serverName, host, ports, keys, siteLink, tls } = configuration;
  assert(tls === undefined || siteLink === undefined, "what passes between sites is in the clear");
  const sections = [
    [
      `server_name: ${quote(serverName)}`,
      `server_tags: [${quote(`az:${configuration.zone}`)}]`,
      `listen: ${quote(`${host}:${ports.client}`)}`,
      `http: ${quote(`${host}:${ports.monitor}`)}`,
      `max_payload: 1MB`,
      // A client that died without a word is noticed within about six seconds.
      `ping_interval: "2s"`,
      `ping_max: 2`,
      // 30 seconds is the least that servers accept. Streams have moved after the first second, and
      // clients are sent away one by one from the end of the grace period on.
      `lame_duck_duration: "30s"`,
      `lame_duck_grace_period: "1s"`,
      ...renderLogFile(configuration),
      ...renderTls(configuration.tls, "clients"),
    ],
    [
      `jetstream {`,
      `  store_dir: ${quote(configuration.storeDirectory)}`,
      ...(configuration.siteLink === undefined
        ? []
        : [`  domain: ${quote(siteDomains[configuration.siteLink.site])}`]),
      // An acknowledged message is on the disks of a majority, not only in their memories.
      ...(supportsSyncAlways(configuration.version) ? [`  sync_interval: always`] : []),
      `}`,
    ],
    ...((configuration.routes ?? configuration.clusterPorts).length > 1
      ? [renderCluster(configuration)]
      : []),
    ...(configuration.siteLink === undefined
      ? []
      : [renderSiteLink(configuration.siteLink, configuration)]),
    [
      `operator: ${quote(keys.operatorJwt)}`,
      `system_account: ${quote(keys.accounts.SYS.id)}`,
      `resolver: MEMORY`,
      `resolver_preload {`,
      ...Object.values(keys.accounts).map(({ id, jwt }) => `  ${id}: ${quote(jwt)}`),
      `}`,
    ],
  ];
  return sections.map((lines) => `${lines.join("\n")}\n`).join("\n");
}

function renderLogFile({ logFile, version }: NatsConfiguration): string[] {
  if (logFile === undefined) return [];
  const size = [`log_file: ${quote(logFile)}`, `logfile_size_limit: 64MB`];
  return isAtLeast(version, "2.10.0") ? [...size, `logfile_max_num: 4`] : size;
}

/** Clients show credentials; servers show one another certificates, too. */
function renderTls(tls: TlsFiles | undefined, between: "clients" | "routes"): string[] {
  if (tls === undefined) return [];
  return [
    `tls {`,
    `  cert_file: ${quote(tls.certificate)}`,
    `  key_file: ${quote(tls.key)}`,
    `  ca_file: ${quote(tls.authority)}`,
    ...(between === "routes" ? [`  verify: true`] : []),
    `}`,
  ];
}

function renderCluster(configuration: NatsConfiguration): string[] {
  const { host, ports, keys } = configuration;
  const user = "route";
  const { routePorts } = configuration;
  const others = configuration.clusterPorts.filter((port) => port !== ports.cluster);
  const found = configuration.routes ?? (routePorts ?? others).map((port) => `${host}:${port}`);
  const routes = found.map(
    (place) => `    ${quote(`nats-route://${user}:${keys.routesSecret}@${place}`)}`,
  );
  return [
    `cluster {`,
    `  name: ${quote(configuration.clusterName)}`,
    `  listen: ${quote(`${host}:${ports.cluster}`)}`,
    `  authorization { user: ${quote(user)}, password: ${quote(keys.routesSecret)} }`,
    ...renderTls(configuration.tls, "routes").map((line) => `  ${line}`),
    // What is sent to a server that hangs is lost until the others notice: within two seconds.
    ...(isAtLeast(configuration.version, "2.10.10")
      ? [`  ping_interval: "500ms"`, `  ping_max: 3`]
      : []),
    // Servers tell each other where others listen, and dial; an address of nobody is told instead.
    ...(routePorts === undefined
      ? []
      : [`  no_advertise: true`, `  advertise: ${quote(`${host}:${nobodysPort}`)}`]),
    `  routes: [`,
    ...routes,
    `  ]`,
    `}`,
  ];
}

const nobodysPort = 1;

function renderSiteLink(link: SiteLink, { host, keys }: NatsConfiguration): string[] {
  if (link.site === "first") {
    // Another site goes by the ways that it was given, and hears of no others.
    return [
      `leafnodes {`,
      `  listen: ${quote(`${host}:${link.port}`)}`,
      `  no_advertise: true`,
      `}`,
    ];
  }
  if (link.dials === undefined) return [];
  const { urls, credentialsFile } = link.dials;
  return [
    `leafnodes {`,
    `  reconnect: "1s"`,
    `  remotes: [`,
    `    {`,
    `      urls: [${urls.map(quote).join(", ")}]`,
    `      account: ${quote(keys.accounts.ENGINE.id)}`,
    `      credentials: ${quote(credentialsFile)}`,
    `    }`,
    `  ]`,
    `}`,
  ];
}

/** Inside double quotes a configuration file takes the same escapes as JSON. */
function quote(text: string): string {
  return JSON.stringify(text);
}
