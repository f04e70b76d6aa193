/**
 * Goal: whatever limits there are, an order is refused for just those that it breaks.
 *
 * Method: random limits, then random orders and cancels on one shard, in goods and in a perpetual;
 * a slow reference that keeps all that was done says of each order what was to become of it.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  OrderType,
  plainInstructions,
  rejectReasonName,
  Side,
  TimeInForce,
} from "../../protocols/index.ts";
import type {
  InstrumentTerms,
  PlaceOrder,
  RejectReason,
  ScopedRiskLimits,
} from "../../protocols/index.ts";
import { applePerpetual } from "../testing/contracts.ts";
import { apples, pears } from "../testing/instruments.ts";
import { Random } from "../testing/random.ts";
import { TestVenue } from "../testing/test-venue.ts";
import { RiskReference } from "./testing/risk.reference.ts";

const traded: readonly InstrumentTerms[] = [apples, pears, applePerpetual];
const { symbol: perpetual } = applePerpetual;
const accounts = ["alice", "bob"] as const;
const groups: Readonly<Record<string, string>> = { alice: "retail" };
const why = { author: "ops", reason: "test" };

function someLimits(random: Random): readonly ScopedRiskLimits[] {
  const owners = [
    { account: "", group: "" },
    { account: "", group: "retail" },
    { account: "bob", group: "" },
  ];
  const places = [
    { quote: "", symbol: "" },
    { quote: "COIN", symbol: "" },
    { quote: "", symbol: apples.symbol },
    { quote: "", symbol: perpetual },
  ];
  return owners.flatMap((owner) =>
    places.flatMap((place): ScopedRiskLimits[] => {
      const limits: Record<string, number> = {};
      const mayHave = (name: string, least: number, most: number, percent = 15): void => {
        if (random.isOneOf(percent)) limits[name] = least + random.below(most - least + 1);
      };
      mayHave("openOrders", 2, 9);
      mayHave("orderRate", 1, 4);
      if ("orderRate" in limits) mayHave("orderBurst", 1, 6);
      mayHave("ordersPerTrade", 1, 4);
      if ("ordersPerTrade" in limits) limits["ordersFree"] = 4 + random.below(30);
      mayHave("repeatMs", 1, 5000);
      if (place.symbol !== "") mayHave("orderQuantity", 4, 12);
      if (place.symbol !== "" || place.quote !== "") mayHave("orderNotional", 100, 900);
      if (place.symbol === perpetual) {
        // Of one instrument of three: else days would go by without any of them.
        mayHave("positionQuantity", 4, 40, 40);
        mayHave("exposure", 200, 2500, 50);
        mayHave("netExposure", 200, 2500, 50);
        if (random.isOneOf(10)) limits["shortSales"] = 0;
        mayHave("dailyLoss", 1, 12, 50);
      }
      if (random.isOneOf(4)) limits["restriction"] = random.below(2);
      const scope = { ...owner, ...place };
      return Object.keys(limits).length === 0 ? [] : [{ scope, limits }];
    }),
  );
}

/** Trades for a while. Returns for which reasons orders were refused, and how often. */
function tradeUnder(seed: number): ReadonlyMap<string, number> {
  const random = new Random(seed);
  const venue = new TestVenue(1).list(apples, pears).open("fund").list(applePerpetual);
  for (const account of accounts) {
    venue.open(account, { APPLE: 1_000_000, PEAR: 1_000_000, COIN: 10_000_000 });
    venue.do({ kind: "set-margin-account", account, isMargin: true, ...why });
  }
  const { GTC: timeInForce } = TimeInForce;
  const first = { symbol: apples.symbol, price: 50, quantity: 1, timeInForce };
  for (const [account, side] of [["alice", Side.buy] as const, ["bob", Side.sell] as const]) {
    venue.do({ ...orderOf(random, { account, count: -1 }), ...first, side });
  }
  venue.do({ kind: "set-risk-group", account: "alice", group: "retail", ...why });
  const limits = someLimits(random);
  for (const scoped of limits) venue.do({ kind: "set-risk-limits", ...scoped, ...why });
  const reference = new RiskReference(limits, (account) => groups[account] ?? "");
  const reasons = new Map<string, number>();
  let before: PlaceOrder | undefined;
  for (let count = 0; count < 150; count++) {
    venue.timeUs += random.isOneOf(3) ? 40_000_000_000 : random.below(900_000);
    const account = random.pick(accounts);
    const from = venue.events.length;
    if (random.isOneOf(20)) cancelOne(venue, reference, { account, count: random.below(9) });
    else {
      const next = orderOf(random, { account, count });
      const isAgain = before !== undefined && random.isOneOf(10);
      const order = isAgain ? { ...before!, clientOrderId: next.clientOrderId } : next;
      before = order;
      const name = placeOne(venue, reference, order);
      reasons.set(name, (reasons.get(name) ?? 0) + 1);
    }
    for (const event of venue.events.slice(from)) {
      if (event.kind !== "execution-report" || event.tradeId === 0) continue;
      const { account: of, lastQuantity, side } = event;
      const lots = side === Side.buy ? lastQuantity : -lastQuantity;
      const instrument = instrumentOf(event.symbol);
      reference.traded.push({ account: of, instrument, timeUs: venue.timeUs, lots });
    }
  }
  return reasons;
}

function orderOf(
  random: Random,
  { account, count }: { readonly account: string; readonly count: number },
): PlaceOrder {
  return {
    ...{ kind: "place-order", account, clientOrderId: `o-${count}` },
    ...{ symbol: random.isOneOf(30) ? perpetual : random.pick(traded).symbol },
    ...{ side: random.pick([Side.buy, Side.sell]) },
    ...{ orderType: OrderType.limit, price: 48 + random.below(5), quantity: 1 + random.below(12) },
    timeInForce: random.isOneOf(70) ? TimeInForce.GTC : TimeInForce.IOC,
    instructions: plainInstructions,
  };
}

function instrumentOf(symbol: string): InstrumentTerms {
  return traded.find((terms) => terms.symbol === symbol)!;
}

const working = (venue: TestVenue, account: string) =>
  venue.first.answer("open-orders", { account, symbol: "", afterOrderId: 0, limit: 1000 });

function placeOne(venue: TestVenue, reference: RiskReference, order: PlaceOrder): string {
  const { account, symbol } = order;
  const deed = { account, instrument: instrumentOf(symbol), timeUs: venue.timeUs };
  const open = working(venue, account).map(({ side, quantity, executed, ...known }) => {
    return { instrument: instrumentOf(known.symbol), side, left: quantity - executed };
  });
  // What is due by then is done before anything that comes.
  venue.append(0, "node-e1", [{ kind: "tick" }]);
  const uses = venue.first.answer("risk", { account })?.uses ?? [];
  const lost = uses.find((use) => use.symbol === symbol)?.lossOfDay ?? 0;
  const { markPrice = 0 } = venue.first.directory.contractOf(symbol) ?? {};
  const expected: RejectReason = reference.whyNot(order, deed, { open, markPrice, lost });
  const { rejectReason } = venue.ask(order);
  expect(rejectReasonName(rejectReason)).toBe(rejectReasonName(expected));
  if (rejectReason === 0) reference.placed.push({ ...deed, order });
  return rejectReasonName(rejectReason);
}

function cancelOne(
  venue: TestVenue,
  reference: RiskReference,
  { account, count }: { readonly account: string; readonly count: number },
): void {
  const orders = working(venue, account);
  const order = orders[count % Math.max(orders.length, 1)];
  if (order === undefined) return;
  const { orderId, symbol } = order;
  venue.do({ kind: "cancel-order", account, orderId, clientOrderId: "" });
  reference.canceled.push({ account, instrument: instrumentOf(symbol), timeUs: venue.timeUs });
}

describe("limits of risk", () => {
  it("refuse just the orders that a slow reference refuses, for the same reason", () => {
    const seen = new Map<string, number>();
    const property = fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (seed) => {
      for (const [name, count] of tradeUnder(seed)) seen.set(name, (seen.get(name) ?? 0) + count);
    });
    fc.assert(property, { numRuns: 40 });
    for (const name of [
      "none",
      "trading-restricted",
      "order-quantity-above-limit",
      "order-notional-above-limit",
      "open-orders-above-limit",
      "position-above-limit",
      "exposure-above-limit",
      "daily-loss-above-limit",
      "short-sale-restricted",
      "order-rate-above-limit",
      "order-to-trade-above-limit",
      "order-repeated",
      "net-exposure-above-limit",
    ]) {
      expect(seen.get(name), name).toBeGreaterThan(5);
    }
  });
});
