/** Days and moments as people write them in files and options. */
import type { TimeUs } from "../../protocols/index.ts";
import { momentIn as pastMomentIn } from "../past/past-place.ts";
import { beginningOf } from "./civil-day.ts";
import { ReportFault } from "./report-fault.ts";

/** A day of UTC is its first moment; undefined for what is neither a day nor a moment. */
export function momentOrDayIn(text: string): TimeUs | undefined {
  return beginningOf(text) ?? pastMomentIn(text);
}

/** Throws {@link ReportFault} for what is neither. */
export function momentIn(text: string, where: string): TimeUs {
  const timeUs = momentOrDayIn(text);
  if (timeUs !== undefined) return timeUs;
  const rule = "is neither a day, such as 2026-11-22, nor a moment, such as 2026-11-22T10:00:00Z";
  throw new ReportFault("value-wrong", `${where}: ${JSON.stringify(text)} ${rule}`);
}
