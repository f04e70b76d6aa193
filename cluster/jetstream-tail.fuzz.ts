/**
 * Goal: whatever gets lost, doubled, late or out of order on the way, a tail delivers each entry
 * once, in order and without gaps, and has them all soon after the trouble is over.
 *
 * Method: a model of a stream loses and shuffles republished entries; the nearest copy lags, has
 * holes or does not answer; there is no leader for a while; the line breaks. Time is virtual and a
 * seed decides everything.
 */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { LogUnavailable } from "./faults.ts";
import { defaultTailPolicy, JetStreamTail, type Piece, type TailPort } from "./jetstream-tail.ts";
import type { LogEntry, ReadLimits } from "./replicated-log.ts";
import { delay } from "./clock.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import { seededRandom, type SeededRandom } from "./testing/seeded-random.ts";

interface Weather {
  readonly lost: number;
  readonly late: number;
  readonly silent: number;
  /** By how many entries the nearest copy is behind. */
  readonly lag: number;
  readonly hasLeader: boolean;
}

const calm: Weather = { lost: 0, late: 0, silent: 0, lag: 0, hasLeader: true };

class StreamModel implements TailPort {
  readonly entries: LogEntry[] = [];
  readonly clock: ManualClock;
  weather: Weather = calm;
  readonly #chance: SeededRandom;
  readonly #listeners = new Set<(entry: LogEntry) => void>();
  readonly #returnListeners = new Set<() => void>();

  constructor(clock: ManualClock, chance: SeededRandom) {
    this.clock = clock;
    this.#chance = chance;
  }

  store(): void {
    const sequence = this.entries.length + 1;
    const payload = new Uint8Array(this.#chance.below(2000));
    const entry = { sequence, timeUs: this.clock.nowMs() * 1000, producer: "p", payload };
    this.entries.push(entry);
    if (this.#chance.chance(this.weather.lost)) return;
    const tell = () => this.#listeners.forEach((listener) => listener(entry));
    this.clock.after(this.#delayMs(), tell);
    if (this.#chance.chance(0.05)) this.clock.after(this.#delayMs(), tell);
  }

  comeBack(): void {
    for (const listener of this.#returnListeners) listener();
  }

  listen(listener: (entry: LogEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  onReturn(listener: () => void): () => void {
    this.#returnListeners.add(listener);
    return () => void this.#returnListeners.delete(listener);
  }

  async read(from: number, limits: ReadLimits): Promise<Piece> {
    await delay(this.clock, this.#delayMs());
    if (this.#chance.chance(this.weather.silent)) throw new LogUnavailable("model", "silent");
    const copied = this.entries.slice(0, Math.max(0, this.entries.length - this.weather.lag));
    const entriesMax = 1 + this.#chance.below(Math.min(20, limits.entriesMax));
    const entries = copied.slice(from - 1, from - 1 + entriesMax);
    const hasMore = from - 1 + entries.length < copied.length;
    const isHoley = this.#chance.chance(0.02) && entries.length > 1;
    return isHoley ? { entries: [], hasMore, hasHole: true } : { entries, hasMore, hasHole: false };
  }

  async head(): Promise<number> {
    await delay(this.clock, this.#delayMs());
    if (!this.weather.hasLeader) throw new LogUnavailable("model", "no leader");
    return this.entries.length;
  }

  async entry(sequence: number): Promise<LogEntry | undefined> {
    await delay(this.clock, this.#delayMs());
    if (!this.weather.hasLeader) throw new LogUnavailable("model", "no leader");
    return this.entries[sequence - 1];
  }

  suspect(): void {
    // Only one server is modeled.
  }

  random(): number {
    return this.#chance.next();
  }

  #delayMs(): number {
    return this.#chance.chance(this.weather.late) ? this.#chance.below(400) : this.#chance.below(3);
  }
}

function weatherOf(chance: SeededRandom): Weather {
  return {
    lost: chance.chance(0.4) ? chance.next() : 0,
    late: chance.chance(0.4) ? chance.next() : 0,
    silent: chance.chance(0.3) ? chance.next() : 0,
    lag: chance.chance(0.3) ? chance.below(30) : 0,
    hasLeader: chance.chance(0.7),
  };
}

async function play(seed: number): Promise<void> {
  const chance = seededRandom(seed);
  const clock = new ManualClock();
  const stream = new StreamModel(clock, chance);
  for (let count = chance.below(100); count > 0; count -= 1) stream.store();
  const from = 1 + chance.below(stream.entries.length + 5);
  const delivered: LogEntry[] = [];
  const tail = new JetStreamTail(stream, from, {
    policy: { ...defaultTailPolicy, aheadBytesMax: 1 + chance.below(20_000) },
    listener: (entries) => {
      delivered.push(...entries);
      expect(tail.position).toBe(from - 1 + delivered.length);
    },
    onFault: (fault) => expect.unreachable(fault.message),
    onEnd: () => undefined,
  });
  for (let step = 0; step < 60; step += 1) {
    if (chance.chance(0.2)) stream.weather = weatherOf(chance);
    if (chance.chance(0.1)) stream.comeBack();
    if (chance.chance(0.1)) tail.expect(1 + chance.below(stream.entries.length + 3));
    for (let count = chance.below(8); count > 0; count -= 1) stream.store();
    if (chance.chance(0.5)) await clock.advanceAndSettle(chance.below(200));
  }
  stream.weather = calm;
  await clock.advanceAndSettle(1500);
  expect(delivered.map(({ sequence }) => sequence)).toEqual(
    stream.entries.slice(from - 1).map(({ sequence }) => sequence),
  );
  expect(tail.source).toBe("live");
  await tail.close();
  stream.store();
  await clock.advanceAndSettle(10_000);
  expect(delivered).toHaveLength(Math.max(0, stream.entries.length - from));
  expect(clock.timersCount).toBe(0);
}

it("each entry is delivered once and in order, whatever is lost on the way", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => await play(seed)),
    { numRuns: 200 },
  );
});
