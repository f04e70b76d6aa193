/**
 * Goal: whatever is traded in a week under whatever cycles, what is owed of an asset on a date adds
 * up to nothing, nothing is lost at any step, all that is due is settled in the end, and a replay
 * and a restored snapshot agree. Method: random weeks with trades that are settled at once, a day
 * or two days later, holidays, sales of what is not settled yet, and cycles that change.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dateOf } from "../../protocols/civil-days.ts";
import { add, pack, subtract, unpack } from "../../protocols/index.ts";
import type { Amount } from "../../protocols/index.ts";
import { Shard } from "../shard/shard.ts";
import type { SavedShard } from "../shard/shard.ts";
import { accountsOf, assertAlways, assertSettled } from "../testing/invariants.ts";
import { Random } from "../testing/random.ts";
import type { TestVenue } from "../testing/test-venue.ts";
import { cycleCommand, openVenue, workloadOf } from "../testing/trading-day.ts";

const hourUs = 3_600_000_000;
const dayUs = 24 * hourUs;

/** What accounts owe and are owed, by asset and date: nothing that does not add up. */
function unevenSums(venue: TestVenue): string[] {
  const sums = new Map<string, Amount>();
  for (const account of accountsOf(venue)) {
    for (const { asset, date, deliver, receive } of account.obligations()) {
      const key = `${asset} ${String(date)}`;
      sums.set(key, add(sums.get(key) ?? 0, subtract(receive, deliver)));
    }
  }
  return [...sums].filter(([, sum]) => sum !== 0).map(([key]) => key);
}

function tick(venue: TestVenue, us: number): void {
  venue.timeUs += us;
  for (const { shard } of venue.shards) venue.append(shard, "node-e1", [{ kind: "tick" }]);
}

function tradeAWeek(seed: number, shards: number, seen: Set<number>): TestVenue {
  const random = new Random(seed);
  const venue = openVenue(shards);
  const workload = workloadOf(random, venue);
  const holiday = dateOf(Math.floor(venue.timeUs / dayUs) + 1 + random.below(5));
  const isReset = random.isOneOf(40);
  const cycles = [0, 1, 2].map((days) => ({
    ...cycleCommand(random),
    ...{ cycle: `t${String(days)}`, days, weekend: [5, 6], holidays: [holiday] },
    symbols: [venue.first.directory.instruments()[days]!.symbol],
  }));
  for (const command of cycles) venue.ask(command);
  for (let move = 0; move < 150; move++) {
    if (random.isOneOf(12)) tick(venue, random.below(30) * hourUs);
    else if (isReset && random.isOneOf(3)) venue.send(cycleCommand(random));
    else venue.send(workload.next());
    while (random.isOneOf(60) && venue.underWay.length > 0) {
      venue.deliver(random.pick(venue.underWay));
    }
    assertAlways(venue);
    if (shards === 1) expect(unevenSums(venue)).toEqual([]);
  }
  venue.drain();
  expect(unevenSums(venue)).toEqual([]);
  for (let day = 0; day < 12; day++) {
    tick(venue, dayUs);
    venue.drain();
  }
  for (const event of venue.events) if (event.kind === "settlement-final") seen.add(event.trades);
  return venue;
}

describe.each([1, 3])("a week of settlement on %i shards", (shards) => {
  it("settles all that is owed, loses nothing, and is the same again", () => {
    const seen = new Set<number>();
    const seeds = fc.integer({ min: 0, max: 2 ** 31 });
    const share = fc.integer({ min: 1, max: 99 });
    const week = fc.property(seeds, share, (seed, percent) => {
      const venue = tradeAWeek(seed, shards, seen);
      assertSettled(venue);
      for (const account of accountsOf(venue)) expect(account.obligations()).toEqual([]);
      for (const { asset } of venue.first.governor.supply()) {
        const held = venue.shards.map(({ ledger }) => ledger.of(asset).unsettled);
        expect(held.reduce<Amount>(add, 0)).toBe(0);
      }
      for (const shard of venue.shards) shard.audit();
      venue.logs.forEach((log, number) => {
        const first = new Shard(number, shards);
        const cut = Math.floor((log.length * percent) / 100);
        for (const entry of log.slice(0, cut)) first.apply(entry);
        const restored = Shard.restore(unpack(pack(first.snapshot())) as SavedShard);
        for (const entry of log.slice(cut)) {
          expect(restored.apply(entry)).toEqual(first.apply(entry));
        }
        restored.audit();
        expect(pack(restored.snapshot())).toEqual(pack(venue.shards[number]!.snapshot()));
      });
    });
    fc.assert(week, { numRuns: 12 * Number(process.env["FUZZ_SCALE"] ?? 1) });
    expect(seen.size).toBeGreaterThan(1);
  });
});
