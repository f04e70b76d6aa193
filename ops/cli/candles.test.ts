import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import type { Candle, Statistics } from "../../protocols/api/market-summaries.ts";
import { naturalCandle, renderCandles } from "./candles.ts";
import { NaturalUnits } from "./natural-units.ts";
import { naturalStatistics, renderStatistics } from "./stats.ts";

const instrument = {
  symbol: "BTC-USDT",
  base: "BTC",
  quote: "USDT",
  baseUnitsPerLot: 10_000,
  quoteUnitsPerTickLot: 1,
  makerFeeBasisPoints: 10,
  takerFeeBasisPoints: 20,
  shard: 0,
};
const units = new NaturalUnits(instrument, [
  { asset: "BTC", decimals: 8 },
  { asset: "USDT", decimals: 6 },
]);
const candle: Candle = {
  startUs: 1_794_999_960_000_000,
  open: 6_499_900,
  high: 6_500_200,
  low: 6_499_900,
  close: 6_500_000,
  volume: "45",
  notional: "292499500",
  trades: 4,
  firstTradeId: 4,
  lastTradeId: 7,
  isClosed: true,
};
const statistics: Statistics = {
  open: 6_480_000,
  high: 6_510_000,
  low: 6_475_500,
  last: 6_500_000,
  priceChange: 20_000,
  volume: "2450",
  notional: "15912750000",
  trades: 1180,
};

function plain(text: string): string[] {
  return stripVTControlCharacters(text).split("\n");
}

describe("candles", () => {
  it("are shown in natural numbers, with when they begin", () => {
    const running = { ...candle, startUs: candle.startUs + 60_000_000, isClosed: false };
    expect(plain(renderCandles([candle, running], units))).toEqual([
      "BEGINS                 OPEN      HIGH       LOW     CLOSE  VOLUME  TRADES  STATE",
      "2026-11-18T11:06Z  64999.00  65002.00  64999.00  65000.00  0.0045       4  closed",
      "2026-11-18T11:07Z  64999.00  65002.00  64999.00  65000.00  0.0045       4  running",
    ]);
  });

  it("are told with and without units to programs", () => {
    const { natural, ...rest } = naturalCandle(candle, units);
    expect(rest).toEqual(candle);
    expect(natural).toMatchObject({ open: "64999.00", volume: "0.0045", notional: "292.4995" });
  });
});

describe("statistics", () => {
  it("are shown as lines", () => {
    expect(plain(renderStatistics(statistics, units))).toEqual([
      "BTC-USDT, last 24 hours",
      "  last     65,000.00 USDT",
      "  change   +200.00 (+0.31 %)",
      "  range    64,755.00 to 65,100.00",
      "  volume   0.2450 BTC for 15,912.75 USDT",
      "  trades   1,180",
    ]);
  });

  it("show a fall, and leave out what there was not", () => {
    const none = { high: 0, low: 0, volume: "0", notional: "0", trades: 0 };
    const fallen = { ...statistics, ...none, last: 6_415_200, priceChange: -64_800 };
    expect(plain(renderStatistics(fallen, units))).toEqual([
      "BTC-USDT, last 24 hours",
      "  last     64,152.00 USDT",
      "  change   -648.00 (-1.00 %)",
      "  volume   0.0000 BTC for 0 USDT",
      "  trades   0",
    ]);
    const empty = { ...fallen, open: 0, last: 0, priceChange: 0 };
    expect(renderStatistics(empty, units)).toBe("BTC-USDT: no trades yet");
  });

  it("are exact however large", () => {
    const huge = { ...statistics, volume: "9".repeat(25), notional: "9".repeat(30) };
    const natural = naturalStatistics(huge, units);
    expect(natural.volume).toBe(`${"9".repeat(21)}.9999`);
    expect(natural.notional).toBe(`${"9".repeat(24)}.999999`);
  });
});
