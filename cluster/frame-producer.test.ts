/**
 * A producer on a log in memory whose shard is real: what is applied, and what it replies, is what
 * a replica would apply and reply.
 */
import { beforeEach, describe, expect, it } from "vitest";
import {
  clusterSubjects,
  decodeNotes,
  decodeReplies,
  InvariantViolation,
  NotedAnswer,
  unsealFrame,
} from "../protocols/index.ts";
import type { Command, FrameNotes } from "../protocols/index.ts";
import type { ClusterFault } from "./faults.ts";
import { FrameProducer } from "./frame-producer.ts";
import type { FrameProducerOptions } from "./frame-producer.ts";
import { MemoryBusNetwork } from "./memory-bus.ts";
import { MemoryLogStorage } from "./memory-log.ts";
import type { AppendFate } from "./memory-log.ts";
import type { AppendReceipt } from "./replicated-log.ts";
import { HeldLog } from "./testing/held-log.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import { ShardHost } from "./testing/shard-host.ts";
import { opening } from "./testing/venue.ts";

const producerName = "gw-1";

let clock: ManualClock;
let storage: MemoryLogStorage;
let network: MemoryBusNetwork;
let host: ShardHost;
/** What becomes of the next appends; once it is empty, all are stored. */
let fates: AppendFate[];
let faults: ClusterFault[];

beforeEach(async () => {
  clock = new ManualClock();
  network = new MemoryBusNetwork({ clock });
  fates = [];
  faults = [];
  storage = new MemoryLogStorage({ clock, fate: () => fates.shift() ?? "stored" });
  host = await ShardHost.open({ storage, bus: network.connect() });
});

function open(options: Partial<FrameProducerOptions> = {}): FrameProducer {
  const producer = new FrameProducer({
    producer: producerName,
    epoch: 1,
    shard: 0,
    log: storage.open(),
    clock,
    report: (fault) => faults.push(fault),
    ...options,
  });
  network.connect().subscribe(clusterSubjects.repliesTo(producerName), ({ payload }) => {
    producer.receive(decodeReplies(payload));
  });
  return producer;
}

/** A producer whose opening frame has been judged: the first frame of commands is its second. */
async function start(options: Partial<FrameProducerOptions> = {}): Promise<FrameProducer> {
  const producer = open(options);
  await clock.advanceAndSettle(0);
  return producer;
}

const openings = (from: number, to: number): Command[] =>
  Array.from({ length: to - from + 1 }, (_, index) => opening(`a${String(from + index)}`));

const done = { kind: "replied", reply: { kind: "command-replied", rejectReason: 0 } };
const unknown = { kind: "unknown" };
const busy = { kind: "busy" };

/** The accounts that were opened, in order: each command of these tests opens one, once. */
const accounts = () => host.shard.governor.accounts();
const names = (from: number, to: number) =>
  openings(from, to).map((command) => (command.kind === "open-account" ? command.account : ""));

/** How many commands each applied frame of the producer held, but for the one that opens. */
const framesApplied = () =>
  host.steps
    .filter(({ header, verdict }) => header?.producer === producerName && verdict === "applied")
    .filter(({ header }) => header?.frame !== 1)
    .map(({ commandCount }) => commandCount);

describe("outcomes", () => {
  it("are what the shard replied, each at its command's place", async () => {
    const producer = await start();
    const outcomes = producer.submit([opening("a1"), opening("a1"), opening("fees-0")], 1000);
    await clock.advanceAndSettle(0);
    expect((await outcomes).map((outcome) => outcome.kind === "replied" && outcome.reply)).toEqual([
      expect.objectContaining({ rejectReason: 0 }),
      expect.objectContaining({ rejectReason: 220 }),
      expect.objectContaining({ rejectReason: 221 }),
    ]);
    expect(producer.commandsUnderWay).toBe(0);
  });

  it("of nothing come at once", async () => {
    const producer = await start();
    const { head } = storage;
    expect(await producer.submit([], 1000)).toEqual([]);
    await clock.advanceAndSettle(0);
    expect(storage.head).toBe(head);
  });

  it("are unknown, once, when no reply came in time, and a late reply changes nothing", async () => {
    const producer = await start();
    host.isLost = () => true;
    let settledCount = 0;
    const outcomes = producer.submit([opening("a1")], 500);
    void outcomes.then(() => (settledCount += 1));
    await clock.advanceAndSettle(499);
    expect([settledCount, producer.commandsUnderWay]).toEqual([0, 1]);
    await clock.advanceAndSettle(1);
    expect(await outcomes).toEqual([unknown]);
    expect(producer.commandsUnderWay).toBe(0);
    const origin = { producer: producerName, epoch: 1, frame: 2, index: 0 };
    const reply = { kind: "command-replied", origin, rejectReason: 0, detail: 0 } as const;
    const { timeUs } = host.shard;
    producer.receive({ shard: 0, sequence: 3, timeUs, frame: undefined, replies: [reply] });
    await clock.advanceAndSettle(5000);
    expect([settledCount, producer.commandsUnderWay]).toEqual([1, 0]);
  });

  it("of one submission may be partly known", async () => {
    const producer = await start({ appendsMax: 1 });
    host.isLost = ({ header }) => header?.frame === 3;
    const first = producer.submit([opening("a1")], 500);
    const second = producer.submit([opening("a2")], 500);
    const third = producer.submit([opening("a3")], 500);
    await clock.advanceAndSettle(500);
    expect([await first, await second, await third]).toMatchObject([[done], [unknown], [unknown]]);
    expect(accounts()).toEqual(["a1", "a2", "a3"]);
  });

  it("do not come from another process of the same name", async () => {
    const producer = await start({ epoch: 2 });
    host.isLost = () => true;
    const outcomes = producer.submit([opening("a1")], 100);
    const origin = { producer: producerName, epoch: 1, frame: 2, index: 0 };
    const reply = { kind: "command-replied", origin, rejectReason: 0, detail: 0 } as const;
    const frame = { epoch: 1, frame: 2, verdict: "stale-epoch", expectedFrame: 1 } as const;
    const { timeUs } = host.shard;
    producer.receive({ shard: 0, sequence: 3, timeUs, frame, replies: [reply] });
    await clock.advanceAndSettle(100);
    expect(await outcomes).toEqual([unknown]);
  });
});

describe("frames", () => {
  it("hold one command each while nothing is under way", async () => {
    const producer = await start();
    for (const command of openings(1, 3)) {
      const outcome = producer.submit([command], 1000);
      await clock.advanceAndSettle(0);
      expect(await outcome).toMatchObject([done]);
    }
    expect(framesApplied()).toEqual([1, 1, 1]);
  });

  it("gather what comes while appends are under way", async () => {
    const log = new HeldLog(storage.open());
    const producer = await start({ log, appendsMax: 2 });
    log.isHolding = true;
    const outcomes = openings(1, 50).map((command) => producer.submit([command], 1000));
    expect(log.heldCount).toBe(2);
    log.release(1);
    await clock.advanceAndSettle(0);
    log.isHolding = false;
    log.release();
    await clock.advanceAndSettle(0);
    expect((await Promise.all(outcomes)).flat()).toMatchObject(openings(1, 50).map(() => done));
    expect(framesApplied()).toEqual([1, 1, 48]);
    expect(accounts()).toEqual(names(1, 50));
  });

  it("are closed when they are full", async () => {
    const producer = await start();
    const commands = openings(1, 9000);
    const outcomes = producer.submit(commands, 1000);
    await clock.advanceAndSettle(0);
    expect(await outcomes).toMatchObject(commands.map(() => done));
    expect(framesApplied().length).toBeGreaterThan(1);
    expect(accounts()).toEqual(names(1, 9000));
    const payloads = await storage.open().read(2, { entriesMax: 100 });
    for (const { payload } of payloads) expect(payload.length).toBeLessThan(66_000);
  });

  it("are appended again, with those behind them, after one of them got lost", async () => {
    const log = new HeldLog(storage.open());
    const producer = await start({ log, appendsMax: 3 });
    log.isHolding = true;
    const outcomes = openings(1, 3).map((command) => producer.submit([command], 5000));
    fates = ["lost-unanswered"];
    log.isHolding = false;
    log.release();
    await clock.advanceAndSettle(0);
    expect(host.verdicts(producerName)).toEqual({ applied: 1, gap: 2 });
    await clock.advanceAndSettle(100);
    expect((await Promise.all(outcomes)).flat()).toMatchObject([done, done, done]);
    expect(host.verdicts(producerName)).toEqual({ applied: 4, gap: 2 });
    expect(faults.map(({ code }) => code)).toEqual(["append-outcome-unknown"]);
  });

  it("keep their order whatever becomes of the appends", async () => {
    fates = ["unavailable", "stored-unanswered", "stored-twice", "lost-unanswered", "unavailable"];
    const producer = open({ appendsMax: 2 });
    const outcomes = openings(1, 20).map((command) => producer.submit([command], 5000));
    await clock.advanceAndSettle(2000);
    expect((await Promise.all(outcomes)).flat()).toMatchObject(openings(1, 20).map(() => done));
    expect(accounts()).toEqual(names(1, 20));
  });

  it("are appended once more when nobody judged them, and then let go", async () => {
    const producer = await start({ judgementMs: 400, commandsMax: 2 });
    host.isLost = ({ sequence }) => sequence <= 4;
    const outcomes = openings(1, 2).map((command) => producer.submit([command], 100));
    await clock.advanceAndSettle(100);
    expect((await Promise.all(outcomes)).flat()).toEqual([unknown, unknown]);
    expect(await producer.submit([opening("a3")], 100)).toEqual([busy]);
    await clock.advanceAndSettle(400);
    expect(host.verdicts(producerName)).toEqual({ applied: 3, duplicate: 1 });
    const later = producer.submit(openings(3, 4), 100);
    await clock.advanceAndSettle(0);
    expect(await later).toMatchObject([done, done]);
    await clock.advanceAndSettle(10_000);
    expect(storage.head).toBe(6);
  });

  it("come through even when the log lost what it had acknowledged", async () => {
    let lies = 0;
    class ForgetfulLog extends HeldLog {
      override async append(producer: string, payload: Uint8Array): Promise<AppendReceipt> {
        if (lies-- > 0) return { sequence: storage.head + 1 };
        return await super.append(producer, payload);
      }
    }
    const producer = await start({ log: new ForgetfulLog(storage.open()), appendsMax: 3 });
    lies = 2;
    const outcomes = openings(1, 9).map((command) => producer.submit([command], 5000));
    await clock.advanceAndSettle(0);
    expect((await Promise.all(outcomes)).flat()).toMatchObject(openings(1, 9).map(() => done));
    expect(accounts()).toEqual(names(1, 9));
  });

  it("are not sent for commands that were refused as busy", async () => {
    const log = new HeldLog(storage.open());
    const producer = await start({ log, commandsMax: 3 });
    log.isHolding = true;
    const first = producer.submit(openings(1, 2), 1000);
    expect(await producer.submit(openings(3, 4), 1000)).toEqual([busy, busy]);
    expect(producer.commandsUnderWay).toBe(2);
    log.isHolding = false;
    log.release();
    await clock.advanceAndSettle(0);
    expect(await first).toMatchObject([done, done]);
    const again = producer.submit(openings(3, 5), 1000);
    await clock.advanceAndSettle(0);
    expect(await again).toMatchObject([done, done, done]);
    expect(accounts()).toEqual(names(1, 5));
  });

  it("are refused at once while the log stands, and taken again as soon as it moves", async () => {
    const log = new HeldLog(storage.open());
    const producer = await start({ log, frameAgeMaxMs: 300 });
    log.isHolding = true;
    const first = producer.submit([opening("a1")], 60_000);
    await clock.advanceAndSettle(300);
    const second = producer.submit([opening("a2")], 60_000);
    await clock.advanceAndSettle(1);
    for (let round = 0; round < 3; round++) {
      expect(await producer.submit([opening("a3")], 60_000)).toEqual([busy]);
      await clock.advanceAndSettle(2000);
    }
    expect(producer.commandsUnderWay).toBe(2);
    log.isHolding = false;
    log.release();
    await clock.advanceAndSettle(100);
    expect([await first, await second]).toMatchObject([[done], [done]]);
    const third = producer.submit([opening("a3")], 60_000);
    await clock.advanceAndSettle(100);
    expect(await third).toMatchObject([done]);
    expect(accounts()).toEqual(names(1, 3));
  });

  it("are not refused for a long silence in which nothing was sent", async () => {
    const producer = await start({ frameAgeMaxMs: 300 });
    await clock.advanceAndSettle(60_000);
    const outcome = producer.submit([opening("a1")], 5000);
    await clock.advanceAndSettle(0);
    expect(await outcome).toMatchObject([done]);
  });

  it("are refused at once when the log does not even take the opening", async () => {
    fates = Array<AppendFate>(100).fill("unavailable");
    const producer = await start({ frameAgeMaxMs: 300 });
    await clock.advanceAndSettle(301);
    expect(await producer.submit([opening("a1")], 60_000)).toEqual([busy]);
  });

  it("that a dead log does not take count against the limit, and go out when it is back", async () => {
    let isDown = false;
    storage = new MemoryLogStorage({ clock, fate: () => (isDown ? "unavailable" : "stored") });
    host = await ShardHost.open({ storage, bus: network.connect() });
    const producer = await start({ commandsMax: 10 });
    isDown = true;
    for (let attempt = 1; attempt <= 20; attempt++) {
      const outcomes = producer.submit(openings(attempt, attempt), 300);
      await clock.advanceAndSettle(400);
      expect(await outcomes).toEqual([attempt <= 10 ? unknown : busy]);
    }
    isDown = false;
    await clock.advanceAndSettle(200);
    expect(accounts()).toEqual(names(1, 10));
    expect(faults.map(({ code }) => code)).toEqual(["log-unavailable"]);
    const later = producer.submit(openings(11, 20), 300);
    await clock.advanceAndSettle(0);
    expect(await later).toMatchObject(openings(11, 20).map(() => done));
  });
});

describe("the end", () => {
  it("leaves everything under way unknown, and refuses what comes after", async () => {
    const log = new HeldLog(storage.open());
    const producer = await start({ log, appendsMax: 1 });
    log.isHolding = true;
    const sent = producer.submit([opening("a1")], 1000);
    const waiting = producer.submit([opening("a2")], 1000);
    producer.close();
    producer.close();
    expect([await sent, await waiting]).toEqual([[unknown], [unknown]]);
    expect(await producer.submit([opening("a3")], 1000)).toEqual([busy]);
    log.release();
    await clock.advanceAndSettle(10_000);
    expect(producer.commandsUnderWay).toBe(0);
    expect(clock.timersCount).toBe(0);
    expect(accounts()).toEqual(["a1"]);
  });

  it("comes when the shard has heard a later epoch of the same name", async () => {
    const older = await start({ epoch: 1 });
    const newer = await start({ epoch: 2 });
    const taken = newer.submit([opening("a1")], 1000);
    await clock.advanceAndSettle(0);
    expect(await taken).toMatchObject([done]);
    const refused = older.submit([opening("a2")], 1000);
    await clock.advanceAndSettle(0);
    expect(await refused).toEqual([unknown]);
    expect(faults.map(({ code }) => code)).toEqual(["producer-replaced"]);
    expect(await older.submit([opening("a3")], 1000)).toEqual([busy]);
    expect(accounts()).toEqual(["a1"]);
  });

  it("is a defect's, not a fault's, when the shard cannot read our frames", async () => {
    const producer = await start();
    const { timeUs } = host.shard;
    const frame = { epoch: 1, frame: 1, verdict: "malformed", expectedFrame: 1 } as const;
    const message = { shard: 0, sequence: 2, timeUs, frame, replies: [] };
    expect(() => producer.receive(message)).toThrow(InvariantViolation);
  });
});

describe("notes", () => {
  const parents = [
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4737-00f067aa0ba902b7-01",
  ];
  const wallAtUs = 1_700_000_000_000_000;
  const taking = { wallUs: () => wallAtUs + clock.nowMs() * 1000, idleMs: 1000 };

  /** What the producer's frames note, by their number. */
  const noted = async (): Promise<Map<number, FrameNotes>> => {
    const entries = await storage.open().read(1, { entriesMax: 1000 });
    return new Map(
      entries
        .filter(({ producer }) => producer === producerName)
        .map(({ payload }) => unsealFrame(payload))
        .map(({ frame, notes }) => [frame, decodeNotes(notes!)]),
    );
  };

  it("tell when commands came, and with which traces", async () => {
    const producer = await start({ notes: taking, appendsMax: 1 });
    const beganAtMs = clock.nowMs();
    const first = producer.submit([opening("a1")], 1000);
    const second = producer.submit(openings(2, 4), 1000, { traceparent: parents[0] });
    void producer.submit([opening("a5")], 1000, { traceparent: parents[1] });
    void producer.submit([opening("a6")], 1000, { cameAtMs: beganAtMs - 7.5 });
    await clock.advanceAndSettle(1);
    await Promise.all([first, second]);
    const notes = await noted();
    expect(notes.get(2)?.came).toEqual([{ count: 1, beforeUs: 0, traceparent: "" }]);
    const { came = [], closedUs = 0 } = notes.get(3) ?? {};
    expect(came.map(({ count, traceparent }) => [count, traceparent])).toEqual([
      [3, parents[0]],
      [1, parents[1]],
      [1, ""],
    ]);
    const [, , late] = came;
    expect(late?.beforeUs).toBe(7500 + came[0]!.beforeUs);
    expect(closedUs - came[0]!.beforeUs).toBe(wallAtUs + beganAtMs * 1000);
  });

  it("tell of earlier frames when they were stored and answered, each once", async () => {
    const producer = await start({ notes: taking });
    host.isLost = ({ header }) => header?.frame === 3;
    await Promise.all([
      producer.submit(openings(1, 3), 1000),
      clock.advanceAndSettle(0),
      producer.submit([opening("a4")], 300),
      clock.advanceAndSettle(300),
    ]);
    void producer.submit([opening("a5")], 1000);
    await clock.advanceAndSettle(5000);
    const all = [...(await noted()).values()];
    const stored = all.flatMap((notes) => notes.stored.map(({ frame }) => frame));
    expect(stored.toSorted()).toEqual([2, 3, 4]);
    const answered = all.flatMap((notes) =>
      notes.answered.map(({ frame, index, count, answer }) => [frame, index, count, answer]),
    );
    expect(answered.toSorted()).toEqual([
      [2, 0, 3, NotedAnswer.replied],
      [3, 0, 1, NotedAnswer.unknown],
      [4, 0, 1, NotedAnswer.replied],
    ]);
  });

  it("tell that a frame was stored whose acknowledgement was lost", async () => {
    const producer = await start({ notes: taking });
    fates.push("stored-unanswered");
    const outcome = producer.submit([opening("a1")], 1000);
    await clock.advanceAndSettle(20_000);
    expect(await outcome).toMatchObject([done]);
    expect([...(await noted()).values()].flatMap(({ stored }) => stored)).toMatchObject([
      { frame: 2 },
    ]);
  });

  it("go with a frame of their own when nothing else goes, and of that nothing is told", async () => {
    const producer = await start({ notes: taking });
    await clock.advanceAndSettle(60_000);
    expect([...(await noted()).keys()]).toEqual([1]);
    const outcome = producer.submit([opening("a1")], 1000);
    await clock.advanceAndSettle(999);
    await outcome;
    expect([...(await noted()).keys()]).toEqual([1, 2]);
    await clock.advanceAndSettle(1);
    expect([...(await noted()).keys()]).toEqual([1, 2, 3]);
    const last = (await noted()).get(3)!;
    expect(last.came).toEqual([]);
    expect(last.stored).toMatchObject([{ frame: 2 }]);
    expect(last.answered).toMatchObject([{ frame: 2, index: 0, count: 1 }]);
    const [{ beforeUs }] = last.answered as [FrameNotes["answered"][number]];
    expect(beforeUs).toBe(1_000_000);
    await clock.advanceAndSettle(60_000);
    expect([...(await noted()).keys()]).toEqual([1, 2, 3]);
  });

  it("go with a frame that is applied, and hold nothing up", async () => {
    const held = new HeldLog(storage.open());
    const producer = await start({ notes: taking, log: held, frameAgeMaxMs: 600 });
    const first = producer.submit([opening("a1")], 1000);
    await clock.advanceAndSettle(0);
    await first;
    held.isHolding = true;
    await clock.advanceAndSettle(1000);
    const second = producer.submit([opening("a2")], 1000);
    held.isHolding = false;
    held.release();
    await clock.advanceAndSettle(0);
    expect(await second).toMatchObject([done]);
    expect((await noted()).get(3)?.came).toEqual([]);
    expect(framesApplied()).toEqual([1, 0, 1]);
  });

  it("wait while the log takes nothing, and nothing is told after the end", async () => {
    const producer = await start({ notes: taking, appendsMax: 1 });
    fates.push(...Array<AppendFate>(40).fill("unavailable"));
    void producer.submit([opening("a1")], 500);
    await clock.advanceAndSettle(3000);
    expect([...(await noted()).keys()]).toEqual([1]);
    fates = [];
    await clock.advanceAndSettle(3000);
    const all = [...(await noted()).values()];
    expect(all.flatMap(({ answered }) => answered)).toMatchObject([
      { frame: 2, answer: NotedAnswer.unknown },
    ]);
    expect(accounts()).toEqual(["a1"]);
    void producer.submit([opening("a2")], 500);
    producer.close();
    expect(clock.timersCount).toBe(0);
  });
});
