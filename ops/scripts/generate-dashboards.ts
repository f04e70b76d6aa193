/**
 * Writes `ops/telemetry/dashboards/*.json`, as Grafana reads them, from the dashboards' panels. A
 * test fails while one is stale.
 *
 *   node ops/scripts/generate-dashboards.ts
 */
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { dashboards } from "./dashboard-panels.ts";
import type { Dashboard, Panel } from "./dashboard-panels.ts";

export const dashboardsFolder = new URL("../telemetry/dashboards/", import.meta.url);

const datasource = { type: "prometheus", uid: "${datasource}" };
/** Grafana's grid is 24 wide. */
const size = { width: 12, height: 8, columns: 2 };

/** By file name. */
export async function generateDashboards(): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const dashboard of dashboards) {
    const json = JSON.stringify(fileOf(dashboard));
    files.set(`${dashboard.uid}.json`, await format(json, { parser: "json", printWidth: 100 }));
  }
  return files;
}

function fileOf({ uid, title, rows }: Dashboard) {
  return {
    uid,
    title,
    tags: ["outcry"],
    editable: true,
    schemaVersion: 39,
    version: 1,
    refresh: "10s",
    time: { from: "now-30m", to: "now" },
    timezone: "browser",
    graphTooltip: 1,
    templating: {
      list: [{ name: "datasource", type: "datasource", query: "prometheus", label: "Prometheus" }],
    },
    annotations: {
      list: [
        {
          name: "Emitter changed",
          enable: true,
          iconColor: "orange",
          datasource,
          expr: "max by (shard) (changes(outcry_emitter_epoch[30s])) > 0",
          titleFormat: "emitter of shard {{shard}} changed",
        },
      ],
    },
    panels: panelsOf(rows),
  };
}

function panelsOf(rows: Dashboard["rows"]): object[] {
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    const gridPos = { x: 0, y, w: size.width * size.columns, h: 1 };
    panels.push({ id: panels.length + 1, type: "row", title: row.title, gridPos, panels: [] });
    y += 1;
    for (const [index, panel] of row.panels.entries()) {
      const x = (index % size.columns) * size.width;
      const line = Math.floor(index / size.columns) * size.height;
      const place = { x, y: y + line, w: size.width, h: size.height };
      panels.push(panelOf(panel, panels.length + 1, place));
    }
    y += Math.ceil(row.panels.length / size.columns) * size.height;
  }
  return panels;
}

function panelOf(
  { title, about, kind = "timeseries", unit, queries }: Panel,
  id: number,
  at: object,
) {
  return {
    id,
    type: kind,
    title,
    description: about,
    datasource,
    gridPos: at,
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode("A".charCodeAt(0) + index),
      datasource,
      expr,
      legendFormat: legend,
      ...(kind === "table" && { format: "table", instant: true }),
    })),
    fieldConfig: { defaults: { unit, ...(kind === "timeseries" && { min: 0 }) }, overrides: [] },
    options: kind === "timeseries" ? timeSeriesOptions : {},
  };
}

const timeSeriesOptions = {
  legend: { displayMode: "table", placement: "bottom", calcs: ["lastNotNull", "max"] },
  tooltip: { mode: "multi", sort: "desc" },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await mkdir(dashboardsFolder, { recursive: true });
  for (const [name, text] of await generateDashboards()) {
    await writeFile(new URL(name, dashboardsFolder), text);
  }
}
