/**
 * `npm run bench:book [-- FILE...]`: how many workload messages a second the order book matches,
 * between two yardsticks in the same run. The floor is the same loop around a book that does
 * nothing; the peer is `nodejs-order-book`, which npm knows. Then, of our book alone: how long a
 * message takes, how much memory a resting order, and how fast a book of far prices is.
 *
 * Measured: from the records of the messages in memory to binary records of all reports, on one
 * thread, each run with a new book; each subject in a process of its own, so that the loop is
 * compiled for that subject alone. Not measured: reading files, text and hashes, the log.
 * Without FILE: the published workloads beside this repository, or else a synthetic one.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { OrderBook } from "../../actors/order-book/order-book.ts";
import { grouped } from "../cli/natural-units.ts";
import { ReportLog } from "../conform/report-log.ts";
import { reportText } from "../conform/report-text.ts";
import { readWorkload } from "../conform/workload-file.ts";
import { WorkloadRun } from "../conform/workload-run.ts";
import type { Workload } from "../conform/workload.ts";
import { GcWatch, renderPauses } from "./gc-pauses.ts";
import type { GcPauses } from "./gc-pauses.ts";
import { measureBookMemory } from "./book/book-memory.ts";
import type { BookMemory } from "./book/book-memory.ts";
import { measureLatency, messagesPerBatch } from "./book/message-latency.ts";
import type { LatencyMeasurement } from "./book/message-latency.ts";
import { measureWideBook } from "./book/wide-book.ts";
import type { WideAssignment, WideBook } from "./book/wide-book.ts";
import { inProcessOfItsOwn } from "./own-process.ts";
import { undisturbed } from "./undisturbed.ts";
import { EmptyBook } from "./yardstick/empty-book.ts";
import { NpmBook } from "./yardstick/npm-book.ts";
import { syntheticWorkload } from "./yardstick/synthetic-workload.ts";

const subjects = { floor: EmptyBook, outcry: OrderBook, "nodejs-order-book": NpmBook };
type Subject = keyof typeof subjects;

interface SpeedAssignment {
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
  /** Million messages a second if each piece of the messages took what it takes at its fastest. */
  readonly undisturbed: number;
  /** Of garbage collection, in the timed runs. */
  readonly pauses: GcPauses;
  /** SHA-256 of the text of all reports. */
  readonly work: string;
}

/** A look at the clock before each of them costs nothing that shows. */
const messagesPerPiece = 4096;

/** In a book of far prices one order stands for so many messages. */
const wideMessagesPerOrder = 40;

const synthetic = "synthetic";
const published = ["normal", "flash-crash"].map((name) =>
  fileURLToPath(new URL(`../../../shared/data/flash1/${name}.bin.zst`, import.meta.url)),
);

/** One untimed run, in which the code is compiled, then the timed ones. */
async function measureSpeed(assignment: SpeedAssignment): Promise<Measurement> {
  const { subject, file, runs, messagesMax } = assignment;
  const workload = await workloadIn(file);
  const messages = Math.min(workload.messageCount, messagesMax);
  const reports = new ReportLog(messages);
  const pieces = Math.ceil(messages / messagesPerPiece);
  const times = new Float64Array(pieces * runs);
  const speeds: number[] = [];
  const watch = new GcWatch();
  for (let run = -1; run < runs; run += 1) {
    reports.clear();
    const workloadRun = new WorkloadRun(workload, reports, subjects[subject]);
    if (run < 0) {
      workloadRun.run(messages);
      continue;
    }
    const elapsedMs = watch.span(() => {
      let beforeMs = performance.now();
      for (let piece = 0; piece < pieces; piece += 1) {
        const start = piece * messagesPerPiece;
        workloadRun.run(Math.min(start + messagesPerPiece, messages), start);
        const afterMs = performance.now();
        times[run * pieces + piece] = afterMs - beforeMs;
        beforeMs = afterMs;
      }
    });
    speeds.push(messages / elapsedMs / 1000);
  }
  const pauses = await watch.end();
  speeds.sort((a, b) => a - b);
  const hash = createHash("sha256");
  for (const piece of reportText(workload, reports)) hash.update(piece);
  const fastest = messages / undisturbed(times, pieces) / 1000;
  const work = hash.digest("hex");
  return { subject, messages, speeds, undisturbed: fastest, pauses, work };
}

async function workloadIn(file: string): Promise<Workload> {
  return file === synthetic ? syntheticWorkload(400_000) : readWorkload(file);
}

/** What can be measured, each in a process of its own. */
const measures = {
  speed: measureSpeed,
  latency: async ({ file, runs }: { readonly file: string; readonly runs: number }) =>
    measureLatency(await workloadIn(file), runs),
  memory: async ({ restingOrders }: { readonly restingOrders: number }) =>
    measureBookMemory(restingOrders),
  wide: async (assignment: WideAssignment) => measureWideBook(assignment),
};
type Measures = typeof measures;
type What = keyof Measures;

async function measureApart<Name extends What>(
  what: Name,
  assignment: Parameters<Measures[Name]>[0],
): Promise<Awaited<ReturnType<Measures[Name]>>> {
  const measured = await inProcessOfItsOwn(fileURLToPath(import.meta.url), { what, assignment });
  return measured as Awaited<ReturnType<Measures[Name]>>;
}

/** In the process of its own. */
async function measureHere(text: string): Promise<unknown> {
  const { what, assignment } = JSON.parse(text) as { what: What; assignment: never };
  return measures[what](assignment);
}

interface Comparison {
  readonly file: string;
  readonly floor: Measurement;
  readonly outcry: Measurement;
  /** Ours again, on the messages that the peer gets. */
  readonly outcryBesidePeer: Measurement;
  readonly peer: Measurement;
  /** Of ours. */
  readonly latency: LatencyMeasurement;
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
  const floor = await measureApart("speed", { ...all, subject: "floor" });
  const outcry = await measureApart("speed", { ...all, subject: "outcry" });
  const outcryBesidePeer = await measureApart("speed", { ...few, subject: "outcry" });
  const peer = await measureApart("speed", { ...few, subject: "nodejs-order-book" });
  const latency = await measureApart("latency", { file, runs });
  return {
    file: basename(file),
    floor,
    outcry,
    outcryBesidePeer,
    peer,
    latency,
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
    const figures = [
      median(measurement),
      speeds[0]!,
      speeds[speeds.length - 1]!,
      measurement.undisturbed,
    ]
      .map((speed) => speed.toFixed(2).padStart(8))
      .join("");
    const count = grouped(messages).padStart(11);
    return `  ${subject.padEnd(18)}${count}${figures}  ${work.slice(0, 16)}`;
  });
  const agreement = comparison.isPeerAgreed ? "and reports the same" : "but reports otherwise";
  return [
    file,
    `  M msg/s              messages  median     min     max undist.  reports (SHA-256)`,
    ...rows,
    renderLatency(comparison.latency),
    renderPauses(outcry.pauses),
    `  outcry runs at ${(comparison.shareOfFloor * 100).toFixed(1)} % of the floor's speed and at ` +
      `${comparison.timesPeer.toFixed(1)} times the peer's, which takes the same messages ${agreement}`,
  ].join("\n");
}

function renderLatency({ perMessageNs }: LatencyMeasurement): string {
  const { p50, p99, p999 } = perMessageNs;
  return `  ns a message: p50 ${p50.toFixed(0)}, p99 ${p99.toFixed(0)}, p99.9 ${p999.toFixed(0)}`;
}

function renderMemory({ restingOrders, bytesPerOrder }: BookMemory): string {
  return `${grouped(restingOrders)} resting orders take ${bytesPerOrder.toFixed(0)} bytes each`;
}

function renderWide({ speed, speeds, messages, orders, levels, work }: WideBook): string {
  const ran = `M msg/s ${speed.toFixed(2)} (runs: ${speeds.map((run) => run.toFixed(2)).join(" ")})`;
  return [
    "a wide book: prices from 1 to 2^31",
    `  ${ran} for ${grouped(messages)} messages; at the end ${grouped(orders)} orders at ` +
      `${grouped(levels)} prices  ${work.slice(0, 16)}`,
  ].join("\n");
}

const conditions = [
  `${availableParallelism()} cores, ${cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}`,
  `load average ${loadavg()[0]!.toFixed(1)} at the start: the figures are the machine's, not ours, when it is busy`,
  "measured: matching with all reports produced in binary; one thread; medians after an untimed run",
  `latency: the clock is read once in ${messagesPerBatch} messages, a message's time being the mean of its batch`,
  "memory: heap and array buffers after garbage collection",
  "excluded: reading the file, the reports' text and hash, the replicated log",
];

const usage = `usage: npm run bench:book -- [FILE...] [options]

  FILE               a flash1 workload, .bin or .bin.zst (those beside the repository, or else a
                     synthetic one)
  --runs N           timed runs of each book (5)
  --peer-messages N  messages that the peer gets (200000)
  --resting N        resting orders to measure memory with (1000000); 0 for none
  --wide N           messages for a book of far prices (400000); 0 for none
  --json             the result as JSON
`;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "5" },
    "peer-messages": { type: "string", default: "200000" },
    resting: { type: "string", default: "1000000" },
    wide: { type: "string", default: "400000" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
    // How this program calls itself.
    measure: { type: "string" },
  },
});

if (flags.help) {
  process.stdout.write(usage);
} else if (flags.measure !== undefined) {
  console.log(JSON.stringify(await measureHere(flags.measure)));
} else {
  await main();
}

async function main(): Promise<void> {
  const present = published.filter((path) => existsSync(path));
  const fallback = present.length > 0 ? present : [synthetic];
  const runs = Number(flags.runs);
  const peerMessages = Number(flags["peer-messages"]);
  const comparisons: Comparison[] = [];
  say(conditions.join("\n"));
  for (const file of positionals.length > 0 ? positionals : fallback) {
    const comparison = await compare(file, { runs, peerMessages });
    comparisons.push(comparison);
    say(`\n${render(comparison)}`);
  }
  const [restingOrders, messages] = [Number(flags.resting), Number(flags.wide)];
  const memory = restingOrders > 0 ? await measureApart("memory", { restingOrders }) : undefined;
  if (memory !== undefined) say(`\n${renderMemory(memory)}`);
  const far = { messages, runs, standingOrders: Math.ceil(messages / wideMessagesPerOrder) };
  const wide = messages > 0 ? await measureApart("wide", far) : undefined;
  if (wide !== undefined) say(`\n${renderWide(wide)}`);
  if (flags.json) console.log(JSON.stringify({ conditions, comparisons, memory, wide }, null, 2));
}

function say(text: string): void {
  if (!flags.json) console.log(text);
}
