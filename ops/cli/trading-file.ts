/** How an instrument trades, from the files that `outcry instrument add` is given. */
import { readFile } from "node:fs/promises";
import type { TradingTermsRequest } from "../../protocols/api/trading-terms.ts";
import { CommandFault, usageFault } from "./output.ts";

export interface TradingOptions {
  /** A JSON file with what `trading` of `instrument.list` may hold. */
  readonly trading?: string;
  /** A calendar as people write it, and for which years it is made. */
  readonly calendar?: string;
  readonly fromYear?: number;
  readonly toYear?: number;
}

/** undefined when nothing was asked for. What is in the file is for the exchange to check. */
export async function tradingOf(options: TradingOptions): Promise<TradingTermsRequest | undefined> {
  const { trading: file, calendar: calendarFile, fromYear, toYear } = options;
  const trading = file === undefined ? undefined : await tradingIn(file);
  if (calendarFile === undefined) {
    if (fromYear === undefined && toYear === undefined) return trading;
    throw usageFault("--from-year and --to-year belong to a --calendar");
  }
  if (fromYear === undefined || toYear === undefined) {
    throw usageFault("a --calendar is made for some years: --from-year and --to-year");
  }
  if (trading?.calendar !== undefined) throw usageFault("--trading holds a calendar already");
  const [{ readCalendarFile }, { expandCalendar }, { renderCalendar }] = await Promise.all([
    import("../calendar/calendar-file.ts"),
    import("../calendar/expand-calendar.ts"),
    import("../../protocols/api/trading-terms-translation.ts"),
  ]);
  const calendar = expandCalendar(await readCalendarFile(calendarFile), { fromYear, toYear });
  return { ...trading, calendar: renderCalendar(calendar) };
}

async function tradingIn(file: string): Promise<TradingTermsRequest> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandFault("file-unreadable", `--trading ${file}: ${why}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new CommandFault("file-unreadable", `--trading ${file}: it is no JSON object`);
}
