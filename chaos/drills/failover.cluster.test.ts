/**
 * Goal: the failover drill itself, short, on every change: a seeded market through three real
 * servers and three engine nodes on three shards, each kind of process killed once.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeSyntheticMarket } from "../../ops/lobster/testing/synthetic-market.ts";
import { ThrowawayCluster } from "../../ops/supervisor/throwaway-cluster.ts";
import { freePortBase } from "../../ops/supervisor/testing/command-line.ts";
import { allVictims, FailoverDrill } from "./failover-drill.ts";
import type { DrillResult } from "./failover-drill.ts";

/** More than the kills need: on a busy machine processes take their time to come back. */
const rows = 800;
let folder: string;
let cluster: ThrowawayCluster;
let result: DrillResult;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "outcry-drill-"));
  const paths = await writeSyntheticMarket(folder, { seed: 4711, rows, depth: 12 });
  cluster = await ThrowawayCluster.start({ shards: 3, portBase: await freePortBase(3) });
  result = await new FailoverDrill({
    cluster,
    paths,
    symbol: "MSFT",
    levels: 10,
    victims: allVictims,
    rowsPerKill: 50,
    rowsPerSecond: 30,
    say: () => undefined,
  }).run();
});

afterAll(async () => {
  await cluster.close();
  await rm(folder, { recursive: true, force: true });
});

describe("while one process after the other is killed", () => {
  it("every kind of process was killed and came back", () => {
    expect(result.kills.map(({ victim }) => victim)).toEqual(allVictims);
  });

  it("the public book equals the recorded one after every message", () => {
    expect(result.run.fault).toBeNull();
    expect(result.run.firstDifference).toBeNull();
    expect(result.run.matched).toBe(result.run.rows);
  });

  it("no order is lost and none is doubled", () => {
    expect(result.run.resting?.firstDifference).toBeNull();
  });

  it("all replicas end with the hashes of a rebuild from the log", () => {
    expect(result.verification).not.toContain("DIFFER");
    expect(result.isVerified).toBe(true);
  });
});
