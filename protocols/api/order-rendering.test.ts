/** Goal: an order is shown with what its request asked for, under the same names, and no more. */
import { Errors } from "typebox/value";
import { describe, expect, it } from "vitest";
import { plainInstructions } from "../order-instructions.ts";
import type { OrderView } from "../queries.ts";
import { instructionsExample } from "../testing/instructions.ts";
import { instructionsOf } from "./instruction-translation.ts";
import { renderOrderDetails } from "./order-rendering.ts";
import type { PlaceRequest } from "./order-requests.ts";
import { orderDetails } from "./replies.ts";

const plainOrder: OrderView = {
  orderId: 5,
  clientOrderId: "a",
  account: "demo",
  symbol: "BTC-USDT",
  side: 0,
  orderType: 0,
  timeInForce: 0,
  status: 1,
  closeReason: 0,
  price: 100,
  quantity: 7,
  executed: 0,
  executedNotional: 0,
  tickValue: 10,
  fees: 0,
  revision: 0,
  placedAtUs: 1,
  instructions: plainInstructions,
  isWaiting: false,
};
const shownPlainly = {
  orderId: 5,
  clientOrderId: "a",
  symbol: "BTC-USDT",
  side: "buy",
  type: "limit",
  timeInForce: "GTC",
  status: "new",
  closeReason: "none",
  price: 100,
  quantity: 7,
  executed: 0,
  executedNotional: "0",
  fees: "0",
  revision: 0,
  placedAtUs: 1,
};
const everything = {
  quoteBudget: "9223372036854775807",
  collarBasisPoints: 150,
  triggerPrice: 6_400_000,
  triggerBy: "mark",
  trailTicks: 500,
  trailBasisPoints: 25,
  displayQuantity: 10,
  hidden: true,
  minimumQuantity: 5,
  postOnly: "slide",
  pegTo: "midpoint",
  pegOffset: -2,
  expiresAtUs: 1_795_000_000_000_000,
  selfTradePrevention: "decrement",
} as const;

describe("an order", () => {
  it("that asked for nothing more is shown by its terms", () => {
    expect(renderOrderDetails(plainOrder)).toStrictEqual(shownPlainly);
    const copied = { ...plainInstructions };
    expect(renderOrderDetails({ ...plainOrder, instructions: copied })).toStrictEqual(shownPlainly);
  });

  it("that waits says so", () => {
    const shown = renderOrderDetails({ ...plainOrder, isWaiting: true });
    expect(shown).toStrictEqual({ ...shownPlainly, waiting: true });
  });

  it("is shown with the average price of what it executed", () => {
    const executed = { executed: 4, executedNotional: 3990 };
    const shown = renderOrderDetails({ ...plainOrder, ...executed });
    expect(shown).toMatchObject({ executedNotional: "3990", averagePrice: "99.75" });
    expect(Errors(orderDetails, shown)).toEqual([]);
  });

  it("is shown with everything that it asked for", () => {
    const shown = renderOrderDetails({ ...plainOrder, instructions: instructionsExample });
    expect(shown).toStrictEqual({ ...shownPlainly, ...everything });
    expect(Errors(orderDetails, shown)).toEqual([]);
  });

  it("asked for what it is shown with", () => {
    const request: PlaceRequest = { symbol: "A", side: "buy", type: "pegged", ...everything };
    expect(instructionsOf(request)).toStrictEqual(instructionsExample);
  });
});
