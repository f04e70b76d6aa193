/**
 * The files of a day: what all accounts have at its end, their positions, what was traded, what it
 * cost them, and a manifest with the SHA-256 of each file and the places of the logs.
 *
 * They depend on the logs and the day alone: whoever makes them again gets the same bytes.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { BalancesReport } from "./balances-report.ts";
import { beginningOf, dayUs } from "./civil-day.ts";
import { FeesReport } from "./fees-report.ts";
import { InstrumentsReport } from "./instruments-report.ts";
import { makeReports } from "./make-reports.ts";
import type { ReportSource } from "./make-reports.ts";
import { OrdersReport } from "./orders-report.ts";
import { PositionsReport } from "./positions-report.ts";
import { FileOutput } from "./report-files.ts";
import type { WrittenFile } from "./report-files.ts";
import { ReportFault } from "./report-fault.ts";
import type { Report } from "./report.ts";
import { SettlementReport } from "./settlement-report.ts";
import { tableWriter } from "./table-format.ts";
import { TradesReport } from "./trades-report.ts";
import type { ReadPlace } from "./venue-reading.ts";

export const dayFileFormats = ["csv", "json"] as const;
export type DayFileFormat = (typeof dayFileFormats)[number];

export interface DayManifest {
  readonly version: 1;
  readonly date: string;
  /** Of the venue, as its logs have it. */
  readonly cluster: string;
  readonly shards: readonly ReadPlace[];
  readonly files: readonly (WrittenFile & { readonly name: string })[];
}

export const manifestFile = "manifest.json";

export interface WantedDay {
  /** `2026-11-22`, of UTC. */
  readonly date: string;
  readonly folder: string;
  readonly formats: readonly DayFileFormat[];
}

function reportsOfDay(): readonly Report[] {
  const everybody = { account: undefined, prices: undefined };
  return [
    ...[new BalancesReport(), new PositionsReport(everybody), new TradesReport()],
    ...[new FeesReport(undefined), new InstrumentsReport(), new OrdersReport()],
    new SettlementReport(),
  ];
}

/** Resolves with the manifest. Rejects, with nothing left behind, where anything is wrong. */
export async function writeDay(
  { date, folder, formats }: WantedDay,
  source: ReportSource,
): Promise<DayManifest> {
  const fromUs = beginningOf(date);
  if (fromUs === undefined) {
    throw new ReportFault("value-wrong", `${JSON.stringify(date)} is no day, such as 2026-11-22`);
  }
  await mkdir(folder, { recursive: true });
  const there = (await readdir(folder)).filter((name) => !name.endsWith(".unfinished"));
  if (there.length > 0) {
    throw new ReportFault("folder-in-use", `${folder} holds ${there[0]!}: name a new folder`);
  }
  const outputs: FileOutput[] = [];
  try {
    const wanted = [];
    for (const format of formats) {
      for (const report of reportsOfDay()) {
        const output = await FileOutput.create(join(folder, `${report.name}.${format}`));
        outputs.push(output);
        wanted.push({ report, writer: tableWriter(format), output });
      }
    }
    const period = { fromUs, toUs: fromUs + dayUs };
    const { cluster, shards } = await makeReports(wanted, period, source);
    const files = [];
    for (const [at, output] of outputs.entries()) {
      const { report, output: to } = wanted[at]!;
      const name = `${report.name}${to.path.slice(to.path.lastIndexOf("."))}`;
      files.push({ name, ...(await output.finish()) });
    }
    const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const manifest: DayManifest = { version: 1, date, cluster, shards, files: sorted };
    const output = await FileOutput.create(join(folder, manifestFile));
    await output.write(`${JSON.stringify(manifest, null, 2)}\n`);
    await output.finish();
    return manifest;
  } catch (error) {
    for (const output of outputs) await output.drop();
    throw error;
  }
}

/** The files that are not as the manifest says, by name and in words; none where all is well. */
export async function verifyDay(folder: string): Promise<{
  readonly manifest: DayManifest;
  readonly problems: readonly string[];
}> {
  const manifest = await manifestIn(folder);
  const problems: string[] = [];
  for (const { name, bytes, sha256 } of manifest.files) {
    const found = await readFile(join(folder, name)).catch(() => undefined);
    if (found === undefined) problems.push(`${name} is missing`);
    else if (createHash("sha256").update(found).digest("hex") !== sha256) {
      problems.push(`${name} was altered: it has ${found.length} bytes, and had ${bytes}`);
    }
  }
  const known = new Set([manifestFile, ...manifest.files.map(({ name }) => name)]);
  for (const name of await readdir(folder)) {
    if (!known.has(name)) problems.push(`${name} is not in the manifest`);
  }
  return { manifest, problems };
}

async function manifestIn(folder: string): Promise<DayManifest> {
  const path = join(folder, manifestFile);
  try {
    const manifest = JSON.parse(await readFile(path, "utf8")) as DayManifest;
    if (Number(manifest.version) === 1 && Array.isArray(manifest.files)) return manifest;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ReportFault("manifest-unreadable", `${path}: ${why}`);
  }
  throw new ReportFault("manifest-unreadable", `${path} is none that this release has written`);
}
