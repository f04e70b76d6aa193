/**
 * A drill's report as one page of HTML that needs nothing else: no script, no other file, readable
 * in light and dark, by eye and by ear. A pure function of the report.
 */
import type { Percentiles } from "../../ops/bench/percentiles.ts";
import { duration } from "../drills/aim-verdict.ts";
import type { DrillReport, RunReport, ShardHashes } from "../drills/drill-report.ts";
import type { PromiseName } from "../history/check-history.ts";
import { promises } from "../history/check-history.ts";
import { stolenInWords } from "../drills/report-text.ts";
import { gapChart } from "./gap-chart.ts";
import { html, Markup } from "./markup.ts";
import { reportStyle } from "./report-style.ts";
import { runTimeline } from "./run-timeline.ts";

export function renderReportPage(report: DrillReport): string {
  const { drill } = report;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Drill ${drill.name}: ${verdictInWords(report)}</title>
        <style>
          ${new Markup(reportStyle)}
        </style>
      </head>
      <body>
        <main>
          ${heading(report)} ${tiles(report)} ${worstRun(report)} ${gaps(report)}
          ${percentiles(report)} ${promisesTable(report)} ${runsTable(report)} ${otherRuns(report)}
          ${hashes(report)} ${conditions(report)}
        </main>
      </body>
    </html>`;
  return `${page.html.replace(/^ +/gm, "")}\n`;
}

function verdictInWords({ violations, aim }: DrillReport): string {
  if (violations > 0) return brokenInWords(violations);
  return aim.isMet ? "every promise kept, aim met" : "every promise kept, aim missed";
}

function brokenInWords(count: number): string {
  return count === 1 ? "A promise broken" : `Promises broken ${count} times`;
}

function heading(report: DrillReport): Markup {
  const { drill, violations, aim, runs } = report;
  const kept = violations === 0;
  const keptInWords = kept ? "Every promise kept" : brokenInWords(violations);
  return html`<header>
    <p class="kind">Outcry drill</p>
    <h1>${drill.name}</h1>
    <p class="story">
      ${capital(drill.story)}. ${runs.length === 1 ? "One run" : `${runs.length} runs`}.
    </p>
    <p class="verdicts">
      ${badge(kept ? "good" : "bad", keptInWords)}
      ${badge(aim.isMet ? "good" : "fair", aim.isMet ? "Aim met" : "Aim missed")}
    </p>
    <ul class="aims">
      ${aim.parts.map(({ text, isMet }) => html`<li>${isMet ? "met" : "missed"}: ${text}</li>`)}
    </ul>
  </header>`;
}

const signs = { good: "✓", fair: "△", bad: "✗" } as const;

function badge(kind: keyof typeof signs, text: string): Markup {
  return html`<span class="badge ${kind}"
    ><span aria-hidden="true">${signs[kind]}</span> ${text}</span
  >`;
}

function tiles({ gapMs, calmGapMs, ackCalmMs, ackFaultedMs, runs }: DrillReport): Markup {
  const told = runs.reduce((sum, { commands }) => sum + commands.done + commands.refused, 0);
  const unknown = runs.reduce((sum, { commands }) => sum + commands.unknown + commands.notDone, 0);
  const tile = (value: string, what: string, more: string): Markup =>
    html`<div class="tile">
      <p class="value">${value}</p>
      <p class="what">${what}</p>
      <p class="more">${more}</p>
    </div>`;
  return html`<section class="tiles" aria-label="Key figures">
    ${tile(duration(gapMs.p50), "longest gap, p50", `calm ${duration(calmGapMs.p50)}`)}
    ${tile(duration(gapMs.p99), "longest gap, p99", `calm ${duration(calmGapMs.p99)}`)}
    ${tile(duration(ackFaultedMs.p99), "answers, p99", `calm ${duration(ackCalmMs.p99)}`)}
    ${tile(count(told), "commands answered", `${count(unknown)} without an answer`)}
  </section>`;
}

function worstRun({ runs }: DrillReport): Markup {
  const worst = runs.toSorted((a, b) => b.gapMs - a.gapMs)[0];
  if (worst === undefined) return html``;
  const which = runs.length === 1 ? "The run" : `The longest gap: run ${worst.number}`;
  return html`<section>
    <h2>${which}</h2>
    <p>
      ${capital(worst.what)}. Each bar counts the acknowledgements of ${worst.timeline.stepMs} ms;
      the bracket below a row is the longest time that one client waited.
    </p>
    <figure>${runTimeline(worst)}</figure>
    <ol class="marks">
      ${worst.marks.map(({ atMs, text }) => html`<li>${(atMs / 1000).toFixed(2)} s: ${text}</li>`)}
    </ol>
  </section>`;
}

function gaps(report: DrillReport): Markup {
  if (report.runs.length < 2) return html``;
  return html`<section>
    <h2>The longest gap of every run</h2>
    <p>Aim: ${report.drill.aim}. A dot is a run; before the fault, and from the fault on.</p>
    <figure>${gapChart(report)}</figure>
  </section>`;
}

function percentiles(report: DrillReport): Markup {
  const row = (what: string, values: Percentiles): Markup =>
    html`<tr>
      <th scope="row">${what}</th>
      ${[values.p50, values.p99, values.p999, values.max].map(
        (value) => html`<td>${duration(value)}</td>`,
      )}
      <td>${count(values.count)}</td>
    </tr>`;
  return html`<section>
    <h2>Percentiles</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">p50</th>
            <th scope="col">p99</th>
            <th scope="col">p99.9</th>
            <th scope="col">max</th>
            <th scope="col">of</th>
          </tr>
        </thead>
        <tbody>
          ${row("longest gap of a run", report.gapMs)} ${row("longest gap, calm", report.calmGapMs)}
          ${report.quietGapMs === null ? html`` : row("longest gap, quiet runs", report.quietGapMs)}
          ${report.untouchedGapMs === null ? html`` : row("longest gap, other shards", report.untouchedGapMs)}
          ${row("answer to a command", report.ackFaultedMs)}
          ${row("answer to a command, calm", report.ackCalmMs)}
        </tbody>
      </table>
    </div>
  </section>`;
}

function promisesTable({ runs }: DrillReport): Markup {
  const found = runs.flatMap((run) =>
    run.violations.map((violation) => ({ ...violation, run: run.number })),
  );
  const rows = Object.entries(promises).map(([name, meaning]) => {
    const broken = found.filter(({ promise }) => promise === (name as PromiseName));
    const verdict =
      broken.length === 0 ? badge("good", "kept") : badge("bad", `broken ${broken.length} ×`);
    return html`<tr>
      <th scope="row">${capital(meaning)}</th>
      <td>${verdict}</td>
    </tr>`;
  });
  const list = found.slice(0, violationsShown);
  return html`<section>
    <h2>Promises</h2>
    <div class="scroll">
      <table class="promises">
        <thead>
          <tr>
            <th scope="col">Promise</th>
            <th scope="col">In all runs</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    ${list.length === 0 ? html`` : html`<h3>What was wrong</h3>`}
    ${list.map(({ run, text }) => html`<p class="wrong">Run ${run}: ${text}</p>`)}
  </section>`;
}

const violationsShown = 200;

function runsTable({ runs }: DrillReport): Markup {
  const headings = [
    "Run",
    "What was done",
    "Gap",
    "Calm",
    "Others",
    "Whole after",
    "Answered",
    "Not done",
    "Unknown",
    "Fills",
    "Wrong",
    "Stolen",
  ];
  return html`<section>
    <h2>Runs</h2>
    <p>
      Stolen is what other machines on the host took of the processors' time: while they do, nothing
      runs here, and a gap tells of the host.
    </p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            ${headings.map((heading) => html`<th scope="col">${heading}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${runs.map(runRow)}
        </tbody>
      </table>
    </div>
  </section>`;
}

function runRow(run: RunReport): Markup {
  const { commands } = run;
  const others = run.untouchedGapMs === null ? "–" : duration(run.untouchedGapMs);
  const whole = run.recoveryMs === null ? "not in time" : duration(run.recoveryMs);
  const waited = run.waitedFor.join("; ");
  const cells = [
    ...[run.gapMs, run.calmGapMs].map(duration),
    ...[others, whole, count(commands.done + commands.refused)],
    ...[commands.notDone, commands.unknown, run.fills, run.violations.length].map(count),
    run.stolenPercent === null ? "–" : `${run.stolenPercent.toFixed(1)} %`,
  ];
  return html`<tr>
    <th scope="row">${run.number}</th>
    <td class="text">
      ${run.what}${waited === "" ? html`` : html`<br /><small>whole last: ${waited}</small>`}
    </td>
    ${cells.map((cell) => html`<td>${cell}</td>`)}
  </tr>`;
}

function otherRuns({ runs }: DrillReport): Markup {
  const others = runs.toSorted((a, b) => b.gapMs - a.gapMs).slice(1, 1 + timelinesMax);
  if (others.length === 0) return html``;
  const left = runs.length - 1 - others.length;
  const which = left > 0 ? `The next ${others.length} runs by their gaps` : "The other runs";
  return html`<section>
    <h2>${which}</h2>
    ${others.map(
      (run) =>
        html`<details>
          <summary>Run ${run.number}: ${run.what}, gap ${duration(run.gapMs)}</summary>
          <figure>${runTimeline(run)}</figure>
        </details>`,
    )}
  </section>`;
}

const timelinesMax = 24;

function hashes({ runs }: DrillReport): Markup {
  const [first, last] = [runs[0], runs.at(-1)];
  if (first === undefined || last === undefined) return html``;
  const rows = last.hashes.map((after) => {
    const before = first.hashes.find(({ shard }) => shard === after.shard) ?? after;
    return hashRows(before, after);
  });
  return html`<section>
    <h2>Hashes before and after</h2>
    <p>
      Of a rebuild from the log alone. After each run every replica of every shard had to have the
      same.
    </p>
    <div class="scroll">
      <table class="hashes">
        <thead>
          <tr>
            <th scope="col">Shard</th>
            <th scope="col">When</th>
            <th scope="col">Sequence</th>
            <th scope="col">Entries</th>
            <th scope="col">Outputs</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </section>`;
}

function hashRows({ shard, before }: ShardHashes, { after }: ShardHashes): Markup {
  const row = (when: string, at: ShardHashes["before"]): Markup =>
    html`<tr>
      <th scope="row">${shard}</th>
      <td>${when}</td>
      <td>${count(at.sequence)}</td>
      ${[at.entries, at.outputs, at.state].map(
        (hash) => html`<td><code title="${hash}">${hash.slice(0, 16)}</code></td>`,
      )}
    </tr>`;
  return html`${row("before", before)}${row("after", after)}`;
}

function conditions(report: DrillReport): Markup {
  const { drill, seed, shards, rate, clients, runs, versions, machine, startedAt } = report;
  const facts = [
    [
      "Again",
      `./outcry drill ${drill.name} --runs ${runs.length} --seed ${seed} --shards ${shards} --rate ${rate}${machine.isUndisturbed ? " --undisturbed" : ""}`,
    ],
    ["Seed", String(seed)],
    ["Load", `${rate} commands a second by ${clients} clients, on ${shards} shards`],
    ["Started", startedAt],
    [
      "Versions",
      `Outcry ${versions.outcry}, Node ${versions.node}, nats-server ${versions.natsServer}`,
    ],
    [
      "Machine",
      `${machine.processors} processors, ${machine.system}; every process of the cluster and the load on it`,
    ],
    ["Stolen", `${stolenInWords(machine)} of the processors' time, by other machines on the host`],
  ] as const;
  return html`<section>
    <h2>Conditions</h2>
    <dl>
      ${facts.map(
        ([what, fact]) =>
          html`<dt>${what}</dt>
            <dd>${fact}</dd>`,
      )}
    </dl>
    <p class="note">
      A gap is the longest time in which one client, which goes on asking, got no acknowledgement; a
      refusal by the log is one. Times are the clients' own, by a clock that never goes back. The
      calm time before the fault is as long as the faulted one where the run allows it.
    </p>
  </section>`;
}

function count(value: number): string {
  return value.toLocaleString("en-GB");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
