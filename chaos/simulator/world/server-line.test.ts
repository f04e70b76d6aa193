/**
 * Goal: a simulated line behaves as our real connections do, so that what breaks is not the model's.
 */
import { describe, expect, it } from "vitest";
import { Chance } from "./chance.ts";
import { SimWorld } from "./sim-world.ts";

function worldOf(seed: number): SimWorld {
  return new SimWorld(new Chance(seed), 1);
}

async function pass(world: SimWorld, ms: number): Promise<void> {
  await world.time.run(world.time.nowMs + ms, () => false);
}

describe("a line that seems to lead nowhere", () => {
  it("is moved, but not again within ten seconds", async () => {
    const world = worldOf(1);
    const line = world.servers.connect(world.newProcess("p"), "m");
    let breaks = 0;
    line.onBroken(() => (breaks += 1));
    for (let second = 0; second < 35; second++) {
      line.suspect();
      await pass(world, 1000);
    }
    expect(breaks).toBe(3);
  });
});
