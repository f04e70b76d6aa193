/** Goal: what a receiver of OTLP gets are the traces, ids, times, links and all, every time. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { tradeOut } from "../../actors/testing/trading-day.ts";
import { OtlpExport, OtlpRefused } from "./otlp-export.ts";
import { OtlpReceiver } from "./testing/otlp-receiver.ts";
import { recordsOf, tracesOf } from "./testing/venue-traces.ts";

let receiver: OtlpReceiver;
let exporter: OtlpExport;

beforeEach(async () => {
  receiver = await OtlpReceiver.listen();
  exporter = new OtlpExport({ url: receiver.url });
});
afterEach(async () => {
  await exporter.close();
  receiver.close();
});

const venue = tradeOut({ seed: 5, shards: 2, moves: 300, deliveryPercent: 60 });
const traces = [...tracesOf(recordsOf(venue)).values()];
const spans = traces.flatMap(({ traceId, spans: of }) => of.map((span) => ({ traceId, span })));

it("are all there, span by span, with every attribute and link", async () => {
  await exporter.send(spans);
  expect(receiver.bodies.length).toBe(Math.ceil(spans.length / 500));
  const plain = receiver.spans.map(({ attributes, links, startTimeUnixNano, ...of }) => ({
    ...{ traceId: of.traceId, spanId: of.spanId, parentSpanId: of.parentSpanId, name: of.name },
    startUs: Number(BigInt(startTimeUnixNano) / 1000n),
    endUs: Number(BigInt(of.endTimeUnixNano) / 1000n),
    attributes: Object.fromEntries(
      attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]),
    ),
    links: links.map(({ traceId, spanId }) => ({ traceId, spanId })),
  }));
  expect(plain).toEqual(spans.map(({ traceId, span }) => ({ traceId, ...span })));
});

it("say who tells of them", async () => {
  await exporter.send(spans.slice(0, 1));
  const attributes = receiver.bodies[0]?.resourceSpans[0]?.resource.attributes;
  expect(attributes).toContainEqual({ key: "service.name", value: { stringValue: "outcry" } });
});

it("are the same spans when they are sent again", async () => {
  await exporter.send(spans);
  const before = receiver.bodies.splice(0);
  await exporter.send(spans);
  expect(receiver.bodies).toEqual(before);
});

it("are refused aloud", async () => {
  receiver.status = 400;
  await expect(exporter.send(spans)).rejects.toThrow(OtlpRefused);
});
