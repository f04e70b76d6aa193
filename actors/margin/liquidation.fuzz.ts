/**
 * Goal: whatever the marks do, every liquidation comes to its end, nobody loses more than there is
 * of anybody's money, and whoever is left has what his positions need. Method: accounts with little
 * cash trade two futures on some shards, by positions of which some are isolated; indices wander
 * and crash; what shards say to each other comes late; accounts, the fund and books move meanwhile.
 * Every log is replayed, and gone on with from a snapshot taken anywhere.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  LiquidationStage,
  MarginCause,
  nameIn,
  pack,
  PositionCause,
  unpack,
} from "../../protocols/index.ts";
import type { LiquidationMoved } from "../../protocols/index.ts";
import { Shard } from "../shard/shard.ts";
import type { SavedShard } from "../shard/shard.ts";
import { playCrashes } from "../testing/crashing-day.ts";
import { assertAlways, assertSettled } from "../testing/invariants.ts";
import type { TestVenue } from "../testing/test-venue.ts";

/** By name, how often a stage was reached and lots were handed over. */
function countStages(venue: TestVenue, counts: Map<string, number>): void {
  for (const event of venue.events) {
    const name =
      event.kind === "liquidation-moved"
        ? nameIn(LiquidationStage, event.stage)
        : event.kind === "position-handed-over"
          ? nameIn(PositionCause, event.cause)
          : event.kind === "margin-moved"
            ? nameIn(MarginCause, event.cause)
            : undefined;
    const isAlone = event.kind === "liquidation-moved" && isOfPosition(event);
    if (isAlone) counts.set("isolated", (counts.get("isolated") ?? 0) + 1);
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
}

/** Where all begins only an isolated position's liquidation names a contract. */
function isOfPosition({ stage, symbol }: LiquidationMoved): boolean {
  return stage === LiquidationStage.canceling && symbol !== "";
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
/** Days that are always among them, so that every stage is seen. */
const known = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => [seed] as [number]);
/** Nobody waits here: somebody has always enough. */
const causes = ["takeover", "deleverage", "isolated", ...Object.keys(MarginCause)];
const stages = [...Object.keys(LiquidationStage), ...causes].filter((stage) => stage !== "waiting");

describe.each([1, 3])("liquidations on %i shards", (shards) => {
  it("all end, with everybody flat or with what he needs, and nothing lost", () => {
    const counts = new Map<string, number>();
    const property = fc.property(seeds, (seed) => {
      const venue = playCrashes({ seed, shards, moves: 250 }, assertAlways);
      assertSettled(venue);
      for (const shard of venue.shards) shard.audit();
      countStages(venue, counts);
    });
    fc.assert(property, { numRuns: 40, seed: 7, examples: known });
    for (const stage of stages) expect([stage, counts.get(stage) ?? 0]).not.toEqual([stage, 0]);
  });

  it("are the same when a log is replayed, and from a snapshot taken anywhere", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const property = fc.property(seeds, share, (seed, at) => {
      const venue = playCrashes({ seed, shards, moves: 150 }, () => undefined);
      venue.logs.forEach((log, number) => {
        const cut = Math.floor(at * log.length);
        const replica = new Shard(number, shards);
        for (const entry of log.slice(0, cut)) replica.apply(entry);
        const saved = pack(replica.snapshot());
        const restored = Shard.restore(unpack(new Uint8Array(saved)) as SavedShard);
        expect(pack(restored.snapshot())).toEqual(saved);
        for (const entry of log.slice(cut)) {
          const [one, other] = [replica.apply(entry), restored.apply(entry)];
          expect([...other.events]).toEqual([...one.events]);
        }
        expect(pack(restored.snapshot())).toEqual(pack(venue.shards[number]!.snapshot()));
        expect(pack(replica.snapshot())).toEqual(pack(venue.shards[number]!.snapshot()));
      });
    });
    fc.assert(property, { numRuns: 15, seed: 7 });
  });
});
