/**
 * `docs/simulator.md`: what the simulator has been through and what it is able to find. Its parts are
 * written by the runs that they tell of, `./outcry sim --report` and `planted/hunt.ts --report`; the
 * text around them is ours.
 */
import { readFileSync, writeFileSync } from "node:fs";

export type PagePart = "totals" | "planted";

const file = new URL("../../docs/simulator.md", import.meta.url);

export function readPagePart(part: PagePart): string {
  const page = readFileSync(file, "utf8");
  const { begin, end } = placeOf(page, part);
  return page.slice(begin, end).trim();
}

export function writePagePart(part: PagePart, text: string): void {
  writeFileSync(file, withPart(readFileSync(file, "utf8"), part, text));
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

/** The page with another text between the marks of that part. */
export function withPart(page: string, part: PagePart, text: string): string {
  const { begin, end } = placeOf(page, part);
  return `${page.slice(0, begin)}\n\n${text}\n\n${page.slice(end)}`;
}

function placeOf(page: string, part: PagePart): { readonly begin: number; readonly end: number } {
  const opening = `<!-- ${part}: written by a run -->`;
  const begin = page.indexOf(opening) + opening.length;
  const end = page.indexOf(`<!-- end of ${part} -->`);
  if (begin < opening.length || end < begin) throw new RangeError(`the page has no part ${part}`);
  return { begin, end };
}
