import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimalOf } from "../../clients/sdk/instrument-units.ts";
import { amountOf, grouped, NaturalUnits } from "./natural-units.ts";

const assets = [
  { asset: "BTC", decimals: 8 },
  { asset: "USDT", decimals: 6 },
  { asset: "USD", decimals: 6 },
  { asset: "MSFT", decimals: 0 },
];
const fees = { makerFeeBasisPoints: 0, takerFeeBasisPoints: 0, shard: 0 };

const bitcoin = new NaturalUnits(
  {
    symbol: "BTC-USDT",
    base: "BTC",
    quote: "USDT",
    baseUnitsPerLot: 10_000,
    quoteUnitsPerTickLot: 1,
    ...fees,
  },
  assets,
);

const share = new NaturalUnits(
  {
    symbol: "MSFT",
    base: "MSFT",
    quote: "USD",
    baseUnitsPerLot: 1,
    quoteUnitsPerTickLot: 100,
    ...fees,
  },
  assets,
);

describe("prices and quantities", () => {
  it("are counted in ticks and lots exactly", () => {
    expect(bitcoin.tickSize).toBe("0.01");
    expect(bitcoin.lotSize).toBe("0.0001");
    expect(bitcoin.ticksOf("65000")).toBe(6_500_000);
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
      'price "65000.001" is not a number of USDT for one BTC in steps of 0.01',
    );
    expect(() => bitcoin.lotsOf("0.00001")).toThrow(
      'quantity "0.00001" is not a number of BTC in steps of 0.0001',
    );
    expect(() => share.lotsOf("0.5")).toThrow("in steps of 1");
  });

  it.each(["", "1e3", "0x10", ".5", "1.", "ten", "1 000", "1,000", "NaN"])(
    "are refused when they are no decimal number: %j",
    (text) => {
      expect(() => bitcoin.ticksOf(text)).toThrow("is not a number of USDT");
    },
  );

  it("come back the same from text", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (count) => {
        expect(bitcoin.ticksOf(bitcoin.price(count))).toBe(count);
        expect(bitcoin.lotsOf(bitcoin.quantity(count))).toBe(count);
        expect(share.ticksOf(share.price(count))).toBe(count);
      }),
    );
  });
});

describe("amounts", () => {
  const usdt = { asset: "USDT", decimals: 6 };

  it("are whole assets on one side and units on the other", () => {
    expect(amountOf("1.5", usdt)).toBe("1500000");
    expect(decimalOf("1500000", 6)).toBe("1.5");
    expect(grouped(decimalOf("1234567000000", 6))).toBe("1,234,567");
    expect(decimalOf("-2500000", 6)).toBe("-2.5");
    expect(bitcoin.quoteAmount("6500000")).toBe("6.5");
  });

  it("keep every unit of the largest there can be", () => {
    expect(decimalOf("9223372036854775807", 6)).toBe("9223372036854.775807");
    expect(grouped("9223372036854.775807")).toBe("9,223,372,036,854.775807");
    expect(amountOf("9223372036854.775807", usdt)).toBe("9223372036854775807");
  });

  it("finer than the asset are refused", () => {
    expect(() => amountOf("0.0000001", usdt)).toThrow(
      'amount "0.0000001" is not a number of USDT with at most 6 decimal places',
    );
  });
});
