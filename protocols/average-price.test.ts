/**
 * Goal: the average price is the same text by whatever arithmetic. Method: properties against
 * fractions of big integers.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { averagePriceOf } from "./average-price.ts";
import { amounts } from "./testing/amounts.ts";
import { InvariantViolation } from "./assert.ts";

function average(executedNotional: number | bigint, executed: number, tickValue = 1): string {
  return averagePriceOf({ executedNotional, executed, tickValue });
}

describe("the average price", () => {
  it("is in ticks, whatever a tick is worth", () => {
    expect(average(500, 5)).toBe("100");
    expect(average(50_000, 5, 100)).toBe("100");
  });

  it("between two ticks has as many decimals as it needs, six at most", () => {
    expect(average(201, 2)).toBe("100.5");
    expect(average(100, 3)).toBe("33.333333");
    expect(average(1, 1_000_000)).toBe("0.000001");
  });

  it("is rounded half up", () => {
    expect(average(200, 3)).toBe("66.666667");
    expect(average(1, 2_000_000)).toBe("0.000001");
    expect(average(1, 2_000_001)).toBe("0");
    expect(average(9_999_999, 10_000_000)).toBe("1");
  });

  it("of nothing is not asked for", () => {
    expect(() => average(0, 0)).toThrow(InvariantViolation);
  });

  it("is less than half a millionth of a tick from the exact one, of figures of any size", () => {
    const sizes = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 2 ** 40 }));
    fc.assert(
      fc.property(amounts, sizes, sizes, (notional, executed, tickValue) => {
        const text = average(notional, executed, tickValue);
        expect(text).toMatch(/^-?(0|[1-9][0-9]*)(\.[0-9]{0,5}[1-9])?$/);
        const [whole = "", fraction = ""] = text.split(".");
        const millionths = BigInt(whole + fraction.padEnd(6, "0"));
        const divisor = BigInt(executed) * BigInt(tickValue);
        const off = millionths * divisor - BigInt(notional) * 1_000_000n;
        expect((off < 0n ? -off : off) * 2n <= divisor).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});
