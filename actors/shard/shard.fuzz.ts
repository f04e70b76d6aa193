/**
 * Method: days of random trading on one shard and on several, whose frames to one another arrive
 * late, interleaved and twice. What must always hold is checked after every move, the rest once
 * nothing is under way; and every log is replayed.
 *
 * Every day follows from its seed: fast-check prints the seed of a day that fails.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pack, unpack } from "../../protocols/index.ts";
import type {
  BalanceView,
  Command,
  OrderView,
  ShardEvent,
  ShardId,
} from "../../protocols/index.ts";
import { accountsOf, assertAlways, assertSettled, holdingsOf } from "../testing/invariants.ts";
import { eventText } from "../testing/plain-words.ts";
import { Random } from "../testing/random.ts";
import type { TestVenue } from "../testing/test-venue.ts";
import {
  openVenue,
  grow,
  relocation,
  traders,
  tradeOut,
  workloadOf,
} from "../testing/trading-day.ts";
import { digestOf, digestOfDay } from "../testing/venue-digest.ts";
import { Shard } from "./shard.ts";
import type { SavedShard } from "./shard.ts";
import type { ShardEntry, Step } from "./step.ts";

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const tick: Command = { kind: "tick" };
const ofContracts: readonly ShardEvent["kind"][] = [
  ...(["position-changed", "contract-funded", "contract-expired", "margin-moved"] as const),
];

/** `FUZZ_SCALE=20 npm test` looks for longer. */
function runs(count: number): number {
  return count * Number(process.env["FUZZ_SCALE"] ?? 1);
}

describe.each([1, 2, 3])("a day of trading on %i shards", (shards) => {
  it("keeps money, orders, market data and answers whole", () => {
    const deliveries = fc.constantFrom(8, 30, 60, 90);
    const day = fc.property(seeds, deliveries, (seed, deliveryPercent) => {
      const venue = tradeOut({
        seed,
        shards,
        moves: 250,
        deliveryPercent,
        afterMove: assertAlways,
      });
      assertSettled(venue);
    });
    fc.assert(day, { numRuns: runs(15) });
  });

  it("keeps all of it whole while accounts and books move, and shards are added", () => {
    let moves = 0;
    let added = 0;
    const kinds = new Set<string>();
    const deliveries = fc.constantFrom(8, 30, 60, 90);
    const more = fc.constantFrom(0, 1, 2);
    const day = fc.property(seeds, deliveries, more, (seed, deliveryPercent, addedMax) => {
      const venue = tradeOut({
        ...{ seed, shards, moves: 300, deliveryPercent, relocationPercent: 6, feePercent: 4 },
        riskPercent: 6,
        ...{ custodyPercent: 25, clearingPercent: 6, contractPercent: 30 },
        ...{ shardsAtEnd: shards + addedMax, afterMove: assertAlways },
      });
      assertSettled(venue);
      for (const { kind } of venue.events) kinds.add(kind);
      moves += venue.first.placement.epoch;
      added += venue.first.shards - shards;
    });
    fc.assert(day, { numRuns: runs(25) });
    expect(moves).toBeGreaterThan(runs(10));
    expect(added).toBeGreaterThan(0);
    for (const kind of ofContracts) expect(kinds).toContain(kind);
  });

  it("has enough of everything in it to be worth the while", () => {
    const venue = tradeOut({ seed: 11, shards, moves: 4000, deliveryPercent: 40 });
    const kinds = new Set(venue.events.map(({ kind }) => kind));
    expect([...kinds]).toEqual(
      expect.arrayContaining([
        "balance-changed",
        "best-changed",
        "command-replied",
        "entry-added",
        "entry-canceled",
        "entry-executed",
        "execution-report",
        "instrument-listed",
        "level-changed",
        "order-replied",
        "phase-changed",
        "traded",
      ]),
    );
    const reasons = new Set([...venue.replies.values()].flat().map((reply) => reply.rejectReason));
    for (const reason of [0, 40, 70, 71, 72, 92, 130, 140]) {
      expect(reasons).toContain(reason);
    }
    const duplicates = venue.events.filter((event) => {
      return event.kind === "order-replied" && event.isDuplicate;
    });
    expect(duplicates.length).toBeGreaterThan(5);
    const again = venue.steps.flat().filter(({ verdict }) => verdict === "duplicate");
    expect(again.length).toBeGreaterThan(shards === 1 ? -1 : 5);
    const late = venue.steps.flat().filter(({ verdict }) => verdict === "expired");
    expect(late.length).toBeGreaterThan(5);
    // Whatever such a step tells was due by then: nothing in its frame was done.
    expect(late.every(({ commandCount }) => commandCount === 0)).toBe(true);
  });
});

/** What a step gave, to be compared. */
function outputsOf({ verdict, events, eventCount, replies, outbound, timeUs }: Step): unknown {
  const answers = replies.map(({ producer, records }) => [producer, [...records]]);
  const frames = outbound.map(({ shard, frame, bytes }) => [shard, frame, [...bytes]]);
  return [verdict, timeUs, eventCount, [...events], answers, frames];
}

/** As it would come back from a file. */
function stored(saved: SavedShard): SavedShard {
  return unpack(pack(saved)) as SavedShard;
}

const cleared = { clearingPercent: 6, contractPercent: 25 };

function applyAll(shard: Shard, entries: readonly ShardEntry[]): unknown[] {
  return entries.map((entry) => outputsOf(shard.apply(entry)));
}

describe("a replica", () => {
  it("that replays a log computes the same outputs and the same state", () => {
    const property = fc.property(seeds, fc.constantFrom(1, 3), (seed, shards) => {
      const day = {
        ...{ seed, shards, moves: 150 },
        deliveryPercent: 40,
        relocationPercent: 8,
        feePercent: 5,
        riskPercent: 8,
        custodyPercent: 20,
        clearingPercent: 6,
        contractPercent: 25,
      };
      const venue = tradeOut({ ...day, shardsAtEnd: shards + (seed % 3) });
      venue.logs.forEach((log, number: ShardId) => {
        // It has room for more than there are as the log begins, and as it ends.
        const replica = new Shard(number, shards + 3);
        expect(applyAll(replica, log)).toEqual(venue.steps[number]!.map(outputsOf));
        expect(pack(replica.snapshot())).toEqual(pack(venue.shards[number]!.snapshot()));
      });
    });
    fc.assert(property, { numRuns: runs(5) });
  });

  it("that is restored from a snapshot at any entry goes on as the others do", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const property = fc.property(seeds, fc.constantFrom(1, 3), share, (seed, shards, at) => {
      const day = {
        ...{ seed, shards, moves: 200, deliveryPercent: 25, relocationPercent: 12 },
        ...{ feePercent: 5, custodyPercent: 25, riskPercent: 8, ...cleared },
      };
      const venue = tradeOut({ ...day, shardsAtEnd: shards + (seed % 3) });
      venue.logs.forEach((log, number: ShardId) => {
        const cut = Math.floor(at * log.length);
        const first = new Shard(number, shards + 2);
        applyAll(first, log.slice(0, cut));
        const saved = first.snapshot();
        const restored = Shard.restore(stored(saved));
        restored.audit();
        // Restoring loses nothing, not even a form that amounts or names are kept in.
        expect(pack(restored.snapshot())).toEqual(pack(saved));
        const outputs = applyAll(restored, log.slice(cut));
        expect(outputs).toEqual(venue.steps[number]!.slice(cut).map(outputsOf));
        expect(pack(restored.snapshot())).toEqual(pack(venue.shards[number]!.snapshot()));
        expect(restored.emitter).toEqual(venue.shards[number]!.emitter);
      });
    });
    fc.assert(property, { numRuns: runs(10) });
  });

  it("computes the same twice in one process and once in another", () => {
    const program = fileURLToPath(new URL("../testing/venue-digest.ts", import.meta.url));
    for (const shards of [1, 3]) {
      const here = digestOfDay(4711, shards);
      expect(digestOfDay(4711, shards)).toBe(here);
      const elsewhere = execFileSync(process.execPath, [program, "4711", String(shards)], {
        encoding: "utf8",
      });
      expect(elsewhere).toBe(here);
      expect(digestOfDay(4712, shards)).not.toBe(here);
    }
  });
});

describe("where an actor lives", () => {
  /**
   * Trades the same commands, each settled before the next; but of a hundred times so many, an
   * actor is on its way to another shard when the next command comes.
   */
  function tradeInTurn(
    seed: number,
    shards: number,
    relocationPercent = 0,
    shardsAtEnd = shards,
  ): { venue: TestVenue; replies: string[] } {
    const venue = openVenue(shards);
    const workload = workloadOf(new Random(seed), venue);
    const chance = new Random(seed + 1);
    const replies: string[] = [];
    for (let count = 0; count < 250; count++) {
      venue.timeUs += 100_000;
      // What is due happens where it is due before anybody asks: time is each log's own.
      for (const { shard } of venue.shards) venue.append(shard, "node-e1", [tick]);
      venue.drain();
      if (count % 40 === 20 && venue.first.shards < shardsAtEnd) grow(venue);
      if (chance.isOneOf(relocationPercent)) {
        venue.send(relocation(chance, venue.shards.length));
        for (let left = chance.below(8); left > 0 && venue.underWay.length > 0; left--) {
          venue.deliver(chance.pick(venue.underWay));
        }
      }
      const command: Command = workload.next();
      replies.push(`${command.kind} > ${eventText(venue.ask(command))}`);
    }
    return { venue, replies };
  }

  const balancesOf = (venue: TestVenue): [string, readonly BalanceView[]][] =>
    [...accountsOf(venue)]
      .filter(({ id }) => traders.includes(id))
      .map((account): [string, readonly BalanceView[]] => [account.id, account.balances()])
      .sort(([a], [b]) => (a < b ? -1 : 1));

  const openOrdersOf = (venue: TestVenue): Omit<OrderView, "orderId">[] =>
    [...accountsOf(venue)]
      .flatMap((account) => account.openOrders({ symbol: "", after: 0, limit: Infinity }))
      .map(({ orderId: _, ...order }) => order)
      .sort((a, b) => (a.clientOrderId < b.clientOrderId ? -1 : 1));

  it("makes no difference to any answer, balance, position or order", () => {
    const property = fc.property(seeds, (seed) => {
      const one = tradeInTurn(seed, 1);
      for (const shards of [2, 3]) {
        const several = tradeInTurn(seed, shards);
        expect(several.replies).toEqual(one.replies);
        expect(balancesOf(several.venue)).toEqual(balancesOf(one.venue));
        expect(openOrdersOf(several.venue)).toEqual(openOrdersOf(one.venue));
        expect([...holdingsOf(several.venue)].sort()).toEqual([...holdingsOf(one.venue)].sort());
        assertSettled(several.venue);
      }
      assertSettled(one.venue);
    });
    fc.assert(property, { numRuns: runs(6) });
  });

  it("makes no difference while it changes, nor do shards that are added", () => {
    const property = fc.property(seeds, (seed) => {
      const one = tradeInTurn(seed, 1);
      for (const [shards, shardsAtEnd] of [
        [1, 3],
        [3, 3],
        [3, 5],
      ] as const) {
        const moving = tradeInTurn(seed, shards, 30, shardsAtEnd);
        expect(moving.venue.first.shards).toBe(shardsAtEnd);
        expect(moving.venue.first.placement.epoch).toBeGreaterThan(5);
        expect(moving.replies).toEqual(one.replies);
        expect(balancesOf(moving.venue)).toEqual(balancesOf(one.venue));
        expect(openOrdersOf(moving.venue)).toEqual(openOrdersOf(one.venue));
        expect([...holdingsOf(moving.venue)].sort()).toEqual([...holdingsOf(one.venue)].sort());
        assertSettled(moving.venue);
      }
    });
    fc.assert(property, { numRuns: runs(6) });
  });

  it("is told apart by the digest, so that the comparison means something", () => {
    expect(digestOf(openVenue(1))).not.toBe(digestOf(openVenue(3)));
  });
});
