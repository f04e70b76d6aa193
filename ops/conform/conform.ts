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
  /** How much of the timed runs' time a core worked for them; far below 1 on a busy machine. */
  readonly coreShare: number;
  readonly messages: number;
  readonly reports: Readonly<Record<keyof typeof ReportType, number>>;
  /** New orders that were not taken because their id still rested; they have no report. */
  readonly refused: number;
}

/** Below this share of a core, somebody else's work is in the figures. */
const busyBelow = 4 / 5;
/** With fewer messages, runs are shorter than the grain in which the core's work is counted. */
const shareMessagesMin = 100_000;

/** Throws a `ConformFault` when the file cannot be read or is no workload. */
export async function conform(file: string, options: ConformOptions = {}): Promise<Conformance> {
  const { runs = 5 } = options;
  assert(runs >= 1);
  const workload = await readWorkload(file);
  const reports = new ReportLog(workload.messageCount);
  const { refusedCount } = timedRun(workload, reports);
  const digest = digestOf(reports);
  const timed: TimedRun[] = [];
  for (let run = 0; run < runs; run += 1) {
    timed.push(timedRun(workload, reports));
    assert(digestOf(reports) === digest, "two runs of one workload reported differently");
  }
  const speeds = timed.map((run) => run.millionMessagesPerSecond).sort((a, b) => a - b);
  return {
    sha256: sha256Of(reportText(workload, reports)),
    millionMessagesPerSecond: speeds[Math.floor(speeds.length / 2)]!,
    speeds,
    coreShare: sumOf(timed, "workedMs") / sumOf(timed, "elapsedMs"),
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

interface TimedRun {
  readonly refusedCount: number;
  readonly elapsedMs: number;
  /** The part of it in which this thread had a core. */
  readonly workedMs: number;
  readonly millionMessagesPerSecond: number;
}

function timedRun(workload: Workload, reports: ReportLog): TimedRun {
  reports.clear();
  const run = new WorkloadRun(workload, reports);
  const workedBefore = process.threadCpuUsage();
  const startedAtMs = performance.now();
  run.run();
  const elapsedMs = performance.now() - startedAtMs;
  const worked = process.threadCpuUsage(workedBefore);
  const { messageCount } = workload;
  return {
    refusedCount: run.refusedCount,
    elapsedMs,
    workedMs: (worked.user + worked.system) / 1000,
    millionMessagesPerSecond: messageCount === 0 ? 0 : messageCount / elapsedMs / 1000,
  };
}

function sumOf(runs: readonly TimedRun[], field: "elapsedMs" | "workedMs"): number {
  return runs.reduce((sum, run) => sum + run[field], 0);
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
  const { messages, reports, refused, speeds, coreShare, sha256 } = conformance;
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
  if (messages >= shareMessagesMin && coreShare < busyBelow) {
    const share = `${(coreShare * 100).toFixed(0)} %`;
    lines.push(`busy      the runs had ${share} of a core: on a quiet machine the book is faster`);
  }
  if (refused > 0) lines.push(`refused   ${counted(refused)} new orders whose id still rested`);
  const speed = conformance.millionMessagesPerSecond.toFixed(2);
  return [...lines, `sha256 ${sha256}`, `${speed} M msg/s`].join("\n");
}

function counted(count: number): string {
  return count.toLocaleString("en-US");
}

/** `orderAck` as `order ack`. */
function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
