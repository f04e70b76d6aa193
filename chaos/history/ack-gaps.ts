/**
 * How long clients were without an acknowledgement, and how long each took. Only what the clients
 * saw, by their own clock.
 *
 * A gap is the longest time in which one client, which goes on asking, got no acknowledgement. It
 * belongs to an interval with the part of it that lies within. Of an interval that is open at its
 * end, a gap that lasts beyond is counted to its own end.
 */
import type { Operation } from "./operation.ts";
import { isAcknowledged } from "./operation.ts";

export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
  readonly isOpen?: boolean;
}

/** The longest gap of any of the clients whose operations these are; undefined without any. */
export function longestGap(
  operations: readonly Operation[],
  interval: Interval,
): Interval | undefined {
  const gaps = [...Map.groupBy(operations, ({ account }) => account).values()].map((ofClient) =>
    gapOfClient(ofClient, interval),
  );
  const [first] = gaps;
  return first === undefined ? undefined : gaps.reduce(longer, first);
}

export function lengthMs({ fromMs, toMs }: Interval): number {
  return toMs - fromMs;
}

function gapOfClient(operations: readonly Operation[], interval: Interval): Interval {
  const { fromMs, toMs, isOpen = false } = interval;
  const times = operations
    .filter(isAcknowledged)
    .map(({ completedAtMs }) => completedAtMs)
    .filter((timeMs) => timeMs > fromMs)
    .sort((a, b) => a - b);
  let longest = { fromMs, toMs: fromMs };
  let lastMs = fromMs;
  for (const timeMs of times) {
    const endMs = isOpen ? timeMs : Math.min(timeMs, toMs);
    longest = longer(longest, { fromMs: lastMs, toMs: endMs });
    lastMs = timeMs;
    if (timeMs >= toMs) return longest;
  }
  return longer(longest, { fromMs: lastMs, toMs });
}

function longer(a: Interval, b: Interval): Interval {
  return lengthMs(b) > lengthMs(a) ? b : a;
}

/** How long it took to be acknowledged, of what was asked for within the interval and was. */
export function acknowledgementTimes(
  operations: readonly Operation[],
  { fromMs, toMs }: Interval,
): readonly number[] {
  return operations
    .filter((operation) => isAcknowledged(operation))
    .filter(({ invokedAtMs }) => invokedAtMs >= fromMs && invokedAtMs < toMs)
    .map(({ invokedAtMs, completedAtMs }) => completedAtMs - invokedAtMs);
}
