/**
 * Rows as CSV, as JSON or as text for people, written as they come: however long a report is, a
 * page of it is held at most.
 */
import { stripVTControlCharacters } from "node:util";
import { visible } from "../telemetry/visible-text.ts";
import type { Cell, Column, Row } from "./table.ts";
import { textOf } from "./table.ts";

export const tableFormats = ["text", "csv", "json"] as const;
export type TableFormat = (typeof tableFormats)[number];

/** What is written before, for and after the rows; `end` is told what else there is to say. */
export interface TableWriter {
  begin(columns: readonly Column[]): string;
  row(row: Row): string;
  end(summary: Readonly<Record<string, unknown>>): string;
}

export function tableWriter(format: TableFormat): TableWriter {
  switch (format) {
    case "csv":
      return new CsvWriter();
    case "json":
      return new JsonWriter();
    case "text":
      return new TextWriter();
  }
}

/** RFC 4180, but for its line ends, which are line feeds. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(",")}\n`;
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

class CsvWriter implements TableWriter {
  begin(columns: readonly Column[]): string {
    return csvLine(columns.map(({ name }) => name));
  }

  row(row: Row): string {
    return csvLine(row.map(textOf));
  }

  end(): string {
    return "";
  }
}

/** `{"rows":[…],…}`, a row on each line. Counted cells have their units beside them. */
class JsonWriter implements TableWriter {
  #names: readonly string[] = [];
  #rows = 0;

  begin(columns: readonly Column[]): string {
    this.#names = columns.map(({ name }) => camelCase(name));
    return '{"rows":[';
  }

  row(row: Row): string {
    const fields = row.flatMap((cell, at) => fieldsOf(this.#names[at] ?? "", cell));
    const line = jsonOf(Object.fromEntries(fields));
    return this.#rows++ === 0 ? `\n${line}` : `,\n${line}`;
  }

  end(summary: Readonly<Record<string, unknown>>): string {
    const more = Object.entries(summary).map(([name, value]) => `,"${name}":${jsonOf(value)}`);
    return `${this.#rows === 0 ? "" : "\n"}]${more.join("")}}\n`;
  }
}

function fieldsOf(name: string, cell: Cell): readonly (readonly [string, unknown])[] {
  if (cell === undefined) return [[name, null]];
  if (typeof cell !== "object") return [[name, cell]];
  return [
    [name, cell.text],
    [`${name}Units`, cell.units],
  ];
}

function jsonOf(value: unknown): string {
  const text = JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "bigint" ? String(item) : item,
  );
  return visible(text);
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Each page has its heading, and columns as wide as its widest cell. */
class TextWriter implements TableWriter {
  #columns: readonly Column[] = [];
  #page: (readonly string[])[] = [];
  #pages = 0;

  begin(columns: readonly Column[]): string {
    this.#columns = columns;
    return "";
  }

  row(row: Row): string {
    this.#page.push(row.map((cell) => visible(textOf(cell))));
    return this.#page.length < pageRows ? "" : this.#turn();
  }

  end(): string {
    if (this.#page.length > 0) return this.#turn();
    return this.#pages === 0 ? "nothing\n" : "";
  }

  #turn(): string {
    const heads = this.#columns.map(({ name }) => name.replaceAll("_", " ").toUpperCase());
    const lines = [heads, ...this.#page];
    const widths = heads.map((_, at) => Math.max(...lines.map((line) => widthOf(line[at]))));
    const text = lines
      .map((line) => line.map((cell, at) => this.#aligned(cell, at, widths[at]!)).join("  "))
      .map((line) => `${line.trimEnd()}\n`)
      .join("");
    this.#page = [];
    return this.#pages++ === 0 ? text : `\n${text}`;
  }

  #aligned(cell: string, at: number, width: number): string {
    const gap = " ".repeat(width - widthOf(cell));
    return this.#columns[at]?.isNumber === true ? gap + cell : cell + gap;
  }
}

const pageRows = 500;

function widthOf(text: string | undefined): number {
  return stripVTControlCharacters(text ?? "").length;
}
