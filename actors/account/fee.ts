/**
 * Fees, and the one rounding rule.
 *
 * The fee of an order is its exact fee over all its fills, rounded up once to a whole unit of the
 * quote asset. Each fill is charged what the rounded total has grown by, so many small fills cost
 * the same as one large one: what an order paid beyond its exact fee so far is its credit, in
 * millionths of a unit, and the next fill uses it up first. A rebate is a fee below zero and is
 * rounded up as well, so nobody is given more than the exact one.
 */
import { add, assert, divideCeil, divideFloor, multiply, subtract } from "../../protocols/index.ts";
import type { Amount, InstrumentTerms } from "../../protocols/index.ts";

/** Rates are in parts of a million: hundredths of a basis point. */
export const ppmPerUnit = 1_000_000;
export const ppmPerBasisPoint = 100;

/** What an order pays. */
export interface FeeTerms {
  /** Parts of a million of its notional; below zero for a rebate. */
  readonly makerPpm: number;
  /** At least zero. */
  readonly takerPpm: number;
  /** Quote units that an order pays at least once it has traded; of a sale, what it brings in. */
  readonly minimum: Amount;
}

/** An instrument as an account trades it, with fees of its own if there are any. */
export interface ChargedInstrument extends InstrumentTerms {
  readonly fees?: FeeTerms;
}

/** What the instrument asks of everybody, or this account's own. */
export function makerPpmOf({ fees, makerFeeBasisPoints }: ChargedInstrument): number {
  return fees === undefined ? makerFeeBasisPoints * ppmPerBasisPoint : fees.makerPpm;
}

export function takerPpmOf({ fees, takerFeeBasisPoints }: ChargedInstrument): number {
  return fees === undefined ? takerFeeBasisPoints * ppmPerBasisPoint : fees.takerPpm;
}

export function minimumFeeOf({ fees }: ChargedInstrument): Amount {
  return fees === undefined ? 0 : fees.minimum;
}

export interface FeeCharge {
  /** Quote units to pay now, or to be given when negative. */
  readonly fee: Amount;
  /** The order's credit afterwards: at least 0 and below one unit. */
  readonly credit: number;
}

/** What a fill of `notional` quote units costs an order that holds `credit`. */
export function chargeFee(notional: Amount, ppm: number, credit: number): FeeCharge {
  assert(notional >= 0);
  assert(credit >= 0 && credit < ppmPerUnit);
  const due = subtract(multiply(notional, ppm), credit);
  const fee = roundedUp(due);
  return { fee, credit: Number(subtract(multiply(fee, ppmPerUnit), due)) };
}

/** Notional and fee together for trading `notional` at a rate, given the order's credit. */
export function costWithFee(notional: Amount, ppm: number, credit: number): Amount {
  return add(notional, chargeFee(notional, ppm, credit).fee);
}

/** Whole units for millionths, of any sign. */
function roundedUp(millionths: Amount): Amount {
  return millionths > 0
    ? divideCeil(millionths, ppmPerUnit)
    : subtract(0, divideFloor(subtract(0, millionths), ppmPerUnit));
}

/** A fill of an order that pays so much at least. */
export interface MinimumFill {
  readonly notional: Amount;
  readonly ppm: number;
  readonly minimum: Amount;
  /** What its order has paid in all, */
  readonly paid: Amount;
  /** in millionths beyond the exact fee; below zero if it could not pay all. */
  readonly credit: Amount;
  /** What can be paid now at most, if that is not enough for sure. */
  readonly most?: Amount;
}

/** What that fill costs. The credit may be of any size: the minimum is paid beforehand. */
export function chargeMinimum(fill: MinimumFill): {
  readonly fee: Amount;
  readonly credit: Amount;
} {
  const { notional, ppm, minimum, paid, credit, most } = fill;
  const exact = add(subtract(multiply(paid, ppmPerUnit), credit), multiply(notional, ppm));
  const whole = roundedUp(exact);
  const due = subtract(whole > minimum ? whole : minimum, paid);
  const fee = most !== undefined && due > most ? most : due;
  return { fee, credit: subtract(multiply(add(paid, fee), ppmPerUnit), exact) };
}
