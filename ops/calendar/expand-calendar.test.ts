/** Goal: a file that people wrote means in the log what they meant, shown by the examples. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { nextStep } from "../../actors/market/trading-schedule.ts";
import { dateOf, dayOf, weekdayOf } from "../../protocols/civil-days.ts";
import { calendarIn, listOfCalendar } from "../../protocols/trading-calendar.ts";
import type { TradingCalendar } from "../../protocols/trading-calendar.ts";
import type { CalendarFile } from "./calendar-file.ts";
import { readCalendarFile } from "./calendar-file.ts";
import { expandCalendar } from "./expand-calendar.ts";
import { faultOf } from "./testing/fault-of.ts";

const span = { fromYear: 2026, toYear: 2027 };

async function example(name: string): Promise<CalendarFile> {
  return readCalendarFile(fileURLToPath(new URL(`examples/${name}.json`, import.meta.url)));
}

/** The steps of a day in UTC: `14:30 open`. */
function stepsOn(calendar: TradingCalendar, date: string): string[] {
  const steps: string[] = [];
  let atUs = Date.parse(`${date}T00:00Z`) * 1000 - 1;
  for (;;) {
    const next = nextStep(calendar, atUs);
    if (next === undefined) return steps;
    const moment = new Date(next.atUs / 1000).toISOString();
    if (!moment.startsWith(date)) return steps;
    const end = next.randomEndSeconds === 0 ? "" : ` ${next.randomEndSeconds}`;
    steps.push(`${moment.slice(11, 16)} ${next.event}${end}`);
    atUs = next.atUs;
  }
}

function holidaysOf({ exceptions }: TradingCalendar): number[] {
  return exceptions.filter(({ steps }) => steps.length === 0).map(({ date }) => date);
}

/** The weekday of a month, counted from its beginning, or from its end with -1. */
function nthWeekday(month: number, weekday: number, nth: number): number {
  const days = Array.from({ length: 31 }, (_, at) => dayOf(month * 100 + 1) + at);
  const those = days.filter(
    (day) => weekdayOf(day) === weekday && (dateOf(day) - (dateOf(day) % 100)) / 100 === month,
  );
  return dateOf(those.at(nth < 0 ? nth : nth - 1)!);
}

/** A fixed date; on a Saturday it is observed the day before, on a Sunday the day after. */
function observed(date: number): number {
  const day = dayOf(date);
  const weekday = weekdayOf(day);
  return dateOf(weekday === 5 ? day - 1 : weekday === 6 ? day + 1 : day);
}

const easterSundays = { 2026: 2026_04_05, 2027: 2027_03_28 } as const;

describe("the calendar of New York", async () => {
  const calendar = expandCalendar(await example("new-york"), span);

  it("keeps local time in winter and in summer", () => {
    expect(stepsOn(calendar, "2026-01-05")).toEqual([
      "11:30 preOpen",
      "14:28 callOpening",
      "14:30 open",
      "21:00 close",
    ]);
    expect(stepsOn(calendar, "2026-07-06")).toEqual([
      "10:30 preOpen",
      "13:28 callOpening",
      "13:30 open",
      "20:00 close",
    ]);
  });

  it("is closed on Saturdays and on holidays, and half a day early before some", () => {
    expect(stepsOn(calendar, "2026-07-04")).toEqual([]);
    expect(stepsOn(calendar, "2026-11-26")).toEqual([]);
    expect(stepsOn(calendar, "2026-11-27").at(-1)).toBe("18:00 close");
    const halfDays = calendar.exceptions.filter(({ steps }) => steps.length > 0);
    expect(halfDays.map(({ date }) => date)).toEqual([2026_11_27, 2026_12_24, 2027_11_26]);
  });

  it.each([2026, 2027] as const)("has the holidays of %i that the rules give", (year) => {
    const [monday, thursday] = [0, 3];
    const january = year * 100 + 1;
    const rules = [
      observed(year * 10_000 + 101),
      nthWeekday(january, monday, 3),
      nthWeekday(january + 1, monday, 3),
      dateOf(dayOf(easterSundays[year]) - 2),
      nthWeekday(january + 4, monday, -1),
      observed(year * 10_000 + 619),
      observed(year * 10_000 + 704),
      nthWeekday(january + 8, monday, 1),
      nthWeekday(january + 10, thursday, 4),
      observed(year * 10_000 + 1225),
    ];
    const within = (date: number): boolean => date > year * 10_000 && date < (year + 1) * 10_000;
    expect(holidaysOf(calendar).filter(within)).toEqual(rules);
  });
});

describe("the calendar of Frankfurt", async () => {
  const calendar = expandCalendar(await example("frankfurt"), span);

  it("opens and closes with auctions that end by chance", () => {
    expect(stepsOn(calendar, "2026-06-01")).toEqual([
      "06:00 preOpen",
      "06:50 callOpening",
      "07:00 open 30",
      "15:30 callClosing",
      "15:35 tradeAtLast 30",
      "15:45 close",
    ]);
  });

  it("ends its last day of the year early", () => {
    expect(stepsOn(calendar, "2026-12-30").at(-1)).toBe("13:15 close");
    expect(stepsOn(calendar, "2026-12-31")).toEqual([]);
  });
});

describe("a calendar from a file", async () => {
  const file = await example("new-york");

  it("comes back from its list", () => {
    const calendar = expandCalendar(file, span);
    expect(calendarIn(listOfCalendar(calendar))).toEqual(calendar);
  });

  it("has the holidays and the offsets of the years that are asked for, and no others", () => {
    const calendar = expandCalendar(file, { fromYear: 2027, toYear: 2027 });
    expect(calendar.offsets).toHaveLength(3);
    expect(holidaysOf(calendar).at(0)).toBe(2027_01_01);
    expect(holidaysOf(calendar).at(-1)).toBe(2027_12_24);
  });

  it("is not made for years whose holidays the file does not have", () => {
    expect(faultOf(() => expandCalendar(file, { fromYear: 2026, toYear: 2028 }))).toBe(
      "years-unknown years: the file is for 2026 to 2027, and was asked for 2026 to 2028",
    );
    expect(faultOf(() => expandCalendar(file, { fromYear: 2027, toYear: 2026 }))).toBe(
      "years-unknown years: the file is for 2026 to 2027, and was asked for 2027 to 2026",
    );
  });

  it("is not made when it would be refused", () => {
    const century = { ...file, years: { from: 2000, to: 2099 } };
    expect(faultOf(() => expandCalendar(century, { fromYear: 2000, toYear: 2099 }))).toBe(
      "calendar-unsound: the calendar would be refused: offsets too many",
    );
  });
});
