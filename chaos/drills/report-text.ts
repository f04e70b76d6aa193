/** A drill's report as the lines that people read in a terminal. */
import type { Percentiles } from "../../ops/bench/percentiles.ts";
import { duration } from "./aim-verdict.ts";
import type { DrillReport, RunReport } from "./drill-report.ts";

/** What one run came to, in a line or two, and whatever was wrong. */
export function describeRun(run: RunReport): readonly string[] {
  const { commands, gapMs, calmGapMs, untouchedGapMs, recoveryMs } = run;
  const others = untouchedGapMs === null ? "" : `, in other shards ${duration(untouchedGapMs)}`;
  const whole = recoveryMs === null ? "not whole in time" : `whole after ${duration(recoveryMs)}`;
  const told = commands.done + commands.refused;
  return [
    `longest gap ${duration(gapMs)}${whenInWords(run)} (calm ${duration(calmGapMs)})${others}; ` +
      `${whole}; ${stolenInWords(run)} stolen`,
    ...(run.waitedFor.length === 0
      ? []
      : [`to the last it waited for: ${run.waitedFor.join("; ")}`]),
    `${told} commands answered, ${commands.notDone} not done, ${commands.unknown} unknown, ` +
      `${run.fills} fills; ${wrongInWords(run.violations.length)}`,
    ...run.violations
      .slice(0, violationsShown)
      .map(({ promise, text }) => `BROKEN ${promise}: ${text}`),
  ];
}

const violationsShown = 5;

/** How long after the fault the longest gap began: what comes back disturbs, too. */
function whenInWords({ shards, marks }: RunReport): string {
  const [worst] = shards.filter(({ isAimedAt }) => isAimedAt).sort((a, b) => b.gapMs - a.gapMs);
  const fault = marks.find(({ kind }) => kind === "fault");
  if (worst === undefined || fault === undefined) return "";
  return `, ${duration(Math.max(0, worst.gapFromMs - fault.atMs))} after the fault`;
}

export function renderDrillReport(report: DrillReport): string {
  const { drill, runs, gapMs, calmGapMs, quietGapMs, untouchedGapMs } = report;
  const { ackCalmMs, ackFaultedMs, aim, violations } = report;
  const broken = runs.flatMap((run) =>
    run.violations.map(({ promise, text }) => `  run ${run.number}, ${promise}: ${text}`),
  );
  return [
    `${drill.name}: ${runs.length} run(s) at ${report.rate} commands/s, seed ${report.seed}`,
    percentileLine("gap", gapMs),
    percentileLine("gap, calm", calmGapMs),
    ...(quietGapMs === null ? [] : [percentileLine("gap, quiet", quietGapMs)]),
    ...(untouchedGapMs === null ? [] : [percentileLine("other shards", untouchedGapMs)]),
    percentileLine("answers", ackFaultedMs),
    percentileLine("answers, calm", ackCalmMs),
    `  other machines on the host took ${stolenInWords(report.machine)} of the processors' time`,
    ...aim.parts.map(({ text, isMet }) => `  aim ${isMet ? "met" : "MISSED"}: ${text}`),
    violations === 0
      ? "every promise was kept"
      : `${violations} PROMISES BROKEN:\n${broken.slice(0, brokenShown).join("\n")}`,
  ].join("\n");
}

const brokenShown = 40;

function percentileLine(what: string, { count, p50, p99, p999, max }: Percentiles): string {
  const values = { p50, p99, "p99.9": p999, max };
  const told = Object.entries(values).map(([name, ms]) => `${name} ${duration(ms)}`);
  return `  ${what.padEnd(14)}${told.join("  ")}  of ${count}`;
}

/** "2.5 %". */
export function stolenInWords({ stolenPercent }: Pick<RunReport, "stolenPercent">): string {
  return stolenPercent === null ? "an unknown share" : `${stolenPercent.toFixed(1)} %`;
}

function wrongInWords(count: number): string {
  return count === 0 ? "nothing wrong" : `${count} WRONG`;
}
