/**
 * Goal: whoever reads the logs on and on tells the same spans as whoever rebuilds one trace, in
 * whichever order the logs are read, and goes on where it stopped without leaving any out.
 */
import { describe, expect, it } from "vitest";
import { Random } from "../../actors/testing/random.ts";
import { tradeOut } from "../../actors/testing/trading-day.ts";
import { hopOf } from "./act.ts";
import type { RecordedStep } from "./act.ts";
import type { StreamPosition, StreamedSpan } from "./trace-stream.ts";
import { TraceStream } from "./trace-stream.ts";
import { notingGateways } from "./testing/noting-gateways.ts";
import { recordsOf, tracesOf } from "./testing/venue-traces.ts";

const days = [
  { name: "in one shard", seed: 11, shards: 1, moves: 800, deliveryPercent: 0 },
  { name: "in three shards", seed: 12, shards: 3, moves: 1500, deliveryPercent: 60 },
  {
    ...{ name: "while actors move and shards are added", seed: 13, shards: 2, shardsAtEnd: 4 },
    ...{ moves: 2000, deliveryPercent: 60, relocationPercent: 5 },
  },
];

type Records = readonly (readonly RecordedStep[])[];

const keyOf = ({ traceId, span }: StreamedSpan): string => JSON.stringify([traceId, span]);

/** What only one of them has; few enough to be read. */
function differing(some: readonly string[], others: readonly string[]): readonly string[] {
  return [...new Set(some).symmetricDifference(new Set(others))].slice(0, 4);
}

/** Reads the logs on, whichever next, and stops at some moment or at their ends. */
function read(
  records: Records,
  { random, steps, before }: { random: Random; steps: number; before?: StreamPosition },
): { told: readonly StreamedSpan[]; position: StreamPosition } {
  const stream = new TraceStream("test", before);
  const next = records.map((_, shard) => before?.from[shard] ?? 1);
  const told: StreamedSpan[] = [];
  for (let step = 0; step < steps; step++) {
    const behind = [...records.keys()].filter((shard) => next[shard]! <= records[shard]!.length);
    if (behind.length === 0) break;
    const shard = random.pick(behind);
    told.push(...stream.add(records[shard]![next[shard]! - 1]!));
    next[shard]! += 1;
  }
  return { told, position: stream.position(next.map((at) => at - 1)) };
}

describe.each(days)("the spans of a day $name", (day) => {
  const venue = tradeOut({ ...day, notesOn: notingGateways(day.seed) });
  const records = recordsOf(venue);
  const traces = tracesOf(records);
  const all = [...traces.values()].flatMap(({ traceId, spans }) =>
    spans.map((span) => keyOf({ traceId, span })),
  );

  it("come of messages whose both sides are told of", () => {
    const sent = records.flat().flatMap(({ departures }) => departures.map(({ hop }) => hop));
    const acts = records.flat().flatMap((step) => step.acts);
    const came = acts.flatMap(({ deed }) => hopOf(deed) ?? []);
    expect(came.toSorted()).toEqual(sent.toSorted());
  });

  it.each([1, 2, 3])("are those of the traces, each told once (order %i)", (seed) => {
    const { told } = read(records, { random: new Random(seed), steps: Infinity });
    expect(differing(told.map(keyOf), all)).toEqual([]);
    expect(told).toHaveLength(all.length);
  });

  it.each([1, 2, 3, 4, 5])("are all told by whoever stops and goes on (stops %i)", (seed) => {
    const random = new Random(seed);
    const told = new Set<string>();
    let position: StreamPosition | undefined;
    for (let stop = 0; stop < 9; stop++) {
      const steps = stop === 8 ? Infinity : random.below(Math.ceil(records.flat().length / 4));
      const part = read(records, { random, steps, ...(position && { before: position }) });
      for (const each of part.told) told.add(keyOf(each));
      ({ position } = part);
    }
    expect(position?.waiting).toEqual([]);
    expect(differing([...told], all)).toEqual([]);
  });
});
