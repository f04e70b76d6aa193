import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import type { OrderDetails } from "../../protocols/api/replies.ts";
import { NaturalUnits } from "./natural-units.ts";
import { describeOrder, renderOrders } from "./order-text.ts";

const units = new NaturalUnits(
  {
    symbol: "BTC-USDT",
    base: "BTC",
    quote: "USDT",
    baseUnitsPerLot: 10_000,
    quoteUnitsPerTickLot: 1,
    makerFeeBasisPoints: 10,
    takerFeeBasisPoints: 20,
    shard: 0,
  },
  [
    { asset: "BTC", decimals: 8 },
    { asset: "USDT", decimals: 6 },
  ],
);

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
        "0.0005 executed for 32.5 USDT, fee 0.065",
    );
    const market = { ...order, price: 0, executed: 0, status: "canceled" } as const;
    expect(describeOrder({ ...market, closeReason: "budget-exhausted" }, units)).toBe(
      "order 42 (mine-1): buy BTC-USDT, canceled (budget-exhausted), 0.0020 BTC at market, " +
        "nothing executed",
    );
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
