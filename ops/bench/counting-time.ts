/**
 * What counting takes by itself: of orders, of frames on their way, and reading it out; and what a
 * gateway's notes take, where each order came and was answered by itself.
 */
import { systemClock } from "../../cluster/clock.ts";
import type { Outcome } from "../../cluster/client.ts";
import { FrameNotebook } from "../../cluster/frame-notebook.ts";
import { NotedAnswer } from "../../protocols/index.ts";
import type { OrderCommand } from "../../protocols/index.ts";
import { AppendMeter } from "../telemetry/append-meter.ts";
import { measureEventLoop } from "../telemetry/event-loop-delay.ts";
import { OrderMeter } from "../telemetry/order-meter.ts";
import { ReplicaMeter } from "../telemetry/replica-meter.ts";
import { Telemetry } from "../telemetry/telemetry.ts";
import { medianOf } from "./percentiles.ts";

export interface CountingTime {
  /** Of an order that came by itself, and of one in a batch of a hundred. */
  readonly orderNs: number;
  readonly batchedOrderNs: number;
  /** Closed, stored and applied. */
  readonly frameNs: number;
  /** Of an order alone in its frame, and of one of a hundred. */
  readonly notedOrderNs: number;
  readonly notedBesideOthersNs: number;
  /** Of a gateway's page; the first one is not counted. */
  readonly scrapeMs: number;
}

const rounds = 15;
const timesInRound = 20_000;
const scrapes = 20;

const cancel: OrderCommand = {
  ...{ kind: "cancel-order", account: "demo", orderId: 1, clientOrderId: "" },
};
const outcome: Outcome = { kind: "too-late" };

export async function timeCounting(): Promise<CountingTime> {
  const [orders, appends, replicas] = [new OrderMeter(), new AppendMeter(), new ReplicaMeter()];
  const batch = { commands: Array<OrderCommand>(100).fill(cancel), outcomes: Array<Outcome>(100) };
  batch.outcomes.fill(outcome);
  const [one, its] = [[cancel], [outcome]];
  const orderNs = timed((index) => orders.answered(one, its, 1 + (index % 97) / 10));
  const batchNs = timed((index) => {
    orders.answered(batch.commands, batch.outcomes, 1 + (index % 97) / 10);
  });
  const frameNs = timed((index) => {
    appends.closed(1 + (index % 50), 100 + (index % 5000));
    appends.stored(1 + (index % 97) / 10);
    replicas.applied(index % 3, 1, 0.1 + (index % 10) / 10);
  });
  const scrapeMs = await timedScrapes(orders, appends);
  return {
    ...{ orderNs, batchedOrderNs: batchNs / 100, frameNs, scrapeMs },
    ...{ notedOrderNs: timedNotes(1), notedBesideOthersNs: timedNotes(100) },
  };
}

/** Nanoseconds of what is noted of one order, in frames of so many. */
function timedNotes(orders: number): number {
  const notebook = new FrameNotebook({ clock: systemClock, wallUs: () => 1_795_000_000_000_000 });
  const { replied: answer } = NotedAnswer;
  const ofFrame = timed((frame) => {
    const arrivals = Array.from({ length: orders }, () => {
      return { cameAtMs: systemClock.nowMs(), traceparent: "" };
    });
    for (let index = 0; index < orders; index++) notebook.answered([{ frame, index, answer }]);
    notebook.stored(frame);
    notebook.write(arrivals);
  }, timesInRound / orders);
  return ofFrame / orders;
}

/** Nanoseconds of one call, the median of rounds. */
function timed(call: (index: number) => void, calls = timesInRound): number {
  const times = Array.from({ length: rounds }, () => {
    const startMs = performance.now();
    for (let index = 0; index < calls; index++) call(index);
    return ((performance.now() - startMs) * 1e6) / calls;
  });
  return medianOf(times);
}

async function timedScrapes(orders: OrderMeter, appends: AppendMeter): Promise<number> {
  const listening = Promise.withResolvers<string>();
  const telemetry = new Telemetry(
    { name: "gw-1", kind: "gateway", metricsPort: 0 },
    {
      onListening: listening.resolve,
      onUnavailable: (why) => listening.reject(new Error(why)),
      onFault: (error) => {
        throw error;
      },
    },
  );
  try {
    measureEventLoop(telemetry);
    telemetry.measure((scrape) => {
      orders.measure(scrape);
      appends.measure(scrape);
      appends.measureFrames(scrape);
    });
    const url = `${await listening.promise}/metrics`;
    const times: number[] = [];
    for (let index = 0; index <= scrapes; index++) {
      const startMs = performance.now();
      await (await fetch(url)).text();
      if (index > 0) times.push(performance.now() - startMs);
    }
    return medianOf(times);
  } finally {
    telemetry.close();
  }
}
