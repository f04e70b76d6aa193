/** Writes what many worlds came to into docs/simulator.md. */
import { totalsInMarkdown } from "./render-totals.ts";
import { totalsPart } from "./simulator-page.ts";
import type { Totals } from "./totals.ts";

export interface ReportedRun {
  readonly from: number;
  readonly seconds: number;
  readonly jobs: string;
}

export function reportTotals(totals: Totals, { from, seconds, jobs }: ReportedRun): void {
  const run =
    `${String(totals.seeds)} seeds from ${String(from)} on, faults for ${String(seconds)} s in each, ` +
    `${jobs} at a time, on ${new Date().toISOString().slice(0, 10)}.`;
  totalsPart.write([run, "", totalsInMarkdown(totals)].join("\n"));
}
