/** A trace as people read it: one line for each span, indented under what it follows from. */
import { aligned } from "../cli/output.ts";
import { momentOf } from "../past/past-place.ts";
import type { OrderTrace, TraceSpan } from "./order-trace.ts";
import { gatewayReceive, gatewayReply } from "./stages.ts";

/** How ticks and lots of an instrument are said. */
export interface SpokenUnits {
  price(ticks: number): string;
  quantity(lots: number): string;
}

const barWidth = 20;

export function renderWaterfall(
  { traceId, order, spans }: OrderTrace,
  unitsOf: (symbol: string) => SpokenUnits,
): string {
  const [whole, ...acts] = spans;
  if (whole === undefined) return "";
  // What a refused command asked for, only the span has in which it was heard.
  const asked = typeof order === "number" ? whole : (acts.find(isOfCommand) ?? whole);
  const name = (key: string): string => String(asked.attributes[`outcry.${key}`] ?? "");
  const units = unitsOf(name("symbol"));
  const names = ["symbol", "account", "order.client_id"].map(name);
  const terms = termsOf(asked, units);
  const status = spans.findLast(isOfStatus)?.attributes[statusName] ?? "";
  const [fromUs, toUs] = extentOf(spans);
  const children = Map.groupBy(acts, ({ parentSpanId }) => parentSpanId ?? "");
  const lines: string[][] = [];
  const draw = (span: TraceSpan, depth: number): void => {
    lines.push([
      offset(span.endUs - fromUs),
      bar(span, fromUs, toUs),
      `${"  ".repeat(depth)}${span.name}`,
      placeOf(span),
      detailsOf(span, units),
    ]);
    for (const child of children.get(span.spanId) ?? []) draw(child, depth + 1);
  };
  for (const child of children.get(whole.spanId) ?? []) draw(child, 0);
  return [
    [typeof order === "number" ? `order ${order}` : `refused command ${order}`, ...names]
      .filter((part) => part !== "")
      .join("  "),
    `${terms === "" ? name("command") : terms}: ${status}`,
    `trace ${traceId}, begun ${new Date(fromUs / 1000).toISOString()}, ` +
      `lasted ${duration(toUs - fromUs)}`,
    "",
    ...aligned(lines, (column) => column === 0),
  ].join("\n");
}

const statusName = "outcry.order.status";

function isOfStatus({ attributes }: TraceSpan): boolean {
  return attributes[statusName] !== undefined;
}

function isOfCommand({ attributes }: TraceSpan): boolean {
  return attributes["outcry.command"] !== undefined;
}

/** When the first of them begins and the last one ends. */
function extentOf(spans: readonly TraceSpan[]): [fromUs: number, toUs: number] {
  return [
    spans.reduce((us, { startUs }) => Math.min(us, startUs), Infinity),
    spans.reduce((us, { endUs }) => Math.max(us, endUs), -Infinity),
  ];
}

/** Where in the whole it lies. */
function bar({ startUs, endUs }: TraceSpan, fromUs: number, toUs: number): string {
  const all = Math.max(1, toUs - fromUs);
  const at = (us: number): number => Math.floor(((us - fromUs) / all) * (barWidth - 1));
  const [from, to] = [at(startUs), at(endUs)];
  return `${" ".repeat(from)}${"█".repeat(to - from + 1)}`;
}

function placeOf({ attributes }: TraceSpan): string {
  const { "outcry.shard": shard, "outcry.sequence": sequence, "outcry.index": index } = attributes;
  if (shard !== undefined) return `${shard}/${sequence}/${index}`;
  return `${attributes["outcry.hop.from"]} > ${attributes["outcry.hop.to"]}`;
}

function detailsOf(span: TraceSpan, units: SpokenUnits): string {
  const { attributes } = span;
  const about = (key: string): string | number | undefined => attributes[`outcry.${key}`];
  const reason = about("reject_reason");
  const trade = about("trade.id");
  const counterparty = about("trade.counterparty_order.id");
  const parts = [
    gatewayOf(span),
    about("command") !== undefined || about("message") === "submit-order"
      ? termsOf(span, units)
      : "",
    trade === undefined ? "" : tradeOf(span, units),
    about("event") === "execution-report" ? progressOf(span, units) : "",
    reason === undefined ? "" : `refused: ${reason}`,
    about("close_reason") === undefined ? "" : `because: ${about("close_reason")}`,
    counterparty === undefined ? "" : `with order ${counterparty}`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}

/** Which gateway it was that noted it, and how long whoever asked waited there. */
function gatewayOf({ name, attributes }: TraceSpan): string {
  if (name === gatewayReceive) return `by ${attributes["outcry.producer"]}`;
  if (name !== gatewayReply) return "";
  const waitedUs = Number(attributes["outcry.gateway.answered_after_us"]);
  return `${attributes["outcry.gateway.answer"]} after ${duration(waitedUs)}`;
}

/** What was asked for. */
function termsOf(span: TraceSpan, units: SpokenUnits): string {
  const { attributes } = span;
  const about = (key: string): string | number | undefined => attributes[`outcry.order.${key}`];
  const price = about("price");
  return [
    about("side"),
    quantityOf(span, units),
    price === undefined ? undefined : `@ ${units.price(Number(price))}`,
    about("type"),
    about("time_in_force"),
    ...instructionsOf(String(about("instructions") ?? "{}"), units),
  ]
    .filter((part) => part !== undefined)
    .join(" ");
}

/** Of an order by budget it is the most that the budget may come to, once that is known. */
function quantityOf({ attributes }: TraceSpan, units: SpokenUnits): string | undefined {
  const quantity = attributes["outcry.order.quantity"];
  if (quantity === undefined) return undefined;
  const text = units.quantity(Number(quantity));
  const instructions = String(attributes["outcry.order.instructions"] ?? "");
  if (!instructions.includes('"quoteBudget"')) return text;
  return Number(quantity) === 0 ? undefined : `at most ${text}`;
}

const prices = new Set(["triggerPrice", "trailTicks", "pegOffset"]);
const quantities = new Set(["displayQuantity", "minimumQuantity"]);

/** What was asked for beyond that, under the names of order entry. */
function instructionsOf(text: string, units: SpokenUnits): readonly string[] {
  const asked = JSON.parse(text) as Readonly<Record<string, string | number | boolean>>;
  return Object.entries(asked).map(([name, value]) => {
    if (prices.has(name)) return `${name} ${units.price(Number(value))}`;
    if (quantities.has(name)) return `${name} ${units.quantity(Number(value))}`;
    if (name === "expiresAtUs") return `until ${momentOf(Number(value))}`;
    return value === true ? name : `${name} ${value}`;
  });
}

function tradeOf({ attributes }: TraceSpan, units: SpokenUnits): string {
  const trade = attributes["outcry.trade.id"];
  const price = attributes["outcry.trade.price"] ?? attributes["outcry.order.price"] ?? 0;
  const quantity = attributes["outcry.trade.quantity"] ?? attributes["outcry.order.quantity"] ?? 0;
  const liquidity = attributes["outcry.trade.liquidity"] ?? "";
  const what = `${units.quantity(Number(quantity))} @ ${units.price(Number(price))}`;
  return `${what} as ${liquidity}, trade ${trade}`;
}

/** How far the order is. */
function progressOf({ attributes }: TraceSpan, units: SpokenUnits): string {
  const executed = Number(attributes["outcry.order.executed"] ?? 0);
  const quantity = Number(attributes["outcry.order.quantity"] ?? 0);
  const status = attributes["outcry.order.status"] ?? "";
  return `${status}, ${units.quantity(executed)} of ${units.quantity(quantity)}`;
}

function offset(us: number): string {
  return `+${duration(us)}`;
}

/** "0 ms", "1.234 ms", "12.3 s". */
function duration(us: number): string {
  if (us >= 1_000_000) return `${(us / 1_000_000).toFixed(3)} s`;
  return us === 0 ? "0 ms" : `${(us / 1000).toFixed(3)} ms`;
}
