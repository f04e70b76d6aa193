import { describe, expect, it } from "vitest";
import {
  ListType,
  OrderType,
  plainInstructions,
  RejectReason,
  rejectReasonName,
  Side,
  TimeInForce,
} from "../../protocols/index.ts";
import type { OrderInstructions, PlaceOrder } from "../../protocols/index.ts";
import { bareVenue } from "../testing/bare-venue.ts";
import { applePerpetual } from "../testing/contracts.ts";
import { apples } from "../testing/instruments.ts";
import { OrderRows } from "./order-rows.ts";
import { Order } from "./order.ts";
import {
  isSamePlacing,
  submittedPrice,
  triggeredCollarBasisPoints,
  whyNotList,
  withDefaults,
} from "./placing.ts";

function placing({
  asks,
  ...terms
}: Partial<PlaceOrder> & { asks?: Partial<OrderInstructions> } = {}): PlaceOrder {
  return {
    ...{ kind: "place-order", account: "alice", clientOrderId: "A", symbol: "APPLE-COIN" },
    ...{ side: Side.buy, orderType: OrderType.limit, timeInForce: TimeInForce.GTC },
    ...{ price: 10, quantity: 5 },
    instructions: asks === undefined ? plainInstructions : { ...plainInstructions, ...asks },
    ...terms,
  };
}

/** The order that a placing made. */
function opened(command: PlaceOrder): Order {
  const rows = new OrderRows();
  const order = new Order("alice", rows).at(rows.take());
  return order.open({ ...command, orderId: 1, instrument: apples, placedAtUs: 0 });
}

const stop = (clientOrderId: string, terms: Partial<PlaceOrder> = {}): PlaceOrder =>
  placing({
    ...{ clientOrderId, orderType: OrderType.stop, price: 0, side: Side.sell },
    ...terms,
    asks: { triggerPrice: 8 },
  });

const spot = { ...bareVenue(), instrument: () => apples };

describe("the terms that a placing leaves open", () => {
  const { stop, takeProfit, trailingStop } = OrderType;

  it.each([stop, takeProfit, trailingStop])("are the collar of what is triggered: %i", (type) => {
    const command = placing({ orderType: type, price: 0, asks: { triggerPrice: 8 } });
    const { collarBasisPoints } = withDefaults(command, spot).instructions;
    expect(collarBasisPoints).toBe(triggeredCollarBasisPoints);
    const own = placing({ orderType: type, price: 0, asks: { collarBasisPoints: 7 } });
    expect(withDefaults(own, spot)).toBe(own);
  });

  it("are in a contract no wider than what a position is kept by", () => {
    const { stop } = OrderType;
    const collarOf = (maintenanceMarginPpm: number, collarBasisPoints: number): number => {
      const { contract } = applePerpetual;
      const terms = { ...applePerpetual, contract: { ...contract, maintenanceMarginPpm } };
      const venue = { ...spot, instrument: () => terms };
      const asks = { triggerPrice: 8, collarBasisPoints };
      const command = placing({ orderType: stop, price: 0, asks });
      return withDefaults(command, venue).instructions.collarBasisPoints;
    };
    expect(collarOf(25_000, 0)).toBe(250);
    expect(collarOf(25_000, 251)).toBe(250);
    expect(collarOf(25_000, 249)).toBe(249);
    expect(collarOf(99, 0)).toBe(1);
    expect(collarOf(500_000, 0)).toBe(triggeredCollarBasisPoints);
    // What no order may have is left for its refusal.
    expect(collarOf(25_000, 10_001)).toBe(10_001);
  });

  it("are none of others", () => {
    for (const orderType of [OrderType.limit, OrderType.market, OrderType.stopLimit]) {
      const command = placing({ orderType, asks: { triggerPrice: 8 } });
      expect(withDefaults(command, spot)).toBe(command);
    }
    const plain = placing({ orderType: OrderType.stop });
    expect(withDefaults(plain, spot)).toBe(plain);
  });
});

describe("a placing that comes again", () => {
  const command = placing({ asks: { displayQuantity: 2 } });

  it("is the same with the same terms, as other objects", () => {
    expect(isSamePlacing(opened(command), structuredClone(command))).toBe(true);
    expect(isSamePlacing(opened(placing()), placing())).toBe(true);
  });

  it.each<[string, Partial<PlaceOrder>]>([
    ["symbol", { symbol: "PEAR-COIN" }],
    ["side", { side: Side.sell }],
    ["type", { orderType: OrderType.pegged }],
    ["time in force", { timeInForce: TimeInForce.DAY }],
    ["price", { price: 11 }],
    ["quantity", { quantity: 6 }],
    ["instructions", { instructions: plainInstructions }],
    ["slice", { instructions: { ...command.instructions, displayQuantity: 3 } }],
    ["hiding", { instructions: { ...command.instructions, isHidden: true } }],
  ])("is another with another %s", (_, terms) => {
    expect(isSamePlacing(opened(command), { ...command, ...terms })).toBe(false);
  });

  it("by budget has no quantity to compare", () => {
    const byBudget = placing({ quantity: 0, asks: { quoteBudget: 50 } });
    const order = opened({ ...byBudget, quantity: 50 });
    expect(isSamePlacing(order, byBudget)).toBe(true);
    const other = { ...byBudget.instructions, quoteBudget: 51 };
    expect(isSamePlacing(order, { ...byBudget, instructions: other })).toBe(false);
  });
});

describe("the price that a book is told", () => {
  const triggered = { asks: { triggerPrice: 100, collarBasisPoints: 500 }, price: 0 };

  it("is the limit, and for a triggered buy without one how far it may go", () => {
    expect(submittedPrice(opened(placing()))).toBe(10);
    const buy = placing({ orderType: OrderType.stop, ...triggered });
    expect(submittedPrice(opened(buy))).toBe(105);
    expect(submittedPrice(opened({ ...buy, side: Side.sell }))).toBe(0);
    expect(submittedPrice(opened(placing({ orderType: OrderType.market, price: 0 })))).toBe(0);
  });
});

describe("a list of orders", () => {
  const { OCO, OTO, OTOCO } = ListType;
  const profit = placing({ clientOrderId: "P", side: Side.sell, price: 12 });
  const loss = stop("L");
  const market = placing({ clientOrderId: "M", orderType: OrderType.market, price: 0 });
  const peg = placing({ clientOrderId: "G", orderType: OrderType.pegged });
  const entry = placing({ clientOrderId: "E" });

  it.each<[string, ListType, readonly PlaceOrder[]]>([
    ["a limit and a stop", OCO, [profit, loss]],
    ["two that wait", OCO, [stop("A", { orderType: OrderType.takeProfit }), loss]],
    ["an order and its follower", OTO, [entry, loss]],
    ["a follower of any kind", OTO, [market, peg]],
    ["an order and a pair", OTOCO, [entry, profit, loss]],
  ])("is %s", (_, listType, orders) => {
    expect(whyNotList(listType, orders)).toBe(RejectReason.none);
  });

  it.each<[string, ListType, readonly PlaceOrder[]]>([
    ["nothing", OCO, []],
    ["one order", OCO, [profit]],
    ["three of which one may trade", OCO, [profit, loss, stop("B")]],
    ["orders of two sides", OCO, [{ ...profit, side: Side.buy }, loss]],
    ["orders of two quantities", OCO, [{ ...profit, quantity: 6 }, loss]],
    ["orders of two symbols", OCO, [{ ...profit, symbol: "PEAR-COIN" }, loss]],
    ["orders of one name", OCO, [{ ...profit, clientOrderId: "L" }, loss]],
    ["two of which the second does not wait", OCO, [loss, profit]],
    ["two limits", OCO, [profit, { ...profit, clientOrderId: "Q" }]],
    ["a market order in a pair", OCO, [{ ...market, side: Side.sell }, loss]],
    ["followers of one that waits", OTO, [loss, entry]],
    ["followers of one that follows a price", OTO, [peg, loss]],
    ["two followers that are no pair", OTO, [entry, profit, loss]],
    ["a pair that is none", OTOCO, [entry, loss, profit]],
    ["a pair without one more", OTOCO, [entry, profit]],
  ])("is not %s", (_, listType, orders) => {
    expect(rejectReasonName(whyNotList(listType, orders))).toBe("list-inconsistent");
  });
});
