/**
 * The life of one order as a trace: spans that say what happened, when, where in which log, and
 * what it followed from.
 *
 * A span lasts from what its act follows from until the act itself, by the logs' time: within one
 * entry that is no time at all. The first span lasts until the order was first reported of, and all
 * hangs from it. What happens on account of another order is linked to that one's trace.
 */
import type { OrderId, TimeUs } from "../../protocols/index.ts";
import { hopOf } from "./act.ts";
import type { Act, ActPlace } from "./act.ts";
import { attributesOfAct, attributesOfHop, attributesOfOrder, isReport } from "./attributes.ts";
import type { Attributes } from "./attributes.ts";
import { hop, stageOf, wholeOrder } from "./stages.ts";
import { spanIdOf, traceIdOf } from "./trace-ids.ts";

export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
}

export interface TraceSpan {
  readonly spanId: string;
  /** undefined for the span that all others hang from. */
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly startUs: TimeUs;
  readonly endUs: TimeUs;
  readonly attributes: Attributes;
  /** Spans of other orders' traces that this one follows from. */
  readonly links: readonly SpanLink[];
}

export interface OrderTrace {
  readonly traceId: string;
  readonly orderId: OrderId;
  /** The order's beginning first, then every act in the order in which they happened. */
  readonly spans: readonly TraceSpan[];
}

/** @param acts the order's whole trail; undefined comes of an empty one. */
export function traceOf(
  cluster: string,
  orderId: OrderId,
  acts: readonly Act[],
): OrderTrace | undefined {
  const begun = beginningOf(acts);
  if (begun === undefined) return undefined;
  const traceId = traceIdOf(cluster, orderId);
  const root = spanIdOf(traceId, wholeOrder);
  const whole: TraceSpan = {
    spanId: root,
    parentSpanId: undefined,
    name: wholeOrder,
    ...begun,
    attributes: attributesOfOrder(cluster, orderId, acts),
    links: [],
  };
  const spans = acts.flatMap((act) => spansOf(act, { cluster, orderId, traceId, root }));
  return { traceId, orderId, spans: [whole, ...spans] };
}

/** From what brought it about, a command as a rule, until it was first reported of. */
function beginningOf(acts: readonly Act[]): Pick<TraceSpan, "startUs" | "endUs"> | undefined {
  const [first] = acts;
  if (first === undefined) return undefined;
  const reported = acts.find(isReport) ?? first;
  const before = acts.slice(0, acts.indexOf(reported));
  const { timeUs: startUs } = before.find(({ deed }) => deed.kind === "command") ?? first;
  return { startUs: Math.min(startUs, reported.timeUs), endUs: reported.timeUs };
}

interface TraceParts {
  readonly cluster: string;
  readonly orderId: OrderId;
  readonly traceId: string;
  readonly root: string;
}

/** The act, and the way of the message that brought it about if that came from another shard. */
function spansOf(act: Act, parts: TraceParts): readonly TraceSpan[] {
  const { deed, place, timeUs, cause } = act;
  const { traceId, cluster, orderId, root } = parts;
  const causeId = cause?.orders.has(orderId) ? idOfAct(traceId, cause.place) : root;
  const causes = causesOf(act, parts);
  const counterparties = counterpartiesOf(act, parts);
  const spanId = idOfAct(traceId, place);
  const attributes = attributesOfAct(cluster, act);
  const own = { spanId, name: stageOf(deed), attributes };
  const hopName = hopOf(deed);
  if (hopName === undefined || cause === undefined) {
    const startUs = cause?.timeUs ?? timeUs;
    return [
      {
        ...own,
        parentSpanId: causeId,
        startUs,
        endUs: timeUs,
        links: [...causes, ...counterparties],
      },
    ];
  }
  const hopId = spanIdOf(traceId, `${hop} ${hopName}`);
  const way = { spanId: hopId, parentSpanId: causeId, name: hop, links: causes };
  return [
    {
      ...way,
      startUs: Math.min(cause.timeUs, timeUs),
      endUs: timeUs,
      attributes: attributesOfHop(hopName),
    },
    { ...own, parentSpanId: hopId, startUs: timeUs, endUs: timeUs, links: counterparties },
  ];
}

function idOfAct(traceId: string, place: ActPlace): string {
  return spanIdOf(traceId, "act", place);
}

/** To other orders' acts that this one follows from, */
function causesOf({ cause }: Act, { cluster, orderId }: TraceParts): readonly SpanLink[] {
  if (cause === undefined || cause.orders.has(orderId)) return [];
  return [...cause.orders].map((other) => {
    const traceId = traceIdOf(cluster, other);
    return { traceId, spanId: idOfAct(traceId, cause.place) };
  });
}

/** and to the order at the other side of a fill. */
function counterpartiesOf({ counterparty }: Act, { cluster }: TraceParts): readonly SpanLink[] {
  if (counterparty === undefined) return [];
  const traceId = traceIdOf(cluster, counterparty);
  return [{ traceId, spanId: spanIdOf(traceId, wholeOrder) }];
}
