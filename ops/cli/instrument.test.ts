import { describe, expect, it } from "vitest";
import { unitsOfSteps } from "./instrument.ts";

describe("an instrument's steps", () => {
  it("become units of its assets", () => {
    // 0.0001 BTC of 8 places; at 0.01 USDT of 6 places.
    expect(unitsOfSteps({ tick: "0.01", lot: "0.0001" }, 8, 6)).toEqual({
      baseUnitsPerLot: 10_000,
      quoteUnitsPerTickLot: 1,
    });
    expect(unitsOfSteps({ tick: "0.0001", lot: "1" }, 0, 6)).toEqual({
      baseUnitsPerLot: 1,
      quoteUnitsPerTickLot: 100,
    });
    expect(unitsOfSteps({ tick: "5", lot: "1000" }, 2, 2)).toEqual({
      baseUnitsPerLot: 100_000,
      quoteUnitsPerTickLot: 500_000,
    });
  });

  it.each([
    [{ tick: "0.01", lot: "0.001" }, "a lot is no whole number of units"],
    [{ tick: "0.001", lot: "0.01" }, "one lot at one tick costs no whole number"],
    [{ tick: "0", lot: "1" }, "one lot at one tick costs no whole number"],
    [{ tick: "x", lot: "1" }, '--tick "x" is no decimal number'],
    [{ tick: "1", lot: "-1" }, '--lot "-1" is no decimal number'],
  ])("that cannot be counted are refused: %j", (steps, message) => {
    expect(() => unitsOfSteps(steps, 2, 4)).toThrow(message);
  });
});
