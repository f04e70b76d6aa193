/**
 * Day result: what an account has gained or lost in one instrument since the day of log time began.
 *
 * What it had as the day began counts at the price of that moment, what it traded at what was
 * paid, fees included, and what it has now at the last price. Goods that come or go without a trade
 * in the instrument do so at the last price: that is neither a gain nor a loss.
 *
 * Of a contract it is the position that counts, at the mark price, and what it realises: what its
 * lots were entered at is known beside it, so whatever changes a position says what that brought.
 */
import { add, amountOf, multiply, subtract } from "../../protocols/index.ts";
import type { Amount, InstrumentTerms, Ticks } from "../../protocols/index.ts";

export interface DayResult {
  readonly day: number;
  /** Whole lots that the account has. */
  readonly lots: Amount;
  /** Quote units that it took to have them, any sign: less than they are worth is a gain. */
  readonly paid: Amount;
  /** Of a contract, the quote units that its lots were entered at; 0 for goods. */
  readonly entry: Amount;
}

/** What a position is now, and what it realised when it became that. */
interface PositionTurn {
  readonly lots: Amount;
  readonly entry: Amount;
  readonly realised: Amount;
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
export function beginResult(lots: Amount, mark: DayMark, entry: Amount = 0): DayResult | undefined {
  const paid = worthOfLots(lots, mark.lastPrice, mark.instrument);
  return paid === undefined ? undefined : { day: mark.day, lots, paid, entry };
}

/** The same result on the day of the mark, which begins with what there was before. */
export function resultOn(before: DayResult, { day, openingPrice, instrument }: DayMark) {
  if (before.day === day) return before;
  const paid = worthOfLots(before.lots, openingPrice, instrument);
  return paid === undefined ? undefined : { ...before, day, paid };
}

/** The account has so many lots now, without having traded in the instrument. */
export function resultHaving(before: DayResult, lots: Amount, { lastPrice, instrument }: DayMark) {
  const came = worthOfLots(subtract(lots, before.lots), lastPrice, instrument);
  return came === undefined ? undefined : { ...before, lots, paid: add(before.paid, came) };
}

/** The position was traded, funded or closed: what it realised is in the account's cash. */
export function resultTurned(before: DayResult, turn: PositionTurn): DayResult {
  const { lots, entry, realised } = turn;
  const cost = subtract(subtract(entry, before.entry), realised);
  return { ...before, lots, entry, paid: add(before.paid, cost) };
}

/** Quote units gained, below zero for a loss; undefined where a price is missing. */
export function gainOf({ lots, paid }: DayResult, { lastPrice, instrument }: DayMark) {
  const worth = worthOfLots(lots, lastPrice, instrument);
  return worth === undefined ? undefined : subtract(worth, paid);
}

/** Sums may be beyond what a ledger holds: digits. */
export function savedResult({ day, lots, paid, entry }: DayResult): SavedDayResult {
  const saved = [day, String(lots), String(paid)] as const;
  return entry === 0 ? saved : [...saved, String(entry)];
}

export function restoredResult([day, lots, paid, entry = "0"]: SavedDayResult): DayResult {
  const amountIn = (digits: string): Amount => amountOf(BigInt(digits));
  return { day, lots: amountIn(lots), paid: amountIn(paid), entry: amountIn(entry) };
}

export type SavedDayResult = readonly [day: number, lots: string, paid: string, entry?: string];
