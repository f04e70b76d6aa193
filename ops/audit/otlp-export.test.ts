/** Goal: what a receiver of OTLP gets are the traces, with their ids, times and links, every time. */
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { tradeOut } from "../../actors/testing/trading-day.ts";
import { OtlpExport, OtlpRefused } from "./otlp-export.ts";
import { recordsOf, toldOf, tracesOf } from "./testing/venue-traces.ts";

interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly {
    readonly key: string;
    readonly value: { readonly stringValue?: string; readonly intValue?: number };
  }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}

interface Body {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: ReceivedSpan["attributes"] };
    readonly scopeSpans: readonly { readonly spans: readonly ReceivedSpan[] }[];
  }[];
}

let bodies: Body[];
let status: number;
let server: Server;
let exporter: OtlpExport;

beforeEach(async () => {
  bodies = [];
  status = 200;
  server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (piece: string) => (text += piece));
    request.on("end", () => {
      bodies.push(JSON.parse(text) as Body);
      response.writeHead(status, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  exporter = new OtlpExport({ url: `http://127.0.0.1:${port}/v1/traces`, cluster: "test" });
});
afterEach(async () => {
  await exporter.close();
  server.closeAllConnections();
  server.close();
});

const venue = tradeOut({ seed: 5, shards: 2, moves: 300, deliveryPercent: 60 });
const traces = [...tracesOf(toldOf(venue).keys(), recordsOf(venue)).values()];

const received = (): readonly ReceivedSpan[] =>
  bodies.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  );

it("are all there, span by span, with every attribute and link", async () => {
  const sent = await exporter.send(traces);
  const spans = traces.flatMap(({ traceId, spans: of }) =>
    of.map((span) => ({ traceId, ...span })),
  );
  expect(sent).toBe(spans.length);
  expect(bodies.length).toBe(Math.ceil(spans.length / 500));
  const plain = received().map(({ attributes, links, startTimeUnixNano, ...of }) => ({
    ...{ traceId: of.traceId, spanId: of.spanId, parentSpanId: of.parentSpanId, name: of.name },
    startUs: Number(BigInt(startTimeUnixNano) / 1000n),
    endUs: Number(BigInt(of.endTimeUnixNano) / 1000n),
    attributes: Object.fromEntries(
      attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]),
    ),
    links: links.map(({ traceId, spanId }) => ({ traceId, spanId })),
  }));
  expect(plain).toEqual(spans);
});

it("say of which cluster they are", async () => {
  await exporter.send(traces.slice(0, 1));
  const attributes = bodies[0]?.resourceSpans[0]?.resource.attributes;
  expect(attributes).toContainEqual({ key: "service.name", value: { stringValue: "outcry" } });
  expect(attributes).toContainEqual({ key: "service.namespace", value: { stringValue: "test" } });
});

it("are the same spans when they are sent again", async () => {
  await exporter.send(traces);
  const before = bodies.splice(0);
  await exporter.send(traces);
  expect(bodies).toEqual(before);
});

it("are refused aloud", async () => {
  status = 400;
  await expect(exporter.send(traces)).rejects.toThrow(OtlpRefused);
  expect(bodies).toHaveLength(1);
});
