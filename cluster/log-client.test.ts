/**
 * Goal: what a client of the cluster was told is what it finds, whichever replica it asks.
 */
import { describe, expect, it } from "vitest";
import { addressOfAccount, shardOfAccount } from "../protocols/index.ts";
import { openingCommands, placing } from "./testing/venue.ts";
import { VirtualCluster } from "./testing/virtual-cluster.ts";

describe("a question about an actor", () => {
  it("is answered by no replica that knows of an earlier stay of the actor only", async () => {
    const world = await VirtualCluster.open({ shards: 3, nodes: 2 });
    for (const command of openingCommands(["alice"])) await world.submit(command);
    const actor = addressOfAccount("alice");
    const first = shardOfAccount("alice", 3);
    const [second, third] = [(first + 1) % 3, (first + 2) % 3] as const;
    const mover = world.cluster.clientNamed("gw-2");
    const move = async (shard: number): Promise<void> => {
      const by = { author: "ops", reason: "test" };
      const moving = mover.submit([{ kind: "place-actor", actor, shard, ...by }]);
      const [outcome] = await world.settled(moving);
      expect(outcome).toMatchObject({ kind: "replied", reply: { rejectReason: 0 } });
    };
    await move(second);
    await world.drained();
    // It goes on answering as if the account were there still.
    world.cluster.setReachable("e2", false, "logs");
    await move(third);
    const [outcome] = await world.submit(placing({ clientOrderId: "c1" }));
    expect(outcome).toMatchObject({ kind: "replied", reply: { rejectReason: 0 } });
    await move(second);
    for (let count = 0; count < 5; count++) {
      const ask = { account: "alice", orderId: 0, clientOrderId: "c1" };
      expect(await world.askActor(actor, "order", ask)).toMatchObject({ clientOrderId: "c1" });
    }
    await world.close();
  });
});
