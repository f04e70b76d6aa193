/**
 * Pages in Markdown whose figures are written by the runs that they tell of. Such a part stands
 * between two marks; the text around it is ours.
 */
import { readFileSync, writeFileSync } from "node:fs";

/** A part of a page in docs/. */
export class PagePart {
  readonly #file: URL;
  readonly #name: string;

  constructor(page: string, name: string) {
    this.#file = new URL(`../../docs/${page}`, import.meta.url);
    this.#name = name;
  }

  read(): string {
    const page = readFileSync(this.#file, "utf8");
    const { begin, end } = placeOf(page, this.#name);
    return page.slice(begin, end).trim();
  }

  write(text: string): void {
    writeFileSync(this.#file, withPart(readFileSync(this.#file, "utf8"), this.#name, text));
  }
}

/** The page with another text between the marks of that part. */
export function withPart(page: string, name: string, text: string): string {
  const { begin, end } = placeOf(page, name);
  return `${page.slice(0, begin)}\n\n${text}\n\n${page.slice(end)}`;
}

/** A table in Markdown, its columns as wide as what is in them. */
export function tableInMarkdown(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const widths = heading.map((_, column) =>
    Math.max(3, ...[heading, ...rows].map((row) => (row[column] ?? "").length)),
  );
  const lineOf = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const ruler = widths.map((width) => "-".repeat(width));
  return [heading, ruler, ...rows].map(lineOf).join("\n");
}

/** The rows of a table in Markdown, without its heading. */
export function rowsInMarkdown(table: string): readonly (readonly string[])[] {
  const rows = table.split("\n").filter((line) => line.startsWith("|"));
  return rows.slice(2).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function placeOf(page: string, name: string): { readonly begin: number; readonly end: number } {
  const opening = `<!-- ${name}: written by a run -->`;
  const begin = page.indexOf(opening) + opening.length;
  const end = page.indexOf(`<!-- end of ${name} -->`);
  if (begin < opening.length || end < begin) throw new RangeError(`the page has no part ${name}`);
  return { begin, end };
}
