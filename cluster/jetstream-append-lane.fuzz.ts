/**
 * Goal: whatever a stream does to publications and their answers, a lane gives receipts in the
 * order of the calls, each for a copy that stands above the one before, and settles every append.
 * When the log is cut, receipts above the cut are void, and all that come later are good.
 *
 * Method: a model of a stream loses publications, answers late, twice or not at all, has no leader
 * for a while, loses its line, and is sealed: then it stores what does not count until the lane has
 * heard of the next generation. Time is virtual and a seed decides everything.
 */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { AppendOutcomeUnknown, LogUnavailable } from "./faults.ts";
import { AppendLane, defaultAppendPolicy, type AppendPort } from "./jetstream-append-lane.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import { seededRandom, type SeededRandom } from "./testing/seeded-random.ts";

/** How much goes wrong, as probabilities. */
interface Weather {
  readonly lost: number;
  readonly answerLost: number;
  readonly notNow: number;
}

const calm: Weather = { lost: 0, answerLost: 0, notNow: 0 };

class StreamModel implements AppendPort {
  readonly log = "model";
  readonly complaint = undefined;
  /** What counts, by sequence; a seal is -1. */
  readonly stored: number[] = [];
  /** The seals of generations that ended. */
  readonly seals: number[] = [];
  /** How many of those the lane has heard of. */
  #heard = 0;
  #voids = 0;
  readonly clock: ManualClock;
  weather: Weather = calm;
  isConnected = true;
  lane: AppendLane | undefined;
  lastReceipt = 0;
  #lastPublication = 0;
  readonly #chance: SeededRandom;
  /** Publications arrive in the order in which they were sent, whatever their delay. */
  #arrivesAtMs = 0;

  constructor(clock: ManualClock, chance: SeededRandom) {
    this.clock = clock;
    this.#chance = chance;
  }

  random(): number {
    return this.#chance.next();
  }

  suspect(): void {
    // Only one server is modeled.
  }

  onReceipt(sequence: number): void {
    expect(sequence).toBeGreaterThan(this.lastReceipt);
    this.lastReceipt = sequence;
  }

  publish(payload: Uint8Array): number {
    expect(this.isConnected).toBe(true);
    this.#lastPublication += 1;
    const publication = this.#lastPublication;
    const generation = this.#heard;
    const delayMs = this.#delayMs();
    this.#arrivesAtMs = Math.max(this.#arrivesAtMs, this.clock.nowMs() + delayMs);
    this.clock.after(this.#arrivesAtMs - this.clock.nowMs(), () => {
      if (this.#chance.chance(this.weather.lost)) return;
      if (this.#chance.chance(this.weather.notNow)) {
        return this.#answer(() => this.lane?.onNotNow(publication, "no leader"));
      }
      const sequence = this.#store(generation, payload);
      this.#answer(() => {
        // The port knows where a generation ended once it has told the lane.
        const isVoid = generation < this.#heard && sequence > this.seals[generation]!;
        if (!isVoid) this.lane?.onStored(publication, sequence);
      });
    });
    return publication;
  }

  #store(generation: number, payload: Uint8Array): number {
    const seal = this.seals[generation];
    if (seal === undefined) return this.stored.push(payload[0]! * 256 + payload[1]!);
    this.#voids += 1;
    return seal + this.#voids;
  }

  seal(): void {
    if (this.seals.length > this.#heard) return;
    this.#voids = 0;
    this.seals.push(this.stored.push(-1));
  }

  /** Lets the lane know; returns where the log was cut, if it was. */
  hear(): number | undefined {
    const last = this.seals[this.#heard];
    if (last === undefined) return undefined;
    this.#heard += 1;
    this.lastReceipt = Math.min(this.lastReceipt, last);
    this.lane?.onCut(last);
    return last;
  }

  #answer(tell: () => void): void {
    if (this.#chance.chance(this.weather.answerLost)) return;
    this.clock.after(this.#delayMs(), tell);
    // Nothing forbids that an answer comes twice.
    if (this.#chance.chance(0.02)) this.clock.after(this.#delayMs(), tell);
  }

  #delayMs(): number {
    return this.#chance.chance(0.05) ? this.#chance.below(600) : this.#chance.below(5);
  }
}

interface Outcome {
  readonly id: number;
  readonly sequence: number;
}

async function play(seed: number): Promise<void> {
  const chance = seededRandom(seed);
  const clock = new ManualClock();
  const stream = new StreamModel(clock, chance);
  const lane = new AppendLane(stream, defaultAppendPolicy);
  stream.lane = lane;
  let receipts: Outcome[] = [];
  let voidCount = 0;
  const hear = (): void => {
    const last = stream.hear();
    if (last === undefined) return;
    const counting = receipts.filter(({ sequence }) => sequence <= last);
    voidCount += receipts.length - counting.length;
    receipts = counting;
  };
  const failed: { id: number; error: unknown }[] = [];
  const appendsCount = 60;
  const append = (id: number): void => {
    const settled = lane.append(new Uint8Array([id >> 8, id & 255]));
    settled.then(
      ({ sequence }) => receipts.push({ id, sequence }),
      (error: unknown) => failed.push({ id, error }),
    );
  };
  for (let id = 0; id < appendsCount; id += 1) {
    append(id);
    if (chance.chance(0.2)) {
      stream.weather = {
        lost: chance.chance(0.3) ? chance.next() : 0,
        answerLost: chance.chance(0.3) ? chance.next() : 0,
        notNow: chance.chance(0.3) ? chance.next() : 0,
      };
    }
    if (chance.chance(0.05)) {
      stream.isConnected = false;
      lane.onBroken();
    } else if (!stream.isConnected && chance.chance(0.5)) {
      stream.isConnected = true;
      lane.onReturn();
    }
    if (chance.chance(0.1)) stream.seal();
    if (chance.chance(0.2)) hear();
    if (chance.chance(0.5))
      await clock.advanceAndSettle(chance.below(chance.chance(0.05) ? 5000 : 60));
  }
  stream.weather = calm;
  stream.isConnected = true;
  lane.onReturn();
  hear();
  await clock.advanceAndSettle(defaultAppendPolicy.giveUpMs + 5000);

  expect(receipts.length + failed.length + voidCount).toBe(appendsCount);
  // In the order of the calls, each in place, each above the last.
  expect(receipts.map(({ id }) => id)).toEqual(receipts.map(({ id }) => id).sort((a, b) => a - b));
  expect(receipts.map(({ sequence }) => stream.stored[sequence - 1])).toEqual(
    receipts.map(({ id }) => id),
  );
  const sequences = receipts.map(({ sequence }) => sequence);
  expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
  for (const { id, error } of failed) {
    if (error instanceof LogUnavailable) expect(stream.stored).not.toContain(id);
    else expect(error).toBeInstanceOf(AppendOutcomeUnknown);
  }
  // What is left waits for nothing.
  await clock.advanceAndSettle(60_000);
  expect(clock.timersCount).toBe(0);
}

it("receipts come in the order of the calls and name ascending copies, whatever is lost", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => await play(seed)),
    // One that once lost appends when the oldest was given up while others were acknowledged.
    { numRuns: 300, examples: [[1478570541]] },
  );
});
