/**
 * Method: every operation against the same on big integers, with amounts drawn where the two ways
 * of counting meet. A result must be exact and in canonical form.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { amounts, exactAmounts } from "./testing/amounts.ts";
import {
  add,
  amountMax,
  amountOf,
  divideCeil,
  divideFloor,
  isAmount,
  minimum,
  multiply,
  parseAmount,
  subtract,
} from "./units.ts";
import type { Amount } from "./units.ts";

const numRuns = 2000;

/** Equal in value and canonical in form: `toBe` tells 7 from 7n, and 0 from -0. */
function expectExactly(result: Amount, oracle: bigint): void {
  expect(BigInt(result)).toBe(oracle);
  expect(result).toBe(amountOf(oracle));
  expect(typeof result).toBe(Number.isSafeInteger(Number(oracle)) ? "number" : "bigint");
}

describe("arithmetic on amounts", () => {
  it("adds, subtracts and multiplies exactly", () => {
    const property = fc.property(exactAmounts, exactAmounts, (a, b) => {
      expectExactly(add(amountOf(a), amountOf(b)), a + b);
      expectExactly(subtract(amountOf(a), amountOf(b)), a - b);
      expectExactly(multiply(amountOf(a), amountOf(b)), a * b);
    });
    fc.assert(property, { numRuns });
  });

  it("orders amounts as integers are ordered", () => {
    const property = fc.property(exactAmounts, exactAmounts, (a, b) => {
      expectExactly(minimum(amountOf(a), amountOf(b)), a < b ? a : b);
      expect(amountOf(a) === amountOf(b)).toBe(a === b);
    });
    fc.assert(property, { numRuns });
  });

  it("divides exactly, rounding down or up", () => {
    const natural = exactAmounts.map((value) => (value < 0n ? -value : value));
    const positive = natural.map((value) => (value === 0n ? 1n : value));
    const property = fc.property(natural, positive, (dividend, divisor) => {
      expectExactly(divideFloor(amountOf(dividend), amountOf(divisor)), dividend / divisor);
      const ceil = (dividend + divisor - 1n) / divisor;
      expectExactly(divideCeil(amountOf(dividend), amountOf(divisor)), ceil);
    });
    fc.assert(property, { numRuns });
  });

  it("divides exactly next to every multiple that a number can count", () => {
    // A quotient one unit below an integer is where a rounded division would show.
    const property = fc.property(
      fc.bigInt({ min: 1n, max: 2n ** 53n - 1n }),
      fc.bigInt({ min: 1n, max: 2n ** 53n - 1n }),
      fc.bigInt({ min: -1n, max: 1n }),
      (divisor, ceiling, off) => {
        const quotient = (ceiling % (2n ** 53n / divisor)) + 1n;
        const dividend = divisor * quotient + off;
        fc.pre(dividend < 2n ** 53n);
        expectExactly(divideFloor(amountOf(dividend), amountOf(divisor)), dividend / divisor);
      },
    );
    fc.assert(property, { numRuns });
  });
});

describe("the form of amounts", () => {
  it("is canonical for every integer that a ledger field holds, and for no other", () => {
    const property = fc.property(fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }), (value) => {
      const fits = value <= BigInt(amountMax) && value >= -BigInt(amountMax);
      expect(isAmount(amountOf(value))).toBe(fits);
      if (Number.isSafeInteger(Number(value))) expect(isAmount(value)).toBe(false);
    });
    fc.assert(property, { numRuns });
  });

  it("comes back from text as it was", () => {
    const property = fc.property(amounts, (amount) => {
      expect(parseAmount(String(amount))).toBe(amount);
    });
    fc.assert(property, { numRuns });
  });
});
