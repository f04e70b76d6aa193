/**
 * Goal: an isolated position has cash of its own, wins and loses by that alone, and is liquidated
 * by itself; what cannot be is refused and changes nothing. A lot of the contract is one COIN a
 * tick; margin is a tenth to open, half that to keep; a hundredth of what is closed is the fund's.
 */
import { beforeEach, describe, expect, it } from "vitest";
import {
  addressOfAccount,
  MarginMode,
  OrderType,
  pack,
  plainInstructions,
  rejectReasonName,
  Side,
  TimeInForce,
  unpack,
} from "../../protocols/index.ts";
import type { Command, PlaceOrder } from "../../protocols/index.ts";
import type { ContractInstrument } from "../contract/contract-listing.ts";
import { Shard } from "../shard/shard.ts";
import type { SavedShard } from "../shard/shard.ts";
import { appleFuture } from "../testing/contracts.ts";
import { apples } from "../testing/instruments.ts";
import { assertSettled } from "../testing/invariants.ts";
import { eventText } from "../testing/plain-words.ts";
import { TestVenue } from "../testing/test-venue.ts";

const why = { author: "ops", reason: "test" };
/** Both are marked at their indices, whatever their books trade at. */
const future: ContractInstrument = {
  ...appleFuture(2e15),
  contract: { ...appleFuture(2e15).contract, markClampPpm: 0 },
};
const other: ContractInstrument = { ...future, symbol: "PEAR-COIN-FUT" };
const { symbol } = future;
const traders = ["alice", "bob", "carol"];
const told = [
  ...["margin-mode-changed", "margin-moved", "liquidation-moved", "deficit-covered"],
  ...["liquidation-fee-paid", "position-handed-over"],
];
let names = 0;

interface Terms {
  readonly on?: string;
  readonly orderType?: PlaceOrder["orderType"];
  readonly timeInForce?: PlaceOrder["timeInForce"];
  readonly instructions?: PlaceOrder["instructions"];
}

function order(
  account: string,
  side: Side,
  [quantity, price]: readonly [number, number],
  { on = symbol, timeInForce = TimeInForce.GTC, ...others }: Terms = {},
): PlaceOrder {
  names += 1;
  const { orderType = OrderType.limit, instructions = plainInstructions } = others;
  return {
    ...{ kind: "place-order", account, clientOrderId: `o${String(names)}`, symbol: on, side },
    ...{ quantity, price, orderType, timeInForce, instructions },
  };
}

function mode(account: string, to: keyof typeof MarginMode, on = symbol): Command {
  return { kind: "set-margin-mode", account, symbol: on, mode: MarginMode[to] };
}

function move(kind: "add-margin" | "remove-margin", amount: number, on = symbol): Command {
  names += 1;
  return { kind, account: "alice", symbol: on, amount, reference: `m${String(names)}` };
}

const reasonOf = (venue: TestVenue, command: Command): string =>
  rejectReasonName(venue.ask(command).rejectReason);

function publish(venue: TestVenue, price: number, on = symbol): void {
  venue.timeUs += 2_000_000;
  venue.ask({ kind: "publish-index-price", symbol: on, price, ...why });
  venue.drain();
}

/** Both futures are at 100, and Alice's position in the first is isolated. */
function venueOf(shards: number, { fund = 0, cash = 2000 } = {}): TestVenue {
  const venue = new TestVenue(shards)
    .list(apples)
    .open("fund", fund === 0 ? {} : { COIN: fund })
    .open("alice", { COIN: cash })
    .open("bob", { COIN: 100_000 })
    .open("carol", { COIN: 100_000 })
    .list(future, other);
  for (const account of traders) {
    venue.do({ kind: "set-margin-account", account, isMargin: true, ...why });
  }
  publish(venue, 100);
  publish(venue, 100, other.symbol);
  venue.do(mode("alice", "isolated"));
  return venue;
}

function trade(
  venue: TestVenue,
  [buyer, seller]: readonly [string, string],
  terms: readonly [number, number],
  on = symbol,
): void {
  venue.do(order(seller, Side.sell, terms, { on }));
  venue.do(order(buyer, Side.buy, terms, { on }));
}

function homeOf(venue: TestVenue, account: string): Shard {
  return venue.shards.find((one) => one.account(account) !== undefined)!;
}

function cashOf(venue: TestVenue, account: string): readonly [available: number, posted: number] {
  const coin = homeOf(venue, account)
    .account(account)!
    .balances()
    .find(({ asset }) => asset === "COIN");
  return [Number(coin?.available ?? 0), Number(coin?.posted ?? 0)];
}

function positionOf(venue: TestVenue, account: string, on = symbol) {
  const shard = homeOf(venue, account);
  return shard.answer("positions", { account })?.find((one) => one.symbol === on);
}

function freeOf(venue: TestVenue, account: string): number {
  const view = homeOf(venue, account).answer("margin", { account });
  return Number(view?.assets.find(({ asset }) => asset === "COIN")?.free ?? 0);
}

/** What was told since that cash or a liquidation is about, in words. */
function toldSince(venue: TestVenue, before: number): string[] {
  return venue.events
    .slice(before)
    .filter(({ kind }) => told.includes(kind))
    .map(eventText);
}

function expectWhole(venue: TestVenue): void {
  assertSettled(venue);
  for (const shard of venue.shards) {
    const saved = pack(shard.snapshot());
    const restored = Shard.restore(unpack(new Uint8Array(saved)) as SavedShard);
    expect(pack(restored.snapshot())).toEqual(saved);
    restored.audit();
    shard.audit();
  }
}

describe.each([1, 3])("an isolated position, on %i shards", (shards) => {
  let venue: TestVenue;
  let before = 0;
  beforeEach(() => {
    venue = venueOf(shards);
    before = venue.events.length;
  });

  it("has its initial margin to itself when it is opened", () => {
    trade(venue, ["alice", "bob"], [100, 100]);
    expect(cashOf(venue, "alice")).toEqual([1000, 1000]);
    expect(freeOf(venue, "alice")).toBe(1000);
    expect(toldSince(venue, before)).toEqual(["alice has 1000 for APPLE-COIN-FUT, +1000 opened"]);
    expect(positionOf(venue, "alice")).toMatchObject({
      ...{ mode: MarginMode.isolated, posted: 1000, liquidationPrice: 94, liquidation: "" },
    });
    expectWhole(venue);
  });

  it("has what is worse than the mark to itself as well", () => {
    trade(venue, ["alice", "bob"], [10, 105]);
    // A tenth of 1000, and 5 for each lot.
    expect(cashOf(venue, "alice")).toEqual([1850, 150]);
    expectWhole(venue);
  });

  it("gives back the share of what is closed, with its profit", () => {
    trade(venue, ["alice", "bob"], [100, 100]);
    publish(venue, 110);
    trade(venue, ["bob", "alice"], [40, 110]);
    expect(cashOf(venue, "alice")).toEqual([1000 + 400 + 400, 600]);
    trade(venue, ["bob", "alice"], [60, 110]);
    expect(cashOf(venue, "alice")).toEqual([3000, 0]);
    expectWhole(venue);
  });

  it("pays the loss of what is closed before it gives any back", () => {
    trade(venue, ["alice", "bob"], [100, 100]);
    publish(venue, 96);
    trade(venue, ["bob", "alice"], [50, 96]);
    // Half of what it has is 500, of which 200 are lost.
    expect(cashOf(venue, "alice")).toEqual([1300, 500]);
    expectWhole(venue);
  });

  it("is closed and opened the other way by one trade", () => {
    trade(venue, ["alice", "bob"], [50, 100]);
    trade(venue, ["bob", "alice"], [80, 100]);
    expect(positionOf(venue, "alice")?.lots).toBe(-30);
    expect(cashOf(venue, "alice")).toEqual([1700, 300]);
    expectWhole(venue);
  });

  it("is made larger by as much as that needs, whatever it has won or lost", () => {
    trade(venue, ["alice", "bob"], [50, 100]);
    publish(venue, 110);
    trade(venue, ["alice", "bob"], [10, 110]);
    expect(cashOf(venue, "alice")).toEqual([2000 - 500 - 110, 610]);
    expectWhole(venue);
  });

  it("leaves losses and profits out of what is free, and orders that close as well", () => {
    trade(venue, ["alice", "bob"], [50, 100]);
    publish(venue, 97);
    expect(freeOf(venue, "alice")).toBe(1500);
    venue.do(order("alice", Side.sell, [50, 120]));
    expect(freeOf(venue, "alice")).toBe(1500);
    venue.do(order("alice", Side.buy, [10, 90]));
    expect(freeOf(venue, "alice")).toBe(1500 - 97);
    venue.do(order("alice", Side.sell, [30, 125]));
    // Thirty lots more would be sold than there are.
    expect(freeOf(venue, "alice")).toBe(1500 - 291);
    expectWhole(venue);
  });

  it("loses no more than it has to itself: the fund pays the rest", () => {
    trade(venue, ["alice", "bob"], [100, 100]);
    before = venue.events.length;
    publish(venue, 80);
    expect(positionOf(venue, "alice")).toBeUndefined();
    expect(cashOf(venue, "alice")).toEqual([1000, 0]);
    expect(toldSince(venue, before)[0]).toBe(
      "alice is liquidated in APPLE-COIN-FUT, has -1000 of 400 COIN: cancels 0 orders",
    );
    expectWhole(venue);
  });

  it("goes up the ladder by itself, and touches nothing else", () => {
    venue = venueOf(shards, { fund: 5000, cash: 4000 });
    trade(venue, ["alice", "bob"], [100, 100]);
    trade(venue, ["alice", "bob"], [50, 100], other.symbol);
    venue.do(order("alice", Side.sell, [20, 130]));
    venue.do(order("alice", Side.sell, [20, 130], { on: other.symbol }));
    venue.do(order("alice", Side.buy, [5, 90], { on: apples.symbol }));
    const [cash] = cashOf(venue, "alice");
    venue.do(order("carol", Side.buy, [10, 94]));
    before = venue.events.length;
    publish(venue, 94);
    expect(toldSince(venue, before)).toMatchInlineSnapshot(`
      [
        "alice is liquidated in APPLE-COIN-FUT, has 400 of 470 COIN: cancels 1 orders",
        "alice is liquidated, has 400 of 470 COIN: reducing 21 APPLE-COIN-FUT @ 90",
        "alice has 940 for APPLE-COIN-FUT, -60 realised",
        "alice has 931 for APPLE-COIN-FUT, -9 fee",
        "alice is liquidated, has 391 of 423 COIN: offered 90 APPLE-COIN-FUT @ 90",
        "alice pays fund 9 COIN for its liquidation",
        "fund takes 90 APPLE-COIN-FUT of alice @ 90 by takeover",
        "alice has 31 for APPLE-COIN-FUT, -900 realised",
        "alice is liquidated in APPLE-COIN-FUT, has 31 of 0 COIN: is over",
        "alice has 0 for APPLE-COIN-FUT, -31 closed",
      ]
    `);
    expect(positionOf(venue, "alice")).toBeUndefined();
    expect(positionOf(venue, "alice", other.symbol)).toMatchObject({ lots: 50, sells: 20 });
    expect(cashOf(venue, "alice")[0]).toBeGreaterThanOrEqual(cash);
    expectWhole(venue);
  });

  it("is left alone when its account is liquidated, and so is what it has", () => {
    venue = venueOf(shards, { cash: 2040 });
    trade(venue, ["alice", "bob"], [100, 100]);
    trade(venue, ["alice", "bob"], [100, 100], other.symbol);
    const closing = { ...plainInstructions, isReduceOnly: true };
    venue.do(order("alice", Side.sell, [10, 130], { instructions: closing }));
    venue.do(order("alice", Side.buy, [1, 90]));
    before = venue.events.length;
    publish(venue, 94, other.symbol);
    expect(positionOf(venue, "alice", other.symbol)).toBeUndefined();
    expect(positionOf(venue, "alice")).toMatchObject({
      lots: 100,
      posted: 1000,
      sells: 10,
      buys: 0,
    });
    expect(toldSince(venue, before)[0]).toBe(
      "alice is liquidated, has 440 of 470 COIN: cancels 1 orders",
    );
    expectWhole(venue);
  });

  it("goes with its account to another shard", () => {
    trade(venue, ["alice", "bob"], [100, 100]);
    for (const shard of [...venue.shards.keys()]) {
      venue.ask({ kind: "place-actor", actor: addressOfAccount("alice"), shard, ...why });
      venue.drain();
      expect(cashOf(venue, "alice")).toEqual([1000, 1000]);
    }
    publish(venue, 80);
    expect(cashOf(venue, "alice")).toEqual([1000, 0]);
    expectWhole(venue);
  });

  it("gives others what they win by it when they are reduced for somebody else", () => {
    venue.do(mode("bob", "isolated", other.symbol));
    trade(venue, ["bob", "alice"], [150, 100], other.symbol);
    const [cash, posted] = cashOf(venue, "bob");
    expect([cash, posted]).toEqual([98_500, 1500]);
    publish(venue, 111, other.symbol);
    expect(positionOf(venue, "alice", other.symbol)).toBeUndefined();
    expect(cashOf(venue, "bob")[1]).toBe(0);
    expectWhole(venue);
  });
});

describe("the cash of an isolated position", () => {
  let venue: TestVenue;
  beforeEach(() => {
    venue = venueOf(1);
    trade(venue, ["alice", "bob"], [100, 100]);
  });

  /** Nothing has changed with it. */
  function refused(command: Command, reason: string): void {
    const alice = venue.first.account("alice")!;
    const state = () => [alice.balances(), alice.positions(venue.first.directory)];
    const before = state();
    expect(reasonOf(venue, command)).toBe(reason);
    expect(state()).toEqual(before);
  }

  it("is added to, and taken back as far as it is not needed", () => {
    venue.do(move("add-margin", 400));
    expect(cashOf(venue, "alice")).toEqual([600, 1400]);
    expect(positionOf(venue, "alice")?.liquidationPrice).toBe(90);
    publish(venue, 98);
    // 1400 less 200 that are lost, less a tenth of 9800.
    refused(move("remove-margin", 221), "margin-not-removable");
    venue.do(move("remove-margin", 220));
    expect(cashOf(venue, "alice")).toEqual([820, 1180]);
    publish(venue, 110);
    // What it has won is no collateral.
    refused(move("remove-margin", 81), "margin-not-removable");
    expectWhole(venue);
  });

  it("is moved once under one reference", () => {
    const once = move("add-margin", 100);
    venue.do(once);
    venue.do(once);
    expect(cashOf(venue, "alice")).toEqual([900, 1100]);
  });

  it("is not added to beyond what is free", () => {
    refused(move("add-margin", 1001), "margin-insufficient");
    venue.do(order("alice", Side.buy, [5, 90], { on: apples.symbol }));
    refused(move("add-margin", 701), "margin-insufficient");
    refused(move("add-margin", 0), "amount-not-positive");
    refused(move("remove-margin", -1), "amount-not-positive");
  });

  it("is not for orders for goods", () => {
    refused(order("alice", Side.buy, [11, 100], { on: apples.symbol }), "funds-insufficient");
  });

  it("is not for what is in cross margin, and not without a position", () => {
    refused(move("add-margin", 5, other.symbol), "position-not-isolated");
    refused(move("remove-margin", 5, other.symbol), "position-not-isolated");
    trade(venue, ["bob", "alice"], [100, 100]);
    refused(move("add-margin", 5), "position-not-isolated");
  });

  it("is not for instruments that are no contracts, or not listed", () => {
    refused(move("add-margin", 5, apples.symbol), "contract-required");
    refused(move("add-margin", 5, "PLUM-COIN"), "instrument-unknown");
    refused(mode("alice", "isolated", apples.symbol), "contract-required");
  });

  it("pays for no order that closes at a price that costs more", () => {
    refused(order("alice", Side.sell, [100, 89]), "margin-insufficient");
    const waiting = { ...plainInstructions, triggerPrice: 95 };
    const stop = { orderType: OrderType.stopLimit, instructions: waiting };
    refused(order("alice", Side.sell, [100, 89], stop), "margin-insufficient");
    venue.do(order("alice", Side.sell, [100, 95]));
    venue.do(move("add-margin", 100));
    // Five for each lot would be lost.
    refused(move("remove-margin", 1), "margin-not-removable");
    expectWhole(venue);
  });

  it("is not all that an order of its owner may lose that was there before the position", () => {
    venue = venueOf(1);
    const waiting = { ...plainInstructions, triggerPrice: 99 };
    const stop = { orderType: OrderType.stopLimit, instructions: waiting };
    venue.do(order("alice", Side.sell, [50, 60], stop));
    trade(venue, ["alice", "bob"], [50, 100]);
    venue.do(order("carol", Side.buy, [50, 60]));
    const before = venue.events.length;
    trade(venue, ["carol", "bob"], [1, 99]);
    venue.drain();
    // Two thousand are lost, of which five hundred were posted.
    expect(positionOf(venue, "alice")).toBeUndefined();
    expect(cashOf(venue, "alice")).toEqual([0, 0]);
    expect(toldSince(venue, before)).not.toContainEqual(expect.stringContaining("covers"));
    expectWhole(venue);
  });

  it("stays while its owner is blocked", () => {
    venue.do({ kind: "arm-kill-switch", scope: 0, target: "alice", ...why });
    venue.do({ kind: "confirm-kill-switch", number: 1, author: "ops-2" });
    refused(move("add-margin", 5), "account-blocked");
    refused(mode("alice", "cross", other.symbol), "account-blocked");
  });
});

describe("the mode of a contract", () => {
  it("is changed while the account has nothing there, and as often as it likes", () => {
    const venue = venueOf(1);
    const before = venue.events.length;
    venue.do(mode("alice", "isolated"));
    venue.do(mode("alice", "cross"));
    venue.do(mode("alice", "isolated"));
    expect(toldSince(venue, before)).toEqual([
      "alice keeps APPLE-COIN-FUT cross",
      "alice keeps APPLE-COIN-FUT isolated",
    ]);
    expectWhole(venue);
  });

  it("is not changed while it has a position or an order there", () => {
    const venue = venueOf(1);
    trade(venue, ["alice", "bob"], [10, 100]);
    expect(reasonOf(venue, mode("alice", "cross"))).toBe("margin-mode-in-use");
    expect(reasonOf(venue, mode("alice", "isolated"))).toBe("none");
    venue.do(order("alice", Side.buy, [1, 90], { on: other.symbol }));
    expect(reasonOf(venue, mode("alice", "isolated", other.symbol))).toBe("margin-mode-in-use");
  });

  it("is for margin accounts, and for logic that has contracts", () => {
    const venue = venueOf(1).open("dora", { COIN: 10 });
    expect(reasonOf(venue, mode("dora", "isolated"))).toBe("margin-account-required");
    expect(reasonOf(venue, mode("nobody", "isolated"))).toBe("account-unknown");
    const old = new TestVenue(1, { logic: 2 }).open("alice");
    expect(reasonOf(old, mode("alice", "isolated"))).toBe("command-not-permitted");
  });

  it("is not changed while there is a liquidation, and nothing is taken back in one", () => {
    const venue = venueOf(3);
    const { placement } = venue.first;
    const away = [0, 1, 2].find((shard) => shard !== placement.shardOfInstrument(symbol))!;
    venue.ask({ kind: "place-actor", actor: addressOfAccount("alice"), shard: away, ...why });
    venue.drain();
    trade(venue, ["alice", "bob"], [100, 100]);
    // Its book is elsewhere, and has not said yet that it is canceled.
    venue.do(order("alice", Side.sell, [1, 120]));
    venue.timeUs += 2_000_000;
    venue.send({ kind: "publish-index-price", symbol, price: 94, ...why });
    const isBegun = (): boolean => venue.events.some(({ kind }) => kind === "liquidation-moved");
    while (!isBegun()) venue.deliver(venue.underWay[0]!);
    const commands = [
      mode("alice", "cross"),
      move("remove-margin", 1),
      order("alice", Side.sell, [1, 94]),
      move("add-margin", 500),
    ].map((command) => venue.send(command));
    venue.drain();
    const reasons = commands.map((sent) => {
      return venue.repliesTo(sent).map((reply) => rejectReasonName(reply.rejectReason));
    });
    expect(reasons).toEqual([
      ...[["being-liquidated"], ["being-liquidated"], ["being-liquidated"], ["none"]],
    ]);
    // What was added is enough: it is let alone.
    expect(positionOf(venue, "alice")).toMatchObject({ lots: 100, posted: 1500 });
    expectWhole(venue);
  });
});
