/** The traces of all orders of a venue in memory, as anybody finds who replays its logs. */
import { Shard } from "../../../actors/index.ts";
import type { TestVenue } from "../../../actors/testing/test-venue.ts";
import type { ExecutionReport, OrderId, OrderReplied } from "../../../protocols/index.ts";
import { ActRecorder } from "../act-recorder.ts";
import type { RecordedStep } from "../act.ts";
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
      return recorder.take();
    });
  });
}

export function tracesOf(
  orderIds: Iterable<OrderId>,
  records: readonly (readonly RecordedStep[])[],
): ReadonlyMap<OrderId, OrderTrace> {
  const ids = [...orderIds];
  const trails = new OrderTrails(ids);
  for (const step of records.flat()) trails.add(step);
  const traces = ids.map((id) => traceOf("test", id, trails.of(id)));
  return new Map(traces.filter((trace) => trace !== undefined).map((of) => [of.orderId, of]));
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
