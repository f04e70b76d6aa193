/** The traces of all orders of a venue in memory, as anybody finds who replays its logs. */
import { Shard } from "../../../actors/index.ts";
import type { TestVenue } from "../../../actors/testing/test-venue.ts";
import { HashedShard } from "../../../cluster/hashed-shard.ts";
import type { LogEntry } from "../../../cluster/replicated-log.ts";
import type { ExecutionReport, OrderId, OrderReplied } from "../../../protocols/index.ts";
import { ActRecorder } from "../act-recorder.ts";
import type { OrderKey, RecordedStep } from "../act.ts";
import { traceOf } from "../order-trace.ts";
import type { OrderTrace } from "../order-trace.ts";
import { OrderTrails } from "../order-trail.ts";

/** What each shard's log comes to, entry by entry, as anybody finds who replays it. */
export function recordsOf({ logs, shards }: TestVenue): readonly (readonly RecordedStep[])[] {
  return logs.map((log, shard) => {
    const replayed = new Shard(shard, shards.length);
    const recorder = new ActRecorder(replayed);
    return log.map((entry) => {
      replayed.apply(entry);
      return recorder.take(entry.payload);
    });
  });
}

/** Likewise of logs alone, whose chance is drawn from their entries. */
export function recordsIn(
  logs: readonly (readonly LogEntry[])[],
): readonly (readonly RecordedStep[])[] {
  return logs.map((log, shard) => {
    const hashed = new HashedShard(new Shard(shard, logs.length));
    const recorder = new ActRecorder(hashed.shard);
    return log.map((entry) => {
      hashed.apply(entry);
      return recorder.take(entry.payload);
    });
  });
}

/** Of every order, and of every command that was refused before it became one. */
export function tracesOf(
  records: readonly (readonly RecordedStep[])[],
): ReadonlyMap<OrderKey, OrderTrace> {
  const steps = records.flat();
  const keys = new Set(steps.flatMap(({ acts }) => acts.flatMap(({ orders }) => [...orders])));
  const trails = new OrderTrails(keys);
  for (const step of steps) trails.add(step);
  const traces = [...keys].map((key) => traceOf("test", key, trails.of(key)));
  return new Map(traces.filter((trace) => trace !== undefined).map((of) => [of.order, of]));
}

export type Told = ExecutionReport | OrderReplied;

/** Reports and replies that tell of an order, by order. */
export function toldOf({ events }: TestVenue): ReadonlyMap<OrderId, readonly Told[]> {
  const told = events.filter(
    (event): event is Told =>
      (event.kind === "execution-report" || event.kind === "order-replied") && event.orderId !== 0,
  );
  return Map.groupBy(told, ({ orderId }) => orderId);
}
