/**
 * Whether every command of the runbooks was run, and worked, while the tests ran:
 *
 *   node ops/scripts/rehearsed.ts JOURNAL
 *
 * The journal is what `OUTCRY_JOURNAL` had the command line write. A command counts as rehearsed
 * when one with the same words and at least the same options ended well; what stands for a name or
 * a place may be another.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { JournalLine } from "../cli/journal.ts";

const folder = fileURLToPath(new URL("../../docs/runbook/", import.meta.url));
/** Of commands that go on until they are interrupted. */
const goodExitCodes: readonly number[] = [0, 130];

/** A command that was run. */
export type Ran = Pick<JournalLine, "args" | "exitCode">;

export interface Shape {
  readonly words: string;
  readonly options: readonly string[];
}

/** What a page says to type, in blocks and in the running text, each once; up to a pipe. */
export function commandsIn(page: string): readonly string[] {
  const found = [...page.matchAll(/\.\/outcry ([^`#|\n]*)/g)].map(([, text = ""]) => text.trim());
  return [...new Set(found)];
}

/** `actor move book/BTC-USDT --to 2` is `actor move` with `--to`. */
export function shapeOf(args: readonly string[]): Shape {
  const firstOther = args.findIndex((word) => !/^[a-z]+(-[a-z]+)*$/.test(word));
  const words = firstOther === -1 ? args : args.slice(0, firstOther);
  return { words: words.join(" "), options: args.filter((word) => word.startsWith("--")) };
}

export function unrehearsed(page: string, journal: readonly Ran[]): readonly string[] {
  const ran = journal
    .filter(({ exitCode }) => goodExitCodes.includes(exitCode))
    .map(({ args }) => shapeOf(args));
  return commandsIn(page).filter((command) => {
    const args = command.split(/\s+/);
    const { words, options } = shapeOf(args);
    const namesSomething = /^[^-]/.test(args[words.split(" ").length] ?? "");
    return !ran.some(
      (each) =>
        (each.words === words || (namesSomething && each.words.startsWith(`${words} `))) &&
        options.every((option) => each.options.includes(option)),
    );
  });
}

function main([file = ""]: readonly string[]): void {
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  const journal = lines.map((line) => JSON.parse(line) as JournalLine);
  const pages = readdirSync(folder);
  const missing = pages.flatMap((page) =>
    unrehearsed(readFileSync(`${folder}${page}`, "utf8"), journal).map(
      (command) => `docs/runbook/${page}: nobody has run ./outcry ${command}`,
    ),
  );
  for (const line of missing) process.stdout.write(`${line}\n`);
  const verdict = missing.length === 0 ? "ok    " : "FAILED";
  process.stdout.write(
    `${verdict} runbooks rehearsed (${String(lines.length)} commands were run)\n`,
  );
  process.exitCode = missing.length === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
