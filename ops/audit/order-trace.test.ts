/**
 * Goal: of every order there is one trace, which tells all that was reported of it, hangs together,
 * and is the same for whoever rebuilds it from the logs.
 */
import { describe, expect, it } from "vitest";
import { tradeOut } from "../../actors/testing/trading-day.ts";
import type { OrderReplied, ShardEvent } from "../../protocols/index.ts";
import type { TraceSpan } from "./order-trace.ts";
import { clientSpan, clientTrace, notingGateways } from "./testing/noting-gateways.ts";
import { recordsOf, toldOf, tracesOf } from "./testing/venue-traces.ts";

const days = [
  { name: "in one shard", seed: 1, shards: 1, moves: 1500, deliveryPercent: 0 },
  { name: "in three shards", seed: 2, shards: 3, moves: 2500, deliveryPercent: 60 },
  {
    ...{ name: "while actors move and shards are added", seed: 3, shards: 2, shardsAtEnd: 4 },
    ...{ moves: 3000, deliveryPercent: 60, relocationPercent: 5, feePercent: 3 },
  },
];

/** What comes from outside the life of any order. */
const possibleRoots = new Set([
  ...["place", "place-list", "cancel", "cancel-and-place", "replace", "cancel-all", "quote"].map(
    (command) => `account.${command}`,
  ),
  // What a gateway has noted.
  ...["gateway.receive", "append", "commit", "gateway.reply"],
  // A moment that had come, an administrator's halt, an actor that moves and one that has arrived.
  ...["market.moment", "set-phase", "move.wait", "move.arrive"],
]);

const counterparty = "outcry.trade.counterparty_order.id";

function isRefusal(event: ShardEvent): event is OrderReplied {
  return event.kind === "order-replied" && event.orderId === 0;
}

describe.each(days)("the traces of a day $name", (day) => {
  const venue = tradeOut({ ...day, notesOn: notingGateways(day.seed) });
  const told = toldOf(venue);
  const records = recordsOf(venue);
  const traces = tracesOf(records);
  const spansById = new Map<string, TraceSpan>();
  for (const { spans } of traces.values())
    for (const span of spans) spansById.set(span.spanId, span);

  it("are as many as there are orders, each with all that was told of it", () => {
    expect(told.size).toBeGreaterThan(300);
    for (const [orderId, events] of told) {
      const spans = traces.get(orderId)?.spans ?? [];
      const said = spans.filter(({ name }) => /^(report\.|reply$)/.test(name));
      expect(said, String(orderId)).toHaveLength(events.length);
      const reports = events.filter((event) => event.kind === "execution-report");
      const fills = reports.filter(({ tradeId }) => tradeId !== 0);
      const settled = spans.filter(({ name }) => name === "account.settle");
      expect(settled).toHaveLength(fills.length);
      const legs = spans.filter(({ attributes }) => attributes[counterparty] !== undefined);
      expect(legs).toHaveLength(fills.length);
      for (const { attributes, links } of legs) {
        const other = traces.get(Number(attributes[counterparty]));
        expect(other?.order).not.toBe(orderId);
        expect(links.some(({ spanId }) => spanId === other?.spans[0]?.spanId)).toBe(true);
        const trade = attributes["outcry.trade.id"];
        const theirs = other?.spans.filter((span) => span.attributes["outcry.trade.id"] === trade);
        const names = theirs?.map(({ name }) => name).filter((name) => name !== "move.wait");
        expect(names).toEqual(["account.settle", "report.trade"]);
      }
    }
  });

  it("are there for commands that were refused before there was an order, too", () => {
    const refusals = [...venue.replies.values()].filter((replies) => replies.some(isRefusal));
    const refused = [...traces.values()].filter(({ order }) => typeof order === "string");
    expect(refused.length).toBeGreaterThan(20);
    expect(refused).toHaveLength(refusals.length);
    for (const { spans } of refused) {
      expect(spans[0]?.name).toBe("order");
      expect(spans[0]?.attributes["outcry.reject_reason"]).toBeDefined();
      expect(spans.findLast(({ name }) => name !== "gateway.reply")?.name).toBe("reply");
    }
  });

  it("hang together: one span is the whole, and every other one has its parent in the trace", () => {
    const all = [...traces.values()].flatMap(({ spans }) => spans);
    expect(spansById.size).toBe(all.length);
    for (const { traceId, spans } of traces.values()) {
      const ids = new Set(spans.map(({ spanId }) => spanId));
      const [whole, ...others] = spans;
      expect(whole?.parentSpanId, traceId).toBeUndefined();
      const reported = others.find(({ name }) => name.startsWith("report."));
      if (reported !== undefined) expect(whole?.endUs).toBe(reported.endUs);
      for (const span of others) {
        expect(ids.has(span.parentSpanId ?? ""), `${traceId} ${span.name}`).toBe(true);
        expect(span.endUs).toBeGreaterThanOrEqual(span.startUs);
      }
    }
  });

  it("lead back from whatever happens to a command, or to a moment that had come", () => {
    const rootNames = new Set<string>();
    for (const { spans } of traces.values()) {
      const [whole, ...acts] = spans;
      for (const span of acts) {
        const isFirst = span.parentSpanId === whole?.spanId && span.links.length === 0;
        if (isFirst) rootNames.add(span.name);
        for (const { spanId, traceId } of span.links) {
          expect(spansById.has(spanId) || traceId === clientTrace, span.name).toBe(true);
        }
      }
    }
    const roots = [...rootNames].sort();
    expect(roots.filter((name) => !possibleRoots.has(name))).toEqual([]);
    expect(roots).toContain("account.place");
  });

  it("say what orders wait for, and what else they ask for beyond their price", () => {
    const waiting = [...traces.values()].filter(({ spans }) =>
      /stop|takeProfit/i.test(String(spans[0]?.attributes["outcry.order.type"])),
    );
    expect(waiting.length).toBeGreaterThan(5);
    for (const { order, spans } of waiting) {
      const asked = spans.map(({ attributes }) => attributes["outcry.order.instructions"]);
      const some = asked.filter((text) => text !== undefined).map(String);
      const parsed = some.map((text) => JSON.parse(text) as { triggerPrice?: number });
      expect(
        parsed.some(({ triggerPrice = 0 }) => triggerPrice > 0),
        String(order),
      ).toBe(true);
    }
  });

  it("tell when gateways had commands, appended them, and answered", () => {
    const named = (name: string): TraceSpan[] =>
      [...spansById.values()].filter((span) => span.name === name);
    const placed = named("account.place").filter(
      ({ attributes }) => attributes["outcry.command"] !== undefined,
    );
    const received = named("gateway.receive");
    expect(received.length).toBeGreaterThanOrEqual(placed.length);
    const placeOf = ({ attributes }: TraceSpan): string =>
      JSON.stringify(["shard", "sequence", "index"].map((key) => attributes[`outcry.${key}`]));
    const places = new Set(received.map(placeOf));
    expect(placed.filter((span) => !places.has(placeOf(span)))).toEqual([]);
    const linked = received.filter(({ links }) => links.length > 0);
    expect(linked.length).toBeGreaterThan(20);
    for (const { attributes, links, startUs, endUs } of received) {
      const isFirstHalf = endUs - startUs === 400;
      const isLinked = Number(attributes["outcry.producer.frame"]) % 2 === 0 && isFirstHalf;
      const link = { traceId: clientTrace, spanId: clientSpan };
      expect(links).toEqual(isLinked ? [link] : []);
    }
    const [appended, committed, answered] = ["append", "commit", "gateway.reply"].map(named);
    expect(appended!.length).toBeGreaterThan(received.length / 2);
    expect(appended).toHaveLength(committed!.length);
    expect(answered!.length).toBeGreaterThan(received.length / 2);
    const answers = new Set(answered!.map((span) => span.attributes["outcry.gateway.answer"]));
    expect(answers).toEqual(new Set(["replied", "unknown"]));
  });

  it("are the same whoever rebuilds them, and in whichever order the logs are read", () => {
    const again = tracesOf(recordsOf(venue).toReversed());
    expect(again.size).toBe(traces.size);
    for (const [order, trace] of traces) expect(again.get(order)).toEqual(trace);
  });
});
