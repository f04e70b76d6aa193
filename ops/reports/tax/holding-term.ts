/** Whether a lot was held for long: by days of UTC, of its acquisition and of its disposal. */
import type { TimeUs } from "../../../protocols/index.ts";
import { dayOf } from "../civil-day.ts";

/** Held for longer than this is held for long. */
export interface HoldingPeriod {
  readonly years: number;
  readonly days: number;
}

/** `1y` or `365d`; undefined for anything else. */
export function holdingPeriodIn(text: string): HoldingPeriod | undefined {
  const [, count, unit] = /^([0-9]{1,4})([dy])$/.exec(text) ?? [];
  if (count === undefined) return undefined;
  return unit === "y" ? { years: Number(count), days: 0 } : { years: 0, days: Number(count) };
}

export function termOf(
  { acquiredUs, disposedUs }: { readonly acquiredUs: TimeUs; readonly disposedUs: TimeUs },
  period: HoldingPeriod,
): "long" | "short" {
  return dayOf(disposedUs) > lastShortDay(dayOf(acquiredUs), period) ? "long" : "short";
}

/** A year from 29 February ends on 28 February. */
function lastShortDay(acquired: string, { years, days }: HoldingPeriod): string {
  const [year = 0, month = 0, day = 0] = acquired.split("-").map(Number);
  const lastOfMonth = new Date(Date.UTC(year + years, month, 0)).getUTCDate();
  const end = Date.UTC(year + years, month - 1, Math.min(day, lastOfMonth) + days);
  return new Date(end).toISOString().slice(0, 10);
}
