/**
 * Renders the chart with its own values into `kubernetes.yaml`, which says which chart it is of:
 * tests hold that file to the schemas, and to the chart where it has changed since.
 *
 *   npm run chart
 *
 * With helm: `$HELM`, or one on the PATH.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findOnPath } from "../setup/command.mjs";

const chart = fileURLToPath(new URL("./helm/outcry", import.meta.url));

/** What the chart is rendered into. */
export const renderedFile = fileURLToPath(new URL("./kubernetes.yaml", import.meta.url));

/** Changes with any file of the chart. */
export function chartHash(): string {
  const hash = createHash("sha256");
  const entries = readdirSync(chart, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  for (const path of files.map(({ parentPath, name }) => join(parentPath, name)).sort()) {
    hash.update(`${path.slice(chart.length)}\n`).update(readFileSync(path));
  }
  return hash.digest("hex").slice(0, 16);
}

/** Helm's path, where there is one. */
export function findHelm(): string | undefined {
  return process.env["HELM"] ?? findOnPath("helm", process.env);
}

/** @param flags for helm, such as `--set` and what to set */
export function renderChart(helm: string, ...flags: readonly string[]): string {
  const args = ["template", "outcry", chart, "--namespace", "outcry", ...flags];
  const text = execFileSync(helm, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const header = `# Rendered by npm run chart from helm/outcry as of ${chartHash()}: not edited by hand.\n`;
  return `${header}${text.replaceAll(/[ \t]+$/gm, "")}`;
}

if (import.meta.main) {
  const helm = findHelm();
  if (helm === undefined) {
    process.stderr.write("there is no helm on the PATH, and HELM names none\n");
    process.exit(1);
  }
  writeFileSync(renderedFile, renderChart(helm));
}
