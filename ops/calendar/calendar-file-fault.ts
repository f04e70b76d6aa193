/** What can be wrong with a calendar's file; it names the field, and the message says why. */

export type CalendarFileFaultCode =
  | "file-unreadable"
  /** A field is missing, unknown, or not what it should be. */
  | "field-malformed"
  | "time-zone-unknown"
  /** The zone's offset is not in whole minutes. */
  | "time-zone-unusable"
  | "date-unknown"
  | "date-outside-years"
  | "date-twice"
  /** A weekday or a date asks for a day that is not described. */
  | "day-unknown"
  /** The steps of a day cannot be gone through. */
  | "day-unsound"
  /** The years run backwards, or it was asked for years whose holidays the file does not have. */
  | "years-unknown"
  /** It all holds, and is too much for a calendar. */
  | "calendar-unsound";

export class CalendarFileFault extends Error {
  override readonly name = "CalendarFileFault";
  readonly code: CalendarFileFaultCode;
  readonly disposition = "fatal";
  /** As people write it: `days.full[2].at`; "" where the file as a whole is meant. */
  readonly field: string;

  constructor(at: { code: CalendarFileFaultCode; field: string }, why: string, cause?: unknown) {
    super(at.field === "" ? why : `${at.field}: ${why}`, cause === undefined ? {} : { cause });
    this.code = at.code;
    this.field = at.field;
  }
}
