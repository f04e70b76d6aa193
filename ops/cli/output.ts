/**
 * What commands print: text for people, or JSON for programs, and one line when something failed.
 *
 * Results go to standard output, everything else to standard error. Colours appear on a terminal
 * only, and not where NO_COLOR is set.
 */
import { stripVTControlCharacters, styleText } from "node:util";
import type { Command } from "commander";
import { visible } from "../telemetry/visible-text.ts";

/** What every command understands. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly data?: string;
}

export function withCommonOptions(command: Command): Command {
  return command
    .option("--json", "print JSON")
    .option("--data <dir>", "the cluster's data directory (default: $OUTCRY_DATA, or .outcry)");
}

/** A failure that its message explains to whoever typed the command. */
export class CommandFault extends Error {
  override readonly name: string;
  readonly exitCode: number;
  /** Further fields for programs. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    name: string,
    message: string,
    options: { exitCode?: number; details?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message);
    this.name = name;
    this.exitCode = options.exitCode ?? 1;
    this.details = options.details ?? {};
  }
}

/** What was typed cannot be what was meant. */
export function usageFault(message: string): CommandFault {
  return new CommandFault("usage", message, { exitCode: 2 });
}

/** Tells how far a command is on standard error; tells nobody where JSON is asked for. */
export function progressOf({ json }: CommonOptions): (line: string) => void {
  return (line) => {
    if (json !== true) process.stderr.write(`${line}\n`);
  };
}

/** Prints the result: as JSON when asked for, else the text that `render` makes of it. */
export function print<Result>(
  { json }: CommonOptions,
  result: Result,
  render: (result: Result) => string,
): void {
  write(json === true ? toJson(result) : render(result));
}

/** A line, or several, on standard output. */
export function write(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** All that cannot be seen is written as an escape, which JSON knows. */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "bigint" ? String(item) : item,
  );
  return visible(text);
}

/** Says in one line what went wrong, and gives the exit code; names in it may be a stranger's. */
export function explainFailure(error: unknown, asJson: boolean): number {
  const message = error instanceof Error ? error.message : String(error);
  const line = message.replace(/\s*\n\s*/g, " ");
  if (asJson) {
    const details = error instanceof CommandFault ? error.details : {};
    write(toJson({ ok: false, error: { name: nameOf(error), message: line, ...details } }));
  }
  process.stderr.write(`outcry: ${visible(line)}\n`);
  if (process.env["OUTCRY_TRACE"] !== undefined) console.error(error);
  return error instanceof CommandFault ? error.exitCode : 1;
}

export function isJsonAsked(args: readonly string[]): boolean {
  return args.includes("--json");
}

function nameOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string")
    return error.code;
  return error instanceof Error ? error.name : "failed";
}

/** `1 row`, `2,000 rows`. */
export function counted(count: number, what: string): string {
  return `${count.toLocaleString("en-US")} ${what}${count === 1 ? "" : "s"}`;
}

type Style = Parameters<typeof styleText>[0];

export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** Columns as wide as their widest cell; those whose heading starts with a space are numbers. */
export function renderTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const heads = headings.map((heading) => paint("bold", heading.trim()));
  const isNumber = (column: number): boolean => headings[column]?.startsWith(" ") === true;
  return aligned([heads, ...rows], isNumber).join("\n");
}

/** Rows as lines whose columns stand under one another, to the right where told. */
export function aligned(
  rows: readonly (readonly string[])[],
  isToTheRight: (column: number) => boolean,
): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => visibleLength(row[column] ?? ""))),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const gap = " ".repeat((widths[column] ?? 0) - visibleLength(cell));
        return isToTheRight(column) ? gap + cell : cell + gap;
      })
      .join("  ")
      .trimEnd(),
  );
}

function visibleLength(text: string): number {
  return stripVTControlCharacters(text).length;
}
