/**
 * `npm run bench:surveillance`: how many commands and entries a second surveillance looks at, beside
 * a replay of the same log at which nobody looks.
 *
 * Measured, in rounds one after the other in this process: from entries of a log in memory to
 * alerts, with all detectors. Not measured: reading the log over the network, and checkpoints, of
 * which one is timed at the end.
 */
import { availableParallelism, cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { Shard } from "../../actors/index.ts";
import { HashedShard } from "../../cluster/hashed-shard.ts";
import type { LogEntry } from "../../cluster/replicated-log.ts";
import { MarketWatch } from "../surveillance/market-watch.ts";
import { Owners } from "../surveillance/owners.ts";
import { SurveillanceSettings } from "../surveillance/surveillance-settings.ts";
import { LogWriter, openingEntries, openingUs } from "./engine/bench-venue.ts";
import { OrderFlow } from "./engine/order-flow.ts";

const commandGapUs = 1000;

const usage = `usage: npm run bench:surveillance [-- options]

  --commands <n>   order commands in the log (default 50000)
  --frame <n>      commands in an entry (default 100)
  --rounds <n>     how often each is measured; medians are told (default 3)
  --json           print the measurements as JSON
`;

const { values: flags } = parseArgs({
  options: {
    commands: { type: "string", default: "50000" },
    frame: { type: "string", default: "100" },
    rounds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

function entriesOf(commands: number, commandsPerFrame: number): readonly LogEntry[] {
  const log = new LogWriter();
  const opening = openingEntries(log);
  const flow = new OrderFlow("plain");
  const trading: LogEntry[] = [];
  for (let from = 0; from < commands; from += commandsPerFrame) {
    const frame = Array.from({ length: commandsPerFrame }, () => flow.next());
    trading.push(log.entry("gateway-1", frame, openingUs + (from + 1) * commandGapUs));
  }
  return [...opening, ...trading];
}

function replay(entries: readonly LogEntry[]): void {
  const hashed = new HashedShard(new Shard(0, 1));
  for (const entry of entries) hashed.apply(entry);
}

interface Watched {
  readonly alerts: number;
  readonly watch: MarketWatch;
}

function watch(entries: readonly LogEntry[]): Watched {
  let alerts = 0;
  const watch = MarketWatch.begin({
    ...{ settings: new SurveillanceSettings(), owners: new Owners() },
    alert: () => void (alerts += 1),
  });
  const hashed = new HashedShard(new Shard(0, 1));
  const witness = watch.witnessOf(hashed.shard);
  witness.begin();
  for (const entry of entries) {
    hashed.apply(entry);
    witness.endStep();
  }
  return { alerts, watch };
}

function seconds(work: () => unknown): number {
  const beganMs = performance.now();
  work();
  return (performance.now() - beganMs) / 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function measure(): void {
  const commands = Number(flags.commands);
  const entries = entriesOf(commands, Number(flags.frame));
  const times = { replay: [] as number[], watched: [] as number[] };
  let last: Watched | undefined;
  for (let round = 0; round < Number(flags.rounds); round++) {
    times.replay.push(seconds(() => replay(entries)));
    times.watched.push(seconds(() => (last = watch(entries))));
  }
  let checkpointBytes = 0;
  const checkpointSeconds = seconds(() => (checkpointBytes = last?.watch.save().length ?? 0));
  const rates = Object.entries(times).map(([what, all]) => {
    const took = median(all);
    return {
      ...{ what, seconds: took, commandsPerSecond: commands / took },
      entriesPerSecond: entries.length / took,
    };
  });
  const checkpoint = { bytes: checkpointBytes, seconds: checkpointSeconds };
  if (flags.json) {
    console.log(JSON.stringify({ commands, alerts: last?.alerts, rates, checkpoint }));
    return;
  }
  const number = (value: number): string => Math.round(value).toLocaleString("en-US");
  console.log(`${number(commands)} commands, ${number(last?.alerts ?? 0)} alerts`);
  for (const { what, commandsPerSecond, entriesPerSecond } of rates) {
    const entriesTold = `${number(entriesPerSecond)} entries`;
    console.log(
      `  ${what.padEnd(7)} ${number(commandsPerSecond)} commands, ${entriesTold} a second`,
    );
  }
  const took = (checkpoint.seconds * 1000).toFixed(1);
  console.log(`  a checkpoint of ${number(checkpoint.bytes)} bytes is made in ${took} ms`);
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
  measure();
}
