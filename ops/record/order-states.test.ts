/** Goal: an order keeps its place in the queue by the same rules as in the book. */
import { describe, expect, it } from "vitest";
import {
  ExecutionType,
  OrderStatus,
  OrderType,
  plainInstructions,
  Side,
  TimeInForce,
} from "../../protocols/index.ts";
import type { ExecutionReport, OrderInstructions, OrderView } from "../../protocols/index.ts";
import { OrderStates } from "./order-states.ts";

const placed: ExecutionReport = {
  kind: "execution-report",
  account: "demo",
  symbol: "BTC-USDT",
  orderId: 1,
  clientOrderId: "one",
  executionType: ExecutionType.new,
  status: OrderStatus.new,
  side: Side.buy,
  orderType: OrderType.limit,
  timeInForce: TimeInForce.GTC,
  price: 100,
  quantity: 10,
  executed: 0,
  remaining: 10,
  executedNotional: 0,
  rejectReason: 0,
  closeReason: 0,
  revision: 0,
  tradeId: 0,
  lastPrice: 0,
  lastQuantity: 0,
  liquidity: 0,
  fee: 0,
};

function viewOf(instructions: Partial<OrderInstructions> = {}, isWaiting = false): OrderView {
  const { account, symbol, orderId, clientOrderId, side, orderType, timeInForce } = placed;
  const { status, closeReason, price, quantity, executed, executedNotional, revision } = placed;
  return {
    ...{ account, symbol, orderId, clientOrderId, side, orderType, timeInForce, revision },
    ...{ status, closeReason, price, quantity, executed, executedNotional, isWaiting },
    ...{ tickValue: 1, fees: 0, placedAtUs: 1 },
    instructions: { ...plainInstructions, ...instructions },
  };
}

/** When an order has its place since, that was placed at 1 and is told of again at 2. */
function placeAfter(
  change: Partial<ExecutionReport>,
  {
    was = {},
    is = was,
    isWaiting = false,
  }: Partial<{
    was: Partial<OrderInstructions>;
    is: Partial<OrderInstructions>;
    isWaiting: boolean;
  }> = {},
): number | undefined {
  const states = new OrderStates();
  const terms = { ...placed, orderType: change.orderType ?? placed.orderType };
  states.hear(terms, { view: viewOf(was, isWaiting), timeUs: 1 });
  return states.hear({ ...terms, ...change }, { view: viewOf(is), timeUs: 2 }).priorityUs;
}

const { replaced, restated, trade, triggered } = ExecutionType;

describe("an order's place in the queue", () => {
  it("is kept when less of it is open at the same price", () => {
    expect(placeAfter({ executionType: replaced, quantity: 8, remaining: 8 })).toBe(1);
    expect(placeAfter({ executionType: restated, quantity: 8, remaining: 8 })).toBe(1);
    expect(placeAfter({ executionType: trade, executed: 3, remaining: 7 })).toBe(1);
  });

  it("is lost by another price, by more of it, and by what it shows", () => {
    expect(placeAfter({ executionType: replaced, price: 101 })).toBe(2);
    expect(placeAfter({ executionType: restated, price: 101 })).toBe(2);
    expect(placeAfter({ executionType: replaced, quantity: 11, remaining: 11 })).toBe(2);
    const shows = { was: { displayQuantity: 5 }, is: { displayQuantity: 4 } };
    expect(placeAfter({ executionType: replaced }, shows)).toBe(2);
    const least = { was: { minimumQuantity: 5 }, is: { minimumQuantity: 4 } };
    expect(placeAfter({ executionType: replaced }, least)).toBe(2);
    const offset = { was: { pegOffset: 5 }, is: { pegOffset: 4 } };
    expect(placeAfter({ executionType: replaced }, offset)).toBe(2);
  });

  it("is taken when it is set off, and not before", () => {
    const waits = { orderType: OrderType.stopLimit };
    expect(placeAfter({ ...waits, executionType: replaced })).toBeUndefined();
    expect(placeAfter({ ...waits, executionType: triggered })).toBe(2);
    expect(placeAfter({ executionType: trade }, { isWaiting: true })).toBeUndefined();
  });

  it("is none of an order that cannot rest", () => {
    expect(placeAfter({ executionType: trade, orderType: OrderType.market })).toBeUndefined();
    expect(placeAfter({ executionType: trade, timeInForce: TimeInForce.IOC })).toBeUndefined();
  });

  it("is forgotten when it is over", () => {
    const states = new OrderStates();
    states.hear(placed, { view: undefined, timeUs: 1 });
    expect(states.of(1)?.remaining).toBe(10);
    states.hear({ ...placed, status: OrderStatus.filled }, { view: undefined, timeUs: 2 });
    expect(states.of(1)).toBeUndefined();
  });
});
