/** Waits for a time in which the host leaves us our processors. */
import { setTimeout as sleep } from "node:timers/promises";
import { processorTime, stolenPercent } from "./stolen-time.ts";
import type { ProcessorTime } from "./stolen-time.ts";

/** What counts as left alone. */
export const quietPercentMax = 5;

const lookMsUsual = 5000;

export interface QuietOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** What is read instead of this machine's, and how long between two readings. */
  readonly read?: () => ProcessorTime | undefined;
  readonly lookMs?: number;
}

/**
 * Resolves when hardly any time was stolen between two readings, or when time is up, with what was
 * stolen to the last, in percent; null where the system does not tell. Only busy processors can be
 * stolen from: of idle ones it says nothing.
 */
export async function untilHostIsQuiet(options: QuietOptions): Promise<number | null> {
  const { timeoutMs, signal, read = processorTime, lookMs = lookMsUsual } = options;
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const before = read();
    if (before === undefined) return null;
    await sleep(lookMs, undefined, { signal });
    const stolen = stolenPercent(before, read());
    if (stolen === null || stolen <= quietPercentMax || performance.now() > deadlineMs) {
      return stolen;
    }
  }
}
