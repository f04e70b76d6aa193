/**
 * Method: arbitrary sound calendars, and lists that no calendar gave. Whoever reads a list must
 * read the calendar that it was made of, or throw MalformedRecords.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MalformedRecords, pack, unpack } from "./records.ts";
import { anyCalendar } from "./testing/trading-calendars.ts";
import { calendarIn, listOfCalendar, whyNotCalendar } from "./trading-calendar.ts";
import type { TradingCalendar } from "./trading-calendar.ts";

const numRuns = 2000;

describe("an arbitrary calendar", () => {
  it("is sound and comes back from the bytes of its list", () => {
    fc.assert(
      fc.property(anyCalendar, (calendar) => {
        expect(whyNotCalendar(calendar)).toBeUndefined();
        const bytes = pack(listOfCalendar(calendar));
        expect(calendarIn(unpack(bytes) as unknown[])).toEqual(calendar);
      }),
      { numRuns },
    );
  });

  it("is malformed, or another calendar, when one field is another value", () => {
    const anyField = fc.oneof(fc.integer(), fc.double(), fc.string(), fc.constant(null));
    fc.assert(
      fc.property(anyCalendar, fc.nat(), anyField, (calendar, at, field) => {
        // -0 is read as 0, like everywhere.
        fc.pre(!Object.is(field, -0));
        const list: unknown[] = [...listOfCalendar(calendar)];
        list[at % list.length] = field;
        const read = readOrRefused(list);
        if (read !== "refused") expect(listOfCalendar(read)).toEqual(list);
      }),
      { numRuns },
    );
  });
});

function readOrRefused(list: readonly unknown[]): TradingCalendar | "refused" {
  try {
    return calendarIn(list);
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedRecords);
    return "refused";
  }
}
