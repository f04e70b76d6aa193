import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CalendarFileFault } from "./calendar-file-fault.ts";
import { calendarFileIn, readCalendarFile } from "./calendar-file.ts";
import { faultOf } from "./testing/fault-of.ts";

const full = [
  { at: "09:30", event: "open" },
  { at: "16:00", event: "close" },
];

const file = {
  timeZone: "America/New_York",
  years: { from: 2026, to: 2027 },
  days: { full, none: [] },
  week: { monday: "full" },
  holidays: [{ date: "2026-12-25", name: "Christmas Day" }],
  otherDays: [{ date: "2026-12-24", name: "Christmas Eve", day: "none" }],
};

/** What is wrong with the file when some of its fields are others. */
function faultWith(fields: object): string {
  return faultOf(() => calendarFileIn({ ...file, ...fields }));
}

describe("a calendar's file", () => {
  it("is taken as it stands", () => {
    expect(calendarFileIn(file)).toEqual(file);
  });

  it("is at fault in a field that the fault names", () => {
    const { timeZone: _, ...withoutZone } = file;
    expect([
      faultOf(() => calendarFileIn(withoutZone)),
      faultOf(() => calendarFileIn([])),
      faultWith({ timeZone: 5 }),
      faultWith({ timezone: "UTC" }),
      faultWith({ years: { from: 2027, to: 2026 } }),
      faultWith({ years: { from: 1815, to: 2026 } }),
      faultWith({ days: { full: [{ at: "9:30", event: "open" }] } }),
      faultWith({ days: { full: [{ at: "24:00", event: "open" }] } }),
      faultWith({ days: { full: [full[0], { at: "16:00", event: "lunch" }] } }),
      faultWith({ days: { full: [{ at: "09:30", event: "open", randomEndSeconds: 0.5 }] } }),
      faultWith({ week: { monday: "half" } }),
      faultWith({ week: { moonday: "full" } }),
      faultWith({ holidays: ["2026-12-25"] }),
      faultWith({ holidays: [{ date: "25.12.2026", name: "Christmas Day" }] }),
      faultWith({ holidays: [{ date: "2026-12-25" }] }),
      faultWith({ otherDays: [{ date: "2026-12-24", name: "Christmas Eve", day: "constructor" }] }),
    ]).toEqual([
      "field-malformed timeZone: it is missing",
      "field-malformed: it must be object",
      "field-malformed timeZone: it must be string",
      "field-malformed timezone: there is no such field",
      "years-unknown years: they run backwards",
      "field-malformed years.from: it must be >= 1970",
      "field-malformed days.full[0].at: it must match pattern " +
        '"^([01][0-9]|2[0-3]):[0-5][0-9]$"',
      "field-malformed days.full[0].at: it must match pattern " +
        '"^([01][0-9]|2[0-3]):[0-5][0-9]$"',
      "field-malformed days.full[1].event: it must be equal to one of the allowed values: " +
        "preOpen, callOpening, open, callClosing, tradeAtLast, close",
      "field-malformed days.full[0].randomEndSeconds: it must be integer",
      'day-unknown week.monday: there is no day "half" in days',
      "field-malformed week.moonday: there is no such field",
      "field-malformed holidays[0]: it must be object",
      'field-malformed holidays[0].date: it must match pattern "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"',
      "field-malformed holidays[0].name: it is missing",
      'day-unknown otherDays[0].day: there is no day "constructor" in days',
    ]);
  });

  it("is at fault in a date that there is not, not then, or twice", () => {
    const holiday = (date: string): object => ({ holidays: [{ date, name: "Holiday" }] });
    expect([
      faultWith(holiday("2026-02-29")),
      faultWith(holiday("2028-02-29")),
      faultWith(holiday("2026-12-24")),
    ]).toEqual([
      "date-unknown holidays[0].date: there is no 2026-02-29",
      "date-outside-years holidays[0].date: 2028-02-29 is not within the file's years",
      "date-twice otherDays[0].date: 2026-12-24 is there twice",
    ]);
  });

  it("is at fault in a day that cannot be gone through", () => {
    expect([
      faultWith({ days: { full, none: [{ at: "09:30", event: "open" }] } }),
      faultWith({ days: { full: [...full].reverse(), none: [] } }),
    ]).toEqual([
      "day-unsound days.none: day not closed",
      "day-unsound days.full: steps not ascending",
    ]);
  });

  it("cannot be read where there is none, and where it is no JSON", async () => {
    const folder = await mkdtemp(join(tmpdir(), "outcry-calendar-"));
    const path = join(folder, "broken.json");
    await writeFile(path, "{ timeZone: ");
    for (const place of [path, join(folder, "none.json")]) {
      const fault: unknown = await readCalendarFile(place).catch((error: unknown) => error);
      expect(fault).toBeInstanceOf(CalendarFileFault);
      expect(fault).toMatchObject({ code: "file-unreadable", field: "" });
    }
  });
});
