/**
 * The moments at which a calendar's steps happen, on log time: which comes next, and where the
 * calendar stands.
 *
 * Pure computation on a sound calendar (`whyNotCalendar`). It keeps nothing, draws no random end
 * and knows no phase; the market does.
 *
 * A step happens at the first moment at which local clocks show its minute or a later one. So a
 * minute that clocks skip happens when they are put forward, and one that they show twice the first
 * time. Steps that would fall on one moment happen in order, a microsecond after one another: none
 * is lost, and no two have the same moment.
 */
import { assert, divideFloor } from "../../protocols/index.ts";
import type { TimeUs } from "../../protocols/index.ts";
import { dateOf, weekdayOf } from "../../protocols/civil-days.ts";
import type { CivilDay } from "../../protocols/civil-days.ts";
import { minutesPerDay } from "../../protocols/trading-calendar.ts";
import type {
  SessionEvent,
  SessionStep,
  TradingCalendar,
  ZoneOffset,
} from "../../protocols/trading-calendar.ts";

export interface ScheduledStep {
  readonly atUs: TimeUs;
  readonly event: SessionEvent;
  /** The step happens by chance up to so many seconds after its moment. */
  readonly randomEndSeconds: number;
}

const usPerMinute = 60_000_000;
const usPerDay = minutesPerDay * usPerMinute;
/** How far a step is looked for: more than a year, in days. */
const searchDaysMax = 400;

/**
 * The first step strictly after a moment; undefined when none comes within 400 days.
 *
 * Whoever goes through a calendar asks with the moment of the step before, not with the random
 * moment at which it happened: where clocks are put forward, the next may be due by then.
 */
export function nextStep(calendar: TradingCalendar, afterUs: TimeUs): ScheduledStep | undefined {
  const today = dayAt(afterUs);
  for (let day = today - 1; day <= today + searchDaysMax; day++) {
    const next = stepsOfDay(calendar, day).find(({ atUs }) => atUs > afterUs);
    if (next !== undefined) return next;
  }
  return undefined;
}

/** The last step at or before a moment: where the calendar stands; undefined after 400 days. */
export function stepAt(calendar: TradingCalendar, timeUs: TimeUs): ScheduledStep | undefined {
  const today = dayAt(timeUs);
  for (let day = today + 1; day >= today - searchDaysMax; day--) {
    const last = stepsOfDay(calendar, day).findLast(({ atUs }) => atUs <= timeUs);
    if (last !== undefined) return last;
  }
  return undefined;
}

/**
 * The day in UTC. The local day is this one, the day before or the day after: offsets are less than
 * a day.
 */
function dayAt(timeUs: TimeUs): CivilDay {
  assert(Number.isSafeInteger(timeUs));
  assert(timeUs >= 0);
  return divideFloor(timeUs, usPerDay) as CivilDay;
}

/**
 * So many days before one may hold steps that fall on the same moment as its own: clocks go forward
 * by 32 hours at most, from one end of the offsets to the other.
 */
const daysPutForwardMax = 2;

/** The steps of a local day with their moments, which ascend from day to day. */
function stepsOfDay(calendar: TradingCalendar, day: CivilDay): readonly ScheduledStep[] {
  if (sessionOf(calendar, day).length === 0) return [];
  let earliestUs = Number.MIN_SAFE_INTEGER;
  let scheduled: ScheduledStep[] = [];
  for (let date = day - daysPutForwardMax; date <= day; date++) {
    scheduled = sessionOf(calendar, date).map(({ minute, event, randomEndSeconds }) => {
      const localUs = date * usPerDay + minute * usPerMinute;
      const atUs = Math.max(momentShowing(localUs, calendar.offsets), earliestUs);
      earliestUs = atUs + 1;
      return { atUs, event, randomEndSeconds };
    });
  }
  return scheduled;
}

/** The first moment at which local clocks show a time or a later one. */
function momentShowing(localUs: TimeUs, offsets: readonly ZoneOffset[]): TimeUs {
  for (const [at, { fromUs, minutes }] of offsets.entries()) {
    const shownUs = localUs - minutes * usPerMinute;
    // The first offset holds before its moment too.
    const momentUs = at === 0 ? shownUs : Math.max(shownUs, fromUs);
    const next = offsets[at + 1];
    if (next === undefined || momentUs < next.fromUs) return momentUs;
  }
  assert(false, "a calendar without offsets");
}

function sessionOf(calendar: TradingCalendar, day: CivilDay): readonly SessionStep[] {
  const { week, exceptions } = calendar;
  const date = dateOf(day);
  let from = 0;
  let end = exceptions.length;
  while (from < end) {
    const middle = (from + end) >>> 1;
    if (exceptions[middle]!.date < date) from = middle + 1;
    else end = middle;
  }
  const exception = exceptions[from];
  if (exception?.date === date) return exception.steps;
  const steps = week[weekdayOf(day)];
  assert(steps !== undefined, "a week has seven days");
  return steps;
}
