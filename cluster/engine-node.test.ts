/**
 * What engine nodes do beside replicating: forming new logs, answering questions and saying how
 * they are; and what clients make of it.
 */
import { afterEach, describe, expect, it } from "vitest";
import { clusterSubjects, encodeFrame, InvariantViolation, pack } from "../protocols/index.ts";
import type { NodeStatus } from "../protocols/index.ts";
import { EngineNode } from "./engine-node.ts";
import { NoResponders, PayloadTooLarge, RequestTimedOut } from "./faults.ts";
import { LocalCluster } from "./local-cluster.ts";
import { LogClient } from "./log-client.ts";
import { MemoryBus, MemoryBusNetwork } from "./memory-bus.ts";
import { MemoryLogStorage } from "./memory-log.ts";
import { MemorySnapshotStore } from "./memory-snapshot-store.ts";
import { LogOfAnotherCluster } from "./replica-faults.ts";
import type { ReplicaReport } from "./replica.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import { opening, openingCommands, placing } from "./testing/venue.ts";
import { VirtualCluster } from "./testing/virtual-cluster.ts";

let world: VirtualCluster | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

async function openVenue(nodes = 3): Promise<VirtualCluster> {
  const opened = await VirtualCluster.open({ nodes });
  world = opened;
  for (const command of openingCommands(["alice"])) await opened.submit(command);
  return opened;
}

const order = (clientOrderId: string) => ({ account: "alice", orderId: 0, clientOrderId });

describe("a new log", () => {
  it("is formed once though all nodes find it empty", async () => {
    const venue = await openVenue();
    const entries = await venue.cluster.storages[0]!.open().read(1, { entriesMax: 1000 });
    const fromNodes = entries
      .map(({ producer }) => producer)
      .filter((producer) => producer.startsWith("node-"));
    expect(fromNodes.slice(0, 3).sort()).toEqual(["node-e1", "node-e2", "node-e3"]);
    expect(venue.statuses().map(({ appliedSequence }) => appliedSequence)).toEqual(
      venue.running().map(() => venue.cluster.storages[0]?.head),
    );
  });

  it("is formed though a gateway was quicker than the nodes", async () => {
    const clock = new ManualClock();
    const storage = new MemoryLogStorage({ clock });
    const frame = { producer: "gw-1", epoch: 1, frame: 1, messages: [opening("hasty")] };
    storage.store("gw-1", encodeFrame(frame));
    const { node } = nodeOn(storage, clock);
    await node.start();
    expect(node.replica(0).cluster).toBe("test");
    await node.stop();
  });

  it("keeps a node from starting until somebody could form it", async () => {
    const clock = new ManualClock();
    let isDown = true;
    const storage = new MemoryLogStorage({
      clock,
      fate: () => (isDown ? "unavailable" : "stored"),
    });
    const { node, reports } = nodeOn(storage, clock);
    let isStarted = false;
    const starting = node.start().then(() => (isStarted = true));
    await clock.advanceAndSettle(10_000);
    expect([isStarted, storage.head]).toEqual([false, 0]);
    isDown = false;
    await clock.advanceAndSettle(200);
    await starting;
    expect(node.replica(0).cluster).toBe("test");
    expect(reports.filter(({ kind }) => kind === "fault").length).toBe(1);
    await node.stop();
  });

  it("that was formed for another cluster is refused", async () => {
    const clock = new ManualClock();
    const storage = new MemoryLogStorage({ clock });
    const first = nodeOn(storage, clock, "theirs").node;
    await first.start();
    await first.stop();
    const second = nodeOn(storage, clock, "ours").node;
    await expect(second.start()).rejects.toThrow(LogOfAnotherCluster);
    await second.stop();
  });

  function nodeOn(storage: MemoryLogStorage, clock: ManualClock, cluster = "test") {
    const reports: ReplicaReport[] = [];
    const network = new MemoryBusNetwork({ clock });
    const node = new EngineNode({
      cluster,
      node: "e1",
      nodes: ["e1"],
      logs: [storage.open()],
      bus: network.connect(),
      publicChannel: { publish: () => undefined },
      snapshots: new MemorySnapshotStore(),
      clock,
      pid: 1,
      version: "test",
      report: (event) => reports.push(event),
    });
    return { node, reports };
  }
});

describe("questions", () => {
  it("are answered with everything the asker was told before, whoever answers", async () => {
    const venue = await openVenue();
    venue.cluster.setReachable("e3", false, "logs");
    await venue.submit(placing({ clientOrderId: "c-1" }));
    for (let round = 0; round < 6; round++) {
      expect(await venue.ask(0, "order", order("c-1"))).toMatchObject({ clientOrderId: "c-1" });
    }
  });

  it("never go back in time for one asker", async () => {
    const venue = await openVenue();
    const reader = venue.cluster.clientNamed("gw-2");
    venue.cluster.setReachable("e3", false, "logs");
    await venue.submit(placing({ clientOrderId: "c-1" }));
    const answers: unknown[] = [];
    for (let round = 0; round < 9; round++) {
      answers.push(await venue.settled(reader.ask(0, "order", order("c-1"))));
    }
    const first = answers.findIndex((answer) => answer !== null);
    expect(first).toBeLessThan(3);
    expect(answers.slice(first).every((answer) => answer !== null)).toBe(true);
  });

  it("that no replica can answer yet end unanswered, and hold nothing", async () => {
    const venue = await openVenue();
    const bus = venue.cluster.network.connect();
    const question = { kind: "assets", ask: {}, minSequence: 10_000 };
    await venue.run(10_000);
    const timersBefore = venue.clock.timersCount;
    const asking = bus.request(clusterSubjects.query(0), pack(question), { timeoutMs: 5000 });
    asking.catch(() => undefined);
    await venue.run(1);
    expect(venue.clock.timersCount).toBe(timersBefore + 2);
    await expect(venue.settled(asking)).rejects.toThrow(RequestTimedOut);
    expect(venue.clock.timersCount).toBe(timersBefore);
  });

  it("that are none are reported and left unanswered", async () => {
    const venue = await openVenue(1);
    const bus = venue.cluster.network.connect();
    const payloads = [
      new Uint8Array([0xc1]),
      pack(null),
      pack("assets"),
      pack({ kind: "secrets", ask: {}, minSequence: 0 }),
      pack({ kind: "assets", ask: null, minSequence: 0 }),
      pack({ kind: "assets", ask: {}, minSequence: "0" }),
    ];
    for (const payload of payloads) {
      const asking = bus.request(clusterSubjects.query(0), payload, { timeoutMs: 100 });
      await expect(venue.settled(asking)).rejects.toThrow(RequestTimedOut);
    }
    expect(venue.reported("fault").length).toBe(6);
    expect(await venue.ask(0, "assets", {})).toHaveLength(3);
  });

  it("that break a replica's answering are reported, and the replica goes on", async () => {
    const venue = await openVenue(1);
    venue.cluster.node("e1").replica(0).answer = () => {
      throw new TypeError("as the test wished");
    };
    const asking = venue.settled(venue.cluster.client.ask(0, "assets", {}));
    await expect(asking).rejects.toThrow(RequestTimedOut);
    expect(venue.reported("fault").length).toBe(5);
    expect(await venue.submit(placing({ clientOrderId: "c-1" }))).toMatchObject([
      { kind: "replied" },
    ]);
  });

  it("find nobody once all nodes have stopped", async () => {
    const venue = await openVenue(1);
    await venue.cluster.stopNode("e1");
    await expect(venue.ask(0, "assets", {})).rejects.toThrow(NoResponders);
  });
});

describe("the status of nodes", () => {
  it("is told by every node, to each who asks at the same time", async () => {
    const venue = await openVenue();
    const { client } = venue.cluster;
    const other = venue.cluster.clientNamed("gw-2");
    await venue.run(10);
    const asked = [client.nodes(), client.nodes(100), other.nodes()];
    const answers = await venue.settled(Promise.all(asked));
    const named = (statuses: readonly NodeStatus[]) => statuses.map(({ node }) => node);
    expect(answers.map(named)).toEqual([1, 2, 3].map(() => ["e1", "e2", "e3"]));
    const replicas = answers[0]?.map((status) => status.replicas[0]);
    expect(replicas).toEqual(venue.statuses());
    await venue.cluster.killNode("e2");
    expect(named(await venue.settled(client.nodes()))).toEqual(["e1", "e3"]);
  });

  it("is waited for until those have told it who are expected, and no longer than that", async () => {
    const venue = await openVenue();
    const { clock, cluster } = venue;
    const expected = ["e1", "e2", "e3"];
    const waitMs = 5000;
    const asked = async (): Promise<[number, number]> => {
      const startedAtMs = clock.nowMs();
      const found = await venue.settled(cluster.client.nodes(waitMs, expected));
      return [found.length, clock.nowMs() - startedAtMs];
    };
    const [count, tookMs] = await asked();
    expect(count).toBe(3);
    expect(tookMs).toBeLessThan(100);
    await cluster.killNode("e2");
    const [left, waitedMs] = await asked();
    expect(left).toBe(2);
    expect(waitedMs).toBeGreaterThanOrEqual(waitMs);
  });

  it("is told to those who say who they are", async () => {
    const venue = await openVenue(1);
    const bus = venue.cluster.network.connect();
    const heard: string[] = [];
    bus.subscribe("reply.>", ({ subject }) => heard.push(subject));
    for (const payload of [new Uint8Array([0xc1]), pack(7), pack("a.b"), pack("gw-7")]) {
      bus.publish(clusterSubjects.nodes, payload);
    }
    await venue.run(10);
    expect(heard).toEqual(["reply.gw-7.status"]);
  });
});

describe("a client", () => {
  it("reports and drops what it cannot read, and what is not for it", async () => {
    const clock = new ManualClock();
    const network = new MemoryBusNetwork({ clock });
    const faults: unknown[] = [];
    const client = new LogClient({
      producer: "gw-1",
      epoch: 1,
      logs: [new MemoryLogStorage({ clock }).open()],
      bus: network.connect(),
      clock,
      report: (error) => faults.push(error),
    });
    const bus = network.connect();
    bus.publish("reply.gw-1.0", new Uint8Array([0xc1]));
    bus.publish("reply.gw-1.status", new Uint8Array([0xc1]));
    await clock.advanceAndSettle(10);
    expect(faults.map((error) => (error as Error).name)).toEqual([
      "MalformedRecords",
      "MalformedRecords",
    ]);
    await client.close();
  });

  it("submits to one shard at a time", async () => {
    world = await VirtualCluster.open({ shards: 3 });
    const { client } = world.cluster;
    expect(await client.submit([])).toEqual([]);
    const orders = ["alice", "bob", "carol", "dave"].map((account) =>
      placing({ account, clientOrderId: "c-1" }),
    );
    expect(() => client.submit(orders)).toThrow(InvariantViolation);
    expect(() => client.submit([{ kind: "tick" }])).toThrow(InvariantViolation);
    await expect(client.ask(3, "assets", {})).rejects.toThrow(InvariantViolation);
  });

  it("does not ask again when that cannot help", async () => {
    const clock = new ManualClock();
    let attempts = 0;
    class NarrowBus extends MemoryBus {
      override request(): Promise<Uint8Array> {
        attempts += 1;
        return Promise.reject(new PayloadTooLarge(2, 1));
      }
    }
    const logs = [new MemoryLogStorage({ clock }).open()];
    const bus = new NarrowBus(new MemoryBusNetwork({ clock }));
    const client = new LogClient({ producer: "gw-1", epoch: 1, logs, bus, clock });
    await expect(client.ask(0, "assets", {})).rejects.toThrow(PayloadTooLarge);
    expect(attempts).toBe(1);
    await client.close();
  });

  it("counts what has no outcome yet", async () => {
    const venue = await openVenue(1);
    const { client } = venue.cluster;
    await venue.cluster.killNode("e1");
    const outcomes = client.submit([placing({ clientOrderId: "c-1" })], { timeoutMs: 700 });
    expect(client.commandsUnderWay).toBe(1);
    expect(await venue.settled(outcomes)).toEqual([{ kind: "unknown" }]);
    expect(client.commandsUnderWay).toBe(0);
  });
});

describe("a local cluster", () => {
  it("runs on the machine's own clock, too", async () => {
    const cluster = await LocalCluster.open();
    const outcome = await cluster.client.submit([opening("alice")]);
    expect(outcome).toMatchObject([{ kind: "replied", reply: { rejectReason: 0 } }]);
    expect(await cluster.client.ask(0, "accounts", {})).toEqual(["alice"]);
    await cluster.close();
  });
});
