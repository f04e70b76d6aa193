/** What many simulations came to, as text for people. */
import { renderTable } from "../../ops/cli/output.ts";
import { grouped } from "../../ops/cli/natural-units.ts";
import { tableInMarkdown } from "../report/page-part.ts";
import type { Totals } from "./totals.ts";

export function renderTotals(totals: Totals): string {
  const rows = figuresOf(totals);
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`);
  return [...lines, "", renderTable(["fault", " times"], faultsOf(totals))].join("\n");
}

/** The same for docs/simulator.md. */
export function totalsInMarkdown(totals: Totals): string {
  return [
    tableInMarkdown(["figure", "of all worlds"], figuresOf(totals)),
    tableInMarkdown(["fault", "times"], faultsOf(totals)),
  ].join("\n\n");
}

type Row = readonly [name: string, text: string];

function figuresOf(totals: Totals): readonly Row[] {
  const { seeds, failed, virtualMs, cpuMs, commands, entries, turns, restMsMax } = totals;
  const { replicasCompared, booksCompared, endings, moves, nodeChanges } = totals;
  const speed = cpuMs === 0 ? 0 : virtualMs / cpuMs;
  return [
    ["worlds", `${grouped(seeds)}, ${grouped(failed.length)} of them broke a promise`],
    [
      "virtual time",
      `${hoursOf(virtualMs)} h, ${speed.toFixed(0)} times what one core spent on it`,
    ],
    ["events", grouped(turns)],
    ["log entries", `${grouped(entries)} with ${grouped(commands)} commands`],
    ["moves", `${grouped(moves)} accounts and books came to live in another shard`],
    ["node changes", `${grouped(nodeChanges)} engine nodes were added or removed`],
    ["replicas found equal", grouped(replicasCompared)],
    ["books found equal", grouped(booksCompared)],
    [
      "orders",
      Object.entries(endings)
        .map(([name, n]) => `${grouped(n)} ${name}`)
        .join(", "),
    ],
    ["longest until at rest", `${(restMsMax / 1000).toFixed(1)} s after all was healed`],
  ];
}

/** The most frequent first. */
function faultsOf({ faults }: Totals): readonly Row[] {
  const sorted = Object.entries(faults).sort(([, a], [, b]) => b - a);
  return sorted.map(([name, count]) => [name, grouped(count)]);
}

function hoursOf(ms: number): string {
  return (ms / 3_600_000).toFixed(ms < 36_000_000 ? 2 : 0);
}
