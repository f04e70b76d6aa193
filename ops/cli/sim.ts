/** `outcry sim`: whole exchanges in one process, under a seed's faults, in virtual time. */
import { availableParallelism } from "node:os";
import { Command } from "commander";
import type { GapFigures } from "../../chaos/simulator/gap-study.ts";
import type { PoolResult } from "../../chaos/simulator/worker-pool.ts";
import type { CommonOptions } from "./output.ts";
import { print, renderTable, usageFault, withCommonOptions, write } from "./output.ts";

interface SimOptions extends CommonOptions {
  readonly seed?: string;
  readonly seeds?: string;
  readonly hours?: string;
  readonly seconds: string;
  readonly jobs: string;
  readonly trace?: string;
  readonly keep?: boolean;
  readonly report?: boolean;
  readonly gaps?: string | true;
  readonly worlds: string;
}

export function command(): Command {
  const sim = new Command("sim")
    .description(
      "Runs whole exchanges in virtual time while faults befall them, and checks every promise. " +
        "The same seed gives the same world, event by event. Exits with 1 when one broke a promise.",
    )
    .option("--seed <n>", "one world")
    .option("--seeds <from..to>", "many of them")
    .option("--seconds <s>", "how long faults rage in each, in virtual time", "60")
    .option("--hours <h>", "the same in hours")
    .option("--jobs <n>", "how many run at a time", String(availableParallelism()))
    .option("--trace <file>", "with --seed: all that happened, as text")
    .option("--report", "with --seeds: write the totals into docs/simulator.md")
    .option("--keep", "write seeds that fail to chaos/seeds.txt")
    .option("--gaps [faults]", "how long one fault alone keeps orders waiting: all, or a,b,c")
    .option("--worlds <n>", "with --gaps: how many worlds for each fault", "20")
    .addHelpText(
      "after",
      "\nExamples:\n  outcry sim --seed 7 --trace /tmp/trace.txt\n  outcry sim --seeds 1..500\n" +
        "  outcry sim --gaps emitter-killed,stream-leader-killed\n",
    );
  return withCommonOptions(sim).action(run);
}

async function run(flags: SimOptions): Promise<void> {
  if (flags.gaps !== undefined) return await runGaps(flags.gaps, flags);
  const seconds = secondsOf(flags);
  if (flags.seed !== undefined && flags.seeds === undefined) {
    if (flags.report === true) throw usageFault("--report is for --seeds");
    await runOne(wholeNumber("--seed", flags.seed), seconds, flags);
  } else if (flags.seeds !== undefined && flags.seed === undefined) {
    if (flags.trace !== undefined) throw usageFault("--trace is for one --seed");
    await runMany(rangeIn(flags.seeds), seconds, flags);
  } else {
    throw usageFault("say --seed N, --seeds FROM..TO or --gaps");
  }
}

async function runOne(seed: number, seconds: number, flags: SimOptions): Promise<void> {
  const { Simulation } = await import("../../chaos/simulator/simulation.ts");
  const { added, noTotals } = await import("../../chaos/simulator/totals.ts");
  const { renderTotals } = await import("../../chaos/simulator/render-totals.ts");
  const keepTrace = flags.trace !== undefined;
  const simulation = new Simulation({ seed, rageMs: seconds * 1000, keepTrace });
  const result = await simulation.run();
  if (flags.trace !== undefined) {
    const { writeFileSync } = await import("node:fs");
    writeFileSync(flags.trace, `${simulation.traceLines.join("\n")}\n`);
  }
  await tellFailure(result, seconds, flags);
  print(flags, { ok: result.failure === undefined, ...result }, () =>
    [renderTotals(added(noTotals, result)), "", `trace ${result.trace}`].join("\n"),
  );
}

/** So often a report is written: a long run may be ended early. */
const reportEvery = 50;

async function runMany(
  [from, to]: readonly [number, number],
  seconds: number,
  flags: SimOptions,
): Promise<void> {
  const { runSeeds } = await import("../../chaos/simulator/worker-pool.ts");
  const { added, noTotals } = await import("../../chaos/simulator/totals.ts");
  const { renderTotals } = await import("../../chaos/simulator/render-totals.ts");
  let totals = noTotals;
  const failures: Promise<void>[] = [];
  const { reportTotals } = await import("../../chaos/simulator/totals-report.ts");
  const run = { from, seconds, jobs: flags.jobs };
  const workers = Math.max(1, wholeNumber("--jobs", flags.jobs));
  await runSeeds(worldsOf(from, to, seconds), { workers }, (result) => {
    totals = added(totals, result);
    failures.push(tellFailure(result, seconds, flags));
    tellProgress(totals.seeds, to - from + 1, totals.failed.length);
    if (flags.report === true && totals.seeds % reportEvery === 0) reportTotals(totals, run);
    return true;
  });
  await Promise.all(failures);
  if (flags.report === true) reportTotals(totals, run);
  if (process.stderr.isTTY) process.stderr.write("\n");
  print(flags, { ok: totals.failed.length === 0, ...totals }, renderTotals);
}

async function runGaps(asked: string | true, flags: SimOptions): Promise<void> {
  const { faultNamed, studyGaps } = await import("../../chaos/simulator/gap-study.ts");
  const { allFaults } = await import("../../chaos/simulator/faults/swarm.ts");
  const known = allFaults.map(({ name }) => name);
  const names = asked === true ? known : asked.split(",");
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw usageFault(`${unknown} is none of ${known.join(", ")}`);
  const seeds = Array.from({ length: wholeNumber("--worlds", flags.worlds) }, (_, at) => at + 1);
  const figures: GapFigures[] = [];
  for (const name of names) {
    if (process.stderr.isTTY) process.stderr.write(`\r${name.padEnd(30)}`);
    figures.push(await studyGaps(faultNamed(name), { seeds, afterMs: afterGapMs }));
  }
  if (process.stderr.isTTY) process.stderr.write("\r".padEnd(32).concat("\r"));
  print(flags, { ok: true, figures }, () => renderGaps(figures));
}

/** Longer than an election. */
const afterGapMs = 12_000;

function renderGaps(figures: readonly GapFigures[]): string {
  const rows = figures.map(({ fault, runs, p50Ms, p99Ms, maxMs, calmP99Ms }) => [
    fault,
    ...[runs, p50Ms, p99Ms, maxMs, calmP99Ms].map((figure) => figure.toFixed(0)),
  ]);
  return renderTable(["fault", " worlds", " p50 ms", " p99 ms", " max ms", " calm p99 ms"], rows);
}

function* worldsOf(from: number, to: number, seconds: number) {
  for (let seed = from; seed <= to; seed++) yield { seed, rageMs: seconds * 1000 };
}

async function tellFailure(
  { seed, failure }: PoolResult,
  seconds: number,
  flags: SimOptions,
): Promise<void> {
  if (failure === undefined) return;
  process.exitCode = 1;
  const text = `seed ${String(seed)} (--seconds ${String(seconds)}): ${failure.message}`;
  if (flags.json === true) process.stderr.write(`${text}\n`);
  else write(text);
  if (process.env["OUTCRY_TRACE"] !== undefined) process.stderr.write(`${failure.stack}\n`);
  if (flags.keep !== true) return;
  const { keepSeed } = await import("../../chaos/simulator/seed-file.ts");
  keepSeed({ seed, seconds, found: failure.message.slice(0, 120) });
}

function tellProgress(done: number, all: number, failed: number): void {
  const line = `${String(done)} of ${String(all)} worlds, ${String(failed)} failed`;
  if (process.stderr.isTTY) process.stderr.write(`\r${line}`);
  else if (done % 100 === 0) process.stderr.write(`${line}\n`);
}

function secondsOf({ hours, seconds }: SimOptions): number {
  const asked = hours === undefined ? Number(seconds) : Number(hours) * 3600;
  if (!(asked > 0) || !Number.isFinite(asked)) throw usageFault("time is a number above 0");
  return asked;
}

function wholeNumber(option: string, text: string): number {
  if (!/^[0-9]{1,10}$/.test(text)) throw usageFault(`${option} takes a whole number`);
  return Number(text);
}

function rangeIn(text: string): readonly [number, number] {
  const parts = /^([0-9]{1,10})\.\.([0-9]{1,10})$/.exec(text);
  const [from, to] = [Number(parts?.[1]), Number(parts?.[2])];
  if (parts === null || from > to) throw usageFault("--seeds takes FROM..TO, such as 1..100");
  return [from, to];
}
