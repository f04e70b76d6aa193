/**
 * `npm run bench:auditor`: how many orders and spans a second an auditor tells, beside a replay of
 * the same log that tells nothing.
 *
 * Measured, in rounds one after the other in this process: from entries of a log in memory to
 * spans, and to the same spans sent by OTLP over HTTP to a receiver that reads and forgets them, in
 * a process of its own. Not measured: reading the log over the network.
 */
import { availableParallelism, cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { Shard } from "../../actors/index.ts";
import { HashedShard } from "../../cluster/hashed-shard.ts";
import type { LogEntry } from "../../cluster/replicated-log.ts";
import { decodeFrame, encodeFrame, encodeNotes, NotedAnswer } from "../../protocols/index.ts";
import { ActRecorder } from "../audit/act-recorder.ts";
import { OtlpExport } from "../audit/otlp-export.ts";
import { TraceStream } from "../audit/trace-stream.ts";
import type { StreamedSpan } from "../audit/trace-stream.ts";
import { startForgetfulReceiver } from "./forgetful-receiver.ts";
import { LogWriter, openingEntries, openingUs } from "./engine/bench-venue.ts";
import { OrderFlow } from "./engine/order-flow.ts";

const commandsPerFrame = 100;
const commandGapUs = 1000;
/** As an auditor reads them: so many are told at once. */
const entriesPerPiece = 100;

const usage = `usage: npm run bench:auditor [-- options]

  --commands <n>   order commands in the log (default 50000)
  --rounds <n>     how often each is measured; medians are told (default 3)
  --json           print the measurements as JSON
`;

const { values: flags } = parseArgs({
  options: {
    commands: { type: "string", default: "50000" },
    rounds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

function entriesOf(commands: number): readonly LogEntry[] {
  const log = new LogWriter();
  const opening = openingEntries(log);
  const flow = new OrderFlow("plain");
  const trading: LogEntry[] = [];
  for (let from = 0; from < commands; from += commandsPerFrame) {
    const frame = Array.from({ length: commandsPerFrame }, () => flow.next());
    trading.push(noted(log.entry("gateway-1", frame, openingUs + (from + 1) * commandGapUs)));
  }
  return [...opening, ...trading];
}

/** As a busy gateway has it: a frame tells of the one before. */
function noted(entry: LogEntry): LogEntry {
  const frame = decodeFrame(entry.payload);
  const before = { frame: Math.max(1, frame.frame - 1), beforeUs: 900 };
  const all = { index: 0, count: commandsPerFrame, answer: NotedAnswer.replied };
  const notes = encodeNotes({
    closedUs: entry.timeUs - 500,
    came: [{ count: commandsPerFrame, beforeUs: 200, traceparent: "" }],
    stored: [before],
    answered: [{ ...before, ...all }],
  });
  return { ...entry, payload: encodeFrame({ ...frame, notes }) };
}

function replay(entries: readonly LogEntry[]): void {
  const hashed = new HashedShard(new Shard(0, 1));
  for (const entry of entries) hashed.apply(entry);
}

async function audit(
  entries: readonly LogEntry[],
  tell: (spans: readonly StreamedSpan[]) => Promise<void>,
): Promise<number> {
  const hashed = new HashedShard(new Shard(0, 1));
  const recorder = new ActRecorder(hashed.shard);
  const stream = new TraceStream("bench");
  let spans: StreamedSpan[] = [];
  let told = 0;
  for (const [at, entry] of entries.entries()) {
    hashed.apply(entry);
    spans.push(...stream.add(recorder.take(entry.payload)));
    if ((at + 1) % entriesPerPiece !== 0 && at + 1 < entries.length) continue;
    told += spans.length;
    await tell(spans);
    spans = [];
  }
  return told;
}

async function seconds(work: () => unknown): Promise<number> {
  const beganMs = performance.now();
  await work();
  return (performance.now() - beganMs) / 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

async function measure(): Promise<void> {
  const commands = Number(flags.commands);
  const entries = entriesOf(commands);
  const receiver = await startForgetfulReceiver();
  const otlp = new OtlpExport({ url: receiver.url });
  const times = { replay: [] as number[], spans: [] as number[], otlp: [] as number[] };
  let spans = 0;
  for (let round = 0; round < Number(flags.rounds); round++) {
    times.replay.push(await seconds(() => replay(entries)));
    const count = async (): Promise<void> => {
      spans = await audit(entries, () => Promise.resolve());
    };
    times.spans.push(await seconds(count));
    times.otlp.push(await seconds(() => audit(entries, (told) => otlp.send(told))));
  }
  await otlp.close();
  receiver.close();
  const rates = Object.entries(times).map(([what, all]) => {
    const took = median(all);
    return {
      what,
      seconds: took,
      commandsPerSecond: commands / took,
      spansPerSecond: spans / took,
    };
  });
  if (flags.json) {
    console.log(JSON.stringify({ commands, spans, rates }));
    return;
  }
  const number = (value: number): string => Math.round(value).toLocaleString("en-US");
  console.log(`${number(commands)} commands, ${number(spans)} spans`);
  for (const { what, commandsPerSecond, spansPerSecond } of rates) {
    const told = what === "replay" ? "" : `, ${number(spansPerSecond)} spans`;
    console.log(`  ${what.padEnd(7)} ${number(commandsPerSecond)} commands${told} a second`);
  }
}

if (flags.help) {
  process.stdout.write(usage);
} else {
  if (!flags.json) {
    console.log(
      `${availableParallelism()} cores, ${cpus()[0]?.model ?? "unknown processor"}, ` +
        `Node ${process.version}, load average ${loadavg()[0]!.toFixed(1)} at the start`,
    );
  }
  await measure();
}
