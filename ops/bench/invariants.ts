/**
 * `npm run bench:invariants`: what it costs a shard to hold itself to its invariants.
 *
 * The same commands are applied by a program that holds them and by one that is built without, in
 * turn, each time in a new process: neighbours on the machine disturb both alike. The cost is what
 * the median process with them took more than the median one without: code is compiled as it goes,
 * and one process is up to a fifth faster than another of the same program. Not measured: what
 * belongs to snapshots and checkpoints, which is timed apart, and the parts around a shard.
 */
import { availableParallelism, cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { medianOf } from "./percentiles.ts";
import { inProcessOfItsOwn } from "./own-process.ts";
import { measureSpeed } from "./engine/apply-speed.ts";
import type { SpeedAssignment, SpeedMeasurement } from "./engine/apply-speed.ts";
import { restingShard } from "./engine/resting-memory.ts";

interface CheckpointAssignment {
  readonly restingOrders: number;
}

interface CheckpointMeasurement {
  /** To hash the state, and to look at all of it before. */
  readonly ms: number;
}

type Assignment =
  | ({ readonly what: "speed" } & SpeedAssignment)
  | ({ readonly what: "checkpoint" } & CheckpointAssignment);

/** In percent of what it costs the median process without. */
interface Cost {
  readonly what: string;
  readonly percent: number;
  /** Of each process with them. */
  readonly percents: readonly number[];
  /** Of each process without them, from the least on. */
  readonly spread: readonly number[];
}

const checkpointsTimed = 5;

async function measure(assignment: Assignment): Promise<SpeedMeasurement | CheckpointMeasurement> {
  return assignment.what === "speed" ? measureSpeed(assignment) : measureCheckpoint(assignment);
}

function measureCheckpoint({ restingOrders }: CheckpointAssignment): CheckpointMeasurement {
  const shard = restingShard(restingOrders);
  const hashes = new Set<string>();
  const times = Array.from({ length: checkpointsTimed }, () => {
    const beforeMs = performance.now();
    hashes.add(shard.state.join());
    return performance.now() - beforeMs;
  });
  if (hashes.size !== 1) throw new Error("one state has several hashes");
  return { ms: medianOf(times) };
}

/** What a thing costs, in a unit of its own. */
type Price = (hasInvariants: boolean) => Promise<number>;

async function costOf(what: string, price: Price, pairs: number): Promise<Cost> {
  const [held, free]: [number[], number[]] = [[], []];
  for (let pair = 0; pair < pairs; pair += 1) {
    // Whoever is first finds another machine than whoever is second.
    const isFirst = pair % 2 === 0;
    for (const has of [isFirst, !isFirst]) (has ? held : free).push(await price(has));
  }
  const usual = medianOf(free);
  const percentOf = (cost: number): number => (cost / usual - 1) * 100;
  const spread = [...free].sort((one, other) => one - other).map(percentOf);
  return { what, percent: percentOf(medianOf(held)), percents: held.map(percentOf), spread };
}

function priceOf(assignment: Assignment): Price {
  return async (hasInvariants) => {
    const program = fileURLToPath(import.meta.url);
    const measured = await inProcessOfItsOwn(program, assignment, { hasInvariants });
    if (assignment.what === "checkpoint") return (measured as CheckpointMeasurement).ms;
    return 1 / (measured as SpeedMeasurement).undisturbedSpeed;
  };
}

// ---- Text ----------------------------------------------------------------------------------

const conditions = [
  `${availableParallelism()} cores, ${cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}`,
  `load average ${loadavg()[0]!.toFixed(1)} at the start`,
  "a command: the sum of what each frame takes at its fastest; the median process with invariants",
  "  against the median one without, in turn; and how far those without lie apart",
  "a checkpoint: the state looked at, packed and hashed; once in many thousand entries",
];

const usage = `usage: npm run bench:invariants [-- options]

  --pairs N          processes with and without, in turn (9)
  --commands N       commands in a run (50000)
  --runs N           runs in a process, of which each frame's fastest counts (5)
  --batches N,N,…    commands in a frame (1,100)
  --resting N        resting orders in the state that is hashed (100000); 0 for none
  --json             the result as JSON
`;

const { values: flags } = parseArgs({
  options: {
    pairs: { type: "string", default: "9" },
    commands: { type: "string", default: "50000" },
    runs: { type: "string", default: "5" },
    batches: { type: "string", default: "1,100" },
    resting: { type: "string", default: "100000" },
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
  say(`${conditions.join("\n")}\n`);
  const costs: Cost[] = [];
  for (const { what, assignment } of assignments()) {
    const cost = await costOf(what, priceOf(assignment), Number(flags.pairs));
    costs.push(cost);
    const [least = 0, most = 0] = [cost.spread[0], cost.spread.at(-1)];
    const range = `without: ${least.toFixed(1)} to ${most.toFixed(1)}`;
    say(`${what.padEnd(34)} ${cost.percent.toFixed(1).padStart(6)} %   (${range})`);
  }
  if (flags.json) console.log(JSON.stringify({ conditions, costs }, null, 2));
}

function assignments(): { readonly what: string; readonly assignment: Assignment }[] {
  const run = { commands: Number(flags.commands), runs: Number(flags.runs), secondsMax: 120 };
  const speeds = flags.batches.split(",").flatMap((batch) =>
    (["plain", "all"] as const).map((mix) => {
      const commandsPerFrame = Number(batch);
      const what = `${mix} orders, frames of ${batch}`;
      return { what, assignment: { what: "speed", mix, commandsPerFrame, ...run } as const };
    }),
  );
  const restingOrders = Number(flags.resting);
  const checkpoint = { what: "checkpoint", restingOrders } as const;
  const what = `a checkpoint of ${restingOrders} orders`;
  return restingOrders > 0 ? [...speeds, { what, assignment: checkpoint }] : speeds;
}

function say(text: string): void {
  if (!flags.json) console.log(text);
}
