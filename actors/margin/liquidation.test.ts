/**
 * Goal: an account whose equity does not cover the maintenance of its positions has its orders
 * canceled, is reduced by the book, by its fund and by others, in that order and no further than it
 * must be; and nothing is made or lost on the way. A lot of the contract is one COIN a tick; margin
 * is a tenth to open, half that to keep, and a hundredth of what is closed is the fund's.
 */
import { describe, expect, it } from "vitest";
import {
  addressOfAccount,
  addressOfBook,
  pack,
  plainInstructions,
  rejectReasonName,
  Side,
  TimeInForce,
  OrderType,
  unpack,
} from "../../protocols/index.ts";
import type { ActorAddress, Command, PlaceOrder } from "../../protocols/index.ts";
import type { ContractInstrument } from "../contract/contract-listing.ts";
import { Shard } from "../shard/shard.ts";
import type { SavedShard } from "../shard/shard.ts";
import { appleFuture } from "../testing/contracts.ts";
import { apples } from "../testing/instruments.ts";
import { assertMargins, assertSettled } from "../testing/invariants.ts";
import { eventText } from "../testing/plain-words.ts";
import { TestVenue } from "../testing/test-venue.ts";

const why = { author: "ops", reason: "test" };
const endUs = 2e15;
/** Marked at its index, whatever its book trades at. */
const future: ContractInstrument = {
  ...appleFuture(endUs),
  contract: { ...appleFuture(endUs).contract, markClampPpm: 0 },
};
const { symbol } = future;
const told = ["liquidation-moved", "liquidation-fee-paid", "position-handed-over"];
let names = 0;

interface Terms {
  readonly on?: string;
  readonly timeInForce?: PlaceOrder["timeInForce"];
}

function order(
  account: string,
  side: Side,
  [quantity, price]: readonly [number, number],
  { on = symbol, timeInForce = TimeInForce.GTC }: Terms = {},
): PlaceOrder {
  names += 1;
  return {
    ...{ kind: "place-order", account, clientOrderId: `o${String(names)}`, symbol: on, side },
    ...{ quantity, price, orderType: OrderType.limit, timeInForce },
    instructions: plainInstructions,
  };
}

const reasonOf = (venue: TestVenue, command: Command): string =>
  rejectReasonName(venue.ask(command).rejectReason);

function publish(venue: TestVenue, price: number): void {
  venue.timeUs += 2_000_000;
  venue.ask({ kind: "publish-index-price", symbol, price, ...why });
  venue.drain();
}

/** The future is at 100. */
function venueOf(shards: number, fund: number): TestVenue {
  const venue = new TestVenue(shards)
    .list(apples)
    .open("fund", fund === 0 ? {} : { COIN: fund })
    .open("alice", { COIN: 1000, APPLE: 10 })
    .open("bob", { COIN: 100_000 })
    .open("carol", { COIN: 100_000 })
    .open("dave", { COIN: 100_000, APPLE: 1000 })
    .list(future);
  for (const account of ["alice", "bob", "carol", "dave"]) {
    venue.do({ kind: "set-margin-account", account, isMargin: true, ...why });
  }
  publish(venue, 100);
  return venue;
}

function trade(venue: TestVenue, [buyer, seller]: readonly string[], terms: [number, number]) {
  venue.do(order(seller!, Side.sell, terms));
  venue.do(order(buyer!, Side.buy, terms));
}

/** What was told of liquidations since, in words. */
function toldSince(venue: TestVenue, before: number): string[] {
  return venue.events
    .slice(before)
    .filter(({ kind }) => told.includes(kind))
    .map(eventText);
}

function lotsOf(venue: TestVenue, account: string): number {
  const shard = venue.shards.find((one) => one.account(account) !== undefined);
  return shard?.answer("positions", { account })?.find((one) => one.symbol === symbol)?.lots ?? 0;
}

function cashOf(venue: TestVenue, account: string): number {
  const shard = venue.shards.find((one) => one.account(account) !== undefined);
  const balances = shard?.answer("balances", { account }) ?? [];
  return Number(balances.find(({ asset }) => asset === "COIN")?.available ?? 0);
}

function expectWhole(venue: TestVenue): void {
  assertSettled(venue);
  assertMargins(venue);
  for (const shard of venue.shards) {
    const saved = pack(shard.snapshot());
    const restored = Shard.restore(unpack(new Uint8Array(saved)) as SavedShard);
    expect(pack(restored.snapshot())).toEqual(saved);
    restored.audit();
    shard.audit();
  }
}

describe.each([1, 3])("an account below its maintenance margin, on %i shards", (shards) => {
  let venue: TestVenue;
  let before = 0;

  /** Alice is long a hundred lots at 100 with a thousand coins. */
  function open(fund: number): void {
    venue = venueOf(shards, fund);
    trade(venue, ["alice", "bob"], [100, 100]);
    before = venue.events.length;
  }

  it("is let alone as long as its equity covers that", () => {
    open(0);
    publish(venue, 95);
    // 1000 less 500 is more than half of a tenth of 9500.
    expect(toldSince(venue, before)).toEqual([]);
    expect(lotsOf(venue, "alice")).toBe(100);
  });

  it("is let alone when the end of its orders frees enough", () => {
    venue = venueOf(shards, 0);
    trade(venue, ["alice", "bob"], [50, 100]);
    venue.do(order("alice", Side.buy, [5, 90], { on: apples.symbol }));
    venue.do(order("alice", Side.sell, [10, 120]));
    before = venue.events.length;
    publish(venue, 90);
    expect(toldSince(venue, before)).toMatchInlineSnapshot(`
      [
        "alice is liquidated, has 50 of 225 COIN: cancels 2 orders",
        "alice is liquidated, has 500 of 225 COIN: is over",
      ]
    `);
    expect([lotsOf(venue, "alice"), cashOf(venue, "alice")]).toEqual([50, 1000]);
    expectWhole(venue);
  });

  it("is reduced by the book, by as much as brings it back", () => {
    open(0);
    venue.do(order("carol", Side.buy, [100, 94]));
    publish(venue, 94);
    expect(toldSince(venue, before)).toMatchInlineSnapshot(`
      [
        "alice is liquidated, has 400 of 470 COIN: cancels 0 orders",
        "alice is liquidated, has 400 of 470 COIN: reducing 21 APPLE-COIN-FUT @ 90",
        "alice is liquidated, has 381 of 372 COIN: is over",
        "alice pays fund 19 COIN for its liquidation",
      ]
    `);
    expect(lotsOf(venue, "alice")).toBeGreaterThan(0);
    expectWhole(venue);
  });

  it("is taken over by the fund at its last price where the book takes nothing", () => {
    open(5000);
    publish(venue, 94);
    expect(toldSince(venue, before)).toMatchInlineSnapshot(`
      [
        "alice is liquidated, has 400 of 470 COIN: cancels 0 orders",
        "alice is liquidated, has 400 of 470 COIN: reducing 21 APPLE-COIN-FUT @ 90",
        "alice is liquidated, has 400 of 470 COIN: offered 100 APPLE-COIN-FUT @ 90",
        "fund takes 100 APPLE-COIN-FUT of alice @ 90 by takeover",
        "alice is liquidated, has 0 of 0 COIN: is over",
      ]
    `);
    expect(lotsOf(venue, "alice")).toBe(0);
    expect(lotsOf(venue, "fund")).toBe(100);
    expectWhole(venue);
  });

  it("is closed against the best of the others where the fund has too little", () => {
    open(50);
    trade(venue, ["dave", "carol"], [50, 99]);
    publish(venue, 94);
    expect(toldSince(venue, before)).toMatchInlineSnapshot(`
      [
        "alice is liquidated, has 400 of 470 COIN: cancels 0 orders",
        "alice is liquidated, has 400 of 470 COIN: reducing 21 APPLE-COIN-FUT @ 90",
        "alice is liquidated, has 400 of 470 COIN: offered 100 APPLE-COIN-FUT @ 90",
        "alice is liquidated, has 400 of 470 COIN: deleveraging 100 APPLE-COIN-FUT @ 90",
        "bob takes 100 APPLE-COIN-FUT of alice @ 90 by deleverage",
        "alice is liquidated, has 0 of 0 COIN: is over",
      ]
    `);
    expect(lotsOf(venue, "alice")).toBe(0);
    expect(lotsOf(venue, "bob") + lotsOf(venue, "carol")).toBe(-50);
    expectWhole(venue);
  });

  it("ends what others' orders were to reduce, where a halted book will not shrink them", () => {
    open(50);
    trade(venue, ["dave", "bob"], [50, 100]);
    const reducing = { ...plainInstructions, isReduceOnly: true };
    venue.do({ ...order("bob", Side.buy, [150, 50]), instructions: reducing });
    venue.do({ kind: "halt-trading", symbol, ...why });
    publish(venue, 94);
    expect([lotsOf(venue, "alice"), lotsOf(venue, "bob")]).toEqual([0, -50]);
    const bob = venue.shards.find((one) => one.account("bob") !== undefined);
    const asked = { account: "bob", symbol: "", afterOrderId: 0, limit: 9 };
    expect(bob?.answer("open-orders", asked)).toEqual([]);
    expectWhole(venue);
  });

  it("ends with nothing below zero where the price has gone past all it had", () => {
    open(50);
    publish(venue, 80);
    expect(lotsOf(venue, "alice")).toBe(0);
    expect(cashOf(venue, "alice")).toBe(0);
    expect(toldSince(venue, before)).toMatchInlineSnapshot(`
      [
        "alice is liquidated, has -1000 of 400 COIN: cancels 0 orders",
        "alice is liquidated, has -1000 of 400 COIN: reducing 100 APPLE-COIN-FUT @ 90",
        "alice is liquidated, has -1000 of 400 COIN: offered 100 APPLE-COIN-FUT @ 90",
        "alice is liquidated, has -1000 of 400 COIN: deleveraging 100 APPLE-COIN-FUT @ 90",
        "bob takes 100 APPLE-COIN-FUT of alice @ 90 by deleverage",
        "alice is liquidated, has 0 of 0 COIN: is over",
      ]
    `);
    expectWhole(venue);
  });

  it("is liquidated short as well as long", () => {
    venue = venueOf(shards, 5000);
    trade(venue, ["bob", "alice"], [100, 100]);
    before = venue.events.length;
    publish(venue, 106);
    expect(lotsOf(venue, "alice")).toBe(0);
    expect(lotsOf(venue, "fund")).toBe(-100);
    expect(toldSince(venue, before)).toMatchInlineSnapshot(`
      [
        "alice is liquidated, has 400 of 530 COIN: cancels 0 orders",
        "alice is liquidated, has 400 of 530 COIN: reducing 35 APPLE-COIN-FUT @ 110",
        "alice is liquidated, has 400 of 530 COIN: offered 100 APPLE-COIN-FUT @ 110",
        "fund takes -100 APPLE-COIN-FUT of alice @ 110 by takeover",
        "alice is liquidated, has 0 of 0 COIN: is over",
      ]
    `);
    expectWhole(venue);
  });

  it("is no different when it, the fund, others or the book are on the way to another shard", () => {
    const actors: ActorAddress[] = ["alice", "bob", "fund"].map(addressOfAccount);
    for (const actor of [...actors, addressOfBook(symbol)]) {
      for (let steps = 0; steps < 12; steps++) {
        open(50);
        const homes = [0, 1, 2].filter((shard) => shard < shards);
        for (const shard of homes) {
          venue.send({ kind: "place-actor", actor, shard, ...why });
          for (let left = steps; left > 0 && venue.underWay.length > 0; left--) {
            venue.deliver(venue.underWay[0]!);
          }
        }
        publish(venue, 94);
        venue.drain();
        publish(venue, 93);
        expect(lotsOf(venue, "alice")).toBe(0);
        expectWhole(venue);
      }
    }
  });
});

describe("an account that is being liquidated", () => {
  it("is taken no order by that closes something", () => {
    const venue = venueOf(3, 50);
    const { placement } = venue.first;
    const away = [0, 1, 2].find((shard) => shard !== placement.shardOfInstrument(symbol))!;
    const actor = addressOfAccount("alice");
    venue.ask({ kind: "place-actor", actor, shard: away, ...why });
    trade(venue, ["alice", "bob"], [100, 100]);
    // Its book is elsewhere, and has not said yet that it is canceled.
    venue.do(order("alice", Side.sell, [1, 120]));
    venue.timeUs += 2_000_000;
    venue.send({ kind: "publish-index-price", symbol, price: 94, ...why });
    const isBegun = (): boolean => venue.events.some(({ kind }) => kind === "liquidation-moved");
    while (!isBegun()) venue.deliver(venue.underWay[0]!);
    expect(reasonOf(venue, order("alice", Side.sell, [99, 94]))).toBe("being-liquidated");
    expect(lotsOf(venue, "alice")).toBe(0);
    expectWhole(venue);
  });

  it("waits in a halted venue, and goes on when that ends", () => {
    const venue = venueOf(3, 50);
    for (const [actor, shard] of [
      [addressOfAccount("alice"), 0],
      [addressOfBook(symbol), 1],
    ] as const) {
      venue.ask({ kind: "place-actor", actor, shard, ...why });
    }
    trade(venue, ["alice", "bob"], [100, 100]);
    venue.do(order("alice", Side.sell, [1, 120]));
    venue.timeUs += 2_000_000;
    venue.send({ kind: "publish-index-price", symbol, price: 94, ...why });
    const stage = (name: string): boolean =>
      venue.events.some(
        (event) => event.kind === "liquidation-moved" && eventText(event).includes(name),
      );
    while (!stage("cancels 1")) venue.deliver(venue.underWay[0]!);
    venue.do({ kind: "halt-trading", symbol: "", ...why });
    expect(stage("waits with 100")).toBe(true);
    expect(lotsOf(venue, "alice")).toBe(100);
    expectWhole(venue);
    venue.do({ kind: "resume-trading", symbol: "", ...why });
    expect(lotsOf(venue, "alice")).toBe(0);
    expectWhole(venue);
  });

  it("has its turn when a halt ends, and not before", () => {
    const venue = venueOf(1, 50);
    trade(venue, ["alice", "bob"], [100, 100]);
    venue.do({ kind: "halt-trading", symbol: "", ...why });
    publish(venue, 94);
    expect(lotsOf(venue, "alice")).toBe(100);
    venue.do({ kind: "resume-trading", symbol: "", ...why });
    expect(lotsOf(venue, "alice")).toBe(0);
    expectWhole(venue);
  });
});
