/**
 * Day result: what an account has gained or lost in one instrument since the day of log time began.
 *
 * What it had as the day began counts at the price of that moment, what it traded at what was
 * paid, fees included, and what it has now at the last price. Goods that come or go without a trade
 * in the instrument do so at the last price: that is neither a gain nor a loss.
 */
import { add, amountOf, multiply, subtract } from "../../protocols/index.ts";
import type { Amount, InstrumentTerms, Ticks } from "../../protocols/index.ts";

export interface DayResult {
  readonly day: number;
  /** Whole lots that the account has. */
  readonly lots: Amount;
  /** Quote units that it took to have them, any sign: less than they are worth is a gain. */
  readonly paid: Amount;
}

/** When a result is looked at, and by which prices; undefined where nobody has told one. */
export interface DayMark {
  readonly day: number;
  readonly openingPrice: Ticks | undefined;
  readonly lastPrice: Ticks | undefined;
  readonly instrument: Pick<InstrumentTerms, "quoteUnitsPerTickLot">;
}

/** Quote units that lots are worth; undefined where that takes a price that nobody knows. */
export function worthOfLots(
  lots: Amount,
  price: Ticks | undefined,
  { quoteUnitsPerTickLot }: DayMark["instrument"],
): Amount | undefined {
  if (lots === 0) return 0;
  return price === undefined ? undefined : multiply(multiply(lots, price), quoteUnitsPerTickLot);
}

/** A result that begins now; undefined where it cannot be told. */
export function beginResult(lots: Amount, { day, lastPrice, instrument }: DayMark) {
  return resultOf(day, lots, worthOfLots(lots, lastPrice, instrument));
}

/** The same result on the day of the mark, which begins with what there was before. */
export function resultOn(before: DayResult, { day, openingPrice, instrument }: DayMark) {
  if (before.day === day) return before;
  const { lots } = before;
  return resultOf(day, lots, worthOfLots(lots, openingPrice, instrument));
}

/** The account has so many lots now, without having traded in the instrument. */
export function resultHaving(before: DayResult, lots: Amount, { lastPrice, instrument }: DayMark) {
  const came = worthOfLots(subtract(lots, before.lots), lastPrice, instrument);
  return resultOf(before.day, lots, came === undefined ? undefined : add(before.paid, came));
}

function resultOf(day: number, lots: Amount, paid: Amount | undefined): DayResult | undefined {
  return paid === undefined ? undefined : { day, lots, paid };
}

/** Quote units gained, below zero for a loss; undefined where a price is missing. */
export function gainOf({ lots, paid }: DayResult, { lastPrice, instrument }: DayMark) {
  const worth = worthOfLots(lots, lastPrice, instrument);
  return worth === undefined ? undefined : subtract(worth, paid);
}

/** Sums may be beyond what a ledger holds: digits. */
export function savedResult({ day, lots, paid }: DayResult): SavedDayResult {
  return [day, String(lots), String(paid)];
}

export function restoredResult([day, lots, paid]: SavedDayResult): DayResult {
  return { day, lots: amountOf(BigInt(lots)), paid: amountOf(BigInt(paid)) };
}

export type SavedDayResult = readonly [day: number, lots: string, paid: string];
