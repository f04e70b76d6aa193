/**
 * What became of commands on orders, and how long that took: counted by kind and reason in plain
 * numbers, and the times in a histogram of three digits for `./outcry latency`.
 */
import type { Histogram } from "hdr-histogram-js";
import type { Outcome } from "../../cluster/client.ts";
import type { OrderObserver } from "../../gateway/order-observer.ts";
import type { OrderCommand } from "../../protocols/index.ts";
import { RejectReason, rejectReasonName } from "../../protocols/index.ts";
import { Distribution, roundTripBounds } from "./distribution.ts";
import { longestOrderUs, newOrderHistogram } from "./latency-page.ts";
import type { Scrape } from "./scrape.ts";

type CommandKind = OrderCommand["kind"];

/** `done`: an actor did it. `refused`: it did not happen. `unknown`: nobody can say yet. */
type Ending = "done" | "refused" | "unknown";

/** Told of orders from the start, so that the first one is seen to be one more. */
const watchedFor: ReadonlySet<number> = new Set([
  RejectReason.none,
  RejectReason.busy,
  RejectReason["execution-status-unknown"],
]);

const reasonMax = Math.max(...Object.values(RejectReason));

export class OrderMeter implements OrderObserver {
  /** In microseconds, of what the actors answered, or did not in time. */
  readonly latency: Histogram = newOrderHistogram();
  readonly #seconds = new Distribution(roundTripBounds);
  /** By the number of the reason. */
  readonly #counts = new Map<CommandKind, Float64Array>([
    ["place-order", new Float64Array(reasonMax + 1)],
  ]);

  answered(commands: readonly OrderCommand[], outcomes: readonly Outcome[], tookMs: number): void {
    let waited = 0;
    for (const [index, { kind }] of commands.entries()) {
      const outcome = outcomes[index];
      if (outcome === undefined) continue;
      this.#count(kind, reasonOf(outcome));
      if (hasWaited(outcome)) waited += 1;
    }
    if (waited === 0) return;
    const us = Math.min(Math.max(1, Math.round(tookMs * 1000)), longestOrderUs);
    this.latency.recordValueWithCount(us, waited);
    this.#seconds.observe(tookMs / 1000, waited);
  }

  refused(commands: readonly OrderCommand[], reason: RejectReason): void {
    for (const { kind } of commands) this.#count(kind, reason);
  }

  measure(scrape: Scrape): void {
    for (const [command, counts] of this.#counts) {
      for (const [reason, count] of counts.entries()) {
        if (count === 0 && !watchedFor.has(reason)) continue;
        const labels = { command, outcome: endingOf(reason), reason: rejectReasonName(reason) };
        scrape.value("outcry_order_commands_total", labels, count);
      }
    }
    scrape.histogram("outcry_order_ack_seconds", {}, this.#seconds);
  }

  #count(kind: CommandKind, reason: number): void {
    let counts = this.#counts.get(kind);
    if (counts === undefined) {
      counts = new Float64Array(reasonMax + 1);
      this.#counts.set(kind, counts);
    }
    counts[reason]! += 1;
  }
}

/** Who is turned away at once would make others look faster than they are. */
function hasWaited({ kind }: Outcome): boolean {
  return kind === "replied" || kind === "unknown";
}

function reasonOf(outcome: Outcome): number {
  switch (outcome.kind) {
    case "replied":
      return outcome.reply.rejectReason;
    case "unknown":
      return RejectReason["execution-status-unknown"];
    case "too-late":
      return RejectReason["command-too-late"];
    case "busy":
      return RejectReason.busy;
  }
}

function endingOf(reason: number): Ending {
  if (reason === RejectReason.none) return "done";
  return reason === RejectReason["execution-status-unknown"] ? "unknown" : "refused";
}
