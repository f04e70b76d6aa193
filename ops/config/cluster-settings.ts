/**
 * How large a cluster is, decided from what is asked for, what the data was made with, and the
 * defaults, in this order. What the data depends on cannot be changed later, and that is said.
 */
import type { FirstPorts } from "../nats-servers/ports.ts";
import { standardPorts } from "../nats-servers/ports.ts";
import { shardsMax } from "../../protocols/identifiers.ts";
import { isIntegerWithin } from "../../protocols/units.ts";
import { ConfigFault } from "./config-fault.ts";
import type { ClusterSettings } from "./data-directory.ts";

export const defaultSettings: ClusterSettings = { shards: 3, servers: 3, nodes: 3, gateways: 1 };

/** What was asked for; undefined where nothing was. */
export type AskedSettings = { readonly [Key in keyof ClusterSettings]?: number | undefined };

const countsMax = { shards: shardsMax, servers: 9, nodes: 9, gateways: 9 };
const portBaseMin = 1024;
/** Up to nine servers, three kinds of ports, ten apart. */
const portKindStride = 10;
const portBaseMax = 65_535 - 3 * portKindStride;

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
        `leave the option out, start over with --fresh, or choose another folder with --data`,
    );
  }
  const base = before ?? defaultSettings;
  const portBase = asked.portBase ?? base.portBase;
  return {
    shards: countOf("shards", asked.shards ?? base.shards),
    servers: countOf("servers", asked.servers ?? base.servers),
    nodes: countOf("nodes", asked.nodes ?? base.nodes),
    gateways: countOf("gateways", asked.gateways ?? base.gateways),
    ...(portBase === undefined ? {} : { portBase: checkPortBase(portBase) }),
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

export function nodeNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `e${index + 1}`);
}

export function gatewayNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `gw-${index + 1}`);
}

function countOf(name: keyof typeof countsMax, count: number): number {
  const max = countsMax[name];
  if (!isIntegerWithin(count, 1, max) || (name === "servers" && count === 2)) {
    const rule = name === "servers" ? `1, or 3 to ${max}` : `1 to ${max}`;
    throw new ConfigFault("settings-invalid", `--${name} is ${rule}, not ${count}`);
  }
  return count;
}

function checkPortBase(port: number): number {
  if (isIntegerWithin(port, portBaseMin, portBaseMax)) return port;
  throw new ConfigFault(
    "settings-invalid",
    `--port-base is ${portBaseMin} to ${portBaseMax}, not ${port}`,
  );
}
