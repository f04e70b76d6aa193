/**
 * Who plays which part for a shard at this moment: the process that a drill is to break is named by
 * what it does, not by what it is called.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { EngineAccess } from "../../ops/cli/engine-access.ts";
import type { RunningCluster } from "../../ops/cli/running-cluster.ts";

export type Role = "emitter" | "standby" | "gateway" | "nats-leader" | "nats-follower";

export interface Casting {
  readonly cluster: Pick<RunningCluster, "file">;
  readonly access: EngineAccess;
}

/** The name of the process that plays that part for that shard. */
export async function processOf(role: Role, shard: number, casting: Casting): Promise<string> {
  const found = await find(role, shard, casting);
  if (found === undefined) throw new Error(`nobody is the ${role} of shard ${shard}`);
  return found;
}

async function find(role: Role, shard: number, casting: Casting): Promise<string | undefined> {
  const { file } = casting.cluster;
  switch (role) {
    case "emitter":
      return (await emitters(casting))[shard];
    case "standby": {
      const emitting = await emitters(casting);
      const idle = file.nodes.find((node) => !emitting.includes(node));
      return idle ?? file.nodes.find((node) => node !== emitting[shard]);
    }
    case "gateway":
      return file.gateways[shard % file.gateways.length];
    case "nats-leader":
      return (await leaders(casting))[shard];
    case "nats-follower": {
      const leader = (await leaders(casting))[shard];
      return file.servers.map(({ name }) => name).find((name) => name !== leader);
    }
  }
}

/** By shard, which node emits; undefined where nobody does for a while. */
export async function emitters({ cluster, access }: Casting): Promise<readonly Holder[]> {
  return await untilAllHeld(async () => {
    const nodes = await access.client.nodes(statusMs, cluster.file.nodes);
    return access.logs.map(
      (_, shard) => nodes.find(({ replicas }) => replicas[shard]?.isEmitter === true)?.node,
    );
  });
}

/** By shard, which nats-server leads the log; undefined where none does for a while. */
export async function leaders({ access }: Casting): Promise<readonly Holder[]> {
  return await untilAllHeld(() => Promise.all(access.logs.map((log) => log.leader())));
}

type Holder = string | undefined;

const askedForMs = 10_000;
const statusMs = 1000;
const askAgainMs = 50;

/** Who is asked may be late to answer, and a part may just go from one to another. */
async function untilAllHeld(ask: () => Promise<readonly Holder[]>): Promise<readonly Holder[]> {
  const deadlineMs = performance.now() + askedForMs;
  for (;;) {
    const holders = await ask();
    if (!holders.includes(undefined) || performance.now() > deadlineMs) return holders;
    await sleep(askAgainMs);
  }
}
