/**
 * Method: against a Map, on ids as shards give them out: in turn, from several shards up to 2^53,
 * and on lone ones that stay while all around them are forgotten.
 */
import { describe, expect, it } from "vitest";
import { idOnShard, InvariantViolation, shardsMax } from "../../protocols/index.ts";
import { Random } from "../testing/random.ts";
import { SlotsById } from "./slots-by-id.ts";

const shards = [0, 1, 7, shardsMax - 1] as const;
const countMax = 2 ** 44 - 1;

/** Adds, finds and deletes in both, with the ids that `next` gives. */
function compare(random: Random, next: () => number, moves: number): void {
  const slots = new SlotsById();
  const model = new Map<number, number>();
  const ids: number[] = [];
  for (let move = 0; move < moves; move++) {
    if (random.isOneOf(move < moves / 2 ? 70 : 30)) {
      const id = next();
      if (model.has(id)) continue;
      const slot = random.below(2 ** 31 - 1);
      slots.add(id, slot);
      model.set(id, slot);
      ids.push(id);
    } else if (ids.length > 0) {
      const at = random.below(ids.length);
      const id = ids[at]!;
      ids[at] = ids.at(-1)!;
      ids.pop();
      slots.delete(id);
      model.delete(id);
      expect(slots.find(id)).toBe(-1);
    }
    for (const id of [random.pick([1, ...ids]), next()]) {
      expect(slots.find(id)).toBe(model.get(id) ?? -1);
    }
  }
  for (const [id, slot] of model) expect(slots.find(id)).toBe(slot);
  for (const id of ids) slots.delete(id);
  for (const id of ids) expect(slots.find(id)).toBe(-1);
}

describe("slots by id", () => {
  it("are found under ids given out in turn, by several shards at a time", () => {
    const random = new Random(1);
    const counts = new Map<number, number>();
    compare(
      random,
      () => {
        const shard = random.pick(shards);
        const count = (counts.get(shard) ?? 0) + 1;
        counts.set(shard, count);
        return idOnShard(shard, count);
      },
      20_000,
    );
  });

  it("are found under ids that lie apart, to the last that there can be", () => {
    const random = new Random(2);
    const counts = [1, 2, 255, 256, 257, 512, 2047, 2048, 2 ** 31, 2 ** 32, 2 ** 40, countMax];
    compare(
      random,
      () => idOnShard(random.pick(shards), Math.max(random.pick(counts) - random.below(3), 1)),
      3000,
    );
    expect(idOnShard(shardsMax - 1, countMax)).toBe(Number.MAX_SAFE_INTEGER);
  });

  it("are found though many pages are there and go", () => {
    const random = new Random(3);
    // A page for each, and many that are looked for in the same place.
    compare(random, () => idOnShard(random.pick(shards), 1 + random.below(2000) * 512), 20_000);
  });

  it("stay while all around them are forgotten", () => {
    const slots = new SlotsById();
    const window = 1000;
    for (let id = 1; id <= 100_000; id++) {
      slots.add(id, id * 3);
      if (id > window && (id - window) % 5000 !== 0) slots.delete(id - window);
    }
    for (let id = 1; id <= 100_000; id++) {
      const isKnown = id % 5000 === 0 || id > 100_000 - window;
      if (slots.find(id) !== (isKnown ? id * 3 : -1)) expect.fail(`id ${String(id)}`);
    }
  });

  it("are not taken for those of other ids in a page that is used again", () => {
    const slots = new SlotsById();
    const pageIds = Array.from({ length: 256 }, (_, at) => at);
    for (let page = 0; page < 200; page++) {
      const first = page * 256 * (page % 3 === 0 ? 8 : 1) + 2 ** 44 * (page % 5);
      for (const at of pageIds) slots.add(first + at, at);
      for (const at of pageIds) {
        slots.delete(first + at);
        expect(slots.find(first + at)).toBe(-1);
      }
    }
  });

  it("are not there under ids that nobody gives out", () => {
    const slots = new SlotsById();
    for (let id = 1; id < 3000; id++) slots.add(id, id);
    // Whoever asks may ask for any integer that a record can hold.
    for (const id of [0, -1, -2, -255, -256, -257, -2048, -5000, Number.MIN_SAFE_INTEGER]) {
      expect(slots.find(id)).toBe(-1);
    }
  });

  it("are added once and deleted once", () => {
    const slots = new SlotsById();
    slots.add(300, 5);
    expect(() => slots.add(300, 5)).toThrow(InvariantViolation);
    expect(() => slots.add(300, 6)).toThrow(InvariantViolation);
    expect(slots.find(300)).toBe(5);
    expect(() => slots.delete(301)).toThrow(InvariantViolation);
    expect(() => slots.delete(300 + 256 * 8)).toThrow(InvariantViolation);
    slots.add(301, 0);
    slots.delete(300);
    expect(() => slots.delete(300)).toThrow(InvariantViolation);
    expect([slots.find(300), slots.find(301)]).toEqual([-1, 0]);
    slots.delete(301);
    expect(() => slots.delete(301)).toThrow(InvariantViolation);
    slots.add(301, 7);
    expect(slots.find(301)).toBe(7);
  });
});
