/**
 * Goal: margin accounts trade contracts within what is free; positions, profit, funding, expiry and
 * losses beyond cash are what a trader would count, and what cannot be is refused and changes
 * nothing. A lot of the contract is one COIN a tick; margin is a tenth to open, half that to keep.
 */
import { beforeEach, describe, expect, it } from "vitest";
import {
  addressOfAccount,
  OrderType,
  pack,
  plainInstructions,
  rejectReasonName,
  Side,
  TimeInForce,
  unpack,
  unrevised,
} from "../../protocols/index.ts";
import type { Command, MakeGoodDeficit, PlaceOrder } from "../../protocols/index.ts";
import { Shard } from "../shard/shard.ts";
import type { SavedShard } from "../shard/shard.ts";
import { Approvers } from "../testing/approving.ts";
import { appleFuture, applePerpetual } from "../testing/contracts.ts";
import { apples } from "../testing/instruments.ts";
import { assertSettled } from "../testing/invariants.ts";
import { eventText } from "../testing/plain-words.ts";
import { TestVenue } from "../testing/test-venue.ts";

const why = { author: "ops", reason: "test" };
const perpetual = applePerpetual.symbol;
let names = 0;

interface Placed {
  readonly symbol?: string;
  readonly orderType?: PlaceOrder["orderType"];
}

function order(
  account: string,
  side: Side,
  [quantity, price]: readonly [number, number],
  { symbol = perpetual, orderType = OrderType.limit }: Placed = {},
): PlaceOrder {
  names += 1;
  const isLimit = orderType === OrderType.limit;
  return {
    ...{ kind: "place-order", account, clientOrderId: `o${String(names)}`, symbol, side, quantity },
    ...{ orderType, price: isLimit ? price : 0, instructions: plainInstructions },
    timeInForce: isLimit ? TimeInForce.GTC : TimeInForce.IOC,
  };
}

const marginFor = (account: string, isMargin = true): Command => ({
  ...{ kind: "set-margin-account", account, isMargin, ...why },
});
const reasonOf = (venue: TestVenue, command: Command): string =>
  rejectReasonName(venue.ask(command).rejectReason);

/** Apples trade at 100, and so does the perpetual's index. */
function venueOf(shards: number): TestVenue {
  const venue = new TestVenue(shards)
    .list(apples)
    .open("fund", { COIN: 100 })
    .open("alice", { APPLE: 1000, COIN: 1000 })
    .open("bob", { COIN: 100_000 })
    .open("maker", { APPLE: 100_000, COIN: 100_000_000 })
    .list(applePerpetual);
  for (const account of ["alice", "bob", "maker"]) venue.do(marginFor(account));
  venue.do(order("maker", Side.sell, [1, 100], { symbol: apples.symbol }));
  venue.do(order("bob", Side.buy, [1, 100], { symbol: apples.symbol }));
  return venue;
}

/** Apples trade at a price and so does the perpetual, which is marked by both. */
function index(venue: TestVenue, price: number): void {
  for (const symbol of [apples.symbol, perpetual]) {
    venue.do(order("maker", Side.sell, [1, price], { symbol }));
    venue.do(order("bob", Side.buy, [1, price], { symbol }));
  }
}

/** One buys of another. */
function trade(
  venue: TestVenue,
  [buyer, seller]: readonly string[],
  terms: [number, number],
): void {
  venue.do(order(seller!, Side.sell, terms));
  venue.do(order(buyer!, Side.buy, terms));
}

function answerOf(venue: TestVenue, account: string) {
  const shard = venue.shards.find((one) => one.account(account) !== undefined);
  const [of] = [shard?.answer("margin", { account })?.assets[0]];
  const position = shard?.answer("positions", { account })?.[0];
  return {
    ...{ lots: position?.lots ?? 0, unrealised: of?.unrealised ?? 0, free: of?.free },
    cash: shard?.answer("balances", { account })?.find(({ asset }) => asset === "COIN")?.available,
  };
}

function expectRestored(venue: TestVenue): void {
  for (const shard of venue.shards) {
    const saved = pack(shard.snapshot());
    const restored = Shard.restore(unpack(new Uint8Array(saved)) as SavedShard);
    expect(pack(restored.snapshot())).toEqual(saved);
    restored.audit();
    shard.audit();
  }
}

const toldOf = (venue: TestVenue, kind: string): string[] =>
  venue.events.filter((event) => event.kind === kind).map(eventText);

describe.each([1, 3])("positions on %i shards", (shards) => {
  let venue: TestVenue;
  beforeEach(() => {
    venue = venueOf(shards);
  });

  it("move no goods, and cash only by what is realised", () => {
    trade(venue, ["alice", "bob"], [50, 100]);
    expect(answerOf(venue, "alice")).toMatchObject({ lots: 50, cash: 1000, unrealised: 0 });
    index(venue, 104);
    expect(answerOf(venue, "alice")).toMatchObject({ lots: 50, cash: 1000, unrealised: 200 });
    trade(venue, ["maker", "alice"], [20, 104]);
    expect(answerOf(venue, "alice")).toMatchObject({ lots: 30, cash: 1080, unrealised: 120 });
    assertSettled(venue);
    expectRestored(venue);
  });

  it("are held to a tenth of their value, profit not counted and loss counted", () => {
    trade(venue, ["alice", "bob"], [50, 100]);
    expect(answerOf(venue, "alice").free).toBe(500);
    index(venue, 110);
    expect(answerOf(venue, "alice").free).toBe(450);
    index(venue, 95);
    expect(answerOf(venue, "alice").free).toBe(1000 - 250 - 475);
  });

  it("leave what is free to orders for goods and to nothing else", () => {
    trade(venue, ["alice", "bob"], [50, 100]);
    const buying = (quantity: number) =>
      order("alice", Side.buy, [quantity, 10], { symbol: apples.symbol });
    expect(reasonOf(venue, buying(51))).toBe("funds-insufficient");
    expect(reasonOf(venue, buying(50))).toBe("none");
    expect(answerOf(venue, "alice").free).toBe(0);
  });

  it("pay funding to those of the other side", () => {
    venue.do(order("maker", Side.sell, [100, 105]));
    venue.do(order("maker", Side.buy, [100, 103]));
    trade(venue, ["alice", "bob"], [10, 104]);
    for (let minute = 0; minute < 61; minute++) {
      venue.timeUs += 60_000_000;
      for (const { shard } of venue.shards) venue.append(shard, "node-e1", [{ kind: "tick" }]);
      venue.drain();
    }
    const paid = toldOf(venue, "funding-paid");
    expect(paid.length).toBeGreaterThan(1);
    expect(paid.some((text) => text.startsWith("alice pays -"))).toBe(false);
    expect(answerOf(venue, "alice").cash).toBeLessThan(1000);
    assertSettled(venue);
    expectRestored(venue);
  });

  it("go along when their account moves, and may come to hear more there", () => {
    trade(venue, ["alice", "bob"], [50, 100]);
    for (let home = 0; home < shards; home++) {
      const actor = addressOfAccount("alice");
      venue.ask({ kind: "place-actor", actor, shard: home, ...why });
      venue.drain();
      expect(answerOf(venue, "alice")).toMatchObject({ lots: 50, cash: 1000 });
      expectRestored(venue);
    }
    assertSettled(venue);
  });

  it("that lose more than there is are paid for by the fund, as far as it goes", () => {
    venue.list(appleFuture(2e15));
    const { symbol } = appleFuture(2e15);
    const publish = (price: number): Command => ({
      ...{ kind: "publish-index-price", symbol, price, ...why },
    });
    venue.do(publish(100));
    venue.do(order("bob", Side.sell, [100, 100], { symbol }));
    venue.do(order("alice", Side.buy, [100, 100], { symbol }));
    // Nobody is liquidated in a halted venue, and what expires does so there as well.
    venue.do({ kind: "halt-trading", symbol: "", ...why });
    venue.do(publish(88));
    venue.timeUs = 2e15;
    for (const { shard } of venue.shards) venue.append(shard, "node-e1", [{ kind: "tick" }]);
    venue.drain();
    expect(answerOf(venue, "alice")).toMatchObject({ lots: 0, cash: 0 });
    expect(answerOf(venue, "fund").cash).toBe(0);
    expect(toldOf(venue, "deficit-covered")).toEqual([
      "fund covers 200 COIN of alice, lacking 100",
    ]);
    assertSettled(venue);
    expectRestored(venue);
  });
});

describe("losses", () => {
  it("beyond all there is stand where nobody has paid them", () => {
    const venue = venueOf(1).list(appleFuture(2e15));
    const future = appleFuture(2e15).symbol;
    const publish = (price: number): Command => ({
      ...{ kind: "publish-index-price", symbol: future, price, ...why },
    });
    venue.do(publish(100));
    venue.do(order("bob", Side.sell, [100, 100], { symbol: future }));
    venue.do(order("alice", Side.buy, [100, 100], { symbol: future }));
    expect(answerOf(venue, "alice")).toMatchObject({ lots: 100, cash: 1000 });
    // Nobody is liquidated in a halted venue.
    venue.do({ kind: "halt-trading", symbol: "", ...why });
    venue.do(publish(85));
    venue.timeUs = 2e15;
    venue.append(0, "node-e1", [{ kind: "tick" }]);
    venue.drain();
    expect(answerOf(venue, "alice")).toMatchObject({ lots: 0, cash: 0 });
    const [covered] = venue.events.filter(({ kind }) => kind === "deficit-covered");
    expect(covered).toMatchObject({ account: "alice", fund: "fund", asset: "COIN" });
    expect(answerOf(venue, "fund").cash).toBe(0);
    expect(venue.first.ledger.of("COIN").deficit.balance).toBeLessThan(0);
    assertSettled(venue);
    expectRestored(venue);
  });

  it("are made good by whoever is told to, as far as nobody has paid them", () => {
    const venue = venueOf(1).list(appleFuture(2e15));
    const future = appleFuture(2e15).symbol;
    const publish = (price: number): Command => ({
      ...{ kind: "publish-index-price", symbol: future, price, ...why },
    });
    venue.do(publish(100));
    venue.do(order("bob", Side.sell, [100, 100], { symbol: future }));
    venue.do(order("alice", Side.buy, [100, 100], { symbol: future }));
    venue.do({ kind: "halt-trading", symbol: "", ...why });
    venue.do(publish(85));
    venue.timeUs = 2e15;
    venue.append(0, "node-e1", [{ kind: "tick" }]);
    venue.drain();
    const lacking = -Number(venue.first.ledger.of("COIN").deficit.balance);
    const pay = (amount: number, account = "maker"): Command => ({
      ...{ kind: "make-good-deficit", account, asset: "COIN", amount, ...why },
    });
    const deficits = () => venue.first.answer("deficits", {});
    expect(deficits()).toEqual([{ asset: "COIN", amount: lacking }]);
    const cash = Number(answerOf(venue, "maker").cash);
    const before = venue.first.answer("balances", { account: "maker" });
    for (const [command, reason] of [
      [pay(1, "nobody"), "account-unknown"],
      [pay(cash + 1), "funds-insufficient"],
      [pay(0), "amount-not-positive"],
      [pay(lacking + 1), "deficit-smaller"],
      [pay(1, "alice"), "funds-insufficient"],
    ] as const) {
      expect(reasonOf(venue, command)).toBe(reason);
    }
    expect(venue.first.answer("balances", { account: "maker" })).toEqual(before);
    expect(reasonOf(venue, pay(lacking - 1))).toBe("none");
    expect(venue.events.at(-2)).toEqual({
      ...{ kind: "deficit-made-good", account: "maker", asset: "COIN" },
      ...{ amount: lacking - 1, lacking: 1, ...why },
    });
    expect(reasonOf(venue, pay(2))).toBe("deficit-smaller");
    expect(reasonOf(venue, pay(1))).toBe("none");
    expect(deficits()).toEqual([]);
    expect(Number(answerOf(venue, "maker").cash)).toBe(cash - lacking);
    assertSettled(venue);
    expectRestored(venue);
  });

  it("are made good by nobody who needs it for positions, and once others have approved", () => {
    const venue = venueOf(1);
    const approvers = new Approvers();
    const approved = () => ({ approvals: [approvers.approval("ben", venue.timeUs + 1e9)] });
    const asking = { command: "make-good-deficit", needed: 1, ...why } as const;
    venue.do({ kind: "set-approval-policy", ...asking, ...approved() });
    const pay: MakeGoodDeficit = {
      ...{ kind: "make-good-deficit", account: "maker", asset: "COIN", amount: 1, ...why },
    };
    expect(reasonOf(venue, pay)).toBe("approvals-missing");
    expect(reasonOf(venue, { ...pay, ...approved() })).toBe("deficit-smaller");
    venue.do(order("bob", Side.sell, [50, 100]));
    venue.do(order("alice", Side.buy, [50, 100]));
    const { cash: amount = 0 } = answerOf(venue, "alice");
    const all: Command = { ...pay, account: "alice", amount, ...approved() };
    expect(reasonOf(venue, all)).toBe("margin-insufficient");
  });

  it("are paid by what other positions have gained before the fund pays", () => {
    const venue = venueOf(1).list(appleFuture(2e15));
    const future = appleFuture(2e15).symbol;
    const publish = (price: number): Command => ({
      ...{ kind: "publish-index-price", symbol: future, price, ...why },
    });
    venue.do(publish(100));
    venue.do(order("bob", Side.buy, [40, 100], { symbol: future }));
    venue.do(order("alice", Side.sell, [40, 100], { symbol: future }));
    trade(venue, ["alice", "bob"], [50, 100]);
    for (const price of [92, 85, 78]) {
      venue.do(publish(price));
      index(venue, price);
    }
    venue.do(order("maker", Side.buy, [50, 78]));
    expect(reasonOf(venue, order("alice", Side.sell, [50, 78]))).toBe("none");
    expect(answerOf(venue, "alice").cash).toBe(0);
    expect(toldOf(venue, "deficit-covered")).toEqual([]);
    expect(toldOf(venue, "position-changed").join("\n")).toMatch(/-40 APPLE-COIN-FUT .* by cover/);
    assertSettled(venue);
  });
});

describe("an order in a contract", () => {
  let venue: TestVenue;
  const refused = (command: Command, reason: string): void => {
    const holdings = venue.first.answer("positions", { account: "alice" });
    expect(reasonOf(venue, command)).toBe(reason);
    expect(venue.first.answer("positions", { account: "alice" })).toEqual(holdings);
  };
  beforeEach(() => {
    venue = venueOf(1);
  });

  it("is refused of an account that is not for margin", () => {
    venue.open("carol", { COIN: 1000 });
    refused(order("carol", Side.buy, [1, 100]), "margin-account-required");
    expect(reasonOf(venue, marginFor("nobody"))).toBe("account-unknown");
  });

  it("is refused beyond what is free, with all that works", () => {
    refused(order("alice", Side.buy, [101, 100]), "margin-insufficient");
    venue.do(order("alice", Side.buy, [60, 100]));
    refused(order("alice", Side.buy, [41, 100]), "margin-insufficient");
    // The other side is asked for once, whichever is more.
    expect(reasonOf(venue, order("alice", Side.sell, [100, 101]))).toBe("none");
  });

  it("is asked for what it loses at once where it is worse than the mark", () => {
    refused(order("alice", Side.buy, [60, 107]), "margin-insufficient");
    expect(reasonOf(venue, order("alice", Side.buy, [60, 106]))).toBe("none");
  });

  it("is refused where the position would be more than can be counted", () => {
    venue.do({
      kind: "deposit",
      account: "alice",
      asset: "COIN",
      amount: 2n ** 62n,
      reference: "x",
    });
    venue.do(order("alice", Side.buy, [2 ** 39, 100]));
    refused(order("alice", Side.buy, [2 ** 39 + 1, 100]), "position-too-large");
  });

  it("closes what there is without asking for margin", () => {
    trade(venue, ["alice", "bob"], [100, 100]);
    index(venue, 95);
    refused(order("alice", Side.buy, [1, 95]), "margin-insufficient");
    refused(order("alice", Side.sell, [101, 95]), "margin-insufficient");
    expect(reasonOf(venue, order("alice", Side.sell, [100, 95]))).toBe("none");
  });

  it("closes at no price that costs more than there is", () => {
    trade(venue, ["alice", "bob"], [100, 100]);
    refused(order("alice", Side.sell, [100, 89]), "margin-insufficient");
    expect(reasonOf(venue, order("alice", Side.sell, [100, 90]))).toBe("none");
  });

  it("without a limit goes as far from the mark as a position in order can lose", () => {
    venue.do(order("maker", Side.sell, [5, 105]));
    venue.do(order("maker", Side.sell, [5, 106]));
    venue.do(order("alice", Side.buy, [10, 0], { orderType: OrderType.market }));
    expect(answerOf(venue, "alice").lots).toBe(5);
    expect(
      venue.events
        .filter(({ kind }) => kind === "execution-report")
        .map(eventText)
        .at(-1),
    ).toMatch(/canceled/);
  });

  it("closes after its account may open no more", () => {
    trade(venue, ["alice", "bob"], [10, 100]);
    venue.do(marginFor("alice", false));
    refused(order("alice", Side.buy, [1, 100]), "margin-account-required");
    expect(reasonOf(venue, order("alice", Side.sell, [10, 100]))).toBe("none");
  });

  it("may be replaced within what is free", () => {
    const working = order("alice", Side.buy, [60, 100]);
    venue.do(working);
    const replace = (quantity: number): Command => ({
      ...{ kind: "replace-order", account: "alice", orderId: 0, price: 100, quantity, revision: 0 },
      clientOrderId: working.clientOrderId,
      revised: unrevised,
    });
    refused(replace(101), "margin-insufficient");
    expect(reasonOf(venue, replace(100))).toBe("none");
  });

  it("is refused by budget, and while there is no mark", () => {
    const market = order("alice", Side.buy, [1, 0], { orderType: OrderType.market });
    const instructions = { ...plainInstructions, quoteBudget: 500 };
    refused({ ...market, quantity: 0, instructions }, "budget-invalid");
    venue.list(appleFuture(2e15));
    const { symbol } = appleFuture(2e15);
    refused(order("alice", Side.buy, [1, 100], { symbol }), "mark-price-missing");
  });

  it("is known to no logic that has no contracts", () => {
    const old = new TestVenue(1, { logic: 2 }).open("alice");
    expect(reasonOf(old, marginFor("alice"))).toBe("command-not-permitted");
  });
});
