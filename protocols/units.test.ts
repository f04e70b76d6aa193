import { describe, expect, it } from "vitest";
import { InvariantViolation, unreachable } from "./assert.ts";
import {
  add,
  amountMax,
  amountOf,
  divideCeil,
  divideFloor,
  isAmount,
  isIntegerWithin,
  minimum,
  multiply,
  parseAmount,
  subtract,
} from "./units.ts";

const safeMax = Number.MAX_SAFE_INTEGER;

describe("an amount", () => {
  it("is a number as long as a number counts exactly, and a big integer beyond", () => {
    expect(add(safeMax - 1, 1)).toBe(safeMax);
    expect(add(safeMax, 1)).toBe(2n ** 53n);
    expect(add(safeMax, 2)).toBe(2n ** 53n + 1n);
    expect(subtract(2n ** 53n, 1)).toBe(safeMax);
    expect(subtract(-safeMax, 1)).toBe(-(2n ** 53n));
    expect(multiply(2 ** 27, 2 ** 26)).toBe(2n ** 53n);
    expect(multiply(2 ** 27, 2 ** 25)).toBe(2 ** 52);
    expect(amountOf(7n)).toBe(7);
  });

  it("has one zero", () => {
    expect(Object.is(multiply(-1, 0), 0)).toBe(true);
    expect(isAmount(-0)).toBe(false);
  });

  it("fits a signed 64-bit ledger field", () => {
    expect(isAmount(amountMax)).toBe(true);
    expect(isAmount(-(2n ** 63n - 1n))).toBe(true);
    expect(isAmount(2n ** 63n)).toBe(false);
    expect(isAmount(-(2n ** 63n))).toBe(false);
  });

  it("is an integer in its one canonical form", () => {
    for (const value of [0.5, NaN, Infinity, 2 ** 53, 7n, "7", null, undefined, [7], true]) {
      expect(isAmount(value)).toBe(false);
    }
  });

  it("compares with any other, number or big integer", () => {
    expect(minimum(2n ** 60n, 5)).toBe(5);
    expect(minimum(5, 6)).toBe(5);
  });
});

describe("division", () => {
  it("rounds down or up to a whole unit", () => {
    expect([divideFloor(7, 2), divideCeil(7, 2)]).toEqual([3, 4]);
    expect([divideFloor(8, 2), divideCeil(8, 2)]).toEqual([4, 4]);
    expect([divideFloor(0, 9), divideCeil(0, 9)]).toEqual([0, 0]);
    expect(divideFloor(safeMax, safeMax)).toBe(1);
    expect(divideFloor(safeMax - 1, safeMax)).toBe(0);
  });

  it("is of what is not negative, by what is positive", () => {
    for (const [dividend, divisor] of [
      [-1, 2],
      [1, 0],
      [1, -1],
    ] as const) {
      expect(() => divideFloor(dividend, divisor)).toThrow(InvariantViolation);
    }
  });
});

describe("an integer within bounds", () => {
  it("may be either bound, or anything between", () => {
    for (const value of [-2, -1, 0, 3]) expect(isIntegerWithin(value, -2, 3)).toBe(true);
    for (const value of [-3, 4]) expect(isIntegerWithin(value, -2, 3)).toBe(false);
    expect(isIntegerWithin(1, 2, 1)).toBe(false);
  });

  it("is a number that counts exactly, and nothing else", () => {
    expect(isIntegerWithin(safeMax, 0, Infinity)).toBe(true);
    for (const value of [0.5, NaN, Infinity, 2 ** 53, 7n, "7", null, undefined, [7], true]) {
      expect(isIntegerWithin(value, 0, Infinity)).toBe(false);
    }
  });
});

describe("an amount as text", () => {
  it("is a whole decimal number", () => {
    expect(parseAmount("0")).toBe(0);
    expect(parseAmount("-5")).toBe(-5);
    expect(parseAmount("9223372036854775807")).toBe(amountMax);
    expect(Object.is(parseAmount("-0"), 0)).toBe(true);
  });

  it("is nothing else", () => {
    const others = ["", "-", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "１", "1_000", "1n"];
    for (const text of others) expect(parseAmount(text)).toBeUndefined();
    expect(parseAmount("9223372036854775808")).toBeUndefined();
    expect(parseAmount("-9223372036854775808")).toBeUndefined();
    expect(parseAmount("10000000000000000000")).toBeUndefined();
  });
});

describe("a case that the types rule out", () => {
  it("is a defect when it comes all the same", () => {
    expect(() => unreachable("auction" as never)).toThrow('unreachable: "auction"');
  });
});
