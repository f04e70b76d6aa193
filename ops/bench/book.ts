/**
 * `npm run bench:book [-- FILE...]`: how many workload messages a second the order book matches,
 * between two yardsticks in the same run. The floor is the same loop around a book that does
 * nothing; the peer is `nodejs-order-book`, which npm knows.
 *
 * Measured: from the records of the messages in memory to binary records of all reports, on one
 * thread, each run with a new book; each subject in a process of its own, so that the loop is
 * compiled for that subject alone. Not measured: reading files, text and hashes, the log.
 * Without FILE: the published workloads beside this repository, or else a synthetic one.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { OrderBook } from "../../actors/order-book/order-book.ts";
import { ReportLog } from "../conform/report-log.ts";
import { reportText } from "../conform/report-text.ts";
import { readWorkload } from "../conform/workload-file.ts";
import { WorkloadRun } from "../conform/workload-run.ts";
import { EmptyBook } from "./yardstick/empty-book.ts";
import { NpmBook } from "./yardstick/npm-book.ts";
import { syntheticWorkload } from "./yardstick/synthetic-workload.ts";

const subjects = { floor: EmptyBook, outcry: OrderBook, "nodejs-order-book": NpmBook };
type Subject = keyof typeof subjects;

interface Assignment {
  readonly subject: Subject;
  /** A path, or the word for the synthetic workload. */
  readonly file: string;
  readonly runs: number;
  /** At most so many messages, from the beginning. */
  readonly messagesMax: number;
}

interface Measurement {
  readonly subject: Subject;
  readonly messages: number;
  /** Million messages a second, slowest run first. */
  readonly speeds: readonly number[];
  /** SHA-256 of the text of all reports. */
  readonly work: string;
}

const synthetic = "synthetic";
const published = ["normal", "flash-crash"].map((name) =>
  fileURLToPath(new URL(`../../../shared/data/flash1/${name}.bin.zst`, import.meta.url)),
);

/** One untimed run, in which the code is compiled, then the timed ones. */
async function measure({ subject, file, runs, messagesMax }: Assignment): Promise<Measurement> {
  const workload = file === synthetic ? syntheticWorkload(400_000) : await readWorkload(file);
  const messages = Math.min(workload.messageCount, messagesMax);
  const reports = new ReportLog(messages);
  const speeds: number[] = [];
  for (let run = 0; run <= runs; run += 1) {
    reports.clear();
    const workloadRun = new WorkloadRun(workload, reports, subjects[subject]);
    const startedAtMs = performance.now();
    workloadRun.run(messages);
    const elapsedMs = performance.now() - startedAtMs;
    if (run > 0) speeds.push(messages / elapsedMs / 1000);
  }
  speeds.sort((a, b) => a - b);
  const hash = createHash("sha256");
  for (const piece of reportText(workload, reports)) hash.update(piece);
  return { subject, messages, speeds, work: hash.digest("hex") };
}

/** {@link measure} in a process of its own. */
async function measureApart(assignment: Assignment): Promise<Measurement> {
  const args = [fileURLToPath(import.meta.url), "--measure", JSON.stringify(assignment)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Measurement;
}

interface Comparison {
  readonly file: string;
  readonly floor: Measurement;
  readonly outcry: Measurement;
  /** Ours again, on the messages that the peer gets. */
  readonly outcryBesidePeer: Measurement;
  readonly peer: Measurement;
  readonly shareOfFloor: number;
  readonly timesPeer: number;
  readonly isPeerAgreed: boolean;
}

async function compare(
  file: string,
  { runs, peerMessages }: { runs: number; peerMessages: number },
): Promise<Comparison> {
  const all = { file, runs, messagesMax: Number.MAX_SAFE_INTEGER };
  const few = { ...all, messagesMax: peerMessages };
  const floor = await measureApart({ ...all, subject: "floor" });
  const outcry = await measureApart({ ...all, subject: "outcry" });
  const outcryBesidePeer = await measureApart({ ...few, subject: "outcry" });
  const peer = await measureApart({ ...few, subject: "nodejs-order-book" });
  return {
    file: basename(file),
    floor,
    outcry,
    outcryBesidePeer,
    peer,
    shareOfFloor: median(outcry) / median(floor),
    timesPeer: median(outcryBesidePeer) / median(peer),
    isPeerAgreed: peer.work === outcryBesidePeer.work,
  };
}

function median({ speeds }: Measurement): number {
  return speeds[Math.floor(speeds.length / 2)]!;
}

function render(comparison: Comparison): string {
  const { file, floor, outcry, outcryBesidePeer, peer } = comparison;
  const rows = [floor, outcry, outcryBesidePeer, peer].map((measurement) => {
    const { subject, messages, speeds, work } = measurement;
    const figures = [median(measurement), speeds[0]!, speeds[speeds.length - 1]!]
      .map((speed) => speed.toFixed(2).padStart(8))
      .join("");
    const count = messages.toLocaleString("en-US").padStart(11);
    return `  ${subject.padEnd(18)}${count}${figures}  ${work.slice(0, 16)}`;
  });
  const agreement = comparison.isPeerAgreed ? "and reports the same" : "but reports otherwise";
  return [
    file,
    `  M msg/s              messages  median     min     max  reports (SHA-256)`,
    ...rows,
    `  outcry runs at ${(comparison.shareOfFloor * 100).toFixed(1)} % of the floor's speed and at ` +
      `${comparison.timesPeer.toFixed(1)} times the peer's, which takes the same messages ${agreement}`,
  ].join("\n");
}

const conditions = [
  `${availableParallelism()} cores, ${cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}`,
  `load average ${loadavg()[0]!.toFixed(1)} at the start: the figures are the machine's, not ours, when it is busy`,
  "measured: matching with all reports produced in binary; one thread; medians after an untimed run",
  "excluded: reading the file, the reports' text and hash, the replicated log",
];

const usage = `usage: npm run bench:book -- [FILE...] [options]

  FILE               a flash1 workload, .bin or .bin.zst (those beside the repository, or else a
                     synthetic one)
  --runs N           timed runs of each book (5)
  --peer-messages N  messages that the peer gets (200000)
  --json             the result as JSON
`;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "5" },
    "peer-messages": { type: "string", default: "200000" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
    // How this program calls itself.
    measure: { type: "string" },
  },
});

if (flags.help) {
  process.stdout.write(usage);
} else if (flags.measure !== undefined) {
  console.log(JSON.stringify(await measure(JSON.parse(flags.measure) as Assignment)));
} else {
  const present = published.filter((path) => existsSync(path));
  const fallback = present.length > 0 ? present : [synthetic];
  const comparisons: Comparison[] = [];
  if (!flags.json) console.log(conditions.join("\n"));
  for (const file of positionals.length > 0 ? positionals : fallback) {
    const comparison = await compare(file, {
      runs: Number(flags.runs),
      peerMessages: Number(flags["peer-messages"]),
    });
    comparisons.push(comparison);
    if (!flags.json) console.log(`\n${render(comparison)}`);
  }
  if (flags.json) console.log(JSON.stringify({ conditions, comparisons }, null, 2));
}
