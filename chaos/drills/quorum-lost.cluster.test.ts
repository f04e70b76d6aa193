/**
 * Goal: a cluster that lost two of three nats-servers for good is repaired by the command an
 * operator has, with nothing acknowledged lost; and of a survivor that lags the same command says
 * by how much, and makes nothing of it.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { freePortBase } from "../../ops/supervisor/testing/command-line.ts";
import { isRepaired, QuorumLostDrill } from "./quorum-lost-drill.ts";
import type { QuorumLostResult } from "./quorum-lost-drill.ts";

let result: QuorumLostResult;

beforeAll(async () => {
  result = await new QuorumLostDrill({
    ...{ shards: 3, portBase: await freePortBase(3), seed: 4711, rate: 120, tradeMs: 1500 },
    // Else the last of them may be with the two that died.
    isUnderLoad: false,
    say: () => undefined,
  }).run();
});

describe("a cluster of which one nats-server is left", () => {
  it("lacks what another node had applied, to the entry, and is not repaired unasked", () => {
    const { error } = result.ofLaggard;
    expect(error?.name).toBe("loss-not-accepted");
    for (const { shard, last, missing } of error?.shards ?? []) {
      expect(missing).toBeGreaterThan(0);
      expect(last + missing).toBe(result.heads[shard]);
    }
    expect(error?.shards).toHaveLength(3);
  });

  it("is repaired to its last entry when it has all that any node had applied", () => {
    for (const { shard, confirmedTo, missing, restoredTo } of result.ofSurvivor.shards ?? []) {
      expect(missing).toBe(0);
      expect(confirmedTo).toBe(result.heads[shard]);
      expect(restoredTo).toBe(result.heads[shard]);
    }
    expect(result.ofSurvivor.shards).toHaveLength(3);
  });

  it("trades on, and keeps every promise made before and after", () => {
    expect(result.acknowledged.before).toBeGreaterThan(100);
    expect(result.acknowledged.after).toBeGreaterThan(50);
    expect(result.violations).toEqual([]);
    expect(isRepaired(result)).toBe(true);
  });
});
