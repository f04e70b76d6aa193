/**
 * Makes one report and shows it, or writes it into a file. Nothing is shown of a report that turns
 * out to be wrong at its end: it waits in a file until it is whole.
 */
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { Option } from "commander";
import type { Command } from "commander";
import { makeReports } from "../reports/make-reports.ts";
import type { MadeReports } from "../reports/make-reports.ts";
import type { Report } from "../reports/report.ts";
import { FileOutput } from "../reports/report-files.ts";
import type { WrittenFile } from "../reports/report-files.ts";
import { tableWriter } from "../reports/table-format.ts";
import type { TableFormat } from "../reports/table-format.ts";
import { print, withCommonOptions } from "./output.ts";
import { partOf } from "./report-period.ts";
import type { PeriodFlags } from "./report-period.ts";
import { placesText, withReportSource } from "./report-source.ts";
import type { SourceFlags } from "./report-source.ts";

export interface ReportFlags extends SourceFlags, PeriodFlags {
  readonly csv?: boolean;
  readonly out?: string;
}

export function withReportOptions(command: Command): Command {
  return withSourceOptions(command)
    .addOption(new Option("--csv", "print CSV").conflicts("json"))
    .option("--out <file>", "write it into this file, and print its SHA-256");
}

export function withSourceOptions(command: Command): Command {
  return withCommonOptions(command).option(
    "--archive <place>",
    "read an archive or a backup, a folder or s3://bucket/prefix, instead of a cluster",
  );
}

/** Resolves when it is shown or written. Rejects, with nothing shown, where it is not right. */
export async function showReport(report: Report, flags: ReportFlags): Promise<void> {
  const folder = flags.out === undefined ? await mkdtemp(join(tmpdir(), "outcry-report-")) : "";
  const path = flags.out === undefined ? join(folder, "report") : resolve(flags.out);
  try {
    const { made, written } = await writeReport(report, path, flags);
    if (flags.out === undefined) {
      await pipeline(createReadStream(path), process.stdout, { end: false });
      const notes = [...(report.notes?.() ?? []), holdsFor(made)];
      if (flags.json !== true) process.stderr.write(`${notes.join("\n")}\n`);
    } else {
      const shown = { ok: true, report: report.name, file: path, ...written, ...made };
      const notes = report.notes?.() ?? [];
      print(flags, shown, () =>
        [path, `SHA-256 ${written.sha256}`, ...notes, holdsFor(made)].join("\n"),
      );
    }
  } finally {
    if (folder !== "") await rm(folder, { recursive: true, force: true });
  }
}

async function writeReport(
  report: Report,
  path: string,
  flags: ReportFlags,
): Promise<{ readonly made: MadeReports; readonly written: WrittenFile }> {
  const output = await FileOutput.create(path);
  try {
    const made = await withReportSource(flags, async (source) => {
      const { period, upTo } = partOf(flags, source.logs.length);
      const wanted = { report, writer: tableWriter(formatOf(flags)), output };
      return await makeReports([wanted], period, { ...source, upTo });
    });
    return { made, written: await output.finish() };
  } catch (error) {
    await output.drop();
    throw error;
  }
}

/** With `--out` and `--csv`, JSON is about the file. */
function formatOf({ csv, json, out }: ReportFlags): TableFormat {
  if (csv === true || out?.endsWith(".csv") === true) return "csv";
  return json === true || out?.endsWith(".json") === true ? "json" : "text";
}

/** For people: which part of the logs it is of, and what those come to. */
export function holdsFor({ cluster, shards }: MadeReports): string {
  const hashes = shards.map(({ shard, sequence, time, hash }) => {
    return `  shard ${shard}  entry ${sequence}  ${time || "before its first entry"}  ${hash}`;
  });
  return [`of cluster ${cluster}, ${placesText(shards)}`, ...hashes].join("\n");
}
