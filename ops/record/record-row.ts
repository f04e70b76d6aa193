/**
 * A row of the order record, and its one form as text: the line that stands in the CSV file, that
 * a Parquet file's row is turned into, and that is hashed.
 */
import { createHash } from "node:crypto";
import { columns } from "./columns.ts";
import type { Column, ColumnName } from "./columns.ts";

/** What is not there says nothing. */
export type Cell = string | number | bigint | undefined;
export type RecordRow = { readonly [Name in ColumnName]?: Cell };

export const heading = columns.map(({ name }) => name).join(",");

export function lineOf(row: RecordRow): string {
  return columns.map((column) => textOf(column, row[column.name])).join(",");
}

function textOf({ kind }: Column, cell: Cell): string {
  if (cell === undefined || cell === "") return "";
  if (kind === "time") return isoOf(BigInt(cell));
  if (kind === "integer") return String(cell);
  const text = String(cell);
  // RFC 4180.
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const usPerMs = 1000n;

/** `2026-11-22T15:09:36.123456Z`. */
function isoOf(timeUs: bigint): string {
  const toMs = new Date(Number(timeUs / usPerMs)).toISOString().slice(0, -1);
  return `${toMs}${String(timeUs % usPerMs).padStart(3, "0")}Z`;
}

export const rowHashBytes = 16;

/** By which a row is found that was altered: the first half of the SHA-256 of its line. */
export function hashOfLine(line: string): Uint8Array {
  return createHash("sha256").update(line).digest().subarray(0, rowHashBytes);
}

/** The lines of a CSV file, its heading first, whatever they end with. */
export function linesOf(text: string): readonly string[] {
  const lines: string[] = [];
  let from = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') isQuoted = !isQuoted;
    if (character !== "\n" || isQuoted) continue;
    lines.push(text.slice(from, at));
    from = at + 1;
  }
  if (from < text.length) lines.push(text.slice(from));
  return lines;
}
