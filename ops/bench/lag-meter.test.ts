import { expect, it } from "vitest";
import { LagMeter } from "./lag-meter.ts";

it("whoever keeps up is not behind", () => {
  const meter = new LagMeter();
  meter.look({ atMs: 0, heads: [5, 7], reached: [5, 7] });
  meter.look({ atMs: 100, heads: [9, 7], reached: [9, 8] });
  expect(meter.most).toEqual({ entries: 0, ms: 0 });
});

it("is behind by all entries, and by the time of the oldest", () => {
  const meter = new LagMeter();
  meter.look({ atMs: 0, heads: [10, 10], reached: [10, 10] });
  meter.look({ atMs: 100, heads: [20, 15], reached: [10, 10] });
  expect(meter.last).toEqual({ entries: 15, ms: 0 });
  meter.look({ atMs: 200, heads: [30, 15], reached: [12, 15] });
  expect(meter.last).toEqual({ entries: 18, ms: 100 });
  // What came after the first look is still waited for, and what came before is not.
  meter.look({ atMs: 350, heads: [30, 15], reached: [20, 15] });
  expect(meter.last).toEqual({ entries: 10, ms: 150 });
  meter.look({ atMs: 400, heads: [30, 15], reached: [30, 15] });
  expect(meter.last).toEqual({ entries: 0, ms: 0 });
  expect(meter.most).toEqual({ entries: 18, ms: 150 });
});

it("is as late as the shard that is latest", () => {
  const meter = new LagMeter();
  meter.look({ atMs: 0, heads: [1, 0], reached: [] });
  meter.look({ atMs: 50, heads: [1, 1], reached: [0] });
  meter.look({ atMs: 80, heads: [1, 1], reached: [0, 0] });
  expect(meter.last).toEqual({ entries: 2, ms: 80 });
});

it("does not count what was kept before the log was looked at", () => {
  const meter = new LagMeter();
  meter.look({ atMs: 0, heads: [10], reached: [12] });
  meter.look({ atMs: 100, heads: [11], reached: [12] });
  expect(meter.most).toEqual({ entries: 0, ms: 0 });
});
