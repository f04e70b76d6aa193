/** Orders as people read them: in natural units, one line each. */
import type { OrderResult } from "../../clients/sdk/index.ts";
import type { OrderDetails, OrderState } from "../../protocols/api/replies.ts";
import { grouped } from "./natural-units.ts";
import type { NaturalUnits } from "./natural-units.ts";
import { print, renderTable } from "./output.ts";
import type { CommonOptions } from "./output.ts";

/** An order's figures as decimal numbers, for programs that want no ticks and lots. */
export function naturalOrder(order: OrderState | OrderDetails, units: NaturalUnits) {
  return {
    price: units.price(order.price),
    quantity: units.quantity(order.quantity),
    executed: units.quantity(order.executed),
    executedNotional: units.quoteAmount(order.executedNotional),
    ...(order.executed === 0 ? {} : { averagePrice: units.averagePrice(order) }),
    fees: units.quoteAmount(order.fees),
  };
}

/**
 * "order 42 (mine-1): buy BTC-USDT, partiallyFilled, 0.0020 BTC at 65000.00, nothing executed", with
 * what else was asked for in between.
 */
export function describeOrder(order: OrderState | OrderDetails, units: NaturalUnits): string {
  const { base, quote, symbol } = units.instrument;
  const natural = naturalOrder(order, units);
  const name = order.clientOrderId === undefined ? "" : ` (${order.clientOrderId})`;
  const closed = order.closeReason === "none" ? "" : ` (${order.closeReason})`;
  const price = order.price === 0 ? "at market" : `at ${natural.price}`;
  const executed =
    order.executed === 0
      ? "nothing executed"
      : `${natural.executed} executed at ${units.averagePrice(order)} on average ` +
        `for ${grouped(natural.executedNotional)} ${quote}, fee ${grouped(natural.fees)}`;
  // What was just placed has the side that was asked for.
  const side = "side" in order ? `${order.side} ` : "";
  return (
    `order ${order.orderId}${name}: ${side}${symbol}, ${order.status}${closed}, ` +
    `${natural.quantity} ${base} ${price}, ${[...termsOf(order, units), executed].join(", ")}`
  );
}

/** What an order asked for beyond side, quantity and price, in words: nothing of most. */
function termsOf(order: OrderState | OrderDetails, units: NaturalUnits): readonly string[] {
  if (!("side" in order)) return [];
  const { type, timeInForce, displayQuantity, minimumQuantity, expiresAtUs } = order;
  const { quote } = units.instrument;
  const terms = [
    type === "limit" || type === "market" ? "" : type,
    timeInForce === "GTC" || timeInForce === "IOC" ? "" : timeInForce,
    expiresAtUs === undefined ? "" : `until ${new Date(expiresAtUs / 1000).toISOString()}`,
    order.quoteBudget === undefined
      ? ""
      : `for ${grouped(units.quoteAmount(order.quoteBudget))} ${quote}`,
    order.collarBasisPoints === undefined ? "" : `collar ${order.collarBasisPoints} bps`,
    ...triggerTerms(order, units),
    order.pegTo === undefined ? "" : `pegged to ${order.pegTo}`,
    order.pegOffset === undefined ? "" : `${units.price(order.pegOffset)} behind`,
    displayQuantity === undefined ? "" : `shows ${units.quantity(displayQuantity)}`,
    order.hidden === true ? "hidden" : "",
    order.reduceOnly === true ? "only reduces" : "",
    minimumQuantity === undefined ? "" : `at least ${units.quantity(minimumQuantity)} at once`,
    order.postOnly === undefined ? "" : `post-only ${order.postOnly}`,
    order.selfTradePrevention === undefined ? "" : `self-trade ${order.selfTradePrevention}`,
  ];
  return terms.filter((term) => term !== "");
}

function triggerTerms(order: OrderDetails, units: NaturalUnits): readonly string[] {
  const { triggerPrice, triggerBy = "last", trailTicks, trailBasisPoints } = order;
  const waits = order.waiting === true ? "waits" : "";
  if (triggerPrice === undefined) return [waits];
  const trails = trailTicks !== undefined || trailBasisPoints !== undefined;
  return [
    waits,
    // Where it has followed the market to is for the book to know.
    `trigger ${trails ? "at first " : ""}${units.price(triggerPrice)} by ${triggerBy}`,
    trailTicks === undefined ? "" : `trail ${units.price(trailTicks)}`,
    trailBasisPoints === undefined ? "" : `trail ${trailBasisPoints} bps`,
  ];
}

export function renderOrders(
  orders: readonly OrderDetails[],
  unitsOf: (symbol: string) => NaturalUnits,
): string {
  if (orders.length === 0) return "no working orders";
  const rows = orders.map((order) => {
    const natural = naturalOrder(order, unitsOf(order.symbol));
    return [
      String(order.orderId),
      order.clientOrderId,
      order.symbol,
      order.side,
      natural.quantity,
      order.price === 0 ? "market" : natural.price,
      natural.executed,
      order.status,
      termsOf(order, unitsOf(order.symbol)).join(", "),
    ];
  });
  const headings = [" ORDER", "CLIENT ID", "SYMBOL", "SIDE", " QUANTITY", " PRICE"];
  // Most orders have no terms that need a column.
  const hasTerms = rows.some((row) => row.at(-1) !== "");
  const shown = hasTerms ? rows : rows.map((row) => row.slice(0, -1));
  return renderTable([...headings, " EXECUTED", "STATUS", ...(hasTerms ? ["TERMS"] : [])], shown);
}

/** What became of one order. */
export function printOrder<Result extends { readonly order: OrderState | OrderDetails }>(
  options: CommonOptions,
  result: Result,
  units: NaturalUnits,
): void {
  const { order } = result;
  print(options, { ...result, natural: naturalOrder(order, units) }, () =>
    describeOrder(order, units),
  );
}

interface Answer {
  readonly result: OrderResult;
  readonly units: NaturalUnits | undefined;
}

/** The answer to one command of several, with its figures as decimal numbers where it has some. */
export function naturalAnswer({ result, units }: Answer) {
  if (result.order === undefined || units === undefined) return result;
  return { ...result, natural: naturalOrder(result.order, units) };
}

/** As {@link describeOrder}, or why it was refused. */
export function describeAnswer({ result, units }: Answer): string {
  if (!result.ok) {
    const { message, field } = result.error;
    return `refused: ${message}${field === undefined ? "" : ` (${field})`}`;
  }
  return units === undefined
    ? `order ${String(result.order.orderId)}: ${result.order.status}`
    : describeOrder(result.order, units);
}
