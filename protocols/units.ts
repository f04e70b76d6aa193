/**
 * Integer units and the only arithmetic allowed on money.
 *
 * Prices are ticks and quantities are lots, plain safe integers. An {@link Amount} counts units of
 * one asset and may exceed 2^53, so it is a `number` while it is a safe integer and a `bigint`
 * beyond: exact always, and free of big-integer objects on the paths that trade ordinary sizes.
 * Every operation here is exact or asserts; division exists nowhere else below the cluster.
 */
import { assert } from "./assert.ts";

/** A price as a count of an instrument's ticks. */
export type Ticks = number;
/** A quantity as a count of an instrument's lots. */
export type Lots = number;
/** Microseconds since the Unix epoch, from the log. */
export type TimeUs = number;
/**
 * Units of one asset. Canonical: a `number` exactly when it is a safe integer, else a `bigint`, so
 * `===` compares equal amounts as equal and `<` works on any two.
 */
export type Amount = number | bigint;

/** The largest price an instrument may trade at, in ticks. */
export const ticksMax: Ticks = 2 ** 31;
/** The largest quantity of one order, in lots. */
export const lotsMax: Lots = 2 ** 40;
/** The largest amount that may exist of one asset: what a signed 64-bit ledger field holds. */
export const amountMax: Amount = 2n ** 63n - 1n;

/** Fee rates are in basis points: hundredths of a percent. */
export const basisPointsPerUnit = 10_000;

/** The canonical form of an integer of any size. */
export function amountOf(value: bigint): Amount {
  const asNumber = Number(value);
  return Number.isSafeInteger(asNumber) ? asNumber : value;
}

export function add(a: Amount, b: Amount): Amount {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return amountOf(BigInt(a) + BigInt(b));
}

export function subtract(a: Amount, b: Amount): Amount {
  if (typeof a === "number" && typeof b === "number") {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return amountOf(BigInt(a) - BigInt(b));
}

export function multiply(a: Amount, b: Amount): Amount {
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b;
    if (Number.isSafeInteger(product)) return product + 0; // + 0 turns -0 into 0.
  }
  return amountOf(BigInt(a) * BigInt(b));
}

/** `floor(dividend / divisor)` for a dividend of at least zero and a positive divisor. */
export function divideFloor(dividend: Amount, divisor: Amount): Amount {
  assert(dividend >= 0);
  assert(divisor > 0);
  if (typeof dividend === "number" && typeof divisor === "number") {
    // Exact below 2^53: a quotient short of an integer is short by at least 1 / divisor, which is
    // more than half a unit in the last place of the rounded quotient.
    return Math.floor(dividend / divisor);
  }
  return amountOf(BigInt(dividend) / BigInt(divisor));
}

/** `ceil(dividend / divisor)` for a dividend of at least zero and a positive divisor. */
export function divideCeil(dividend: Amount, divisor: Amount): Amount {
  return divideFloor(add(dividend, subtract(divisor, 1)), divisor);
}

/** So many basis points of a value of at least zero, rounded down. */
export function partOf(value: number, basisPoints: number): number {
  return divideFloor(multiply(value, basisPoints), basisPointsPerUnit) as number;
}

export function minimum(a: Amount, b: Amount): Amount {
  return a < b ? a : b;
}

/** Whether a value of any kind is an integer from `least` to `most`, both included. */
export function isIntegerWithin(value: unknown, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}

/** Whether `value` is an amount in canonical form, of any sign, that a ledger field can hold. */
export function isAmount(value: unknown): value is Amount {
  if (typeof value === "number") return Number.isSafeInteger(value) && !Object.is(value, -0);
  if (typeof value !== "bigint") return false;
  return !Number.isSafeInteger(Number(value)) && value <= amountMax && value >= -amountMax;
}

/** Reads a decimal integer of at most 19 digits; undefined when it is none or too large. */
export function parseAmount(text: string): Amount | undefined {
  if (!/^-?[0-9]{1,19}$/.test(text)) return undefined;
  const value = amountOf(BigInt(text));
  return isAmount(value) ? value : undefined;
}
