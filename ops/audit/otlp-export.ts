/**
 * Sends traces to whatever receives OTLP over HTTP: a collector, Jaeger, Tempo.
 *
 * The spans are those of the logs, with their ids and times: sent again they are the same spans,
 * and a store that goes by ids has them once.
 */
import { SpanKind, SpanStatusCode, TraceFlags } from "@opentelemetry/api";
import type { HrTime, SpanContext } from "@opentelemetry/api";
import { ExportResultCode } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { version } from "../config/release.ts";
import type { StreamedSpan } from "./trace-stream.ts";
import { hop } from "./stages.ts";

export interface OtlpTarget {
  /** Where traces are taken, such as `http://localhost:4318/v1/traces`. */
  readonly url: string;
}

/** The receiver did not take the spans; those of the same call that it took before are there. */
export class OtlpRefused extends Error {
  override readonly name = "OtlpRefused";
}

/** So many spans go in one request; a trace may be spread over several. */
const spansPerRequest = 500;

export class OtlpExport {
  readonly #exporter: OTLPTraceExporter;
  readonly #common: Pick<ReadableSpan, "resource" | "instrumentationScope">;

  constructor({ url }: OtlpTarget) {
    this.#exporter = new OTLPTraceExporter({ url });
    this.#common = {
      resource: resourceFromAttributes({
        "service.name": "outcry",
        "service.version": version,
      }),
      instrumentationScope: { name: "outcry.audit", version },
    };
  }

  /** Resolves once all are taken. Rejects with {@link OtlpRefused}. */
  async send(spans: readonly StreamedSpan[]): Promise<void> {
    for (let from = 0; from < spans.length; from += spansPerRequest) {
      const batch = spans.slice(from, from + spansPerRequest);
      await this.#sendBatch(batch.map((each) => this.#readable(each)));
    }
  }

  async close(): Promise<void> {
    await this.#exporter.shutdown();
  }

  #sendBatch(spans: ReadableSpan[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#exporter.export(spans, ({ code, error }) => {
        if (code === ExportResultCode.SUCCESS) resolve();
        else reject(new OtlpRefused(error?.message ?? "no reason was given", { cause: error }));
      });
    });
  }

  #readable({ traceId, span }: StreamedSpan): ReadableSpan {
    const { spanId, parentSpanId, name, startUs, endUs, attributes, links } = span;
    const isRefused = attributes["outcry.reject_reason"] !== undefined;
    return {
      ...this.#common,
      name,
      kind: name === hop ? SpanKind.PRODUCER : SpanKind.INTERNAL,
      spanContext: () => contextOf(traceId, spanId),
      ...(parentSpanId !== undefined && { parentSpanContext: contextOf(traceId, parentSpanId) }),
      startTime: hrTimeOf(startUs),
      endTime: hrTimeOf(endUs),
      duration: hrTimeOf(endUs - startUs),
      status: { code: isRefused ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
      attributes: { ...attributes },
      links: links.map((link) => ({ context: contextOf(link.traceId, link.spanId) })),
      events: [],
      ended: true,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    };
  }
}

function contextOf(traceId: string, spanId: string): SpanContext {
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
}

/** Seconds and nanoseconds. */
function hrTimeOf(us: number): HrTime {
  const seconds = Math.floor(us / 1_000_000);
  return [seconds, (us - seconds * 1_000_000) * 1000];
}
