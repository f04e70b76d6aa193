import { afterEach, describe, expect, it } from "vitest";
import { OrderStatus, plainInstructions, Side, TimeInForce } from "../protocols/index.ts";
import { fundsPerAccount, openingCommands, placing, totalDeposits } from "./testing/venue.ts";
import { VirtualCluster } from "./testing/virtual-cluster.ts";

let world: VirtualCluster;
afterEach(async () => await world.close());

const accounts = ["alice", "bob"];

async function openVenue(): Promise<void> {
  for (const command of openingCommands(accounts)) {
    expect(await world.submit(command)).toMatchObject([
      { kind: "replied", reply: { rejectReason: 0 } },
    ]);
  }
}

describe("an order that was placed through another gateway, filled and forgotten", () => {
  it("is not placed once more by the gateway that was cut off with it", async () => {
    let isCutOff = false;
    world = await VirtualCluster.open({
      fate: (_, { producer }) => (isCutOff && producer === "gw-2" ? "unavailable" : "stored"),
    });
    await openVenue();
    const cutOff = world.cluster.clientNamed("gw-2");
    await world.run(10);
    isCutOff = true;
    const buy = placing({ account: "alice", clientOrderId: "a-1" });
    const sale = placing({ account: "bob", side: Side.sell, clientOrderId: "b-1", quantity: 50 });
    const lost = cutOff.submit([buy], { timeoutMs: 2000 });
    expect(await world.settled(lost)).toEqual([{ kind: "unknown" }]);
    await world.submit(sale);
    expect(await world.submit(buy)).toMatchObject([{ kind: "replied", reply: { executed: 5 } }]);
    await world.run(61_000);
    // The last word on "a-1" comes from an exchange that has forgotten it.
    await world.submit(placing({ account: "alice", clientOrderId: "a-2", price: 1 }));
    const name = { account: "alice", orderId: 0, clientOrderId: "a-1" };
    expect(await world.ask(0, "order", name)).toBeNull();
    isCutOff = false;
    await world.drained();
    expect(await world.ask(0, "order", name)).toBeNull();
    const balances = (await world.ask(0, "balances", { account: "alice" })) ?? [];
    const bought = balances.find(({ asset }) => asset === "BTC");
    expect(bought?.available).toBe(fundsPerAccount + 50);
    const taken = cutOff.submit([placing({ account: "alice", clientOrderId: "a-3", price: 1 })]);
    expect(await world.settled(taken)).toMatchObject([{ kind: "replied", reply: { status: 1 } }]);
  });
});

describe("an exchange that nobody talks to", () => {
  it("lets time pass: an order ends when it was to end, on every node", async () => {
    world = await VirtualCluster.open({ nodes: 3 });
    await openVenue();
    await world.submit(placing({ account: "alice", clientOrderId: "a-1", price: 1 }));
    const named = (clientOrderId: string) => ({ account: "alice", orderId: 0, clientOrderId });
    const first = await world.ask(0, "order", named("a-1"));
    const expiresAtUs = (first?.placedAtUs ?? 0) + 5_000_000;
    const instructions = { ...plainInstructions, expiresAtUs };
    const terms = { price: 1, timeInForce: TimeInForce.GTD, instructions };
    await world.submit(placing({ account: "alice", clientOrderId: "a-2", ...terms }));
    await world.run(4000);
    const { expired, new: working } = OrderStatus;
    expect(await world.ask(0, "order", named("a-2"))).toMatchObject({ status: working });
    const entriesBefore = world.statuses(0)[0]?.appliedSequence ?? 0;
    await world.run(2000);
    expect(await world.ask(0, "order", named("a-2"))).toMatchObject({ status: expired });
    await world.drained();
    const sequences = world.statuses(0).map(({ appliedSequence }) => appliedSequence);
    expect(sequences).toEqual(sequences.map(() => sequences[0]));
    // One node says what time it is; the others leave it to that one.
    expect((sequences[0] ?? 0) - entriesBefore).toBeLessThanOrEqual(2);
  });
});

describe.each([1, 3])("three nodes and %i shard(s)", (shards) => {
  it("agree on every hash, and trade", async () => {
    world = await VirtualCluster.open({ nodes: 3, shards });
    await openVenue();
    await world.submit(placing({ account: "alice", clientOrderId: "a-1" }));
    const sale = placing({ account: "bob", side: Side.sell, clientOrderId: "b-1" });
    const [outcome] = await world.submit(sale);
    expect(outcome).toMatchObject({ kind: "replied", reply: { executed: 5 } });
    await world.drained();
    for (let shard = 0; shard < shards; shard++) {
      const hashes = world.statuses(shard).map(({ entriesHash, outputsHash, appliedSequence }) => ({
        entriesHash,
        outputsHash,
        appliedSequence,
      }));
      expect(hashes).toEqual(hashes.map(() => hashes[0]));
    }
    expect(world.holdings()).toEqual(totalDeposits(accounts));
    expect(world.reported("fault")).toEqual([]);
  });
});
