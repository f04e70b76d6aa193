/**
 * Goal: markets and books that are called because their time has come tell the same on a replica
 * that has seen everything and on one that began from a snapshot, also where they are called for
 * what has been taken back since.
 */
import { describe, expect, it } from "vitest";
import { pack, plainInstructions, Side, TimeInForce, unpack } from "../../protocols/index.ts";
import type { PlaceOrder } from "../../protocols/index.ts";
import { tradingTermsIn } from "../testing/instrument-words.ts";
import { eventText } from "../testing/plain-words.ts";
import { apples } from "../testing/instruments.ts";
import { eventsOf, TestVenue } from "../testing/test-venue.ts";
import { Shard } from "./shard.ts";
import type { SavedShard } from "./shard.ts";

const second = 1_000_000;

function order(account: string, symbol: string, terms: Partial<PlaceOrder>): PlaceOrder {
  return {
    ...{ kind: "place-order", account, symbol, clientOrderId: `${account}-${symbol}` },
    ...{ side: Side.buy, orderType: 0, timeInForce: TimeInForce.GTC, price: 10, quantity: 1 },
    quoteBudget: 0,
    instructions: plainInstructions,
    ...terms,
  } as PlaceOrder;
}

describe("books whose time has come", () => {
  it("tell the same in the same turns, whoever was called in vain before", () => {
    const venue = new TestVenue();
    const symbols = ["APPLE-COIN", "ZEBRA-COIN"];
    venue.list(apples, { ...apples, symbol: "ZEBRA-COIN", base: "ZEBRA" });
    venue.open("alice", { COIN: 1000 });
    venue.open("bob", { APPLE: 10, ZEBRA: 10 });
    for (const symbol of symbols) {
      venue.do(order("alice", symbol, {}));
      venue.do(order("bob", symbol, { side: Side.sell }));
    }
    const expiresAtUs = venue.timeUs + 10 * second;
    const instructions = { ...plainInstructions, expiresAtUs };
    const inVain = { timeInForce: TimeInForce.GTD, instructions, clientOrderId: "vain", price: 5 };
    venue.do(order("alice", "ZEBRA-COIN", inVain));
    venue.do({ kind: "cancel-order", account: "alice", orderId: 0, clientOrderId: "vain" });
    const saved = unpack(pack(venue.first.snapshot())) as SavedShard;
    const other = Shard.restore(saved);
    venue.timeUs += 3600 * second;
    const step = venue.append(0, "node-e1", [{ kind: "tick" }]);
    const { events } = other.apply(venue.logs[0]!.at(-1)!);
    expect([...events]).toEqual([...step.events]);
    expect(other.snapshot()).toEqual(venue.first.snapshot());
    const told = eventsOf(step).filter(({ kind }) => kind === "candle-closed");
    expect(told.map((event) => eventText(event).split(":")[0])).toEqual(
      symbols.flatMap((symbol) =>
        ["1m", "5m", "15m", "1h"].map((interval) => `${symbol} candle of ${interval}`),
      ),
    );
  });
});

describe("orders that were canceled before their time", () => {
  it("leave one moment for the whole book, also as others end in between", () => {
    const venue = new TestVenue();
    venue.list(apples);
    venue.open("alice", { COIN: 1000 });
    const place = (clientOrderId: string, seconds: number): void => {
      const instructions = { ...plainInstructions, expiresAtUs: venue.timeUs + seconds * second };
      const terms = { timeInForce: TimeInForce.GTD, instructions, clientOrderId };
      venue.do(order("alice", "APPLE-COIN", terms));
    };
    for (let number = 0; number < 300; number++) {
      place(`gone-${number}`, 7200 - number);
      venue.do({
        ...{ kind: "cancel-order", account: "alice" },
        ...{ orderId: 0, clientOrderId: `gone-${number}` },
      });
      if (number % 10 !== 0) continue;
      place(`ends-${number}`, 1);
      venue.timeUs = venue.first.nextDueUs!;
      venue.append(0, "node-e1", [{ kind: "tick" }]);
    }
    expect(venue.first.snapshot().counters.wakes).toHaveLength(1);
  });
});

describe("a market that began from a snapshot", () => {
  /** Both apply the same ticks; then they must be the same, and have told the same. */
  function passBoth(venue: TestVenue, moments: readonly number[]): string[] {
    const restored = Shard.restore(unpack(pack(venue.first.snapshot())) as SavedShard);
    const told: string[] = [];
    for (const timeUs of moments) {
      venue.timeUs = timeUs;
      const step = venue.append(0, "node-e1", [{ kind: "tick" }]);
      const { events } = restored.apply(venue.logs[0]!.at(-1)!);
      expect([...events]).toEqual([...step.events]);
      told.push(...eventsOf(step).map(eventText));
    }
    expect(restored.snapshot()).toEqual(venue.first.snapshot());
    expect(restored.nextDueUs).toBe(venue.first.nextDueUs);
    return told;
  }

  function venueWith(words: string): TestVenue {
    const venue = new TestVenue();
    venue.list({ ...apples, trading: tradingTermsIn(words) });
    venue.open("alice", { COIN: 10_000 });
    venue.open("bob", { APPLE: 100 });
    return venue;
  }

  it("moves its bands when the other does, who is called for an order that is gone", () => {
    const venue = venueWith("reference 100, bands 1000 bp, window 10 s");
    const at = { price: 104 };
    venue.do(order("alice", "APPLE-COIN", at));
    venue.do(order("bob", "APPLE-COIN", { ...at, side: Side.sell }));
    const instructions = { ...plainInstructions, expiresAtUs: venue.timeUs + 3 * second };
    const gone = { timeInForce: TimeInForce.GTD, instructions, clientOrderId: "gone", price: 95 };
    venue.do(order("alice", "APPLE-COIN", gone));
    venue.do({ kind: "cancel-order", account: "alice", orderId: 0, clientOrderId: "gone" });
    const told = passBoth(venue, [venue.timeUs + 4 * second]);
    expect(told).toEqual(["APPLE-COIN bands 94 to 114 around 104"]);
  });

  it("comes to all of its moments, not only to the first", () => {
    const venue = venueWith(
      "reference 100, bands 1000 bp, auction 2 s, hours 00:01 open 00:06 close",
    );
    const dayUs = 86_400 * second;
    const midnight = Math.ceil(venue.timeUs / dayUs) * dayUs;
    venue.timeUs = midnight + 120 * second;
    venue.append(0, "node-e1", [{ kind: "tick" }]);
    venue.timeUs = midnight + 356 * second;
    venue.do(order("bob", "APPLE-COIN", { price: 115, side: Side.sell }));
    const beyond = { price: 120, timeInForce: TimeInForce.IOC };
    venue.do(order("alice", "APPLE-COIN", beyond));
    const told = passBoth(venue, [midnight + 359 * second, midnight + 361 * second]);
    const phases = ["APPLE-COIN is continuous", "APPLE-COIN is closed"];
    expect(told.filter((text) => text.includes(" is "))).toEqual(phases);
  });
});
