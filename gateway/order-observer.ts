/**
 * Who is told of what becomes of commands on orders, to measure it: whoever runs the gateway.
 *
 * It is called where time counts: it notes numbers, and never throws.
 */
import type { OrderCommand, RejectReason } from "../protocols/index.ts";
import type { Outcome } from "../cluster/client.ts";

export interface OrderObserver {
  /** These went to the cluster together, and that became of each, so long after. */
  answered(commands: readonly OrderCommand[], outcomes: readonly Outcome[], tookMs: number): void;
  /** These were not admitted. */
  refused(commands: readonly OrderCommand[], reason: RejectReason): void;
}
