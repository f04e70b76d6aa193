/**
 * Goal: whoever reads the logs on and on tells the same spans as whoever rebuilds one trace, in
 * whichever order the logs are read, and goes on where it stopped without leaving any out.
 */
import { describe, expect, it } from "vitest";
import { Random } from "../../actors/testing/random.ts";
import { tradeOut } from "../../actors/testing/trading-day.ts";
import { hopOf } from "./act.ts";
import type { RecordedStep } from "./act.ts";
import type { OrderTrace } from "./order-trace.ts";
import type { StreamPosition, StreamedSpan } from "./trace-stream.ts";
import { TraceStream } from "./trace-stream.ts";
import { clientTrace, notingGateways } from "./testing/noting-gateways.ts";
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

interface Reading {
  readonly random: Random;
  readonly steps: number;
  readonly before?: StreamPosition;
  readonly perMille?: number;
}

/** Reads the logs on, whichever next, and stops at some moment or at their ends. */
function read(
  records: Records,
  { random, steps, before, perMille }: Reading,
): { told: readonly StreamedSpan[]; position: StreamPosition } {
  const stream = new TraceStream("test", before, perMille);
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

  const spansOf = (perMille: number, seed: number): readonly StreamedSpan[] =>
    read(records, { random: new Random(seed), steps: Infinity, perMille }).told;

  it("are all told at 1000 per mille, and none at 0", () => {
    expect(differing(spansOf(1000, 4).map(keyOf), all)).toEqual([]);
    expect(spansOf(0, 4)).toEqual([]);
  });

  it("are those of whole traces at 250 per mille, chosen by the ids of these alone", () => {
    const told = spansOf(250, 5);
    // A quarter of all numbers of eight digits begin with one of these four.
    const isQuarter = ({ traceId }: OrderTrace): boolean => /^.{24}[0-3].{7}$/.test(traceId);
    const chosen = [...traces.values()].filter(isQuarter);
    const theirs = chosen.flatMap(({ traceId, spans }) =>
      spans.map((span) => keyOf({ traceId, span })),
    );
    expect(differing(told.map(keyOf), theirs)).toEqual([]);
    expect(told).toHaveLength(theirs.length);
    expect(chosen.length / traces.size).toBeGreaterThan(0.2);
    expect(chosen.length / traces.size).toBeLessThan(0.3);
  });

  it("are the same at 250 per mille whoever tells them, and among those of whoever tells more", () => {
    const told = spansOf(250, 6).map(keyOf);
    expect(differing(told, spansOf(250, 7).map(keyOf))).toEqual([]);
    const more = new Set(spansOf(251, 8).map(keyOf));
    expect(told.filter((key) => !more.has(key))).toEqual([]);
    const random = new Random(9);
    const half = read(records, { random, steps: records.flat().length / 2, perMille: 250 });
    const rest = { random, steps: Infinity, before: half.position, perMille: 250 };
    const goneOn = [...half.told, ...read(records, rest).told];
    expect(differing(goneOn.map(keyOf), told)).toEqual([]);
  });

  it("at 250 per mille are linked with spans that are told, or with traces that are not", () => {
    const told = spansOf(250, 10);
    const spanIds = new Set(told.map(({ traceId, span }) => `${traceId}/${span.spanId}`));
    const traceIds = new Set(told.map(({ traceId }) => traceId));
    const links = told.flatMap(({ span }) => span.links);
    const within = links.filter(({ traceId }) => traceIds.has(traceId));
    expect(within.length).toBeGreaterThan(10);
    expect(within.filter(({ traceId, spanId }) => !spanIds.has(`${traceId}/${spanId}`))).toEqual(
      [],
    );
    const outside = links.filter(({ traceId }) => !traceIds.has(traceId));
    expect(outside.length).toBeGreaterThan(within.length);
    const isQuarter = /^.{24}[0-3]/;
    const ours = outside.filter(({ traceId }) => traceId !== clientTrace);
    expect(ours.filter(({ traceId }) => isQuarter.test(traceId))).toEqual([]);
  });
});
