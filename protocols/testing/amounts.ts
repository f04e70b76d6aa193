/**
 * Amounts for property tests: where numbers end and big integers begin, at the ledger's limits, and
 * anything between.
 */
import fc from "fast-check";
import { amountMax, amountOf } from "../units.ts";
import type { Amount } from "../units.ts";

const limits = [0n, 1n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 62n, BigInt(amountMax)];
const largest = BigInt(amountMax);

const nearLimits = fc
  .tuple(fc.constantFrom(...limits), fc.bigInt({ min: -3n, max: 3n }), fc.boolean())
  .map(([limit, off, isNegative]) => (isNegative ? -(limit + off) : limit + off))
  .filter((value) => value <= largest && value >= -largest);

/** Integers that an amount can be, as the oracle counts them. */
export const exactAmounts: fc.Arbitrary<bigint> = fc.oneof(
  nearLimits,
  fc.bigInt({ min: -largest, max: largest }),
  fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }),
  fc.bigInt({ min: -1000n, max: 1000n }),
);

export const amounts: fc.Arbitrary<Amount> = exactAmounts.map(amountOf);
