/** Limits of risk in the words of scenarios: `orderQuantity 5, restriction sellOnly`, or `none`. */
import { Restriction, riskLimitKinds, riskLimitNames, ShortSales } from "../../protocols/index.ts";
import type { RiskLimits, RiskScope, RiskUse } from "../../protocols/index.ts";

/** `everybody`, `account alice` or `group retail`, and a symbol, a quote asset or nothing. */
export function riskScopeIn(whose = "", place = ""): RiskScope {
  const [kind, name = ""] = whose.split(" ");
  const isSymbol = place.includes("-");
  return {
    account: kind === "account" ? name : "",
    group: kind === "group" ? name : "",
    quote: isSymbol ? "" : place,
    symbol: isSymbol ? place : "",
  };
}

const valueNames: Readonly<Record<string, number>> = { ...Restriction, ...ShortSales };

export function riskLimitsIn(words = "none"): RiskLimits {
  const limits: Record<string, number> = {};
  if (words === "none") return limits;
  for (const limit of words.split(", ")) {
    const [name = "", value = ""] = limit.split(" ");
    if (!(name in riskLimitKinds)) throw new Error(`no limit is called ${name}`);
    limits[name] = valueNames[value] ?? Number(value);
  }
  return limits;
}

export function riskUseText({ quote, symbol, limits, ...used }: RiskUse): string {
  const held = riskLimitNames.flatMap((name) => {
    const limit = limits[name];
    return limit === undefined ? [] : [`${name} ${String(limit)}`];
  });
  const left = used.ordersLeft === undefined ? [] : [`${String(used.ordersLeft)} left at once`];
  const has = [
    ...(used.position === undefined ? [] : [`${String(used.position)} lots`]),
    ...(used.exposure === undefined ? [] : [`worth ${String(used.exposure)}`]),
    ...(used.netExposure === undefined ? [] : [`net ${String(used.netExposure)}`]),
    ...(used.lossOfDay === undefined ? [] : [`${String(used.lossOfDay)} lost`]),
  ];
  const counts = [
    `${String(used.openOrders)} open`,
    ...has,
    ...left,
    `${String(used.ordersOfDay)} for ${String(used.tradesOfDay)} trades`,
  ];
  return `${symbol || quote || "all"}: ${held.join(", ")}; ${counts.join(", ")}`;
}
