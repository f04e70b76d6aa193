/**
 * What befalls logs: they go on in another generation, in order or half done, and what is no seal
 * is stored as one.
 */
import { sealProducer } from "../../../cluster/log-generation.ts";
import type { ShardId } from "../../../protocols/index.ts";
import type { SimCluster } from "../parts/sim-cluster.ts";
import type { Chance } from "../world/chance.ts";
import { once } from "./fault.ts";
import type { Fault, Struck } from "./fault.ts";

/** Each generation has a stream of its own on three servers: enough is enough. */
const generationsMax = 12;

function someShard({ world }: SimCluster, chance: Chance): ShardId | undefined {
  const shard = chance.below(world.shards);
  return world.logs[shard]!.generations < generationsMax ? shard : undefined;
}

const roll: Fault = {
  name: "log-rolled",
  strike(cluster, chance) {
    const shard = someShard(cluster, chance);
    if (shard !== undefined) void cluster.operator.roll(shard);
    return shard === undefined ? undefined : once(cluster.world.logs[shard]!.newest.name);
  },
};

/** Somebody's append to the newest stream of a log, whatever becomes of it. */
function store(cluster: SimCluster, shard: ShardId, payload: Uint8Array): Struck {
  const { logs, servers } = cluster.world;
  const process = cluster.world.newProcess("somebody");
  const line = servers.connect(process, "somebody");
  const { newest } = logs[shard]!;
  newest.publish(line, { producer: sealProducer, payload }, () => undefined);
  return once(newest.name);
}

/** Whoever sealed it is gone before it began the next generation. */
const sealAndLeave: Fault = {
  name: "log-sealed-and-left",
  strike(cluster, chance) {
    const shard = someShard(cluster, chance);
    return shard === undefined ? undefined : store(cluster, shard, new Uint8Array());
  },
};

/** As an append does that is to be acknowledged where seals are stored. */
const forgeSeal: Fault = {
  name: "seal-forged",
  strike(cluster, chance) {
    const shard = chance.below(cluster.world.shards);
    return store(cluster, shard, new TextEncoder().encode('{"stream":"LOG","seq":1}'));
  },
};

export const logFaults: readonly Fault[] = [roll, sealAndLeave, forgeSeal];
