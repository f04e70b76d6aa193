/**
 * How large a cluster is, decided from what is asked for, what the data was made with, and the
 * defaults, in this order. What the data depends on cannot be changed later, and that is said.
 */
import { defaultReplicaTiming } from "../../cluster/replica.ts";
import type { FirstPorts } from "../nats-servers/ports.ts";
import { standardPorts } from "../nats-servers/ports.ts";
import { nodesMax, shardsMax } from "../../protocols/identifiers.ts";
import { isIntegerWithin } from "../../protocols/units.ts";
import { ConfigFault } from "./config-fault.ts";
import type { ClusterSettings, DataDirectory } from "./data-directory.ts";

export const defaultSettings: ClusterSettings = { shards: 3, servers: 3, nodes: 3, gateways: 1 };

/** What was asked for; undefined where nothing was. */
export type AskedSettings = {
  readonly [Key in Exclude<keyof ClusterSettings, "firstSequences" | "nodeNames">]?:
    ClusterSettings[Key] | undefined;
};

const countsMax = { shards: shardsMax, servers: 9, nodes: nodesMax, gateways: 9 };
const portBaseMin = 1024;
/** Up to nine servers, three kinds of ports, ten apart; and behind them those of metrics. */
const portKindStride = 10;
const portMax = 65_535;
const portBaseMax = portMax - 6 * portKindStride;
const metricsPortMax = portMax - 3 * portKindStride;
/** Where nobody chose a base: behind ports that are often taken. */
const metricsPortStandard = 9560;

export function settleSettings(
  asked: AskedSettings,
  before: ClusterSettings | undefined,
): ClusterSettings {
  for (const name of ["shards", "servers"] as const) {
    const [wanted, had] = [asked[name], before?.[name]];
    if (wanted === undefined || had === undefined || wanted === had) continue;
    throw new ConfigFault(
      "settings-changed",
      `this data was made with --${name} ${had} and cannot be used with --${name} ${wanted}: ` +
        `leave the option out, start over with --fresh, or choose another folder with --data` +
        (name === "shards" ? "; ./outcry shard add adds one while it runs" : ""),
    );
  }
  if (
    before?.nodeNames !== undefined &&
    asked.nodes !== undefined &&
    asked.nodes !== before.nodes
  ) {
    throw new ConfigFault(
      "settings-changed",
      `the engine nodes of this data are ${before.nodeNames.join(", ")}: leave --nodes out, and ` +
        `use ./outcry node add or remove while it runs`,
    );
  }
  const base = before ?? defaultSettings;
  const portBase = asked.portBase ?? base.portBase;
  const sitePort = asked.sitePort ?? base.sitePort;
  const tls = asked.tls ?? base.tls;
  if (tls === true && sitePort !== undefined) {
    throw new ConfigFault(
      "settings-invalid",
      "--tls and --site-port do not go together: " + "what passes between sites is in the clear",
    );
  }
  const emission = asked.emission ?? base.emission;
  const metricsPort = asked.metricsPort ?? base.metricsPort;
  const metricsHost = asked.metricsHost ?? base.metricsHost;
  return {
    shards: countOf("shards", asked.shards ?? base.shards),
    servers: countOf("servers", asked.servers ?? base.servers),
    nodes: countOf("nodes", asked.nodes ?? base.nodes),
    gateways: countOf("gateways", asked.gateways ?? base.gateways),
    ...(portBase === undefined ? {} : { portBase: checkPort("--port-base", portBase) }),
    ...(sitePort === undefined ? {} : { sitePort: checkPort("--site-port", sitePort) }),
    ...(tls === undefined ? {} : { tls }),
    ...(emission === undefined ? {} : { emission }),
    ...(metricsPort === undefined
      ? {}
      : { metricsPort: checkPort("--metrics-port", metricsPort, metricsPortMax) }),
    ...(metricsHost === undefined ? {} : { metricsHost }),
    ...(before?.firstSequences && { firstSequences: before.firstSequences }),
    ...(before?.nodeNames && { nodeNames: before.nodeNames }),
  };
}

/** A log is kept by a majority, so by 1 or 3 servers and not by 2. */
export function replicasOf({ servers }: Pick<ClusterSettings, "servers">): number {
  return Math.min(3, servers);
}

/** NATS's own ports unless a base was chosen: then clients, routes and monitors, ten apart. */
export function firstPortsOf({ portBase }: Pick<ClusterSettings, "portBase">): FirstPorts {
  if (portBase === undefined) return standardPorts;
  return {
    client: portBase,
    cluster: portBase + portKindStride,
    monitor: portBase + 2 * portKindStride,
  };
}

/** The first of the ports at which processes tell of themselves: see metrics-ports.ts. */
export function firstMetricsPortOf({
  metricsPort,
  portBase,
}: Pick<ClusterSettings, "metricsPort" | "portBase">): number {
  if (metricsPort !== undefined) return metricsPort;
  return portBase === undefined ? metricsPortStandard : portBase + 3 * portKindStride;
}

export function nodeNames(
  settings: Pick<ClusterSettings, "nodes" | "nodeNames">,
): readonly string[] {
  const { nodes } = settings;
  return settings.nodeNames ?? Array.from({ length: nodes }, (_, index) => `e${index + 1}`);
}

/** The settings of a cluster that has these engine nodes from now on. */
export function withNodes(settings: ClusterSettings, names: readonly string[]): ClusterSettings {
  return { ...settings, nodes: countOf("nodes", names.length), nodeNames: names };
}

export function gatewayNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `gw-${index + 1}`);
}

/** By shard, where logs begin that are to be created. */
export function firstSequencesOf({ shards, firstSequences }: ClusterSettings): readonly number[] {
  return firstSequences ?? Array.from({ length: shards }, () => 1);
}

const generationBytesDefault = 1024 ** 3;

/**
 * Where the logs are archived, how large a log's stream becomes before the next one begins, and how
 * many entries lie between snapshots.
 */
export function keepingOf(directory: DataDirectory): {
  readonly archive: string;
  readonly generationBytes: number;
  readonly snapshotEveryEntries: number;
} {
  const { OUTCRY_ARCHIVE: archive } = process.env;
  const { snapshotEveryEntries } = defaultReplicaTiming;
  return {
    archive: archive === undefined || archive === "" ? directory.archive : archive,
    generationBytes: countFrom("OUTCRY_GENERATION_BYTES", generationBytesDefault),
    snapshotEveryEntries: countFrom("OUTCRY_SNAPSHOT_ENTRIES", snapshotEveryEntries),
  };
}

/** A count that the environment may set. */
function countFrom(name: string, otherwise: number): number {
  const text = process.env[name];
  const count = text === undefined ? otherwise : Number(text);
  if (isIntegerWithin(count, 1, Number.MAX_SAFE_INTEGER)) return count;
  throw new ConfigFault("settings-invalid", `${name} is a whole number from 1`);
}

function countOf(name: keyof typeof countsMax, count: number): number {
  const max = countsMax[name];
  if (!isIntegerWithin(count, 1, max) || (name === "servers" && count === 2)) {
    const rule = name === "servers" ? `1, or 3 to ${max}` : `1 to ${max}`;
    throw new ConfigFault("settings-invalid", `--${name} is ${rule}, not ${count}`);
  }
  return count;
}

function checkPort(option: string, port: number, max = portBaseMax): number {
  if (isIntegerWithin(port, portBaseMin, max)) return port;
  throw new ConfigFault("settings-invalid", `${option} is ${portBaseMin} to ${max}, not ${port}`);
}
