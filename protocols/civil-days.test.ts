/** Method: every day of the years that calendars speak of, against the platform's own dates. */
import { describe, expect, it } from "vitest";
import { dateOf, dayOf, isCivilDate, weekdayOf } from "./civil-days.ts";

const msPerDay = 86_400_000;

describe("a civil day", () => {
  it("has the date and the weekday that the platform gives it", () => {
    const wrong: unknown[] = [];
    for (let day = -400; day < dayOf(2200_01_01); day++) {
      const date = new Date(day * msPerDay);
      const text = date.toISOString().slice(0, 10).replaceAll("-", "");
      const weekday = (date.getUTCDay() + 6) % 7;
      if (String(dateOf(day)) !== text || weekdayOf(day) !== weekday) wrong.push([day, text]);
      if (dayOf(Number(text)) !== day) wrong.push([day, text]);
    }
    expect(wrong).toEqual([]);
  });
});

describe("a civil date", () => {
  it.each([2026_01_31, 2024_02_29, 2000_02_29, 1970_01_01, 2199_12_31])("can be %i", (date) => {
    expect(isCivilDate(date)).toBe(true);
  });

  it.each([
    2026_02_29, 2100_02_29, 2026_04_31, 2026_13_01, 2026_00_10, 2026_01_00, 1969_12_31, 2200_01_01,
    20260101.5, -2026_01_01,
  ])("cannot be %d", (date) => {
    expect(isCivilDate(date)).toBe(false);
  });
});
