/**
 * Frames that expire: a producer on a log in memory whose clock is its own; the shard is real.
 *
 * What a test sees of a deadline is what is in the log, and what the shard made of it.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { closedOrderRetentionUs } from "../actors/account/known-orders.ts";
import { deadlineMsMax } from "../clients/sdk/attempts.ts";
import { clusterSubjects, decodeFrame, decodeReplies } from "../protocols/index.ts";
import type { Command } from "../protocols/index.ts";
import { frameLifetimeMs, FrameProducer } from "./frame-producer.ts";
import type { FrameProducerOptions } from "./frame-producer.ts";
import { MemoryBusNetwork } from "./memory-bus.ts";
import { MemoryLogStorage } from "./memory-log.ts";
import { HeldLog } from "./testing/held-log.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import { ShardHost } from "./testing/shard-host.ts";
import { opening } from "./testing/venue.ts";

let clock: ManualClock;
/** How far the log's clock is ahead of the producer's. */
let aheadMs: number;
let storage: MemoryLogStorage;
let network: MemoryBusNetwork;
let host: ShardHost;
let log: HeldLog;

beforeEach(async () => {
  clock = new ManualClock();
  network = new MemoryBusNetwork({ clock });
  aheadMs = 3_600_000;
  const logClock = {
    nowMs: () => clock.nowMs() + aheadMs,
    after: (ms: number, callback: () => void) => clock.after(ms, callback),
  };
  storage = new MemoryLogStorage({ clock: logClock });
  host = await ShardHost.open({ storage, bus: network.connect() });
  log = new HeldLog(storage.open());
});

function open(options: Partial<FrameProducerOptions> = {}): FrameProducer {
  const named = { producer: "gw-1", epoch: 1, ...options };
  const producer = new FrameProducer({ shard: 0, log, clock, ...named });
  network.connect().subscribe(clusterSubjects.repliesTo(named.producer), ({ payload }) => {
    producer.receive(decodeReplies(payload));
  });
  return producer;
}

/** A producer whose opening frame has been judged. */
async function start(options: Partial<FrameProducerOptions> = {}): Promise<FrameProducer> {
  const producer = open(options);
  await clock.advanceAndSettle(0);
  return producer;
}

const openings = (...accounts: string[]): Command[] => accounts.map(opening);
const accounts = () => host.shard.governor.accounts();
const verdicts = (producer = "gw-1") => host.verdicts(producer);
const logUs = () => (clock.nowMs() + aheadMs) * 1000;

async function frames(producer = "gw-1") {
  const entries = await storage.open().read(1, { entriesMax: 1000 });
  return entries.filter((entry) => entry.producer === producer).map((e) => decodeFrame(e.payload));
}

const deadlines = async () => (await frames()).map(({ expiresAtUs }) => expiresAtUs);

const done = { kind: "replied", reply: { kind: "command-replied", rejectReason: 0 } };
const unknown = { kind: "unknown" };
const tooLate = { kind: "too-late" };

const lifetimeMs = 10_000;
const lifetimeUs = lifetimeMs * 1000;

describe("the lifetime of a frame", () => {
  it("is so short that no retry is applied after the order was forgotten", () => {
    expect(frameLifetimeMs).toBe(lifetimeMs);
    const clocksApartMs = 20_000;
    const lastAppliedMs = deadlineMsMax + frameLifetimeMs + clocksApartMs;
    expect(lastAppliedMs).toBeLessThanOrEqual(closedOrderRetentionUs / 1000);
  });
});

describe("the opening frame", () => {
  it("is the first, empty, and never expires", async () => {
    await start();
    expect(await frames()).toEqual([
      { producer: "gw-1", epoch: 1, frame: 1, expiresAtUs: 0, messages: [] },
    ]);
  });

  it("is one for each producer and not one more, however long nothing is submitted", async () => {
    const producer = await start();
    await clock.advanceAndSettle(600_000);
    void producer.submit(openings("a1"), 1000);
    await clock.advanceAndSettle(600_000);
    expect((await frames()).map(({ messages }) => messages.length)).toEqual([0, 1]);
  });

  it("is judged before any command is sent; those that came meanwhile go together", async () => {
    log.isHolding = true;
    const producer = open();
    const outcomes = ["a1", "a2", "a3"].map((name) => producer.submit(openings(name), 5000));
    await clock.advanceAndSettle(700);
    expect(log.heldCount).toBe(1);
    const cameUs = logUs() - 700_000;
    log.isHolding = false;
    log.release();
    await clock.advanceAndSettle(0);
    expect((await Promise.all(outcomes)).flat()).toMatchObject([done, done, done]);
    expect((await frames()).map(({ messages }) => messages.length)).toEqual([0, 3]);
    expect(await deadlines()).toEqual([0, cameUs + lifetimeUs]);
  });

  it("lets more commands wait than one frame holds, and keeps their order", async () => {
    const names = Array.from({ length: 9000 }, (_, index) => `a${String(index)}`);
    const producer = open();
    const outcomes = producer.submit(openings(...names), 5000);
    await clock.advanceAndSettle(0);
    expect(await outcomes).toMatchObject(names.map(() => done));
    expect(accounts()).toEqual(names);
    expect((await frames()).length).toBeGreaterThan(2);
    expect(new Set(await deadlines()).size).toBe(2);
  });

  it("is appended again when nothing was said of it", async () => {
    let isDeaf = true;
    host.isLost = () => isDeaf;
    const producer = open({ judgementMs: 400 });
    const outcomes = producer.submit(openings("a1"), 5000);
    await clock.advanceAndSettle(300);
    isDeaf = false;
    await clock.advanceAndSettle(300);
    expect(await outcomes).toMatchObject([done]);
    expect(verdicts()).toEqual({ applied: 2, duplicate: 1 });
  });

  it("makes what an earlier start of the producer has under way stale at once", async () => {
    const older = await start();
    log.isHolding = true;
    const late = older.submit(openings("a1"), 1000);
    await start({ epoch: 2, log: storage.open() });
    log.release();
    await clock.advanceAndSettle(1000);
    expect(await late).toEqual([unknown]);
    expect(verdicts()).toEqual({ applied: 2, "stale-epoch": 1 });
    expect(accounts()).toEqual([]);
  });

  it("leaves what waits for it unknown when the producer ends", async () => {
    log.isHolding = true;
    const producer = open();
    const outcomes = producer.submit(openings("a1"), 5000);
    producer.close();
    expect(await outcomes).toEqual([unknown]);
    log.release();
    await clock.advanceAndSettle(10_000);
    expect([verdicts(), accounts(), clock.timersCount]).toEqual([{ applied: 1 }, [], 0]);
  });
});

describe("a frame of commands", () => {
  it("expires ten seconds after its first command came, in the log's time", async () => {
    const producer = await start();
    const times: number[] = [];
    for (const pauseMs of [0, 1234, 600_000]) {
      await clock.advanceAndSettle(pauseMs);
      times.push(logUs());
      void producer.submit(openings(`a${String(pauseMs)}`), 1000);
      await clock.advanceAndSettle(0);
    }
    expect(await deadlines()).toEqual([0, ...times.map((timeUs) => timeUs + lifetimeUs)]);
    expect(verdicts()).toEqual({ applied: 4 });
  });

  it("is applied at its deadline, and not a moment later", async () => {
    for (const [lateMs, outcome] of [
      [lifetimeMs, done],
      [lifetimeMs + 0.001, tooLate],
    ] as const) {
      const producer = await start({ producer: `gw-${outcome.kind}` });
      log.isHolding = true;
      const outcomes = producer.submit(openings(outcome.kind), 60_000);
      await clock.advanceAndSettle(lateMs);
      log.isHolding = false;
      log.release();
      await clock.advanceAndSettle(0);
      expect(await outcomes).toMatchObject([outcome]);
    }
    expect(accounts()).toEqual([done.kind]);
  });

  it("expires with all in it when its first command waited too long for it to be sent", async () => {
    const producer = await start({ appendsMax: 1 });
    log.isHolding = true;
    const sent = producer.submit(openings("a1"), 60_000);
    await clock.advanceAndSettle(5000);
    const waiting = producer.submit(openings("a2"), 60_000);
    await clock.advanceAndSettle(lifetimeMs);
    const fresh = producer.submit(openings("a3"), 60_000);
    await clock.advanceAndSettle(1000);
    log.isHolding = false;
    log.release();
    await clock.advanceAndSettle(0);
    expect(await Promise.all([sent, waiting, fresh])).toEqual([[tooLate], [tooLate], [tooLate]]);
    const again = producer.submit(openings("a3"), 60_000);
    await clock.advanceAndSettle(0);
    expect(await again).toMatchObject([done]);
    expect(accounts()).toEqual(["a3"]);
  });

  it("does nothing when a server stores it minutes late", async () => {
    const producer = await start();
    log.isHolding = true;
    const outcomes = producer.submit(openings("a1", "a2"), 5000);
    await clock.advanceAndSettle(180_000);
    expect(await outcomes).toEqual([unknown, unknown]);
    log.isHolding = false;
    log.release();
    const next = producer.submit(openings("a3"), 5000);
    await clock.advanceAndSettle(0);
    expect(await next).toMatchObject([done]);
    expect(verdicts()).toEqual({ applied: 2, expired: 1 });
    expect(accounts()).toEqual(["a3"]);
    expect(producer.commandsUnderWay).toBe(0);
  });

  it("does nothing when a producer that was cut off appends it once more", async () => {
    const handle = storage.open();
    const producer = await start({ log: handle, commandsMax: 3 });
    handle.setReachable(false);
    const outcomes: unknown[] = [];
    for (const name of ["a1", "a2", "a3"]) {
      const outcome = producer.submit(openings(name), 5000);
      await clock.advanceAndSettle(5000);
      outcomes.push(...(await outcome));
    }
    expect(outcomes).toEqual([unknown, unknown, unknown]);
    await clock.advanceAndSettle(60_000);
    handle.setReachable(true);
    await clock.advanceAndSettle(1000);
    expect(verdicts()).toEqual({ applied: 1, expired: 3 });
    expect(accounts()).toEqual([]);
    // Their places are free again.
    const later = producer.submit(openings("a4", "a5", "a6"), 5000);
    await clock.advanceAndSettle(0);
    expect(await later).toMatchObject([done, done, done]);
  });

  it("that was applied before is a duplicate when it comes again, however late", async () => {
    const producer = await start();
    void producer.submit(openings("a1"), 1000);
    await clock.advanceAndSettle(60_000);
    const [, entry] = (await storage.open().read(1, { entriesMax: 10 })).slice(-2);
    storage.store("gw-1", entry!.payload);
    await clock.advanceAndSettle(0);
    expect(verdicts()).toEqual({ applied: 2, duplicate: 1 });
    expect(accounts()).toEqual(["a1"]);
  });

  it("that expired is a duplicate when it comes again, and nobody is told otherwise", async () => {
    const producer = await start({ judgementMs: 400 });
    log.isHolding = true;
    let isDeaf = true;
    host.isLost = () => isDeaf;
    const outcomes = producer.submit(openings("a1"), lifetimeMs + 2000);
    await clock.advanceAndSettle(lifetimeMs + 1);
    log.isHolding = false;
    log.release();
    await clock.advanceAndSettle(100);
    isDeaf = false;
    await clock.advanceAndSettle(1899);
    expect(await outcomes).toEqual([unknown]);
    expect(verdicts()).toEqual({ applied: 1, expired: 1, duplicate: 1 });
    const next = producer.submit(openings("a2"), 1000);
    await clock.advanceAndSettle(0);
    expect(await next).toMatchObject([done]);
  });
});

describe("when the log's time", () => {
  it("jumps ahead, one frame is refused and the next ones pass", async () => {
    const producer = await start();
    aheadMs += 7_200_000;
    const first = producer.submit(openings("a1"), 5000);
    await clock.advanceAndSettle(0);
    expect(await first).toEqual([tooLate]);
    const again = producer.submit(openings("a1"), 5000);
    await clock.advanceAndSettle(0);
    expect(await again).toMatchObject([done]);
    expect(verdicts()).toEqual({ applied: 2, expired: 1 });
  });

  it("stands because its next clock is behind, frames pass", async () => {
    const producer = await start();
    aheadMs -= 7_200_000;
    for (const name of ["a1", "a2", "a3"]) {
      const outcome = producer.submit(openings(name), 5000);
      await clock.advanceAndSettle(30_000);
      expect(await outcome).toMatchObject([done]);
    }
    const [, ...times] = await deadlines();
    // Told anew with each frame: the deadlines do not run ahead of a time that stands.
    expect(times.map((timeUs) => timeUs - host.shard.timeUs)).toEqual([
      lifetimeUs,
      lifetimeUs + 30_000_000,
      lifetimeUs + 30_000_000,
    ]);
  });
});

describe("a producer whose commands do no harm late", () => {
  it("has no opening frame and no deadlines", async () => {
    const producer = open({ frameLifetimeMs: Infinity });
    log.isHolding = true;
    const outcomes = producer.submit(openings("a1"), 600_000);
    await clock.advanceAndSettle(300_000);
    log.release();
    await clock.advanceAndSettle(0);
    expect(await outcomes).toMatchObject([done]);
    expect((await frames()).map(({ frame, expiresAtUs }) => [frame, expiresAtUs])).toEqual([
      [1, 0],
    ]);
  });
});
