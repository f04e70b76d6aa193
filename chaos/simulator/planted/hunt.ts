/**
 * The hunt: whether the simulator finds the planted bugs, each within so many worlds.
 *
 *   node chaos/simulator/planted/hunt.ts [--only NAME,…] [--worlds N] [--seconds S] [--from SEED]
 *                                        [--jobs N] [--json] [--report]
 *
 * `--worlds` and `--seconds` are the budget of those that have none of their own; `--report` writes
 * what came of it into docs/simulator.md. Exits with 1 when one was not found.
 */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { plantedPart } from "../simulator-page.ts";
import { hungPromise, runSeeds } from "../worker-pool.ts";
import { huntTable } from "./hunt-report.ts";
import type { Found, HuntBudget } from "./hunt-report.ts";
import { plantedBugs } from "./planted-bugs.ts";
import type { PlantedBug } from "./planted-bugs.ts";

export interface HuntOptions extends HuntBudget {
  readonly from: number;
  readonly workers: number;
}

const plant = fileURLToPath(new URL("plant.ts", import.meta.url));

export async function hunt(bug: PlantedBug, options: HuntOptions): Promise<Found> {
  const { worldsMax, rageMs, from, workers } = options;
  const startedMs = performance.now();
  let found: Omit<Found, "seconds"> = {
    ...{ bug: bug.name, worlds: undefined, seed: undefined, promise: "", message: "" },
  };
  for (let played = 0; played < worldsMax && found.worlds === undefined;) {
    const rest = { from: from + played, count: worldsMax - played, rageMs, workers };
    const failed = await firstFailure(rest, bug);
    if (failed === undefined) break;
    played += failed.played;
    const { seed, promise, message } = failed;
    const without = await firstFailure({ ...rest, from: seed, count: 1 });
    if (without === undefined) found = { bug: bug.name, worlds: played, seed, promise, message };
  }
  return { ...found, seconds: (performance.now() - startedMs) / 1000 };
}

interface Worlds {
  readonly from: number;
  readonly count: number;
  readonly rageMs: number;
  readonly workers: number;
}

interface Failure {
  readonly seed: number;
  readonly promise: string;
  readonly message: string;
  /** How many worlds had ended, this one included. */
  readonly played: number;
}

/** The first of some worlds that breaks a promise, with a bug planted or without. */
async function firstFailure(worlds: Worlds, bug?: PlantedBug): Promise<Failure | undefined> {
  const { from, count, rageMs, workers } = worlds;
  const seeds = Array.from({ length: count }, (_, index) => ({ seed: from + index, rageMs }));
  const planted = { environment: { OUTCRY_PLANTED: bug?.name ?? "" }, preloaded: [plant] };
  const pool = { workers, hungAfterMs: 120_000, ...(bug && planted) };
  let failed: Failure | undefined;
  let played = 0;
  await runSeeds(seeds, pool, ({ seed, failure }) => {
    played += 1;
    // That a world takes long proves nothing.
    if (failure === undefined || failure.promise === hungPromise) return true;
    failed = { seed, promise: failure.promise, message: failure.message, played };
    return false;
  });
  return failed;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      worlds: { type: "string", default: "60" },
      seconds: { type: "string", default: "30" },
      from: { type: "string", default: "1" },
      jobs: { type: "string", default: String(availableParallelism()) },
      json: { type: "boolean", default: false },
      report: { type: "boolean", default: false },
    },
  });
  const names = values.only?.split(",");
  const bugs = plantedBugs.filter(({ name }) => names === undefined || names.includes(name));
  const results: Found[] = [];
  for (const bug of bugs) {
    const budget = {
      worldsMax: bug.worlds ?? Number(values.worlds),
      rageMs: (bug.seconds ?? Number(values.seconds)) * 1000,
    };
    const [from, workers] = [Number(values.from), Number(values.jobs)];
    const found = await hunt(bug, { ...budget, from, workers });
    results.push(found);
    if (values.report) {
      plantedPart.write(huntTable(plantedPart.read(), plantedBugs, [{ bug, budget, found }]));
    }
    if (!values.json) process.stdout.write(`${lineOf(found)}\n`);
  }
  const missed = results.filter(({ worlds }) => worlds === undefined);
  if (values.json) process.stdout.write(`${JSON.stringify(results)}\n`);
  else
    process.stdout.write(
      `${String(results.length - missed.length)} of ${String(results.length)} found\n`,
    );
  process.exitCode = missed.length === 0 ? 0 : 1;
}

function lineOf({ bug, worlds, seed, promise, message, seconds }: Found): string {
  const name = bug.padEnd(44);
  if (worlds === undefined) return `${name} NOT FOUND (${seconds.toFixed(0)} s)`;
  const how = message.replaceAll("\n", " ").slice(0, 80);
  const place = `world ${String(worlds)} (seed ${String(seed)})`;
  return `${name} ${place.padEnd(22)} ${promise}: ${how}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
