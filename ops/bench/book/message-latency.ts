/**
 * How long the book takes for a message of a workload.
 *
 * A look at the clock costs a good part of what a message costs, so the time is taken of batches,
 * and a message's is the mean of its batch: one slow message shows as a sixteenth of itself.
 */
import { OrderBook } from "../../../actors/order-book/order-book.ts";
import { ReportLog } from "../../conform/report-log.ts";
import { WorkloadRun } from "../../conform/workload-run.ts";
import type { Workload } from "../../conform/workload.ts";
import { percentilesOf } from "../percentiles.ts";
import type { Percentiles } from "../percentiles.ts";

export const messagesPerBatch = 16;

export interface LatencyMeasurement {
  readonly messages: number;
  readonly messagesPerBatch: number;
  /** Of the batches of all runs. */
  readonly perMessageNs: Percentiles;
}

/** One untimed run, then the timed ones. */
export function measureLatency(workload: Workload, runs: number): LatencyMeasurement {
  const messages = workload.messageCount;
  const reports = new ReportLog(messages);
  const batches = Math.ceil(messages / messagesPerBatch);
  const times = new Float64Array(batches * runs);
  for (let run = -1; run < runs; run += 1) {
    reports.clear();
    const workloadRun = new WorkloadRun(workload, reports, OrderBook);
    for (let batch = 0; batch < batches; batch += 1) {
      const start = batch * messagesPerBatch;
      const end = Math.min(start + messagesPerBatch, messages);
      const startedAtMs = performance.now();
      workloadRun.run(end, start);
      const elapsedMs = performance.now() - startedAtMs;
      if (run >= 0) times[run * batches + batch] = (elapsedMs * 1_000_000) / (end - start);
    }
  }
  return { messages, messagesPerBatch, perMessageNs: percentilesOf(times) };
}
