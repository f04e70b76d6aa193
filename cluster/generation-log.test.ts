/**
 * Goal: what stands behind a seal is handed to nobody, even where the copy that is read has that
 * seal damaged and nobody told of it.
 *
 * Method: streams of a stub whose leader knows the truth and whose nearest copy does not.
 */
import { expect, it } from "vitest";
import { LogUnavailable } from "./faults.ts";
import { GenerationLog, type GenerationLogPort, type LogStream } from "./generation-log.ts";
import { isSeal, sealProducer } from "./log-generation.ts";
import type { LogEntry } from "./replicated-log.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import { TailRecorder } from "./testing/tail-recorder.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textsOf = (entries: readonly LogEntry[]): string[] =>
  entries.map(({ payload }) => new TextDecoder().decode(payload));

/** By generation, what was stored. */
class Streams {
  readonly clock = new ManualClock();
  readonly stored: LogEntry[][] = [[]];
  /** What the handle has told and asked the port. */
  isOpen = (): boolean => false;
  comeBack = (): void => undefined;
  tellSeal: (stream: string) => void = () => undefined;
  /** What the leader of the first generation answers waits for this. */
  answers: Promise<void> = Promise.resolve();
  /** By sequence, what the nearest copy has instead. */
  readonly altered = new Map<number, Uint8Array>();

  store(generation: number, payload: Uint8Array, producer = "gateway-1"): void {
    const stream = this.stored[generation - 1]!;
    const sequence = this.#firstOf(generation) + stream.length;
    stream.push({ sequence, timeUs: 0, producer, payload });
  }

  #firstOf(generation: number): number {
    if (generation === 1) return 1;
    return this.stored[generation - 2]!.find(isSeal)!.sequence + 1;
  }

  port(): GenerationLogPort {
    return {
      name: "LOG_0",
      clock: this.clock,
      isClosed: false,
      complaint: undefined,
      payloadBytesMax: 1000,
      numbers: () => Promise.resolve(this.stored.map((_, index) => index + 1)),
      stream: (generation) => this.#stream(generation),
      openAppender: ({ isOpen }) => {
        this.isOpen = isOpen;
        const fault = new LogUnavailable("LOG_0", "nobody appends here");
        return {
          append: () => Promise.reject(fault),
          cut: () => undefined,
          close: () => undefined,
        };
      },
      onReturn: (listener) => {
        this.comeBack = listener;
        return () => undefined;
      },
      suspect: () => undefined,
      random: () => 0.5,
      hearSeals: (heard) => {
        this.tellSeal = heard;
        return () => undefined;
      },
      close: () => undefined,
    };
  }

  #stream(generation: number): LogStream {
    const there = (): readonly LogEntry[] => this.stored[generation - 1] ?? [];
    return {
      name: `LOG_0_${String(generation)}`,
      generation,
      ensure: () => Promise.resolve(),
      find: async () => {
        if (generation === 1) await this.answers;
        if (this.stored[generation - 1] === undefined) return undefined;
        const first = this.#firstOf(generation);
        const seals = there().filter(({ producer }) => producer === sealProducer).length;
        return { first, last: first + there().length - 1, seals, bytes: 0, followers: [] };
      },
      nextSeal: (from) =>
        Promise.resolve(
          there().find((each) => each.producer === sealProducer && each.sequence >= from),
        ),
      appendSeal: () => Promise.resolve(),
      read: (from, { entriesMax }) => {
        const entries = there()
          .filter(({ sequence }) => sequence >= from)
          .slice(0, entriesMax)
          .map((each) => ({ ...each, payload: this.altered.get(each.sequence) ?? each.payload }));
        return Promise.resolve({ entries, hasMore: false, hasHole: false });
      },
      entry: (sequence) => Promise.resolve(there().find((each) => each.sequence === sequence)),
      listen: () => () => undefined,
    };
  }
}

async function sealedUnheard(): Promise<{ streams: Streams; log: GenerationLog }> {
  const streams = new Streams();
  streams.store(1, bytesOf("a"));
  const log = new GenerationLog(streams.port(), { creates: false });
  await log.open();
  streams.store(1, new Uint8Array(), sealProducer);
  streams.altered.set(2, bytesOf("rot"));
  for (const text of ["void-1", "void-2"]) streams.store(1, bytesOf(text));
  return { streams, log };
}

it("whoever only appends is not held back by an answer about a generation that was left", async () => {
  const streams = new Streams();
  streams.store(1, bytesOf("a"));
  const log = new GenerationLog(streams.port(), { creates: false, reads: false });
  await log.open();
  streams.store(1, new Uint8Array(), sealProducer);
  const slow = Promise.withResolvers<void>();
  streams.answers = slow.promise;
  streams.comeBack();
  streams.stored.push([]);
  streams.tellSeal("LOG_0_1");
  expect(streams.isOpen()).toBe(false);
  await streams.clock.advanceAndSettle(1000);
  expect(streams.isOpen()).toBe(true);
  slow.resolve();
  for (let turn = 0; turn < 20; turn++) {
    await streams.clock.advanceAndSettle(1);
    expect(streams.isOpen()).toBe(true);
  }
  await log.close();
});

it("reading ends with the seal, by its place, and goes on in the next generation", async () => {
  const { streams, log } = await sealedUnheard();
  expect(textsOf(await log.read(1, { entriesMax: 10 }))).toEqual(["a", "rot"]);
  streams.stored.push([]);
  streams.store(2, bytesOf("b"));
  await streams.clock.advanceAndSettle(1000);
  expect(textsOf(await log.read(2, { entriesMax: 10 }))).toEqual(["rot"]);
  expect(textsOf(await log.read(3, { entriesMax: 10 }))).toEqual(["b"]);
  await log.close();
});

it("so does a tail", async () => {
  const { streams, log } = await sealedUnheard();
  const tails = [1, 2, 3].map((from) => new TailRecorder(log, from));
  await streams.clock.advanceAndSettle(3000);
  expect(tails.map(({ entries }) => textsOf(entries))).toEqual([["a", "rot"], ["rot"], []]);
  streams.stored.push([]);
  streams.store(2, bytesOf("b"));
  await streams.clock.advanceAndSettle(3000);
  expect(tails.map(({ entries }) => textsOf(entries))).toEqual([
    ["a", "rot", "b"],
    ["rot", "b"],
    ["b"],
  ]);
  await log.close();
});
