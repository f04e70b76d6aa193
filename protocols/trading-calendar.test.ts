import { describe, expect, it } from "vitest";
import { MalformedRecords, pack, unpack } from "./records.ts";
import { calendarExample, step } from "./testing/trading-calendars.ts";
import {
  calendarFaults,
  calendarIn,
  calendarLimits,
  listOfCalendar,
  whyNotCalendar,
  whyNotDay,
} from "./trading-calendar.ts";
import type { CalendarFault, SessionStep, TradingCalendar } from "./trading-calendar.ts";

const dayUs = 86_400_000_000;

function day(...texts: string[]): SessionStep[] {
  return texts.map(step);
}

function mondaysOf(...texts: string[]): Partial<TradingCalendar> {
  return { week: [day(...texts), [], [], [], [], [], []] };
}

function offsetsFrom(...changes: [fromUs: number, minutes: number][]): Partial<TradingCalendar> {
  return { offsets: changes.map(([fromUs, minutes]) => ({ fromUs, minutes })) };
}

function holidays(...dates: number[]): Partial<TradingCalendar> {
  return { exceptions: dates.map((date) => ({ date, steps: [] })) };
}

const manyDates = Array.from({ length: calendarLimits.exceptions + 1 }, () => 2026_01_01);
const manyOffsets = Array.from(
  { length: calendarLimits.offsets + 1 },
  (_, at): [number, number] => [at * dayUs, 0],
);
const manySteps = Array.from({ length: 7 }, (_, at) => [`0${at}:00 open`, `0${at}:30 close`]);

/** One calendar for each fault; otherwise it is the example. */
const unsound: { readonly [Fault in CalendarFault]: Partial<TradingCalendar> } = {
  "time-zone-not-a-name": { timeZone: "New York" },
  "offsets-missing": { offsets: [] },
  "offsets-too-many": offsetsFrom(...manyOffsets),
  "offset-out-of-range": offsetsFrom([0, 961]),
  "offsets-not-ascending": offsetsFrom([5 * dayUs, 0], [5 * dayUs, 60]),
  "offsets-too-close": offsetsFrom([0, 0], [dayUs - 1, 60]),
  "week-not-seven-days": { week: [[], [], [], [], [], []] },
  "exceptions-too-many": holidays(...manyDates),
  "exception-not-a-date": holidays(2027_02_29),
  "exceptions-not-ascending": holidays(2026_12_25, 2026_12_25),
  "steps-too-many": mondaysOf(...manySteps.flat()),
  "step-minute-out-of-range": mondaysOf("09:00 open", "24:00 close"),
  "steps-not-ascending": mondaysOf("09:00 open", "09:00 close"),
  "step-event-unknown": mondaysOf("09:00 open", "12:00 lunch", "13:00 close"),
  "day-begins-wrongly": mondaysOf("09:00 callClosing", "09:30 close"),
  "step-out-of-turn": mondaysOf("09:00 open", "17:00 tradeAtLast", "18:00 close"),
  "day-not-closed": mondaysOf("09:00 open"),
  "random-end-out-of-range": mondaysOf("09:00 callOpening", "10:00 open 3601", "18:00 close"),
  "random-end-without-auction": mondaysOf("09:00 callOpening", "10:00 close 30"),
  "random-end-too-late": mondaysOf("09:00 callOpening", "10:00 open 60", "10:01 close"),
};

describe("a trading calendar", () => {
  it("is sound as it stands", () => {
    expect(whyNotCalendar(calendarExample)).toBeUndefined();
  });

  it.each(calendarFaults)("is refused for %s", (fault) => {
    expect(whyNotCalendar({ ...calendarExample, ...unsound[fault] })).toBe(fault);
  });

  it("is refused for a day that differs as for a weekday", () => {
    const exceptions = [{ date: 2026_01_05, steps: day("09:00 open") }];
    expect(whyNotCalendar({ ...calendarExample, exceptions })).toBe("day-not-closed");
  });

  it("may change its offset at any moment after a day", () => {
    const offsets = offsetsFrom([0, 0], [dayUs, 960], [dayUs * 2 + 1, -960]);
    expect(whyNotCalendar({ ...calendarExample, ...offsets })).toBeUndefined();
  });

  it("comes back from a list, and from the list's bytes", () => {
    const list = listOfCalendar(calendarExample);
    expect(calendarIn(list)).toEqual(calendarExample);
    expect(calendarIn(unpack(pack(list)) as unknown[])).toEqual(calendarExample);
  });

  it("comes back unsound when it is unsound: refusing it is an answer, not a fault", () => {
    const calendar = { ...calendarExample, ...mondaysOf("09:00 open") };
    expect(calendarIn(listOfCalendar(calendar))).toEqual(calendar);
  });
});

describe("a list that is no calendar", () => {
  const list = listOfCalendar(calendarExample);
  const closedWeek = [0, 0, 0, 0, 0, 0, 0];

  it.each<[what: string, list: readonly unknown[]]>([
    ["is empty", []],
    ["is cut short", list.slice(0, -1)],
    ["goes on", [...list, 0]],
    ["counts more offsets than there may be", ["UTC", 101]],
    ["counts fewer than none", ["UTC", -1]],
    ["counts more steps than there may be", ["UTC", 0, 13]],
    ["counts more exceptions than there may be", ["UTC", 0, ...closedWeek, 2001]],
    ["has an event that is none", ["UTC", 0, 1, 600, "lunch", 0]],
    ["has a fraction for a minute", ["UTC", 0, 1, 600.5, "open", 0]],
    ["has a number for a zone", [0, 0, ...closedWeek, 0]],
  ])("is malformed when it %s", (_, malformed) => {
    expect(() => calendarIn(malformed)).toThrow(MalformedRecords);
  });
});

describe("a day", () => {
  it.each([
    ["none at all", []],
    ["continuous trading only", ["00:00 open", "23:59 close"]],
    ["a morning and an afternoon", ["09:00 open", "11:30 close", "12:30 open", "15:30 close"]],
    ["an auction alone", ["12:00 callOpening", "12:05 close"]],
    [
      "all that there is",
      [
        "07:00 preOpen",
        "08:50 callOpening",
        "09:00 open 30",
        "17:30 callClosing",
        "17:35 tradeAtLast 30",
        "17:45 close",
      ],
    ],
    ["a closing auction with a random end", ["09:00 open", "17:30 callClosing", "17:35 close 59"]],
  ])("may be %s", (_, texts) => {
    expect(whyNotDay(day(...texts))).toBeUndefined();
  });

  it("may not end by chance on the next day", () => {
    const late = day("23:00 open", "23:30 callClosing", "23:59 close 60");
    expect(whyNotDay(late)).toBe("random-end-too-late");
  });
});
