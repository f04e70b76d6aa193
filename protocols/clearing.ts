/**
 * Settlement cycles: when what is traded is settled, and what parties of trades owe until then.
 *
 * A trade of an instrument that is under a cycle is settled so many business days after the day it
 * is made on. The day ends at the cut-off: what is traded from then on is traded on the next one.
 * Local time is a fixed number of minutes ahead of UTC; everything is computed from log time.
 */
import { dateOf, dayOf, isCivilDate, weekdayOf } from "./civil-days.ts";
import type { CivilDate, CivilDay } from "./civil-days.ts";
import { isAccountId } from "./identifiers.ts";
import type { AccountId, AssetId, InstrumentSymbol, ParticipantId } from "./identifiers.ts";
import type { Fields } from "./record-fields.ts";
import { MalformedRecords } from "./records.ts";
import type { OrdinaryField } from "./records.ts";
import { minutesPerDay } from "./trading-calendar.ts";
import { divideFloor, isIntegerWithin } from "./units.ts";
import type { Amount, TimeUs } from "./units.ts";

export interface SettlementCycle {
  /** Its name; named as accounts are. */
  readonly cycle: string;
  /** Whose trades it is for; none to do away with it. */
  readonly symbols: readonly InstrumentSymbol[];
  /** Business days from a trade to its settlement; 0 settles each trade as it is made. */
  readonly days: number;
  /** Local time minus UTC. */
  readonly offsetMinutes: number;
  /** Of the local day: it ends here for trades, and what is due on it is settled. */
  readonly cutOffMinute: number;
  /** No business days: 0 for Monday to 6 for Sunday, ascending. */
  readonly weekend: readonly number[];
  /** No business days either, ascending. */
  readonly holidays: readonly CivilDate[];
}

/** When a trade is settled. */
export interface SettlementMoment {
  /** Local. */
  readonly date: CivilDate;
  /** The cut-off of that date. */
  readonly cutOffUs: TimeUs;
}

export const settlementLimits = {
  days: 2,
  symbols: 1000,
  holidays: 400,
  offsetMinutes: 16 * 60,
  weekend: 6,
} as const;

const usPerMinute = 60_000_000;

/** How far the obligations are that one account has in a round. */
export const ObligationStatus = {
  /** More trades may come to it. */
  open: 0,
  /** Netted at the cut-off; its account has been told. */
  instructed: 1,
  /** Its account has heard of all trades that it is made of, and set aside what it delivers. */
  confirmed: 2,
  /** Final. */
  settled: 3,
  /** Final as well, without what it could not give: that is due again. */
  failed: 4,
} as const;
export type ObligationStatus = (typeof ObligationStatus)[keyof typeof ObligationStatus];

/** What one account owes and is owed of an asset. */
export interface SettlementLeg {
  readonly asset: AssetId;
  readonly deliver: Amount;
  readonly receive: Amount;
}

/** A leg that is settled on a date. */
export interface DatedLeg extends SettlementLeg {
  readonly date: CivilDate;
}

/** Sums are digits: they may pass every field that amounts go through. */
interface LegView {
  readonly asset: AssetId;
  readonly deliver: string;
  readonly receive: string;
}

/** What one account owes and is owed on a date, as it knows itself. */
export interface ObligationView extends LegView {
  readonly date: CivilDate;
}

/** What one account owes and is owed in a round, as the clearing house knows. */
export interface RoundObligationView extends LegView {
  readonly account: AccountId;
  readonly participant: ParticipantId;
  readonly status: ObligationStatus;
}

/** A round of settlement: all trades that are due by one cut-off. */
export interface SettlementView extends SettlementMoment {
  readonly round: number;
  readonly trades: number;
  /** 0 while it is not. */
  readonly finalAtUs: TimeUs;
  /** By account and asset; none where all dates are asked for. */
  readonly obligations: readonly RoundObligationView[];
}

export interface SettlementsAsked {
  /** 0 for all that are known. */
  readonly date: CivilDate;
  /** What accounts owe, of those behind this one, by name; */
  readonly after?: AccountId;
  /** of so many at most. */
  readonly limit?: number;
}

/** Whether a cycle is one, as far as it alone can tell. */
export function isSettlementCycleSound(terms: SettlementCycle): boolean {
  const { cycle, symbols, days, offsetMinutes, cutOffMinute } = terms;
  if (!isAccountId(cycle) || new Set(symbols).size !== symbols.length) return false;
  const most = settlementLimits;
  return (
    symbols.length <= most.symbols &&
    isIntegerWithin(days, 0, most.days) &&
    isIntegerWithin(offsetMinutes, -most.offsetMinutes, most.offsetMinutes) &&
    isIntegerWithin(cutOffMinute, 0, minutesPerDay - 1) &&
    areDaysOffSound(terms)
  );
}

function areDaysOffSound({ weekend, holidays }: SettlementCycle): boolean {
  return (
    weekend.length <= settlementLimits.weekend &&
    weekend.every((day) => isIntegerWithin(day, 0, 6)) &&
    isAscending(weekend) &&
    holidays.length <= settlementLimits.holidays &&
    holidays.every(isCivilDate) &&
    isAscending(holidays)
  );
}

function isAscending(values: readonly number[]): boolean {
  return values.every((value, at) => at === 0 || value > values[at - 1]!);
}

/** When a trade of that moment is settled by a cycle. */
export function settlementOf(cycle: SettlementCycle, timeUs: TimeUs): SettlementMoment {
  const { days, offsetMinutes, cutOffMinute } = cycle;
  const minute = quotient(timeUs, usPerMinute) + offsetMinutes;
  const day = quotient(minute, minutesPerDay);
  const isOver = minute - day * minutesPerDay >= cutOffMinute;
  let due = businessDayFrom(cycle, isOver ? day + 1 : day);
  for (let left = days; left > 0; left--) due = businessDayFrom(cycle, due + 1);
  const cutOffUs = (due * minutesPerDay + cutOffMinute - offsetMinutes) * usPerMinute;
  return { date: dateOf(due), cutOffUs };
}

/** By what trades are settled that were to be settled later, once nothing says when: daily. */
export const dailyCycle: SettlementCycle = {
  ...{ cycle: "daily", symbols: [], days: 0, offsetMinutes: 0, cutOffMinute: 0 },
  ...{ weekend: [], holidays: [] },
};

/** The first settlement of a cycle after a date that is still to come at that moment. */
export function settlementAfter(
  cycle: SettlementCycle,
  date: CivilDate,
  timeUs: TimeUs,
): SettlementMoment {
  const { cutOffMinute, offsetMinutes } = cycle;
  let due = dayOf(date);
  let cutOffUs: TimeUs;
  do {
    due = businessDayFrom(cycle, due + 1);
    cutOffUs = (due * minutesPerDay + cutOffMinute - offsetMinutes) * usPerMinute;
  } while (cutOffUs <= timeUs);
  return { date: dateOf(due), cutOffUs };
}

/** The day, or the first business day after it. */
function businessDayFrom({ weekend, holidays }: SettlementCycle, day: CivilDay): CivilDay {
  let next = day;
  while (weekend.includes(weekdayOf(next)) || holidays.includes(dateOf(next))) next += 1;
  return next;
}

/**
 * Whether a date is a business day of a cycle.
 *
 * @internal
 */
export function isBusinessDay(cycle: SettlementCycle, date: CivilDate): boolean {
  const day = dayOf(date);
  return businessDayFrom(cycle, day) === day;
}

function quotient(dividend: number, divisor: number): number {
  return divideFloor(dividend, divisor) as number;
}

// ---- As fields of ordinary records ---------------------------------------------------------

export function fieldsOfSettlementCycle(terms: SettlementCycle): readonly OrdinaryField[] {
  const { cycle, symbols, days, offsetMinutes, cutOffMinute, weekend, holidays } = terms;
  return [cycle, symbols, days, offsetMinutes, cutOffMinute, weekend, holidays];
}

/** Throws MalformedRecords. */
export function settlementCycleIn(fields: Fields): SettlementCycle {
  const cycle = fields.text();
  const listed = fields.fields();
  const symbols: InstrumentSymbol[] = [];
  while (listed.hasMore) symbols.push(listed.symbol());
  if (symbols.length > settlementLimits.symbols) {
    throw new MalformedRecords("too many instruments");
  }
  return {
    cycle,
    symbols,
    days: fields.integer(),
    offsetMinutes: fields.integer(),
    cutOffMinute: fields.integer(),
    weekend: integersIn(fields.fields(), 7),
    holidays: integersIn(fields.fields(), settlementLimits.holidays),
  };
}

function integersIn(fields: Fields, most: number): readonly number[] {
  const values: number[] = [];
  while (fields.hasMore) values.push(fields.integer());
  if (values.length > most) throw new MalformedRecords("too many days");
  return values;
}
