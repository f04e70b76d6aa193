/** Reads a CSV file that somebody made, as RFC 4180 and spreadsheets have it. */
import { readFile } from "node:fs/promises";
import { ReportFault } from "./report-fault.ts";

/** A line of it, by the names of its columns. */
export interface CsvRecord {
  /** Such as `lots.csv, line 3`. */
  readonly where: string;
  /** "" where there is nothing. */
  readonly cells: Readonly<Record<string, string>>;
}

/** Rejects with {@link ReportFault} where it cannot be read, or lacks one of these columns. */
export async function readCsv(
  path: string,
  columns: readonly string[],
): Promise<readonly CsvRecord[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ReportFault("file-unreadable", `${path}: ${why}`);
  }
  return csvRecords(text, { path, columns });
}

export function csvRecords(
  text: string,
  { path, columns }: { readonly path: string; readonly columns: readonly string[] },
): readonly CsvRecord[] {
  const [heading, ...lines] = parse(text.replace(/^\ufeff/, ""), path);
  const names = heading?.cells.map((name) => name.trim().toLowerCase()) ?? [];
  const missing = columns.find((column) => !names.includes(column));
  if (missing !== undefined) {
    throw new ReportFault("column-missing", `${path} has no column ${missing}`);
  }
  return lines
    .filter(({ cells }) => cells.some((cell) => cell.trim() !== ""))
    .map(({ line, cells }) => {
      const named = names.map((name, at) => [name, (cells[at] ?? "").trim()] as const);
      return { where: `${path}, line ${line}`, cells: Object.fromEntries(named) };
    });
}

interface ParsedLine {
  readonly line: number;
  readonly cells: string[];
}

function parse(text: string, path: string): readonly ParsedLine[] {
  const lines: ParsedLine[] = [];
  let line = 1;
  let cells: string[] = [];
  let begun = line;
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
  while (pattern.lastIndex < text.length || cells.length > 0) {
    const match = pattern.exec(text);
    if (match === null) {
      throw new ReportFault("file-unreadable", `${path}, line ${line}: a quote is not closed`);
    }
    const [whole, quoted, plain = "", end] = match;
    cells.push(quoted?.replaceAll('""', '"') ?? plain);
    line += whole.split("\n").length - 1;
    if (end === ",") continue;
    lines.push({ line: begun, cells });
    cells = [];
    begun = line;
    if (end === "") break;
  }
  return lines;
}
