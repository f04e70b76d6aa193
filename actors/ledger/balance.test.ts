import { describe, expect, it } from "vitest";
import { InvariantViolation } from "../../protocols/index.ts";
import type { Amount } from "../../protocols/index.ts";
import { ShardLedger } from "./asset-ledger.ts";
import { Balance } from "./balance.ts";

function balanceOf(available: Amount, reserved: Amount = 0): Balance {
  const balance = new Balance(new ShardLedger().of("COIN"), "alice");
  balance.arrive(available, reserved);
  return balance;
}

const partsOf = (balance: Balance) => [balance.available, balance.reserved, balance.total];

describe("a balance", () => {
  it("begins empty", () => {
    expect(partsOf(balanceOf(0))).toEqual([0, 0, 0]);
  });

  it("moves what is reserved from what is available, and back", () => {
    const balance = balanceOf(100);
    balance.reserve(70);
    expect(partsOf(balance)).toEqual([30, 70, 100]);
    balance.reserve(-20);
    expect(partsOf(balance)).toEqual([50, 50, 100]);
  });

  it("spends only what was reserved, and the fee on top of that", () => {
    const balance = balanceOf(100, 40);
    balance.spend(38, 2);
    expect(partsOf(balance)).toEqual([100, 0, 100]);
    expect(balance.ledger.fees.balance).toBe(2);
    expect(() => balance.spend(1, 0)).toThrow(InvariantViolation);
  });

  it("receives what is left of proceeds when the fee is taken out of them", () => {
    const balance = balanceOf(0);
    balance.receive(100, 3);
    expect(partsOf(balance)).toEqual([97, 0, 97]);
    expect(balance.ledger.fees.balance).toBe(3);
    expect(() => balanceOf(0).receive(2, 3)).toThrow(InvariantViolation);
  });

  it("counts on beyond what a number counts exactly", () => {
    const balance = balanceOf(Number.MAX_SAFE_INTEGER);
    balance.deposit(2);
    expect(balance.available).toBe(2n ** 53n + 1n);
    balance.reserve(2n ** 53n);
    expect(partsOf(balance)).toEqual([1, 2n ** 53n, 2n ** 53n + 1n]);
  });

  it("is never negative in any part", () => {
    expect(() => balanceOf(10).reserve(11)).toThrow(InvariantViolation);
    expect(() => balanceOf(10, 5).reserve(-6)).toThrow(InvariantViolation);
    expect(() => balanceOf(10).deposit(-1)).toThrow(InvariantViolation);
    expect(() => balanceOf(10, 5).spend(-1, 0)).toThrow(InvariantViolation);
    expect(() => balanceOf(-1)).toThrow(InvariantViolation);
    expect(() => balanceOf(0, -1)).toThrow(InvariantViolation);
  });

  it("departs with all there is, once", () => {
    const balance = balanceOf(10, 5);
    balance.depart();
    expect(partsOf(balance)).toEqual([0, 0, 0]);
    expect(balance.ledger.settlement.balance).toBe(0);
  });
});
