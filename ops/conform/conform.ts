/**
 * Runs a flash1 workload through the order book: what it reports, as the benchmark's SHA-256 of the
 * whole report text, and how fast.
 *
 * The speed is that of matching with reports produced: from the records of the file in memory to
 * binary records of every report. Reading the file comes before, text and hash after; neither is in
 * the figure. Everything runs on one thread, each time with a new book.
 */
import { createHash } from "node:crypto";
import { assert } from "../../protocols/assert.ts";
import { ReportLog, ReportType } from "./report-log.ts";
import { reportText } from "./report-text.ts";
import { readWorkload } from "./workload-file.ts";
import { WorkloadRun } from "./workload-run.ts";
import type { Workload } from "./workload.ts";

export interface ConformOptions {
  /** How many runs are timed, after one that is not. All must report the same. */
  readonly runs?: number;
}

export interface Conformance {
  /** Of the whole report text. */
  readonly sha256: string;
  /** The median of the timed runs. */
  readonly millionMessagesPerSecond: number;
  /** Every timed run's speed, slowest first. */
  readonly speeds: readonly number[];
  readonly messages: number;
  readonly reports: Readonly<Record<keyof typeof ReportType, number>>;
  /** New orders that were not taken because their id still rested; they have no report. */
  readonly refused: number;
}

/** Throws a `ConformFault` when the file cannot be read or is no workload. */
export async function conform(file: string, options: ConformOptions = {}): Promise<Conformance> {
  const { runs = 5 } = options;
  assert(runs >= 1);
  const workload = await readWorkload(file);
  const reports = new ReportLog(workload.messageCount);
  const { refusedCount } = timedRun(workload, reports);
  const digest = digestOf(reports);
  const speeds: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    speeds.push(timedRun(workload, reports).millionMessagesPerSecond);
    assert(digestOf(reports) === digest, "two runs of one workload reported differently");
  }
  speeds.sort((a, b) => a - b);
  return {
    sha256: sha256Of(reportText(workload, reports)),
    millionMessagesPerSecond: speeds[Math.floor(speeds.length / 2)]!,
    speeds,
    messages: workload.messageCount,
    reports: countByType(reports),
    refused: refusedCount,
  };
}

/** {@link conform}, told in words. The last two lines are the hash and the speed. */
export async function runConform(
  { file, json = false, ...options }: ConformOptions & { file: string; json?: boolean },
  write: (text: string) => void,
): Promise<void> {
  const conformance = await conform(file, options);
  write(json ? JSON.stringify(conformance) : render(conformance));
}

function timedRun(workload: Workload, reports: ReportLog) {
  reports.clear();
  const run = new WorkloadRun(workload, reports);
  const startedAtMs = performance.now();
  run.run();
  const elapsedMs = performance.now() - startedAtMs;
  const { messageCount } = workload;
  return {
    refusedCount: run.refusedCount,
    millionMessagesPerSecond: messageCount === 0 ? 0 : messageCount / elapsedMs / 1000,
  };
}

function digestOf(reports: ReportLog): string {
  return createHash("sha256").update(reports.bytes()).digest("hex");
}

function sha256Of(pieces: Iterable<string>): string {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}

function countByType(reports: ReportLog): Conformance["reports"] {
  const counts = new Uint32Array(Object.keys(ReportType).length);
  for (let report = 0; report < reports.count; report += 1) counts[reports.typeOf(report)]! += 1;
  const named = Object.entries(ReportType).map(([name, type]) => [name, counts[type]!] as const);
  return Object.fromEntries(named) as Record<keyof typeof ReportType, number>;
}

function render(conformance: Conformance): string {
  const { messages, reports, refused, speeds, sha256, millionMessagesPerSecond } = conformance;
  const kinds = Object.entries(reports)
    .filter(([, count]) => count > 0)
    .map(([type, count]) => `${counted(count)} ${wordsOf(type)}s`);
  const lines = [
    `messages  ${counted(messages)}`,
    `reports   ${kinds.join(", ")}`,
    "timed     matching with all reports produced in binary, on one thread, each run with a new book;",
    "          without reading the file before and making text and hash after",
    `runs      ${speeds.map((speed) => speed.toFixed(2)).join(", ")} M msg/s; the median counts`,
  ];
  if (refused > 0) lines.push(`refused   ${counted(refused)} new orders whose id still rested`);
  return [...lines, `sha256 ${sha256}`, `${millionMessagesPerSecond.toFixed(2)} M msg/s`].join(
    "\n",
  );
}

function counted(count: number): string {
  return count.toLocaleString("en-US");
}

/** `orderAck` as `order ack`. */
function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
