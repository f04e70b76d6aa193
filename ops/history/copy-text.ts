/** Values as PostgreSQL's COPY reads them as text: one line for a row, fields apart by tabs. */
import type { TimeUs } from "../../protocols/index.ts";

/** One row, its line end included. */
export type CopyLine = string;

/** What stands for NULL. */
export const copyNull = String.raw`\N`;

/** Text that people wrote: anything. A NUL, which PostgreSQL has no place for, is replaced. */
export function copyText(text: string): string {
  return storable(text).replace(/[\\\t\n\r]/g, (character) => escapes[character] ?? "");
}

const escapes: Readonly<Record<string, string>> = {
  "\\": String.raw`\\`,
  "\t": String.raw`\t`,
  "\n": String.raw`\n`,
  "\r": String.raw`\r`,
};

/** Amounts beyond what a JSON number counts are digits in quotes. */
export function copyJson(value: unknown): string {
  return copyText(JSON.stringify(value, asJson));
}

function asJson(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  return typeof value === "string" ? storable(value) : value;
}

function storable(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\ufffd");
}

/** A moment of the log, to the microsecond. */
export function copyTime(timeUs: TimeUs): string {
  const iso = new Date(Math.floor(timeUs / 1000)).toISOString();
  return `${iso.slice(0, -1)}${String(timeUs % 1000).padStart(3, "0")}Z`;
}
