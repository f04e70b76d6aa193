/**
 * Outboxes of shard 0 on the log of a real shard 1, which says what it has applied.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { encodeFrame, InvariantViolation } from "../protocols/index.ts";
import type { OutboundFrame } from "../actors/index.ts";
import type { ClusterFault } from "./faults.ts";
import { MemoryLogStorage } from "./memory-log.ts";
import type { AppendFate } from "./memory-log.ts";
import { Outbox } from "./outbox.ts";
import { HeldLog } from "./testing/held-log.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import { ShardHost } from "./testing/shard-host.ts";

let clock: ManualClock;
let storage: MemoryLogStorage;
let target: ShardHost;
let fates: AppendFate[];
let faults: ClusterFault[];

beforeEach(async () => {
  clock = new ManualClock();
  fates = [];
  faults = [];
  storage = new MemoryLogStorage({ clock, fate: () => fates.shift() ?? "stored" });
  target = await ShardHost.open({ storage, shard: 1, shards: 3 });
});

function open(log = storage.open() as HeldLog | ReturnType<MemoryLogStorage["open"]>): Outbox {
  return new Outbox({
    source: 0,
    target: 1,
    log,
    clock,
    delivered: () => ({
      sequence: target.shard.sequence,
      frames: target.shard.appliedFramesOf(0),
    }),
    onFault: (fault) => faults.push(fault),
  });
}

/** A frame of shard 0 that tells shard 1 of an asset named after the frame. */
function frameNumbered(frame: number): OutboundFrame {
  const asset = `A${String(frame)}`;
  const message = { kind: "announce-asset", shard: 1, asset, decimals: 2 } as const;
  const bytes = encodeFrame({ producer: "shard-0", epoch: 1, frame, messages: [message] });
  return { shard: 1, frame, bytes };
}

function add(outbox: Outbox, from: number, to: number): void {
  for (let frame = from; frame <= to; frame++) outbox.add(frameNumbered(frame));
}

/** The frames the target applied, in order. */
const arrived = () => target.shard.directory.assets().map(({ asset }) => Number(asset.slice(1)));
const verdicts = () => target.verdicts("shard-0");
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** Lets time pass, with a look after the outboxes every now and then, as replicas do. */
async function run(ms: number, ...outboxes: Outbox[]): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += 25) {
    await clock.advanceAndSettle(25);
    for (const outbox of outboxes) outbox.tend();
  }
}

describe("an outbox", () => {
  it("keeps frames and appends nothing while its replica does not emit", async () => {
    const outbox = open();
    add(outbox, 1, 5);
    await run(5000, outbox);
    expect(storage.head).toBe(1);
    expect(outbox.owed().map(({ frame }) => frame)).toEqual(numbers(1, 5));
  });

  it("appends each frame once when its replica emits, and forgets what arrived", async () => {
    const outbox = open();
    outbox.startEmitting();
    add(outbox, 1, 200);
    await run(50, outbox);
    add(outbox, 201, 203);
    await run(50, outbox);
    expect(arrived()).toEqual(numbers(1, 203));
    expect(verdicts()).toEqual({ applied: 203 });
    expect(outbox.length).toBe(0);
  });

  it("appends what others left over when its replica becomes the emitter", async () => {
    const before = open();
    const after = open();
    before.startEmitting();
    for (const outbox of [before, after]) add(outbox, 1, 3);
    await run(50, before, after);
    before.stopEmitting();
    for (const outbox of [before, after]) add(outbox, 4, 6);
    await run(5000, before, after);
    expect(arrived()).toEqual([1, 2, 3]);
    after.startEmitting();
    await run(50, before, after);
    expect(arrived()).toEqual(numbers(1, 6));
    expect(verdicts()).toEqual({ applied: 6 });
    expect([before.length, after.length]).toEqual([0, 0]);
  });

  it("appends again what got lost, and all behind it", async () => {
    fates = ["stored", "lost-unanswered", "stored", "unavailable"];
    const outbox = open();
    outbox.startEmitting();
    add(outbox, 1, 5);
    await run(500, outbox);
    expect(arrived()).toEqual(numbers(1, 5));
    expect(outbox.length).toBe(0);
    expect(faults.length).toBeGreaterThan(0);
  });

  it("appends again what a log stored behind its seal, though nobody else appends", async () => {
    const outbox = open();
    outbox.startEmitting();
    add(outbox, 1, 2);
    await run(50, outbox);
    storage.seal();
    add(outbox, 3, 5);
    await run(50, outbox);
    expect(arrived()).toEqual([1, 2]);
    storage.beginNext();
    await run(50, outbox);
    expect(arrived()).toEqual(numbers(1, 5));
    expect(outbox.length).toBe(0);
  });

  it("gets a lost frame through while new ones keep coming", async () => {
    const outbox = open();
    outbox.startEmitting();
    fates = ["lost-unanswered"];
    for (let frame = 1; frame <= 100; frame++) {
      add(outbox, frame, frame);
      await run(25, outbox);
    }
    expect(arrived().at(-1)).toBeGreaterThan(90);
  });

  it("does not append again what a slow target merely has not read yet", async () => {
    let applied = { sequence: 1, frames: 0 };
    const outbox = new Outbox({
      source: 0,
      target: 1,
      log: storage.open(),
      clock,
      delivered: () => applied,
    });
    outbox.startEmitting();
    add(outbox, 1, 10);
    await run(60_000, outbox);
    expect(storage.head).toBe(11);
    applied = { sequence: 11, frames: 10 };
    await run(25, outbox);
    expect(outbox.length).toBe(0);
  });

  it("appends a bounded number at a time", async () => {
    const log = new HeldLog(storage.open());
    log.isHolding = true;
    const outbox = open(log);
    add(outbox, 1, 1000);
    outbox.startEmitting();
    expect(log.heldCount).toBe(64);
    log.isHolding = false;
    log.release();
    await run(50, outbox);
    expect(arrived()).toEqual(numbers(1, 1000));
  });

  it("hands its frames over in a snapshot", async () => {
    const outbox = open();
    add(outbox, 1, 4);
    const restored = open();
    restored.restore(outbox.owed());
    add(restored, 5, 5);
    restored.startEmitting();
    await run(50, restored);
    expect(arrived()).toEqual(numbers(1, 5));
  });

  it("takes frames in turn, and its target's only", () => {
    const outbox = open();
    outbox.add(frameNumbered(1));
    expect(() => outbox.add(frameNumbered(3))).toThrow(InvariantViolation);
    expect(() => outbox.add({ ...frameNumbered(2), shard: 2 })).toThrow(InvariantViolation);
  });
});

describe("two emitters at once", () => {
  it("are harmless: what arrives twice counts once", async () => {
    const one = open();
    const other = open();
    one.startEmitting();
    other.startEmitting();
    for (let frame = 1; frame <= 20; frame++) {
      add(frame % 2 === 0 ? one : other, frame, frame);
      add(frame % 2 === 0 ? other : one, frame, frame);
      if (frame % 5 === 0) await run(25, one, other);
    }
    await run(500, one, other);
    expect(arrived()).toEqual(numbers(1, 20));
    expect([one.length, other.length]).toEqual([0, 0]);
  });

  it("are harmless when one of them slept and wakes up with old frames", async () => {
    const log = new HeldLog(storage.open());
    const sleeper = open(log);
    const other = open();
    sleeper.startEmitting();
    log.isHolding = true;
    for (const outbox of [sleeper, other]) add(outbox, 1, 10);
    other.startEmitting();
    await run(100, other);
    expect(arrived()).toEqual(numbers(1, 10));
    log.release();
    await run(100, sleeper, other);
    expect(verdicts()).toEqual({ applied: 10, duplicate: 10 });
    expect(sleeper.length).toBe(0);
  });
});
