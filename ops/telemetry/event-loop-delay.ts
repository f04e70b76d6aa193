/**
 * How late the event loop comes to what is due: a timer that is to ring every twenty milliseconds
 * notes how long after that it does.
 */
import { Distribution, roundTripBounds } from "./distribution.ts";
import type { Telemetry } from "./telemetry.ts";

const everyMs = 20;

/** Measures from now on, for as long as the process lives. */
export function measureEventLoop(telemetry: Telemetry): void {
  const delays = new Distribution(roundTripBounds);
  let dueMs = performance.now() + everyMs;
  setInterval(() => {
    const nowMs = performance.now();
    delays.observe(Math.max(0, nowMs - dueMs) / 1000);
    dueMs = nowMs + everyMs;
  }, everyMs).unref();
  telemetry.measure((scrape) => {
    scrape.histogram("outcry_event_loop_delay_seconds", {}, delays);
  });
}
