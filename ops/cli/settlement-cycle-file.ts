/** A settlement cycle as people write it: a JSON file with a time of day and days of the week. */
import { readFile } from "node:fs/promises";
import type { SettlementCycleTerms } from "../../protocols/api/clearing-requests.ts";
import { CommandFault } from "./output.ts";

export const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** What the exchange would refuse, it refuses; what cannot be read is refused here. */
export async function cycleIn(cycle: string, file: string): Promise<SettlementCycleTerms> {
  const fault = (why: string) => new CommandFault("file-unreadable", `--file ${file}: ${why}`);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw fault(error instanceof Error ? error.message : String(error));
  }
  const fields = (value ?? {}) as Readonly<Record<string, unknown>>;
  const { symbols, days, offsetMinutes = 0, weekend = [], holidays = [] } = fields;
  if (!isListOfTexts(symbols)) throw fault("`symbols` is to be a list of instruments");
  if (!isWhole(days)) throw fault("`days` is to be 0, 1 or 2");
  if (!isWhole(offsetMinutes)) throw fault("`offsetMinutes` is to be a whole number");
  if (!isListOfTexts(weekend)) throw fault(`\`weekend\` is to be a list of ${weekdays.join(" ")}`);
  if (!isListOfTexts(holidays)) throw fault("`holidays` is to be a list of dates");
  const cutOffMinute = minuteIn(fields["cutOff"]);
  if (cutOffMinute === undefined) throw fault("`cutOff` is to be a time of day as 16:00");
  const free = weekend.map((name) => weekdays.findIndex((weekday) => weekday === name));
  if (free.includes(-1)) throw fault(`\`weekend\` is to be a list of ${weekdays.join(" ")}`);
  return { cycle, symbols, days, offsetMinutes, cutOffMinute, weekend: free, holidays };
}

function minuteIn(text: unknown): number | undefined {
  const found = typeof text === "string" ? /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) : null;
  return found === null ? undefined : Number(found[1]) * 60 + Number(found[2]);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
