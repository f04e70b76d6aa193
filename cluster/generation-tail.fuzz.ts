/**
 * Goal: whatever happens on the way, and however much stands behind seals, a tail over generations
 * delivers each entry that counts once, in order and without gaps, and none that is void.
 *
 * Method: streams that lose, shuffle and delay (`testing/stream-model.ts`) are sealed at random,
 * more than once, and stored to behind that; the next one begins late. The tail starts anywhere, is
 * told where to begin late, and may be closed in between. Time is virtual and a seed decides
 * everything.
 */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { delay } from "./clock.ts";
import { GenerationTail, type GenerationTailPort } from "./generation-tail.ts";
import { defaultTailPolicy, JetStreamTail } from "./jetstream-tail.ts";
import { sealProducer, throughSeal } from "./log-generation.ts";
import type { LogEntry } from "./replicated-log.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import { seededRandom, type SeededRandom } from "./testing/seeded-random.ts";
import { calm, StreamModel } from "./testing/stream-model.ts";

/** A log of several streams. */
class LogModel implements GenerationTailPort {
  readonly clock = new ManualClock();
  readonly streams: StreamModel[];
  /** By stream; 0 while it has none. */
  readonly seals = [0];
  readonly #chance: SeededRandom;

  constructor(chance: SeededRandom) {
    this.#chance = chance;
    this.streams = [new StreamModel(this.clock, chance)];
  }

  get newest(): StreamModel {
    return this.streams.at(-1)!;
  }

  /** Everything that counts. */
  get entries(): readonly LogEntry[] {
    return this.streams.flatMap(({ entries }, index) => {
      const seal = this.seals[index] ?? 0;
      return seal === 0 ? entries : entries.filter(({ sequence }) => sequence <= seal);
    });
  }

  store(): void {
    // Who has not heard goes on storing where nothing counts any more.
    const index = this.#chance.chance(0.2) ? this.#chance.below(this.streams.length) : -1;
    this.streams.at(index)?.store();
  }

  seal(): void {
    this.newest.store(sealProducer, new Uint8Array());
    this.seals[this.streams.length - 1] ||= this.newest.last;
  }

  beginNext(): void {
    const seal = this.seals.at(-1)!;
    if (seal === 0) return;
    this.streams.push(new StreamModel(this.clock, this.#chance, seal + 1));
    this.newest.weather = this.streams.at(-2)!.weather;
    this.seals.push(0);
  }

  async locate(from: number) {
    await delay(this.clock, this.#chance.below(30));
    const index = this.seals.findIndex((seal) => seal === 0 || from <= seal);
    // Behind the last seal: from that on it will be found, once there is a next one.
    if (index === -1) return { generation: this.seals.length, from: this.seals.at(-1)! };
    const isProven = this.seals[index] !== 0;
    const known = isProven ? Infinity : this.streams[index]!.last + 1;
    return { generation: index + 1, from: Math.min(from, known) };
  }

  counting(_: number, entries: readonly LogEntry[]) {
    return throughSeal(entries);
  }

  open: GenerationTailPort["open"] = ({ generation, from }, listener, onFault) => {
    const policy = { ...defaultTailPolicy, aheadBytesMax: 1 + this.#chance.below(20_000) };
    const stream = this.streams[generation - 1]!;
    return new JetStreamTail(stream, from, { policy, listener, onFault, onEnd: () => undefined });
  };

  async firstAfter({ generation, seal }: { generation: number; seal: number }): Promise<number> {
    while (this.streams.length <= generation) await delay(this.clock, 5);
    expect(this.seals[generation - 1]).toBe(seal);
    return seal + 1;
  }
}

async function play(seed: number): Promise<void> {
  const chance = seededRandom(seed);
  const log = new LogModel(chance);
  for (let count = chance.below(100); count > 0; count -= 1) act(log, chance);
  const from = 1 + chance.below(log.entries.length + 5);
  const delivered: LogEntry[] = [];
  const tail = new GenerationTail(log, from, {
    listener: (entries) => {
      delivered.push(...entries);
      expect(tail.position).toBe(from - 1 + delivered.length);
    },
    onFault: (fault) => expect.unreachable(fault.message),
    onEnd: () => undefined,
  });
  for (let step = 0; step < 60; step += 1) {
    if (chance.chance(0.1)) tail.expect(1 + chance.below(log.entries.length + 3));
    if (chance.chance(0.1)) log.newest.comeBack();
    for (let count = chance.below(8); count > 0; count -= 1) act(log, chance);
    if (chance.chance(0.5)) await log.clock.advanceAndSettle(chance.below(200));
  }
  for (const stream of log.streams) stream.weather = calm;
  log.beginNext();
  await log.clock.advanceAndSettle(5000);
  expect(delivered).toEqual(log.entries.slice(from - 1));
  expect(log.entries.map(({ sequence }) => sequence)).toEqual(log.entries.map((_, i) => i + 1));
  expect(tail.source).toBe("live");
  await tail.close();
  log.newest.store();
  await log.clock.advanceAndSettle(10_000);
  expect(delivered).toHaveLength(Math.max(0, log.entries.length - from));
  expect(log.clock.timersCount).toBe(0);
}

function act(log: LogModel, chance: SeededRandom): void {
  if (chance.chance(0.03)) log.seal();
  if (chance.chance(0.2)) log.beginNext();
  if (chance.chance(0.03)) {
    for (const stream of log.streams) {
      stream.weather = {
        lost: chance.chance(0.4) ? chance.next() : 0,
        late: chance.chance(0.4) ? chance.next() : 0,
        silent: chance.chance(0.3) ? chance.next() / 2 : 0,
        lag: chance.chance(0.3) ? chance.below(30) : 0,
        hasLeader: chance.chance(0.7),
      };
    }
  }
  log.store();
}

it("each entry that counts is delivered once and in order, and none that stands behind a seal", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => await play(seed)),
    { numRuns: 200 },
  );
});
