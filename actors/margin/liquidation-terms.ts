/**
 * Liquidation terms: how much of a position is closed for its owner, at which price at worst, and
 * whose position is reduced for it. Whole numbers throughout, rounded in favour of the owner's cash.
 */
import {
  add,
  divideCeil,
  divideFloor,
  multiply,
  partsPerMillion,
  subtract,
  ticksMax,
} from "../../protocols/index.ts";
import type { Amount, Lots, Ticks } from "../../protocols/index.ts";

/** What an account has in an asset at the marks, and what its positions there need to be kept. */
export interface Standing {
  readonly equity: Amount;
  readonly maintenance: Amount;
}

export function isBelowMaintenance({ equity, maintenance }: Standing): boolean {
  return equity < maintenance;
}

/** A position in a contract at its mark. */
export interface MarkedPosition {
  /** Below zero for a short one. */
  readonly lots: number;
  readonly markPrice: Ticks;
  readonly unitsPerTickLot: number;
}

/** What closing a lot gives back of maintenance, and takes in fees: parts of its value. */
export interface ReductionRates {
  readonly maintenancePpm: number;
  readonly feePpm: number;
}

/** Of so many lots that would do at the mark, one more is closed for each so many. */
const lotsPerExtra = 10;

/**
 * Lots to close: as many as bring equity back to maintenance if they are closed at the mark, and a
 * tenth more; all where fees take as much as that gives back, or where there is no equity.
 */
export function lotsToReduce(
  { lots, markPrice, unitsPerTickLot }: MarkedPosition,
  { equity, maintenance }: Standing,
  { maintenancePpm, feePpm }: ReductionRates,
): Lots {
  const all = Math.abs(lots);
  const keptPpm = maintenancePpm - feePpm;
  if (keptPpm <= 0 || equity <= 0) return all;
  const value = multiply(markPrice, unitsPerTickLot);
  const missing = multiply(subtract(maintenance, equity), partsPerMillion);
  const needed = divideCeil(missing, multiply(value, keptPpm));
  const withExtra = add(needed, divideCeil(needed, lotsPerExtra));
  return withExtra < all ? (withExtra as Lots) : all;
}

/**
 * The price at which closing the position takes its part of the equity: that of its maintenance
 * margin in all of them. Where there is less than nothing, it is better than the mark.
 */
export function bankruptcyPrice(
  { lots, markPrice, unitsPerTickLot }: MarkedPosition,
  { equity, maintenance }: Standing,
  ownMaintenance: Amount,
): Ticks {
  const part = floored(multiply(equity, ownMaintenance), maintenance);
  const distance = floored(part, multiply(Math.abs(lots), unitsPerTickLot));
  const price = lots > 0 ? subtract(markPrice, distance) : add(markPrice, distance);
  if (price < 1) return 1;
  return price > ticksMax ? ticksMax : (price as Ticks);
}

/** What a position's profit and leverage make of it. */
export interface RankedBy {
  /** At the mark. */
  readonly profit: Amount;
  readonly cost: Amount;
  readonly value: Amount;
  /** Of its owner, more than none. */
  readonly equity: Amount;
}

/** Profit in parts of a million of the cost, times how often the equity is in the value. */
export function rankOf({ profit, cost, value, equity }: RankedBy): number {
  const paid = cost < 0 ? subtract(0, cost) : cost;
  const profitPpm = floored(multiply(profit, partsPerMillion), paid === 0 ? 1 : paid);
  const rank = floored(multiply(profitPpm, value), equity);
  if (rank > Number.MAX_SAFE_INTEGER) return Number.MAX_SAFE_INTEGER;
  return rank < Number.MIN_SAFE_INTEGER ? Number.MIN_SAFE_INTEGER : (rank as number);
}

/** A dividend of any sign by a positive divisor, rounded down. */
function floored(dividend: Amount, divisor: Amount): Amount {
  if (dividend >= 0) return divideFloor(dividend, divisor);
  return subtract(0, divideCeil(subtract(0, dividend), divisor));
}
