/** A drill's report as the lines that people read in a terminal. */
import { duration } from "./aim-verdict.ts";
import type { DrillReport, RunReport } from "./drill-report.ts";

/** What one run came to, in a line or two, and whatever was wrong. */
export function describeRun(run: RunReport): readonly string[] {
  const { commands, gapMs, calmGapMs, untouchedGapMs, recoveryMs } = run;
  const others = untouchedGapMs === null ? "" : `, in other shards ${duration(untouchedGapMs)}`;
  const whole = recoveryMs === null ? "not whole in time" : `whole after ${duration(recoveryMs)}`;
  const told = commands.done + commands.refused;
  return [
    `longest gap ${duration(gapMs)} (calm ${duration(calmGapMs)})${others}; ${whole}`,
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

export function renderDrillReport(report: DrillReport): string {
  const { drill, runs, gapMs, calmGapMs, ackCalmMs, ackFaultedMs, aim, violations } = report;
  const broken = runs.flatMap((run) =>
    run.violations.map(({ promise, text }) => `  run ${run.number}, ${promise}: ${text}`),
  );
  return [
    `${drill.name}: ${runs.length} run(s) at ${report.rate} commands/s, seed ${report.seed}`,
    `  gap           p50 ${duration(gapMs.p50)}  p99 ${duration(gapMs.p99)}  max ${duration(gapMs.max)}`,
    `  gap, calm     p50 ${duration(calmGapMs.p50)}  p99 ${duration(calmGapMs.p99)}  max ${duration(calmGapMs.max)}`,
    ...(report.untouchedGapMs === null
      ? []
      : [
          `  other shards  p50 ${duration(report.untouchedGapMs.p50)}  p99 ${duration(report.untouchedGapMs.p99)}`,
        ]),
    `  answers       p50 ${duration(ackFaultedMs.p50)}  p99 ${duration(ackFaultedMs.p99)}  p99.9 ${duration(ackFaultedMs.p999)}`,
    `  answers, calm p50 ${duration(ackCalmMs.p50)}  p99 ${duration(ackCalmMs.p99)}  p99.9 ${duration(ackCalmMs.p999)}`,
    ...aim.parts.map(({ text, isMet }) => `  aim ${isMet ? "met" : "MISSED"}: ${text}`),
    violations === 0
      ? "every promise was kept"
      : `${violations} PROMISES BROKEN:\n${broken.slice(0, brokenShown).join("\n")}`,
  ].join("\n");
}

const brokenShown = 40;

function wrongInWords(count: number): string {
  return count === 0 ? "nothing wrong" : `${count} WRONG`;
}
