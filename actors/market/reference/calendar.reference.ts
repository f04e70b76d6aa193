/**
 * What a calendar leads to, found by going through its days one after the other.
 *
 * Written from docs/protocols/trading-phases.md: "The calendar".
 */
import { assert } from "../../../protocols/assert.ts";
import { dateOf, dayOf } from "../../../protocols/civil-days.ts";
import type { SessionStep, TimeUs, TradingCalendar } from "../../../protocols/index.ts";

const minuteUs = 60_000_000;
const minutesPerDay = 1440;
/** 1970-01-01 was a Thursday; weeks begin with Monday. */
const weekdayOfDay0 = 3;
/** Weeks repeat themselves, so whoever finds nothing in one, after all exceptions, never will. */
const daysPerWeek = 7;
/** No clock is further from UTC than a day. */
const daysBehind = 2;

/** A step of the calendar and when it happens, before chance is added. */
export interface DatedStep {
  readonly step: SessionStep;
  readonly day: number;
  readonly atUs: TimeUs;
  readonly isOfException: boolean;
  /** How often local clocks show it: one that they skip, never. */
  readonly shownCount: number;
}

type Planned = { -readonly [Field in keyof DatedStep]: DatedStep[Field] };

export class ReferenceCalendar {
  readonly #calendar: TradingCalendar;

  constructor(calendar: TradingCalendar) {
    this.#calendar = calendar;
  }

  /** The last step that happens at a moment or before; undefined for none in the days before. */
  last(timeUs: TimeUs): DatedStep | undefined {
    const today = Math.floor(timeUs / minuteUs / minutesPerDay);
    const days = Array.from({ length: 10 + 2 * daysBehind }, (_, at) => today - 10 + at);
    return days.flatMap((day) => this.#stepsOf(day)).findLast(({ atUs }) => atUs <= timeUs);
  }

  /** The first step after a moment. */
  firstAfter(timeUs: TimeUs): DatedStep | undefined {
    const today = Math.floor(timeUs / minuteUs / minutesPerDay);
    return this.#find(today - daysBehind, ({ atUs }) => atUs > timeUs);
  }

  /** The step that follows another. */
  following({ day, step }: DatedStep): DatedStep | undefined {
    return this.#find(day, (next) => next.day > day || next.step.minute > step.minute);
  }

  #find(fromDay: number, isWanted: (step: DatedStep) => boolean): DatedStep | undefined {
    const dates = this.#calendar.exceptions.map(({ date }) => dayOf(date));
    const untilDay = Math.max(fromDay, ...dates) + daysPerWeek + 2 * daysBehind;
    for (let day = fromDay; day <= untilDay; day++) {
      const found = this.#stepsOf(day).find(isWanted);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Those that would fall on one moment follow each other by a microsecond. */
  #stepsOf(day: number): DatedStep[] {
    let earliestUs = -Infinity;
    const days = [day - 3, day - 2, day - 1, day].flatMap((each) => this.#plannedOf(each));
    for (const dated of days) {
      dated.atUs = Math.max(dated.atUs, earliestUs);
      earliestUs = dated.atUs + 1;
    }
    return days.filter((dated) => dated.day === day);
  }

  #plannedOf(day: number): Planned[] {
    const { exceptions, week } = this.#calendar;
    const date = dateOf(day);
    const exception = exceptions.find((each) => each.date === date);
    const steps = exception?.steps ?? week[(day + weekdayOfDay0) % daysPerWeek]!;
    const isOfException = exception !== undefined;
    return steps.map((step) => {
      const moments = this.#momentsOf(day, step.minute);
      return { step, day, ...moments, isOfException };
    });
  }

  /** When local clocks first show a minute of a day, or a later one; how often they show it. */
  #momentsOf(day: number, minute: number): Pick<DatedStep, "atUs" | "shownCount"> {
    const { offsets } = this.#calendar;
    const shownUs = (day * minutesPerDay + minute) * minuteUs;
    const spans = offsets.map(({ fromUs, minutes }, index) => ({
      fromUs: index === 0 ? -Infinity : fromUs,
      untilUs: offsets[index + 1]?.fromUs ?? Infinity,
      momentUs: shownUs - minutes * minuteUs,
    }));
    const reaching = spans.find(({ fromUs, untilUs, momentUs }) => {
      return Math.max(momentUs, fromUs) < untilUs;
    });
    assert(reaching !== undefined, "a calendar without an offset");
    const shown = spans.filter(({ fromUs, untilUs, momentUs }) => {
      return momentUs >= fromUs && momentUs < untilUs;
    });
    return { atUs: Math.max(reaching.momentUs, reaching.fromUs), shownCount: shown.length };
  }
}
