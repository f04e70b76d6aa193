/**
 * Draining a node in a cluster in memory, on virtual time: who emits then, who answers, what a
 * client notices of it, and when it is refused.
 */
import { afterEach, describe, expect, it } from "vitest";
import { clusterSubjects, pack, unpack } from "../protocols/index.ts";
import type { AnswerEnvelope, InstructionAnswer, NodeId } from "../protocols/index.ts";
import { MalformedRecords } from "../protocols/index.ts";
import { openingCommands, placing } from "./testing/venue.ts";
import { VirtualCluster } from "./testing/virtual-cluster.ts";

let world: VirtualCluster;
afterEach(async () => {
  await world.close();
});

async function openWorld(options: { shards?: number; nodes?: number } = {}): Promise<void> {
  world = await VirtualCluster.open({ nodes: 3, ...options });
  for (const command of openingCommands(["alice"])) await world.submit(command);
}

async function instruct(node: NodeId, what: "drain" | "undrain"): Promise<InstructionAnswer> {
  return await world.settled(world.cluster.client.instruct(node, what));
}

const epochs = (): readonly number[] => world.statuses().map(({ emitterEpoch }) => emitterEpoch);

describe("a node that is drained", () => {
  it("hands every shard that it emits to the next in line", async () => {
    await openWorld({ shards: 3 });
    expect(world.emitters()).toEqual(["e1", "e2", "e3"]);
    expect(await instruct("e2", "drain")).toEqual({
      ok: true,
      handovers: [{ shard: 1, to: "e3" }],
    });
    await world.drained();
    expect(world.emitters()).toEqual(["e1", "e3", "e3"]);
    expect(await instruct("e3", "drain")).toEqual({
      ok: true,
      handovers: [
        { shard: 1, to: "e1" },
        { shard: 2, to: "e1" },
      ],
    });
    await world.drained();
    expect(world.emitters()).toEqual(["e1", "e1", "e1"]);
  });

  it("takes nothing back until it is told to", async () => {
    await openWorld();
    await instruct("e1", "drain");
    await world.run(60_000);
    expect([world.emitters(), epochs()]).toEqual([["e2"], [2, 2, 2]]);
    expect(await instruct("e1", "undrain")).toEqual({ ok: true, handovers: [] });
    await world.run(30_000);
    expect([world.emitters(), epochs()]).toEqual([["e1"], [3, 3, 3]]);
  });

  it("is drained no more when it was told so while it still handed over", async () => {
    await openWorld();
    const drained = instruct("e1", "drain");
    const undrained = instruct("e1", "undrain");
    expect((await drained).ok).toBe(true);
    expect(await undrained).toEqual({ ok: true, handovers: [] });
    const statuses = await world.settled(world.cluster.client.nodes(150));
    expect(statuses.map(({ isDrained }) => isDrained)).toEqual([false, false, false]);
  });

  it("claims nothing though nobody else is left, until it is told to", async () => {
    await openWorld();
    await instruct("e1", "drain");
    await world.cluster.killNode("e2");
    await world.cluster.killNode("e3");
    await world.run(30_000);
    expect(world.emitters()).toEqual([undefined]);
    await instruct("e1", "undrain");
    await world.run(30_000);
    expect(world.emitters()).toEqual(["e1"]);
  });

  it("takes part again once it has been started anew", async () => {
    await openWorld();
    await instruct("e1", "drain");
    await world.settled(world.cluster.stopNode("e1"));
    await world.settled(world.cluster.startNode("e1"));
    await world.run(30_000);
    expect(world.emitters()).toEqual(["e1"]);
    expect(world.cluster.node("e1").status().isDrained).toBe(false);
  });

  it("says so, and may be told so twice", async () => {
    await openWorld();
    await instruct("e1", "drain");
    expect(await instruct("e1", "drain")).toEqual({ ok: true, handovers: [] });
    const statuses = await world.settled(world.cluster.client.nodes());
    expect(statuses.map(({ isDrained }) => isDrained)).toEqual([true, false, false]);
  });

  it("leaves questions to the others", async () => {
    await openWorld();
    await instruct("e1", "drain");
    const bus = world.cluster.network.connect();
    const answeredBy = new Set<NodeId>();
    for (let count = 0; count < 20; count++) {
      const question = pack({ kind: "holdings", ask: {}, minSequence: 0 });
      const asked = bus.request(clusterSubjects.query(0), question, { timeoutMs: 200 });
      answeredBy.add((unpack(await world.settled(asked)) as AnswerEnvelope).node);
    }
    expect([...answeredBy].sort()).toEqual(["e2", "e3"]);
    await instruct("e1", "undrain");
    await bus.close();
  });

  it("is not noticed by those who trade", async () => {
    await openWorld();
    const waits: number[] = [];
    const trade = async (number: number): Promise<void> => {
      const sentAtMs = world.clock.nowMs();
      const command = placing({ clientOrderId: `c-${String(number)}` });
      const [outcome] = await world.cluster.client.submit([command]);
      expect(outcome?.kind).toBe("replied");
      waits.push(world.clock.nowMs() - sentAtMs);
    };
    const trades: Promise<void>[] = [];
    let isDrained = false;
    for (let number = 0; number < 300; number++) {
      trades.push(trade(number));
      if (number === 100) {
        void world.cluster.client.instruct("e1", "drain").then(() => (isDrained = true));
      }
      if (number === 200) {
        expect(isDrained).toBe(true);
        await world.cluster.stopNode("e1");
      }
      await world.run(5);
    }
    await world.settled(Promise.all(trades));
    expect(waits.length).toBe(300);
    expect(Math.max(...waits)).toBeLessThanOrEqual(10);
    expect(epochs()).toEqual([2, 2]);
  });
});

describe("a drain", () => {
  it("is refused where nobody follows, and the node goes on", async () => {
    await openWorld({ nodes: 1 });
    expect(await instruct("e1", "drain")).toEqual({
      ok: false,
      code: "nobody-takes-over",
      message: "e1 cannot hand over shard 0: no other engine node follows it",
    });
    expect(world.cluster.node("e1").status().isDrained).toBe(false);
    await world.run(5000);
    expect(world.emitters()).toEqual(["e1"]);
  });

  it("passes over nodes that are drained themselves", async () => {
    await openWorld();
    await instruct("e2", "drain");
    expect(await instruct("e1", "drain")).toEqual({
      ok: true,
      handovers: [{ shard: 0, to: "e3" }],
    });
    expect(await instruct("e3", "drain")).toMatchObject({ ok: false, code: "nobody-takes-over" });
    await world.drained();
    expect(world.emitters()).toEqual(["e3"]);
  });

  it("is given up when the log takes no claim, and the node goes on", async () => {
    let isDown = false;
    world = await VirtualCluster.open({
      nodes: 3,
      fate: () => (isDown ? "unavailable" : "stored"),
    });
    isDown = true;
    expect(await instruct("e1", "drain")).toMatchObject({ ok: false, code: "nobody-takes-over" });
    expect(world.cluster.node("e1").status().isDrained).toBe(false);
    isDown = false;
    await world.drained();
  });

  it("is what was asked for, and not something else", async () => {
    await openWorld();
    const bus = world.cluster.network.connect();
    for (const payload of [pack("stop"), pack(7), new Uint8Array([0xc1])]) {
      bus.publish(clusterSubjects.control("e1"), payload);
    }
    await world.run(100);
    const faults = world.reported("fault").map(({ error }) => error);
    expect(faults.length).toBe(3);
    expect(faults.every((error) => error instanceof MalformedRecords)).toBe(true);
    expect(world.emitters()).toEqual(["e1"]);
    await bus.close();
  });
});
