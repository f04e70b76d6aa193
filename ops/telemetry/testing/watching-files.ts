/** The files that Prometheus and Grafana are given, and every expression in them. */
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const folder = fileURLToPath(new URL("../", import.meta.url));

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly AlertRule[] }[];
}

export interface DashboardFile {
  readonly uid: string;
  readonly title: string;
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly type: string;
    readonly description?: string;
    readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
}

export function readAlerts(): RuleFile {
  return parse(readFileSync(`${folder}alerts.yaml`, "utf8")) as RuleFile;
}

export function readDashboards(): readonly DashboardFile[] {
  return globSync("dashboards/*.json", { cwd: folder })
    .sort()
    .map((path) => JSON.parse(readFileSync(`${folder}${path}`, "utf8")) as DashboardFile);
}

export interface Expression {
  /** Which file and what of it. */
  readonly where: string;
  readonly expr: string;
}

export function allExpressions(): readonly Expression[] {
  const rules = readAlerts().groups.flatMap((group) => group.rules);
  return [
    ...rules.map(({ alert, expr }) => ({ where: `alert ${alert}`, expr })),
    ...readDashboards().flatMap(({ uid, panels, annotations }) => [
      ...annotations.list.map(({ expr }) => ({ where: `${uid}: annotation`, expr })),
      ...panels.flatMap(({ title, targets = [] }) =>
        targets.map(({ expr }) => ({ where: `${uid}: ${title}`, expr })),
      ),
    ]),
  ];
}

/** Labels that a text for people fills in. */
export function labelsNamedIn(text: string): readonly string[] {
  const found = text.matchAll(/\{\{\s*(?:\$labels\.)?([a-z_]+)\s*\}\}/g);
  return [...found].map(([, label = ""]) => label);
}
