/**
 * The table of drills in `docs/drills.md`: of each what its latest recorded runs came to, and on
 * what. Only rendering.
 */
import { PagePart, rowsInMarkdown, tableInMarkdown } from "../report/page-part.ts";
import { duration } from "./aim-verdict.ts";
import type { DrillReport } from "./drill-report.ts";
import { stolenInWords } from "./report-text.ts";

/** Written by `./outcry drill NAME --record`. */
export const drillsPart = new PagePart("drills.md", "drills");

const heading = [
  ...[
    "drill",
    "runs",
    "measured",
    "aim",
    "longest gap p50, p99, max",
    "in quiet runs p50, p99 (of)",
    "the same when calm p50, p99",
  ],
  ...["commands answered", "unknown", "promises broken", "stolen", "on"],
];

/**
 * @param before the table as it stands; rows of other drills are kept
 * @param names of all drills, in order
 */
export function drillTable(before: string, names: readonly string[], report: DrillReport): string {
  const rows = new Map(rowsInMarkdown(before).map((row) => [row[0], row]));
  rows.set(report.drill.name, rowOf(report));
  const known = names.map((name) => rows.get(name)).filter((row) => row !== undefined);
  return tableInMarkdown(heading, known);
}

function rowOf(report: DrillReport): readonly string[] {
  const { drill, runs, aim, gapMs, calmGapMs, quietGapMs, versions, machine } = report;
  const sum = (of: (run: DrillReport["runs"][number]) => number): string =>
    String(runs.reduce((total, run) => total + of(run), 0));
  const on =
    `${report.startedAt.slice(0, 10)}, seed ${report.seed}, ${report.rate}/s in ` +
    `${report.shards} shards; Outcry ${versions.outcry}, nats-server ${versions.natsServer}, ` +
    `Node ${versions.node}, ${machine.processors} processors${machine.isUndisturbed ? ", undisturbed" : ""}`;
  return [
    drill.name,
    String(runs.length),
    aim.parts.map(({ text }) => text).join("; "),
    aim.isMet ? "met" : "missed",
    [gapMs.p50, gapMs.p99, gapMs.max].map(duration).join(", "),
    quietGapMs === null
      ? "none"
      : `${[quietGapMs.p50, quietGapMs.p99].map(duration).join(", ")} (${quietGapMs.count})`,
    [calmGapMs.p50, calmGapMs.p99].map(duration).join(", "),
    sum(({ commands }) => commands.done + commands.refused),
    sum(({ commands }) => commands.unknown),
    String(report.violations),
    stolenInWords(machine),
    on,
  ];
}
