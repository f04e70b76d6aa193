/**
 * Which terms go together, rule by rule: an order that is well, and what breaks one rule of it.
 */
import { describe, expect, it } from "vitest";
import {
  asItIs,
  OrderType,
  PegReference,
  plainInstructions,
  PostOnly,
  rejectReasonName,
  RejectReason,
  SelfTradePrevention,
  Side,
  TimeInForce,
  TriggerSource,
  unrevised,
} from "../../protocols/index.ts";
import type {
  OrderInstructions,
  PlaceOrder,
  ReplaceOrder,
  RevisedInstructions,
} from "../../protocols/index.ts";
import { apples } from "../testing/instruments.ts";
import { RecordingContext } from "../testing/recording-context.ts";
import { whyNotPlace, whyNotReplace } from "./order-admission.ts";
import { LifecycleEvent } from "./order-lifecycle.ts";
import { OrderRows } from "./order-rows.ts";
import { Order } from "./order.ts";

type Terms = Partial<PlaceOrder> & { readonly asks?: Partial<OrderInstructions> };

const context = new RecordingContext([apples]);
const counts = { workingCount: 0, closedCount: 0 };
const later = context.timeUs + 1;

function placing({ asks, ...terms }: Terms): PlaceOrder {
  return {
    ...{ kind: "place-order", account: "alice", clientOrderId: "A", symbol: "APPLE-COIN" },
    ...{ side: Side.buy, orderType: OrderType.limit, timeInForce: TimeInForce.GTC },
    ...{ price: 10, quantity: 5 },
    instructions: asks === undefined ? plainInstructions : { ...plainInstructions, ...asks },
    ...terms,
  };
}

function whyNot(terms: Terms): string {
  return rejectReasonName(whyNotPlace(placing(terms), counts, context));
}

const { limit, market, stop, stopLimit, takeProfit, takeProfitLimit, trailingStop, pegged } =
  OrderType;
const { GTC, IOC, FOK, DAY, GTD, ATO, ATC, GFA } = TimeInForce;

/** Orders of each type that are well. */
const limited = { orderType: limit } as const;
const atMarket = { orderType: market, timeInForce: IOC, price: 0 } as const;
const byBudget: Terms = { ...atMarket, quantity: 0, asks: { quoteBudget: 50 } };
const stopping: Terms = { orderType: stop, price: 0, asks: { triggerPrice: 9 } };
const stopLimiting: Terms = { orderType: stopLimit, asks: { triggerPrice: 9 } };
const trailing: Terms = {
  ...{ orderType: trailingStop, price: 0 },
  asks: { triggerPrice: 9, trailTicks: 2 },
};
const pegging: Terms = { orderType: pegged, asks: { pegReference: PegReference.primary } };
const hidden: Terms = { ...limited, asks: { isHidden: true } };
const iceberg: Terms = { ...limited, asks: { displayQuantity: 2 } };

/** The order, asking for more than it does. */
function asking(terms: Terms, asks: Partial<OrderInstructions>): Terms {
  return { ...terms, asks: { ...terms.asks, ...asks } };
}

describe("terms that go together", () => {
  it.each<[string, Terms]>([
    ...[GTC, IOC, FOK, DAY, ATO, ATC, GFA].map((timeInForce): [string, Terms] => [
      `a limit order, ${String(timeInForce)}`,
      { timeInForce },
    ]),
    ["a limit order until a date", { timeInForce: GTD, asks: { expiresAtUs: later } }],
    ...[IOC, FOK, ATO, ATC, GFA].map((timeInForce): [string, Terms] => [
      `a market order, ${String(timeInForce)}`,
      { ...atMarket, timeInForce },
    ]),
    ["a market order with a collar", { ...atMarket, asks: { collarBasisPoints: 100 } }],
    ["a market order by budget", byBudget],
    ["a sale by budget", { ...byBudget, side: Side.sell }],
    ["a stop", stopping],
    ["a stop for the day", { ...stopping, timeInForce: DAY }],
    ["a stop with a collar", asking(stopping, { collarBasisPoints: 100 })],
    ["a stop by the mark price", asking(stopping, { triggerSource: TriggerSource.mark })],
    ["a stop-limit", stopLimiting],
    ["an immediate stop-limit", { ...stopLimiting, timeInForce: IOC }],
    ["a stop-limit that becomes an iceberg", asking(stopLimiting, { displayQuantity: 2 })],
    ["a take-profit", { ...stopping, orderType: takeProfit }],
    [
      "a take-profit-limit, or nothing",
      { ...stopLimiting, orderType: takeProfitLimit, timeInForce: FOK },
    ],
    ["a trailing stop", trailing],
    [
      "a trailing stop by basis points",
      { ...trailing, asks: { triggerPrice: 9, trailBasisPoints: 100 } },
    ],
    ["a pegged order", pegging],
    ["a pegged order with an offset", asking(pegging, { pegOffset: 3 })],
    ["a pegged order with a minimum", asking(pegging, { minimumQuantity: 2 })],
    ["an iceberg", iceberg],
    ["an iceberg for an auction", { ...iceberg, timeInForce: GFA }],
    ["a hidden order", hidden],
    ["a hidden order with a minimum", asking(hidden, { minimumQuantity: 2 })],
    ["an immediate order with a minimum", { timeInForce: IOC, asks: { minimumQuantity: 2 } }],
    ["a post-only order", { asks: { postOnly: PostOnly.slide } }],
    ["a post-only iceberg", asking(iceberg, { postOnly: PostOnly.reject })],
    ["an order that transfers", { asks: { selfTradePrevention: SelfTradePrevention.transfer } }],
    [
      "a market order that cancels its own",
      { ...atMarket, asks: { selfTradePrevention: SelfTradePrevention.cancelBoth } },
    ],
  ])("are those of %s", (_, terms) => {
    expect(whyNot(terms)).toBe("none");
  });
});

describe("terms that do not go together", () => {
  it.each<[string, Terms]>([
    // Without instructions.
    ["a market order that rests", { ...atMarket, timeInForce: GTC }],
    ["a market order for the day", { ...atMarket, timeInForce: DAY }],
    ["a market order with a limit", { ...atMarket, price: 10 }],
    ["a stop without a trigger price", { orderType: stop, price: 0 }],
    ["a pegged order that follows nothing", { orderType: pegged }],
    ["a limit order until no date", { timeInForce: GTD }],
    // Each with one rule broken.
    [
      "a market order that rests",
      { ...atMarket, timeInForce: GTC, asks: { collarBasisPoints: 1 } },
    ],
    ["one that waits, for an auction", { ...stopLimiting, timeInForce: ATO }],
    ["one that waits without a limit, and is immediate", { ...stopping, timeInForce: IOC }],
    ["a pegged order that is immediate", { ...pegging, timeInForce: IOC }],
    ["a pegged order for an auction", { ...pegging, timeInForce: GFA }],
    ["an order until a date that has none", { timeInForce: GTD, asks: { isHidden: true } }],
    ["a date for an order that ends otherwise", { asks: { expiresAtUs: later } }],
    ["one that waits for no price", { ...stopLimiting, asks: { displayQuantity: 2 } }],
    ["a trigger price for one that does not wait", { asks: { triggerPrice: 9 } }],
    ["a source for one that does not wait", { asks: { triggerSource: TriggerSource.mark } }],
    ["a trailing stop that does not trail", { ...trailing, asks: { triggerPrice: 9 } }],
    ["a trailing stop of two trails", asking(trailing, { trailBasisPoints: 100 })],
    ["a trail for a stop that stays", asking(stopping, { trailTicks: 2 })],
    ["two trails for a stop that stays", asking(stopping, { trailTicks: 2, trailBasisPoints: 5 })],
    ["a pegged order that follows nothing", { orderType: pegged, asks: { minimumQuantity: 2 } }],
    ["a price to follow for another", { asks: { pegReference: PegReference.market } }],
    ["an offset for another", { asks: { pegOffset: 2 } }],
    [
      "post-only for one that is immediate",
      { timeInForce: IOC, asks: { postOnly: PostOnly.reject } },
    ],
    ["post-only for an auction", { timeInForce: ATO, asks: { postOnly: PostOnly.reject } }],
    ["post-only for one that waits", asking(stopLimiting, { postOnly: PostOnly.slide })],
    ["post-only for one that follows a price", asking(pegging, { postOnly: PostOnly.slide })],
    ["a slice without a limit", asking(stopping, { displayQuantity: 2 })],
    ["a slice of what is hidden", asking(iceberg, { isHidden: true })],
    ["a slice of a pegged order", asking(pegging, { displayQuantity: 2 })],
    ["a slice of one that is immediate", { ...iceberg, timeInForce: FOK }],
    ["hidden and immediate", { ...hidden, timeInForce: IOC }],
    ["hidden and pegged", asking(pegging, { isHidden: true })],
    ["hidden and waiting", asking(stopLimiting, { isHidden: true })],
    ["a minimum of one that is seen", { asks: { minimumQuantity: 2 } }],
    ["a minimum of one that is all or nothing", { timeInForce: FOK, asks: { minimumQuantity: 2 } }],
    ["a collar for one with a limit", { asks: { collarBasisPoints: 100 } }],
    ["a collar for one that follows a price", asking(pegging, { collarBasisPoints: 100 })],
    ["a budget and a quantity", { ...byBudget, quantity: 5 }],
    ["a budget for a limit", { timeInForce: IOC, quantity: 0, asks: { quoteBudget: 50 } }],
    ["a budget, all or nothing", { ...byBudget, timeInForce: FOK }],
    ["a budget for an auction", { ...byBudget, timeInForce: ATC }],
    [
      "a transfer at market",
      { ...atMarket, asks: { selfTradePrevention: SelfTradePrevention.transfer } },
    ],
    ["no side", { side: 2 as Side, asks: { isHidden: true } }],
  ])("are those of %s", (_, terms) => {
    expect(whyNot(terms)).toBe("terms-inconsistent");
  });
});

describe("prices and quantities", () => {
  it.each<[string, Terms, string]>([
    ["a date that has passed", { timeInForce: GTD, asks: { expiresAtUs: 1 } }, "expiry-passed"],
    [
      "this very moment",
      { timeInForce: GTD, asks: { expiresAtUs: context.timeUs } },
      "expiry-passed",
    ],
    [
      "a slice of more than all",
      asking(iceberg, { displayQuantity: 6 }),
      "display-quantity-invalid",
    ],
    [
      "a minimum of more than all",
      asking(hidden, { minimumQuantity: 6 }),
      "minimum-quantity-invalid",
    ],
    ["a trail backwards", asking(trailing, { trailTicks: -2 }), "trail-invalid"],
    [
      "a trail of more than the price",
      { ...trailing, asks: { triggerPrice: 9, trailBasisPoints: 10_001 } },
      "trail-invalid",
    ],
    [
      "a trigger price below nothing",
      asking(stopping, { triggerPrice: -1 }),
      "trigger-price-invalid",
    ],
    ["an offset backwards", asking(pegging, { pegOffset: -1 }), "peg-offset-invalid"],
    ["a collar backwards", { ...atMarket, asks: { collarBasisPoints: -1 } }, "terms-inconsistent"],
    ["a budget below nothing", { ...byBudget, asks: { quoteBudget: -1 } }, "budget-invalid"],
  ])("may not be %s", (_, terms, reason) => {
    expect(whyNot(terms)).toBe(reason);
  });
});

describe("a replace", () => {
  /** Why an order that was placed so may not be revised so. */
  function whyNotRevise(
    terms: Terms,
    revised: Partial<RevisedInstructions>,
    { price = 10, accepted = LifecycleEvent.accepted }: { price?: number; accepted?: number } = {},
  ): string {
    const rows = new OrderRows();
    const order = new Order("alice", rows).at(rows.take());
    order.open({ ...placing(terms), orderId: 1, instrument: apples, placedAtUs: 0 });
    order.advance(accepted);
    const command: ReplaceOrder = {
      ...{ kind: "replace-order", account: "alice", orderId: 1, clientOrderId: "", price },
      ...{ quantity: 5, revision: 0, revised: { ...unrevised, ...revised } },
    };
    return rejectReasonName(whyNotReplace(order, command, context));
  }
  const held = { accepted: LifecycleEvent.held };
  const unpriced = { price: 0, ...held };
  const selling = { side: Side.sell } as const;

  it.each<[string, Terms, Partial<RevisedInstructions>, object]>([
    ["the slice of an iceberg", iceberg, { displayQuantity: 3 }, {}],
    [
      "the minimum of a hidden order",
      asking(hidden, { minimumQuantity: 2 }),
      { minimumQuantity: 0 },
      {},
    ],
    ["the offset of a pegged order", pegging, { pegOffset: 3 }, {}],
    ["the trigger price of a stop-limit", stopLimiting, { triggerPrice: 8 }, held],
    ["that of a stop to sell", { ...stopping, ...selling }, { triggerPrice: 8 }, unpriced],
    ["its trail", { ...trailing, ...selling }, { trailTicks: 3 }, unpriced],
    ["nothing but that it keeps its place", limited, { mustKeepPriority: true }, {}],
  ])("may change %s", (_, terms, revised, state) => {
    expect(whyNotRevise(terms, revised, state)).toBe("none");
  });

  it.each<[string, Terms, Partial<RevisedInstructions>, object]>([
    ["a market order", atMarket, {}, { price: 0 }],
    ["the price of an order that has none", stopping, {}, held],
    ["the trigger price of one that does not wait", limited, { triggerPrice: 8 }, {}],
    ["that of one that was set off", stopLimiting, { triggerPrice: 8 }, {}],
    ["that of a stop to buy, which pays for it", stopping, { triggerPrice: 8 }, unpriced],
    ["a trail by another measure", trailing, { trailBasisPoints: 5 }, unpriced],
    ["the slice of an order that shows all", limited, { displayQuantity: 2 }, {}],
    ["the minimum of an order without", hidden, { minimumQuantity: 2 }, {}],
    ["the offset of one that follows nothing", limited, { pegOffset: 2 }, {}],
  ])("may not change %s", (_, terms, revised, state) => {
    expect(whyNotRevise(terms, revised, state)).toBe("terms-inconsistent");
  });

  it("is held to what a placing is", () => {
    expect(whyNotRevise(iceberg, { displayQuantity: 6 })).toBe("display-quantity-invalid");
    expect(whyNotRevise(pegging, { pegOffset: -2 })).toBe("peg-offset-invalid");
    expect(whyNotRevise(limited, {}, { price: 0 })).toBe("price-not-positive");
    expect(whyNotRevise(stopLimiting, { triggerPrice: asItIs }, held)).toBe("none");
    expect(RejectReason.none).toBe(0);
  });
});
