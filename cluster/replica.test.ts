/**
 * Replicas in a whole cluster in memory, on virtual time: who emits, what happens when nodes end,
 * sleep, come back or compute something else, and what a replica refuses.
 */
import { afterEach, describe, expect, it, vi } from "vitest";
import { Shard } from "../actors/index.ts";
import {
  clusterSubjects,
  decodeFrame,
  encodeFrame,
  OrderStatus,
  pack,
  shardOfAccount,
  shardOfInstrument,
  unpack,
} from "../protocols/index.ts";
import type { Message } from "../protocols/index.ts";
import {
  EntryMissing,
  LogUnavailable,
  RequestTimedOut,
  SnapshotStoreUnavailable,
} from "./faults.ts";
import type { LocalCluster, LocalClusterOptions } from "./local-cluster.ts";
import { hexOf } from "./hash-chain.ts";
import { LayeredSnapshotStore } from "./layered-snapshot-store.ts";
import { MemoryDumpStore } from "./memory-dump-store.ts";
import { MemorySnapshotStore } from "./memory-snapshot-store.ts";
import { SnapshotAheadOfLog, SnapshotOfAnotherLog } from "./replica-faults.ts";
import { decodeSnapshot, encodeSnapshot } from "./replica-snapshot.ts";
import type { SnapshotName, SnapshotStore } from "./snapshot-store.ts";
import type { ReplicatedLog } from "./replicated-log.ts";
import { HeldLog } from "./testing/held-log.ts";
import { PublicRecorder } from "./testing/public-recorder.ts";
import { openingCommands, placing, symbols, totalDeposits } from "./testing/venue.ts";
import { VirtualCluster } from "./testing/virtual-cluster.ts";

let world: VirtualCluster;
/** What is done to each handle on a log that a node gets. */
let onHeldLog: (log: HeldLog) => void = () => undefined;
afterEach(async () => {
  onHeldLog = () => undefined;
  await world.close();
  vi.restoreAllMocks();
});

const accounts = ["alice", "bob"];

async function openWorld(options: LocalClusterOptions = {}): Promise<void> {
  const wrapLog = (log: ReplicatedLog): ReplicatedLog => {
    const held = new HeldLog(log);
    onHeldLog(held);
    return held;
  };
  world = await VirtualCluster.open({ nodes: 3, wrapLog, ...options });
  for (const command of openingCommands(accounts)) await world.submit(command);
}

/** As `openWorld`; returns each node's handle on the only log. */
async function openWithHeldLogs(options: LocalClusterOptions = {}): Promise<Map<string, HeldLog>> {
  const logs = new Map<string, HeldLog>();
  const wrapLog = (log: ReplicatedLog, _shard: number, node: string): ReplicatedLog => {
    const held = new HeldLog(log);
    onHeldLog(held);
    logs.set(node, held);
    return held;
  };
  await openWorld({ ...options, wrapLog });
  return logs;
}

function recorderOf(cluster: LocalCluster): PublicRecorder {
  const logs = cluster.storages.map((storage) => storage.open());
  return new PublicRecorder({ bus: cluster.publicBus(), logs });
}

async function faultOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await world.settled(promise);
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

/** Places orders that rest, one after the other. */
async function place(from: number, to: number): Promise<void> {
  for (let number = from; number <= to; number++) {
    const [outcome] = await world.submit(placing({ clientOrderId: `c-${String(number)}` }));
    expect(outcome).toMatchObject({ kind: "replied", reply: { rejectReason: 0 } });
  }
}

function symbolElsewhere(account: string, shards: number): string {
  const symbol = symbols.find(
    (name) => shardOfInstrument(name, shards) !== shardOfAccount(account, shards),
  );
  if (symbol === undefined) throw new Error("everything lives in one shard");
  return symbol;
}

/** Everything that has to be the same on all replicas of a shard. */
function proofs(shard = 0): readonly unknown[] {
  return world
    .statuses(shard)
    .map(({ appliedSequence, entriesHash, outputsHash, emitter, emitterEpoch }) => ({
      ...{ appliedSequence, entriesHash, outputsHash, emitter, emitterEpoch },
    }));
}

function expectEqualReplicas(): void {
  for (let shard = 0; shard < world.shards; shard++) {
    const [first, ...others] = proofs(shard);
    expect(others).toEqual(others.map(() => first));
  }
}

const newIn = (messages: readonly string[], before: readonly string[]) =>
  messages.filter((message) => !before.includes(message));
const phaseOf = (node: string, shard = 0) => world.cluster.node(node).replica(shard).phase;
const emitter = () => world.emitters()[0];

describe("the emitter", () => {
  it("is the node that is first in line, for each shard another", async () => {
    await openWorld({ shards: 3 });
    expect(world.emitters()).toEqual(["e1", "e2", "e3"]);
    expect(world.reported("phase").filter(({ phase }) => phase === "emitting").length).toBe(3);
  });

  it("stays the same while all is well, idle or busy", async () => {
    await openWorld();
    await world.run(60_000);
    for (let round = 0; round < 50; round++) {
      void world.cluster.client.submit([placing({ clientOrderId: `c-${String(round)}` })]);
      await world.run(10);
    }
    await world.run(60_000);
    expect(world.statuses().map(({ emitterEpoch }) => emitterEpoch)).toEqual([1, 1, 1]);
  });

  it("is replaced within its silence when it is killed with a command under way", async () => {
    await openWorld();
    const startedAtMs = world.clock.nowMs();
    const outcome = world.cluster.client.submit([placing({ clientOrderId: "c-1" })]);
    await world.cluster.killNode("e1");
    expect(await world.settled(outcome)).toMatchObject([
      { kind: "replied", reply: { rejectReason: 0, isDuplicate: false } },
    ]);
    expect(world.clock.nowMs() - startedAtMs).toBeLessThanOrEqual(60);
    expect(emitter()).toBe("e2");
    await world.run(5000);
    expect(world.statuses().map(({ emitterEpoch }) => emitterEpoch)).toEqual([2, 2]);
  });

  it("is replaced at once when it is killed, also in silence", async () => {
    await openWorld();
    // The feed has told of all there is.
    await world.run(50);
    await world.cluster.killNode("e1");
    expect(await world.until(() => emitter() !== undefined)).toBeLessThanOrEqual(30);
    expect(emitter()).toBe("e2");
    await world.run(5000);
    expect(world.statuses().map(({ emitterEpoch }) => emitterEpoch)).toEqual([2, 2]);
  });

  it("is replaced at once when it says farewell", async () => {
    await openWorld();
    await world.cluster.stopNode("e1");
    expect(await world.until(() => emitter() !== undefined)).toBeLessThanOrEqual(30);
    expect(emitter()).toBe("e2");
    await world.run(5000);
    expect(world.statuses().map(({ emitterEpoch }) => emitterEpoch)).toEqual([2, 2]);
  });

  it("is given its time by those who have not heard it yet", async () => {
    await openWorld();
    await world.cluster.stopNode("e1");
    world.cluster.setReachable("e3", false, "buses");
    await world.run(60);
    world.cluster.setReachable("e3", true, "buses");
    await world.run(5000);
    expect(emitter()).toBe("e2");
    expect(world.statuses().map(({ emitterEpoch }) => emitterEpoch)).toEqual([2, 2]);
  });

  it("is counted by those who see it change, and so is what they missed of its feed", async () => {
    await openWorld();
    await world.run(50);
    const counts = (node: string) => world.cluster.node(node).replica(0).counts;
    const before = { ...counts("e3") };
    expect(before).toMatchObject({ feedStepsMissed: 0, differences: 0 });
    world.cluster.setReachable("e3", false, "buses");
    await place(1, 5);
    await world.run(30);
    world.cluster.setReachable("e3", true, "buses");
    await world.run(100);
    expect(counts("e3").feedStepsMissed).toBeGreaterThanOrEqual(5);
    expect(counts("e2")).toMatchObject({ feedStepsMissed: 0 });
    expect(counts("e2").feedSteps).toBeGreaterThanOrEqual(5);
    await world.cluster.killNode("e1");
    await world.until(() => emitter() !== undefined);
    await world.run(1000);
    expect(counts("e3").emitterChanges).toBe(before.emitterChanges + 1);
    expect(counts("e2").emitterChanges).toBe(1 + before.emitterChanges);
  });

  it("is the first of several that claim at once", async () => {
    await openWorld();
    await world.cluster.killNode("e1");
    for (const node of ["e3", "e2"]) {
      const messages = [{ kind: "claim-emitter", node, emitterEpoch: 1 } as const];
      const frame = { producer: "node-x", epoch: 1, frame: node === "e3" ? 1 : 2, messages };
      world.cluster.storages[0]?.store("node-x", encodeFrame(frame));
    }
    await world.run(5000);
    expect(emitter()).toBe("e3");
    expect(world.statuses().map(({ emitterEpoch }) => emitterEpoch)).toEqual([2, 2]);
  });

  it("does no harm when it slept, was replaced and wakes up", async () => {
    await openWorld();
    const recorder = recorderOf(world.cluster);
    const before = await recorder.expected();
    await place(1, 5);
    world.cluster.setReachable("e1", false);
    const orders = [6, 7, 8].map((number) =>
      world.cluster.client.submit([placing({ clientOrderId: `c-${String(number)}` })]),
    );
    await world.settled(Promise.all(orders));
    expect(emitter()).toBe("e1");
    expect(phaseOf("e2")).toBe("emitting");
    await place(9, 12);
    world.cluster.setReachable("e1", true);
    await world.run(1000);
    expect(phaseOf("e1")).toBe("following");
    await place(13, 15);
    await world.drained();
    expectEqualReplicas();
    const all = await recorder.expected();
    expect(newIn(recorder.messages, before)).toEqual(newIn(all, before));
    expect(recorder.repeated).toBeGreaterThan(0);
  });

  it("is not fought for by a node that nobody hears", async () => {
    await openWorld();
    world.cluster.setReachable("e3", false, "buses");
    await world.run(60_000);
    expect(world.statuses()[0]?.emitterEpoch).toBe(1);
    world.cluster.setReachable("e3", true, "buses");
    await place(1, 3);
    await world.drained();
    expectEqualReplicas();
  });

  it("is not claimed from by a node whose own line led nowhere", async () => {
    await openWorld();
    world.cluster.setReachable("e2", false);
    await world.run(10_000);
    world.cluster.setReachable("e2", true);
    await place(1, 3);
    await world.run(5000);
    expect(world.statuses().map(({ emitterEpoch }) => emitterEpoch)).toEqual([1, 1, 1]);
  });

  it("sends again what may have got lost when its line broke for a moment", async () => {
    await openWorld();
    const recorder = recorderOf(world.cluster);
    const before = await recorder.expected();
    world.cluster.setReachable("e1", false, "buses");
    const orders = [1, 2, 3].map((number) =>
      world.cluster.client.submit([placing({ clientOrderId: `c-${String(number)}` })]),
    );
    // Less than the time between two calls: nobody notices.
    await world.run(15);
    world.cluster.setReachable("e1", true, "buses");
    await world.run(10);
    expect(await Promise.all(orders)).toMatchObject([1, 2, 3].map(() => [{ kind: "replied" }]));
    const all = await recorder.expected();
    expect(recorder.messages).toEqual(expect.arrayContaining(newIn(all, before)));
    await world.run(5000);
    expect(world.statuses().map(({ emitterEpoch }) => emitterEpoch)).toEqual([1, 1, 1]);
  });

  it("is replaced when it is cut off from the log but not from the others", async () => {
    await openWorld();
    world.cluster.setReachable("e1", false, "logs");
    await place(1, 3);
    expect(phaseOf("e2")).toBe("emitting");
    world.cluster.setReachable("e1", true, "logs");
    await world.run(1000);
    expect(world.statuses().map(({ phase }) => phase)).toEqual([
      "following",
      "emitting",
      "following",
    ]);
  });

  it("hands over when its tail of the log ends for good", async () => {
    const logs = await openWithHeldLogs();
    logs.get("e1")?.breakTails(new EntryMissing("LOG_0_1", 99));
    await place(1, 3);
    expect(phaseOf("e1")).toBe("failed");
    expect(phaseOf("e2")).toBe("emitting");
    expect(world.reported("fault")).toMatchObject([
      { node: "e1", error: { code: "entry-missing" } },
    ]);
    logs.get("e3")?.breakTails(new EntryMissing("LOG_0_1", 99));
    await place(4, 5);
    expect(phaseOf("e3")).toBe("failed");
  });
});

describe("replicas that all send", () => {
  it("tell the public the same as one would, each as often as there are replicas", async () => {
    await openWorld({ emission: "all" });
    const recorder = recorderOf(world.cluster);
    const before = await recorder.expected();
    await place(1, 5);
    await world.run(100);
    const all = await recorder.expected();
    expect(newIn(recorder.messages, before)).toEqual(newIn(all, before));
    expect(new Set(recorder.counts.values())).toEqual(new Set([3]));
  });

  it("leave no gap when the emitter dies with a command under way", async () => {
    await openWorld({ emission: "all" });
    const startedAtMs = world.clock.nowMs();
    const outcome = world.cluster.client.submit([placing({ clientOrderId: "c-1" })]);
    await world.cluster.killNode("e1");
    expect(await world.settled(outcome)).toMatchObject([{ kind: "replied" }]);
    expect(world.clock.nowMs() - startedAtMs).toBeLessThanOrEqual(10);
    await world.run(2000);
    expect(emitter()).toBe("e2");
  });

  it("keep one emitter while all is well, and replace it when it is silent", async () => {
    await openWorld({ emission: "all", shards: 3 });
    await place(1, 20);
    await world.run(60_000);
    expect(world.emitters()).toEqual(["e1", "e2", "e3"]);
    expect(world.statuses().map(({ emitterEpoch }) => emitterEpoch)).toEqual([1, 1, 1]);
    await world.cluster.killNode("e1");
    await world.until(() => emitter() !== undefined);
    expect(emitter()).toBe("e2");
    const [outcome] = await world.submit(
      placing({ clientOrderId: "c-21", symbol: symbolElsewhere("alice", 3) }),
    );
    expect(outcome).toMatchObject({ kind: "replied", reply: { rejectReason: 0 } });
    await world.drained();
    expectEqualReplicas();
  });

  it("owe other shards' logs each frame once, not once for each replica", async () => {
    await openWorld({ emission: "all", shards: 3 });
    await place(1, 20);
    await world.drained();
    for (const storage of world.cluster.storages) {
      const entries = await storage.open().read(1, { entriesMax: 1000 });
      const frames = entries
        .filter(({ producer }) => producer.startsWith("shard-"))
        .map(({ producer, payload }) => `${producer} ${String(decodeFrame(payload).frame)}`);
      expect(new Set(frames).size).toBe(frames.length);
    }
  });
});

describe("a node that comes back", () => {
  const timing = { snapshotEveryEntries: 10 };

  it("goes on from its snapshot and the log", async () => {
    await openWorld({ timing });
    await place(1, 20);
    await world.cluster.killNode("e2");
    await place(21, 40);
    await world.settled(world.cluster.startNode("e2"));
    await world.drained();
    expectEqualReplicas();
    expect(world.cluster.node("e2").status().replicas[0]?.snapshotSequence).toBe(30);
    await place(41, 50);
    expect(world.cluster.node("e2").status().replicas[0]?.snapshotSequence).toBe(60);
    expect(world.reported("fault")).toEqual([]);
  });

  it("begins with what the others saved when it was wiped, while trading goes on", async () => {
    const shared = new MemorySnapshotStore();
    const near = new Map<string, MemorySnapshotStore>();
    const snapshotsOf = (node: string): SnapshotStore => {
      const own = near.get(node) ?? new MemorySnapshotStore();
      near.set(node, own);
      return new LayeredSnapshotStore(own, shared);
    };
    await openWorld({ timing, snapshotsOf });
    await place(1, 40);
    await world.cluster.killNode("e3");
    near.delete("e3");
    const orders = Array.from({ length: 60 }, (_, index) => index + 41);
    const placing60 = orders.map((number) =>
      world.cluster.client.submit([placing({ clientOrderId: `c-${String(number)}` })]),
    );
    const starting = world.cluster.startNode("e3");
    await world.settled(Promise.all([starting, ...placing60]));
    expect(world.cluster.node("e3").replica(0).restoredFrom).toBeGreaterThanOrEqual(40);
    await place(101, 110);
    await world.drained();
    expectEqualReplicas();
  });

  it("replays the whole log when it lost its snapshots", async () => {
    const snapshotsOf = (): MemorySnapshotStore => new MemorySnapshotStore();
    await openWorld({ shards: 3, timing, snapshotsOf });
    await place(1, 20);
    await world.cluster.killNode("e2");
    await world.settled(world.cluster.startNode("e2"));
    await world.drained();
    expectEqualReplicas();
  });

  it("still delivers what its snapshot says is owed to other shards", async () => {
    let isDown = false;
    await openWorld({
      shards: 3,
      timing: { snapshotEveryEntries: 1 },
      fate: (_, { producer }) =>
        isDown && producer.startsWith("shard-") ? "unavailable" : "stored",
    });
    isDown = true;
    const order = placing({ clientOrderId: "c-1", symbol: symbolElsewhere("alice", 3) });
    const outcome = world.cluster.client.submit([order], { timeoutMs: 20_000 });
    await world.run(500);
    const shard = shardOfAccount("alice", 3);
    const head = world.cluster.storages[shard]?.head;
    const emitting = world.emitters()[shard];
    for (const node of world.running()) await world.cluster.killNode(node);
    // The emitter itself takes no snapshots: it would make the frame anew, from the log.
    for (const node of world.cluster.nodeNames.filter((name) => name !== emitting)) {
      await world.settled(world.cluster.startNode(node));
      expect(world.cluster.node(node).status().replicas[shard]?.snapshotSequence).toBe(head);
    }
    isDown = false;
    await world.settled(outcome);
    const ask = { account: "alice", orderId: 0, clientOrderId: "c-1" };
    expect(await world.ask(shard, "order", ask)).toMatchObject({ status: OrderStatus.new });
    await world.drained();
    expectEqualReplicas();
  });

  it("takes an older snapshot when the newest is damaged, and says so", async () => {
    const store = new MemorySnapshotStore();
    await openWorld({
      timing,
      snapshotsOf: (node) => (node === "e2" ? store : new MemorySnapshotStore()),
    });
    await place(1, 30);
    await world.cluster.killNode("e2");
    const [newest, older] = await store.list(0);
    expect(older).toBeDefined();
    if (newest !== undefined) store.damage(newest);
    await world.settled(world.cluster.startNode("e2"));
    expect(world.reported("fault")).toMatchObject([
      { node: "e2", error: { code: "snapshot-damaged" } },
    ]);
    expect(world.cluster.node("e2").status().replicas[0]?.snapshotSequence).toBe(older?.sequence);
    await world.drained();
    expectEqualReplicas();
  });

  it("keeps only its latest snapshots", async () => {
    const store = new MemorySnapshotStore();
    await openWorld({
      timing,
      snapshotsOf: (node) => (node === "e2" ? store : new MemorySnapshotStore()),
    });
    await place(1, 100);
    await world.drained();
    const [newest] = await store.list(0);
    expect((await store.list(0)).length).toBe(3);
    expect(newest?.sequence).toBe(world.cluster.node("e2").status().replicas[0]?.snapshotSequence);
  });

  it("becomes the emitter again when nobody else did", async () => {
    await openWorld({ nodes: 1, timing });
    await place(1, 5);
    const recorder = recorderOf(world.cluster);
    const outcome = world.cluster.client.submit([placing({ clientOrderId: "c-6" })]);
    await world.cluster.killNode("e1");
    await world.run(1000);
    await world.settled(world.cluster.startNode("e1"));
    expect(await world.settled(outcome)).toMatchObject([{ kind: "replied" }]);
    expect(recorder.messages.some((message) => message.includes("c-6"))).toBe(true);
    expect(world.statuses().map(({ emitterEpoch }) => emitterEpoch)).toEqual([1]);
  });

  it("can be stopped while it starts", async () => {
    await openWorld();
    await world.cluster.killNode("e2");
    const starting = world.cluster.startNode("e2");
    await world.cluster.killNode("e2");
    await world.settled(starting);
    onHeldLog = (log) => {
      log.head = () => Promise.reject(new LogUnavailable(log.name, "no leader"));
    };
    const waiting = world.cluster.startNode("e2");
    await world.run(1000);
    await world.cluster.killNode("e2");
    await world.settled(waiting);
    onHeldLog = (log) => {
      log.isHoldingEntries = true;
    };
    const replaying = world.cluster.startNode("e2");
    await world.run(100);
    expect(phaseOf("e2")).toBe("replaying");
    await world.cluster.stopNode("e2");
    await world.settled(replaying);
    onHeldLog = () => undefined;
    await world.settled(world.cluster.startNode("e2"));
    await place(1, 3);
    await world.drained();
    expectEqualReplicas();
  });
});

describe("an emitter that nobody relieves", () => {
  it("takes a snapshot now and then all the same", async () => {
    await openWorld({ nodes: 1, timing: { snapshotEveryEntries: 10 } });
    await place(1, 150);
    const [status] = world.statuses();
    expect(status?.snapshotSequence).toBeGreaterThan(0);
    expect(world.reported("snapshot").length).toBe(1);
  });
});

describe("snapshots that cannot be saved", () => {
  it("are reported, and nothing else changes", async () => {
    class FullStore extends MemorySnapshotStore {
      override async save(): Promise<void> {
        throw new SnapshotStoreUnavailable("the disk is full");
      }
    }
    await openWorld({ timing: { snapshotEveryEntries: 10 }, snapshotsOf: () => new FullStore() });
    await place(1, 30);
    await world.drained();
    expectEqualReplicas();
    expect(world.reported("snapshot")).toEqual([]);
    const faults = world.reported("fault");
    expect(faults.length).toBeGreaterThan(3);
    expect(new Set(faults.map(({ error }) => (error as Error).name))).toEqual(
      new Set(["SnapshotStoreUnavailable"]),
    );
  });

  it("or listed leave the log to start from", async () => {
    class BlindStore extends MemorySnapshotStore {
      override async list(): Promise<never> {
        throw new SnapshotStoreUnavailable("no such folder");
      }
    }
    await openWorld({ snapshotsOf: () => new BlindStore() });
    await place(1, 3);
    expect(world.reported("fault").length).toBe(3);
  });
});

describe("a replica that computes something else", () => {
  const largerOrder =
    (clientOrderId: string) =>
    (message: Message): Message =>
      message.kind === "place-order" && message.clientOrderId === clientOrderId
        ? { ...message, quantity: message.quantity + 1 }
        : message;

  function payloadWith(payload: Uint8Array, change: (message: Message) => Message): Uint8Array {
    const frame = decodeFrame(payload);
    return encodeFrame({ ...frame, messages: frame.messages.map(change) });
  }

  /** Lets that node see a larger order where the others see that one. */
  function alterOrder(log: HeldLog | undefined, clientOrderId: string): void {
    if (log === undefined) return;
    log.alter = (entry) => ({
      ...entry,
      payload: payloadWith(entry.payload, largerOrder(clientOrderId)),
    });
  }

  /** Lets that node read what the others read, and compute with something else. */
  function computeOtherwise(log: HeldLog | undefined, change: (message: Message) => Message): void {
    if (log === undefined) return;
    const others = new WeakMap<Uint8Array, Uint8Array>();
    log.alter = (entry) => {
      const payload = entry.payload.slice();
      others.set(payload, payloadWith(payload, change));
      return { ...entry, payload };
    };
    const apply = Shard.prototype.apply;
    vi.spyOn(Shard.prototype, "apply").mockImplementation(function (this: Shard, entry) {
      return apply.call(this, { ...entry, payload: others.get(entry.payload) ?? entry.payload });
    });
  }

  let planted: HeldLog | undefined;
  const hash0 = new Uint8Array(32);

  /** Puts a snapshot there that is whole and sealed, and wrong. */
  async function plantWrongState(store: MemorySnapshotStore, name: SnapshotName): Promise<void> {
    const snapshot = decodeSnapshot("planted", await store.load(name));
    const saved = snapshot.shard.snapshot();
    const wrong = Shard.restore({ ...saved, emitter: [saved.emitter[0], 77] });
    const outputsHash = new Uint8Array(32).fill(1);
    await store.save({ ...name, ...encodeSnapshot(wrong, { ...snapshot, outputsHash }) });
  }

  const order = (clientOrderId: string) => ({ account: "alice", orderId: 0, clientOrderId });

  it("stops, says from which entry on it differs, and serves nothing; others go on", async () => {
    const logs = await openWithHeldLogs();
    alterOrder(logs.get("e3"), "c-2");
    await place(1, 2);
    const at = world.cluster.storages[0]?.head;
    await place(3, 8);
    expect(world.reported("diverged")).toMatchObject([{ node: "e3", shard: 0, sequence: at }]);
    expect(world.statuses().map(({ phase }) => phase)).toEqual([
      "emitting",
      "following",
      "diverged",
    ]);
    const replica = world.cluster.node("e3").replica(0);
    expect(replica.sequence).toBe(at);
    expect(replica.isServing).toBe(false);
    expect(await world.settled(replica.applied(1))).toBe(false);
    for (let round = 0; round < 6; round++) {
      expect(await world.ask(0, "order", order("c-8"))).toMatchObject({ quantity: 5 });
    }
    await world.cluster.killNode("e3");
    await world.settled(world.cluster.startNode("e3"));
    await world.drained();
    expectEqualReplicas();
  });

  it("stops even when it is the emitter, and one of those that agree takes over", async () => {
    const logs = await openWithHeldLogs();
    alterOrder(logs.get("e1"), "c-2");
    await place(1, 1);
    void world.cluster.client.submit([placing({ clientOrderId: "c-2" })]);
    await place(3, 8);
    expect(world.statuses().map(({ phase }) => phase)).toEqual([
      "diverged",
      "emitting",
      "following",
    ]);
    expect(world.reported("diverged").map(({ node }) => node)).toEqual(["e1"]);
    expect(await world.ask(0, "order", order("c-2"))).toMatchObject({ quantity: 5 });
    await world.drained();
    const [, second, third] = proofs();
    expect(third).toEqual(second);
  });

  it("is the follower when there are only two and nobody can tell", async () => {
    const logs = await openWithHeldLogs({ nodes: 2 });
    alterOrder(logs.get("e1"), "c-2");
    await place(1, 8);
    await world.run(1000);
    expect(world.statuses().map(({ phase }) => phase)).toEqual(["emitting", "diverged"]);
  });

  it("is stopped while it replays, too", async () => {
    const logs = await openWithHeldLogs();
    await place(1, 3);
    await world.cluster.killNode("e3");
    const head = world.cluster.storages[0]?.head ?? 0;
    onHeldLog = (log) => {
      alterOrder(log, "c-2");
      log.isHoldingEntries = true;
      log.head = () => Promise.resolve(head + 10);
    };
    const fault = faultOf(world.cluster.startNode("e3"));
    await world.run(300);
    expect(phaseOf("e3")).toBe("replaying");
    logs.get("e3")?.releaseEntries();
    expect(await fault).toMatchObject({ code: "replica-diverged", sequence: head });
    expect(phaseOf("e3")).toBe("diverged");
  });

  it("says whether it read another entry or made something else of the same", async () => {
    const logs = await openWithHeldLogs();
    alterOrder(logs.get("e3"), "c-1");
    computeOtherwise(logs.get("e2"), largerOrder("c-3"));
    await place(1, 2);
    await place(3, 4);
    await world.run(1000);
    expect(world.reported("diverged")).toMatchObject([
      { node: "e3", cause: "entry" },
      { node: "e2", cause: "computation" },
    ]);
  });

  it("finds an entry that it alone has with another time, although nothing else differs", async () => {
    const logs = await openWithHeldLogs();
    const altered = logs.get("e3");
    if (altered === undefined) throw new Error("e3 has no log");
    altered.alter = (entry) => ({ ...entry, timeUs: entry.timeUs + 1 });
    await place(1, 1);
    await world.run(1000);
    expect(world.reported("diverged")).toMatchObject([{ node: "e3", cause: "entry" }]);
  });

  it("puts down what it has in hand, which tells what went wrong", async () => {
    const dumps = new MemoryDumpStore();
    const logs = await openWithHeldLogs({
      dumpsOf: (node) => (node === "e2" ? dumps : new MemoryDumpStore()),
    });
    computeOtherwise(logs.get("e2"), largerOrder("c-2"));
    await place(1, 4);
    await world.run(1000);
    const [report] = world.reported("diverged");
    expect(world.reported("dumped")).toMatchObject([{ node: "e2", sequence: report?.sequence }]);
    const [dump] = dumps.dumps;
    expect(dump).toMatchObject({
      ...{ cluster: "local", node: "e2", version: "local", shard: 0, shards: 1 },
      ...{ sequence: report?.sequence, cause: "computation", computed: report?.computed },
    });
    const step = dump?.steps.find(({ sequence }) => sequence === report?.sequence);
    expect(dump?.computed).toBe(
      hexOf(step?.entriesHash ?? hash0) + hexOf(step?.outputsHash ?? hash0),
    );
    const entry = dump?.entries.find(({ sequence }) => sequence === report?.sequence);
    expect(decodeFrame(entry?.payload ?? hash0).messages).toMatchObject([{ clientOrderId: "c-2" }]);
    expect(dump?.state.sequence).toBe(world.cluster.node("e2").replica(0).sequence);
  });

  it("is rebuilt on command, while the others trade on", async () => {
    const shard = shardOfAccount("alice", 3);
    let altered: HeldLog | undefined;
    const wrapLog = (log: ReplicatedLog, of: number, node: string): ReplicatedLog => {
      const held = new HeldLog(log);
      if (of === shard && node === "e3") altered = held;
      return held;
    };
    await openWorld({ shards: 3, wrapLog, timing: { snapshotEveryEntries: 10 } });
    await place(1, 12);
    computeOtherwise(altered, largerOrder("c-13"));
    await place(13, 16);
    await world.run(1000);
    const [report] = world.reported("diverged");
    expect(report).toMatchObject({ node: "e3", shard });
    vi.restoreAllMocks();
    const rebuilding = world.cluster.node("e3").rebuild({ shard, trust: "verified" });
    await place(17, 20);
    // Nobody has verified any snapshot here.
    expect(await world.settled(rebuilding)).toMatchObject({
      ...{ was: "diverged", phase: "following", snapshotSequence: 0 },
    });
    await world.drained();
    expectEqualReplicas();
  });

  it("is rebuilt by a message to its node, which answers what was done", async () => {
    await openWorld();
    await place(1, 5);
    const bus = world.cluster.network.connect();
    const tell = (message: unknown) =>
      world.settled(bus.request(clusterSubjects.rebuild("e2"), pack(message), { timeoutMs: 5000 }));
    expect(unpack(await tell({ shard: 0, trust: "none" }))).toMatchObject({
      ...{ ok: true, was: "following", phase: "following", snapshotSequence: 0 },
    });
    for (const nonsense of [{ shard: 1, trust: "none" }, { shard: 0, trust: "any" }, null]) {
      await expect(tell(nonsense)).rejects.toThrow(RequestTimedOut);
    }
    expect(world.reported("fault").map(({ error }) => (error as Error).message)).toEqual(
      Array(3).fill("not an order to rebuild a replica"),
    );
    await world.drained();
    expectEqualReplicas();
  });

  it("begins again by itself when it owes that to the snapshot it began with", async () => {
    const store = new MemorySnapshotStore();
    await openWorld({
      timing: { snapshotEveryEntries: 10 },
      snapshotsOf: (node) => (node === "e2" ? store : new MemorySnapshotStore()),
    });
    await place(1, 20);
    await world.drained();
    await world.cluster.killNode("e2");
    const [newest] = await store.list(0);
    if (newest === undefined) throw new Error("no snapshot was taken");
    await plantWrongState(store, newest);
    const head = world.cluster.storages[0]?.head ?? 0;
    onHeldLog = (log) => {
      log.isHoldingEntries = true;
      const realHead = log.head.bind(log);
      let asked = 0;
      log.head = async () => ((asked += 1) === 1 ? head + 100 : await realHead());
      onHeldLog = () => undefined;
      planted = log;
    };
    const starting = world.cluster.startNode("e2");
    await world.run(300);
    await place(21, 32);
    if (planted !== undefined) planted.isHoldingEntries = false;
    planted?.releaseEntries();
    await world.settled(starting);
    expect(world.reported("diverged").map(({ node }) => node)).toEqual(["e2"]);
    expect(phaseOf("e2")).toBe("following");
    await world.drained();
    expectEqualReplicas();
  });

  it("only inside is found out at the next checkpoint", async () => {
    const logs = await openWithHeldLogs();
    computeOtherwise(logs.get("e2"), (message) =>
      message.kind === "deposit" ? { ...message, reference: `not-${message.reference}` } : message,
    );
    const deposit = { kind: "deposit", account: "alice", asset: "BTC", amount: 5 } as const;
    await world.submit({ ...deposit, reference: "late" });
    await place(1, 5);
    await world.run(1000);
    expect(world.reported("diverged")).toEqual([]);
    void world.cluster.client.submitTo(0, [{ kind: "checkpoint", label: "noon" }]);
    await world.run(100);
    const at = world.cluster.storages[0]?.head;
    expect(world.reported("diverged")).toMatchObject([{ node: "e2", sequence: at }]);
  });

  it("cannot start as if nothing were wrong", async () => {
    const logs = await openWithHeldLogs();
    await place(1, 3);
    await world.cluster.killNode("e3");
    onHeldLog = (log) => alterOrder(log, "c-2");
    const starting = world.cluster.startNode("e3");
    onHeldLog = () => undefined;
    expect(logs.size).toBe(3);
    await world.settled(starting);
    await world.run(1000);
    expect(phaseOf("e3")).toBe("diverged");
    expect(world.reported("diverged").map(({ node }) => node)).toEqual(["e3"]);
  });
});

describe("a log that is not what a replica needs", () => {
  it("is refused when it ends before the snapshot", async () => {
    await openWorld({ timing: { snapshotEveryEntries: 10 } });
    await place(1, 30);
    await world.drained();
    await world.cluster.killNode("e2");
    onHeldLog = (log) => {
      log.head = () => Promise.resolve(5);
    };
    const fault = await faultOf(world.cluster.startNode("e2"));
    onHeldLog = () => undefined;
    expect(fault).toBeInstanceOf(SnapshotAheadOfLog);
    expect(fault).toMatchObject({ code: "snapshot-ahead-of-log", disposition: "fatal" });
    expect(phaseOf("e2")).toBe("failed");
    expect(world.cluster.node("e2").replica(0).isServing).toBe(false);
    expect(world.reported("fault").at(-1)).toMatchObject({ node: "e2", error: fault });
    await place(31, 32);
  });

  it("is waited for while a deposed leader lags", async () => {
    await openWorld({ timing: { snapshotEveryEntries: 10 } });
    await place(1, 30);
    await world.cluster.killNode("e2");
    let answers = 0;
    onHeldLog = (log) => {
      const head = log.head.bind(log);
      log.head = async () => ((answers += 1) <= 3 ? 5 : await head());
    };
    await world.settled(world.cluster.startNode("e2"));
    expect(phaseOf("e2")).toBe("following");
    expect(answers).toBe(4);
  });

  it("is refused when it is another one that has grown as long", async () => {
    const timing = { snapshotEveryEntries: 10 };
    const old = new MemorySnapshotStore();
    await openWorld({ timing, snapshotsOf: () => old });
    await place(1, 30);
    await world.drained();
    await world.close();
    // A cluster made anew, on a machine where the snapshots of the last one were left.
    let isNew = true;
    await openWorld({ snapshotsOf: () => (isNew ? new MemorySnapshotStore() : old) });
    await place(101, 160);
    await world.cluster.killNode("e2");
    isNew = false;
    const fault = await faultOf(world.cluster.startNode("e2"));
    expect(fault).toBeInstanceOf(SnapshotOfAnotherLog);
    expect(phaseOf("e2")).toBe("failed");
  });

  it("is asked again while it has no leader", async () => {
    await openWorld();
    await world.cluster.killNode("e2");
    let failures = 0;
    onHeldLog = (log) => {
      const head = log.head.bind(log);
      log.head = async () => {
        if ((failures += 1) <= 10) throw new LogUnavailable(log.name, "no leader");
        return await head();
      };
    };
    await world.settled(world.cluster.startNode("e2"));
    expect(phaseOf("e2")).toBe("following");
    expect(world.reported("fault").length).toBe(1);
  });

  it("ends the start with its fault when it does not answer for long", async () => {
    await openWorld();
    await world.cluster.killNode("e2");
    onHeldLog = (log) => {
      log.head = () => Promise.reject(new LogUnavailable(log.name, "no leader"));
    };
    const fault = await faultOf(world.cluster.startNode("e2"));
    expect(fault).toBeInstanceOf(LogUnavailable);
    expect(phaseOf("e2")).toBe("failed");
    expect(await world.settled(world.cluster.node("e2").replica(0).applied(1))).toBe(false);
  });

  it("ends a replica whose next entry it no longer holds", async () => {
    await openWorld();
    await place(1, 30);
    await world.cluster.killNode("e2");
    world.cluster.storages[0]?.truncateBefore(20);
    const fault = await faultOf(world.cluster.startNode("e2"));
    expect(fault).toMatchObject({ code: "entry-truncated" });
    expect(phaseOf("e2")).toBe("failed");
    await place(31, 32);
  });
});

describe("entries that nobody should have appended", () => {
  it("are survived: bytes that are no frame, doubles, gaps, and frames in another's name", async () => {
    await openWorld();
    await place(1, 3);
    const [storage] = world.cluster.storages;
    const entries = (await storage?.open().read(1, { entriesMax: 1000 })) ?? [];
    storage?.store("gw-9", new Uint8Array());
    storage?.store("gw-9", new Uint8Array(1000).fill(0xc1));
    for (const { producer, payload } of entries.slice(-3)) storage?.store(producer, payload);
    const messages = [placing({ clientOrderId: "never" })];
    const frame = { producer: "gw-9", epoch: 1, frame: 7, messages };
    storage?.store("gw-9", encodeFrame(frame));
    storage?.store("gw-9", encodeFrame({ ...frame, producer: "gw-1", frame: 1, epoch: 2 ** 50 }));
    await place(4, 6);
    await world.drained();
    expectEqualReplicas();
    expect(world.statuses()[0]?.appliedSequence).toBe(storage?.head);
    const never = { account: "alice", orderId: 0, clientOrderId: "never" };
    expect(await world.ask(0, "order", never)).toBeNull();
    expect(world.holdings()).toEqual(totalDeposits(accounts));
  });
});

describe("checkpoints", () => {
  it("have every replica hash its whole state at the same entry", async () => {
    await openWorld();
    await place(1, 3);
    void world.cluster.client.submitTo(0, [{ kind: "checkpoint", label: "noon" }]);
    await world.run(100);
    const checkpoints = world.statuses().map(({ checkpointSequence, checkpointHash }) => ({
      checkpointSequence,
      checkpointHash,
    }));
    expect(checkpoints[0]?.checkpointSequence).toBe(world.cluster.storages[0]?.head);
    expect(checkpoints).toEqual(checkpoints.map(() => checkpoints[0]));
  });
});
