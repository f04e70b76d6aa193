/** Goal: what is counted is what happened, whoever it went through. */
import { expect, it } from "vitest";
import type { Outcome } from "../../cluster/client.ts";
import { FrameProducer } from "../../cluster/frame-producer.ts";
import { MemoryLogStorage } from "../../cluster/memory-log.ts";
import type { AppendFate } from "../../cluster/memory-log.ts";
import { ManualClock } from "../../cluster/testing/manual-clock.ts";
import { opening } from "../../cluster/testing/venue.ts";
import { Gateway } from "../../gateway/gateway.ts";
import { ScriptedCluster } from "../../gateway/testing/scripted-cluster.ts";
import { OrderBatchWriter } from "../../protocols/api/order-batch.ts";
import { AppendMeter } from "./append-meter.ts";
import { Distribution } from "./distribution.ts";
import { OrderMeter } from "./order-meter.ts";
import { ReplicaMeter } from "./replica-meter.ts";
import { Scrape } from "./scrape.ts";

/** What is told of a metric: each sample's labels and value. */
function told(measure: (scrape: Scrape) => void, name: string): (readonly [string, number])[] {
  const scrape = new Scrape();
  measure(scrape);
  return (scrape.samples.get(name) ?? []).map(({ metricName, labels, value }) => {
    const words = [metricName.slice(name.length), ...Object.values(labels)];
    return [words.filter((word) => word !== "").join(" "), value] as const;
  });
}

const asker = { account: "demo", administrator: "" };
const order = { symbol: "BTC-USDT", side: "buy", type: "limit", price: 1, quantity: 1 };

function batchOf(count: number): Uint8Array {
  const writer = new OrderBatchWriter();
  for (let index = 0; index < count; index++) {
    const clientOrderId = `c-${index}`;
    writer.add({ kind: "cancel-order", account: "demo", orderId: 0, clientOrderId });
  }
  return writer.finish();
}

it("orders are counted by what became of each, also in a batch, and when nothing was let in", async () => {
  const cluster = new ScriptedCluster();
  const observer = new OrderMeter();
  const limits = { commandsUnderWayMax: 3 };
  let nowMs = 0;
  const gateway = new Gateway(cluster, { observer, limits, nowMs: () => nowMs });
  await gateway.answer("order.place", asker, order);
  const outcomes: Outcome[] = [{ kind: "unknown" }, { kind: "too-late" }, { kind: "busy" }];
  cluster.outcomeOf = () => {
    nowMs += 0.5;
    return outcomes.shift() ?? { kind: "unknown" };
  };
  await gateway.answerRecords({ account: "demo", administrator: "" }, batchOf(3));
  await gateway.answerRecords({ account: "demo", administrator: "" }, batchOf(4));
  // What is malformed is no command yet.
  await gateway.answer("order.place", asker, { ...order, price: "1" });
  expect(
    told((scrape) => observer.measure(scrape), "outcry_order_commands_total").toSorted(),
  ).toEqual([
    ["cancel-order done none", 0],
    ["cancel-order refused busy", 5],
    ["cancel-order refused command-too-late", 1],
    ["cancel-order unknown execution-status-unknown", 1],
    ["place-order done none", 1],
    ["place-order refused busy", 0],
    ["place-order unknown execution-status-unknown", 0],
  ]);
  // Of a batch those waited, as long as the batch, that the actors answered or nobody did.
  expect(observer.latency.totalCount).toBe(2);
  expect(observer.latency.getValueAtPercentile(100)).toBe(1500);
  expect(observer.latency.getValueAtPercentile(50)).toBe(1);
  const seconds = told((scrape) => observer.measure(scrape), "outcry_order_ack_seconds");
  expect(seconds).toContainEqual(["_count", 2]);
});

it("orders that come back after more than a minute count as that", () => {
  const observer = new OrderMeter();
  observer.answered([], [], 0);
  const cancel = { kind: "cancel-order", account: "a", orderId: 1, clientOrderId: "" } as const;
  observer.answered([cancel], [{ kind: "unknown" }], 90_000);
  expect(observer.latency.totalCount).toBe(1);
  expect(observer.latency.getValueAtPercentile(100)).toBeLessThanOrEqual(60_100_000);
});

it("frames are counted with their commands and bytes, and appends until the log has them", async () => {
  const clock = new ManualClock();
  const fates: AppendFate[] = ["unavailable"];
  const storage = new MemoryLogStorage({ clock, fate: () => fates.shift() ?? "stored" });
  const observer = new AppendMeter();
  const producer = new FrameProducer({
    ...{ producer: "gw-1", epoch: 1, shard: 0, log: storage.open(), clock, observer },
    // No opening frame: these are all.
    frameLifetimeMs: Infinity,
  });
  void producer.submit([opening("a1"), opening("a2"), opening("a3")], 1000);
  expect(producer.framesUnderWay).toBe(1);
  await clock.advanceAndSettle(20_000);
  const measure = (scrape: Scrape): void => {
    observer.measure(scrape);
    observer.measureFrames(scrape);
  };
  expect(told(measure, "outcry_frame_commands")).toEqual(
    expect.arrayContaining([
      ["_bucket 2", 0],
      ["_bucket 4", 1],
      ["_sum", 3],
      ["_count", 1],
    ]),
  );
  expect(told(measure, "outcry_append_failures_total")).toEqual([["", 1]]);
  const stored = new Map(told(measure, "outcry_append_seconds"));
  expect(stored.get("_count")).toBeGreaterThanOrEqual(1);
  producer.close();
});

it("applying is counted by shard", () => {
  const meter = new ReplicaMeter();
  meter.applied(2, 10, 4);
  meter.applied(2, 1, 0.2);
  const measure = (scrape: Scrape): void => meter.measure(scrape);
  expect(told(measure, "outcry_replica_entries_total")).toEqual([["2", 11]]);
  expect(told(measure, "outcry_replica_apply_seconds")).toEqual(
    expect.arrayContaining([
      ...[
        ["_bucket 2 0.0001", 0],
        ["_bucket 2 0.00025", 1],
        ["_bucket 2 0.0025", 1],
      ],
      ...[
        ["_bucket 2 0.005", 2],
        ["_bucket 2 +Inf", 2],
        ["_count 2", 2],
      ],
    ]),
  );
});

it("a value counts for the first bound that it does not exceed", () => {
  const distribution = new Distribution([1, 10]);
  for (const value of [0, 1, 1.5, 10, 11, 1e9]) distribution.observe(value);
  distribution.observe(5, 3);
  expect([...distribution.counts]).toEqual([2, 5, 2]);
  expect(distribution.sum).toBe(0 + 1 + 1.5 + 10 + 11 + 1e9 + 15);
});
