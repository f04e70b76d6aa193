import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Instrument } from "../../protocols/api/replies.ts";
import { decimalOf, InstrumentUnits, unitsOf } from "./instrument-units.ts";

const assets = [
  { asset: "BTC", decimals: 8 },
  { asset: "USDT", decimals: 6 },
  { asset: "ETH", decimals: 18 },
  { asset: "YEN", decimals: 0 },
];

function unitsFor(terms: Partial<Instrument>): InstrumentUnits {
  const instrument = {
    symbol: "BTC-USDT",
    base: "BTC",
    quote: "USDT",
    baseUnitsPerLot: 10_000,
    quoteUnitsPerTickLot: 1,
    makerFeeBasisPoints: 0,
    takerFeeBasisPoints: 0,
    shard: 0,
    ...terms,
  };
  return new InstrumentUnits(instrument, assets);
}

describe("an average price", () => {
  it("is as exact in quote as it is in ticks", () => {
    expect(unitsFor({}).averagePriceOf("6500000")).toBe("65000");
    expect(unitsFor({}).averagePriceOf("6500000.333333")).toBe("65000.00333333");
    expect(unitsFor({ quoteUnitsPerTickLot: 50 }).averagePriceOf("3.5")).toBe("1.75");
  });
});

describe("prices", () => {
  it.each<[Partial<Instrument>, number, string]>([
    [{}, 6_500_000, "65000"],
    [{}, 6_500_001, "65000.01"],
    [{}, 1, "0.01"],
    [{ quoteUnitsPerTickLot: 50 }, 3, "1.5"],
    [{ baseUnitsPerLot: 100_000_000, quoteUnitsPerTickLot: 1 }, 5, "0.000005"],
    [{ base: "ETH", baseUnitsPerLot: 10 ** 14, quoteUnitsPerTickLot: 1 }, 123, "1.23"],
    [{ quote: "YEN", baseUnitsPerLot: 1, quoteUnitsPerTickLot: 2 }, 3, "600000000"],
    [{ baseUnitsPerLot: 12_800, quoteUnitsPerTickLot: 1 }, 1, "0.0078125"],
  ])("of %j: %d ticks are %s", (terms, ticks, text) => {
    const units = unitsFor(terms);
    expect(units.priceOf(ticks)).toBe(text);
    expect(units.ticksOf(text)).toBe(ticks);
  });

  it.each(["", "1e3", "0x10", " 1", "1.", ".5", "1,5", "--1", "0.015", "NaN", "9".repeat(40)])(
    "are not read from %j",
    (text) => {
      expect(unitsFor({}).ticksOf(text)).toBeUndefined();
    },
  );

  it("with needless zeros are the same price", () => {
    expect(unitsFor({}).ticksOf("065000.0100")).toBe(6_500_001);
  });

  it("that are no finite decimal numbers are refused when the instrument is taken", () => {
    expect(() => unitsFor({ baseUnitsPerLot: 3 })).toThrow(RangeError);
  });

  it("of an asset that is unknown are refused", () => {
    expect(() => unitsFor({ base: "EUR" })).toThrow(RangeError);
  });
});

describe("quantities", () => {
  it("are wholes of the base asset", () => {
    const units = unitsFor({});
    expect(units.quantityOf(20)).toBe("0.002");
    expect(units.lotsOf("0.002")).toBe(20);
    expect(units.lotsOf("0.00205")).toBeUndefined();
    expect(units.quantityDecimals).toBe(4);
  });
});

describe("amounts", () => {
  it.each([
    ["150000000", 8, "1.5"],
    ["-1", 6, "-0.000001"],
    ["0", 8, "0"],
    ["9223372036854775807", 18, "9.223372036854775807"],
    ["42", 0, "42"],
  ])("%s units with %d decimals are %s", (units, decimals, text) => {
    expect(decimalOf(units, decimals)).toBe(text);
    expect(String(unitsOf(text, decimals))).toBe(units);
  });

  it("survive the way to text and back, whatever they are", () => {
    const anyAmount = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n });
    fc.assert(
      fc.property(anyAmount, fc.integer({ min: 0, max: 18 }), (units, decimals) => {
        expect(BigInt(unitsOf(decimalOf(String(units), decimals), decimals) ?? -1)).toBe(units);
      }),
    );
  });

  it("of an order's cost come out as the trade's price times its quantity", () => {
    const units = unitsFor({});
    expect(units.quoteOf("32500000")).toBe("32.5");
  });
});
