/**
 * Finds before anything starts which ports somebody else holds, who that is, and which option
 * leads around it.
 */
import { firstPortsOf } from "../config/cluster-settings.ts";
import type { ClusterSettings } from "../config/data-directory.ts";
import { listenerOn } from "../doctor/listener.ts";
import { findBusyPorts, portsOf } from "../nats-servers/ports.ts";
import { SupervisorFault } from "./supervisor-fault.ts";

const host = "127.0.0.1";
/** Away from those that outgoing connections use. */
const candidateBases = [14_222, 15_222, 16_222, 17_222, 18_222, 24_222];

/** Rejects with one line that names every port in the way, and ports that would do. */
export async function refuseBusyPorts(settings: ClusterSettings): Promise<void> {
  const busy = await findBusyPorts(host, serversOf(settings));
  if (busy.length === 0) return;
  const named = busy.map(async ({ port, what }) => {
    const holder = await listenerOn(port);
    return `${port} (${what})${holder === undefined ? "" : ` by ${holder}`}`;
  });
  const list = (await Promise.all(named)).join(", ");
  const base = await freeBase(settings);
  const example = base === undefined ? "" : `, for example --port-base ${base}`;
  throw new SupervisorFault(
    "ports-busy",
    `ports in use: ${list}. Choose others with --port-base N${example}`,
  );
}

async function freeBase(settings: ClusterSettings): Promise<number | undefined> {
  for (const portBase of candidateBases) {
    const servers = serversOf({ ...settings, portBase });
    if ((await findBusyPorts(host, servers)).length === 0) return portBase;
  }
  return undefined;
}

function serversOf(settings: ClusterSettings) {
  const firstPorts = firstPortsOf(settings);
  return Array.from({ length: settings.servers }, (_, index) => ({
    name: `n${index + 1}`,
    ports: portsOf(firstPorts, index),
  }));
}
