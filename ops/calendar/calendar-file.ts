/**
 * A trading calendar as people write it: a JSON file with hours in local time, holidays, and the
 * days that differ. Whoever reads it here gets a file that holds together, or a
 * {@link CalendarFileFault} that names the field.
 */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { Type } from "typebox";
import type { Static } from "typebox";
import { Errors } from "typebox/value";
import { isCivilDate } from "../../protocols/civil-days.ts";
import type { CivilDate } from "../../protocols/civil-days.ts";
import { sessionEvents, whyNotDay } from "../../protocols/trading-calendar.ts";
import type { SessionStep } from "../../protocols/trading-calendar.ts";
import { CalendarFileFault } from "./calendar-file-fault.ts";

const strict = { additionalProperties: false } as const;

const step = Type.Object(
  {
    at: Type.String({ pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$" }),
    event: Type.Enum([...sessionEvents]),
    randomEndSeconds: Type.Optional(Type.Integer()),
  },
  strict,
);
const date = Type.String({ pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" });
const dayName = Type.String({ minLength: 1 });
const year = Type.Integer({ minimum: 1970, maximum: 2199 });

const calendarFile = Type.Object(
  {
    /** As the time zone database calls it. */
    timeZone: Type.String({ minLength: 1 }),
    /** The years whose holidays are all in the file. */
    years: Type.Object({ from: year, to: year }, strict),
    /** Kinds of days by name, each with its steps. */
    days: Type.Record(Type.String(), Type.Array(step)),
    /** Which kind of day a weekday is; without one it is closed. */
    week: Type.Object(
      {
        monday: Type.Optional(dayName),
        tuesday: Type.Optional(dayName),
        wednesday: Type.Optional(dayName),
        thursday: Type.Optional(dayName),
        friday: Type.Optional(dayName),
        saturday: Type.Optional(dayName),
        sunday: Type.Optional(dayName),
      },
      strict,
    ),
    holidays: Type.Array(Type.Object({ date, name: Type.String() }, strict)),
    /** Half days and whatever else differs from its weekday. */
    otherDays: Type.Array(Type.Object({ date, name: Type.String(), day: dayName }, strict)),
  },
  strict,
);

export type CalendarFile = Static<typeof calendarFile>;

export const weekdays = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;

export async function readCalendarFile(path: string): Promise<CalendarFile> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const at = { code: "file-unreadable", field: "" } as const;
    throw new CalendarFileFault(at, `${basename(path)}: ${why}`, cause);
  }
  return calendarFileIn(value);
}

/** Throws {@link CalendarFileFault} unless the value is a file that holds together. */
export function calendarFileIn(value: unknown): CalendarFile {
  for (const error of Errors(calendarFile, value)) refuseField(error);
  const file = value as CalendarFile;
  if (file.years.from > file.years.to) {
    throw new CalendarFileFault({ code: "years-unknown", field: "years" }, "they run backwards");
  }
  for (const name of Object.keys(file.days)) refuseUnsoundDay(file, name);
  for (const weekday of weekdays) refuseUnknownDay(file, file.week[weekday], `week.${weekday}`);
  for (const [at, { day }] of file.otherDays.entries()) {
    refuseUnknownDay(file, day, `otherDays[${at}].day`);
  }
  refuseDates(file);
  return file;
}

/** The steps of a kind of day; none for a weekday that has no kind. */
export function stepsOf(file: CalendarFile, day: string | undefined): readonly SessionStep[] {
  const steps = day === undefined ? undefined : file.days[day];
  return (steps ?? []).map(({ at, event, randomEndSeconds = 0 }) => ({
    minute: Number(at.slice(0, 2)) * 60 + Number(at.slice(3)),
    event,
    randomEndSeconds,
  }));
}

/** A date as calendars have it. */
export function dateIn(text: string): CivilDate {
  return Number(text.replaceAll("-", ""));
}

function refuseUnsoundDay(file: CalendarFile, name: string): void {
  const fault = whyNotDay(stepsOf(file, name));
  if (fault === undefined) return;
  const why = fault.replaceAll("-", " ");
  throw new CalendarFileFault({ code: "day-unsound", field: `days.${name}` }, why);
}

function refuseUnknownDay(file: CalendarFile, day: string | undefined, field: string): void {
  if (day === undefined || Object.hasOwn(file.days, day)) return;
  throw new CalendarFileFault({ code: "day-unknown", field }, `there is no day "${day}" in days`);
}

function refuseDates({ holidays, otherDays, years }: CalendarFile): void {
  const seen = new Set<string>();
  for (const [list, entries] of Object.entries({ holidays, otherDays })) {
    for (const [at, { date }] of entries.entries()) {
      const field = `${list}[${at}].date`;
      if (!isCivilDate(dateIn(date))) {
        throw new CalendarFileFault({ code: "date-unknown", field }, `there is no ${date}`);
      }
      const year = Number(date.slice(0, 4));
      if (year < years.from || year > years.to) {
        const why = `${date} is not within the file's years`;
        throw new CalendarFileFault({ code: "date-outside-years", field }, why);
      }
      if (seen.has(date)) {
        throw new CalendarFileFault({ code: "date-twice", field }, `${date} is there twice`);
      }
      seen.add(date);
    }
  }
}

// ---- Fields --------------------------------------------------------------------------------

/** What we read of TypeBox's account of an error. */
interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: object;
  readonly message: string;
}

function refuseField({ keyword, instancePath, params, message }: SchemaError): void {
  // Told once more, and better, as an additional property.
  if (keyword === "boolean") return;
  const names = Object.values(params).find(Array.isArray) as readonly string[] | undefined;
  const isOfName = keyword === "required" || keyword === "additionalProperties";
  const field = fieldAt(isOfName ? `${instancePath}/${names?.[0] ?? ""}` : instancePath);
  const at = { code: "field-malformed", field } as const;
  if (keyword === "required") throw new CalendarFileFault(at, "it is missing");
  if (keyword === "additionalProperties") throw new CalendarFileFault(at, "there is no such field");
  const allowed = keyword === "enum" ? `: ${names?.join(", ") ?? ""}` : "";
  throw new CalendarFileFault(at, `it ${message}${allowed}`);
}

/** A JSON pointer as people write it: `/days/full/2/at` is `days.full[2].at`. */
function fieldAt(pointer: string): string {
  return pointer
    .split("/")
    .slice(1)
    .map((token) => (/^[0-9]+$/.test(token) ? `[${token}]` : `.${token}`))
    .join("")
    .replace(/^\./, "");
}
