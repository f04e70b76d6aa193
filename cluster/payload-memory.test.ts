/**
 * Method: a bus whose flushes resolve and reject when the test says so. Memory that is handed out
 * may not be any of a message's until a flush that was asked for after the message was published
 * has resolved.
 */
import { describe, expect, it } from "vitest";
import { BusDisconnected } from "./faults.ts";
import { PayloadMemory } from "./payload-memory.ts";
import { seededRandom } from "./testing/seeded-random.ts";

const pieceBytes = 1024 * 1024;
const half = pieceBytes / 2;

interface AskedFlush {
  /** How many messages had been published when it was asked for. */
  readonly published: number;
  readonly settle: (outcome: "resolved" | "rejected") => void;
}

class World {
  readonly messages: Uint8Array[] = [];
  /** How many messages are published: those behind are being written. */
  published = 0;
  /** How many were published before a flush that resolved. */
  flushed = 0;
  readonly asked: AskedFlush[] = [];
  readonly memory = new PayloadMemory({ flush: async () => await this.#flush() });

  async #flush(): Promise<void> {
    const { published } = this;
    await new Promise<void>((resolve, reject) => {
      const settle = (outcome: "resolved" | "rejected"): void => {
        if (outcome === "rejected") {
          reject(new BusDisconnected("the line broke"));
          return;
        }
        this.flushed = Math.max(this.flushed, published);
        resolve();
      };
      this.asked.push({ published, settle });
    });
  }

  /** Takes memory for a message, which must be nobody else's. */
  take(length: number): Uint8Array {
    const memory = this.memory.take(length);
    expect(memory).toHaveLength(length);
    for (const other of this.messages.slice(this.flushed)) {
      if (overlap(memory, other)) expect.fail("memory of a message that nobody has flushed");
    }
    this.messages.push(memory);
    return memory;
  }

  publishAll(): void {
    this.published = this.messages.length;
  }

  /** One turn with these messages. */
  async send(...lengths: number[]): Promise<Uint8Array[]> {
    const memories = lengths.map((length) => this.take(length));
    this.publishAll();
    await turnIsOver();
    return memories;
  }

  async settle(outcome: "resolved" | "rejected", at = 0): Promise<void> {
    const [flush] = this.asked.splice(at, 1);
    flush?.settle(outcome);
    await turnIsOver();
  }
}

function overlap(one: Uint8Array, other: Uint8Array): boolean {
  if (one.buffer !== other.buffer) return false;
  const start = Math.max(one.byteOffset, other.byteOffset);
  return start < Math.min(one.byteOffset + one.length, other.byteOffset + other.length);
}

async function turnIsOver(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}

describe("memory for messages", () => {
  it("is handed out once while nothing is flushed", async () => {
    const world = new World();
    const random = seededRandom(1);
    for (let turn = 0; turn < 60; turn++) {
      const lengths = Array.from({ length: random.below(6) }, () => random.below(half + 2));
      await world.send(...lengths, random.below(9));
    }
    expect(world.messages.length).toBeGreaterThan(100);
  });

  it("is nobody else's before a flush that was asked for later, whatever happens", async () => {
    const random = seededRandom(2);
    for (let round = 0; round < 10; round++) {
      const world = new World();
      for (let step = 0; step < 60; step++) {
        if (random.below(3) > 0) {
          const lengths = [half, 1 + random.below(half), 300_000].slice(random.below(3));
          await world.send(...lengths);
        } else if (world.asked.length > 0) {
          const outcome = random.below(5) === 0 ? "rejected" : "resolved";
          await world.settle(outcome, random.below(world.asked.length));
        }
      }
    }
  });

  it("holds many messages, side by side", async () => {
    const world = new World();
    const memories = await world.send(100, 0, 200, half);
    expect(new Set(memories.map(({ buffer }) => buffer)).size).toBe(1);
    expect(memories.map(({ byteOffset }) => byteOffset)).toEqual([0, 100, 100, 300]);
    // To the last byte, and not beyond.
    const [last, next] = await world.send(half - 300, 1);
    expect(last!.buffer).toBe(memories[0]!.buffer);
    expect(last!.byteOffset + last!.length).toBe(pieceBytes);
    expect(next!.buffer).not.toBe(memories[0]!.buffer);
  });

  it("is used again once a flush that was asked for after its last message resolves", async () => {
    const world = new World();
    const [first] = await world.send(half, half);
    expect(world.asked).toEqual([]);
    // In the turn in which the next piece is begun, messages of the old one are still published.
    const [second] = [world.take(half), world.take(half)];
    expect(second.buffer).not.toBe(first!.buffer);
    expect(world.asked).toEqual([]);
    world.publishAll();
    await turnIsOver();
    expect(world.asked.map(({ published }) => published)).toEqual([4]);
    const [third] = await world.send(half, half);
    expect(third!.buffer).not.toBe(first!.buffer);
    await world.settle("resolved");
    const [fourth] = await world.send(half, half);
    expect(fourth!.buffer).toBe(first!.buffer);
  });

  it("is asked about when the turn is over in which its last messages are published", async () => {
    const world = new World();
    world.take(half);
    world.take(half);
    world.take(half);
    expect([world.asked.length, world.published]).toEqual([0, 0]);
    world.publishAll();
    await turnIsOver();
    expect(world.asked.map(({ published }) => published)).toEqual([3]);
  });

  it("is never used again after a flush that was rejected", async () => {
    const world = new World();
    const buffers = new Set<ArrayBufferLike>();
    for (let piece = 0; piece < 5; piece++) {
      const [memory] = await world.send(half, half);
      expect(buffers.has(memory!.buffer)).toBe(false);
      buffers.add(memory!.buffer);
      while (world.asked.length > 0) await world.settle("rejected");
    }
    // The line came back: what is begun from now on is used again, and only that.
    const later: ArrayBufferLike[] = [];
    for (let piece = 0; piece < 5; piece++) {
      const [memory] = await world.send(half, half);
      later.push(memory!.buffer);
      while (world.asked.length > 0) await world.settle("resolved");
    }
    // The last of those before was full when the line was back.
    const [last] = [...buffers].slice(-1);
    expect(later.filter((buffer) => buffer !== last && buffers.has(buffer))).toEqual([]);
    expect(new Set(later).size).toBeLessThan(later.length);
  });

  it("is a message's own when that is large", async () => {
    const world = new World();
    const [small] = await world.send(10);
    const [large, larger] = await world.send(half + 1, 3 * pieceBytes);
    expect(large!.buffer.byteLength).toBe(half + 1);
    expect(larger!.buffer.byteLength).toBe(3 * pieceBytes);
    const [next] = await world.send(10);
    expect([next!.buffer, next!.byteOffset]).toEqual([small!.buffer, 10]);
    expect(world.asked).toEqual([]);
  });

  it("lies idle up to sixteen pieces", async () => {
    const world = new World();
    const used = new Set<ArrayBufferLike>();
    for (let piece = 0; piece < 40; piece++) {
      const [memory] = await world.send(half, half);
      used.add(memory!.buffer);
    }
    expect([used.size, world.asked.length]).toEqual([40, 39]);
    while (world.asked.length > 0) await world.settle("resolved");
    let usedAgain = 0;
    for (let piece = 0; piece < 40; piece++) {
      const [memory] = await world.send(half, half);
      if (used.has(memory!.buffer)) usedAgain += 1;
    }
    expect(usedAgain).toBe(16);
  });
});
