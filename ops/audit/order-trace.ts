/**
 * The life of one order as a trace: spans that say what happened, when, where in which log, and
 * what it followed from.
 *
 * A span lasts from what its act follows from until the act itself, by the logs' time: within one
 * entry that is no time at all. The first span lasts until the order was first reported of, and all
 * hangs from it. What happens on account of another order is linked to that one's trace. What a
 * gateway noted on its frames is by the gateway's clock.
 */
import { rootSpanIdOf, spanIdOf, traceIdOfCommand, traceIdOfOrder } from "../../protocols/index.ts";
import type { TimeUs } from "../../protocols/index.ts";
import { hopOf } from "./act.ts";
import type { Act, ActHead, ActPlace, OrderKey } from "./act.ts";
import {
  attributesOfAct,
  attributesOfFate,
  attributesOfHop,
  attributesOfOrder,
  attributesOfReceipt,
  isFirstWord,
} from "./attributes.ts";
import type { Attributes, FirstWord } from "./attributes.ts";
import { notedCommandIn } from "./command-fates.ts";
import type { CommandFate } from "./command-fates.ts";
import type { OrderTrail } from "./order-trail.ts";
import {
  append,
  commit,
  gatewayReceive,
  gatewayReply,
  hop,
  stageOf,
  wholeOrder,
} from "./stages.ts";

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
  readonly order: OrderKey;
  /** The order's beginning first, then every act in the order in which they happened. */
  readonly spans: readonly TraceSpan[];
}

/**
 * How long before its first report an order may have begun: a command that was heard earlier is
 * forgotten by whoever waits for the report.
 */
export const beginningUsMax = 60_000_000;

/** Whose trace it is, and the ids that follow from that. */
export interface TraceName {
  readonly cluster: string;
  readonly order: OrderKey;
  readonly traceId: string;
  /** The id of the span that all others hang from. */
  readonly root: string;
}

export function traceNameOf(cluster: string, order: OrderKey): TraceName {
  const traceId = traceIdOf(cluster, order);
  return { cluster, order, traceId, root: rootSpanIdOf(traceId) };
}

/** undefined comes of an empty trail. */
export function traceOf(
  cluster: string,
  order: OrderKey,
  { acts, fates }: OrderTrail,
): OrderTrace | undefined {
  if (acts.length === 0) return undefined;
  const name = traceNameOf(cluster, order);
  const { traceId } = name;
  const reported = acts.find(isFirstWord);
  // What gateways noted comes before the acts that it led to.
  const spans = [
    ...acts.map((act) => ({ timeUs: act.timeUs - 1, spans: spansOfReceipt(name, act) })),
    ...fates.map((fate) => ({ timeUs: timeUsOfFate(fate), spans: spansOfFate(name, fate) })),
    ...acts.map((act) => ({ timeUs: act.timeUs, spans: spansOfAct(name, act) })),
  ]
    .sort((a, b) => a.timeUs - b.timeUs)
    .flatMap((each) => each.spans);
  if (reported === undefined) return { traceId, order, spans };
  const startUs = beginningUsOf(acts, reported);
  const beginning = beginningSpan(name, reported, startUs);
  return { traceId, order, spans: [beginning, ...spans] };
}

/** When the first command of it came to the log of its account that is not forgotten. */
function beginningUsOf(acts: readonly Act[], reported: Act): TimeUs {
  const { shard, sequence } = reported.place;
  const commands = acts.filter(
    ({ deed, place }) =>
      deed.kind === "command" && place.shard === shard && place.sequence <= sequence,
  );
  const first = [...commands, reported].reduce((begun, act) =>
    act.timeUs - begun.timeUs > beginningUsMax ? act : begun,
  );
  return cameUsOf(first);
}

/** When its gateway had it, unless the clocks of gateway and log have nothing in common. */
export function cameUsOf(act: Act): TimeUs {
  const { timeUs } = act;
  const cameUs = notedCommandIn(act)?.receipt.cameUs ?? timeUs;
  return cameUs > timeUs || cameUs < timeUs - beginningUsMax ? timeUs : cameUs;
}

/**
 * The span that all others hang from: from the command that the order came with, if it came with
 * one, until it is reported of for the first time.
 */
export function beginningSpan(
  { cluster, root }: TraceName,
  word: FirstWord,
  startUs: TimeUs,
): TraceSpan {
  return {
    spanId: root,
    parentSpanId: undefined,
    name: wholeOrder,
    startUs,
    endUs: word.timeUs,
    attributes: attributesOfOrder(cluster, word),
    links: [],
  };
}

/**
 * The span of an act as part of an order's life; before it that of the way of the message that
 * brought it about, if that came from another shard.
 */
export function spansOfAct(name: TraceName, act: Act): readonly TraceSpan[] {
  const { cluster, order, traceId, root } = name;
  const { deed, place, timeUs, cause } = act;
  const causeId = cause?.orders.has(order) ? idOfAct(traceId, cause.place) : root;
  const causes = cause === undefined || cause.orders.has(order) ? [] : linksTo(cluster, cause);
  const counterparties = counterpartiesOf(cluster, act);
  const own = {
    spanId: idOfAct(traceId, place),
    name: stageOf(deed),
    attributes: attributesOfAct(cluster, act),
  };
  const hopName = hopOf(deed);
  if (hopName === undefined || cause === undefined) {
    const startUs = cause?.timeUs ?? timeUs;
    const links = [...causes, ...counterparties];
    return [{ ...own, parentSpanId: causeId, startUs, endUs: timeUs, links }];
  }
  const hopId = spanIdOf(traceId, hop, hopName);
  const way = { spanId: hopId, parentSpanId: causeId, name: hop, links: causes };
  return [
    {
      ...way,
      // Each shard's log has a clock of its own, and they may differ.
      startUs: Math.min(cause.timeUs, timeUs),
      endUs: timeUs,
      attributes: attributesOfHop(hopName),
    },
    { ...own, parentSpanId: hopId, startUs: timeUs, endUs: timeUs, links: counterparties },
  ];
}

function spanIdAt(traceId: string, stage: string, { shard, sequence, index }: ActPlace): string {
  return spanIdOf(traceId, stage, shard, sequence, index);
}

/** The trace of an order of a cluster, or of a command that did not become one. */
export function traceIdOf(cluster: string, order: OrderKey): string {
  return typeof order === "number"
    ? traceIdOfOrder(cluster, order)
    : traceIdOfCommand(cluster, order);
}

function idOfAct(traceId: string, place: ActPlace): string {
  return spanIdAt(traceId, "act", place);
}

/** From when a gateway had a command until it closed the frame that this went with. */
export function spansOfReceipt(
  { cluster, traceId, root }: TraceName,
  act: Act,
): readonly TraceSpan[] {
  const noted = notedCommandIn(act);
  if (noted === undefined) return [];
  const { cameUs: startUs, closedUs: endUs, traceparent } = noted.receipt;
  return [
    {
      spanId: spanIdAt(traceId, gatewayReceive, act.place),
      parentSpanId: root,
      name: gatewayReceive,
      ...{ startUs, endUs },
      attributes: attributesOfReceipt(cluster, noted),
      links: traceparent === "" ? [] : [linkIn(traceparent)],
    },
  ];
}

function linkIn(traceparent: string): SpanLink {
  const [, traceId = "", spanId = ""] = traceparent.split("-");
  return { traceId, spanId };
}

/** What became of a command after it was sent. */
export function spansOfFate(name: TraceName, fate: CommandFate): readonly TraceSpan[] {
  const { atUs, command } = fate;
  const { timeUs } = command.act;
  if (fate.answer !== undefined) return [fateSpan(name, fate, { stage: gatewayReply })];
  const { closedUs } = command.receipt;
  // The log's time is by the clock of the server that leads it, the others are by the gateway's.
  const loggedUs = Math.min(Math.max(timeUs, closedUs), Math.max(closedUs, atUs));
  return [
    fateSpan(name, fate, { stage: append, startUs: closedUs, endUs: loggedUs }),
    fateSpan(name, fate, { stage: commit, startUs: loggedUs }),
  ];
}

/** Where a fate has its place among the acts. */
function timeUsOfFate({ atUs, answer, command }: CommandFate): TimeUs {
  return answer === undefined ? command.act.timeUs - 1 : atUs;
}

interface FateStage {
  readonly stage: string;
  readonly startUs?: TimeUs;
  readonly endUs?: TimeUs;
}

function fateSpan(name: TraceName, fate: CommandFate, of: FateStage): TraceSpan {
  const { cluster, traceId, root } = name;
  const { stage, endUs = fate.atUs, startUs = endUs } = of;
  return {
    spanId: spanIdAt(traceId, stage, fate.command.act.place),
    parentSpanId: root,
    name: stage,
    startUs: Math.min(startUs, endUs),
    endUs,
    attributes: attributesOfFate(cluster, stage, fate),
    links: [],
  };
}

/** To an act of other orders', that an act of this one follows from, */
function linksTo(cluster: string, { orders, place }: ActHead): readonly SpanLink[] {
  return [...orders].map((other) => {
    const traceId = traceIdOf(cluster, other);
    return { traceId, spanId: idOfAct(traceId, place) };
  });
}

/** and to the order at the other side of a fill. */
function counterpartiesOf(cluster: string, { counterparty }: Act): readonly SpanLink[] {
  if (counterparty === undefined) return [];
  const { traceId, root } = traceNameOf(cluster, counterparty);
  return [{ traceId, spanId: root }];
}
