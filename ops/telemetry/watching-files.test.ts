/**
 * Goal: no alert waits for a metric that nobody exports, and no panel stays empty for a name that
 * was misspelt.
 *
 * Method: every expression is read, and held against the catalogue, what Node's processes say of
 * themselves in a real scrape, and what others export. telemetry.cluster.test.ts holds the same
 * expressions against scrapes of real processes.
 */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../../cluster/testing/eventually.ts";
import { dashboardsFolder, generateDashboards } from "../scripts/generate-dashboards.ts";
import { catalogue } from "./catalogue.ts";
import { Telemetry } from "./telemetry.ts";
import { metricsIn, samplesIn } from "./testing/exposition.ts";
import { foreignMetrics } from "./testing/foreign-metrics.ts";
import { unknownIn, usesOf } from "./testing/promql.ts";
import type { KnownMetrics } from "./testing/promql.ts";
import {
  allExpressions,
  labelsNamedIn,
  readAlerts,
  readDashboards,
} from "./testing/watching-files.ts";

const expressions = allExpressions();
const rules = readAlerts().groups.flatMap((group) => group.rules);
let known: KnownMetrics;
let telemetry: Telemetry;

beforeAll(async () => {
  let url = "";
  telemetry = new Telemetry(
    { name: "e1", kind: "engine", metricsPort: 0 },
    {
      onListening: (at) => (url = at),
      onUnavailable: () => undefined,
      onFault: () => undefined,
    },
  );
  telemetry.started();
  let ofNode = new Map<string, Set<string>>();
  let garbage: unknown[] = [];
  await eventually(
    async () => {
      garbage = Array.from({ length: 100_000 }, (_, index) => ({ index }));
      if (url === "") return false;
      ofNode = metricsIn(samplesIn(await (await fetch(`${url}/metrics`)).text()));
      return ofNode.has("nodejs_gc_duration_seconds_sum");
    },
    { what: () => `garbage is collected (${garbage.length})`, deadlineMs: 60_000 },
  );
  known = new Map([...ofNode, ...ofCatalogue(), ...foreignMetrics]);
});

afterAll(() => telemetry.close());

/** With the names of a histogram's samples, and what all have besides. */
function ofCatalogue(): [string, Set<string>][] {
  return Object.entries(catalogue).flatMap(([name, { type, labels }]) => {
    const all = ["process", "kind", ...labels];
    if (type !== "histogram") return [[name, new Set(all)] as [string, Set<string>]];
    const samples: [string, Set<string>][] = [`${name}_sum`, `${name}_count`].map((each) => {
      return [each, new Set(all)];
    });
    return [...samples, [`${name}_bucket`, new Set([...all, "le"])]];
  });
}

describe("alerts and dashboards", () => {
  it("ask for what is exported and nothing else", () => {
    expect(expressions.length).toBeGreaterThan(80);
    const faults = expressions.flatMap(({ where, expr }) =>
      unknownIn(expr, known).map((fault) => `${where}: ${fault}`),
    );
    expect(faults).toEqual([]);
  });

  it("would be found out: each name, misspelt, is one that nobody exports", () => {
    const names = expressions.flatMap(({ expr }) => usesOf(expr).selectors);
    for (const { metric } of names) expect(known.has(`${metric}x`), metric).toBe(false);
    const [{ expr } = { expr: "" }] = expressions;
    const [{ metric } = { metric: "" }] = usesOf(expr).selectors;
    expect(unknownIn(expr.replaceAll(metric, `${metric}x`), known)).toEqual(
      expect.arrayContaining([`no metric ${metric}x`]),
    );
  });

  it("show every metric of the catalogue somewhere", () => {
    const shown = new Set(
      expressions.flatMap(({ expr }) => usesOf(expr).selectors.map(({ metric }) => metric)),
    );
    const unseen = Object.keys(catalogue).filter((name) => {
      return ![name, `${name}_bucket`, `${name}_sum`].some((each) => shown.has(each));
    });
    // Told for whoever looks closer.
    expect(unseen).toEqual([
      "outcry_process_started",
      "outcry_replica_head_sequence",
      "outcry_replica_commands_applied",
      "outcry_node_drained",
      "outcry_frame_bytes",
      "outcry_gateway_shard_commands_under_way",
      "outcry_gateway_replies_not_allowed_total",
    ]);
  });

  it("ask for rates of what only rises, and of nothing else of ours", () => {
    for (const { where, expr } of expressions) {
      for (const [, name = ""] of expr.matchAll(/\b(?:rate|increase)\((outcry_[a-z_]+)/g)) {
        expect(name, where).toMatch(/_(total|bucket|sum|count)$/);
      }
    }
  });
});

describe("an alert", () => {
  it.each(rules.map((rule) => [rule.alert, rule] as const))("%s says what is wrong", (_, rule) => {
    expect(["critical", "warning"]).toContain(rule.labels["severity"]);
    const { summary = "" } = rule.annotations;
    expect(summary).not.toBe("");
    // What it fills in is there when it fires.
    const { selectors, grouping } = usesOf(rule.expr);
    const kept = /\b(by|on)\b/.test(rule.expr) && !rule.expr.includes("group_right");
    const labels = selectors.flatMap(({ metric }) => [...(known.get(metric) ?? [])]);
    const there = new Set(kept ? grouping : [...labels, "instance", "job"]);
    for (const label of labelsNamedIn(summary)) expect(there, summary).toContain(label);
  });

  it("has a name of its own, and a row in the runbook", () => {
    const names = rules.map(({ alert }) => alert);
    expect(new Set(names).size).toBe(names.length);
    const page = readFileSync(new URL("../../docs/runbook/monitor.md", import.meta.url), "utf8");
    const rows = [...page.matchAll(/^\| `([A-Z]\w+)`/gm)].map(([, name = ""]) => name);
    expect(rows.toSorted()).toEqual(names.toSorted());
  });
});

describe("a dashboard", () => {
  it("is not stale: run ops/scripts/generate-dashboards.ts", async () => {
    for (const [name, text] of await generateDashboards()) {
      expect(readFileSync(new URL(name, dashboardsFolder), "utf8"), name).toBe(text);
    }
  });

  it("has panels with numbers of their own, each with what it shows", () => {
    const dashboards = readDashboards();
    expect(dashboards.map(({ uid }) => uid)).toEqual([
      ...["outcry-cluster", "outcry-exchange", "outcry-failover", "outcry-nats"],
    ]);
    for (const { panels } of dashboards) {
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      for (const { title, type, description = "", targets = [] } of panels) {
        if (type === "row") continue;
        expect(description, title).not.toBe("");
        expect(targets.length, title).toBeGreaterThan(0);
      }
    }
  });

  it("names in its legends what the query leaves", () => {
    for (const { uid, panels } of readDashboards()) {
      for (const { expr, legendFormat } of panels.flatMap(({ targets = [] }) => targets)) {
        const { selectors } = usesOf(expr);
        const labels = new Set(selectors.flatMap(({ metric }) => [...(known.get(metric) ?? [])]));
        for (const label of labelsNamedIn(legendFormat)) {
          expect(labels, `${uid}: ${legendFormat}`).toContain(label);
        }
      }
    }
  });
});
