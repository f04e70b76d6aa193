import { afterEach, describe, expect, it } from "vitest";
import { Side } from "../protocols/index.ts";
import { openingCommands, placing, totalDeposits } from "./testing/venue.ts";
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
