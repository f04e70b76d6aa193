/** Order-to-ack times as data, and as the table that people read. */
import type { Histogram } from "hdr-histogram-js";
import { newOrderHistogram } from "../telemetry/latency-page.ts";
import type { LatencyReading } from "../telemetry/latency-page.ts";
import { renderTable } from "./output.ts";

/** In microseconds; all 0 where there were no orders. */
export interface Percentiles {
  readonly orders: number;
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
  readonly maxUs: number;
}

export interface LatencyReport {
  readonly ok: true;
  /** By name. */
  readonly gateways: Readonly<Record<string, Percentiles>>;
  readonly all: Percentiles;
  /** Gateways that did not say. */
  readonly silent: readonly string[];
}

export function reportLatency(
  readings: readonly LatencyReading[],
  silent: readonly string[],
): LatencyReport {
  const gateways = readings.map(({ process, orders }) => [process, percentilesOf(orders)] as const);
  const all = newOrderHistogram();
  for (const { orders } of readings) all.add(orders);
  return { ok: true, gateways: Object.fromEntries(gateways), all: percentilesOf(all), silent };
}

/** What came since an earlier reading; all of it where that was of another process. */
export function since(before: LatencyReading | undefined, now: LatencyReading): LatencyReading {
  const orders = newOrderHistogram();
  orders.add(now.orders);
  const isSame = before?.pid === now.pid && before.startedAtMs === now.startedAtMs;
  if (isSame) orders.subtract(before.orders);
  return { ...now, orders };
}

/** Takes one reading after the other. */
export class LatencyWatch {
  /** Of a gateway that was silent for a while, what it said last. */
  readonly #before = new Map<string, LatencyReading>();

  /** What came since each gateway's last reading. */
  latest(readings: readonly LatencyReading[]): readonly LatencyReading[] {
    const latest = readings.map((now) => since(this.#before.get(now.process), now));
    for (const reading of readings) this.#before.set(reading.process, reading);
    return latest;
  }
}

function percentilesOf(histogram: Histogram): Percentiles {
  const at = (percentile: number): number => histogram.getValueAtPercentile(percentile);
  return {
    orders: histogram.totalCount,
    ...{ p50Us: at(50), p90Us: at(90), p99Us: at(99), p999Us: at(99.9) },
    maxUs: at(100),
  };
}

export function renderLatency({ gateways, all, silent }: LatencyReport): string {
  const names = Object.entries(gateways);
  const rows = [...names, ...(names.length > 1 ? [["all", all] as const] : [])];
  const headings = ["ORDER TO ACK, MS", " COMMANDS", " P50", " P90", " P99", " P99.9", " MAX"];
  const table = renderTable(
    headings,
    rows.map(([name, { orders, p50Us, p90Us, p99Us, p999Us, maxUs }]) => {
      const times = [p50Us, p90Us, p99Us, p999Us, maxUs];
      const cells = times.map((us) => (orders === 0 ? "" : inMs(us)));
      return [name, orders.toLocaleString("en-US"), ...cells];
    }),
  );
  return [table, ...silent.map((name) => `${name} does not say`)].join("\n");
}

/** Three digits, as the histogram has them. */
function inMs(us: number): string {
  const ms = us / 1000;
  return ms < 10 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : ms.toFixed(0);
}
