/**
 * The one rounding rule, against the same on big integers: however an order is filled, it pays its
 * exact fee rounded up once.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { amountOf, InvariantViolation } from "../../protocols/index.ts";
import type { Amount } from "../../protocols/index.ts";
import { apples } from "../testing/instruments.ts";
import { Random } from "../testing/random.ts";
import { chargeFee, chargeMinimum, costWithFee } from "./fee.ts";
import { notionalOf } from "./reservation.ts";

const numRuns = 1500;
/** In parts of a million: a rebate of half a percent at most, a fee of a tenth. */
const rates = fc.integer({ min: -5000, max: 100_000 });
const notionals = fc.oneof(
  fc.bigInt({ min: 1n, max: 20_000n }),
  fc.bigInt({ min: 1n, max: 2n ** 62n }),
);
const fills = fc.array(fc.tuple(notionals, rates), { minLength: 1, maxLength: 30 });

/** Big integers are divided towards zero: below that, that is up. */
function roundedUp(millionths: bigint): bigint {
  return millionths > 0n ? (millionths + 999_999n) / 1_000_000n : millionths / 1_000_000n;
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
      expect(BigInt(credit)).toBe(sum(fees) * 1_000_000n - exact);
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

  it("are no more than a fill's own fee rounded up, and no rebate is more than the exact one", () => {
    const property = fc.property(fills, (list) => {
      chargeAll(list).fees.forEach((fee, index) => {
        const [notional, rate] = list[index]!;
        expect(fee <= roundedUp(notional * BigInt(rate))).toBe(true);
        // A seller never pays for selling.
        expect(fee <= notional).toBe(true);
        expect(fee >= 0n || rate < 0).toBe(true);
      });
    });
    fc.assert(property, { numRuns });
  });

  it("never exceed what was reserved at the dearest rate and the highest price", () => {
    const property = fc.property(fills, fc.nat({ max: 999_999 }), (list, credit) => {
      const rateMax = Math.max(0, ...list.map(([, rate]) => rate));
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
    expect(chargeFee(0, 10_000, 0)).toEqual({ fee: 0, credit: 0 });
    expect(chargeFee(1, 10_000, 0)).toEqual({ fee: 1, credit: 990_000 });
    expect(chargeFee(99, 10_000, 990_000)).toEqual({ fee: 0, credit: 0 });
    expect(chargeFee(100, 10_000, 990_000)).toEqual({ fee: 1, credit: 990_000 });
  });

  it("are given back where the rate is below zero, in whole units that were earned", () => {
    expect(chargeFee(9999, -100, 0)).toEqual({ fee: 0, credit: 999_900 });
    expect(chargeFee(1, -100, 999_900)).toEqual({ fee: -1, credit: 0 });
    expect(chargeFee(25_000, -100, 0)).toEqual({ fee: -2, credit: 500_000 });
  });

  it("are of trades, not of debts", () => {
    expect(() => chargeFee(-1, 10, 0)).toThrow(InvariantViolation);
    expect(() => chargeFee(1, 10, -1)).toThrow(InvariantViolation);
    expect(() => chargeFee(1, 10, 1_000_000)).toThrow(InvariantViolation);
  });
});

describe("a fee of so much at least", () => {
  const minimums = fc.bigInt({ min: 1n, max: 100_000n });

  it("is the greater of the exact fee rounded up and the minimum, however it is filled", () => {
    const property = fc.property(fills, minimums, (list, minimum) => {
      let [paid, credit]: [Amount, Amount] = [0, 0];
      let exact = 0n;
      for (const [notional, ppm] of list) {
        const order = { minimum: amountOf(minimum), paid, credit };
        const charge = chargeMinimum({ ...order, notional: amountOf(notional), ppm });
        paid = amountOf(BigInt(paid) + BigInt(charge.fee));
        credit = charge.credit;
        exact += notional * BigInt(ppm);
        const whole = roundedUp(exact);
        expect(BigInt(paid)).toBe(whole > minimum ? whole : minimum);
      }
    });
    fc.assert(property, { numRuns });
  });

  it("takes of a sale no more than it brings in, and the rest of later fills", () => {
    const property = fc.property(fills, minimums, (list, minimum) => {
      let [paid, credit]: [Amount, Amount] = [0, 0];
      let [exact, broughtIn] = [0n, 0n];
      for (const [notional, rate] of list) {
        const ppm = Math.max(rate, 0);
        const order = { minimum: amountOf(minimum), paid, credit, most: amountOf(notional) };
        const charge = chargeMinimum({ ...order, notional: amountOf(notional), ppm });
        expect(charge.fee >= 0 && BigInt(charge.fee) <= notional).toBe(true);
        paid = amountOf(BigInt(paid) + BigInt(charge.fee));
        credit = charge.credit;
        exact += notional * BigInt(ppm);
        broughtIn += notional;
        const whole = roundedUp(exact);
        const due = whole > minimum ? whole : minimum;
        expect(BigInt(paid) <= due && BigInt(paid) <= broughtIn).toBe(true);
        if (broughtIn >= due && BigInt(paid) < due) expect(BigInt(charge.fee)).toBe(notional);
      }
    });
    fc.assert(property, { numRuns });
  });
});

/** As many as there are to be in each run of the tests. */
const oracleCases = 10_000_000;

describe("price times quantity times fee", () => {
  it("is exact in ten million random cases of all sizes", () => {
    const random = new Random(20_261_122);
    /** Of any size up to so many bits, small ones as often as large ones. */
    const upTo = (bits: number): number => random.below(2 ** (1 + random.below(bits)));
    let wrong = 0;
    let beyond = 0;
    for (let count = 0; count < oracleCases; count++) {
      const [price, quantity, units] = [upTo(31), upTo(30), 1 + upTo(20)];
      const [ppm, credit] = [random.below(105_001) - 5000, random.below(1_000_000)];
      const notional = notionalOf({ ...apples, quoteUnitsPerTickLot: units }, price, quantity);
      const charge = chargeFee(notional, ppm, credit);
      const exactly = BigInt(price) * BigInt(quantity) * BigInt(units);
      const due = exactly * BigInt(ppm) - BigInt(credit);
      const fee = roundedUp(due);
      if (typeof notional === "bigint") beyond += 1;
      const isRight =
        BigInt(notional) === exactly &&
        BigInt(charge.fee) === fee &&
        BigInt(charge.credit) === fee * 1_000_000n - due;
      if (!isRight) wrong += 1;
    }
    expect(wrong).toBe(0);
    expect(beyond).toBeGreaterThan(oracleCases / 100);
  });
});
