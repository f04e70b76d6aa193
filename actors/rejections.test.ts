/**
 * Every reason that an actor gives is given here, and where a command breaks several rules it is
 * refused for the first of the list.
 *
 * Method: a command that breaks every rule there is, mended one rule at a time. The reasons must
 * come in the order of their numbers, which is the order of precedence.
 */
import { describe, expect, it } from "vitest";
import {
  amountMax,
  anySide,
  ListType,
  lotsMax,
  OrderType,
  PegReference,
  plainInstructions,
  plainTradingTerms,
  PostOnly,
  RejectReason,
  rejectReasonName,
  Side,
  ticksMax,
  TimeInForce,
  unrevised,
} from "../protocols/index.ts";
import type {
  AccountId,
  ActorMessage,
  AddAsset,
  AssetId,
  CancelAllOrders,
  CancelOrder,
  Command,
  Deposit,
  HaltTrading,
  ListInstrument,
  OpenAccount,
  OrderInstructions,
  PlaceOrder,
  MassQuote,
  PlaceOrderList,
  RejectReasonName,
  ReplaceOrder,
  ResumeTrading,
  RiskLimits,
  SetRiskLimits,
  SubmitOrder,
  ToldEvent,
  TradingTerms,
} from "../protocols/index.ts";
import { Account } from "./account/account.ts";
import { closedOrderRetentionUs } from "./account/known-orders.ts";
import { closedOrdersMax, openOrdersMax } from "./account/order-admission.ts";
import { unlimitedBudget } from "./account/reservation.ts";
import { Book } from "./book/book.ts";
import { bookLimits } from "./book/book-limits.ts";
import { restingLotsMax } from "./book/matching-desk.ts";
import { applePerpetual } from "./testing/contracts.ts";
import { apples } from "./testing/instruments.ts";
import { RecordingContext } from "./testing/recording-context.ts";
import { TestVenue } from "./testing/test-venue.ts";

const produced = new Set<number>();

/** A command on its way from all wrong to right. */
class Ladder<Sent extends Command> {
  readonly reasons: string[] = [];
  readonly #venue: TestVenue;
  #command: Sent;

  constructor(venue: TestVenue, command: Sent) {
    this.#venue = venue;
    this.#command = command;
  }

  /** Changes the command and sends it. */
  with(change: Partial<Sent>, producer = "gw"): this {
    this.#command = { ...this.#command, ...change };
    const { rejectReason } = this.#venue.ask(this.#command, producer);
    produced.add(rejectReason);
    this.reasons.push(rejectReasonName(rejectReason));
    return this;
  }

  /** Changes the venue, and sends the command as it is. */
  after(...commands: readonly Command[]): this {
    for (const command of commands) this.#venue.do(command);
    return this.with({});
  }
}

/** All reasons are there, none comes before one of higher precedence, and the end is well. */
function expectReasons(
  { reasons }: { reasons: readonly string[] },
  expected: readonly string[],
): void {
  expect(reasons).toEqual([...expected, "none"]);
  const numbers = expected.map((name) => RejectReason[name as keyof typeof RejectReason]);
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
}

/** A venue with one instrument, an account that holds these funds, and one that has used a name. */
function venueOf(funds: Readonly<Record<AssetId, number>> = {}): TestVenue {
  const venue = new TestVenue().list(apples).open("alice", funds);
  venue.open("bob", { COIN: 5, APPLE: 10 });
  venue.do({ ...order, account: "bob", clientOrderId: "used", price: 1, quantity: 5 });
  return venue;
}

const order: PlaceOrder = {
  kind: "place-order",
  account: "alice",
  clientOrderId: "A",
  symbol: "APPLE-COIN",
  side: Side.buy,
  orderType: OrderType.limit,
  timeInForce: TimeInForce.GTC,
  price: 10,
  quantity: 5,
  instructions: plainInstructions,
};

const halt = (symbol: string): HaltTrading => ({
  kind: "halt-trading",
  symbol,
  author: "ops",
  reason: "test",
});
const resume = (symbol: string): ResumeTrading => ({
  ...halt(symbol),
  kind: "resume-trading",
});
const fund = (account: string, asset: string, amount: number | bigint): Deposit => ({
  kind: "deposit",
  account,
  asset,
  amount,
  reference: `${account}-${asset}`,
});

/** Rests so many lots that one order of the largest size has no room any more. */
function fillBook(venue: TestVenue): void {
  venue.open("whale", { COIN: restingLotsMax });
  const count = Math.floor(restingLotsMax / lotsMax);
  const terms = { account: "whale", price: 1, quantity: lotsMax } as const;
  const orders = Array.from({ length: count }, (_, number) => {
    return { ...order, ...terms, clientOrderId: `w${String(number)}` };
  });
  for (let from = 0; from < count; from += 1000) {
    venue.append(0, "gw", orders.slice(from, from + 1000));
  }
  const open = { account: "whale", symbol: "", afterOrderId: 0, limit: Infinity };
  expect(venue.first.answer("open-orders", open)).toHaveLength(count);
}

describe("a command that breaks every rule is refused for the first of the list", () => {
  it("when it places an order", () => {
    const venue = venueOf();
    venue.do(halt("APPLE-COIN"));
    venue.do(halt(""));
    const ladder = new Ladder<PlaceOrder>(venue, {
      ...order,
      account: "nobody",
      clientOrderId: "used",
      symbol: "NO-SUCH",
      orderType: OrderType.market,
      price: -1,
      quantity: 0,
    })
      .with({}, "node-e1")
      .with({})
      .with({ account: "bob" })
      .with({ clientOrderId: "A" })
      .after(resume(""))
      .with({ symbol: "APPLE-COIN" })
      .with({ orderType: OrderType.limit })
      .with({ quantity: lotsMax + 1 })
      .with({ quantity: lotsMax })
      .with({ price: ticksMax + 1 })
      .with({ price: ticksMax })
      .with({ price: 2 ** 20 });
    // From here on each refusal is remembered under the name, so another name is needed.
    venue.do(fund("bob", "COIN", 2n ** 62n));
    ladder.with({ clientOrderId: "B" });
    venue.do(resume("APPLE-COIN"));
    fillBook(venue);
    ladder.with({ clientOrderId: "C" }).with({ clientOrderId: "D", quantity: 1 });
    expectReasons(ladder, [
      "command-not-permitted",
      "account-unknown",
      "client-order-id-reused",
      "venue-halted",
      "instrument-unknown",
      "terms-inconsistent",
      "quantity-not-positive",
      "quantity-too-large",
      "price-not-positive",
      "price-too-large",
      "notional-too-large",
      "funds-insufficient",
      "instrument-halted",
      "book-full",
    ]);
  });

  /** Instructions of which only these ask for anything. */
  const instructed = (asked: Partial<OrderInstructions>): Partial<PlaceOrder> => ({
    instructions: { ...plainInstructions, ...asked },
  });

  it("when it places an iceberg", () => {
    const expiresAtUs = 2 ** 52;
    const ladder = new Ladder<PlaceOrder>(venueOf({ COIN: 50 }), {
      ...order,
      ...instructed({ expiresAtUs: 1, displayQuantity: -1 }),
      quantity: 0,
      price: 0,
    })
      .with({})
      .with({ timeInForce: TimeInForce.GTD })
      .with(instructed({ expiresAtUs, displayQuantity: -1 }))
      .with({ quantity: lotsMax + 1 })
      .with({ quantity: 5 })
      .with(instructed({ expiresAtUs, displayQuantity: 6 }))
      .with(instructed({ expiresAtUs, displayQuantity: 5 }))
      .with({ price: 10 });
    expectReasons(ladder, [
      "terms-inconsistent",
      "expiry-passed",
      "quantity-not-positive",
      "quantity-too-large",
      "display-quantity-invalid",
      "display-quantity-invalid",
      "price-not-positive",
    ]);
  });

  it("when it places an order that waits", () => {
    const stop = { orderType: OrderType.stopLimit, timeInForce: TimeInForce.IOC } as const;
    const limited = new Ladder<PlaceOrder>(venueOf({ COIN: 50 }), {
      ...{ ...order, ...stop, price: 0 },
      ...instructed({ triggerPrice: ticksMax + 1, minimumQuantity: 6 }),
    })
      .with({})
      .with(instructed({ triggerPrice: ticksMax + 1, minimumQuantity: 5 }))
      .with({ price: 10 })
      .with(instructed({ triggerPrice: 9, minimumQuantity: 5 }));
    expectReasons(limited, [
      "minimum-quantity-invalid",
      "price-not-positive",
      "trigger-price-invalid",
    ]);

    const trailing = new Ladder<PlaceOrder>(venueOf({ APPLE: 5 }), {
      ...{ ...order, side: Side.sell, orderType: OrderType.trailingStop, price: 0 },
      ...instructed({ triggerPrice: ticksMax + 1, trailTicks: -1 }),
    })
      .with({})
      .with(instructed({ triggerPrice: 7, trailTicks: -1 }))
      .with(instructed({ triggerPrice: 7, trailBasisPoints: 10_001 }))
      .with(instructed({ triggerPrice: 7, trailTicks: 2 }));
    expectReasons(trailing, ["trigger-price-invalid", "trail-invalid", "trail-invalid"]);
  });

  it("when it places an order that follows a price, or one by budget", () => {
    const pegReference = PegReference.primary;
    const pegged = new Ladder<PlaceOrder>(venueOf({ COIN: 50 }), {
      ...{ ...order, orderType: OrderType.pegged, price: 0 },
      ...instructed({ pegReference, pegOffset: -1 }),
    })
      .with({})
      .with({ price: 10 })
      .with(instructed({ pegReference }));
    expectReasons(pegged, ["price-not-positive", "peg-offset-invalid"]);

    const atMarket = { orderType: OrderType.market, timeInForce: TimeInForce.IOC } as const;
    const byBudget = new Ladder<PlaceOrder>(venueOf({ COIN: 50 }), {
      ...{ ...order, ...atMarket, price: 0, quantity: 1 },
      ...instructed({ quoteBudget: -1, collarBasisPoints: 10_001 }),
    })
      .with({})
      .with({ quantity: 0 })
      .with(instructed({ quoteBudget: -1 }))
      .with(instructed({ quoteBudget: amountMax }))
      .with(instructed({ quoteBudget: 50 }));
    expectReasons(byBudget, [
      "terms-inconsistent",
      "terms-inconsistent",
      "budget-invalid",
      "budget-invalid",
    ]);
  });

  it("when its instrument has trading terms", () => {
    const trading: TradingTerms = {
      ...{ ...plainTradingTerms, quantityMin: 3, tickSizes: [{ from: 0, size: 5 }] },
      ...{ notionalMin: 100, referencePrice: 100, collarBasisPoints: 1000 },
    };
    const venue = new TestVenue().list({ ...apples, trading }).open("alice", { COIN: 10_000 });
    const ladder = new Ladder<PlaceOrder>(venue, { ...order, price: 7, quantity: 2 })
      .with({})
      .with({ quantity: 3 })
      .with({ price: 15 })
      .with({ quantity: 30 })
      .with({ clientOrderId: "B", price: 90 });
    expectReasons(ladder, [
      "quantity-too-small",
      "price-off-tick",
      "notional-too-small",
      "price-beyond-collar",
    ]);
  });

  it("when it quotes", () => {
    const quote = { symbol: "APPLE-COIN", askPrice: 8, askQuantity: 1 } as const;
    const quotes = { kind: "mass-quote", account: "alice", quoteId: "Q" } as const;
    const crossed = { ...quote, bidPrice: 8, bidQuantity: 1 };
    const venue = new TestVenue().list(apples).open("alice", { COIN: 50, APPLE: 5 });
    const ladder = new Ladder<MassQuote>(venue, {
      ...quotes,
      quotes: [{ ...crossed, bidPrice: 0 }],
    })
      .with({})
      .with({ quotes: [{ ...crossed, bidQuantity: 1000 }] })
      .with({ quotes: [{ ...crossed, bidPrice: 7, bidQuantity: 1000 }] })
      .with({ quotes: [{ ...crossed, bidPrice: 7 }] });
    expectReasons(ladder, ["price-not-positive", "quote-crossed", "funds-insufficient"]);
  });

  it("when it places a list", () => {
    const venue = venueOf();
    const stop = {
      ...{ ...order, account: "bob", side: Side.sell, clientOrderId: "L2" },
      ...{ orderType: OrderType.stop, price: 0, ...instructed({ triggerPrice: 5 }) },
    };
    const limit = { ...order, account: "bob", side: Side.sell, clientOrderId: "used" };
    const list = { kind: "place-order-list", listType: ListType.OCO } as const;
    const ladder = new Ladder<PlaceOrderList>(venue, { ...list, account: "bob", orders: [limit] })
      .with({}, "node-e1")
      .with({})
      .with({
        orders: [
          { ...limit, clientOrderId: "L1", quantity: 0 },
          { ...stop, quantity: 0 },
        ],
      })
      .with({ orders: [{ ...limit, clientOrderId: "L1" }, stop] });
    // What is no list is refused before anybody looks at the orders.
    expectReasons(ladder, ["command-not-permitted", "list-inconsistent", "quantity-not-positive"]);
    const used = { ...list, account: "bob", orders: [{ ...limit, quantity: 1 }, stop] };
    expect(venue.ask({ ...used, orders: [limit, stop] }).rejectReason).toBe(
      RejectReason["client-order-id-reused"],
    );
  });

  it("when only its book can tell", () => {
    const venue = venueOf({ COIN: 500 });
    venue.do({ ...order, account: "bob", clientOrderId: "S", side: Side.sell });
    const ladder = new Ladder<PlaceOrder>(venue, {
      ...{ ...order, clientOrderId: "P1", timeInForce: TimeInForce.GFA },
    })
      .with({})
      .with({
        ...{ clientOrderId: "P2", timeInForce: TimeInForce.GTC },
        ...instructed({ postOnly: PostOnly.reject }),
      })
      .with({ clientOrderId: "P3", price: 9 });
    expectReasons(ladder, ["phase-forbids", "post-only-would-take"]);
    const replacing = new Ladder<ReplaceOrder>(venue, {
      ...{ kind: "replace-order", account: "alice", orderId: 0, clientOrderId: "P3" },
      ...{ price: 10, quantity: 6, revision: 0, revised: { ...unrevised, mustKeepPriority: true } },
    })
      .with({})
      .with({ revised: unrevised })
      .with({ price: 9 });
    expect(replacing.reasons).toEqual(["priority-would-be-lost", "post-only-would-take", "none"]);
  });

  it("when it replaces one", () => {
    const venue = venueOf();
    const { account } = order;
    venue.fund(account, "COIN", 50);
    venue.do({ ...order, clientOrderId: "over", timeInForce: TimeInForce.IOC });
    venue.do({ ...order, clientOrderId: "A" });
    const sell = { account: "bob", side: Side.sell, quantity: 2 } as const;
    venue.do({ ...order, ...sell, clientOrderId: "S" });
    venue.do(halt("APPLE-COIN"));
    venue.do(halt(""));
    const ladder = new Ladder<ReplaceOrder>(venue, {
      kind: "replace-order",
      account: "nobody",
      orderId: 0,
      clientOrderId: "none",
      price: 0,
      quantity: 0,
      revision: 7,
      revised: unrevised,
    })
      .with({}, "shard-1")
      .with({})
      .with({ account })
      .after(resume(""))
      .with({ clientOrderId: "over" })
      .with({ clientOrderId: "A" })
      .with({ revision: 1 })
      .with({ quantity: lotsMax + 1, revision: 2 })
      .with({ quantity: 2, revision: 3 })
      .with({ quantity: lotsMax, revision: 4 })
      .with({ price: ticksMax + 1, revision: 5 })
      .with({ price: ticksMax, revision: 6 })
      .with({ price: 2 ** 20, revision: 7 });
    venue.do(fund(account, "COIN", 2n ** 62n));
    ladder.with({ revision: 8 });
    venue.do(resume("APPLE-COIN"));
    fillBook(venue);
    ladder.with({ revision: 9 }).with({ revision: 10, quantity: 6 });
    expectReasons(ladder, [
      "command-not-permitted",
      "account-unknown",
      "venue-halted",
      "order-unknown",
      "order-closed",
      "revision-out-of-turn",
      "quantity-not-positive",
      "quantity-too-large",
      "quantity-below-executed",
      "price-not-positive",
      "price-too-large",
      "notional-too-large",
      "funds-insufficient",
      "instrument-halted",
      "book-full",
    ]);
  });

  it("when it cancels", () => {
    const venue = venueOf();
    venue.fund("alice", "COIN", 100);
    venue.do({ ...order, clientOrderId: "over", timeInForce: TimeInForce.IOC });
    venue.do({ ...order, clientOrderId: "A" });
    // Who wants out may leave, whatever is halted.
    venue.do(halt("APPLE-COIN"));
    venue.do(halt(""));
    const ladder = new Ladder<CancelOrder>(venue, {
      kind: "cancel-order",
      account: "nobody",
      orderId: 0,
      clientOrderId: "none",
    })
      .with({}, "node-e1")
      .with({})
      .with({ account: "alice" })
      .with({ clientOrderId: "over" })
      .with({ clientOrderId: "A" });
    expectReasons(ladder, [
      "command-not-permitted",
      "account-unknown",
      "order-unknown",
      "order-closed",
    ]);
  });

  it("when it cancels all", () => {
    const all: CancelAllOrders = {
      ...{ kind: "cancel-all-orders", account: "nobody", symbol: "" },
      ...{ side: anySide, priceMin: 0, priceMax: ticksMax },
    };
    const ladder = new Ladder<CancelAllOrders>(venueOf(), all)
      .with({}, "node-e1")
      .with({})
      .with({ account: "bob" });
    expectReasons(ladder, ["command-not-permitted", "account-unknown"]);
  });

  it("when it adds an asset", () => {
    const coins: AddAsset = { kind: "add-asset", asset: "COIN", decimals: 19 };
    const ladder = new Ladder(venueOf(), coins)
      .with({}, "node-e1")
      .with({})
      .with({ asset: "RUBY" })
      .with({ decimals: 18 });
    expectReasons(ladder, ["command-not-permitted", "asset-exists", "asset-terms-invalid"]);
  });

  it("when it lists an instrument", () => {
    const nonsense = { ...apples, base: "NONE", baseUnitsPerLot: 0 };
    const ladder = new Ladder<ListInstrument>(venueOf(), {
      kind: "list-instrument",
      terms: nonsense,
    })
      .with({}, "node-e1")
      .with({})
      .with({ terms: { ...nonsense, base: "APPLE" } })
      .with({ terms: { ...nonsense, base: "APPLE", symbol: "APPLES" } })
      .with({ terms: { ...apples, symbol: "APPLES" } });
    expectReasons(ladder, [
      "command-not-permitted",
      "asset-unknown",
      "instrument-exists",
      "instrument-terms-invalid",
    ]);
  });

  it("when it opens an account", () => {
    const open = (account: string) =>
      ({ kind: "open-account", account, participant: account }) as const;
    const venue = venueOf();
    const known = new Ladder<OpenAccount>(venue, open("alice")).with({}).with({ account: "carol" });
    expectReasons(known, ["account-exists"]);
    const ours = new Ladder<OpenAccount>(venue, open("fees-0")).with({}).with({ account: "dave" });
    expectReasons(ours, ["account-reserved"]);
  });

  it("when it deposits", () => {
    const venue = venueOf();
    venue.do(fund("alice", "APPLE", 1));
    const ladder = new Ladder<Deposit>(venue, {
      ...fund("alice", "APPLE", 0),
      account: "nobody",
      asset: "NONE",
    })
      .with({}, "node-e1")
      .with({})
      .with({ account: "bob" })
      .with({ reference: "another" })
      .with({ asset: "COIN" })
      .with({ amount: amountMax })
      .with({ amount: 1 });
    expectReasons(ladder, [
      "command-not-permitted",
      "account-unknown",
      "reference-reused",
      "asset-unknown",
      "amount-not-positive",
      "supply-too-large",
    ]);
  });

  it("when it halts or resumes", () => {
    const venue = venueOf();
    const stop = new Ladder<HaltTrading>(venue, halt("NO-SUCH"))
      .with({})
      .with({ symbol: "APPLE-COIN" });
    expectReasons(stop, ["instrument-unknown"]);
    const again = new Ladder<HaltTrading>(venue, halt("APPLE-COIN")).with({}).with({ symbol: "" });
    expectReasons(again, ["already-halted"]);
    venue.do(resume("APPLE-COIN"));
    const go = new Ladder<ResumeTrading>(venue, resume("APPLE-COIN")).with({}).with({ symbol: "" });
    expectReasons(go, ["not-halted"]);
  });
});

/** Of all the instruments that alice trades. */
const marginOf = (account: AccountId): Command => ({
  ...{ kind: "set-margin-account", account, isMargin: true, author: "ops", reason: "test" },
});

const limitsOfAlice = (limits: RiskLimits, symbol = "APPLE-COIN"): SetRiskLimits => ({
  ...{ kind: "set-risk-limits", author: "ops", reason: "test", limits },
  scope: { account: "alice", group: "", quote: "", symbol },
});

describe("an order of an account that is held to limits is refused for the first that it breaks", () => {
  /** Breaks every limit: one order works, one token is left, and one trade would allow one more. */
  const everything: RiskLimits = {
    ...{ orderQuantity: 4, orderNotional: 40, openOrders: 1, orderRate: 1, orderBurst: 1 },
    ...{ ordersPerTrade: 1, ordersFree: 1, repeatMs: 10_000, restriction: 0 },
  };

  it("when it places, and changes nothing", () => {
    const venue = venueOf();
    venue.do(limitsOfAlice({ ...everything, restriction: 1 }));
    venue.fund("alice", "COIN", 100);
    venue.fund("alice", "APPLE", 100);
    venue.do({ ...order, side: Side.sell, price: 20, quantity: 2, clientOrderId: "works" });
    const sold = { side: Side.sell, price: 20, quantity: 2 } as const;
    const ladder = new Ladder<PlaceOrder>(venue, { ...order, clientOrderId: "1", price: 100 })
      .with({ quantity: 5 })
      .with({ clientOrderId: "2", price: 10 })
      .with({ ...sold, clientOrderId: "3", quantity: 5 })
      .with({ ...sold, clientOrderId: "4", quantity: 3 })
      .with({
        clientOrderId: "5",
        orderType: OrderType.market,
        timeInForce: TimeInForce.IOC,
        price: 0,
      })
      .with({
        ...sold,
        clientOrderId: "6",
        orderType: OrderType.limit,
        timeInForce: TimeInForce.GTC,
      });
    venue.do(limitsOfAlice({ ...everything, restriction: 1, openOrders: 9 }));
    ladder.with({ clientOrderId: "7" });
    venue.timeUs += 1_000_000;
    ladder.with({ clientOrderId: "8" });
    venue.do(limitsOfAlice({ repeatMs: 10_000 }));
    ladder.with({ clientOrderId: "9" });
    venue.timeUs += 10_000_000;
    ladder.with({ clientOrderId: "10" });
    expectReasons(ladder, [
      "funds-insufficient",
      "trading-restricted",
      "order-quantity-above-limit",
      "order-notional-above-limit",
      "order-value-unknown",
      "open-orders-above-limit",
      "order-rate-above-limit",
      "order-to-trade-above-limit",
      "order-repeated",
    ]);
  });

  it("when prices say what it is worth", () => {
    const venue = venueOf();
    venue.fund("alice", "COIN", 1000);
    venue.do({ ...order, account: "bob", clientOrderId: "S", side: Side.sell, quantity: 2 });
    const held = { priceBasisPoints: 2000, positionQuantity: 4, exposure: 30 };
    venue.do(limitsOfAlice(held));
    const ladder = new Ladder<PlaceOrder>(venue, { ...order, clientOrderId: "1", price: 13 });
    ladder.with({});
    venue.do(limitsOfAlice({}));
    venue.do({ ...order, clientOrderId: "taken", quantity: 2 });
    venue.do(limitsOfAlice(held));
    ladder
      .with({ clientOrderId: "2" })
      .with({ clientOrderId: "3", price: 12 })
      .with({ clientOrderId: "4", quantity: 2 })
      .with({ clientOrderId: "5", quantity: 1, price: 8 });
    expectReasons(ladder, [
      "order-value-unknown",
      "price-distance-above-limit",
      "position-above-limit",
      "exposure-above-limit",
    ]);
  });

  it("when it is in a contract", () => {
    const { symbol } = applePerpetual;
    const venue = venueOf({ COIN: 1000 }).open("fund").list(applePerpetual);
    venue.do(marginOf("alice"));
    venue.do({ ...order, account: "bob", clientOrderId: "S", side: Side.sell, quantity: 1 });
    venue.do({ ...order, clientOrderId: "taken", quantity: 1 });
    const held = { positionQuantity: 4, exposure: 30 };
    venue.do(limitsOfAlice({ ...held, restriction: 1 }, symbol));
    const ladder = new Ladder<PlaceOrder>(venue, { ...order, symbol, clientOrderId: "1" });
    ladder.with({ quantity: 5 }).with({ clientOrderId: "2", side: Side.sell });
    venue.do(limitsOfAlice(held, symbol));
    ladder
      .with({ clientOrderId: "3" })
      .with({ clientOrderId: "4", side: Side.buy })
      .with({ clientOrderId: "5", quantity: 4 });
    venue.do(limitsOfAlice({ netExposure: 30, shortSales: 0 }, symbol));
    ladder
      .with({ clientOrderId: "7", quantity: 3, side: Side.sell })
      .with({ clientOrderId: "8", quantity: 4, side: Side.buy })
      .with({ clientOrderId: "9", quantity: 3 });
    expectReasons(ladder, [
      ...["trading-restricted", "trading-restricted"],
      ...["position-above-limit", "position-above-limit", "exposure-above-limit"],
      ...["short-sale-restricted", "net-exposure-above-limit"],
    ]);
  });

  it("when it has lost too much today", () => {
    const venue = venueOf();
    venue.fund("alice", "COIN", 1000);
    venue.do(limitsOfAlice({ dailyLoss: 4 }));
    venue.do({ ...order, account: "bob", clientOrderId: "S", side: Side.sell, quantity: 2 });
    venue.do({ ...order, clientOrderId: "taken", quantity: 2 });
    venue.do({ ...order, account: "bob", clientOrderId: "B", quantity: 1, price: 8 });
    venue.do({ ...order, clientOrderId: "sold", side: Side.sell, quantity: 1, price: 8 });
    const ladder = new Ladder<PlaceOrder>(venue, { ...order, clientOrderId: "1", price: 7 });
    ladder.with({}).with({ clientOrderId: "2", side: Side.sell, quantity: 1 });
    expectReasons(ladder, ["daily-loss-above-limit"]);
  });

  it("when it replaces", () => {
    const venue = venueOf();
    venue.fund("alice", "COIN", 100);
    venue.do({ ...order, clientOrderId: "A" });
    venue.do(limitsOfAlice({ orderQuantity: 4, restriction: 0 }));
    const ladder = new Ladder<ReplaceOrder>(venue, {
      ...{ kind: "replace-order", account: "alice", orderId: 0, clientOrderId: "A", price: 10 },
      ...{ quantity: 6, revision: 0, revised: unrevised },
    }).with({});
    ladder.after(limitsOfAlice({ orderQuantity: 4, orderNotional: 39 }));
    ladder.with({ quantity: 4 });
    ladder.after(limitsOfAlice({ orderRate: 1, ordersPerTrade: 1 }));
    ladder.after(limitsOfAlice({ openOrders: 0, repeatMs: 1000 }));
    expectReasons(ladder, [
      "trading-restricted",
      "order-quantity-above-limit",
      "order-notional-above-limit",
      "order-to-trade-above-limit",
    ]);
  });
});

describe("an account with as many working orders as it may have", () => {
  it("places no more until one is over, funds or not", () => {
    const context = new RecordingContext([apples]);
    const account = new Account("alice");
    const credit = { kind: "credit-deposit", account: "alice", asset: "COIN" } as const;
    account.receive({ ...credit, amount: openOrdersMax, ticket: 1 }, context);
    // Nothing is kept of what is sent and told: there is very much of it.
    context.send = () => undefined;
    const events: ToldEvent[] = [];
    context.emit = (event) => {
      events[0] = event;
    };
    const place = (number: number): void => {
      const clientOrderId = `c${String(number)}`;
      account.receive({ ...order, clientOrderId, price: 1, quantity: 1 }, context);
    };
    for (let number = 1; number <= openOrdersMax; number++) place(number);
    expect(events).toEqual([]);
    place(openOrdersMax + 1);
    const reason = RejectReason["open-orders-too-many"];
    expect(events[0]).toMatchObject({ kind: "order-replied", rejectReason: reason });
    produced.add(reason);
    account.receive(
      { kind: "order-refused", account: "alice", orderId: 7, reason: RejectReason["book-full"] },
      context,
    );
    events.length = 0;
    place(openOrdersMax + 2);
    expect(events).toEqual([]);
  });
});

describe("an account with as many orders closed a minute ago as it may have", () => {
  it("places no more until the first of them is forgotten", () => {
    const context = new RecordingContext([apples]);
    const account = new Account("alice");
    const events: ToldEvent[] = [];
    context.emit = (event) => {
      events[0] = event;
    };
    const place = (number: number): void => {
      account.receive({ ...order, clientOrderId: `c${String(number)}` }, context);
    };
    // What was refused is known as what is over.
    for (let number = 1; number <= closedOrdersMax; number++) place(number);
    expect(events[0]).toMatchObject({ rejectReason: RejectReason["funds-insufficient"] });
    place(0);
    const reason = RejectReason["closed-orders-too-many"];
    expect(events[0]).toMatchObject({ rejectReason: reason });
    produced.add(reason);
    context.timeUs += closedOrderRetentionUs + 1;
    place(0);
    expect(events[0]).toMatchObject({ rejectReason: RejectReason["funds-insufficient"] });
  });
});

describe("a book with as many orders of a kind as it may have", () => {
  /** Fills a book with orders of these terms and tells what it says to one more. */
  function oneTooMany(count: number, terms: Partial<SubmitOrder>): RejectReason {
    const context = new RecordingContext([apples]);
    const book = new Book(apples.symbol);
    context.wakeAt = () => undefined;
    const told: ActorMessage[] = [];
    context.send = (message) => {
      told[0] = message;
    };
    const plain: SubmitOrder = {
      ...{ kind: "submit-order", symbol: apples.symbol, account: "alice", participant: "alice" },
      ...{ side: Side.buy, orderType: OrderType.limit, timeInForce: TimeInForce.GTC, price: 1 },
      ...{ orderId: 0, quantity: 1, budget: unlimitedBudget, linkedOrderId: 0 },
      instructions: plainInstructions,
    };
    const submit: SubmitOrder = { ...plain, ...terms };
    for (let orderId = 1; orderId <= count; orderId++) {
      book.receive({ ...submit, orderId }, context);
      expect(told[0]?.kind).toBe("order-rested");
    }
    // A plain order is none of them.
    book.receive({ ...plain, orderId: count + 1 }, context);
    expect(told[0]?.kind).toBe("order-rested");
    book.receive({ ...submit, orderId: count + 2 }, context);
    const [last] = told;
    const reason = last?.kind === "order-refused" ? last.reason : RejectReason.none;
    produced.add(reason);
    return reason;
  }

  it("takes no more that wait", () => {
    const instructions = { ...plainInstructions, triggerPrice: 7 };
    const reason = oneTooMany(bookLimits.specialOrders, {
      orderType: OrderType.stop,
      instructions,
    });
    expect(rejectReasonName(reason)).toBe("waiting-orders-too-many");
  });

  it("takes no more that follow a price", () => {
    const instructions = { ...plainInstructions, pegReference: PegReference.primary };
    const reason = oneTooMany(bookLimits.peggedOrders, {
      orderType: OrderType.pegged,
      instructions,
    });
    expect(rejectReasonName(reason)).toBe("pegged-orders-too-many");
  });
});

describe("the reasons that actors give", () => {
  /** A number that no rule uses yet, and those of kill switches and the breaker. */
  const notGivenHere: readonly RejectReasonName[] = [
    // Given while actors move: see shard/moves.test.ts.
    "actor-elsewhere",
    // Likewise in governor/approval-rules.test.ts.
    "approval-own",
    "approval-repeated",
    "approval-expired",
    "approval-too-long",
    "approval-used",
    "approvals-missing",
    "account-blocked",
    "reference-price-missing",
    "kill-switch-unknown",
    "kill-switch-target-unknown",
    "kill-switch-not-thrown",
    "breaker-invalid",
    // Likewise in governor/approval-rules.test.ts.
    "kill-switch-of-your-own",
    // Given to nodes: see shard/logic.test.ts.
    "logic-out-of-turn",
    // Likewise in shard/engine-nodes.test.ts.
    "nodes-out-of-turn",
    "nodes-invalid",
    // Likewise in shard/moves.test.ts.
    "shard-unknown",
    "actor-already-there",
    "placement-under-way",
    // Likewise in shard/growth.test.ts.
    "shard-out-of-turn",
    // Likewise in governor/approval-rules.test.ts.
    "approval-policy-invalid",
    // Likewise in governor/fee-policy.test.ts.
    "fees-invalid",
    // Likewise in governor/risk-policy.test.ts.
    "risk-limits-invalid",
    // Likewise in custody/custody.test.ts.
    "custody-unknown",
    "custody-policy-invalid",
    "custodian-other",
    "address-unknown",
    "address-cooling-off",
    "address-taken",
    "addresses-too-many",
    "withdrawal-unknown",
    "withdrawal-terms-differ",
    "withdrawal-out-of-turn",
    "withdrawal-too-small",
    "withdrawal-too-large",
    "withdrawals-too-many",
    "withdrawals-of-day-exceeded",
    "approver-not-named",
    "approver-is-initiator",
    "deposit-unknown",
    "deposit-terms-differ",
    "deposit-out-of-turn",
    "deposit-unconfirmed",
    // Likewise in governor/rebate-bounds.test.ts and account/fee-combinations.test.ts.
    "fee-combinations-too-many",
    "rebate-above-fee",
    // Likewise in custody/sweeps.test.ts.
    "sweep-unknown",
    "sweep-inconsistent",
    // Likewise in clearing/clearing.test.ts.
    "settlement-cycle-invalid",
    "funds-unsettled",
    // Likewise in margin/margin.test.ts.
    "fail-permission-invalid",
    "uncovered-not-permitted",
    "uncovered-limit-exceeded",
    "margin-account-required",
    "margin-insufficient",
    "position-too-large",
    // Likewise in margin/liquidation.test.ts.
    "being-liquidated",
    // Likewise in account/reduce-only.test.ts.
    "reduce-only-would-open",
    // Likewise in margin/margin.test.ts.
    "deficit-smaller",
    // Likewise in contract/contract.test.ts.
    "contract-terms-invalid",
    "price-source-other",
    "contract-expired",
    "mark-price-missing",
    // Likewise in margin/isolated.test.ts.
    "contract-required",
    "margin-mode-in-use",
    "position-not-isolated",
    "margin-not-removable",
    // Likewise in clearing/fails.test.ts.
  ];

  it("have all been given above", () => {
    const decidedHere = Object.entries(RejectReason).filter(([, number]) => number < 1000);
    const missing = decidedHere.filter(([, number]) => !produced.has(number));
    expect(missing.map(([name]) => name)).toEqual(notGivenHere);
  });
});
