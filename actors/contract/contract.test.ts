/**
 * Goal: contracts are listed by terms that make sense, marked by their index wherever that trades,
 * funded and settled at their time; what cannot be is refused with its number and changes nothing.
 */
import { describe, expect, it } from "vitest";
import {
  addressOfBook,
  OrderType,
  pack,
  plainInstructions,
  rejectReasonName,
  Side,
  TimeInForce,
  TriggerSource,
  unpack,
} from "../../protocols/index.ts";
import type { Command, ContractTerms, InstrumentTerms, PlaceOrder } from "../../protocols/index.ts";
import { Shard } from "../shard/shard.ts";
import type { SavedShard } from "../shard/shard.ts";
import { applePerpetual, appleFuture } from "../testing/contracts.ts";
import { apples, pears } from "../testing/instruments.ts";
import { eventText } from "../testing/plain-words.ts";
import { TestVenue } from "../testing/test-venue.ts";

const minuteUs = 60_000_000;
const why = { author: "ops", reason: "test" };
const perpetual = applePerpetual.symbol;
let names = 0;

function venueOf(shards = 1): TestVenue {
  return new TestVenue(shards)
    .open("fund")
    .list(apples)
    .open("alice", { APPLE: 10_000, COIN: 1_000_000 })
    .open("bob", { APPLE: 10_000, COIN: 1_000_000 });
}

const reasonOf = (venue: TestVenue, command: Command): string =>
  rejectReasonName(venue.ask(command).rejectReason);
const listing = (terms: InstrumentTerms): Command => ({ kind: "list-instrument", terms, ...why });
const indexOf = (symbol: string, price: number): Command => ({
  ...{ kind: "publish-index-price", symbol, price, ...why },
});

function order(account: string, side: Side, price: number, symbol = apples.symbol): Command {
  names += 1;
  return {
    ...{ kind: "place-order", account, clientOrderId: `o${String(names)}`, symbol, side },
    ...{ orderType: OrderType.limit, timeInForce: TimeInForce.GTC, price, quantity: 1 },
    instructions: plainInstructions,
  };
}

/** Apples trade at a price. */
function trade(venue: TestVenue, price: number): void {
  venue.do(order("alice", Side.sell, price));
  venue.do(order("bob", Side.buy, price));
}

/** Lets log time pass in all shards, minute by minute. */
function wait(venue: TestVenue, minutes: number): void {
  for (let minute = 0; minute < minutes; minute++) {
    venue.timeUs += minuteUs;
    for (const { shard } of venue.shards) venue.append(shard, "node-e1", [{ kind: "tick" }]);
    venue.drain();
  }
}

/** What each shard knows of a contract. */
const marks = (venue: TestVenue, symbol: string) =>
  venue.shards.map(({ directory }) => directory.contractOf(symbol)?.markPrice);
const figures = (venue: TestVenue, symbol: string) =>
  venue.shards.flatMap((shard) => shard.answer("statistics", { symbol })?.contract ?? []);
const told = (venue: TestVenue) =>
  venue.events
    .filter(({ kind }) => kind === "contract-funded" || kind === "contract-expired")
    .map(eventText);

/** A shard that goes on from what was saved has all that the first one had. */
function expectRestored(venue: TestVenue): void {
  for (const shard of venue.shards) {
    const saved = pack(shard.snapshot());
    const restored = Shard.restore(unpack(new Uint8Array(saved)) as SavedShard);
    expect(pack(restored.snapshot())).toEqual(saved);
  }
}

describe("a contract is not listed", () => {
  const { contract } = applePerpetual;
  const changed = (change: Partial<ContractTerms>): InstrumentTerms => ({
    ...applePerpetual,
    contract: { ...contract, ...change },
  });

  it.each([
    ["without margin", "contract-terms-invalid", { initialMarginPpm: 0 }],
    ["kept by more than it is opened by", "contract-terms-invalid", { maintenanceMarginPpm: 2e5 }],
    ["kept by nothing", "contract-terms-invalid", { maintenanceMarginPpm: 0 }],
    ["by more than its value", "contract-terms-invalid", { initialMarginPpm: 1_000_001 }],
    ["with a clamp beyond its index", "contract-terms-invalid", { markClampPpm: 1_000_001 }],
    ["with a dearer end than margin", "contract-terms-invalid", { liquidationFeePpm: 50_001 }],
    ["as a perpetual that expires", "contract-terms-invalid", { expiresAtUs: 2e15 }],
    ["without fundings", "contract-terms-invalid", { fundingIntervalSeconds: 0 }],
    ["with fundings by the second", "contract-terms-invalid", { fundingIntervalSeconds: 59 }],
    ["with fundings of all it is worth", "contract-terms-invalid", { fundingCapPpm: 1_000_001 }],
    ["as a future that is funded", "contract-terms-invalid", { kind: 1, expiresAtUs: 2e15 }],
    ["without a fund", "account-unknown", { fundAccount: "nobody" }],
    ["on an index that there is not", "price-source-other", { indexSymbol: "PLUM-COIN" }],
    ["on an index of other lots", "price-source-other", { indexSymbol: pears.symbol }],
  ] as const)("%s", (_, reason, change) => {
    const venue = venueOf().list(pears);
    const before = pack(venue.first.directory.snapshot());
    expect(reasonOf(venue, listing(changed(change)))).toBe(reason);
    expect(pack(venue.first.directory.snapshot())).toEqual(before);
  });

  it("that has expired", () => {
    const venue = venueOf();
    expect(reasonOf(venue, listing(appleFuture(venue.timeUs)))).toBe("contract-expired");
    expect(reasonOf(venue, listing(appleFuture(venue.timeUs + 1)))).toBe("none");
  });

  it("whose lots could be worth more than can be counted", () => {
    const units = { quoteUnitsPerTickLot: 2 ** 21 + 1 };
    const { contract: terms } = appleFuture(2e15);
    const dear = { ...applePerpetual, ...units, contract: terms };
    expect(reasonOf(venueOf(), listing(dear))).toBe("contract-terms-invalid");
  });

  it("on another contract", () => {
    const venue = venueOf().list(applePerpetual);
    const second = { ...changed({ indexSymbol: perpetual }), symbol: "APPLE-COIN-PERP-2" };
    expect(reasonOf(venue, listing(second))).toBe("price-source-other");
  });

  it("by logic that has none", () => {
    const venue = new TestVenue(1, { logic: 2 }).open("fund").list(apples);
    expect(reasonOf(venue, listing(applePerpetual))).toBe("command-not-permitted");
  });
});

describe("a contract's order", () => {
  it("is never paid for as goods are", () => {
    const venue = venueOf().list(applePerpetual);
    const before = venue.first.answer("balances", { account: "alice" });
    const placed = order("alice", Side.buy, 5, perpetual);
    expect(reasonOf(venue, placed)).toBe("margin-account-required");
    expect(venue.first.answer("balances", { account: "alice" })).toEqual(before);
  });

  it("is not settled later", () => {
    const venue = venueOf().list(applePerpetual);
    const cycle: Command = {
      ...{ kind: "set-settlement-cycle", cycle: "spot", symbols: [perpetual], days: 1 },
      ...{ offsetMinutes: 0, cutOffMinute: 0, weekend: [], holidays: [], ...why },
    };
    expect(reasonOf(venue, cycle)).toBe("settlement-cycle-invalid");
  });
});

describe("a perpetual", () => {
  it.each([1, 3])("is marked by what its index trades at, in a venue of %i shards", (shards) => {
    const venue = venueOf(shards).list(applePerpetual);
    expect(new Set(marks(venue, perpetual))).toEqual(new Set([undefined]));
    trade(venue, 100);
    expect(new Set(marks(venue, perpetual))).toEqual(new Set([100]));
    venue.timeUs += 2_000_000;
    trade(venue, 120);
    expect(new Set(marks(venue, perpetual))).toEqual(new Set([120]));
    expectRestored(venue);
  });

  it("is marked when it is listed, where its index has traded", () => {
    const venue = venueOf(3);
    trade(venue, 100);
    venue.list(applePerpetual);
    expect(new Set(marks(venue, perpetual))).toEqual(new Set([100]));
  });

  it("is funded at full hours, at nothing while it is marked at its index", () => {
    const venue = venueOf(3).list(applePerpetual);
    trade(venue, 100);
    wait(venue, 120);
    expect(told(venue)).toEqual([
      "APPLE-COIN-PERP funding 1 at 0 ppm of 100: 0 a lot",
      "APPLE-COIN-PERP funding 2 at 0 ppm of 100: 0 a lot",
    ]);
    expect(
      venue.shards.map(({ directory }) => directory.contractOf(perpetual)?.fundingRound),
    ).toEqual([2, 2, 2]);
  });

  it("has no fundings before it is marked", () => {
    const venue = venueOf().list(applePerpetual);
    wait(venue, 120);
    expect(told(venue)).toEqual([]);
  });

  it("tells its figures with its statistics", () => {
    const venue = venueOf(3).list(applePerpetual);
    trade(venue, 100);
    const hourUs = 60 * minuteUs;
    const nextFundingUs = venue.timeUs - (venue.timeUs % hourUs) + hourUs;
    const expected = { markPrice: 100, indexPrice: 100, nextFundingUs };
    expect(figures(venue, perpetual)).toMatchObject([expected]);
    expect(figures(venue, apples.symbol)).toEqual([]);
    const events = venue.events.filter((event) => event.kind === "statistics-changed");
    expect(events.filter(({ symbol }) => symbol === perpetual)).toMatchObject([
      { contract: expected },
    ]);
  });

  it("goes where its book goes, and is marked and funded there", () => {
    const venue = venueOf(3).list(applePerpetual);
    trade(venue, 100);
    const actor = addressOfBook(perpetual);
    const shard = (venue.first.placement.shardOf(actor) + 1) % 3;
    venue.do({ kind: "place-actor", actor, shard, ...why });
    expect(
      venue.shards.map(({ shard: at }) => venue.shards[at]!.figuresOf(perpetual) !== undefined),
    ).toEqual([0, 1, 2].map((at) => at === shard));
    venue.timeUs += 2_000_000;
    trade(venue, 130);
    expect(new Set(marks(venue, perpetual))).toEqual(new Set([130]));
    wait(venue, 60);
    expect(told(venue)).toHaveLength(1);
    expectRestored(venue);
  });

  it("is known to a shard that is added later", () => {
    const venue = venueOf(2).list(applePerpetual);
    trade(venue, 100);
    venue.formShard();
    venue.do({ kind: "add-shard", shards: 3, ...why });
    expect(marks(venue, perpetual)).toEqual([100, 100, 100]);
    venue.timeUs += 2_000_000;
    trade(venue, 130);
    expect(marks(venue, perpetual)).toEqual([130, 130, 130]);
  });

  it("has no mark price that anybody publishes, and no index either", () => {
    const venue = venueOf().list(applePerpetual);
    const mark: Command = { kind: "publish-mark-price", symbol: perpetual, price: 5, ...why };
    expect(reasonOf(venue, mark)).toBe("price-source-other");
    expect(reasonOf(venue, indexOf(perpetual, 5))).toBe("price-source-other");
    expect(reasonOf(venue, indexOf(apples.symbol, 5))).toBe("price-source-other");
    expect(reasonOf(venue, indexOf("PLUM-COIN", 5))).toBe("instrument-unknown");
  });
});

describe("a perpetual that trades", () => {
  /** Alice and Bob have bought and sold a lot at a price. */
  function trading(shards: number, price: number): TestVenue {
    const venue = venueOf(shards).list(applePerpetual);
    for (const account of ["alice", "bob"]) {
      venue.do({ kind: "set-margin-account", account, isMargin: true, ...why });
    }
    trade(venue, 1000);
    venue.do(order("alice", Side.buy, price, perpetual));
    venue.do(order("bob", Side.sell, price, perpetual));
    return venue;
  }

  it.each([1, 3])("is marked at what it trades at, within its clamp, on %i shards", (shards) => {
    const venue = trading(shards, 1050);
    expect(new Set(marks(venue, perpetual))).toEqual(new Set([1050]));
    // The middle of the book, which is wide.
    venue.do(order("alice", Side.buy, 1010, perpetual));
    venue.do(order("bob", Side.sell, 1031, perpetual));
    expect(new Set(marks(venue, perpetual))).toEqual(new Set([1020]));
    venue.timeUs += 2_000_000;
    trade(venue, 900);
    // No further than a tenth from its index.
    expect(new Set(marks(venue, perpetual))).toEqual(new Set([990]));
    expectRestored(venue);
  });

  it.each([1, 3])(
    "is funded by its mean premium, and fills say how far, on %i shards",
    (shards) => {
      const venue = trading(shards, 1050);
      wait(venue, 60);
      // Nearly all of the time since the last full hour, five percent above.
      expect(told(venue)).toEqual(["APPLE-COIN-PERP funding 1 at 50000 ppm of 1050: 52 a lot"]);
      const states = venue.shards.map(({ directory }) => directory.contractOf(perpetual));
      expect(states.map((state) => state?.fundingIndex)).toEqual(venue.shards.map(() => 52));
    },
  );

  it("sets off orders that wait for its mark price", () => {
    const venue = trading(1, 1050);
    venue.do(order("bob", Side.buy, 1000, perpetual));
    const stop = order("alice", Side.sell, 1000, perpetual) as PlaceOrder;
    const { mark } = TriggerSource;
    venue.do({
      ...{ ...stop, orderType: OrderType.stopLimit },
      instructions: { ...plainInstructions, triggerPrice: 1010, triggerSource: mark },
    });
    venue.timeUs += 2_000_000;
    trade(venue, 900);
    const fills = venue.events.filter((event) => {
      return event.kind === "traded" && event.symbol === perpetual;
    });
    expect(fills).toHaveLength(2);
  });
});

describe("a future", () => {
  const symbol = "APPLE-COIN-FUT";
  const futureOf = (minutes: number, shards = 1): TestVenue => {
    const venue = venueOf(shards);
    return venue.list(appleFuture(venue.timeUs + minutes * minuteUs));
  };

  it("is marked at the index that is published, at prices that there are", () => {
    const venue = futureOf(60, 3);
    expect(reasonOf(venue, indexOf(symbol, 0))).toBe("price-not-positive");
    expect(reasonOf(venue, indexOf(symbol, 2 ** 31 + 1))).toBe("price-not-positive");
    expect(marks(venue, symbol)).toEqual([undefined, undefined, undefined]);
    expect(reasonOf(venue, indexOf(symbol, 90))).toBe("none");
    expect(marks(venue, symbol)).toEqual([90, 90, 90]);
  });

  it("expires at the mean index of its last half an hour", () => {
    const venue = futureOf(60, 3);
    venue.do(indexOf(symbol, 1000));
    wait(venue, 40);
    venue.do(indexOf(symbol, 100));
    wait(venue, 10);
    venue.do(indexOf(symbol, 400));
    wait(venue, 11);
    // Ten minutes each at 1000, 100 and 400.
    expect(told(venue)).toEqual(["APPLE-COIN-FUT has expired at 500"]);
    const states = venue.shards.map(({ directory }) => directory.contractOf(symbol));
    expect(states.map((state) => [state?.finalPrice, state?.markPrice])).toEqual(
      [0, 1, 2].map(() => [500, 500]),
    );
    expect(figures(venue, symbol)).toMatchObject([{ finalPrice: 500, nextFundingUs: 0 }]);
    expect(reasonOf(venue, indexOf(symbol, 90))).toBe("contract-expired");
    expectRestored(venue);
  });

  it("expires at what is known of its index", () => {
    const venue = futureOf(60);
    wait(venue, 55);
    venue.do(indexOf(symbol, 70));
    wait(venue, 6);
    expect(told(venue)).toEqual(["APPLE-COIN-FUT has expired at 70"]);
  });

  it("expires for nobody where its index was never known", () => {
    const venue = futureOf(60);
    wait(venue, 61);
    expect(told(venue)).toEqual(["APPLE-COIN-FUT has expired at 0"]);
    expect(marks(venue, symbol)).toEqual([undefined]);
  });
});
