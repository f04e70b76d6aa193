/**
 * What a process has in memory when its garbage is collected, and how long the collecting kept it
 * from working.
 */
import { PerformanceObserver } from "node:perf_hooks";
import type { PerformanceEntry } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";

export interface GcPauses {
  readonly count: number;
  readonly totalMs: number;
  readonly maxMs: number;
  /** Of the time that was measured. */
  readonly share: number;
}

/** In a line. */
export function renderPauses({ count, totalMs, maxMs, share }: GcPauses): string {
  return (
    `  garbage collected  ${count.toLocaleString("en-US")} times, ${totalMs.toFixed(1)} ms in all, ` +
    `the longest ${maxMs.toFixed(1)} ms, ${(share * 100).toFixed(1)} % of the time`
  );
}

/** Clears away what is garbage, so that a run does not pay for the one before it. */
export function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error("this process runs without --expose-gc");
  globalThis.gc();
}

export interface MemoryInUse {
  /** On JavaScript's heap and in array buffers. */
  readonly used: number;
  /** Of these, in array buffers. */
  readonly arrays: number;
  /** All that the process got from the system. */
  readonly resident: number;
}

/** In bytes. */
export function memoryInUse(): MemoryInUse {
  // What the first collection finalizes, the second takes away.
  collectGarbage();
  collectGarbage();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  return { used: heapUsed + arrayBuffers, arrays: arrayBuffers, resident: rss };
}

export class GcWatch {
  readonly #entries: PerformanceEntry[] = [];
  readonly #spans: { readonly from: number; readonly to: number }[] = [];
  readonly #observer = new PerformanceObserver((list) => {
    this.#entries.push(...list.getEntries());
  });

  constructor() {
    this.#observer.observe({ entryTypes: ["gc"] });
  }

  /** Does something, and returns how many milliseconds it took: only pauses within it count. */
  span(work: () => void): number {
    const from = performance.now();
    work();
    const to = performance.now();
    this.#spans.push({ from, to });
    return to - from;
  }

  async end(): Promise<GcPauses> {
    // Pauses are told of when the process has nothing else to do.
    await setImmediate();
    await setImmediate();
    this.#observer.disconnect();
    const pauses = this.#entries
      .filter(({ startTime }) =>
        this.#spans.some(({ from, to }) => startTime >= from && startTime < to),
      )
      .map(({ duration }) => duration);
    const totalMs = pauses.reduce((sum, duration) => sum + duration, 0);
    const spansMs = this.#spans.reduce((sum, { from, to }) => sum + to - from, 0);
    return {
      count: pauses.length,
      totalMs,
      maxMs: Math.max(0, ...pauses),
      share: totalMs / spansMs,
    };
  }
}
