/**
 * Goal: limits of position, exposure and loss of the day hold for contracts: what orders may come
 * to is counted side by side, what only brings a position down is always taken, and what a day has
 * brought is what was realised, funded and charged, and what is not realised at the mark.
 *
 * Apples and the perpetual on them trade at 100; a lot is one COIN a tick.
 */
import { beforeEach, describe, expect, it } from "vitest";
import {
  ListType,
  OrderType,
  pack,
  plainInstructions,
  rejectReasonName,
  Restriction,
  ShortSales,
  Side,
  TimeInForce,
  unpack,
  unrevised,
} from "../../protocols/index.ts";
import type { Command, PlaceOrder, RiskLimits, RiskScope, RiskUse } from "../../protocols/index.ts";
import { Shard } from "../shard/shard.ts";
import type { SavedShard } from "../shard/shard.ts";
import { applePerpetual } from "../testing/contracts.ts";
import { apples } from "../testing/instruments.ts";
import { TestVenue } from "../testing/test-venue.ts";

const { symbol } = applePerpetual;
const why = { author: "ops", reason: "test" };
const dayUs = 86_400_000_000;
const ofContract = { quote: "", symbol };
const ofQuote = { quote: "COIN", symbol: "" };

let venue: TestVenue;
let names = 0;

type Terms = readonly [quantity: number, price: number];

function order(account: string, side: Side, [quantity, price]: Terms, on = symbol): PlaceOrder {
  names += 1;
  return {
    ...{ kind: "place-order", account, clientOrderId: `o${String(names)}`, symbol: on, side },
    ...{ orderType: OrderType.limit, timeInForce: TimeInForce.GTC, price, quantity },
    instructions: plainInstructions,
  };
}

const buy = (quantity: number, price = 100) => order("alice", Side.buy, [quantity, price]);
const sell = (quantity: number, price = 100) => order("alice", Side.sell, [quantity, price]);

function trade([buyer = "", seller = ""]: readonly string[], terms: Terms, on = symbol): void {
  venue.do(order(seller, Side.sell, terms, on));
  venue.do(order(buyer, Side.buy, terms, on));
}

/** Apples and the perpetual trade at a price, which is the mark then. */
function mark(price: number): void {
  trade(["bob", "maker"], [1, price], apples.symbol);
  trade(["bob", "maker"], [1, price]);
}

function limit(place: Pick<RiskScope, "quote" | "symbol">, limits: RiskLimits): void {
  const scope = { account: "alice", group: "", ...place };
  venue.do({ kind: "set-risk-limits", scope, limits, ...why });
}

const outcome = (command: Command): string => rejectReasonName(venue.ask(command).rejectReason);

function usedBy(account: string): RiskUse | undefined {
  return venue.first.answer("risk", { account })?.uses[0];
}

function positionOf(lots: number): void {
  if (lots > 0) trade(["alice", "bob"], [lots, 100]);
  if (lots < 0) trade(["bob", "alice"], [-lots, 100]);
}

function opened(): TestVenue {
  const one = new TestVenue(1).list(apples).open("fund", { COIN: 1_000_000 });
  one.open("alice", { APPLE: 1000, COIN: 1_000_000 });
  one.open("bob", { COIN: 1_000_000 }).open("maker", { APPLE: 1000, COIN: 1_000_000 });
  one.list(applePerpetual);
  for (const account of ["alice", "bob", "maker"]) {
    one.do({ kind: "set-margin-account", account, isMargin: true, ...why });
  }
  return one;
}

beforeEach(() => {
  venue = opened();
  trade(["bob", "maker"], [1, 100], apples.symbol);
});

describe("a position limit of a contract", () => {
  it.each<[string, number, readonly Command[], Command, string]>([
    ["lots bought up to it", 0, [], buy(50), "none"],
    ["a lot more", 0, [], buy(51), "position-above-limit"],
    ["lots sold short up to it", 0, [], sell(50), "none"],
    ["a lot more sold short", 0, [], sell(51), "position-above-limit"],
    ["a lot more than a long position leaves", 30, [], buy(21), "position-above-limit"],
    ["what a short position and its turning leave", -30, [], buy(80), "none"],
    ["a lot more than turning leaves", -30, [], buy(81), "position-above-limit"],
    ["a lot more than orders of its side leave", 0, [buy(20, 90)], buy(31), "position-above-limit"],
    ["as much again on the other side", 0, [buy(50, 90)], sell(50, 110), "none"],
    ["what closes a position that is too large", 80, [], sell(80), "none"],
    ["what closes some of one that is too large", -80, [], buy(10), "none"],
    ["more of a position that is too large", 80, [], buy(1), "position-above-limit"],
    ["what turns one that is too large within it", 80, [], sell(130), "none"],
    ["what turns it beyond it", 80, [], sell(131), "position-above-limit"],
  ])("is held against %s", (_, lots, before, command, expected) => {
    positionOf(lots);
    for (const working of before) venue.do(working);
    limit(ofContract, { positionQuantity: 50 });
    expect(outcome(command)).toBe(expected);
  });

  it("says how much there was on the side of the order, and how much was asked", () => {
    positionOf(-30);
    limit(ofContract, { positionQuantity: 50 });
    expect(venue.ask(buy(81))).toMatchObject({ figures: { limit: 50, used: -30, asked: 81 } });
    expect(usedBy("alice")).toMatchObject({ position: 30 });
    venue.do(buy(75, 90));
    expect(usedBy("alice")).toMatchObject({ position: 45 });
  });

  it("holds for replaces, and for no cancel", () => {
    limit(ofContract, { positionQuantity: 50 });
    const working = buy(40, 90);
    venue.do(working);
    const { clientOrderId } = working;
    const replace = (quantity: number): Command => ({
      ...{ kind: "replace-order", account: "alice", orderId: 0, clientOrderId, price: 90 },
      ...{ quantity, revision: 0, revised: unrevised },
    });
    expect(outcome(replace(51))).toBe("position-above-limit");
    expect(outcome(replace(50))).toBe("none");
    limit(ofContract, { positionQuantity: 5 });
    expect(outcome(replace(20))).toBe("none");
    expect(outcome({ kind: "cancel-order", account: "alice", orderId: 0, clientOrderId })).toBe(
      "none",
    );
  });
});

describe("a limit of exposure", () => {
  it.each<[string, number, readonly Command[], Command, string]>([
    ["lots at the mark", 0, [], buy(50, 90), "none"],
    ["one more", 0, [], buy(51, 90), "exposure-above-limit"],
    ["lots sold short at the mark", 0, [], sell(51), "exposure-above-limit"],
    ["the other side, which adds nothing", 0, [buy(50, 90)], sell(50, 110), "none"],
    ["the other side beyond the larger one", 0, [buy(40, 90)], sell(51), "exposure-above-limit"],
    ["what closes a position that is worth too much", 80, [], sell(80), "none"],
    ["goods beside a position", 50, [], order("alice", Side.buy, [1, 1], "APPLE-COIN"), "none"],
  ])("of a contract counts %s", (_, lots, before, command, expected) => {
    positionOf(lots);
    for (const working of before) venue.do(working);
    limit(ofContract, { exposure: 5000 });
    expect(outcome(command)).toBe(expected);
  });

  it("of a quote asset counts goods and contracts, short ones as much as long ones", () => {
    venue.open("carol", { COIN: 100_000 });
    venue.do({ kind: "set-margin-account", account: "carol", isMargin: true, ...why });
    const scope = { account: "carol", group: "", ...ofQuote };
    venue.do({ kind: "set-risk-limits", scope, limits: { exposure: 5000 }, ...why });
    trade(["bob", "carol"], [30, 100]);
    expect(usedBy("carol")).toMatchObject({ exposure: 3000 });
    trade(["carol", "maker"], [15, 100], apples.symbol);
    expect(usedBy("carol")).toMatchObject({ exposure: 4500 });
    const asked = venue.ask(order("carol", Side.sell, [6, 100]));
    expect(asked).toMatchObject({ figures: { limit: 5000, used: 4500, asked: 600 } });
    expect(outcome(order("carol", Side.buy, [6, 100], apples.symbol))).toBe("exposure-above-limit");
    expect(outcome(order("carol", Side.sell, [5, 100]))).toBe("none");
    expect(outcome(order("carol", Side.buy, [30, 100]))).toBe("none");
  });

  it("is unknown without a mark", () => {
    const unmarked = { ...applePerpetual, symbol: "OTHER-COIN" };
    const contract = { ...applePerpetual.contract, indexSymbol: "" };
    venue.list({ ...unmarked, contract });
    limit({ quote: "", symbol: unmarked.symbol }, { exposure: 5000 });
    const asked = order("alice", Side.buy, [1, 100], unmarked.symbol);
    expect(outcome(asked)).toBe("order-value-unknown");
  });
});

describe("a limit of net exposure", () => {
  it.each<[string, number, readonly Command[], Command, string]>([
    ["lots at the mark", 0, [], buy(50, 90), "none"],
    ["one more", 0, [], buy(51, 90), "net-exposure-above-limit"],
    ["lots sold short at the mark", 0, [], sell(51), "net-exposure-above-limit"],
    ["orders of the same side", 0, [buy(20, 90)], buy(31, 90), "net-exposure-above-limit"],
    ["no orders of the other side", 0, [buy(50, 90)], sell(50, 110), "none"],
    ["what turns a position within it", -30, [], buy(80, 90), "none"],
    ["what turns one beyond it", -30, [], buy(81, 90), "net-exposure-above-limit"],
    ["what closes a position that is too large", 80, [], sell(80), "none"],
  ])("of a contract counts %s", (_, lots, before, command, expected) => {
    positionOf(lots);
    for (const working of before) venue.do(working);
    limit(ofContract, { netExposure: 5000 });
    expect(outcome(command)).toBe(expected);
  });

  it("of a quote asset has what is short make up for what is long, goods and contracts", () => {
    venue.open("carol", { COIN: 100_000 });
    venue.do({ kind: "set-margin-account", account: "carol", isMargin: true, ...why });
    const scope = { account: "carol", group: "", ...ofQuote };
    venue.do({ kind: "set-risk-limits", scope, limits: { netExposure: 5000 }, ...why });
    trade(["bob", "carol"], [30, 100]);
    expect(usedBy("carol")).toMatchObject({ netExposure: 3000 });
    trade(["carol", "maker"], [15, 100], apples.symbol);
    expect(usedBy("carol")).toMatchObject({ netExposure: 1500 });
    const tooMany = venue.ask(order("carol", Side.sell, [36, 100]));
    expect(tooMany).toMatchObject({ figures: { limit: 5000, used: 1500, asked: 3600 } });
    // Short by 3000: so much more may be bought. What is reserved for goods counts as reserved.
    expect(outcome(order("carol", Side.buy, [66, 99], apples.symbol))).toBe(
      "net-exposure-above-limit",
    );
    expect(outcome(order("carol", Side.buy, [65, 99], apples.symbol))).toBe("none");
    expect(outcome(order("carol", Side.buy, [1, 99]))).toBe("none");
    expect(outcome(order("carol", Side.sell, [35, 110]))).toBe("none");
  });

  it("counts goods that are to be sold as sold, where it is short that is bounded", () => {
    limit(ofQuote, { netExposure: 5000 });
    venue.do(order("alice", Side.sell, [960, 120], apples.symbol));
    // Of a thousand apples forty are left; with them a position of ninety may be short.
    expect(outcome(sell(91))).toBe("net-exposure-above-limit");
    expect(outcome(sell(90))).toBe("none");
  });

  it("is unknown without a mark", () => {
    const contract = { ...applePerpetual.contract, indexSymbol: "" };
    const unmarked = { ...applePerpetual, symbol: "OTHER-COIN", contract };
    venue.list(unmarked);
    limit({ quote: "", symbol: unmarked.symbol }, { netExposure: 5000 });
    const asked = order("alice", Side.buy, [1, 100], unmarked.symbol);
    expect(outcome(asked)).toBe("order-value-unknown");
  });
});

describe("where short sales are forbidden", () => {
  const { forbidden: shortSales } = ShortSales;

  it.each<[string, number, readonly Command[], Command, string]>([
    ["a sale of what is not there", 0, [], sell(1), "short-sale-restricted"],
    ["a sale of all that is there", 30, [], sell(30), "none"],
    ["a lot more than there is", 30, [], sell(31), "short-sale-restricted"],
    ["more than other sales leave", 30, [sell(20, 110)], sell(11), "short-sale-restricted"],
    ["what other sales leave", 30, [sell(20, 110)], sell(10), "none"],
    ["what is only to be bought", 0, [buy(30, 90)], sell(1), "short-sale-restricted"],
    ["what is bought", 0, [], buy(30), "none"],
    ["what brings a short position back", -30, [], buy(10), "none"],
    ["what turns one", -30, [], buy(40), "none"],
    ["what makes one larger", -30, [], sell(1), "short-sale-restricted"],
  ])("%s is decided by what all sales would leave", (_, lots, before, command, expected) => {
    positionOf(lots);
    for (const working of before) venue.do(working);
    limit(ofContract, { shortSales });
    expect(outcome(command)).toBe(expected);
  });

  it("a refusal says what there is to sell, how much of it other orders take, and the rest", () => {
    positionOf(30);
    venue.do(sell(20, 110));
    limit(ofContract, { shortSales });
    expect(venue.ask(sell(11))).toMatchObject({ figures: { limit: 30, used: 20, asked: 11 } });
  });

  it("orders may be made smaller, and larger as far as there is something to sell", () => {
    positionOf(30);
    const working = sell(40, 110);
    venue.do(working);
    limit(ofQuote, { shortSales });
    const { clientOrderId } = working;
    const replace = (quantity: number): Command => ({
      ...{ kind: "replace-order", account: "alice", orderId: 0, clientOrderId, price: 110 },
      ...{ quantity, revision: 0, revised: unrevised },
    });
    expect(outcome(replace(41))).toBe("short-sale-restricted");
    expect(outcome(replace(20))).toBe("none");
    expect(outcome(replace(30))).toBe("none");
    expect(outcome(replace(31))).toBe("short-sale-restricted");
  });

  it("an order that only reduces is for no more than there is, and taken", () => {
    positionOf(30);
    limit(ofContract, { shortSales });
    const instructions = { ...plainInstructions, isReduceOnly: true };
    expect(outcome({ ...sell(50, 110), instructions })).toBe("none");
    expect(outcome(sell(1, 110))).toBe("short-sale-restricted");
  });

  it("what follows a purchase is looked at once that is filled", () => {
    limit(ofContract, { shortSales });
    const list = (orders: readonly PlaceOrder[]): Command => ({
      ...{ kind: "place-order-list", account: "alice", listType: ListType.OTO, orders },
    });
    expect(outcome(list([buy(5, 100), sell(5, 110)]))).toBe("none");
    trade(["alice", "bob"], [1, 100]);
    venue.do(order("bob", Side.sell, [4, 100]));
    const open = venue.first.answer("open-orders", {
      ...{ account: "alice", symbol: "", afterOrderId: 0, limit: 9 },
    });
    expect(open?.map(({ side, quantity }) => [side, quantity])).toContainEqual([Side.sell, 5]);
    expect(outcome(list([buy(5, 100), sell(11, 110)]))).toBe("none");
    const from = venue.events.length;
    venue.do(order("bob", Side.sell, [6, 100]));
    const rejected = venue.events
      .slice(from)
      .filter((event) => event.kind === "execution-report")
      .map(({ rejectReason }) => rejectReasonName(rejectReason));
    expect(rejected).toContain("short-sale-restricted");
  });
});

describe("goods sold uncovered where short sales are forbidden", () => {
  beforeEach(() => {
    const cycle = { cycle: "t1", symbols: [apples.symbol], days: 1, offsetMinutes: 0 };
    const when = { cutOffMinute: 16 * 60, weekend: [], holidays: [] };
    venue.do({ kind: "set-settlement-cycle", ...cycle, ...when, ...why });
    const permitted = { limit: 5000, penaltyBasisPoints: 10, buyInDays: 2 };
    venue.do({
      kind: "set-fail-permission",
      account: "alice",
      asset: "APPLE",
      ...permitted,
      ...why,
    });
    limit({ quote: "", symbol: apples.symbol }, { shortSales: ShortSales.forbidden });
  });

  const uncovered = (quantity: number): PlaceOrder => ({
    ...order("alice", Side.sell, [quantity, 120], apples.symbol),
    instructions: { ...plainInstructions, isUncovered: true },
  });

  it("are no more than nobody has set aside and nobody is owed", () => {
    venue.do(order("alice", Side.sell, [600, 120], apples.symbol));
    expect(outcome(uncovered(300))).toBe("none");
    const asked = venue.ask(uncovered(101));
    expect(rejectReasonName(asked.rejectReason)).toBe("short-sale-restricted");
    expect(asked).toMatchObject({ figures: { limit: 1000, used: 900, asked: 101 } });
    expect(outcome(uncovered(100))).toBe("none");
    venue.do(order("bob", Side.buy, [1000, 120], apples.symbol));
    expect(outcome(uncovered(1))).toBe("short-sale-restricted");
  });

  it("are none of whoever is short already", () => {
    limit({ quote: "", symbol: apples.symbol }, {});
    expect(outcome(uncovered(1200))).toBe("none");
    limit({ quote: "", symbol: apples.symbol }, { shortSales: ShortSales.forbidden });
    const asked = venue.ask(uncovered(1));
    expect(rejectReasonName(asked.rejectReason)).toBe("short-sale-restricted");
    expect(asked).toMatchObject({ figures: { limit: 1000, used: 1200, asked: 1 } });
  });

  it("are as many as the permission says once that is over", () => {
    limit({ quote: "", symbol: apples.symbol }, {});
    expect(outcome(uncovered(1001))).toBe("none");
  });
});

describe("a daily loss", () => {
  const lost = () => usedBy("alice")?.lossOfDay;

  it("counts what is not realised at the mark, and what was", () => {
    limit(ofQuote, { dailyLoss: 100_000 });
    positionOf(50);
    expect(lost()).toBe(0);
    mark(96);
    // So it is with goods: a thousand apples are worth four less each.
    expect(lost()).toBe(50 * 4 + 1000 * 4);
    trade(["bob", "alice"], [20, 95]);
    mark(96);
    expect(lost()).toBe(20 * 5 + 30 * 4 + 1000 * 4);
  });

  it("of a contract counts no goods", () => {
    limit(ofContract, { dailyLoss: 100 });
    positionOf(-50);
    mark(101);
    expect(lost()).toBe(50);
    mark(98);
    expect(lost()).toBe(-100);
  });

  it("lets orders only close from there on, whatever side that is", () => {
    limit(ofContract, { dailyLoss: 100 });
    positionOf(-50);
    mark(102);
    expect(lost()).toBe(100);
    expect(outcome(sell(1, 103))).toBe("daily-loss-above-limit");
    expect(outcome(buy(51, 90))).toBe("daily-loss-above-limit");
    expect(outcome(buy(50, 90))).toBe("none");
    // With the other one it would turn the position.
    expect(outcome(buy(1, 90))).toBe("daily-loss-above-limit");
  });

  it("counts funding on the day on which it is paid, and begins anew at midnight", () => {
    limit(ofContract, { dailyLoss: 100_000 });
    positionOf(50);
    trade(["bob", "maker"], [1, 104]);
    expect(lost()).toBe(-200);
    venue.timeUs += 3_600_000_000;
    venue.append(0, "node-e1", [{ kind: "tick" }]);
    const funded = venue.events.find(
      (event) => event.kind === "funding-paid" && event.account === "alice",
    );
    const paid = funded?.kind === "funding-paid" ? Number(funded.amount) : 0;
    expect(paid).toBeGreaterThan(0);
    expect(lost()).toBe(paid - 200);
    venue.timeUs += dayUs;
    venue.do(order("bob", Side.buy, [1, 1]));
    const before = lost();
    mark(102);
    expect(Number(lost()) - Number(before)).toBe(100);
  });

  it("goes on after a snapshot as it was", () => {
    limit(ofQuote, { dailyLoss: 100_000 });
    positionOf(50);
    mark(96);
    trade(["bob", "alice"], [20, 95]);
    const saved = pack(venue.first.snapshot());
    const restored = Shard.restore(unpack(new Uint8Array(saved)) as SavedShard);
    expect(pack(restored.snapshot())).toEqual(saved);
    expect(restored.answer("risk", { account: "alice" })).toEqual(
      venue.first.answer("risk", { account: "alice" }),
    );
    restored.audit();
  });
});

describe("a contract that may only be sold", () => {
  it("lets positions be closed, whichever side that is, and none be opened", () => {
    positionOf(-10);
    limit(ofContract, { restriction: Restriction.sellOnly });
    expect(outcome(sell(1))).toBe("trading-restricted");
    expect(outcome(buy(11))).toBe("trading-restricted");
    expect(outcome(buy(10))).toBe("none");
  });
});
