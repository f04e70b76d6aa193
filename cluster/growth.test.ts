/**
 * A shard that is added to a cluster which trades: nodes and clients are started anew, one after
 * the other, with one log more, and then a command has all shards know of it.
 */
import { afterEach, describe, expect, it } from "vitest";
import {
  addressOfAccount,
  messagesIn,
  RejectReason,
  Side,
  unsealFrame,
} from "../protocols/index.ts";
import type { ActorAddress, Command } from "../protocols/index.ts";
import type { Outcome } from "./client.ts";
import type { LogClient } from "./log-client.ts";
import { MemoryLog } from "./memory-log.ts";
import type { AppendFate, MemoryLogStorage } from "./memory-log.ts";
import type { LogEntry } from "./replicated-log.ts";
import { openingCommands, placing, totalDeposits } from "./testing/venue.ts";
import { VirtualCluster } from "./testing/virtual-cluster.ts";

const accounts = ["alice", "bob"];
const alice = addressOfAccount("alice");
const book = "book/BTC-USDT" as ActorAddress;
const adding: Command = { kind: "add-shard", shards: 3, author: "ops", reason: "test" };
let world: VirtualCluster;
let orders = 0;

afterEach(async () => await world.close());

async function openVenue(): Promise<void> {
  const timing = { snapshotEveryEntries: 5 };
  world = await VirtualCluster.open({ nodes: 3, shards: 2, timing });
  for (const command of openingCommands(accounts)) done(await world.submit(command));
}

function done(outcomes: readonly Outcome[]): void {
  expect(outcomes).toMatchObject([{ kind: "replied", reply: { rejectReason: 0 } }]);
}

async function restart(node: string): Promise<void> {
  await world.settled(world.cluster.stopNode(node));
  await world.settled(world.cluster.startNode(node));
}

function moving(actor: ActorAddress): Command {
  return { kind: "place-actor", actor, shard: 2, author: "ops", reason: "test" };
}

async function submitBy(client: LogClient, command: Command): Promise<readonly Outcome[]> {
  return await world.settled(client.submit([command]));
}

/** Bob sells to alice. */
async function trade(client: LogClient): Promise<void> {
  orders += 1;
  const name = { price: 100, quantity: 5, clientOrderId: `o-${String(orders)}` };
  done(await submitBy(client, placing({ ...name, account: "alice" })));
  const sale = placing({ ...name, account: "bob", side: Side.sell });
  expect(await submitBy(client, sale)).toMatchObject([{ reply: { executed: 5 } }]);
}

it("the governor's shard is formed last, so that others that are not were added", async () => {
  let attempts = 0;
  const stored: string[] = [];
  const fate = (shard: number, { head }: { readonly head: number }): AppendFate => {
    attempts += 1;
    if (shard === 1 && attempts < 30) return "unavailable";
    stored.push(`${String(shard)}/${String(head + 1)}`);
    return "stored";
  };
  world = await VirtualCluster.open({ nodes: 3, shards: 3, fate });
  const formed = await Promise.all(world.cluster.storages.map(formedAt));
  const turns = formed.map((sequence, shard) => stored.indexOf(`${String(shard)}/${sequence}`));
  expect(Math.min(...turns)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...turns)).toBe(turns[0]);
  expect(world.cluster.node("e1").replica(2).count).toMatchObject({ shards: 3, founded: 3 });
});

async function formedAt(storage: MemoryLogStorage): Promise<string> {
  const entries = await world.settled(new MemoryLog(storage).read(1, { entriesMax: 100 }));
  const says = ({ payload }: LogEntry): boolean =>
    messagesIn(unsealFrame(payload)).some(({ kind }) => kind === "form-shard");
  return String(entries.find(says)?.sequence);
}

describe("a shard that is added", () => {
  it("takes actors in while others trade, and every node agrees", async () => {
    await openVenue();
    await trade(world.cluster.client);
    world.cluster.addLog();
    for (const node of world.cluster.nodeNames) {
      await restart(node);
      await trade(world.cluster.client);
    }
    const later = world.cluster.clientNamed("gw-2");
    // Whoever has room for it serves the others as before until then.
    await trade(later);
    done(await submitBy(later, adding));
    for (const actor of [alice, book]) done(await submitBy(later, moving(actor)));
    await trade(later);
    await world.drained();
    const { count } = world.cluster.node("e1").replica(2);
    expect(count).toMatchObject({ shards: 3, founded: 2 });
    // Who was restarted with room for a shard more began with what was saved before.
    const restored = world.running().map((node) => {
      return world.cluster.node(node).replica(0).restoredFrom;
    });
    expect(Math.max(...restored)).toBeGreaterThan(0);
    await world.settled(world.cluster.killNode("e3"));
    await trade(later);
    await world.settled(world.cluster.startNode("e3"));
    await trade(later);
    await world.drained();
    for (const shard of [0, 1, 2]) {
      const hashes = world.statuses(shard).map(({ entriesHash, outputsHash }) => {
        return [entriesHash, outputsHash];
      });
      expect(hashes).toEqual(hashes.map(() => hashes[0]));
    }
    expect(world.holdings()).toEqual(totalDeposits(accounts));
    expect(world.reported("fault")).toEqual([]);
    expect(world.reported("diverged")).toEqual([]);
  });

  it("is out of reach for a client from before: it is told so, and nothing happens", async () => {
    await openVenue();
    world.cluster.addLog();
    for (const node of world.cluster.nodeNames) await restart(node);
    const later = world.cluster.clientNamed("gw-2");
    for (const command of [adding, moving(alice)]) done(await submitBy(later, command));
    const order = placing({ clientOrderId: "early" });
    expect(await submitBy(world.cluster.client, order)).toEqual([{ kind: "busy" }]);
    await expect(world.askActor(alice, "balances", { account: "alice" })).rejects.toMatchObject({
      code: "shard-not-served",
    });
    done(await submitBy(later, order));
  });

  it("stops a node that was started without it, and none that has it", async () => {
    await openVenue();
    await world.settled(world.cluster.stopNode("e3"));
    await world.settled(world.cluster.stopNode("e2"));
    world.cluster.addLog();
    for (const node of ["e2", "e3"]) await world.settled(world.cluster.startNode(node));
    const later = world.cluster.clientNamed("gw-2");
    done(await submitBy(later, adding));
    await world.run(100);
    const failed = world.reported("phase").filter(({ phase }) => phase === "failed");
    expect(failed.map(({ node, shard }) => [node, shard]).sort()).toEqual([
      ["e1", 0],
      ["e1", 1],
    ]);
    const faults = world.reported("fault").map(({ error }) => (error as { code: string }).code);
    expect(new Set(faults)).toEqual(new Set(["shard-not-served"]));
    await trade(later);
    await restart("e1");
    await trade(later);
    await world.drained();
  });

  it("is refused out of turn", async () => {
    await openVenue();
    const [outcome] = await world.submit({ ...adding, shards: 4 });
    expect(outcome).toMatchObject({
      reply: { rejectReason: RejectReason["shard-out-of-turn"] },
    });
  });
});
