/**
 * A gateway's page of order-to-ack times, as whole histograms: who reads it can add those of several
 * gateways and take an earlier reading away, and percentiles stay exact.
 */
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import type { Histogram } from "hdr-histogram-js";
import { isIntegerWithin } from "../../protocols/units.ts";

export const latencyPath = "/latency";

/** A minute: requests are given up long before. */
export const longestOrderUs = 60_000_000;

/** For microseconds, told to three digits. */
export function newOrderHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: longestOrderUs,
    numberOfSignificantValueDigits: 3,
    // The largest whole numbers there are: it counts for as long as a process lives.
    bitBucketSize: 64,
  });
}

/** Of one process since it started. */
export interface LatencyReading {
  readonly process: string;
  readonly pid: number;
  /** In a container every process has the same number. */
  readonly startedAtMs: number;
  /** Order to ack, in microseconds. */
  readonly orders: Histogram;
}

export function encodeReading({ orders, ...rest }: LatencyReading): string {
  return JSON.stringify({ ...rest, orders: encodeIntoCompressedBase64(orders) });
}

/** Undefined for what is no such page. */
export function decodeReading(text: string): LatencyReading | undefined {
  try {
    const page = JSON.parse(text) as Record<string, unknown>;
    const { process, pid, startedAtMs, orders } = page;
    if (typeof process !== "string" || typeof orders !== "string") return undefined;
    if (typeof pid !== "number" || !isIntegerWithin(pid, 1, 2 ** 32)) return undefined;
    if (typeof startedAtMs !== "number") return undefined;
    return { process, pid, startedAtMs, orders: decodeFromCompressedBase64(orders, 64) };
  } catch (error) {
    // Bytes that are no histogram are refused by whoever comes across them first.
    if (error instanceof Error) return undefined;
    throw error;
  }
}
