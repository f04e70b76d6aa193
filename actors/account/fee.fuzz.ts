/**
 * The one rounding rule, against the same on big integers: however an order is filled, it pays its
 * exact fee rounded up once.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { amountOf, InvariantViolation } from "../../protocols/index.ts";
import type { Amount } from "../../protocols/index.ts";
import { chargeFee, costWithFee } from "./fee.ts";

const numRuns = 1500;
const rates = fc.integer({ min: 0, max: 1000 });
const notionals = fc.oneof(
  fc.bigInt({ min: 1n, max: 20_000n }),
  fc.bigInt({ min: 1n, max: 2n ** 62n }),
);
const fills = fc.array(fc.tuple(notionals, rates), { minLength: 1, maxLength: 30 });

function roundedUp(tenThousandths: bigint): bigint {
  return (tenThousandths + 9999n) / 10_000n;
}

/** Charges fills one after the other. Returns the fees and the credit that is left. */
function chargeAll(list: readonly (readonly [bigint, number])[]): {
  fees: bigint[];
  credit: number;
} {
  let credit = 0;
  const fees = list.map(([notional, rate]) => {
    const charge = chargeFee(amountOf(notional), rate, credit);
    credit = charge.credit;
    return BigInt(charge.fee);
  });
  return { fees, credit };
}

const sum = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);

describe("fees", () => {
  it("are the exact fee over all fills, rounded up once", () => {
    const property = fc.property(fills, (list) => {
      const exact = sum(list.map(([notional, rate]) => notional * BigInt(rate)));
      const { fees, credit } = chargeAll(list);
      expect(sum(fees)).toBe(roundedUp(exact));
      expect(BigInt(credit)).toBe(sum(fees) * 10_000n - exact);
    });
    fc.assert(property, { numRuns });
  });

  it("are the same for any split of a trade as for the whole", () => {
    const parts = fc.array(fc.bigInt({ min: 1n, max: 2n ** 55n }), { minLength: 1, maxLength: 20 });
    const property = fc.property(parts, rates, (split, rate) => {
      const whole = chargeFee(amountOf(sum(split)), rate, 0);
      const { fees, credit } = chargeAll(split.map((part) => [part, rate]));
      expect([sum(fees), credit]).toEqual([BigInt(whole.fee), whole.credit]);
    });
    fc.assert(property, { numRuns });
  });

  it("are never negative, and no fill pays more than its own fee rounded up", () => {
    const property = fc.property(fills, (list) => {
      chargeAll(list).fees.forEach((fee, index) => {
        const [notional, rate] = list[index]!;
        expect(fee >= 0n && fee <= roundedUp(notional * BigInt(rate))).toBe(true);
        // A seller never pays for selling.
        expect(fee <= notional).toBe(true);
      });
    });
    fc.assert(property, { numRuns });
  });

  it("never exceed what was reserved at the dearest rate and the highest price", () => {
    const property = fc.property(fills, fc.nat({ max: 9999 }), (list, credit) => {
      const rateMax = Math.max(...list.map(([, rate]) => rate));
      const total = amountOf(sum(list.map(([notional]) => notional)));
      let reserved: Amount = costWithFee(total, rateMax, credit);
      let rest = BigInt(total);
      let left = credit;
      for (const [notional, rate] of list) {
        const charge = chargeFee(amountOf(notional), rate, left);
        reserved = amountOf(BigInt(reserved) - notional - BigInt(charge.fee));
        left = charge.credit;
        rest -= notional;
        // What remains is covered too, at every step.
        expect(reserved >= costWithFee(amountOf(rest), rateMax, left)).toBe(true);
      }
    });
    fc.assert(property, { numRuns });
  });

  it("use up the credit before anything is paid", () => {
    expect(chargeFee(0, 100, 0)).toEqual({ fee: 0, credit: 0 });
    expect(chargeFee(1, 100, 0)).toEqual({ fee: 1, credit: 9900 });
    expect(chargeFee(99, 100, 9900)).toEqual({ fee: 0, credit: 0 });
    expect(chargeFee(100, 100, 9900)).toEqual({ fee: 1, credit: 9900 });
  });

  it("are of trades, not of debts", () => {
    expect(() => chargeFee(-1, 10, 0)).toThrow(InvariantViolation);
    expect(() => chargeFee(1, 10, -1)).toThrow(InvariantViolation);
    expect(() => chargeFee(1, 10, 10_000)).toThrow(InvariantViolation);
  });
});
