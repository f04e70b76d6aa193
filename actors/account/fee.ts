/**
 * Fees, and the one rounding rule.
 *
 * The fee of an order is its exact fee over all its fills, rounded up once to a whole unit of the
 * quote asset. Each fill is charged what the rounded total has grown by, so many small fills cost
 * the same as one large one: what an order paid beyond its exact fee so far is its credit, in
 * ten-thousandths of a unit, and the next fill uses it up first.
 */
import {
  add,
  assert,
  basisPointsPerUnit,
  divideCeil,
  multiply,
  subtract,
} from "../../protocols/index.ts";
import type { Amount } from "../../protocols/index.ts";

export interface FeeCharge {
  /** Quote units to pay now. */
  readonly fee: Amount;
  /** The order's credit afterwards: at least 0 and below one unit. */
  readonly credit: number;
}

/** What a fill of `notional` quote units costs an order that holds `credit`. */
export function chargeFee(notional: Amount, basisPoints: number, credit: number): FeeCharge {
  assert(notional >= 0);
  assert(credit >= 0 && credit < basisPointsPerUnit);
  const due = subtract(multiply(notional, basisPoints), credit);
  if (due <= 0) return { fee: 0, credit: Number(subtract(0, due)) };
  const fee = divideCeil(due, basisPointsPerUnit);
  return { fee, credit: Number(subtract(multiply(fee, basisPointsPerUnit), due)) };
}

/** Notional and fee together for trading `notional` at a rate, given the order's credit. */
export function costWithFee(notional: Amount, basisPoints: number, credit: number): Amount {
  return add(notional, chargeFee(notional, basisPoints, credit).fee);
}
