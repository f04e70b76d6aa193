/** `outcry report end-of-day`: the files of a day, and whether they are as they were written. */
import { resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { beginningOf, dayUs } from "../reports/civil-day.ts";
import type { DayFileFormat } from "../reports/end-of-day.ts";
import { holdsFor, withSourceOptions } from "./report-output.ts";
import type { CommonOptions } from "./output.ts";
import { print, withCommonOptions } from "./output.ts";
import { requireOver } from "./report-period.ts";
import { withReportSource } from "./report-source.ts";
import type { SourceFlags } from "./report-source.ts";

interface EndOfDayFlags extends SourceFlags {
  readonly date: string;
  readonly out: string;
  readonly format: DayFileFormat | "both";
}

export function endOfDayCommand(): Command {
  const command = new Command("end-of-day")
    .description(
      "Writes the files of a day into a folder: balances, positions, trades, fees, instruments, orders, settlement, and a manifest with the SHA-256 of each.",
    )
    .requiredOption("--date <day>", "the day, of UTC, such as 2026-11-22", dayOption)
    .requiredOption("--out <dir>", "the folder: a new one, or an empty one")
    .addOption(
      new Option("--format <format>", "which files")
        .choices(["csv", "json", "both"])
        .default("csv"),
    );
  return withSourceOptions(command).action(async (flags: EndOfDayFlags) => {
    const { writeDay } = await import("../reports/end-of-day.ts");
    const { date, format } = flags;
    requireOver((beginningOf(date) ?? 0) + dayUs);
    const formats = format === "both" ? (["csv", "json"] as const) : [format];
    const folder = resolve(flags.out);
    const manifest = await withReportSource(flags, (source) =>
      writeDay({ date, folder, formats }, source),
    );
    print(flags, { ok: true, folder, manifest }, () =>
      [
        ...manifest.files.map(({ name, sha256 }) => `${sha256}  ${name}`),
        `${holdsFor(manifest)}`,
        `${folder}: ./outcry report verify ${folder}`,
      ].join("\n"),
    );
  });
}

export function verifyCommand(): Command {
  const command = new Command("verify")
    .description("Says whether the files of a day are as they were written; exits with 1 if not.")
    .argument("<dir>", "the folder");
  return withCommonOptions(command).action(async (dir: string, flags: CommonOptions) => {
    const { verifyDay } = await import("../reports/end-of-day.ts");
    const { manifest, problems } = await verifyDay(resolve(dir));
    const ok = problems.length === 0;
    print(flags, { ok, problems, manifest }, () =>
      ok
        ? `${manifest.files.length} files of ${manifest.date} are as they were written\n${holdsFor(manifest)}`
        : problems.join("\n"),
    );
    if (!ok) process.exitCode = 1;
  });
}

function dayOption(text: string): string {
  if (beginningOf(text) !== undefined) return text;
  throw new InvalidArgumentError("It is a day such as 2026-11-22.");
}
