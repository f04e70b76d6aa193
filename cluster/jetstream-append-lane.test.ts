import { beforeEach, describe, expect, it } from "vitest";
import { AppendOutcomeUnknown, AppendRefused, LogClosed, LogUnavailable } from "./faults.ts";
import { AppendLane, defaultAppendPolicy, type AppendPort } from "./jetstream-append-lane.ts";
import { ManualClock } from "./testing/manual-clock.ts";

const complaint = new Error("permission missing");

let clock: ManualClock;
let sent: { payload: number; atMs: number }[];
let suspicions: number;
let port: AppendPort & { isConnected: boolean };
let lane: AppendLane;

beforeEach(() => {
  clock = new ManualClock(0);
  sent = [];
  suspicions = 0;
  port = {
    log: "LOG",
    clock,
    isConnected: true,
    complaint,
    random: () => 0.5,
    publish(payload) {
      sent.push({ payload: payload[0] ?? -1, atMs: clock.nowMs() });
      return sent.length;
    },
    suspect: () => (suspicions += 1),
    onReceipt: () => undefined,
  };
  lane = new AppendLane(port, defaultAppendPolicy);
});

const append = (payload: number) => lane.append(new Uint8Array([payload]));
const payloadsSent = () => sent.map(({ payload }) => payload);
const timesSent = () => sent.map(({ atMs }) => atMs);

describe("append lane", () => {
  it("sends at once, any number, and answers each as it is acknowledged", async () => {
    const receipts = [append(1), append(2), append(3)];
    expect(payloadsSent()).toEqual([1, 2, 3]);
    for (const publication of [1, 2, 3]) lane.onStored(publication, publication + 10);
    expect(await Promise.all(receipts)).toEqual([
      { sequence: 11 },
      { sequence: 12 },
      { sequence: 13 },
    ]);
    clock.advance(60_000);
    expect(payloadsSent()).toEqual([1, 2, 3]);
    expect(clock.timersCount).toBe(0);
  });

  it("tries the oldest alone, at growing distances, when nothing answers", () => {
    void append(1).catch(() => undefined);
    void append(2).catch(() => undefined);
    clock.advance(2999);
    expect(payloadsSent()).toEqual([1, 2, 1, 1, 1, 1]);
    expect(timesSent()).toEqual([0, 0, 250, 500, 1000, 2000]);
  });

  it("waits longer where answers take longer, and tries again over a slow line only once", async () => {
    const answerAfterMs = 300;
    const first = append(1);
    clock.advance(answerAfterMs);
    // Tried again after 250 ms, and answered before that could be.
    lane.onStored(1, 1);
    await first;
    for (let payload = 2; payload <= 20; payload += 1) {
      const receipt = append(payload);
      clock.advance(answerAfterMs);
      lane.onStored(sent.length, payload);
      await receipt;
    }
    expect(payloadsSent()).toEqual([1, 1, ...Array.from({ length: 19 }, (_, index) => index + 2)]);
  });

  it("does not wait longer than the longest timeout, whatever answers took", async () => {
    for (let payload = 1; payload <= 20; payload += 1) {
      const receipt = append(payload);
      clock.advance(5000);
      lane.onStored(sent.length, payload);
      await receipt;
    }
    const before = sent.length;
    void append(21).catch(() => undefined);
    clock.advance(3100);
    expect(sent.length - before).toBe(4);
  });

  it("does not try again while others make progress, however long the queue is", () => {
    for (let payload = 1; payload <= 10; payload += 1) void append(payload);
    for (let publication = 1; publication <= 10; publication += 1) {
      clock.advance(200);
      lane.onStored(publication, publication);
    }
    expect(sent).toHaveLength(10);
  });

  it("sends those behind again, in order, when the oldest comes out above them", async () => {
    const receipts = [append(1), append(2), append(3)];
    lane.onStored(2, 5);
    lane.onStored(3, 6);
    clock.advance(250);
    expect(payloadsSent()).toEqual([1, 2, 3, 1]);
    lane.onStored(4, 7);
    clock.advance(100);
    expect(payloadsSent()).toEqual([1, 2, 3, 1, 2, 3]);
    lane.onStored(5, 8);
    lane.onStored(6, 9);
    expect(await Promise.all(receipts)).toEqual([
      { sequence: 7 },
      { sequence: 8 },
      { sequence: 9 },
    ]);
  });

  it("takes acknowledgements of earlier attempts, and then sends nothing again", async () => {
    const receipts = [append(1), append(2)];
    clock.advance(250);
    lane.onStored(1, 1);
    clock.advance(5);
    lane.onStored(2, 2);
    expect(await Promise.all(receipts)).toEqual([{ sequence: 1 }, { sequence: 2 }]);
    clock.advance(60_000);
    expect(payloadsSent()).toEqual([1, 2, 1]);
  });

  it("tries again within 25 ms of an answer that says not now", () => {
    void append(1).catch(() => undefined);
    for (let publication = 1; publication <= 3; publication += 1) {
      clock.advance(1);
      lane.onNotNow(publication, "no leader");
      clock.advance(20);
    }
    expect(payloadsSent()).toEqual([1, 1, 1, 1]);
  });

  it("gives up as unavailable when each attempt was declined, as unknown when one was not", async () => {
    const declined = append(1);
    const failed = expect(declined).rejects.toThrow(LogUnavailable);
    while (clock.nowMs() < defaultAppendPolicy.giveUpMs + 1000) {
      lane.onNotNow(sent.length, "no leader");
      clock.advance(10);
    }
    await failed;
    const ignored = append(2);
    const unknown = expect(ignored).rejects.toThrow(AppendOutcomeUnknown);
    clock.advance(defaultAppendPolicy.giveUpMs + 1000);
    await unknown;
    await expect(ignored).rejects.toMatchObject({ cause: complaint });
    expect(suspicions).toBeGreaterThan(0);
  });

  it("refuses what will never be taken, and goes on with those behind", async () => {
    const receipts = [append(1), append(2)];
    lane.onStored(2, 1);
    lane.onRefused(1, "sealed");
    await expect(receipts[0]).rejects.toThrow(AppendRefused);
    expect(await receipts[1]).toEqual({ sequence: 1 });
  });

  it("does not claim that a payload is not stored which an earlier attempt may have stored", async () => {
    const receipt = append(1);
    clock.advance(250);
    lane.onRefused(2, "sealed");
    await expect(receipt).rejects.toThrow(AppendOutcomeUnknown);
  });

  it("sends nothing while the line is broken, and the oldest at once when it is back", async () => {
    port.isConnected = false;
    lane.onBroken();
    const receipts = [append(1), append(2)];
    clock.advance(5000);
    expect(payloadsSent()).toEqual([]);
    port.isConnected = true;
    lane.onReturn();
    expect(payloadsSent()).toEqual([1]);
    lane.onStored(1, 1);
    expect(payloadsSent()).toEqual([1, 2]);
    lane.onStored(2, 2);
    expect(await Promise.all(receipts)).toEqual([{ sequence: 1 }, { sequence: 2 }]);
  });

  it("a closed lane lets go of everything", async () => {
    const receipt = append(1);
    lane.close();
    await expect(receipt).rejects.toThrow(LogClosed);
    lane.onStored(1, 1);
    expect(clock.timersCount).toBe(0);
  });
});
