import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import type { OrderDetails } from "../../protocols/api/replies.ts";
import { describeAnswer, describeOrder, naturalAnswer, renderOrders } from "./order-text.ts";
import { demoUnits as units } from "./testing/demo-units.ts";

const order: OrderDetails = {
  orderId: 42,
  clientOrderId: "mine-1",
  symbol: "BTC-USDT",
  side: "buy",
  type: "limit",
  timeInForce: "GTC",
  status: "partiallyFilled",
  closeReason: "none",
  price: 6_500_000,
  quantity: 20,
  executed: 5,
  executedNotional: "32500000",
  fees: "65000",
  revision: 0,
  placedAtUs: 0,
};

describe("an order", () => {
  it("reads as a sentence in natural units", () => {
    expect(describeOrder(order, units)).toBe(
      "order 42 (mine-1): buy BTC-USDT, partiallyFilled, 0.0020 BTC at 65000.00, " +
        "0.0005 executed at 65000.00 on average for 32.5 USDT, fee 0.065",
    );
    const market = { ...order, price: 0, executed: 0, status: "canceled" } as const;
    expect(describeOrder({ ...market, closeReason: "budget-exhausted" }, units)).toBe(
      "order 42 (mine-1): buy BTC-USDT, canceled (budget-exhausted), 0.0020 BTC at market, " +
        "nothing executed",
    );
  });

  it("tells what else it asked for", () => {
    const trailing: OrderDetails = {
      ...order,
      type: "trailingStop",
      price: 0,
      executed: 0,
      status: "new",
      waiting: true,
      triggerPrice: 6_300_000,
      triggerBy: "mark",
      trailTicks: 500,
      selfTradePrevention: "cancelOldest",
    };
    expect(describeOrder(trailing, units)).toBe(
      "order 42 (mine-1): buy BTC-USDT, new, 0.0020 BTC at market, trailingStop, waits, " +
        "trigger at first 63000.00 by mark, trail 5.00, self-trade cancelOldest, nothing executed",
    );
    const iceberg: OrderDetails = {
      ...order,
      executed: 0,
      timeInForce: "GTD",
      expiresAtUs: 1_795_000_000_000_000,
      displayQuantity: 2,
      minimumQuantity: 3,
      postOnly: "slide",
    };
    expect(describeOrder(iceberg, units)).toContain(
      "at 65000.00, GTD, until 2026-11-18T11:06:40.000Z, shows 0.0002, at least 0.0003 at once, " +
        "post-only slide, nothing executed",
    );
    const pegged: OrderDetails = {
      ...order,
      type: "pegged",
      pegTo: "midpoint",
      pegOffset: 2,
      hidden: true,
      reduceOnly: true,
      executed: 0,
    };
    expect(describeOrder(pegged, units)).toContain(
      "pegged, pegged to midpoint, 0.02 behind, hidden, only reduces, nothing executed",
    );
    const budget = { quoteBudget: "1500000000", collarBasisPoints: 50, trailBasisPoints: 5 };
    expect(describeOrder({ ...order, ...budget, triggerPrice: 1 }, units)).toContain(
      "for 1,500 USDT, collar 50 bps, trigger at first 0.01 by last, trail 5 bps, ",
    );
    expect(describeOrder({ ...order, waiting: true }, units)).toContain("waits, ");
  });

  it("has a column for it in a list where any does", () => {
    const waiting = { ...order, waiting: true } as const;
    const lines = stripVTControlCharacters(renderOrders([order, waiting], () => units));
    expect(lines.split("\n").map((line) => line.slice(-16))).toEqual([
      expect.stringMatching(/TERMS$/),
      expect.stringMatching(/partiallyFilled$/),
      expect.stringMatching(/waits$/),
    ]);
  });

  it("is a line in a list", () => {
    expect(stripVTControlCharacters(renderOrders([order], () => units))).toBe(
      [
        "ORDER  CLIENT ID  SYMBOL    SIDE  QUANTITY     PRICE  EXECUTED  STATUS",
        "   42  mine-1     BTC-USDT  buy     0.0020  65000.00    0.0005  partiallyFilled",
      ].join("\n"),
    );
    expect(renderOrders([], () => units)).toBe("no working orders");
  });
});

describe("the answer to one command of several", () => {
  const state = { ...order, updateId: 7 };
  const refused = {
    ok: false,
    error: { number: 10, name: "field-invalid", message: "No.", field: "price" },
  } as const;

  it("is the order, or why there is none", () => {
    const done = { ok: true, isDuplicate: false, order: state } as const;
    expect(describeAnswer({ result: done, units })).toBe(describeOrder(order, units));
    expect(describeAnswer({ result: done, units: undefined })).toBe("order 42: partiallyFilled");
    expect(describeAnswer({ result: refused, units })).toBe("refused: No. (price)");
  });

  it("has decimal numbers where there is an order", () => {
    const natural = expect.objectContaining({ price: "65000.00" }) as unknown;
    const withOrder = { ...refused, order: state };
    expect(naturalAnswer({ result: withOrder, units })).toEqual({ ...withOrder, natural });
    expect(naturalAnswer({ result: refused, units })).toEqual(refused);
  });
});
