/**
 * Goal: an alert fires when it should, and not when all is well. Method: Prometheus' own tool runs
 * the cases of alerts.test.yaml, wherever there is one: `$PROMTOOL`, or `promtool` on the PATH.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { TestContext } from "vitest";
import { parse } from "yaml";
import { findOnPath } from "../setup/command.mjs";
import { readAlerts } from "./testing/watching-files.ts";

interface Cases {
  readonly tests: readonly {
    readonly name: string;
    readonly alert_rule_test: readonly {
      readonly alertname: string;
      readonly exp_alerts?: readonly unknown[];
    }[];
  }[];
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const promtool = process.env["PROMTOOL"] ?? findOnPath("promtool", process.env);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "outcry-alerts-"));
  for (const name of ["alerts.yaml", "alerts.test.yaml"]) cpSync(here(name), join(folder, name));
  cpSync(here("../deploy/prometheus.yaml"), join(folder, "prometheus.yaml"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("has a case in which it fires, and none in which it does where all is well", () => {
  const { tests } = parse(readFileSync(here("alerts.test.yaml"), "utf8")) as Cases;
  const names = readAlerts().groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
  expect(tests.map(({ name }) => name)).toEqual(["nothing is well", "all is well"]);
  for (const { name, alert_rule_test: cases } of tests) {
    expect(cases.map(({ alertname }) => alertname)).toEqual(names);
    for (const { alertname, exp_alerts: fired = [] } of cases) {
      expect(fired.length > 0, alertname).toBe(name === "nothing is well");
    }
  }
});

it("fires in its case as Prometheus itself sees it, and in no other", ({ skip }) => {
  expect(outcomeOf(skip, "test", "rules", "alerts.test.yaml")).toContain("SUCCESS");
  const text = readFileSync(join(folder, "alerts.yaml"), "utf8");
  const broken = text.replace("outcry_log_available) == 0", "outcry_log_available) == 7");
  expect(broken).not.toBe(text);
  writeFileSync(join(folder, "alerts.yaml"), broken);
  expect(outcomeOf(skip, "test", "rules", "alerts.test.yaml")).toContain("OutcryLogUnavailable");
});

it("is read by Prometheus with the settings that it has beside the Compose file", ({ skip }) => {
  expect(outcomeOf(skip, "check", "config", "prometheus.yaml")).not.toContain("FAILED");
});

function outcomeOf(skip: TestContext["skip"], ...args: readonly string[]): string {
  skip(promtool === undefined, "there is no promtool on the PATH, and PROMTOOL names none");
  const { stdout, stderr } = spawnSync(promtool ?? "", args, { cwd: folder, encoding: "utf8" });
  expect(stdout).not.toBe("");
  return stdout + stderr;
}
