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
  lotsMax,
  OrderType,
  RejectReason,
  rejectReasonName,
  Side,
  ticksMax,
  TimeInForce,
} from "../protocols/index.ts";
import type {
  AddAsset,
  CancelAllOrders,
  CancelOrder,
  Command,
  Deposit,
  HaltTrading,
  ListInstrument,
  OpenAccount,
  PlaceOrder,
  ReplaceOrder,
  ResumeTrading,
  ToldEvent,
} from "../protocols/index.ts";
import { Account } from "./account/account.ts";
import { closedOrderRetentionUs } from "./account/known-orders.ts";
import { closedOrdersMax, openOrdersMax } from "./account/order-admission.ts";
import { restingLotsMax } from "./book/book.ts";
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

/** A venue with one instrument, and an account that has used a name and holds nothing. */
function venueOf(): TestVenue {
  const venue = new TestVenue().list(apples).open("alice").open("bob", { COIN: 5, APPLE: 10 });
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
    })
      .with({}, "shard-1")
      .with({})
      .with({ account })
      .after(resume(""))
      .with({ clientOrderId: "over" })
      .with({ clientOrderId: "A" })
      .with({ revision: 1 })
      .with({ quantity: lotsMax + 1 })
      .with({ quantity: 2 })
      .with({ quantity: lotsMax })
      .with({ price: ticksMax + 1 })
      .with({ price: ticksMax })
      .with({ price: 2 ** 20 })
      .after(fund(account, "COIN", 2n ** 62n));
    venue.do(resume("APPLE-COIN"));
    fillBook(venue);
    ladder.with({ revision: 2 }).with({ revision: 3, quantity: 6 });
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
    const all = { kind: "cancel-all-orders", account: "nobody", symbol: "" } as const;
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
    const open = (account: string) => ({ kind: "open-account", account }) as const;
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

describe("the reasons that actors give", () => {
  it("have all been given above", () => {
    const decidedHere = Object.entries(RejectReason).filter(([, number]) => number < 1000);
    const missing = decidedHere.filter(([, number]) => !produced.has(number));
    expect(missing).toEqual([]);
  });
});
