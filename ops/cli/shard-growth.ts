/**
 * One more shard in a running cluster: its log, processes that serve it, started anew one after the
 * other, and then the command that has all shards know of it. Then actors may move there.
 *
 * Each step is done where it is not done yet, so that whoever was interrupted asks again.
 */
import type { AdminClient } from "../../clients/sdk/index.ts";
import { accountAt, symbolAt } from "../../protocols/actor-address.ts";
import type { ActorAddress } from "../../protocols/actor-address.ts";
import { shardOfAccount, shardOfInstrument } from "../../protocols/placement.ts";
import { isLogReader } from "../config/log-readers.ts";
import { askSupervisor } from "../supervisor/control-socket.ts";
import type { Home, Homes } from "./actor-homes.ts";
import { homesOf } from "./actor-homes.ts";
import { lookAtEngine } from "./engine-access.ts";
import { accepted, withAdmin } from "./exchange-access.ts";
import { CommandFault } from "./output.ts";
import { approvalsIn, isProposed } from "./approving.ts";
import type { ApprovingOptions } from "./approving.ts";
import { findCluster } from "./running-cluster.ts";
import type { Say } from "./node-membership.ts";
import { restartNode } from "./upgrade-steps.ts";

export interface GrowthOptions extends ApprovingOptions {
  /** Why, for the record. */
  readonly reason: string;
}

/** The first version of logic by which shards are added. */
const growingLogic = 2;

/** Returns the number of the new shard; undefined where it was only proposed. */
export async function addShard(options: GrowthOptions, say: Say): Promise<number | undefined> {
  const { reason } = options;
  const approvals = approvalsIn(options);
  const look = async (admin: AdminClient) => {
    const { shards } = await admin.placement();
    const body = { shards: shards + 1, reason };
    const isForOthers = await isProposed(admin, { options, request: "shard.add", body });
    return { before: shards, isForOthers };
  };
  const { before, isForOthers } = await withAdmin(findCluster(options), look, options);
  if (isForOthers) return undefined;
  const shards = before + 1;
  await refuseTooEarly(options);
  const { socket } = findCluster(options).file.supervisor;
  await askSupervisor(socket, { command: "serve-shards", shards });
  say(`shard ${before} has a log`);
  // Found anew: there is a shard more to be looked at.
  const cluster = findCluster(options);
  const { nodes } = await lookAtEngine(cluster);
  for (const node of cluster.file.nodes) {
    // One that is silent may be late to answer, or serve one shard less when it comes back.
    const served = nodes.find((status) => status.node === node)?.replicas.length ?? 0;
    if (served < shards) await restartNode(cluster, node, { say });
  }
  const { processes } = await askSupervisor(socket, { command: "processes" });
  for (const { name, kind } of processes) {
    // Those who are to know of every log, beside the engine nodes.
    if (kind !== "gateway" && !isLogReader(kind)) continue;
    await askSupervisor(socket, { command: "restart", process: name });
    say(`${name} is up again`);
  }
  const body = { shards, reason, ...approvals };
  await withAdmin(cluster, async (admin) => accepted(await admin.addShard(body)), options);
  return before;
}

async function refuseTooEarly(options: GrowthOptions): Promise<void> {
  const { nodes } = await lookAtEngine(findCluster(options));
  const logics = nodes.flatMap(({ replicas }) => replicas.map(({ logic }) => logic));
  if (logics.length === 0) throw new CommandFault("not-ready", "no engine node answers");
  const oldest = Math.min(...logics);
  if (oldest >= growingLogic) return;
  throw new CommandFault(
    "logic-too-old",
    `a shard goes by logic ${oldest}, which adds none: ./outcry upgrade start`,
  );
}

/** An actor that is to move, and where it is to live. */
export interface Spread {
  readonly actor: ActorAddress;
  readonly to: number;
}

/**
 * Who should live in shards that were added, so that all have their share: those whose address
 * names one when it is hashed over all shards. Whom somebody has moved stays there.
 */
export function spreadsOf({ placement, homes }: Homes): readonly Spread[] {
  return homes.flatMap(({ actor, shard, isPinned }: Home) => {
    const to = shardAmongAll(actor, placement.shards);
    const isAdded = to >= placement.founded;
    return isPinned || !isAdded || to === shard ? [] : [{ actor, to }];
  });
}

function shardAmongAll(actor: ActorAddress, shards: number): number {
  const account = accountAt(actor);
  return account === undefined
    ? shardOfInstrument(symbolAt(actor), shards)
    : shardOfAccount(account, shards);
}

/** Moves them one by one. What was moved stays moved when this is broken off. */
export async function spread(admin: AdminClient, reason: string, say: Say) {
  const spreads = spreadsOf(await homesOf(admin));
  for (const [index, { actor, to: shard }] of spreads.entries()) {
    accepted(await admin.placeActor({ actor, shard, reason }));
    say(`${index + 1} of ${spreads.length}: ${actor} lives in shard ${shard}`);
  }
  return spreads;
}
