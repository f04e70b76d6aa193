/** The fault that something ends with, as text: `day-unknown week.monday: there is no day …`. */
import { expect } from "vitest";
import { CalendarFileFault } from "../calendar-file-fault.ts";

export function faultOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (!(error instanceof CalendarFileFault)) throw error;
    expect(error.message.startsWith(error.field)).toBe(true);
    return `${error.code}${error.field === "" ? ": " : " "}${error.message}`;
  }
  return "no fault";
}
