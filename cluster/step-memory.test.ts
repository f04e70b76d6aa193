import { describe, expect, it } from "vitest";
import type { Step } from "../actors/index.ts";
import { StepMemory } from "./step-memory.ts";

const kib = 1024;

/** A step that told so many bytes of events, and a reply of each of the given sizes. */
function stepOf(memory: StepMemory, eventBytes: number, replyBytes: readonly number[] = []): Step {
  return {
    sequence: 1,
    timeUs: 1,
    verdict: "applied",
    header: undefined,
    expectedFrame: 0,
    events: memory.take(eventBytes),
    eventCount: 0,
    replies: replyBytes.map((length) => ({ producer: "gw", records: memory.take(length) })),
    outbound: [],
    commandCount: 0,
    isCheckpoint: false,
  };
}

const bufferOf = (memory: StepMemory, length: number): ArrayBufferLike =>
  memory.take(length).buffer;

describe("the memory of a step", () => {
  it("has the length that was asked for", () => {
    const memory = new StepMemory();
    for (const length of [0, 1, 8 * kib - 1, 8 * kib, 8 * kib + 1, 100_000, 2 ** 20]) {
      expect(memory.take(length)).toHaveLength(length);
    }
  });

  it("is nobody else's before it is given back, and then the next one's, once", () => {
    const memory = new StepMemory();
    const step = stepOf(memory, 20 * kib, [30 * kib]);
    const lent = [step.events.buffer, ...step.replies.map(({ records }) => records.buffer)];
    expect(lent).not.toContain(bufferOf(memory, 20 * kib));
    memory.reuse(step);
    memory.reuse(step);
    const again = [1, 2, 3, 4].map(() => bufferOf(memory, 25 * kib));
    expect(new Set(again).size).toBe(4);
    expect(again.filter((buffer) => lent.includes(buffer))).toHaveLength(2);
  });

  it("fits: a piece serves lengths up to twice as small", () => {
    const memory = new StepMemory();
    const step = stepOf(memory, 16 * kib);
    memory.reuse(step);
    expect(bufferOf(memory, 16 * kib + 1)).not.toBe(step.events.buffer);
    expect(bufferOf(memory, 8 * kib)).not.toBe(step.events.buffer);
    expect(bufferOf(memory, 8 * kib + 1)).toBe(step.events.buffer);
  });

  it("is left alone when it is small, or when it came from elsewhere", () => {
    const memory = new StepMemory();
    const small = stepOf(memory, 100);
    memory.reuse(small);
    expect(bufferOf(memory, 100)).not.toBe(small.events.buffer);
    const foreign = { ...stepOf(memory, 0), events: new Uint8Array(16 * kib) };
    memory.reuse(foreign);
    expect(bufferOf(memory, 16 * kib)).not.toBe(foreign.events.buffer);
  });

  it("is kept up to a limit", () => {
    const memory = new StepMemory();
    const steps = Array.from({ length: 100 }, () => stepOf(memory, 2 ** 20));
    for (const step of steps) memory.reuse(step);
    const known = new Set<unknown>(steps.map(({ events }) => events.buffer));
    const again = steps.map(() => bufferOf(memory, 2 ** 20));
    expect(again.filter((buffer) => known.has(buffer))).toHaveLength(32);
  });
});
