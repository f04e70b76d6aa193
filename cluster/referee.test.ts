/**
 * Goal: a referee agrees with a cluster that is well, finds the first thing that differs, says
 * which, and disturbs nobody.
 * Method: a whole cluster in memory on virtual time; then a reference that goes by other terms, and
 * an emitter that computes something else.
 */
import { afterEach, describe, expect, it, vi } from "vitest";
import { encodeFeed, clusterSubjects, Side, unpack } from "../protocols/index.ts";
import type { RefereeAlarm } from "../protocols/index.ts";
import { EntryTruncated } from "./faults.ts";
import { MemoryBus } from "./memory-bus.ts";
import { Referee } from "./referee.ts";
import type { RefereeOptions } from "./referee.ts";
import { openingCommands, placing } from "./testing/venue.ts";
import { VirtualCluster } from "./testing/virtual-cluster.ts";

let world: VirtualCluster;
let referees: Referee[] = [];
const alarms: RefereeAlarm[] = [];
const faults: unknown[] = [];

afterEach(async () => {
  const stopping = Promise.all(referees.map((referee) => referee.stop()));
  await world.settled(stopping);
  [referees, alarms.length, faults.length] = [[], 0, 0];
  vi.restoreAllMocks();
  await world.close();
});

async function openWorld(shards = 1): Promise<void> {
  world = await VirtualCluster.open({ nodes: 3, shards });
  for (const command of openingCommands(["alice", "bob"])) await world.submit(command);
}

async function refereeOf(options: Partial<RefereeOptions> = {}): Promise<Referee> {
  const referee = new Referee({
    name: "ref-1",
    logs: world.cluster.storages.map((storage) => storage.open()),
    bus: new MemoryBus(world.cluster.network),
    clock: world.clock,
    pid: 1,
    version: "test",
    onAlarm: (alarm) => alarms.push(alarm),
    onFault: (fault) => faults.push(fault),
    ...options,
  });
  referees.push(referee);
  await world.settled(referee.start());
  return referee;
}

async function trade(from: number, to: number): Promise<void> {
  for (let number = from; number <= to; number++) {
    await world.submit(placing({ account: "alice", clientOrderId: `a-${String(number)}` }));
    const sale = { account: "bob", side: Side.sell, quantity: 2 };
    await world.submit(placing({ ...sale, clientOrderId: `b-${String(number)}` }));
  }
  await world.run(1000);
}

/** Where orders at a price share what comes instead of standing in line. */
const sharedOut: RefereeOptions["termsToReference"] = (_, terms) => ({ ...terms, isProRata: true });

const placeOf = (referee: Referee) =>
  referee.status().shards.map(({ phase, appliedSequence }) => [phase, appliedSequence]);
const heads = () =>
  Array.from({ length: world.shards }, (_, shard) => world.statuses(shard)[0]?.appliedSequence);

describe.each([1, 3])("a referee of %i shard(s)", (shards) => {
  it("agrees as long as all is well, whenever it began, and keeps up", async () => {
    await openWorld(shards);
    await trade(1, 10);
    const referee = await refereeOf();
    await trade(11, 20);
    await world.drained();
    await world.run(1000);
    expect(alarms).toEqual([]);
    expect(faults).toEqual([]);
    expect(placeOf(referee)).toEqual(heads().map((head) => ["following", head]));
  });

  it("agrees while the logs move on to their next generations, seals and all", async () => {
    await openWorld(shards);
    const referee = await refereeOf();
    for (const round of [1, 2, 3]) {
      await trade(10 * round, 10 * round + 4);
      for (const storage of world.cluster.storages) storage.roll();
    }
    await trade(41, 45);
    await world.drained();
    await world.run(1000);
    expect([alarms, faults]).toEqual([[], []]);
    expect(world.cluster.storages.map(({ generation }) => generation)).toEqual(
      heads().map(() => 4),
    );
    expect(placeOf(referee)).toEqual(heads().map((head) => ["following", head]));
  });
});

describe("a referee", () => {
  it("says where its reference would have told something else", async () => {
    await openWorld();
    const referee = await refereeOf({ termsToReference: sharedOut });
    await trade(1, 1);
    expect(placeOf(referee)[0]?.[0]).toBe("following");
    await trade(2, 6);
    expect(alarms.length).toBe(1);
    expect(alarms[0]?.what).toMatch(/^the book of .* says .*; its reference says /);
    expect(placeOf(referee)).toEqual([["alarmed", alarms[0]?.sequence]]);
    expect(referee.status().shards[0]?.alarm).toEqual(alarms[0]);
  });

  it("says which node computed something else than the log gives", async () => {
    await openWorld();
    const referee = await refereeOf();
    const sequence = referee.status().shards[0]!.appliedSequence;
    const bus = new MemoryBus(world.cluster.network);
    const told = { kind: "testimony", shard: 0, node: "e9", emitterEpoch: 1, sequence } as const;
    const hashes = { entriesHash: new Uint8Array(32), outputsHash: new Uint8Array(32) };
    bus.publish(clusterSubjects.feed(0), encodeFeed({ ...told, ...hashes }));
    await world.run(100);
    expect(alarms).toMatchObject([{ shard: 0, sequence }]);
    expect(alarms[0]?.what).toMatch(/^e9 read entries 00000000, we read [0-9a-f]{8}$/);
  });

  it("tells whoever asks how far it is and what it found, and cries out once", async () => {
    await openWorld();
    const heard: unknown[] = [];
    const bus = new MemoryBus(world.cluster.network);
    bus.subscribe(clusterSubjects.alarm(0), ({ payload }) => heard.push(unpack(payload)));
    const referee = await refereeOf({ termsToReference: sharedOut });
    await trade(1, 6);
    expect(heard).toEqual([alarms[0]]);
    const told = await world.settled(world.cluster.client.referees());
    expect(told).toEqual([referee.status()]);
  });

  it("ends with a fault where the log does not begin at its first entry", async () => {
    await openWorld();
    const [storage] = world.cluster.storages;
    const log = storage!.open();
    vi.spyOn(log, "read").mockRejectedValue(new EntryTruncated(log.name, 1, 5));
    const referee = await refereeOf({ logs: [log] });
    expect(placeOf(referee)).toEqual([["failed", 0]]);
    expect(faults.length).toBe(1);
    expect(alarms).toEqual([]);
  });
});
