/** Goal: a run's figures are those of its history. One client a shard, an order every 10 ms. */
import { describe, expect, it } from "vitest";
import type { Operation } from "../history/operation.ts";
import type { RunSeen } from "./run-report.ts";
import { figuresOf, intervalsOf, samplesOf } from "./run-report.ts";

const times = {
  startedAtMs: 0,
  calmFromMs: 100,
  faultAtMs: 500,
  healingAtMs: 600,
  endedAtMs: 800,
};

function operation(shard: number, invokedAtMs: number, completedAtMs: number): Operation {
  return {
    kind: "place",
    account: `client-${shard}`,
    clientOrderId: `${shard}-${invokedAtMs}`,
    revision: 0,
    shards: [shard],
    invokedAtMs,
    completedAtMs,
    outcome: { kind: "refused", reason: "funds-insufficient", isOfLog: true },
  };
}

/** Answered after 4 ms; in shard 0 nothing between 505 and 650 ms. */
function seen(): RunSeen {
  const operations = [0, 1].flatMap((shard) =>
    Array.from({ length: 80 }, (_, index) => {
      const invokedAtMs = index * 10;
      const isStalled = shard === 0 && invokedAtMs > 500 && invokedAtMs < 646;
      return operation(shard, invokedAtMs, isStalled ? 650 : invokedAtMs + 4);
    }),
  );
  return { times, operations, shards: 2, aimedAt: [0], untouched: [1] };
}

describe("the figures of a run", () => {
  it("tell the gap of the shard that the fault is about, and where it lies", () => {
    const figures = figuresOf(seen());
    expect(figures.gapMs).toBe(146);
    expect(figures.shards[0]).toEqual({
      shard: 0,
      gapMs: 146,
      gapFromMs: 504,
      calmGapMs: 10,
      isAimedAt: true,
    });
  });

  it("tell the other shards' gap apart", () => {
    expect(figuresOf(seen()).untouchedGapMs).toBe(10);
    expect(figuresOf({ ...seen(), untouched: [] }).untouchedGapMs).toBeNull();
  });

  it("compare with a calm time of the same length", () => {
    expect(intervalsOf(times)).toEqual({
      calm: { fromMs: 200, toMs: 500 },
      faulted: { fromMs: 500, toMs: 800, isOpen: true },
    });
    expect(intervalsOf({ ...times, endedAtMs: 2000 }).calm).toEqual({ fromMs: 100, toMs: 500 });
  });

  it("tell how long answers took, of the clients concerned", () => {
    const figures = figuresOf(seen());
    expect(figures.ackCalmMs).toMatchObject({ p50: 4, max: 4, count: 30 });
    expect(figures.ackFaultedMs.max).toBe(140);
  });

  it("tell how long after the fault's end every shard was answered again", () => {
    expect(figuresOf(seen()).backMs).toBe(50);
    const mute = { ...seen(), operations: seen().operations.filter(({ shards }) => shards[0]) };
    expect(figuresOf(mute).backMs).toBe(Infinity);
  });

  it("count acknowledgements in equal steps, by shard", () => {
    const { stepMs, shards } = figuresOf(seen()).timeline;
    expect(stepMs).toBe(50);
    expect(shards[1]?.counts).toEqual(Array.from({ length: 16 }, () => 5));
    expect(shards[0]?.counts.slice(10, 14)).toEqual([1, 0, 0, 19]);
  });

  it("take what was never acknowledged for endless, of every client", () => {
    const { operations } = seen();
    const unknown = { ...operations.at(-1)!, outcome: { kind: "unknown" } as const };
    const samples = samplesOf({ ...seen(), operations: [...operations.slice(0, -1), unknown] });
    expect(samples.faultedMs).toHaveLength(60);
    expect(samples.faultedMs.filter((ms) => ms === Infinity)).toHaveLength(1);
  });
});
