import { expect, it } from "vitest";
import { decodeReading, encodeReading, newOrderHistogram } from "../telemetry/latency-page.ts";
import type { LatencyReading } from "../telemetry/latency-page.ts";
import { LatencyWatch, renderLatency, reportLatency, since } from "./latency-report.ts";

function reading(process: string, us: readonly number[], startedAtMs = 1): LatencyReading {
  const orders = newOrderHistogram();
  for (const each of us) orders.recordValue(each);
  return { process, pid: 7, startedAtMs, orders };
}

const thousand = Array.from({ length: 1000 }, (_, index) => (index + 1) * 10);

it("times are told by gateway, and those of all as if they were one's", () => {
  const readings = [reading("gw-1", thousand), reading("gw-2", [2_000_000])];
  const { gateways, all, silent } = reportLatency(readings, ["gw-3"]);
  expect(gateways["gw-1"]).toEqual({
    ...{ orders: 1000, p50Us: 5003, p90Us: 9007, p99Us: 9903, p999Us: 9991, maxUs: 10_007 },
  });
  expect(all).toMatchObject({ orders: 1001, p50Us: 5011, maxUs: 2_000_895 });
  expect(silent).toEqual(["gw-3"]);
  // What each gateway told is not changed by adding it up.
  expect(reportLatency(readings, []).all).toEqual(all);
});

it("percentiles are told to three digits, in milliseconds", () => {
  const readings = [reading("gw-1", [1234, 45_678, 901_234]), reading("gw-2", [])];
  expect(renderLatency(reportLatency(readings, ["gw-3"])).split("\n")).toEqual([
    expect.stringMatching(/^ORDER TO ACK, MS +COMMANDS +P50 +P90 +P99 +P99\.9 +MAX$/),
    expect.stringMatching(/^gw-1 +3 +45\.7 +902 +902 +902 +902$/),
    expect.stringMatching(/^gw-2 +0$/),
    expect.stringMatching(/^all +3 +45\.7 +902 +902 +902 +902$/),
    "gw-3 does not say",
  ]);
});

it("who watches sees only what came since the last look", () => {
  const before = reading("gw-1", [100, 100, 100]);
  const now = reading("gw-1", [100, 100, 100, 9000]);
  expect(reportLatency([since(before, now)], []).all).toMatchObject({ orders: 1, p50Us: 9007 });
  // And again, as the readings themselves stay what they were.
  expect(reportLatency([since(before, now)], []).all).toMatchObject({ orders: 1 });
});

it("a gateway that was started again begins with nothing", () => {
  const before = reading("gw-1", [100, 100, 100]);
  // As it is in containers: with the same number.
  const now = reading("gw-1", [9000], 2);
  expect(reportLatency([since(before, now)], []).all).toMatchObject({ orders: 1 });
});

it("a gateway that was silent for a look is shown from where it was before", () => {
  const watch = new LatencyWatch();
  watch.latest([reading("gw-1", [100, 100, 100])]);
  expect(watch.latest([])).toEqual([]);
  const latest = watch.latest([reading("gw-1", [100, 100, 100, 9000])]);
  expect(reportLatency(latest, []).all).toMatchObject({ orders: 1, p50Us: 9007 });
});

it("a page is read as it was written, and nothing else is", () => {
  const written = reading("gw-1", thousand);
  const read = decodeReading(encodeReading(written));
  expect(read).toMatchObject({ process: "gw-1", pid: 7, startedAtMs: 1 });
  expect(reportLatency(read ? [read] : [], [])).toEqual(reportLatency([written], []));
  const histogram = (JSON.parse(encodeReading(written)) as { orders: string }).orders;
  for (const text of [
    ...[
      "",
      "{}",
      "[]",
      "null",
      "<html>",
      '{"process":"gw-1","pid":7,"startedAtMs":1,"orders":"????"}',
    ],
    JSON.stringify({ process: "gw-1", pid: 0, startedAtMs: 1, orders: histogram }),
    JSON.stringify({ process: "gw-1", pid: 7, orders: histogram }),
    JSON.stringify({ process: "gw-1", pid: 7, startedAtMs: 1, orders: histogram.slice(0, 20) }),
  ]) {
    expect(decodeReading(text), text).toBeUndefined();
  }
});
