/**
 * Holds what a receiver of OTLP was sent against what logs tell of orders, and says in words what
 * is missing, too much, or does not hang together.
 *
 * Orders are found among the spans by what these say, not by ids of traces.
 */
import { traceIdOfOrder } from "../../../protocols/index.ts";
import type { OrderId } from "../../../protocols/index.ts";
import { clientTrace } from "./noting-gateways.ts";
import type { ReceivedSpan } from "./otlp-receiver.ts";
import { nameOf, tellingOf } from "./told-orders.ts";
import type { CommandName, Telling, ToldOrders } from "./told-orders.ts";

export interface DayReceived {
  readonly cluster: string;
  readonly told: ToldOrders;
  readonly spans: readonly ReceivedSpan[];
}

/** One for each trace at least that is not as it should be; none where all is well. */
export function traceFaultsIn({ cluster, told, spans }: DayReceived): readonly string[] {
  const { orders, refusals } = told;
  const { spansById, faults } = distinct(spans);
  const traces = Map.groupBy(spansById.values(), ({ traceId }) => traceId);
  const orderTraces = new Map<OrderId, readonly ReceivedSpan[]>();
  const refusalTraces = new Map<CommandName, readonly ReceivedSpan[]>();
  for (const [traceId, trace] of traces) {
    faults.push(...faultsOfTrace(trace, spansById));
    const beginning = trace.find(({ parentSpanId }) => parentSpanId === undefined);
    const order = numberIn(beginning, "outcry.order.id");
    const command = beginning && commandIn(beginning);
    if (order !== 0) orderTraces.set(order, trace);
    else if (command !== undefined) refusalTraces.set(command, trace);
    else faults.push(`trace ${traceId} is of nothing`);
    const isNamed = order === 0 || traceId === traceIdOfOrder(cluster, order);
    if (!isNamed) faults.push(`order ${order} has a trace ${traceId} that no report names`);
  }
  faults.push(...differences("order", orders, orderTraces));
  faults.push(...differences("refused command", refusals, refusalTraces));
  return faults;
}

/** Spans that were told again count once, if they are the same. */
function distinct(spans: readonly ReceivedSpan[]): {
  readonly spansById: ReadonlyMap<string, ReceivedSpan>;
  readonly faults: string[];
} {
  const spansById = new Map<string, ReceivedSpan>();
  const faults: string[] = [];
  for (const span of spans) {
    const id = idOf(span);
    const before = spansById.get(id);
    if (before === undefined) spansById.set(id, span);
    else if (JSON.stringify(before) !== JSON.stringify(span)) {
      faults.push(`span ${id} (${span.name}) was told again, and differently`);
    }
  }
  return { spansById, faults };
}

function faultsOfTrace(
  trace: readonly ReceivedSpan[],
  spansById: ReadonlyMap<string, ReceivedSpan>,
): readonly string[] {
  const beginnings = trace.filter(({ parentSpanId }) => parentSpanId === undefined);
  const [first] = trace;
  const { traceId } = first!;
  const faults: string[] = [];
  if (beginnings.length !== 1) {
    faults.push(`trace ${traceId} has ${beginnings.length} beginnings`);
  }
  for (const { parentSpanId: spanId, name, links } of trace) {
    if (spanId !== undefined && !spansById.has(idOf({ traceId, spanId }))) {
      faults.push(`${name} of trace ${traceId} has no parent`);
    }
    const lost = links.filter((link) => !spansById.has(idOf(link)) && link.traceId !== clientTrace);
    faults.push(...lost.map((link) => `${name} of trace ${traceId} lacks ${idOf(link)}`));
  }
  return faults;
}

/** What was told of each, against what its trace tells. */
function differences<Key>(
  what: string,
  told: ReadonlyMap<Key, readonly Telling[]>,
  traces: ReadonlyMap<Key, readonly ReceivedSpan[]>,
): readonly string[] {
  const faults: string[] = [];
  for (const [key, tellings] of told) {
    const trace = traces.get(key);
    const said = trace?.flatMap(tellingIn).toSorted().join(", ");
    const expected = tellings.toSorted().join(", ");
    if (trace === undefined) faults.push(`${what} ${String(key)} has no trace`);
    else if (said !== expected) {
      faults.push(`${what} ${String(key)}: it was told "${expected}", its trace has "${said}"`);
    }
  }
  const others = [...traces.keys()].filter((key) => !told.has(key));
  return [...faults, ...others.map((key) => `there was no ${what} ${String(key)}`)];
}

function idOf({ traceId, spanId }: Pick<ReceivedSpan, "traceId" | "spanId">): string {
  return `${traceId}/${spanId}`;
}

function tellingIn(span: ReceivedSpan): readonly Telling[] {
  if (!/^(report\.|reply$)/.test(span.name)) return [];
  const at = `${numberIn(span, "outcry.shard")}/${numberIn(span, "outcry.sequence")}`;
  return [tellingOf(at, span.name, numberIn(span, "outcry.trade.id"))];
}

/** The command that it is about, where it says by which frame that came. */
function commandIn(span: ReceivedSpan): CommandName | undefined {
  const producer = valueIn(span, "outcry.producer");
  if (typeof producer !== "string") return undefined;
  const part = (name: string): number => numberIn(span, `outcry.producer.${name}`);
  const [epoch, frame, index] = [part("epoch"), part("frame"), part("index")];
  return nameOf(numberIn(span, "outcry.shard"), { producer, epoch, frame, index });
}

function numberIn(span: ReceivedSpan | undefined, key: string): number {
  return Number((span && valueIn(span, key)) ?? 0);
}

function valueIn({ attributes }: ReceivedSpan, key: string): string | number | undefined {
  const value = attributes.find((attribute) => attribute.key === key)?.value;
  return value?.stringValue ?? value?.intValue;
}
