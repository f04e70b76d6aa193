/** Trading calendars: an example, and arbitrary sound ones for properties. */
import fc from "fast-check";
import { dateOf } from "../civil-days.ts";
import type { CivilDay } from "../civil-days.ts";
import { calendarLimits, minutesPerDay, sessionEventsAfter } from "../trading-calendar.ts";
import type {
  CalendarException,
  SessionEvent,
  SessionStep,
  TradingCalendar,
  ZoneOffset,
} from "../trading-calendar.ts";

/** A step as `"09:30 open"`, or with a random end as `"09:30 open 30"`. */
export function step(text: string): SessionStep {
  const [time = "", event = "", seconds = "0"] = text.split(" ");
  const [hour, minute] = time.split(":").map(Number) as [number, number];
  return {
    minute: hour * 60 + minute,
    event: event as SessionEvent,
    randomEndSeconds: Number(seconds),
  };
}

const shareDay = [step("09:30 open"), step("16:00 close")];

/** New York in 2026, with a holiday and a half day. */
export const calendarExample: TradingCalendar = {
  timeZone: "America/New_York",
  offsets: [
    { fromUs: Date.UTC(2025, 10, 2, 6) * 1000, minutes: -300 },
    { fromUs: Date.UTC(2026, 2, 8, 7) * 1000, minutes: -240 },
    { fromUs: Date.UTC(2026, 10, 1, 6) * 1000, minutes: -300 },
  ],
  week: [shareDay, shareDay, shareDay, shareDay, shareDay, [], []],
  exceptions: [
    { date: 2026_11_26, steps: [] },
    { date: 2026_11_27, steps: [step("09:30 open"), step("13:00 close")] },
  ],
};

/** A sound day: any walk that begins and ends closed, at any minutes; sometimes none at all. */
export const anyDay: fc.Arbitrary<readonly SessionStep[]> = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: minutesPerDay - 1 }), fc.nat(), fc.nat()), {
    selector: ([minute]) => minute,
    maxLength: calendarLimits.stepsPerDay,
  })
  .map((draws) => withRandomEnds(walk([...draws].sort(([a], [b]) => a - b))));

/** A minute, and what decides by chance which event and which random end it gets. */
type Draw = readonly [minute: number, eventChoice: number, endChoice: number];
/** A step that has been given the choice of its random end only. */
type Unfinished = readonly [step: SessionStep, endChoice: number];

function walk(draws: readonly Draw[]): Unfinished[] {
  const steps: Unfinished[] = [];
  let before: SessionEvent = "close";
  for (const [at, [minute, eventChoice, endChoice]] of draws.entries()) {
    const isLast = at === draws.length - 1;
    // Nobody begins when it is too late to close.
    if (isLast && before === "close") break;
    const possible: readonly SessionEvent[] = isLast ? ["close"] : sessionEventsAfter[before];
    const event = possible[eventChoice % possible.length]!;
    steps.push([{ minute, event, randomEndSeconds: 0 }, endChoice]);
    before = event;
  }
  return steps;
}

/** Gives each end of an auction a random end that is over before the next step. */
function withRandomEnds(steps: readonly Unfinished[]): SessionStep[] {
  return steps.map(([given, endChoice], at) => {
    const before = steps[at - 1]?.[0].event;
    const isEnd = before === "callClosing" || (before === "callOpening" && given.event === "open");
    if (!isEnd) return given;
    const nextMinute = steps[at + 1]?.[0].minute ?? minutesPerDay;
    const seconds = Math.min((nextMinute - given.minute) * 60 - 1, calendarLimits.randomEndSeconds);
    return { ...given, randomEndSeconds: endChoice % (seconds + 1) };
  });
}

export const anyWeek: fc.Arbitrary<TradingCalendar["week"]> = fc.array(anyDay, {
  minLength: 7,
  maxLength: 7,
});

/** Exceptions on some of the days between two. */
export function exceptionsWithin(
  from: CivilDay,
  to: CivilDay,
): fc.Arbitrary<readonly CalendarException[]> {
  return fc
    .uniqueArray(fc.tuple(fc.integer({ min: from, max: to }), anyDay), {
      selector: ([day]) => day,
      maxLength: 8,
    })
    .map((days) => [...days].sort(([a], [b]) => a - b))
    .map((days) => days.map(([day, steps]) => ({ date: dateOf(day), steps })));
}

const { offsetMinutes } = calendarLimits;
const usPerHour = 3_600_000_000;

/** Changes of the clock at least a day after one another, by whatever a zone may change it. */
const offsets: fc.Arbitrary<readonly ZoneOffset[]> = fc
  .array(
    fc.record({
      hours: fc.integer({ min: 24, max: 20_000 }),
      us: fc.constantFrom(0, 1, 90_000_000, usPerHour - 1),
      minutes: fc.integer({ min: -offsetMinutes, max: offsetMinutes }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((changes) => {
    // A month in, so that tests can go back from the first change.
    let fromUs = 30 * 24 * usPerHour;
    return changes.map(({ hours, us, minutes }) => {
      fromUs += hours * usPerHour + us;
      return { fromUs, minutes };
    });
  });

export const anyCalendar: fc.Arbitrary<TradingCalendar> = fc
  .tuple(offsets, anyWeek, exceptionsWithin(0, 80_000))
  .map(([changes, week, exceptions]) => ({
    timeZone: "America/Port-au-Prince",
    offsets: changes,
    week,
    exceptions,
  }));
