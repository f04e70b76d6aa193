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
import { defaultTailPolicy, JetStreamTail } from "./jetstream-tail.ts";
import type { LogEntry } from "./replicated-log.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import { seededRandom, type SeededRandom } from "./testing/seeded-random.ts";
import { calm, StreamModel, type Weather } from "./testing/stream-model.ts";

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
