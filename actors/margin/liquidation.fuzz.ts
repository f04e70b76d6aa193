/**
 * Goal: whatever the marks do, every liquidation comes to its end, nobody loses more than there is
 * of anybody's money, and whoever is left has what his positions need. Method: accounts with little
 * cash trade two futures on some shards; indices wander and crash; what shards say to each other
 * comes late; accounts, the fund and books move meanwhile. Every log is replayed, and gone on with
 * from a snapshot taken anywhere.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addressOfAccount,
  addressOfBook,
  LiquidationStage,
  nameIn,
  OrderType,
  pack,
  plainInstructions,
  PositionCause,
  Side,
  TimeInForce,
  unpack,
} from "../../protocols/index.ts";
import type { Command, PlaceOrder } from "../../protocols/index.ts";
import { Shard } from "../shard/shard.ts";
import type { SavedShard } from "../shard/shard.ts";
import { appleFuture } from "../testing/contracts.ts";
import { apples } from "../testing/instruments.ts";
import { assertAlways, assertMargins, assertSettled } from "../testing/invariants.ts";
import { Random } from "../testing/random.ts";
import { TestVenue } from "../testing/test-venue.ts";

const why = { author: "ops", reason: "test" };
const future = appleFuture(2e15);
const { contract } = future;
/** One is marked at its index, the other one by its book as well. */
const futures = [
  { ...future, contract: { ...contract, markClampPpm: 0 } },
  { ...future, symbol: "PEAR-COIN-FUT", quoteUnitsPerTickLot: 3 },
];
const accounts = ["alice", "bob", "carol", "dave", "erin"] as const;
const actors = [
  ...[...accounts, "fund"].map(addressOfAccount),
  ...futures.map(({ symbol }) => addressOfBook(symbol)),
];

const onlyReducing = { ...plainInstructions, isReduceOnly: true };

interface Day {
  readonly seed: number;
  readonly shards: number;
  readonly moves: number;
}

class CrashingDay {
  readonly venue: TestVenue;
  readonly #random: Random;
  readonly #prices = new Map(futures.map(({ symbol }) => [symbol, 100]));
  #names = 0;

  constructor({ seed, shards }: Day) {
    this.#random = new Random(seed);
    this.venue = new TestVenue(shards).list(apples);
    this.venue.open("fund", { COIN: 1 + this.#random.below(4) * 300 });
    for (const account of accounts) this.venue.open(account, { COIN: 1000 });
    this.venue.list(...futures);
    for (const account of accounts) {
      this.venue.do({ kind: "set-margin-account", account, isMargin: true, ...why });
    }
    for (const { symbol } of futures) this.venue.do(this.#publish(symbol, 100));
  }

  #publish(symbol: string, price: number): Command {
    this.#prices.set(symbol, price);
    return { kind: "publish-index-price", symbol, price, ...why };
  }

  #wander(): Command {
    const random = this.#random;
    const { symbol } = random.pick(futures);
    const before = this.#prices.get(symbol)!;
    const percent = random.isOneOf(75) ? 97 + random.below(7) : 70 + random.below(66);
    return this.#publish(symbol, Math.max(5, Math.round((before * percent) / 100)));
  }

  #order(): PlaceOrder {
    const random = this.#random;
    const { symbol } = random.pick(futures);
    const middle = this.#prices.get(symbol)!;
    this.#names += 1;
    const isTaken = random.isOneOf(40);
    return {
      ...{ kind: "place-order", account: random.pick(accounts), symbol },
      clientOrderId: `o${String(this.#names)}`,
      side: random.isOneOf(50) ? Side.buy : Side.sell,
      ...{ orderType: OrderType.limit, quantity: 1 + random.below(30) },
      timeInForce: isTaken ? TimeInForce.IOC : TimeInForce.GTC,
      price: Math.max(1, middle - 3 + random.below(7)),
      instructions: random.isOneOf(20) ? onlyReducing : plainInstructions,
    };
  }

  move(): void {
    const { venue } = this;
    const random = this.#random;
    const draw = random.below(100);
    const { underWay } = venue;
    if (underWay.length > 0 && draw < 55) {
      venue.deliver(random.pick(underWay));
      return;
    }
    venue.timeUs += random.below(1_500_000);
    if (draw < 66) venue.send(this.#wander());
    else if (draw < 70) venue.send(this.#relocation());
    else venue.send(this.#order());
  }

  #relocation(): Command {
    const shard = this.#random.below(this.venue.shards.length);
    return { kind: "place-actor", actor: this.#random.pick(actors), shard, ...why };
  }

  /** Everything is heard; and what waits is tried again, as marks are told that have not moved. */
  settle(): void {
    this.venue.drain();
    for (let round = 0; round < 3; round++) {
      for (const { symbol } of futures) {
        const price = this.#prices.get(symbol)!;
        this.venue.timeUs += 2_000_000;
        this.venue.ask(
          this.#publish(symbol, price + (round === 0 ? 1 : 0) - (round === 1 ? 1 : 0)),
        );
        this.venue.drain();
      }
    }
  }
}

function play(day: Day, afterMove: (venue: TestVenue) => void): TestVenue {
  const crashing = new CrashingDay(day);
  for (let move = 0; move < day.moves; move++) {
    crashing.move();
    afterMove(crashing.venue);
  }
  crashing.settle();
  return crashing.venue;
}

/** By name, how often a stage was reached and lots were handed over. */
function countStages(venue: TestVenue, counts: Map<string, number>): void {
  for (const event of venue.events) {
    const name =
      event.kind === "liquidation-moved"
        ? nameIn(LiquidationStage, event.stage)
        : event.kind === "position-handed-over"
          ? nameIn(PositionCause, event.cause)
          : undefined;
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
/** Days that are always among them, so that every stage is seen. */
const known = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => [seed] as [number]);
/** Nobody waits here: somebody has always enough. */
const stages = [...Object.keys(LiquidationStage), "takeover", "deleverage"].filter(
  (stage) => stage !== "waiting",
);

describe.each([1, 3])("liquidations on %i shards", (shards) => {
  it("all end, with everybody flat or with what he needs, and nothing lost", () => {
    const counts = new Map<string, number>();
    const property = fc.property(seeds, (seed) => {
      const venue = play({ seed, shards, moves: 250 }, assertAlways);
      assertSettled(venue);
      assertMargins(venue);
      for (const shard of venue.shards) shard.audit();
      countStages(venue, counts);
    });
    fc.assert(property, { numRuns: 40, seed: 7, examples: known });
    for (const stage of stages) expect([stage, counts.get(stage) ?? 0]).not.toEqual([stage, 0]);
  });

  it("are the same when a log is replayed, and from a snapshot taken anywhere", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const property = fc.property(seeds, share, (seed, at) => {
      const venue = play({ seed, shards, moves: 150 }, () => undefined);
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
