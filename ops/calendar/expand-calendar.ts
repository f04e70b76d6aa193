/**
 * Makes the calendar that goes into the log from a file that people wrote: named days become steps,
 * dates become exceptions, and the zone's name becomes offsets.
 */
import { whyNotCalendar } from "../../protocols/trading-calendar.ts";
import type { CalendarException, TradingCalendar } from "../../protocols/trading-calendar.ts";
import { CalendarFileFault } from "./calendar-file-fault.ts";
import { dateIn, stepsOf, weekdays } from "./calendar-file.ts";
import type { CalendarFile } from "./calendar-file.ts";
import { zoneOffsets } from "./zone-offsets.ts";
import type { YearSpan } from "./zone-offsets.ts";

/**
 * Sound for those years. After the last one weekdays go on as they are, without holidays and with
 * the last offset, so a calendar is replaced before it ends.
 *
 * Throws {@link CalendarFileFault} for years that the file has no holidays of, and for a zone that
 * this machine does not know.
 */
export function expandCalendar(file: CalendarFile, span: YearSpan): TradingCalendar {
  refuseYears(file, span);
  const calendar: TradingCalendar = {
    timeZone: file.timeZone,
    offsets: zoneOffsets(file.timeZone, span),
    week: weekdays.map((weekday) => stepsOf(file, file.week[weekday])),
    exceptions: exceptionsWithin(file, span),
  };
  const fault = whyNotCalendar(calendar);
  if (fault !== undefined) {
    const why = `the calendar would be refused: ${fault.replaceAll("-", " ")}`;
    throw new CalendarFileFault({ code: "calendar-unsound", field: "" }, why);
  }
  return calendar;
}

function exceptionsWithin(file: CalendarFile, { fromYear, toYear }: YearSpan): CalendarException[] {
  const days: readonly { date: string; day?: string }[] = [...file.holidays, ...file.otherDays];
  return days
    .map(({ date, day }) => ({ date: dateIn(date), steps: stepsOf(file, day) }))
    .filter(({ date }) => date > fromYear * 10_000 && date < (toYear + 1) * 10_000)
    .sort((a, b) => a.date - b.date);
}

function refuseYears({ years }: CalendarFile, { fromYear, toYear }: YearSpan): void {
  if (fromYear <= toYear && fromYear >= years.from && toYear <= years.to) return;
  throw new CalendarFileFault(
    { code: "years-unknown", field: "years" },
    `the file is for ${years.from} to ${years.to}, and was asked for ${fromYear} to ${toYear}`,
  );
}
