import { describe, expect, it } from "vitest";
import { InvariantViolation } from "../../protocols/index.ts";
import { calendarExample, step } from "../../protocols/testing/trading-calendars.ts";
import { sessionEvents, sessionEventsAfter } from "../../protocols/trading-calendar.ts";
import type { SessionEvent, TradingCalendar } from "../../protocols/trading-calendar.ts";
import { compileMachine } from "../transition-table.ts";
import { tradingPhaseEvents, tradingPhaseMachine } from "./trading-phase.machine.ts";
import { nextStep, stepAt } from "./trading-schedule.ts";
import type { ScheduledStep } from "./trading-schedule.ts";

function us(utc: string): number {
  return Date.parse(`${utc}Z`) * 1000;
}

/** As people read it, with microseconds where there are any: `2026-03-09T13:30 open`. */
function text(scheduled: ScheduledStep | undefined): string {
  if (scheduled === undefined) return "none";
  const { atUs, event, randomEndSeconds } = scheduled;
  const minute = new Date(atUs / 1000).toISOString().slice(0, 16);
  const rest = atUs % 60_000_000 === 0 ? "" : `+${atUs % 60_000_000} us`;
  return `${minute}${rest} ${event}${randomEndSeconds === 0 ? "" : ` ${randomEndSeconds}`}`;
}

function stepsFrom(calendar: TradingCalendar, utc: string, count: number): string[] {
  const steps: string[] = [];
  let next = nextStep(calendar, us(utc));
  while (next !== undefined && steps.length < count) {
    steps.push(text(next));
    next = nextStep(calendar, next.atUs);
  }
  return steps;
}

/** The same day every day, in a zone that changes its offset once. */
function daily(
  texts: readonly string[],
  change: readonly [utc: string, before: number, after: number],
) {
  const [utc, before, after] = change;
  const day = texts.map(step);
  return {
    timeZone: "Nowhere/Change",
    offsets: [
      { fromUs: us("2020-01-01T00:00"), minutes: before },
      { fromUs: us(utc), minutes: after },
    ],
    week: Array.from({ length: 7 }, () => day),
    exceptions: [],
  } satisfies TradingCalendar;
}

const never: TradingCalendar = {
  timeZone: "UTC",
  offsets: [{ fromUs: 0, minutes: 0 }],
  week: [[], [], [], [], [], [], []],
  exceptions: [],
};

describe("the calendar's steps", () => {
  it("keep to local time when the clock changes over a weekend", () => {
    expect(stepsFrom(calendarExample, "2026-03-06T12:00", 4)).toEqual([
      "2026-03-06T14:30 open",
      "2026-03-06T21:00 close",
      "2026-03-09T13:30 open",
      "2026-03-09T20:00 close",
    ]);
  });

  it("leave out a holiday and end half a day early", () => {
    expect(stepsFrom(calendarExample, "2026-11-25T21:00", 3)).toEqual([
      "2026-11-27T14:30 open",
      "2026-11-27T18:00 close",
      "2026-11-30T14:30 open",
    ]);
  });

  it("come strictly after the moment that is asked for, and stand from their own on", () => {
    const openUs = us("2026-01-05T14:30");
    expect(
      [openUs - 1, openUs, openUs + 1].map((at) => text(nextStep(calendarExample, at))),
    ).toEqual(["2026-01-05T14:30 open", "2026-01-05T21:00 close", "2026-01-05T21:00 close"]);
    expect([openUs - 1, openUs, openUs + 1].map((at) => text(stepAt(calendarExample, at)))).toEqual(
      ["2026-01-02T21:00 close", "2026-01-05T14:30 open", "2026-01-05T14:30 open"],
    );
  });

  it("carry the random end of an auction", () => {
    const day = ["09:00 callOpening", "09:10 open 30", "17:00 close"];
    const calendar = daily(day, ["2026-03-29T01:00", 60, 120]);
    expect(stepsFrom(calendar, "2026-01-05T00:00", 2)).toEqual([
      "2026-01-05T08:00 callOpening",
      "2026-01-05T08:10 open 30",
    ]);
  });

  it("happen when clocks are put forward, where they skip the minute", () => {
    const calendar = daily(["02:30 open", "16:00 close"], ["2026-03-08T07:00", -300, -240]);
    expect(stepsFrom(calendar, "2026-03-07T00:00", 5)).toEqual([
      "2026-03-07T07:30 open",
      "2026-03-07T21:00 close",
      "2026-03-08T07:00 open",
      "2026-03-08T20:00 close",
      "2026-03-09T06:30 open",
    ]);
  });

  it("happen in order, a microsecond after one another, where clocks skip several", () => {
    const day = ["02:00 preOpen", "02:30 callOpening", "03:00 open 20", "03:01 close"];
    const calendar = daily(day, ["2026-03-08T07:00", -300, -240]);
    expect(stepsFrom(calendar, "2026-03-08T00:00", 5)).toEqual([
      "2026-03-08T07:00 preOpen",
      "2026-03-08T07:00+1 us callOpening",
      "2026-03-08T07:00+2 us open 20",
      "2026-03-08T07:01 close",
      "2026-03-09T06:00 preOpen",
    ]);
    expect(text(stepAt(calendar, us("2026-03-08T07:00")))).toBe("2026-03-08T07:00 preOpen");
    expect(text(stepAt(calendar, us("2026-03-08T07:00") + 5))).toBe(
      "2026-03-08T07:00+2 us open 20",
    );
  });

  it("happen the first time, where clocks show the minute twice", () => {
    const calendar = daily(["01:30 open", "16:00 close"], ["2026-11-01T06:00", -240, -300]);
    expect(stepsFrom(calendar, "2026-11-01T00:00", 3)).toEqual([
      "2026-11-01T05:30 open",
      "2026-11-01T21:00 close",
      "2026-11-02T06:30 open",
    ]);
  });

  it("all happen at once on a date that a zone leaves out", () => {
    // Samoa went from one side of the date line to the other: no 30 December 2011 there.
    const calendar = daily(["09:00 open", "16:00 close"], ["2011-12-30T10:00", -600, 840]);
    expect(stepsFrom(calendar, "2011-12-29T12:00", 6)).toEqual([
      "2011-12-29T19:00 open",
      "2011-12-30T02:00 close",
      "2011-12-30T10:00 open",
      "2011-12-30T10:00+1 us close",
      "2011-12-30T19:00 open",
      "2011-12-31T02:00 close",
    ]);
  });

  it("follow the local day where midnight is another moment than in UTC", () => {
    const east = daily(["00:00 open", "23:59 close"], ["2020-02-02T00:00", 840, 840]);
    expect(stepsFrom(east, "2026-01-05T10:00", 2)).toEqual([
      "2026-01-06T09:59 close",
      "2026-01-06T10:00 open",
    ]);
    const west = daily(["00:00 open", "23:59 close"], ["2020-02-02T00:00", -720, -720]);
    expect(stepsFrom(west, "2026-01-05T11:58", 2)).toEqual([
      "2026-01-05T11:59 close",
      "2026-01-05T12:00 open",
    ]);
  });

  it("come on 29 February in leap years", () => {
    const exceptions = [2028_02_29].map((date) => ({ date, steps: [step("10:00 open")] }));
    expect(stepsFrom({ ...never, exceptions }, "2027-06-01T00:00", 1)).toEqual([
      "2028-02-29T10:00 open",
    ]);
  });

  it("are found 400 days ahead and as many back, and no further", () => {
    const exceptions = [2026_06_01].map((date) => ({ date, steps: [step("10:00 open")] }));
    const calendar = { ...never, exceptions };
    expect(text(nextStep(calendar, us("2025-04-27T00:00")))).toBe("2026-06-01T10:00 open");
    expect(nextStep(calendar, us("2025-04-26T23:59"))).toBeUndefined();
    expect(text(stepAt(calendar, us("2027-07-06T23:59")))).toBe("2026-06-01T10:00 open");
    expect(stepAt(calendar, us("2027-07-07T00:00"))).toBeUndefined();
    expect(stepAt(calendar, us("2026-06-01T09:59"))).toBeUndefined();
    expect(nextStep(never, 0)).toBeUndefined();
    expect(stepAt(never, 0)).toBeUndefined();
  });

  it("are those of a weekday before the first offset began, and before 1970 where that is", () => {
    expect(text(stepAt(calendarExample, us("2025-06-02T15:00")))).toBe("2025-06-02T14:30 open");
    expect(stepAt(calendarExample, 0)?.atUs).toBe(us("1969-12-31T21:00"));
  });

  it("are not computed with a calendar that is not sound", () => {
    const without = { ...calendarExample, offsets: [] };
    expect(() => nextStep(without, 0)).toThrow(InvariantViolation);
    expect(() => nextStep({ ...calendarExample, week: [] }, 0)).toThrow(InvariantViolation);
  });

  it("are not looked for at what is no moment", () => {
    for (const at of [-1, 1.5, 2 ** 53]) {
      expect(() => nextStep(calendarExample, at)).toThrow(InvariantViolation);
    }
  });
});

describe("the order of a calendar's events", () => {
  it("is what the trading phase machine admits from closed", () => {
    const table = compileMachine(tradingPhaseMachine, tradingPhaseEvents);
    const follows = (state: number): SessionEvent[] =>
      sessionEvents.filter((event) => table.accepts(state, table.column(event)));
    const seen = new Map<string, readonly SessionEvent[]>();
    const go = (event: SessionEvent, state: number): void => {
      if (seen.has(event)) return;
      seen.set(event, follows(state));
      for (const next of follows(state)) go(next, table.after(state, table.column(next)));
    };
    go("close", table.stateNamed('"closed"'));
    expect(Object.fromEntries(seen)).toEqual(sessionEventsAfter);
  });
});
