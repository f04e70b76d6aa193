/** Goal: `outcry history` reads times as people write them, and shows whole assets. */
import { describe, expect, it } from "vitest";
import type { PastOrder } from "../../protocols/api/history-replies.ts";
import { candleText, fillText, ledgerText, orderText, tradeText } from "./history-text.ts";
import { Terms } from "./terms.ts";
import { timeOption } from "./history.ts";

describe("a time", () => {
  it.each([
    ["2026-11-22", Date.UTC(2026, 10, 22)],
    ["2026-11-22T12:30", Date.UTC(2026, 10, 22, 12, 30)],
    ["2026-11-22T12:30:01.5", Date.UTC(2026, 10, 22, 12, 30, 1, 500)],
    ["2026-11-22T12:30Z", Date.UTC(2026, 10, 22, 12, 30)],
    ["2026-11-22T12:30+02:00", Date.UTC(2026, 10, 22, 10, 30)],
  ])("%s is UTC's where no zone is named", (text, ms) => {
    expect(timeOption(text)).toBe(ms * 1000);
  });

  it("is one to the microsecond", () => {
    const timeUs = Date.UTC(2026, 10, 22, 12, 30, 1, 123) * 1000 + 456;
    expect(timeOption("2026-11-22T12:30:01.123456")).toBe(timeUs);
  });

  it.each(["2026-02-31", "", "yesterday", "2026-13-01", "12:30", "1795000000000000", "1960-01-01"])(
    "%j is none",
    (text) => expect(() => timeOption(text)).toThrow(/such as 2026-11-22T12:00/),
  );
});

describe("a row", () => {
  const terms = new Terms(
    [
      {
        ...{ symbol: "BTC-USDT", base: "BTC", quote: "USDT", shard: 0 },
        ...{ baseUnitsPerLot: 10_000, quoteUnitsPerTickLot: 1 },
        ...{ makerFeeBasisPoints: 1, takerFeeBasisPoints: 2 },
      },
    ],
    [
      { asset: "BTC", decimals: 8 },
      { asset: "USDT", decimals: 6 },
    ],
  );
  const place = { timeUs: 1_795_000_000_123_456, shard: 0, sequence: 5, index: 1 };
  const time = "2026-11-18T11:06:40.123456Z";
  const prices = { price: 6_500_000, quantity: 20 };

  it("of a fill is in whole assets", () => {
    const of = { symbol: "BTC-USDT", side: "buy", liquidity: "taker" } as const;
    const ids = { tradeId: 7, orderId: 42 };
    const fill = { ...place, ...of, ...ids, ...prices, notional: "130000000", fee: "26000" };
    expect(fillText.cells(fill, terms)).toEqual([
      ...[time, "BTC-USDT", "buy", "65000.00", "0.0020", "0.026", "taker", "42", "7"],
    ]);
    expect(fillText.natural(fill, terms)).toMatchObject({ notional: "130", fee: "0.026", time });
  });

  it("of the ledger has a sign, and an order only if there was one", () => {
    const entry = { ...place, asset: "BTC", amount: "-200000", cause: "deposit" } as const;
    expect(ledgerText.cells(entry, terms)).toEqual([time, "BTC", "-0.002", "deposit", "", ""]);
    const nobody = { ...entry, asset: "GONE", amount: "12" };
    expect(ledgerText.natural(nobody, terms)).toMatchObject({ amount: "12" });
  });

  it("can only be of an instrument and an asset that there are", () => {
    expect(() => terms.requireKnown({ symbol: "BTC-USDT", asset: "BTC" })).not.toThrow();
    expect(() => terms.requireKnown({ symbol: "NOPE" })).toThrow(/no instrument NOPE.*BTC-USDT/);
    expect(() => terms.requireKnown({ asset: "NOPE" })).toThrow(/no asset NOPE/);
  });

  it("of a trade, of a candle and of an order likewise", () => {
    const trade = { ...place, symbol: "BTC-USDT", takerSide: "sell", tradeId: 7, ...prices };
    expect(tradeText.cells({ ...trade, takerSide: "sell" }, terms)).toEqual([
      ...[time, "BTC-USDT", "sell", "65000.00", "0.0020", "7"],
    ]);
    const candle = {
      ...{ symbol: "BTC-USDT", startUs: place.timeUs, open: 1, high: 300, low: 1, close: 2 },
      ...{ volume: "12", notional: "60", trades: 3, firstTradeId: 1, lastTradeId: 3 },
      isClosed: true,
    };
    expect(candleText.cells(candle, terms)).toEqual([
      ...[time, "0.01", "3.00", "0.01", "0.02", "0.0012", "3"],
    ]);
    const words = { side: "buy", type: "market", timeInForce: "IOC", status: "canceled" } as const;
    const order: PastOrder = {
      ...{ orderId: 42, clientOrderId: "a", symbol: "BTC-USDT", ...words, closeReason: "none" },
      ...{ price: 0, quantity: 20, executed: 5, executedNotional: "1", revision: 0 },
      ...{ fees: "0" },
      ...{ placedAtUs: place.timeUs, updatedAtUs: place.timeUs },
    };
    expect(orderText.cells(order, terms)).toEqual([
      ...[time, "BTC-USDT", "buy", "market", "", "0.0020", "0.0005", "canceled", "42", "a"],
    ]);
  });
});
