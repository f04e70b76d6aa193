/**
 * A rolling upgrade in a cluster in memory: nodes that carry different versions of the actors'
 * logic, what becomes of one that lacks what the log activates, and how it catches up.
 */
import { afterEach, describe, expect, it } from "vitest";
import type { LogicVersion, NodeId } from "../protocols/index.ts";
import { HashedShard } from "./hashed-shard.ts";
import type { LogClient } from "./log-client.ts";
import { MemorySnapshotStore } from "./memory-snapshot-store.ts";
import { LogicNotCarried } from "./replica-faults.ts";
import { readAll } from "./testing/read-all.ts";
import { openingCommands, placing } from "./testing/venue.ts";
import { VirtualCluster } from "./testing/virtual-cluster.ts";
import { newestLogic, Shard } from "../actors/index.ts";

let world: VirtualCluster;
afterEach(async () => {
  await world.close();
});

/** What each node carries when it is started. */
const carried = new Map<NodeId, LogicVersion>();
const snapshots = new Map<NodeId, MemorySnapshotStore>();
const timing = { snapshotEveryEntries: 10 };

async function openWorld(logics: readonly LogicVersion[], { shards = 1 } = {}): Promise<LogClient> {
  snapshots.clear();
  logics.forEach((logic, index) => carried.set(`e${String(index + 1)}`, logic));
  const logicMaxOf = (node: NodeId): LogicVersion | undefined => carried.get(node);
  const snapshotsOf = (node: NodeId): MemorySnapshotStore => {
    const store = snapshots.get(node) ?? new MemorySnapshotStore();
    snapshots.set(node, store);
    return store;
  };
  const options = { nodes: logics.length, shards, timing, logicMaxOf, snapshotsOf };
  world = await VirtualCluster.open(options);
  for (const command of openingCommands(["alice"])) await world.submit(command);
  return world.cluster.clientNamed("node-ops");
}

let placed = 0;

async function place(count: number): Promise<void> {
  for (let order = 0; order < count; order++) {
    placed += 1;
    const [outcome] = await world.submit(placing({ clientOrderId: `c-${String(placed)}` }));
    expect(outcome).toMatchObject({ kind: "replied", reply: { rejectReason: 0 } });
  }
}

async function activate(client: LogClient, version: LogicVersion, shard = 0): Promise<unknown> {
  const commands = [{ kind: "activate-logic", version }] as const;
  const [outcome] = await world.settled(client.submitTo(shard, commands));
  return outcome?.kind === "replied" ? outcome.reply.rejectReason : outcome?.kind;
}

const logics = (shard = 0) => world.statuses(shard).map(({ logic }) => logic);
const phases = () => world.statuses().map(({ phase }) => phase);

function expectEqualReplicas(): void {
  const [first, ...others] = world.statuses();
  for (const other of others) {
    expect([other.outputsHash, other.entriesHash]).toEqual([
      first!.outputsHash,
      first!.entriesHash,
    ]);
  }
}

describe("a new log", () => {
  it("is formed with the newest logic that its nodes carry", async () => {
    const newest = [newestLogic, newestLogic, newestLogic];
    await openWorld(newest);
    expect(logics()).toEqual(newest);
  });

  it("is formed by nodes of the release before as it was", async () => {
    await openWorld([1, 1, 1]);
    expect(logics()).toEqual([1, 1, 1]);
    const statuses = await world.settled(world.cluster.client.nodes());
    expect(statuses.map(({ logicMax, isDrained }) => [logicMax, isDrained])).toEqual([
      [1, false],
      [1, false],
      [1, false],
    ]);
  });
});

describe("nodes that all carry the next logic", () => {
  it("go by it from its entry on, all alike, in every shard apart", async () => {
    const client = await openWorld([1, 1, 1], { shards: 2 });
    for (const node of ["e1", "e2", "e3"]) await renew(node, 2);
    await place(10);
    expect(await activate(client, 2, 0)).toBe(0);
    await place(10);
    expect([logics(0), logics(1)]).toEqual([
      [2, 2, 2],
      [1, 1, 1],
    ]);
    expect(await activate(client, 2, 1)).toBe(0);
    await world.drained();
    expect(logics(1)).toEqual([2, 2, 2]);
    expectEqualReplicas();
    expect(world.reported("fault")).toEqual([]);
  });

  it("refuse to leave one out, or to go back", async () => {
    const client = await openWorld([2, 2, 2]);
    expect(await activate(client, 1)).toBe(260);
    expect(await activate(client, 4)).toBe(260);
    await place(5);
    expect(phases()).toEqual(["emitting", "following", "following"]);
  });
});

/** Stops a node, and starts it with another release. */
async function renew(node: NodeId, logic: LogicVersion): Promise<void> {
  await world.settled(world.cluster.stopNode(node));
  carried.set(node, logic);
  await world.settled(world.cluster.startNode(node));
}

describe("a node that lacks what is activated", () => {
  it("stops before that entry and serves nothing, and the others go on", async () => {
    const client = await openWorld([1, 1, 1]);
    for (const node of ["e1", "e2"]) await renew(node, 2);
    await place(10);
    await world.drained();
    const before = world.cluster.node("e3").replica(0).status();
    expect(await activate(client, 2)).toBe(0);
    await place(10);
    await world.drained();
    const after = world.cluster.node("e3").replica(0).status();
    expect(after).toEqual({ ...before, phase: "failed", isEmitter: false });
    const [report] = world.reported("fault");
    expect(report?.node).toBe("e3");
    expect(report?.error).toBeInstanceOf(LogicNotCarried);
    expect(report?.error).toMatchObject({
      code: "logic-not-carried",
      disposition: "fatal",
      sequence: before.appliedSequence + 1,
      logic: 2,
      logicMax: 1,
    });
    expect(world.reported("diverged")).toEqual([]);
    expect([logics(), phases().slice(0, 2).sort()]).toEqual([
      [2, 2, 1],
      ["emitting", "following"],
    ]);
  });

  it("hands over what it emits, and catches up with the release that has it", async () => {
    const client = await openWorld([1, 1, 1]);
    for (const node of ["e2", "e3"]) await renew(node, 2);
    await world.run(15_000);
    expect(world.emitters()).toEqual(["e1"]);
    expect(await activate(client, 2)).toBe(0);
    await place(10);
    expect(phases()[0]).toBe("failed");
    await renew("e1", 2);
    await world.drained();
    await place(10);
    expect(logics()).toEqual([2, 2, 2]);
    expectEqualReplicas();
  });

  it("does not start on such a log, whether from its snapshot or from the beginning", async () => {
    const client = await openWorld([1, 1, 1]);
    for (const node of ["e1", "e2", "e3"]) await renew(node, 2);
    expect(await activate(client, 2)).toBe(0);
    await place(30);
    await world.drained();
    await expect(renew("e3", 1)).rejects.toBeInstanceOf(LogicNotCarried);
    expect(world.cluster.node("e3").replica(0).sequence).toBe(0);
    await world.settled(world.cluster.stopNode("e3"));
    snapshots.delete("e3");
    await expect(world.settled(world.cluster.startNode("e3"))).rejects.toMatchObject({
      code: "logic-not-carried",
    });
    const { appliedSequence, logic } = world.cluster.node("e3").replica(0).status();
    expect(logic).toBe(1);
    expect(appliedSequence).toBeGreaterThan(0);
    await renew("e3", 2);
    await world.drained();
    expectEqualReplicas();
  });
});

describe("a node of the release before", () => {
  it("goes on from a snapshot of the new one, as long as nothing is activated", async () => {
    await openWorld([1, 1, 1]);
    await renew("e2", 2);
    await place(30);
    await world.drained();
    const saved = world.cluster.node("e2").replica(0).status().snapshotSequence;
    expect(saved).toBeGreaterThan(0);
    await renew("e2", 1);
    expect(world.reported("fault")).toEqual([]);
    await place(10);
    await world.drained();
    expectEqualReplicas();
  });
});

describe("a rebuild from the log", () => {
  it("stops where it would need a newer release, with nothing of that applied", async () => {
    const client = await openWorld([1, 1, 1]);
    for (const node of ["e1", "e2", "e3"]) await renew(node, 2);
    expect(await activate(client, 2)).toBe(0);
    const entries = await world.settled(readAll(world.cluster.storages[0]!.open()));
    const hashed = new HashedShard(new Shard(0, 1), { logicMax: 1 });
    const apply = (): void => entries.forEach((entry) => void hashed.apply(entry));
    expect(apply).toThrow(LogicNotCarried);
    const { sequence } = hashed.shard;
    const { hex } = hashed.entries;
    expect(() => hashed.apply(entries[sequence]!)).toThrow(LogicNotCarried);
    expect([hashed.shard.sequence, hashed.entries.hex]).toEqual([sequence, hex]);
  });
});
