/**
 * What every replicated log must do, run on the in-memory twin and on real servers alike.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InvariantViolation } from "../protocols/assert.ts";
import { LogClosed, PayloadTooLarge } from "./faults.ts";
import type { LogEntry, ReplicatedLog } from "./replicated-log.ts";
import { eventually } from "./testing/eventually.ts";
import { readAll } from "./testing/read-all.ts";
import { TailRecorder } from "./testing/tail-recorder.ts";

/** A fresh, empty log and the ways a suite can get at it. */
export interface ReplicatedLogWorld {
  /** One more handle on the log, as another node would have. */
  open(): Promise<ReplicatedLog>;
  /** Runs `during` while that handle's line to the log is broken, then lets it come back. */
  interrupt(log: ReplicatedLog, during: () => Promise<void>): Promise<void>;
  /** Closes every handle and removes the log. */
  stop(): Promise<void>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const bytesOf = (text: string): Uint8Array => encoder.encode(text);
const textsOf = (entries: readonly LogEntry[]): string[] =>
  entries.map((entry) => decoder.decode(entry.payload));
const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index)}`);

async function appendAll(log: ReplicatedLog, producer: string, texts: readonly string[]) {
  return await Promise.all(texts.map((text) => log.append(producer, bytesOf(text))));
}

export function replicatedLogConformance(startWorld: () => Promise<ReplicatedLogWorld>): void {
  let world: ReplicatedLogWorld;
  let log: ReplicatedLog;

  beforeEach(async () => {
    world = await startWorld();
    log = await world.open();
  });
  afterEach(async () => await world.stop());

  describe("append and read", () => {
    it("an empty log has head 0, retains from 1 on and reads as nothing", async () => {
      expect(await log.head()).toBe(0);
      expect(await log.first()).toBe(1);
      expect(await log.read(1, { entriesMax: 10 })).toEqual([]);
    });

    it("an entry reads back with its producer, its bytes and an integer time", async () => {
      const payload = Uint8Array.from({ length: 256 }, (_, index) => index);
      expect(await log.append("gateway-1", payload)).toEqual({ sequence: 1 });
      const [entry] = await log.read(1, { entriesMax: 1 });
      expect(entry).toMatchObject({ sequence: 1, producer: "gateway-1" });
      expect([...(entry?.payload ?? [])]).toEqual([...payload]);
      expect(Number.isSafeInteger(entry?.timeUs)).toBe(true);
    });

    it("appends that are under way together keep the order of the calls", async () => {
      const texts = names("frame", 200);
      const receipts = await appendAll(log, "gateway-1", texts);
      expect(receipts.map((receipt) => receipt.sequence)).toEqual(texts.map((_, i) => i + 1));
      expect(await log.head()).toBe(200);
      expect(textsOf(await readAll(log))).toEqual(texts);
    });

    it("two handles appending at once share one order and each keeps its own", async () => {
      const other = await world.open();
      const ours = names("ours", 100);
      const theirs = names("theirs", 100);
      await Promise.all([appendAll(log, "node-a", ours), appendAll(other, "node-b", theirs)]);
      const entries = await readAll(log);
      expect(entries.map((entry) => entry.sequence)).toEqual(entries.map((_, i) => i + 1));
      const of = (producer: string) => entries.filter((entry) => entry.producer === producer);
      expect(textsOf(of("node-a"))).toEqual(ours);
      expect(textsOf(of("node-b"))).toEqual(theirs);
      expect(await readAll(other)).toEqual(entries);
    });

    it("reading starts anywhere, stops at the limit of entries and ends past the head", async () => {
      await appendAll(log, "gateway-1", names("frame", 10));
      const page = textsOf(await log.read(4, { entriesMax: 3 }));
      expect(page.length).toBeGreaterThanOrEqual(1);
      expect(page).toEqual(["frame-3", "frame-4", "frame-5"].slice(0, page.length));
      expect(textsOf(await log.read(10, { entriesMax: 3 }))).toEqual(["frame-9"]);
      expect(await log.read(11, { entriesMax: 3 })).toEqual([]);
      expect(await log.read(500, { entriesMax: 3 })).toEqual([]);
    });

    it("a read keeps to the limit of bytes, yet always gets on by one entry", async () => {
      const texts = ["aaaa", "bbbb", "cccccccccccccccc", "dddd", "e"];
      await appendAll(log, "gateway-1", texts);
      const pages: string[][] = [];
      for (let from = 1; from <= texts.length; from += pages.at(-1)?.length ?? 0) {
        pages.push(textsOf(await log.read(from, { entriesMax: 10, bytesMax: 8 })));
        expect(pages.at(-1)).not.toEqual([]);
      }
      expect(pages.flat()).toEqual(texts);
      for (const page of pages) expect(page.length === 1 || page.join("").length <= 8).toBe(true);
    });

    it("payloads may be empty, a whole frame of 64 KiB, and nearly 1 MiB", async () => {
      const sizes = [0, 64 * 1024, 900 * 1024, 64 * 1024, 0];
      const payloads = sizes.map((size, index) => new Uint8Array(size).fill(index + 1));
      const recorder = new TailRecorder(log, 1);
      await Promise.all(payloads.map((payload) => log.append("gateway-1", payload)));
      await recorder.reached(sizes.length);
      for (const [index, payload] of payloads.entries()) {
        const [entry] = await log.read(index + 1, { entriesMax: 1 });
        expect(Buffer.compare(entry?.payload ?? Buffer.of(1), payload)).toBe(0);
        expect(Buffer.compare(recorder.entries[index]?.payload ?? Buffer.of(1), payload)).toBe(0);
        // A Buffer would do the same but for its slice, which copies nothing.
        expect(entry?.payload.constructor).toBe(Uint8Array);
        expect(recorder.entries[index]?.payload.constructor).toBe(Uint8Array);
      }
    });

    it("a payload that no entry can hold is refused, and those behind it are stored", async () => {
      const tooLarge = log.append("gateway-1", new Uint8Array(4 * 1024 * 1024));
      const next = log.append("gateway-1", bytesOf("next"));
      await expect(tooLarge).rejects.toThrow(PayloadTooLarge);
      expect(await next).toEqual({ sequence: 1 });
    });

    it("a producer that could reach another subject is a defect", async () => {
      for (const producer of ["", "a.b", "*", ">", "a b", "a\r\nPUB x 0"]) {
        await expect(log.append(producer, bytesOf("x"))).rejects.toThrow(InvariantViolation);
      }
      expect(await log.head()).toBe(0);
    });
  });

  describe("tail", () => {
    it("a tail opened first delivers what is appended after, as it is read", async () => {
      const recorder = new TailRecorder(log, 1);
      await appendAll(log, "gateway-1", names("frame", 50));
      await recorder.reached(50);
      expect(recorder.entries).toEqual(await readAll(log));
      expect(recorder.tail.position).toBe(50);
    });

    it("a tail opened later delivers what was appended before and goes on", async () => {
      await appendAll(log, "gateway-1", names("before", 50));
      const recorder = new TailRecorder(log, 1);
      await appendAll(log, "gateway-1", names("after", 50));
      await recorder.reached(100);
      expect(textsOf(recorder.entries)).toEqual([...names("before", 50), ...names("after", 50)]);
    });

    it("a tail starts in the middle", async () => {
      await appendAll(log, "gateway-1", names("frame", 10));
      const recorder = new TailRecorder(log, 6);
      expect(recorder.tail.position).toBe(5);
      await recorder.reached(10);
      expect(textsOf(recorder.entries)).toEqual(names("frame", 10).slice(5));
    });

    it("a tail that starts past the head waits for that entry", async () => {
      const recorder = new TailRecorder(log, 4);
      await appendAll(log, "gateway-1", names("frame", 5));
      await recorder.reached(5);
      expect(textsOf(recorder.entries)).toEqual(["frame-3", "frame-4"]);
    });

    it("a tail is live once it has caught up, and says so", async () => {
      await appendAll(log, "gateway-1", names("frame", 3000));
      const recorder = new TailRecorder(log, 1);
      expect(recorder.tail.source).toBe("catching-up");
      await recorder.reached(3000);
      await expect.poll(() => recorder.tail.source, { timeout: 5000 }).toBe("live");
      expect(recorder.tail.restarts).toBe(0);
    });

    it("tails of one handle and of others all see the same", async () => {
      const other = await world.open();
      const recorders = [log, log, other].map((handle) => new TailRecorder(handle, 1));
      await Promise.all([
        appendAll(log, "node-a", names("ours", 100)),
        appendAll(other, "node-b", names("theirs", 100)),
      ]);
      for (const recorder of recorders) await recorder.reached(200);
      expect(recorders[1]?.entries).toEqual(recorders[0]?.entries);
      expect(recorders[2]?.entries).toEqual(recorders[0]?.entries);
    });

    it("a tail whose line was broken goes on where it was", async () => {
      const other = await world.open();
      const recorder = new TailRecorder(log, 1);
      await appendAll(other, "node-b", names("before", 20));
      await recorder.reached(20);
      await world.interrupt(log, async () => {
        await appendAll(other, "node-b", names("meanwhile", 20));
      });
      await appendAll(other, "node-b", names("after", 20));
      await recorder.reached(60);
      expect(recorder.entries).toEqual(await readAll(other));
      // One for the break; and a look at the right moment reads an entry that is about to come.
      expect(recorder.tail.restarts).toBeLessThanOrEqual(2);
    });

    it("a tail takes hints of what exists, of what it has and of what will exist", async () => {
      const recorder = new TailRecorder(log, 1);
      await appendAll(log, "gateway-1", names("frame", 3));
      recorder.tail.expect(3);
      await recorder.reached(3);
      recorder.tail.expect(2);
      recorder.tail.expect(4);
      await appendAll(log, "gateway-1", ["frame-3"]);
      await recorder.reached(4);
      expect(textsOf(recorder.entries)).toEqual(names("frame", 4));
    });

    it("a tail closed by its own listener delivers nothing more", async () => {
      const seen: number[] = [];
      const tail = log.tail(1, (entries) => {
        seen.push(...entries.map((entry) => entry.sequence));
        void tail.close();
      });
      const witness = new TailRecorder(log, 1);
      await log.append("gateway-1", bytesOf("first"));
      await eventually(() => seen.length > 0, { what: "the first entry is delivered" });
      await appendAll(log, "gateway-1", names("later", 10));
      await witness.reached(11);
      expect(seen).toEqual([1]);
      expect(tail.source).toBe("stopped");
    });
  });

  describe("close", () => {
    it("a closed handle delivers and accepts nothing, and the log lives on", async () => {
      const other = await world.open();
      const recorder = new TailRecorder(log, 1);
      await log.append("node-a", bytesOf("first"));
      await recorder.reached(1);
      await log.close();
      await expect(log.append("node-a", bytesOf("late"))).rejects.toThrow(LogClosed);
      await expect(log.head()).rejects.toThrow(LogClosed);
      await expect(log.read(1, { entriesMax: 1 })).rejects.toThrow(LogClosed);
      const witness = new TailRecorder(other, 1);
      await other.append("node-b", bytesOf("second"));
      await witness.reached(2);
      expect(textsOf(recorder.entries)).toEqual(["first"]);
      expect(recorder.tail.source).toBe("stopped");
      await log.close();
    });
  });
}
