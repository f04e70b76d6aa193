/**
 * Days of the Gregorian calendar as numbers: dates, weekdays and back, in integers only.
 *
 * A day is counted from 1970-01-01, which is day 0; a date is written yyyymmdd as one integer. It
 * knows no time zone and no time of day.
 *
 * Reference: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil and
 * civil_from_days. The year begins in March there, so that the leap day is its last.
 */
import { assert } from "./assert.ts";
import { divideFloor, isIntegerWithin } from "./units.ts";

/** Days since 1970-01-01. */
export type CivilDay = number;
/** A date as people write it, as one integer: 20260704. */
export type CivilDate = number;

/** The dates that calendars may speak of: their moments in microseconds are safe integers. */
const dateMin: CivilDate = 1970_01_01;
const dateMax: CivilDate = 2199_12_31;

const daysPerEra = 146_097; // 400 years.
/** From 0000-03-01, where the eras begin, to 1970-01-01. */
const daysBeforeEpoch = 719_468;

export function isCivilDate(value: number): value is CivilDate {
  if (!isIntegerWithin(value, dateMin, dateMax)) return false;
  const { month, dayOfMonth } = partsOf(value);
  if (month < 1 || month > 12 || dayOfMonth < 1) return false;
  // A day that its month does not have is counted on into the next month.
  return dateOf(dayOf(value)) === value;
}

export function dayOf(date: CivilDate): CivilDay {
  const { year, month, dayOfMonth } = partsOf(date);
  assert(month >= 1 && month <= 12, "no such month");
  assert(dayOfMonth >= 1, "no such day");
  const yearFromMarch = month <= 2 ? year - 1 : year;
  const era = quotient(yearFromMarch, 400);
  const yearOfEra = yearFromMarch - era * 400;
  const monthFromMarch = month <= 2 ? month + 9 : month - 3;
  const dayOfYear = quotient(153 * monthFromMarch + 2, 5) + dayOfMonth - 1;
  const leapDays = quotient(yearOfEra, 4) - quotient(yearOfEra, 100);
  return era * daysPerEra + yearOfEra * 365 + leapDays + dayOfYear - daysBeforeEpoch;
}

export function dateOf(day: CivilDay): CivilDate {
  const daysFromStart = day + daysBeforeEpoch;
  const era = quotient(daysFromStart, daysPerEra);
  const dayOfEra = daysFromStart - era * daysPerEra;
  // Takes out the leap days, one after every 1461 days but for the centuries, so that years of 365
  // days remain.
  const leapDays =
    quotient(dayOfEra, 1460) - quotient(dayOfEra, 36_524) + quotient(dayOfEra, daysPerEra - 1);
  const yearOfEra = quotient(dayOfEra - leapDays, 365);
  const daysBeforeYear = yearOfEra * 365 + quotient(yearOfEra, 4) - quotient(yearOfEra, 100);
  const dayOfYear = dayOfEra - daysBeforeYear;
  const monthFromMarch = quotient(5 * dayOfYear + 2, 153);
  const dayOfMonth = dayOfYear - quotient(153 * monthFromMarch + 2, 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  return year * 10_000 + month * 100 + dayOfMonth;
}

/** 0 is Monday, 6 is Sunday. */
export function weekdayOf(day: CivilDay): number {
  const daysFromStart = day + daysBeforeEpoch;
  assert(daysFromStart >= 0);
  // 0000-03-01 was a Wednesday.
  return (daysFromStart + 2) % 7;
}

function partsOf(date: CivilDate): { year: number; month: number; dayOfMonth: number } {
  const year = quotient(date, 10_000);
  const month = quotient(date - year * 10_000, 100);
  return { year, month, dayOfMonth: date % 100 };
}

function quotient(dividend: number, divisor: number): number {
  return divideFloor(dividend, divisor) as number;
}
