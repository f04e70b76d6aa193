/**
 * When an instrument trades: the hours of each weekday and of the days that differ, in local time,
 * and how far local time is from UTC.
 *
 * The offsets stand in the log with the rest, because time zone databases differ from machine to
 * machine and from year to year; the zone's name is for people and nobody looks it up. This file
 * says what a calendar is and when it is sound; `actors/market/trading-schedule.ts` computes with
 * it.
 */
import { dayOf, isCivilDate } from "./civil-days.ts";
import type { CivilDate } from "./civil-days.ts";
import { Fields } from "./record-fields.ts";
import { MalformedRecords } from "./records.ts";
import { isIntegerWithin } from "./units.ts";
import type { TimeUs } from "./units.ts";

/** What the calendar says to the market; the trading phase machine knows these events. */
export const sessionEvents = [
  "preOpen",
  "callOpening",
  "open",
  "callClosing",
  "tradeAtLast",
  "close",
] as const;
export type SessionEvent = (typeof sessionEvents)[number];

export interface SessionStep {
  /** Of the local day, 0 to 1439. */
  readonly minute: number;
  readonly event: SessionEvent;
  /** Only for a step that ends an auction: it happens up to so many seconds later, by chance. */
  readonly randomEndSeconds: number;
}

export interface ZoneOffset {
  readonly fromUs: TimeUs;
  /** Local time minus UTC, from that moment on. */
  readonly minutes: number;
}

export interface CalendarException {
  /** Local. */
  readonly date: CivilDate;
  /** Instead of the weekday's; a holiday has none. */
  readonly steps: readonly SessionStep[];
}

export interface TradingCalendar {
  /** For people: `America/New_York`. */
  readonly timeZone: string;
  /** Ascending; the first one holds before its moment too. */
  readonly offsets: readonly ZoneOffset[];
  /** Seven lists, Monday first. */
  readonly week: readonly (readonly SessionStep[])[];
  /** By ascending date. */
  readonly exceptions: readonly CalendarException[];
}

export const calendarLimits = {
  offsets: 100,
  exceptions: 2000,
  stepsPerDay: 12,
  offsetMinutes: 16 * 60,
  randomEndSeconds: 3600,
} as const;

/** What can be wrong with a calendar; the first in this order is told. */
export const calendarFaults = [
  "time-zone-not-a-name",
  "offsets-missing",
  "offsets-too-many",
  "offset-out-of-range",
  "offsets-not-ascending",
  /** Less than a day after one another: no zone does that, and steps could not be told apart. */
  "offsets-too-close",
  "week-not-seven-days",
  "exceptions-too-many",
  "exception-not-a-date",
  "exceptions-not-ascending",
  "steps-too-many",
  "step-minute-out-of-range",
  "steps-not-ascending",
  "step-event-unknown",
  "day-begins-wrongly",
  "step-out-of-turn",
  "day-not-closed",
  "random-end-out-of-range",
  "random-end-without-auction",
  /** Not over before the next step, or before midnight. */
  "random-end-too-late",
] as const;
export type CalendarFault = (typeof calendarFaults)[number];

/** What may come first on a day, and after `close`. */
const beginnings: readonly SessionEvent[] = ["preOpen", "callOpening", "open"];

/**
 * What may follow what within a day: the walks of the trading phase machine from `closed`, along
 * the calendar's own events.
 */
export const sessionEventsAfter: Readonly<Record<SessionEvent, readonly SessionEvent[]>> = {
  preOpen: ["callOpening", "open", "close"],
  callOpening: ["open", "close"],
  open: ["callClosing", "close"],
  callClosing: ["tradeAtLast", "close"],
  tradeAtLast: ["close"],
  close: beginnings,
};

const zoneNamePattern = /^[A-Za-z0-9_+/-]{1,64}$/;
export const minutesPerDay = 24 * 60;
const secondsPerDay = minutesPerDay * 60;
const usPerDay = secondsPerDay * 1_000_000;
/** Where the dates of calendars end. */
const timeUsMax: TimeUs = dayOf(2199_12_31) * usPerDay;

/** Why a calendar cannot be traded by; undefined when it can. */
export function whyNotCalendar(calendar: TradingCalendar): CalendarFault | undefined {
  if (!zoneNamePattern.test(calendar.timeZone)) return "time-zone-not-a-name";
  return (
    whyNotOffsets(calendar.offsets) ??
    whyNotDates(calendar) ??
    firstFault(calendar.week, whyNotDay) ??
    firstFault(calendar.exceptions, ({ steps }) => whyNotDay(steps))
  );
}

/** Why the steps of one day cannot be gone through in one day. */
export function whyNotDay(steps: readonly SessionStep[]): CalendarFault | undefined {
  if (steps.length > calendarLimits.stepsPerDay) return "steps-too-many";
  return whyNotMinutes(steps) ?? whyNotWalk(steps) ?? whyNotRandomEnds(steps);
}

function whyNotOffsets(offsets: readonly ZoneOffset[]): CalendarFault | undefined {
  if (offsets.length === 0) return "offsets-missing";
  if (offsets.length > calendarLimits.offsets) return "offsets-too-many";
  const { offsetMinutes } = calendarLimits;
  const isInRange = ({ fromUs, minutes }: ZoneOffset): boolean =>
    isIntegerWithin(fromUs, 0, timeUsMax) &&
    isIntegerWithin(minutes, -offsetMinutes, offsetMinutes);
  if (!offsets.every(isInRange)) return "offset-out-of-range";
  const froms = offsets.map(({ fromUs }) => fromUs);
  if (!isAscending(froms)) return "offsets-not-ascending";
  if (froms.some((fromUs, at) => at > 0 && fromUs - froms[at - 1]! < usPerDay)) {
    return "offsets-too-close";
  }
  return undefined;
}

function whyNotDates({ week, exceptions }: TradingCalendar): CalendarFault | undefined {
  if (week.length !== 7) return "week-not-seven-days";
  if (exceptions.length > calendarLimits.exceptions) return "exceptions-too-many";
  const dates = exceptions.map(({ date }) => date);
  if (!dates.every(isCivilDate)) return "exception-not-a-date";
  return isAscending(dates) ? undefined : "exceptions-not-ascending";
}

function whyNotMinutes(steps: readonly SessionStep[]): CalendarFault | undefined {
  const minutes = steps.map(({ minute }) => minute);
  if (!minutes.every((minute) => isIntegerWithin(minute, 0, minutesPerDay - 1))) {
    return "step-minute-out-of-range";
  }
  return isAscending(minutes) ? undefined : "steps-not-ascending";
}

function whyNotWalk(steps: readonly SessionStep[]): CalendarFault | undefined {
  if (steps.length === 0) return undefined;
  const events = steps.map(({ event }) => event);
  if (!events.every((event) => sessionEvents.includes(event))) return "step-event-unknown";
  if (!beginnings.includes(events[0]!)) return "day-begins-wrongly";
  if (events.some((event, at) => at > 0 && !sessionEventsAfter[events[at - 1]!].includes(event))) {
    return "step-out-of-turn";
  }
  return events.at(-1) === "close" ? undefined : "day-not-closed";
}

function whyNotRandomEnds(steps: readonly SessionStep[]): CalendarFault | undefined {
  for (const [at, step] of steps.entries()) {
    const { minute, randomEndSeconds } = step;
    if (!isIntegerWithin(randomEndSeconds, 0, calendarLimits.randomEndSeconds)) {
      return "random-end-out-of-range";
    }
    if (randomEndSeconds === 0) continue;
    if (!endsAuction(step, steps[at - 1])) return "random-end-without-auction";
    const nextMinute = steps[at + 1]?.minute ?? minutesPerDay;
    if (minute * 60 + randomEndSeconds >= nextMinute * 60) return "random-end-too-late";
  }
  return undefined;
}

function endsAuction({ event }: SessionStep, before: SessionStep | undefined): boolean {
  if (before?.event === "callOpening") return event === "open";
  return before?.event === "callClosing";
}

/** A calendar as a plain positional list, for a record or a snapshot. */
export function listOfCalendar(calendar: TradingCalendar): readonly (string | number)[] {
  const { timeZone, offsets, week, exceptions } = calendar;
  return [
    timeZone,
    offsets.length,
    ...offsets.flatMap(({ fromUs, minutes }) => [fromUs, minutes]),
    ...week.flatMap(fieldsOfSteps),
    exceptions.length,
    ...exceptions.flatMap(({ date, steps }) => [date, ...fieldsOfSteps(steps)]),
  ];
}

/**
 * The inverse of {@link listOfCalendar}. Throws {@link MalformedRecords} for what is no calendar at
 * all or beyond every limit; whether it is sound is for {@link whyNotCalendar} to say.
 */
export function calendarIn(list: readonly unknown[]): TradingCalendar {
  const fields = new Fields(list);
  const calendar: TradingCalendar = {
    timeZone: fields.text(),
    offsets: counted(fields, calendarLimits.offsets, () => ({
      fromUs: fields.integer(),
      minutes: fields.integer(),
    })),
    week: Array.from({ length: 7 }, () => stepsIn(fields)),
    exceptions: counted(fields, calendarLimits.exceptions, () => ({
      date: fields.integer(),
      steps: stepsIn(fields),
    })),
  };
  fields.end();
  return calendar;
}

function fieldsOfSteps(steps: readonly SessionStep[]): (string | number)[] {
  const fields = steps.flatMap((step) => [step.minute, step.event, step.randomEndSeconds]);
  return [steps.length, ...fields];
}

function stepsIn(fields: Fields): readonly SessionStep[] {
  return counted(fields, calendarLimits.stepsPerDay, () => ({
    minute: fields.integer(),
    event: fields.word(sessionEvents),
    randomEndSeconds: fields.integer(),
  }));
}

/** A count and then so many items. */
function counted<Item>(fields: Fields, most: number, item: () => Item): readonly Item[] {
  const count = fields.count();
  if (count > most) throw new MalformedRecords("more items than a calendar may have");
  return Array.from({ length: count }, item);
}

function firstFault<Item>(
  items: readonly Item[],
  whyNot: (item: Item) => CalendarFault | undefined,
): CalendarFault | undefined {
  for (const item of items) {
    const fault = whyNot(item);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function isAscending(values: readonly number[]): boolean {
  return values.every((value, at) => at === 0 || value > values[at - 1]!);
}
