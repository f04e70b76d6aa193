import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAmount, NaturalUnits, unitsOf } from "./natural-units.ts";

const decimals = new Map([
  ["BTC", 8],
  ["ETH", 8],
  ["USDT", 6],
  ["USD", 6],
  ["MSFT", 0],
]);

const bitcoin = new NaturalUnits(
  {
    symbol: "BTC-USDT",
    base: "BTC",
    quote: "USDT",
    baseUnitsPerLot: 10_000,
    quoteUnitsPerTickLot: 1,
  },
  decimals,
);

const share = new NaturalUnits(
  { symbol: "MSFT", base: "MSFT", quote: "USD", baseUnitsPerLot: 1, quoteUnitsPerTickLot: 100 },
  decimals,
);

describe("prices and quantities", () => {
  it("are counted in ticks and lots exactly", () => {
    expect(bitcoin.tickSize).toBe("0.01");
    expect(bitcoin.lotSize).toBe("0.0001");
    expect(bitcoin.ticksOf("65000")).toBe(6_500_000);
    expect(bitcoin.ticksOf("65,000.01")).toBe(6_500_001);
    expect(bitcoin.lotsOf("0.25")).toBe(2500);
    expect(share.ticksOf("30.1234")).toBe(301_234);
    expect(share.lotsOf("7")).toBe(7);
  });

  it("are written with as many places as a tick and a lot have", () => {
    expect(bitcoin.price(6_500_000)).toBe("65000.00");
    expect(bitcoin.quantity(20)).toBe("0.0020");
    expect(share.price(301_234)).toBe("30.1234");
    expect(share.quantity(7)).toBe("7");
  });

  it("are refused, and not rounded, when they are finer than a tick or a lot", () => {
    expect(() => bitcoin.ticksOf("65000.001")).toThrow(
      "price 65000.001 is no whole number of ticks of 0.01",
    );
    expect(() => bitcoin.lotsOf("0.00001")).toThrow("no whole number of lots of 0.0001 BTC");
    expect(() => share.lotsOf("0.5")).toThrow("no whole number of lots of 1 MSFT");
  });

  it.each(["", "-1", "1e3", "0x10", ".5", "1.", "ten", "1 000"])(
    "are refused when they are no decimal number: %j",
    (text) => {
      expect(() => bitcoin.ticksOf(text)).toThrow("is no decimal number");
    },
  );

  it("are refused when they are beyond what can be counted", () => {
    expect(() => bitcoin.ticksOf("999999999999999999")).toThrow("is too large");
  });

  it("come back the same from text", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (count) => {
        expect(bitcoin.ticksOf(bitcoin.price(count))).toBe(count);
        expect(bitcoin.lotsOf(bitcoin.quantity(count))).toBe(count);
        expect(share.ticksOf(share.price(count))).toBe(count);
      }),
    );
  });

  it("that no decimal can write exactly are written with eighteen places", () => {
    const thirds = new NaturalUnits(
      { symbol: "X", base: "MSFT", quote: "USD", baseUnitsPerLot: 3, quoteUnitsPerTickLot: 1 },
      decimals,
    );
    expect(thirds.tickSize).toBe("0.000000333333333333");
  });
});

describe("amounts", () => {
  it("are whole assets on one side and units on the other", () => {
    expect(unitsOf("1.5", { asset: "USDT", decimals: 6 })).toBe("1500000");
    expect(formatAmount("1500000", 6)).toBe("1.5");
    expect(formatAmount("1234567000000", 6)).toBe("1,234,567");
    expect(formatAmount("-2500000", 6)).toBe("-2.5");
    expect(formatAmount(0, 8)).toBe("0");
  });

  it("keep every unit of the largest there can be", () => {
    expect(formatAmount("9223372036854775807", 6)).toBe("9,223,372,036,854.775807");
    expect(unitsOf("9223372036854.775807", { asset: "USDT", decimals: 6 })).toBe(
      "9223372036854775807",
    );
  });

  it("finer than the asset are refused", () => {
    expect(() => unitsOf("0.0000001", { asset: "USDT", decimals: 6 })).toThrow(
      "amount 0.0000001 is finer than USDT's 6 decimal places",
    );
  });
});
