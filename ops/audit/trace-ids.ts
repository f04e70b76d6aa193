/**
 * Trace and span ids as OpenTelemetry wants them, by hash: whoever rebuilds an order's trace, from
 * whichever node's log and however much later, comes to the same ids.
 *
 * A trace id is 16 bytes and a span id 8, in lower-case hex, and never all zeros
 * (https://www.w3.org/TR/trace-context/#trace-id).
 */
import { createHash } from "node:crypto";
import type { ActPlace, OrderKey } from "./act.ts";

const traceIdLength = 32;
const spanIdLength = 16;

/** The trace of an order of a cluster, or of a command that did not become one. */
export function traceIdOf(cluster: string, order: OrderKey): string {
  return hashOf(traceIdLength, "order", cluster, String(order));
}

/**
 * A span of an order's trace.
 *
 * @param stage what it is about, for two spans may begin with the same act.
 */
export function spanIdOf(traceId: string, stage: string, place?: ActPlace): string {
  const where = place === undefined ? "" : `${place.shard}/${place.sequence}/${place.index}`;
  return hashOf(spanIdLength, "span", traceId, stage, where);
}

function hashOf(length: number, ...parts: readonly string[]): string {
  const hex = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, length);
  return /^0+$/.test(hex) ? hex.replace(/.$/, "1") : hex;
}
