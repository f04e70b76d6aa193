/**
 * Method: random calendars in real zones over several years, against an oracle that knows nothing
 * of offsets. It writes down what the platform says local clocks show, quarter of an hour by
 * quarter of an hour, and looks each step up in there.
 *
 * The oracle takes from the zones that they change their offset at quarters of an hour.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  anyCalendar,
  anyWeek,
  exceptionsWithin,
} from "../../protocols/testing/trading-calendars.ts";
import { whyNotCalendar } from "../../protocols/trading-calendar.ts";
import type { SessionStep, TradingCalendar, ZoneOffset } from "../../protocols/trading-calendar.ts";
import { nextStep, stepAt } from "./trading-schedule.ts";
import type { ScheduledStep } from "./trading-schedule.ts";

const msPerMinute = 60_000;
const msPerQuarter = 15 * msPerMinute;
const msPerDay = 86_400_000;
const fromMs = Date.UTC(2023, 11, 25);
const endMs = Date.UTC(2028, 0, 8);
/** The oracle's answers are asked for within these, so that it knows a week more on either side. */
const firstUs = Date.UTC(2024, 0, 1) * 1000;
const lastUs = Date.UTC(2028, 0, 1) * 1000;
/** Within this a step is found, whatever the offset: a bit less than 400 days. */
const searchUs = 398 * msPerDay * 1000;

/** What local clocks show at each quarter of an hour, as if it were UTC. */
function clockOf(timeZone: string): Float64Array {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  return Float64Array.from({ length: (endMs - fromMs) / msPerQuarter }, (_, quarter) => {
    const parts = format.formatToParts(fromMs + quarter * msPerQuarter);
    const { year, month, day, hour, minute } = Object.fromEntries(
      parts.map(({ type, value }) => [type, Number(value)]),
    ) as Record<string, number>;
    return Date.UTC(year!, month! - 1, day, hour, minute);
  });
}

/** The first moment at which the clock shows a time or a later one. */
function lookUp(clock: Float64Array, shownMs: number): number {
  const guess = Math.floor((shownMs - msPerDay - fromMs) / msPerQuarter);
  for (let quarter = Math.max(0, guess); quarter < clock.length; quarter++) {
    const quarterMs = fromMs + quarter * msPerQuarter;
    for (let minute = 0; minute < 15; minute++) {
      if (clock[quarter]! + minute * msPerMinute >= shownMs)
        return quarterMs + minute * msPerMinute;
    }
  }
  throw new Error("beyond what the oracle wrote down");
}

/** Every step between the first and the last day that the oracle knows, in order. */
function allSteps(calendar: TradingCalendar, clock: Float64Array): ScheduledStep[] {
  const steps: ScheduledStep[] = [];
  for (let dayMs = fromMs + 2 * msPerDay; dayMs < endMs - 2 * msPerDay; dayMs += msPerDay) {
    for (const { minute, event, randomEndSeconds } of sessionOn(calendar, new Date(dayMs))) {
      const shownUs = lookUp(clock, dayMs + minute * msPerMinute) * 1000;
      const atUs = Math.max(shownUs, (steps.at(-1)?.atUs ?? 0) + 1);
      steps.push({ atUs, event, randomEndSeconds });
    }
  }
  return steps;
}

function sessionOn(calendar: TradingCalendar, date: Date): readonly SessionStep[] {
  const number = Number(date.toISOString().slice(0, 10).replaceAll("-", ""));
  const exception = calendar.exceptions.find((candidate) => candidate.date === number);
  return exception?.steps ?? calendar.week[(date.getUTCDay() + 6) % 7]!;
}

/** The offsets that the clock has had, from its first quarter of an hour on. */
function offsetsOf(clock: Float64Array): ZoneOffset[] {
  const offsets: ZoneOffset[] = [];
  for (const [quarter, shownMs] of clock.entries()) {
    const atMs = fromMs + quarter * msPerQuarter;
    const minutes = (shownMs - atMs) / msPerMinute;
    if (offsets.at(-1)?.minutes !== minutes) offsets.push({ fromUs: atMs * 1000, minutes });
  }
  return offsets;
}

const weeks = { from: Date.UTC(2024, 0, 1) / msPerDay, to: Date.UTC(2027, 11, 31) / msPerDay };

describe.each(["America/New_York", "Europe/Berlin", "Asia/Tokyo", "Australia/Lord_Howe"])(
  "the schedule of a calendar in %s",
  (timeZone) => {
    const clock = clockOf(timeZone);
    const offsets = offsetsOf(clock);
    const changesUs = offsets.map(({ fromUs }) => fromUs).filter((at) => at > firstUs);

    /** Anywhere, and near the changes of the clock, and at the steps themselves. */
    function momentsAmong(steps: readonly ScheduledStep[], draws: readonly number[]): number[] {
      const near = [...changesUs, ...steps.map(({ atUs }) => atUs)];
      const moments = draws.flatMap((draw) => {
        const moment = near[draw % near.length] ?? firstUs;
        const anywhere = firstUs + ((draw * 1_048_573) % (lastUs - firstUs));
        return [anywhere, moment - 1, moment, moment + 1];
      });
      const aroundChanges = changesUs.flatMap((at) =>
        [-3600, -1800, 0, 1800, 3600].map((seconds) => at + seconds * 1_000_000),
      );
      return [...moments, ...aroundChanges].filter((at) => at >= firstUs && at < lastUs);
    }

    it("is what clocks there show", () => {
      fc.assert(
        fc.property(
          anyWeek,
          exceptionsWithin(weeks.from, weeks.to),
          fc.array(fc.nat(), { minLength: 20, maxLength: 20 }),
          (week, exceptions, draws) => {
            const calendar = { timeZone, offsets, week, exceptions };
            expect(whyNotCalendar(calendar)).toBeUndefined();
            const steps = allSteps(calendar, clock);
            for (const moment of momentsAmong(steps, draws)) {
              const next = steps.find(({ atUs }) => atUs > moment);
              const last = steps.findLast(({ atUs }) => atUs <= moment);
              // A calendar almost without steps may have them only beyond what the oracle knows, or
              // beyond what is searched.
              if (next !== undefined && next.atUs - moment < searchUs) {
                expect(nextStep(calendar, moment)).toEqual(next);
              }
              if (last !== undefined && moment - last.atUs < searchUs) {
                expect(stepAt(calendar, moment)).toEqual(last);
              }
            }
          },
        ),
        { numRuns: 25 },
      );
    });
  },
);

describe("the schedule of any sound calendar", () => {
  it("ascends strictly, and a step stands from its moment until the next one", () => {
    fc.assert(
      fc.property(anyCalendar, fc.nat(), (calendar, draw) => {
        const change = calendar.offsets[draw % calendar.offsets.length]!;
        let before = stepAt(calendar, Math.max(0, change.fromUs - 2 * msPerDay * 1000));
        for (let count = 0; count < 60 && before !== undefined; count++) {
          if (before.atUs < 0) break;
          const next = nextStep(calendar, before.atUs);
          if (next === undefined || next.atUs - before.atUs > searchUs) break;
          expect(next.atUs).toBeGreaterThan(before.atUs);
          expect(stepAt(calendar, next.atUs - 1)).toEqual(before);
          expect(stepAt(calendar, next.atUs)).toEqual(next);
          before = next;
        }
      }),
      { numRuns: 250 },
    );
  });

  it("goes through every step of the days around a change of the clock, whatever it skips", () => {
    fc.assert(
      fc.property(anyCalendar, fc.nat(), (calendar, draw) => {
        const { fromUs } = calendar.offsets[draw % calendar.offsets.length]!;
        const gone: string[] = [];
        const untilUs = fromUs + 20 * msPerDay * 1000;
        let next = nextStep(calendar, Math.max(0, fromUs - 20 * msPerDay * 1000));
        while (next !== undefined && next.atUs < untilUs) {
          gone.push(next.event);
          next = nextStep(calendar, next.atUs);
        }
        const told: string[] = [];
        const firstDay = Math.floor(fromUs / 1000 / msPerDay) - 10;
        for (let day = firstDay; day < firstDay + 20; day++) {
          told.push(...sessionOn(calendar, new Date(day * msPerDay)).map(({ event }) => event));
        }
        // The days between lie within the moments asked for, whatever the offsets.
        expect(gone.join(" ")).toContain(told.join(" "));
      }),
      { numRuns: 250 },
    );
  });
});
