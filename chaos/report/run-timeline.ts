/**
 * One run as a picture: for each shard a row with its acknowledgements over time, behind them the
 * calm time, the fault and the time after, and the longest gap as a bracket with its length.
 */
import { duration } from "../drills/aim-verdict.ts";
import type { Mark, RunReport, ShardGaps, Timeline } from "../drills/drill-report.ts";
import type { Markup } from "./markup.ts";
import { html } from "./markup.ts";

const width = 900;
const left = 62;
const right = 12;
const top = 34;
const rowHeight = 56;
const rowGap = 22;
const axisHeight = 26;

export function runTimeline(run: RunReport): Markup {
  const { timeline } = run;
  const lengthMs = lengthOf(timeline);
  const x = (atMs: number): number => round(left + ((width - left - right) * atMs) / lengthMs);
  const rowsHeight = timeline.shards.length * (rowHeight + rowGap);
  const height = top + rowsHeight + axisHeight;
  const most = Math.max(1, ...timeline.shards.flatMap(({ counts }) => counts));
  const rows = timeline.shards.map(({ shard, counts }, index) => {
    const base = top + index * (rowHeight + rowGap) + rowHeight;
    const gap = run.shards.find((of) => of.shard === shard);
    return html`<text class="row" x="${left - 10}" y="${base - rowHeight / 2 + 4}"
        >shard ${shard}</text
      >
      <line class="base" x1="${left}" x2="${width - right}" y1="${base}" y2="${base}" />
      <path class="acks" d="${bars({ counts, base, most, timeline, x })}" />
      ${gap === undefined ? html`` : bracket(gap, base, x)}`;
  });
  const notes = run.marks.filter(({ kind }) => kind === "note");
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${inWords(run)}">
    ${faulted(run, x, rowsHeight)} ${notes.map((mark) => note(mark, x, rowsHeight))} ${rows}
    ${axis(lengthMs, x, top + rowsHeight)}
  </svg>`;
}

function lengthOf({ stepMs, shards }: Timeline): number {
  return Math.max(1, ...shards.map(({ counts }) => counts.length)) * stepMs;
}

interface Bars {
  readonly counts: readonly number[];
  readonly base: number;
  readonly most: number;
  readonly timeline: Timeline;
  readonly x: (atMs: number) => number;
}

/** All of a row's bars as one path. */
function bars({ counts, base, most, timeline, x }: Bars): string {
  const wide = round(Math.max(0.6, x(timeline.stepMs) - x(0) - 0.4));
  return counts
    .flatMap((count, step) => {
      if (count === 0) return [];
      const tall = round(Math.max(1.5, (rowHeight * count) / most));
      return [`M${x(step * timeline.stepMs)} ${base}v-${tall}h${wide}v${tall}z`];
    })
    .join("");
}

function bracket({ gapMs, gapFromMs, isAimedAt }: ShardGaps, base: number, x: Bars["x"]): Markup {
  const from = x(gapFromMs);
  const to = Math.min(x(gapFromMs + gapMs), width - right);
  const y = base + 5;
  const middle = round(Math.min(Math.max((from + to) / 2, left + 30), width - right - 30));
  const kind = isAimedAt ? "gap aimed" : "gap";
  return html`<path class="${kind}" d="M${from} ${y - 3}v6M${from} ${y}H${to}M${to} ${y - 3}v6" />
    <text class="${kind}" x="${middle}" y="${y + 14}">${duration(gapMs)}</text>`;
}

function faulted(run: RunReport, x: Bars["x"], rowsHeight: number): Markup {
  const fault = run.marks.find(({ kind }) => kind === "fault");
  const healed = run.marks.find(({ kind }) => kind === "healed");
  if (fault === undefined) return html``;
  const toMs = healed?.atMs ?? lengthOf(run.timeline);
  const from = x(fault.atMs);
  const wide = round(Math.max(1, x(toMs) - from));
  const calmFrom = Math.max(left, x(fault.atMs - run.calmMs));
  return html`<rect
      class="calm"
      x="${calmFrom}"
      y="${top - 8}"
      width="${round(from - calmFrom)}"
      height="${rowsHeight + 8}"
    />
    <rect class="fault" x="${from}" y="${top - 8}" width="${wide}" height="${rowsHeight + 8}" />
    <text class="zone" x="${calmFrom + 4}" y="${top - 15}">calm</text>
    ${[fault, ...(healed === undefined ? [] : [healed])].map((mark) => flag(mark, x, rowsHeight))}`;
}

function flag({ atMs, kind }: Mark, x: Bars["x"], rowsHeight: number): Markup {
  const at = x(atMs);
  return html`<line class="mark" x1="${at}" x2="${at}" y1="${top - 12}" y2="${top + rowsHeight}" />
    <text class="zone" x="${at + 4}" y="${top - 15}">${kind}</text>`;
}

function note({ atMs, text }: Mark, x: Bars["x"], rowsHeight: number): Markup {
  const at = x(atMs);
  return html`<line class="mark" x1="${at}" x2="${at}" y1="${top - 8}" y2="${top + rowsHeight}">
    <title>${text}</title>
  </line>`;
}

function axis(lengthMs: number, x: Bars["x"], y: number): Markup {
  const stepMs = tickSteps.find((step) => lengthMs / step <= ticksMax) ?? 60_000;
  const ticks: Markup[] = [];
  for (let atMs = 0; atMs <= lengthMs; atMs += stepMs) {
    ticks.push(html`<text class="tick" x="${x(atMs)}" y="${y + 14}">${atMs / 1000} s</text>`);
  }
  return html`${ticks}`;
}

const ticksMax = 14;
const tickSteps = [500, 1000, 2000, 5000, 10_000, 20_000];

function inWords({ number, what, shards }: RunReport): string {
  const gaps = shards.map(({ shard, gapMs }) => `shard ${shard} ${duration(gapMs)}`).join(", ");
  return `Acknowledgements over time in run ${number}: ${what}. Longest gaps: ${gaps}.`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
