/**
 * Goal: whatever is traded in a week under whatever cycles, what is owed of an asset on a date adds
 * up to nothing, nothing is lost at any step, all that is due is settled in the end but what fails,
 * and a replay and a restored snapshot agree. Method: random weeks with trades that are settled at
 * once, a day or two days later, holidays, sales of what is not settled yet or not there at all,
 * and cycles and permissions that change.
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
import {
  cycleCommand,
  openPauper,
  openVenue,
  permissionCommand,
  uncoveredOrNot,
  workloadOf,
} from "../testing/trading-day.ts";

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

/** What accounts know that they have given and owe for deliveries, by account and asset. */
function deliveriesOwed(venue: TestVenue): string[] {
  const owings = [...accountsOf(venue)].flatMap((account) =>
    account.owings().map(({ asset, given, owed }) => [account.id, asset, given, owed]),
  );
  return owings
    .filter(([, , given, owed]) => given !== "0" || owed !== "0")
    .map((owing) => owing.join(" "))
    .sort();
}

/** The same, as the clearing house knows it by deliveries. */
function deliveriesKnown(venue: TestVenue): string[] {
  const sums = new Map<string, [given: bigint, owed: bigint]>();
  const count = (account: string, asset: string, [given, all]: readonly [string, string]): void => {
    const key = `${account} ${asset}`;
    const [givenBefore, owedBefore] = sums.get(key) ?? [0n, 0n];
    const owed = BigInt(all) - BigInt(given);
    sums.set(key, [givenBefore + BigInt(given), owedBefore + owed]);
  };
  const asked = { account: "", after: 0, limit: Infinity, isFailed: false };
  for (const view of venue.first.answer("deliveries", asked)) {
    const [base = "", quote = ""] = view.symbol.split("-");
    count(view.seller, base, [view.goodsGiven, view.goods]);
    count(view.buyer, quote, [view.moneyGiven, view.money]);
  }
  return [...sums].map(([key, both]) => `${key} ${both.join(" ")}`).sort();
}

function tick(venue: TestVenue, us: number): void {
  venue.timeUs += us;
  for (const { shard } of venue.shards) venue.append(shard, "node-e1", [{ kind: "tick" }]);
}

/** What has happened in weeks. */
interface Seen {
  readonly trades: Set<number>;
  readonly kinds: Set<string>;
}

function tradeAWeek(seed: number, shards: number, seen: Seen): TestVenue {
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
  openPauper(venue);
  for (let count = 0; count < 6; count++) venue.send(permissionCommand(random));
  for (let move = 0; move < 150; move++) {
    if (random.isOneOf(12)) tick(venue, random.below(30) * hourUs);
    else if (isReset && random.isOneOf(3)) venue.send(cycleCommand(random));
    else if (random.isOneOf(3)) venue.send(permissionCommand(random));
    else venue.send(uncoveredOrNot(random, workload.next(), 20));
    while (random.isOneOf(60) && venue.underWay.length > 0) {
      venue.deliver(random.pick(venue.underWay));
    }
    assertAlways(venue);
    if (shards === 1) expect(unevenSums(venue)).toEqual([]);
  }
  venue.drain();
  expect(unevenSums(venue)).toEqual([]);
  expect(deliveriesKnown(venue)).toEqual(deliveriesOwed(venue));
  for (let day = 0; day < 12; day++) {
    tick(venue, dayUs);
    venue.drain();
  }
  expect(deliveriesKnown(venue)).toEqual(deliveriesOwed(venue));
  for (const event of venue.events) {
    if (event.kind === "settlement-final") seen.trades.add(event.trades);
    else seen.kinds.add(event.kind);
  }
  return venue;
}

describe.each([1, 3])("a week of settlement on %i shards", (shards) => {
  it("settles all that is owed, loses nothing, and is the same again", () => {
    const seen: Seen = { trades: new Set(), kinds: new Set() };
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
    expect(seen.trades.size).toBeGreaterThan(1);
    for (const kind of ["delivery-failed", "buy-in-flagged", "penalty-charged"]) {
      expect(seen.kinds).toContain(kind);
    }
  });
});
