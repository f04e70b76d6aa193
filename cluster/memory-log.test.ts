import { describe, expect, it } from "vitest";
import { AppendOutcomeUnknown, EntryTruncated, LogUnavailable } from "./faults.ts";
import { sealProducer } from "./log-generation.ts";
import { MemoryLogStorage, type AppendFate, type MemoryLog } from "./memory-log.ts";
import { replicatedLogConformance } from "./replicated-log.conformance.ts";
import { rollingLogConformance } from "./rolling-log.conformance.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import { TailRecorder } from "./testing/tail-recorder.ts";

describe("memory log", () => {
  replicatedLogConformance(async () => {
    const storage = new MemoryLogStorage();
    const handles: MemoryLog[] = [];
    return {
      async open() {
        const handle = storage.open();
        handles.push(handle);
        return handle;
      },
      async interrupt(log, during) {
        const handle = handles.find((candidate) => candidate === log);
        handle?.setReachable(false);
        await during();
        handle?.setReachable(true);
      },
      async stop() {
        for (const handle of handles) await handle.close();
      },
    };
  });

  describe("generations", () => {
    rollingLogConformance(async () => {
      const storage = new MemoryLogStorage();
      const handles: MemoryLog[] = [];
      return {
        async open() {
          const handle = storage.open();
          handles.push(handle);
          return handle;
        },
        async seal() {
          storage.seal();
        },
        async appendBehind(generation, text) {
          storage.store("gateway-9", new TextEncoder().encode(text), generation);
        },
        async storeAsSeal(generation, text) {
          storage.store(sealProducer, new TextEncoder().encode(text), generation);
        },
        async retire() {
          storage.retire();
        },
        async stop() {
          for (const handle of handles) await handle.close();
        },
      };
    });
  });

  const payload = new Uint8Array([1, 2, 3]);

  it("entries carry the time of the clock they were given", async () => {
    const clock = new ManualClock(1000);
    const log = new MemoryLogStorage({ clock }).open();
    await log.append("gateway-1", payload);
    clock.advance(2.5);
    await log.append("gateway-1", payload);
    const entries = await log.read(1, { entriesMax: 2 });
    expect(entries.map((entry) => entry.timeUs)).toEqual([1_000_000, 1_002_500]);
  });

  it("what is stored does not change with the caller's buffer", async () => {
    const log = new MemoryLogStorage().open();
    const buffer = new Uint8Array([7]);
    await log.append("gateway-1", buffer);
    buffer[0] = 8;
    const [entry] = await log.read(1, { entriesMax: 1 });
    expect(entry?.payload).toEqual(new Uint8Array([7]));
  });

  it("each fate of an append leaves as many copies and the answer that goes with it", async () => {
    const fates: AppendFate[] = [
      "stored-twice",
      "lost-unanswered",
      "stored-unanswered",
      "unavailable",
      "stored",
    ];
    const storage = new MemoryLogStorage({ fate: () => fates.shift() ?? "stored" });
    const log = storage.open();
    expect(await log.append("gateway-1", payload)).toEqual({ sequence: 2 });
    await expect(log.append("gateway-1", payload)).rejects.toThrow(AppendOutcomeUnknown);
    expect(storage.head).toBe(2);
    await expect(log.append("gateway-1", payload)).rejects.toThrow(AppendOutcomeUnknown);
    expect(storage.head).toBe(3);
    await expect(log.append("gateway-1", payload)).rejects.toThrow(LogUnavailable);
    expect(await log.append("gateway-1", payload)).toEqual({ sequence: 4 });
  });

  it("what was truncated is neither read nor tailed", async () => {
    const storage = new MemoryLogStorage();
    const log = storage.open();
    for (let index = 0; index < 5; index += 1) await log.append("gateway-1", payload);
    storage.truncateBefore(4);
    expect([await log.first(), await log.head()]).toEqual([4, 5]);
    await expect(log.read(3, { entriesMax: 1 })).rejects.toThrow(EntryTruncated);
    const tooEarly = new TailRecorder(log, 3);
    const inTime = new TailRecorder(log, 4);
    await inTime.reached(5);
    expect(tooEarly.faults.map((fault) => fault.code)).toEqual(["entry-truncated"]);
    expect(tooEarly.tail.source).toBe("stopped");
    storage.truncateBefore(6);
    expect(await log.first()).toBe(6);
    expect(await log.append("gateway-1", payload)).toEqual({ sequence: 6 });
  });

  it("a handle that is cut off fails its calls until it is back", async () => {
    const log = new MemoryLogStorage().open();
    log.setReachable(false);
    await expect(log.append("gateway-1", payload)).rejects.toThrow(LogUnavailable);
    await expect(log.head()).rejects.toThrow(LogUnavailable);
    log.setReachable(true);
    expect(await log.append("gateway-1", payload)).toEqual({ sequence: 1 });
  });
});
