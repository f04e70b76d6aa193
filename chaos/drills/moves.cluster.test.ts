/**
 * Goal: accounts and books move from shard to shard under load, an emitter is killed meanwhile, and
 * no promise is broken: every order that was acknowledged is in the logs once, every
 * fill is on both sides, no money is lost, and shards rebuilt from their logs equal the live ones.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { freePortBase } from "../../ops/supervisor/testing/command-line.ts";
import { movingActors } from "../nemeses/moving-actors.ts";
import type { DrillReport } from "./drill-report.ts";
import { runDrill } from "./drill-session.ts";

const shards = 3;
let report: DrillReport;

beforeAll(async () => {
  report = await runDrill({
    drill: {
      name: "moving-actors",
      story: "an emitter is killed while accounts and books move",
      nemesis: movingActors(),
      holdMs: 3000,
      settleMs: 1500,
      recoveryMsMax: 60_000,
      aim: { kind: "gap", p99Ms: 10_000 },
    },
    runs: 1,
    seed: 4711,
    shards,
    rate: 120,
    warmUpMs: 1000,
    isUndisturbed: false,
    portBase: await freePortBase(3),
    signal: new AbortController().signal,
    say: (line) => void said.push(line),
  });
});
const said: string[] = [];

describe("while accounts and books move and an emitter is killed", () => {
  it("no promise is broken", () => {
    expect(report.runs.flatMap(({ violations }) => violations)).toEqual([]);
    expect(report.violations).toBe(0);
  });

  it("many moved, and the cluster was whole again", () => {
    for (const { recoveryMs, what } of report.runs) {
      expect(what).toMatch(/^killed e\d, which emits .*, while accounts and books moved$/);
      expect(recoveryMs).not.toBeNull();
    }
  });

  it("clients of every shard went on and traded", () => {
    for (const { commands, fills } of report.runs) {
      expect(commands.done).toBeGreaterThan(100);
      expect(fills).toBeGreaterThan(20);
    }
  });

  it("no client was told that its account lives elsewhere", () => {
    expect(JSON.stringify(report)).not.toContain("actor-elsewhere");
  });
});
