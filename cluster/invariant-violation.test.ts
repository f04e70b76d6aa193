/**
 * Goal: a replica that finds an invariant broken stops there, says which and where, and serves no
 * more; the others go on, be it the emitter or not.
 * Method: one node's shard breaks one at an entry; the others' do not.
 */
import { afterEach, expect, it, vi } from "vitest";
import { Shard } from "../actors/index.ts";
import { hold, invariant } from "../protocols/index.ts";
import { openingCommands, placing } from "./testing/venue.ts";
import { VirtualCluster } from "./testing/virtual-cluster.ts";

let world: VirtualCluster;
afterEach(async () => {
  vi.restoreAllMocks();
  await world.close();
});

/** From now on the shard that applies first, the emitter's or another, finds something wrong. */
function breakShardOf(place: number): void {
  const apply = Object.getOwnPropertyDescriptor(Shard.prototype, "apply")?.value as Shard["apply"];
  const seen: Shard[] = [];
  vi.spyOn(Shard.prototype, "apply").mockImplementation(function (this: Shard, entry) {
    if (!seen.includes(this)) seen.push(this);
    if (seen[place] === this) hold(invariant("book-not-crossed"), false);
    return apply.call(this, entry);
  });
}

it.each([0, 1, 2])("stops the replica that finds it broken, and no other (%i)", async (place) => {
  world = await VirtualCluster.open({ nodes: 3 });
  for (const command of openingCommands(["alice", "bob"])) await world.submit(command);
  await world.drained();
  const sequence = (world.statuses(0)[0]?.appliedSequence ?? 0) + 1;
  breakShardOf(place);
  const [outcome] = await world.submit(placing({ clientOrderId: "c-1" }));
  expect(outcome).toMatchObject({ kind: "replied", reply: { rejectReason: 0 } });
  await world.run(2000);
  const broken = world.reported("violated");
  expect(broken.length).toBe(1);
  expect(broken[0]).toMatchObject({
    shard: 0,
    entry: { sequence },
    fault: { code: "invariant-broken", sequence, violation: { invariant: "book-not-crossed" } },
  });
  expect(broken[0]?.state?.length).toBeGreaterThan(100);
  const statuses = world.statuses(0);
  const stopped = statuses.filter(({ violation }) => violation !== "");
  expect(stopped.map(({ phase }) => phase)).toEqual(["failed"]);
  expect(stopped[0]?.violation).toMatch(/^book-not-crossed: .* \(entry [0-9]+\)$/);
  expect(statuses.filter(({ isEmitter }) => isEmitter).length).toBe(1);
  const [next] = await world.submit(placing({ clientOrderId: "c-2" }));
  expect(next).toMatchObject({ kind: "replied", reply: { rejectReason: 0 } });
});
