/**
 * The names of all attributes of our spans, and where their values come from.
 *
 * `messaging.*` as OpenTelemetry's conventions for messaging have them
 * (https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/), with NATS as the system
 * and `messaging.nats.*` as our extension; what an exchange has to say begins with `outcry.`.
 * Prices are in ticks, quantities in lots, amounts in units of the asset.
 */
import {
  closeReasonWords,
  executionTypeWords,
  liquidityWords,
  orderStatusWords,
  orderTypeWords,
  sideWords,
  timeInForceWords,
  wordOf,
} from "../../protocols/api/words.ts";
import { shownInstructions } from "../../protocols/api/instruction-translation.ts";
import {
  anySide,
  asItIs,
  ExecutionType,
  NotedAnswer,
  RejectReason,
} from "../../protocols/index.ts";
import type {
  ExecutionReport,
  OrderInstructions,
  OrderReplied,
  Origin,
  RevisedInstructions,
} from "../../protocols/index.ts";
import type { Act, ActPlace, Deed, HopName } from "./act.ts";
import type { CommandFate, NotedCommand } from "./command-fates.ts";
import { append, commit } from "./stages.ts";

/** JSON of what an order asks for beyond type, price, quantity and time in force. */
export const orderInstructions = "outcry.order.instructions";

/** Values that OpenTelemetry takes. */
export type Attributes = Readonly<Record<string, string | number>>;

/** An attribute of ours, and how a field's number is said. */
interface Field {
  readonly name: string;
  readonly say?: (value: number) => string | number;
  /** Numbers that say nothing, and are left out; 0 does unless told otherwise. */
  readonly saysNothing?: number;
}

const reasonNames = new Map<number, string>(
  Object.entries(RejectReason).map(([name, number]) => [number, name]),
);
const sayReason = (number: number): string => reasonNames.get(number) ?? String(number);
const always = -1;

/** By the names that messages and events have for them. */
const fields: Readonly<Record<string, Field>> = {
  account: { name: "outcry.account" },
  participant: { name: "outcry.participant" },
  symbol: { name: "outcry.symbol" },
  orderId: { name: "outcry.order.id" },
  clientOrderId: { name: "outcry.order.client_id" },
  quoteId: { name: "outcry.quote.id" },
  linkedOrderId: { name: "outcry.order.linked_id" },
  side: { name: "outcry.order.side", say: (it) => wordOf(sideWords, it), saysNothing: anySide },
  orderType: {
    name: "outcry.order.type",
    say: (it) => wordOf(orderTypeWords, it),
    saysNothing: always,
  },
  timeInForce: {
    name: "outcry.order.time_in_force",
    say: (it) => wordOf(timeInForceWords, it),
    saysNothing: always,
  },
  price: { name: "outcry.order.price" },
  quantity: { name: "outcry.order.quantity" },
  budget: { name: "outcry.order.budget" },
  revision: { name: "outcry.order.revision" },
  executed: { name: "outcry.order.executed" },
  remaining: { name: "outcry.order.remaining", saysNothing: always },
  canceled: { name: "outcry.order.canceled" },
  executedNotional: { name: "outcry.order.executed_notional" },
  fees: { name: "outcry.order.fees" },
  status: { name: "outcry.order.status", say: (it) => wordOf(orderStatusWords, it) },
  executionType: {
    name: "outcry.execution.type",
    say: (it) => wordOf(executionTypeWords, it),
    saysNothing: always,
  },
  tradeId: { name: "outcry.trade.id" },
  lastPrice: { name: "outcry.trade.price" },
  lastQuantity: { name: "outcry.trade.quantity" },
  liquidity: { name: "outcry.trade.liquidity", say: (it) => wordOf(liquidityWords, it) },
  fee: { name: "outcry.trade.fee" },
  updateId: { name: "outcry.book.update_id" },
  rejectReason: { name: "outcry.reject_reason", say: sayReason },
  closeReason: { name: "outcry.close_reason", say: (it) => wordOf(closeReasonWords, it) },
};

/** What `reason` is a number of depends on who gives it. */
const reasonIsForClosing = new Set(["submit-cancel", "order-removed"]);

/**
 * Of the span that an order begins with: as the first report has it. Where none came of a command,
 * which one that was.
 */
export function attributesOfOrder(cluster: string, { deed, place }: FirstWord): Attributes {
  const { event } = deed;
  if (event.kind === "execution-report") {
    return { "outcry.cluster": cluster, ...said(termsOf(event)) };
  }
  const { origin } = event;
  const cameTo = { "outcry.shard": origin.shard ?? place.shard, ...originOf(origin) };
  return { "outcry.cluster": cluster, ...cameTo, ...said(refusalOf(event)) };
}

/** What was asked for, and what was said to that. */
function termsOf(report: ExecutionReport): object {
  const { account, symbol, orderId, clientOrderId, side, orderType, timeInForce } = report;
  const { price, quantity, status, rejectReason } = report;
  const names = { account, symbol, orderId, clientOrderId };
  return { ...names, side, orderType, timeInForce, price, quantity, status, rejectReason };
}

function refusalOf({ status, rejectReason }: OrderReplied): object {
  return { status, rejectReason };
}

/** Of an act's span: its place in the log, and what was said. */
export function attributesOfAct(cluster: string, { place, deed, counterparty }: Act): Attributes {
  return {
    "messaging.operation.type": "process",
    ...placeInLog(cluster, place),
    ...whatWasSaid(deed),
    ...(counterparty !== undefined && { "outcry.trade.counterparty_order.id": counterparty }),
  };
}

function placeInLog(cluster: string, { shard, sequence, index }: ActPlace): Attributes {
  return {
    "messaging.system": "nats",
    "messaging.destination.name": `LOG_${shard}`,
    "messaging.nats.stream.sequence": sequence,
    "outcry.cluster": cluster,
    "outcry.shard": shard,
    "outcry.sequence": sequence,
    "outcry.index": index,
  };
}

/** Of a gateway's having a command. */
export function attributesOfReceipt(
  cluster: string,
  { act, deed, receipt: { traceparent } }: NotedCommand,
): Attributes {
  return {
    "messaging.operation.type": "receive",
    ...placeInLog(cluster, act.place),
    ...originOf(deed.origin),
    ...(traceparent !== "" && { "outcry.client.traceparent": traceparent }),
  };
}

const operations = new Map([
  [append, "send"],
  [commit, "settle"],
]);
const answerWords = new Map(Object.entries(NotedAnswer).map(([word, answer]) => [answer, word]));

/** Of a stage of what became of it. */
export function attributesOfFate(
  cluster: string,
  stage: string,
  { command: { act, deed, receipt }, atUs, answer }: CommandFate,
): Attributes {
  return {
    "messaging.operation.type": operations.get(stage) ?? "send",
    ...placeInLog(cluster, act.place),
    ...originOf(deed.origin),
    ...(answer !== undefined && {
      "outcry.gateway.answer": answerWords.get(answer) ?? "",
      "outcry.gateway.answered_after_us": atUs - receipt.cameUs,
    }),
  };
}

function originOf({ producer, epoch, frame, index }: Origin): Attributes {
  return {
    "outcry.producer": producer,
    "outcry.producer.epoch": epoch,
    "outcry.producer.frame": frame,
    "outcry.producer.index": index,
  };
}

function whatWasSaid(deed: Deed): Attributes {
  switch (deed.kind) {
    case "command": {
      const { message, origin } = deed;
      return { "outcry.command": message.kind, ...originOf(origin), ...said(message) };
    }
    case "arrival":
    case "message":
    case "wait":
    case "resumption":
      return { "outcry.message": deed.message.kind, ...said(deed.message) };
    case "moment":
      return { "outcry.symbol": deed.symbol };
    case "event":
      return { "outcry.event": deed.event.kind, ...said(deed.event) };
  }
}

/** Of a message's way between two shards. */
export function attributesOfHop(name: HopName): Attributes {
  const [, from = "", to = "", frame = "", index = ""] =
    /^(\d+)>(\d+)\/(\d+)\/(\d+)$/.exec(name) ?? [];
  return {
    "messaging.system": "nats",
    "messaging.operation.type": "send",
    "messaging.destination.name": `LOG_${to}`,
    "outcry.hop.from": Number(from),
    "outcry.hop.to": Number(to),
    "outcry.hop.frame": Number(frame),
    "outcry.hop.index": Number(index),
  };
}

function said(message: object): Attributes {
  const kind = "kind" in message ? String(message.kind) : "";
  const found: Record<string, string | number> = {};
  for (const [key, value] of Object.entries(message) as [string, unknown][]) {
    if (key === "instructions" || key === "revised") {
      const asked = instructionsText(key, value as OrderInstructions & RevisedInstructions);
      if (asked !== "{}") found[orderInstructions] = asked;
      continue;
    }
    const field = key === "reason" ? reasonField(kind) : fields[key];
    if (field === undefined || value === (field.saysNothing ?? 0)) continue;
    if (typeof value === "number") found[field.name] = field.say ? field.say(value) : value;
    else if (typeof value === "string" && value !== "") found[field.name] = value;
  }
  return found;
}

/** As record and history have them; of a replace what it changes. */
function instructionsText(
  key: "instructions" | "revised",
  asked: OrderInstructions & RevisedInstructions,
): string {
  if (key === "instructions") return JSON.stringify(shownInstructions(asked));
  const { mustKeepPriority, ...numbers } = asked;
  const changed = Object.entries(numbers).filter(([, value]) => value !== asItIs);
  return JSON.stringify({
    ...Object.fromEntries(changed),
    ...(mustKeepPriority && { keepPriority: true }),
  });
}

function reasonField(kind: string): Field | undefined {
  return reasonIsForClosing.has(kind) ? fields["closeReason"] : fields["rejectReason"];
}

/** An act with which an order is first spoken of, or a command is refused that was to be one. */
export type FirstWord = Act & { readonly deed: { readonly event: ExecutionReport | OrderReplied } };

/** What is said of every order once, and before anything else. */
export function isFirstWord(act: Act): act is FirstWord {
  const { deed } = act;
  if (deed.kind !== "event") return false;
  const { event } = deed;
  if (event.kind === "order-replied") return event.orderId === 0;
  if (event.kind !== "execution-report") return false;
  const { executionType } = event;
  return executionType === ExecutionType.new || executionType === ExecutionType.rejected;
}
