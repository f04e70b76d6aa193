import { describe, expect, it } from "vitest";
import { InvariantViolation } from "../../protocols/index.ts";
import { Balance } from "./balance.ts";

const partsOf = (balance: Balance) => [balance.available, balance.reserved, balance.total];

describe("a balance", () => {
  it("begins empty", () => {
    expect(partsOf(new Balance())).toEqual([0, 0, 0]);
  });

  it("moves what is reserved from what is available, and back", () => {
    const balance = new Balance(100);
    balance.reserve(70);
    expect(partsOf(balance)).toEqual([30, 70, 100]);
    balance.reserve(-20);
    expect(partsOf(balance)).toEqual([50, 50, 100]);
  });

  it("spends only what was reserved", () => {
    const balance = new Balance(100, 40);
    balance.spendReserved(40);
    expect(partsOf(balance)).toEqual([100, 0, 100]);
    expect(() => balance.spendReserved(1)).toThrow(InvariantViolation);
  });

  it("counts on beyond what a number counts exactly", () => {
    const balance = new Balance(Number.MAX_SAFE_INTEGER);
    balance.credit(2);
    expect(balance.available).toBe(2n ** 53n + 1n);
    balance.reserve(2n ** 53n);
    expect(partsOf(balance)).toEqual([1, 2n ** 53n, 2n ** 53n + 1n]);
  });

  it("is never negative in any part", () => {
    expect(() => new Balance(10).reserve(11)).toThrow(InvariantViolation);
    expect(() => new Balance(10, 5).reserve(-6)).toThrow(InvariantViolation);
    expect(() => new Balance(10).credit(-1)).toThrow(InvariantViolation);
    expect(() => new Balance(10, 5).spendReserved(-1)).toThrow(InvariantViolation);
    expect(() => new Balance(-1)).toThrow(InvariantViolation);
    expect(() => new Balance(0, -1)).toThrow(InvariantViolation);
  });
});
