/**
 * How a handle goes from one generation to the next while answers about the one before are still
 * on their way.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { JetStreamGenerations } from "./jetstream-generations.ts";
import { generationsOn } from "./jetstream-log.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import { ScriptedStreams } from "./testing/scripted-streams.ts";

const infoOfFirst = "STREAM.INFO.LOG_0_1";

let clock: ManualClock;
let streams: ScriptedStreams;
let generations: JetStreamGenerations;
let other: JetStreamGenerations;
let cuts: number[];

beforeEach(async () => {
  clock = new ManualClock();
  streams = new ScriptedStreams(clock);
  const options = { creates: true, reads: true, firstSequence: 1 };
  const port = generationsOn(streams.connection, { shard: 0 });
  generations = new JetStreamGenerations(port, options);
  other = new JetStreamGenerations(port, options);
  for (const handle of [generations, other]) await handle.open(deadlineMs());
  cuts = [];
  generations.onCut((last) => cuts.push(last));
});

function deadlineMs(): number {
  return clock.nowMs() + 5000;
}

/** Another handle moves the log on while nobody tells this one. */
async function rollElsewhere(): Promise<void> {
  streams.append(`LOG_0_${String(generations.newest)}`, 4);
  const rolled = other.roll(other.newest, deadlineMs());
  await clock.advanceAndSettle(1000);
  await rolled;
}

describe("a handle", () => {
  it("goes on to the next generation when it hears of a seal", async () => {
    await rollElsewhere();
    generations.heardSeal("LOG_0_1");
    expect(generations.isOpen).toBe(false);
    await clock.advanceAndSettle(1000);
    expect([generations.newest, generations.isOpen, cuts]).toEqual([2, true, [5]]);
  });

  it("stays open although it hears late that the generation before was sealed", async () => {
    await rollElsewhere();
    streams.keepBack(infoOfFirst);
    const looked = generations.look(deadlineMs());
    const located = generations.locate(3, deadlineMs());
    generations.heardSeal("LOG_0_1");
    await clock.advanceAndSettle(1000);
    expect(generations.newest).toBe(2);
    streams.letGo(infoOfFirst);
    await looked;
    expect(await located).toEqual({ generation: 1, from: 3 });
    await clock.advanceAndSettle(10_000);
    expect([generations.newest, generations.isOpen, cuts]).toEqual([2, true, [5]]);
  });

  it("goes on past generations that were sealed while it looked", async () => {
    await rollElsewhere();
    await rollElsewhere();
    await generations.look(deadlineMs());
    await clock.advanceAndSettle(1000);
    expect([generations.newest, generations.isOpen, cuts]).toEqual([3, true, [5, 6]]);
  });
});
