/**
 * `npm run bench:engine`: how many commands a second one shard applies, how long each takes, and how
 * much memory an order costs that rests.
 *
 * Measured: entries of the log in memory, applied as every replica applies them, on one thread:
 * frames decoded, funds reserved, orders matched, trades settled, events and replies written, both
 * hashes over them. Not measured: the log, NATS, the gateway, publishing. Each measurement has a
 * process of its own, so that code is compiled for it alone and no garbage is another one's.
 */
import { availableParallelism, cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { renderPauses } from "./gc-pauses.ts";
import { inProcessOfItsOwn } from "./own-process.ts";
import { measureMemory } from "./engine/resting-memory.ts";
import type { MemoryAssignment, MemoryMeasurement } from "./engine/resting-memory.ts";
import { measureRules } from "./engine/rules-cost.ts";
import type { RulesCost } from "./engine/rules-cost.ts";
import { measureSpeed } from "./engine/apply-speed.ts";
import type { SpeedAssignment, SpeedMeasurement } from "./engine/apply-speed.ts";

type Assignment =
  | ({ readonly what: "speed" } & SpeedAssignment)
  | ({ readonly what: "rules" } & SpeedAssignment)
  | ({ readonly what: "memory" } & MemoryAssignment);
type Measurement = SpeedMeasurement | MemoryMeasurement | RulesCost;

async function measure(assignment: Assignment): Promise<Measurement> {
  if (assignment.what === "rules") return measureRules(assignment);
  return assignment.what === "speed" ? measureSpeed(assignment) : measureMemory(assignment);
}

/** {@link measure} in a process of its own, which can collect its garbage when it is told to. */
async function measureApart(assignment: Assignment): Promise<Measurement> {
  return (await inProcessOfItsOwn(fileURLToPath(import.meta.url), assignment)) as Measurement;
}

interface Assignments {
  readonly speed: readonly SpeedAssignment[];
  readonly rules: readonly SpeedAssignment[];
  readonly memory: readonly MemoryAssignment[];
}

interface Results {
  readonly speed: SpeedMeasurement[];
  readonly rules: RulesCost[];
  readonly memory: MemoryMeasurement[];
}

/** One after the other, because two at a time would share the machine. */
async function measureAll({ speed, rules, memory }: Assignments): Promise<Results> {
  const results: Results = { speed: [], rules: [], memory: [] };
  for (const assignment of speed) {
    const measured = (await measureApart({ what: "speed", ...assignment })) as SpeedMeasurement;
    results.speed.push(measured);
    say(renderSpeed(measured));
  }
  for (const assignment of rules) {
    const measured = (await measureApart({ what: "rules", ...assignment })) as RulesCost;
    results.rules.push(measured);
    say(renderRules(measured));
  }
  for (const assignment of memory) {
    const measured = (await measureApart({ what: "memory", ...assignment })) as MemoryMeasurement;
    results.memory.push(measured);
    say(renderMemory(measured));
  }
  return results;
}

// ---- Text ----------------------------------------------------------------------------------

function renderSpeed(measured: SpeedMeasurement): string {
  const { mix, commandsPerFrame, commands, speeds, perFrameUs, pauses, tally, work } = measured;
  const ranks = (divisor: number): string =>
    [perFrameUs.p50, perFrameUs.p99, perFrameUs.p999, perFrameUs.max]
      .map((us) => (us / divisor).toFixed(1).padStart(10))
      .join("");
  return [
    `${mix} orders, frames of ${thousands(commandsPerFrame)}, ${thousands(commands)} commands a run`,
    `  commands a second  ${thousands(measured.speed)} (runs: ${speeds.map(thousands).join(" ")})`,
    `  of processor time  ${thousands(measured.processorSpeed)} a second, if the thread never had to wait`,
    `  undisturbed        ${thousands(measured.undisturbedSpeed)} a second, if every frame took what it takes at its fastest`,
    "  µs                       p50       p99     p99.9       max",
    `  a frame           ${ranks(1)}`,
    `  a command         ${ranks(commandsPerFrame)}`,
    renderPauses(pauses),
    `  a run's work       ${thousands(tally.trades)} trades; ${thousands(tally.rejected)} of ` +
      `${thousands(tally.replies)} commands refused`,
    `  entries, outputs   ${shortened(work)}`,
    "",
  ].join("\n");
}

function renderRules(measured: RulesCost): string {
  const { mix, commandsPerFrame, commands, ratio, processorRatio } = measured;
  const line = ({ speed, processorSpeed, runs, tally }: RulesCost["with"]): string =>
    `${thousands(speed)} commands a second, ${thousands(processorSpeed)} of processor time ` +
    `(median of ${String(runs)} runs; ${thousands(tally.trades)} trades, ` +
    `${thousands(tally.rejected)} refused)`;
  return [
    `${mix} orders, frames of ${thousands(commandsPerFrame)}, ${thousands(commands)} commands a run`,
    `  without rules      ${line(measured.without)}`,
    `  with all of them   ${line(measured.with)}`,
    `  a command takes    ${ratio.toFixed(2)} times as long, ${processorRatio.toFixed(2)} times of processor time`,
    "",
  ].join("\n");
}

function renderMemory(measured: MemoryMeasurement): string {
  const { restingOrders, bytesPerOrder, arrayBytesPerOrder, residentBytesPerOrder } = measured;
  return [
    `${thousands(restingOrders)} resting orders`,
    `  bytes an order     ${thousands(bytesPerOrder)}, ${thousands(arrayBytesPerOrder)} of them in ` +
      `array buffers; the process grew by ${thousands(residentBytesPerOrder)}`,
    `  entries, outputs   ${shortened(measured.work)}`,
    "",
  ].join("\n");
}

/** The beginnings of SHA-256 hashes. */
function shortened(hashes: string): string {
  return hashes
    .split(" ")
    .map((hash) => hash.slice(0, 16))
    .join(" ");
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function say(text: string): void {
  if (!flags.json) console.log(text);
}

const conditions = [
  `${availableParallelism()} cores, ${cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}`,
  `load average ${loadavg()[0]!.toFixed(1)} at the start: the figures are the machine's, not ours, when it is busy`,
  "measured: from entries in memory to events, replies and both hashes; one shard, one thread; each",
  "  run with a new shard, after an untimed one; the median run's speed; times of the frames of all",
  "  runs, a command's being its frame's over their number; memory after garbage collection",
  "excluded: the log, NATS, the gateway, publishing, snapshots",
];

const usage = `usage: npm run bench:engine [-- options]

  --mix plain|all    plain orders, or every type of order and command (plain)
  --commands N       commands in a run (200000)
  --batches N,N,…    commands in a frame (1,100,1000)
  --runs N           timed runs of each (5)
  --rules            instead: what fee schedules, limits of every kind on every account and
                     settlement a day later cost, against a venue without any of them
  --seconds N        begin no run of a kind after so many seconds (60)
  --resting N,N,…    resting orders to measure memory with (100000,1000000); 0 for none
  --json             the result as JSON
`;

const { values: flags } = parseArgs({
  options: {
    mix: { type: "string", default: "plain" },
    commands: { type: "string", default: "200000" },
    batches: { type: "string", default: "1,100,1000" },
    runs: { type: "string", default: "5" },
    rules: { type: "boolean", default: false },
    seconds: { type: "string", default: "60" },
    resting: { type: "string", default: "100000,1000000" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
    // How this program calls itself.
    measure: { type: "string" },
  },
});

if (flags.help || (flags.mix !== "plain" && flags.mix !== "all")) {
  process.stdout.write(usage);
  process.exitCode = flags.help ? 0 : 2;
} else if (flags.measure !== undefined) {
  console.log(JSON.stringify(await measure(JSON.parse(flags.measure) as Assignment)));
} else {
  const { mix } = flags;
  const run = {
    commands: Number(flags.commands),
    runs: Number(flags.runs),
    secondsMax: Number(flags.seconds),
  };
  say(`${conditions.join("\n")}\n`);
  const each = numbersIn(flags.batches).map((commandsPerFrame): SpeedAssignment => {
    return { mix, commandsPerFrame, ...run };
  });
  const results = await measureAll({
    speed: flags.rules ? [] : each,
    rules: flags.rules ? each : [],
    memory: numbersIn(flags.rules ? "" : flags.resting).map((restingOrders) => ({ restingOrders })),
  });
  if (flags.json) console.log(JSON.stringify({ conditions, ...results }, null, 2));
}

function numbersIn(list: string): readonly number[] {
  return list
    .split(",")
    .map(Number)
    .filter((number) => number > 0);
}
