/**
 * What a log that moves from generation to generation must do, run on the in-memory twin and on
 * real servers alike: to whoever reads or tails it, it stays one log without a gap.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EntryTruncated } from "./faults.ts";
import { isSeal, type RollingLog } from "./log-generation.ts";
import type { LogEntry } from "./replicated-log.ts";
import { eventually } from "./testing/eventually.ts";
import { readAll } from "./testing/read-all.ts";
import { RepeatedAppends } from "./testing/repeated-appends.ts";
import { TailRecorder } from "./testing/tail-recorder.ts";

/** A fresh, empty log and the ways a suite can get at it. */
export interface RollingLogWorld {
  /** One more handle on the log, as another node would have. */
  open(): Promise<RollingLog>;
  /** Seals a generation as a mover does that crashes right after. */
  seal(generation: number): Promise<void>;
  /** Appends to a generation as somebody does who has not heard that it was sealed. */
  appendBehind(generation: number, text: string): Promise<void>;
  /** Has that stored as a seal, as when an append is to be acknowledged there. */
  storeAsSeal(generation: number, text: string): Promise<void>;
  /** Deletes the oldest generation. */
  retire(generation: number): Promise<void>;
  /** Closes every handle and removes the log. */
  stop(): Promise<void>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const bytesOf = (text: string): Uint8Array => encoder.encode(text);
const textOf = (entry: LogEntry): string =>
  isSeal(entry) ? "SEAL" : decoder.decode(entry.payload);
const textsOf = (entries: readonly LogEntry[]): string[] => entries.map(textOf);

export function rollingLogConformance(startWorld: () => Promise<RollingLogWorld>): void {
  let world: RollingLogWorld;
  let log: RollingLog;

  const append = async (text: string, to = log) => await to.append("gateway-1", bytesOf(text));

  beforeEach(async () => {
    world = await startWorld();
    log = await world.open();
  });
  afterEach(async () => await world.stop());

  it("a new log has one generation, which begins at 1", async () => {
    expect(await log.generations()).toMatchObject([
      { generation: 1, first: 1, last: 0, isSealed: false, voids: 0 },
    ]);
  });

  it("sequences go on behind the seal, which is an entry like any other", async () => {
    await append("a");
    await append("b");
    await log.roll(1);
    await appended(log, "c");
    expect(textsOf(await readAll(log))).toEqual(["a", "b", "SEAL", "c"]);
    expect([await log.first(), await log.head()]).toEqual([1, 4]);
    expect(await log.generations()).toMatchObject([
      { generation: 1, first: 1, last: 3, isSealed: true },
      { generation: 2, first: 4, last: 4, isSealed: false },
    ]);
  });

  it("an empty generation can be rolled, and the log ends with its seal", async () => {
    await log.roll(1);
    expect(await log.head()).toBe(1);
    expect(await log.read(2, { entriesMax: 5 })).toEqual([]);
    await log.roll(2);
    expect((await log.generations()).map(({ first }) => first)).toEqual([1, 2, 3]);
  });

  it("a generation is rolled once, however many ask for it and how often", async () => {
    const others = [await world.open(), await world.open()];
    await append("a");
    await Promise.all([log, ...others].map((handle) => handle.roll(1)));
    await log.roll(1);
    expect((await log.generations()).map(({ first }) => first)).toEqual([1, 3]);
    expect(textsOf(await readAll(log))).toEqual(["a", "SEAL"]);
  });

  it("what stands behind a seal is void: nobody reads it, no tail hands it over", async () => {
    const early = new TailRecorder(log, 1);
    await append("a");
    await world.seal(1);
    for (const text of ["void-1", "void-2", "void-3"]) await world.appendBehind(1, text);
    await log.roll(1);
    await appended(log, "b");
    await appended(log, "c");
    const other = await world.open();
    const late = [1, 2, 3, 4].map((from) => new TailRecorder(other, from));
    for (const recorder of [early, ...late]) await recorder.reached(4);
    expect(textsOf(early.entries)).toEqual(["a", "SEAL", "b", "c"]);
    for (const [index, recorder] of late.entries()) {
      expect(textsOf(recorder.entries)).toEqual(["a", "SEAL", "b", "c"].slice(index));
    }
    for (const handle of [log, other]) {
      expect(textsOf(await readAll(handle))).toEqual(["a", "SEAL", "b", "c"]);
      expect(textsOf(await handle.read(3, { entriesMax: 1 }))).toEqual(["b"]);
    }
    expect((await log.generations())[0]).toMatchObject({ last: 2, voids: 3 });
  });

  it("what is stored as a seal and says anything is none", async () => {
    const early = new TailRecorder(log, 1);
    await append("a");
    for (const text of ["forged-1", "forged-2"]) await world.storeAsSeal(1, text);
    await appended(log, "b");
    const other = await world.open();
    expect(await other.generations()).toMatchObject([{ last: 4, isSealed: false, voids: 0 }]);
    expect([await other.head(), await log.head()]).toEqual([4, 4]);
    await appended(other, "c");
    await world.storeAsSeal(1, "forged-3");
    await other.roll(1);
    await world.storeAsSeal(1, "forged-4");
    await appended(log, "d");
    const texts = ["a", "forged-1", "forged-2", "b", "c", "forged-3", "SEAL", "d"];
    const late = new TailRecorder(await world.open(), 2);
    for (const recorder of [early, late]) await recorder.reached(8);
    expect(textsOf(early.entries)).toEqual(texts);
    expect(textsOf(late.entries)).toEqual(texts.slice(1));
    for (const handle of [log, other]) expect(textsOf(await readAll(handle))).toEqual(texts);
  });

  it("a tail that begins behind a seal it never saw gets what counts there", async () => {
    const deaf = await world.open();
    await append("a");
    await world.seal(1);
    for (let index = 0; index < 5; index += 1) await world.appendBehind(1, "void");
    const other = await world.open();
    await other.roll(1);
    const recorder = new TailRecorder(deaf, 5);
    for (const text of ["b", "c", "d", "e"]) await appended(other, text);
    await recorder.reached(6);
    expect(textsOf(recorder.entries)).toEqual(["d", "e"]);
  });

  it("whoever holds a receipt that became void is told, and every append gets there", async () => {
    const writers = [log, await world.open(), await world.open()];
    const recorder = new TailRecorder(await world.open(), 1);
    const appends = writers.map((writer, index) => new RepeatedAppends(writer, `p-${index}`));
    for (let generation = 1; generation <= 3; generation += 1) {
      for (const each of appends) each.begin(40);
      await Promise.all(writers.map((writer) => writer.roll(generation)));
      for (const each of appends) each.begin(40);
    }
    for (const each of appends) await each.settled();
    const head = await log.head();
    await recorder.reached(head);
    const entries = await readAll(log);
    expect(recorder.entries).toEqual(entries);
    expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, i) => i + 1));
    expect(entries.filter(isSeal)).toHaveLength(3);
    for (const each of appends) each.expectIn(entries);
  });

  it("a tail that is two generations behind, and one from anywhere, reads through", async () => {
    for (const generation of [1, 2, 3]) {
      for (const text of ["x", "y"]) await appended(log, `${text}${String(generation)}`);
      if (generation < 3) await log.roll(generation);
    }
    const texts = ["x1", "y1", "SEAL", "x2", "y2", "SEAL", "x3", "y3"];
    const other = await world.open();
    for (let from = 1; from <= texts.length; from += 1) {
      const recorder = new TailRecorder(other, from);
      await recorder.reached(texts.length);
      expect(textsOf(recorder.entries)).toEqual(texts.slice(from - 1));
      expect(textsOf(await readAll(other, from))).toEqual(texts.slice(from - 1));
      await recorder.tail.close();
    }
  });

  it("a generation that somebody sealed and left is followed by whoever comes upon it", async () => {
    const recorder = new TailRecorder(log, 1);
    await append("a");
    await world.seal(1);
    await recorder.reached(2);
    const mover = await world.open();
    await mover.roll(1);
    await appended(log, "b");
    await recorder.reached(3);
    expect(textsOf(recorder.entries)).toEqual(["a", "SEAL", "b"]);
  });

  describe("retirement", () => {
    beforeEach(async () => {
      for (const generation of [1, 2]) {
        await appended(log, `x${String(generation)}`);
        await log.roll(generation);
      }
      await appended(log, "x3");
    });

    it("what a retired generation held is neither read nor tailed, and the rest is", async () => {
      await world.retire(1);
      for (const handle of [log, await world.open()]) {
        expect([await handle.first(), await handle.head()]).toEqual([3, 5]);
        await expect(handle.read(1, { entriesMax: 1 })).rejects.toThrow(EntryTruncated);
        await expect(handle.read(2, { entriesMax: 1 })).rejects.toThrow(EntryTruncated);
        expect(textsOf(await readAll(handle, 3))).toEqual(["x2", "SEAL", "x3"]);
        const tooEarly = new TailRecorder(handle, 2);
        const inTime = new TailRecorder(handle, 3);
        await inTime.reached(5);
        await eventually(() => tooEarly.faults.length > 0, { what: "the tail ends" });
        expect(tooEarly.faults.map(({ code }) => code)).toEqual(["entry-truncated"]);
        expect(tooEarly.tail.source).toBe("stopped");
      }
    });

    it("whoever slept through all of it still appends to the log as it is now", async () => {
      const sleeper = await world.open();
      await log.roll(3);
      await log.roll(4);
      for (const generation of [1, 2, 3, 4]) await world.retire(generation);
      await appended(sleeper, "late");
      expect(textsOf(await readAll(log, await log.first()))).toEqual(["late"]);
    });
  });
}

/** Appends until it is sure that the entry is in the log, as a producer does. */
async function appended(log: RollingLog, text: string): Promise<void> {
  const appends = new RepeatedAppends(log, "gateway-1");
  appends.add(text);
  await appends.settled();
}
