/**
 * Every run's longest gap as a dot, calm and faulted, on a logarithmic scale, with the aim as
 * lines: where the runs lie and how far from what is wanted.
 */
import { duration } from "../drills/aim-verdict.ts";
import type { DrillReport } from "../drills/drill-report.ts";
import type { Markup } from "./markup.ts";
import { html } from "./markup.ts";

const width = 900;
const height = 150;
const left = 62;
const right = 24;
const rows = { calm: 42, faulted: 92 } as const;
const axisY = 118;
const decadesMs = [1, 10, 100, 1000, 10_000, 100_000];

export function gapChart({ runs, drill }: DrillReport): Markup {
  const x = (ms: number): number => {
    const share = Math.log10(Math.min(Math.max(ms, 1), 100_000)) / 5;
    return Math.round((left + (width - left - right) * share) * 10) / 10;
  };
  const dots = (row: keyof typeof rows, gap: (index: number) => number): readonly Markup[] =>
    runs.map((run, index) => {
      // Dots at one place are seen side by side.
      const y = rows[row] + ((index * 7) % 15) - 7;
      const title = `run ${run.number}: ${duration(gap(index))}`;
      return html`<circle class="${row}" cx="${x(gap(index))}" cy="${y}" r="4"
        ><title>${title}</title></circle
      >`;
    });
  const label = `The longest gap of each of ${runs.length} runs. ${drill.aim}.`;
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
    ${decadesMs.map(
      (ms) =>
        html`<line class="grid" x1="${x(ms)}" x2="${x(ms)}" y1="16" y2="${axisY}" />
          <text class="tick" x="${x(ms)}" y="${axisY + 16}">${duration(ms)}</text>`,
    )}
    ${drill.gapAims.map(
      ({ percentile, ms }) =>
        html`<line class="aim" x1="${x(ms)}" x2="${x(ms)}" y1="20" y2="${axisY}" />
          <text class="aim" x="${x(ms)}" y="14">aim ${percentile}</text>`,
    )}
    <text class="row" x="${left - 10}" y="${rows.calm + 4}">calm</text>
    <text class="row" x="${left - 10}" y="${rows.faulted + 4}">faulted</text>
    ${dots("calm", (index) => runs[index]?.calmGapMs ?? 0)}
    ${dots("faulted", (index) => runs[index]?.gapMs ?? 0)}
  </svg>`;
}
