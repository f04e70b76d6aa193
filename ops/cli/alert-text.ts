/** Alerts of surveillance as people read them. */
import { Side } from "../../protocols/order-terms.ts";
import { momentOf } from "../past/past-place.ts";
import type { Alert, Evidence, Measure } from "../surveillance/alert.ts";
import { ruleNames, ruleParameters } from "../surveillance/rule-parameters.ts";
import type { Parameter, RuleName } from "../surveillance/rule-parameters.ts";
import type { SurveillanceSettings } from "../surveillance/surveillance-settings.ts";
import { counted, paint, renderTable } from "./output.ts";

/**
 * How prices and quantities of one instrument are written: as ticks and lots where nobody knows.
 */
export interface ShownUnits {
  price(ticks: number): string;
  quantity(lots: number): string;
}

const headings = ["TIME", "RULE", "SYMBOL", "ACCOUNTS", " TRADES", " ORDERS", "ALERT"];

export function renderAlerts(alerts: readonly Alert[]): string {
  if (alerts.length === 0) return "no alerts";
  return renderTable(headings, alerts.map(cellsOf));
}

/** One that has just come. */
export function renderAlertLine(alert: Alert): string {
  const [time, rule, symbol, accounts, , , id] = cellsOf(alert);
  return `${time} ${rule} in ${symbol} by ${accounts}: ${id}`;
}

function cellsOf({ id, rule, symbol, atUs, accounts, trades, orders }: Alert): string[] {
  const who = accounts.length > 4 ? `${accounts.slice(0, 3).join(", ")}, …` : accounts.join(", ");
  return [momentOf(atUs), rule, symbol, who, String(trades.length), String(orders.length), id];
}

/** By rule, those that found nothing left out. */
export function renderCounts(alerts: readonly Alert[]): string {
  const byRule = Map.groupBy(alerts, ({ rule }) => rule);
  const counts = ruleNames.flatMap((rule) => {
    const found = byRule.get(rule);
    return found === undefined ? [] : [`${rule} ${found.length}`];
  });
  return `${counted(alerts.length, "alert")}${counts.length === 0 ? "" : `: ${counts.join(", ")}`}`;
}

/** All of it: what was measured, and what happened in the order in which it did. */
export function renderAlert(alert: Alert, units: ShownUnits): string {
  const { id, rule, symbol, atUs, owners, accounts, measures, evidence } = alert;
  const [first] = evidence;
  const head = [
    `${paint("bold", rule)} in ${symbol} by ${accounts.join(", ")}`,
    `  alert ${id}, complete at ${momentOf(atUs)}`,
    `  behind it: ${owners.join(", ")}`,
  ];
  const figures = renderTable(
    ["PARAMETER", " MEASURED", " THRESHOLD", "UNIT", "WHAT"],
    measures.map(measureCells),
  );
  const told = evidence.map((piece) => sentenceOf(piece, units));
  const [order] = alert.orders;
  const hints = [
    ...(first === undefined ? [] : [`./outcry at ${placeOf(first)} book ${symbol}`]),
    ...(order === undefined ? [] : [`./outcry trace ${order}`]),
  ];
  return [...head, "", figures, "", ...told, "", `Look closer: ${hints.join(", ")}`].join("\n");
}

function measureCells({ parameter, measured, threshold, unit, what }: Measure): string[] {
  return [parameter, String(measured), String(threshold), unit, what];
}

function placeOf({ shard, sequence }: Evidence): string {
  return `${shard}/${sequence}`;
}

function sentenceOf(piece: Evidence, units: ShownUnits): string {
  return `${momentOf(piece.timeUs)}  ${placeOf(piece).padEnd(12)} ${deedOf(piece, units)}`;
}

function deedOf(piece: Evidence, units: ShownUnits): string {
  switch (piece.act) {
    case "entered":
      return `${piece.account}'s order ${piece.orderId} to ${termsOf(piece, units)} came in`;
    case "withdrawn":
      return `${piece.account} took back order ${piece.orderId} to ${termsOf(piece, units)}`;
    case "traded": {
      const { buyer, seller, buyOrderId, sellOrderId, tradeId } = piece;
      const terms = `${units.quantity(piece.quantity)} @ ${units.price(piece.price)}`;
      const sides = `${buyer} (order ${buyOrderId}) bought ${terms} of ${seller} (order ${sellOrderId})`;
      return `${sides}: trade ${tradeId}`;
    }
    case "indicated":
      return `the auction would have had the price ${units.price(piece.price)}`;
  }
}

function termsOf(
  { side, price, quantity }: Extract<Evidence, { readonly act: "entered" | "withdrawn" }>,
  units: ShownUnits,
): string {
  const verb = side === Side.buy ? "buy" : "sell";
  const lots = quantity === 0 ? "for a budget" : units.quantity(quantity);
  return `${verb} ${lots} ${price === 0 ? "at market" : `@ ${units.price(price)}`}`;
}

/** Every parameter of a rule: what it is now, what it is unless told, and why. */
export function renderRule(
  rule: RuleName,
  settings: SurveillanceSettings,
  symbol: string | undefined,
): string {
  const parameters: Readonly<Record<string, Parameter>> = ruleParameters[rule];
  const chosen: Readonly<Record<string, number>> = settings.of(rule, symbol);
  const rows = Object.entries(parameters).map(([name, { what, unit, otherwise, why }]) => {
    return [name, String(chosen[name]), String(otherwise), unit, `${what}: ${why}`];
  });
  const state = settings.isOn(rule) ? "" : paint("yellow", ", off");
  const table = renderTable(["PARAMETER", " IS", " DEFAULT", "UNIT", "WHAT, AND WHY"], rows);
  return `${paint("bold", rule)}${state}\n${table}`;
}
