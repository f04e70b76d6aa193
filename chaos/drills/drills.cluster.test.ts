/**
 * Goal: drills work, and no promise is broken: an emitter killed, a gateway killed, and the machine
 * that leads a log cut off, on a cluster with proxies between all parties. Aims of speed are not
 * asked for here: the machine may be busy.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { freePortBase } from "../../ops/supervisor/testing/command-line.ts";
import { killProcess } from "../nemeses/kill-process.ts";
import { partition } from "../nemeses/partition.ts";
import type { DrillReport } from "./drill-report.ts";
import { runDrill } from "./drill-session.ts";

/** By the shard under attack, which is another one in each run. */
const nemeses = [killProcess("emitter"), killProcess("gateway"), partition("symmetric")];
const shards = nemeses.length;
let report: DrillReport;

beforeAll(async () => {
  report = await runDrill({
    drill: {
      name: "three-faults",
      story: "an emitter, a gateway and a connection fail",
      nemesis: async (target) => {
        const nemesis = nemeses[target.shard] ?? killProcess("emitter");
        return await nemesis(target);
      },
      holdMs: 1500,
      settleMs: 1500,
      recoveryMsMax: 60_000,
      isProxied: true,
      aim: { kind: "gap", p99Ms: 10_000 },
    },
    runs: shards,
    seed: 4711,
    shards,
    rate: 120,
    warmUpMs: 1000,
    isUndisturbed: false,
    portBase: await freePortBase(3),
    signal: new AbortController().signal,
    say: () => undefined,
  });
});

describe("while an emitter is killed, a gateway is killed and a leader is cut off", () => {
  it("no promise is broken", () => {
    expect(report.runs.flatMap(({ violations }) => violations)).toEqual([]);
    expect(report.violations).toBe(0);
  });

  it("every fault was made and got over", () => {
    expect(report.runs.map(({ what }) => what)).toEqual([
      expect.stringMatching(/^killed e\d, which emits shard/),
      expect.stringMatching(/^killed gw-\d, a gateway/),
      expect.stringMatching(/^cut off from the other machines: n\d and e\d/),
    ]);
    for (const { recoveryMs } of report.runs) expect(recoveryMs).not.toBeNull();
  });

  it("clients of every shard went on and traded", () => {
    for (const { commands, fills, gapMs, backMs } of report.runs) {
      expect(commands.done).toBeGreaterThan(100);
      expect(fills).toBeGreaterThan(20);
      expect(gapMs).toBeLessThan(20_000);
      expect(backMs).toBeLessThan(20_000);
    }
  });

  it("the logs grew, and the report has their hashes before and after each run", () => {
    for (const [index, { hashes }] of report.runs.entries()) {
      expect(hashes.map(({ shard }) => shard)).toEqual([0, 1, 2]);
      for (const [shard, { before, after }] of hashes.entries()) {
        expect(after.sequence).toBeGreaterThan(before.sequence);
        expect(after.entries).toMatch(/^[0-9a-f]{64}$/);
        expect(after.outputs).not.toBe(before.outputs);
        if (index === 0) continue;
        expect(before).toEqual(report.runs[index - 1]?.hashes[shard]?.after);
      }
    }
  });
});
