/**
 * The cluster that a drill is made on, with the proxies and disks it wants. Everything that was
 * started is gone afterwards, however that happens; what a broken promise left behind is kept.
 */
import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineAccess } from "../../ops/cli/engine-access.ts";
import { withEngine } from "../../ops/cli/engine-access.ts";
import {
  defaultSettings,
  firstPortsOf,
  gatewayNames,
  nodeNames,
} from "../../ops/config/cluster-settings.ts";
import { portsOf } from "../../ops/nats-servers/ports.ts";
import { ThrowawayCluster } from "../../ops/supervisor/throwaway-cluster.ts";
import { whyNoDisks } from "../disks/loop-disk.ts";
import { MachineDisks } from "../disks/machine-disks.ts";
import { ClusterWays } from "../network/cluster-ways.ts";
import { clockModule } from "../nemeses/clock-skew.ts";
import type { Drill } from "./drill.ts";

/** What a drill acts on. */
export interface DrillCluster {
  readonly cluster: ThrowawayCluster;
  readonly access: EngineAccess;
  /** The proxies between all parties, and the disks of all machines, where the drill wants them. */
  readonly ways: ClusterWays | undefined;
  readonly disks: MachineDisks | undefined;
}

export interface DrillClusterOptions {
  readonly drill: Pick<Drill, "name" | "isProxied" | "hasDisks" | "hasClocks">;
  readonly shards: number;
  readonly portBase: number;
  readonly signal: AbortSignal;
  /** Is told how it goes. */
  readonly say: (line: string) => void;
}

/** This machine does not let the drill be made; the message says what is missing. */
export class DrillNotPermitted extends Error {
  override readonly name = "DrillNotPermitted";
  readonly code = "not-permitted";

  constructor(drill: string, why: string) {
    super(`${drill} cannot be made here: ${why}`);
  }
}

/** Two, so that one can die: a client of the other goes on. */
const gateways = 2;

/** @param action is done on the cluster; its result says whether promises were broken. */
export async function withDrillCluster<Result extends { readonly violations: number }>(
  options: DrillClusterOptions,
  action: (on: DrillCluster) => Promise<Result>,
): Promise<Result> {
  const { drill } = options;
  if (drill.hasDisks === true) {
    const why = await whyNoDisks();
    if (why !== undefined) throw new DrillNotPermitted(drill.name, why);
  }
  if (drill.isProxied !== true) return await withCluster(options, undefined, action);
  const ways = await openWays(options.portBase);
  try {
    return await withCluster(options, ways, action);
  } finally {
    await ways.close();
  }
}

async function withCluster<Result extends { readonly violations: number }>(
  { drill, say, shards, portBase, signal }: DrillClusterOptions,
  ways: ClusterWays | undefined,
  action: (on: DrillCluster) => Promise<Result>,
): Promise<Result> {
  say(`starting a cluster with ${shards} shard(s)`);
  let disks: MachineDisks | undefined;
  let isBroken = false;
  const cluster = await ThrowawayCluster.start({
    shards,
    portBase,
    gateways,
    ...(ways === undefined ? {} : { ways: ways.file }),
    ...(drill.hasClocks === true ? { preload: clockModule } : {}),
  });
  try {
    signal.throwIfAborted();
    if (drill.hasDisks === true) {
      say("giving each machine a disk of its own");
      disks = await MachineDisks.open(cluster);
      await disks.lay();
    }
    const result = await withEngine(cluster, (access) => action({ cluster, access, ways, disks }));
    isBroken = result.violations > 0;
    return result;
  } finally {
    say("stopping the cluster");
    // Nothing is to wait for what cannot arrive.
    ways?.mend();
    await cluster.close(async () => {
      if (isBroken) await keep(cluster, say);
      await disks?.remove();
    });
  }
}

/** A broken promise is to be looked into: logs, stores and what the processes said stay. */
async function keep(cluster: ThrowawayCluster, say: DrillClusterOptions["say"]): Promise<void> {
  const kept = await mkdtemp(join(tmpdir(), "outcry-drill-"));
  const isFile = (path: string): boolean => !path.endsWith(".sock");
  await cp(cluster.directory.path, kept, { recursive: true, filter: isFile });
  say(`what the cluster left behind is kept in ${kept}`);
}

/** Proxies for a cluster that is not there yet: its names and ports follow from its settings. */
function openWays(portBase: number): Promise<ClusterWays> {
  const { servers } = defaultSettings;
  const first = firstPortsOf({ portBase });
  return ClusterWays.open({
    parties: [...nodeNames(defaultSettings), ...gatewayNames(gateways)],
    servers: Array.from({ length: servers }, (_, index) => {
      const { client: clientPort, cluster: clusterPort } = portsOf(first, index);
      return { name: `n${index + 1}`, clientPort, clusterPort };
    }),
  });
}
