/** Limits of risk and what is used of them, as replies tell of them: amounts as text. */
import type { RiskRulesView, RiskUse, RiskView, ScopedRiskLimits } from "../queries.ts";
import type { RiskLimits } from "../risk-limits.ts";
import { restrictionWords, shortSaleWords } from "./risk-requests.ts";
import type { RiskLimitsReply, RiskLimitValues, RiskReply } from "./risk-requests.ts";

export function renderRiskRules({ limits, groups }: RiskRulesView): RiskLimitsReply {
  return {
    ok: true,
    limits: limits.map(renderScoped),
    groups: groups.map(([account, group]) => ({ account, group })),
  };
}

function renderScoped({ scope, limits }: ScopedRiskLimits) {
  const { account, group, quote, symbol } = scope;
  return {
    ...(account === "" ? {} : { account }),
    ...(group === "" ? {} : { group }),
    ...placeOf({ quote, symbol }),
    limits: renderLimits(limits),
  };
}

export function renderRisk({ group, uses }: RiskView): RiskReply {
  return { ok: true, ...(group === "" ? {} : { group }), uses: uses.map(renderUse) };
}

function renderUse({ quote, symbol, limits, openOrders, ordersLeft, ...used }: RiskUse) {
  const { position, exposure, netExposure, lossOfDay, ...ofDay } = used;
  return {
    ...placeOf({ quote, symbol }),
    limits: renderLimits(limits),
    openOrders,
    ...(position === undefined ? {} : { position }),
    ...(exposure === undefined ? {} : { exposure: String(exposure) }),
    ...(netExposure === undefined ? {} : { netExposure: String(netExposure) }),
    ...(lossOfDay === undefined ? {} : { lossOfDay: String(lossOfDay) }),
    ...(ordersLeft === undefined ? {} : { ordersLeft }),
    ...ofDay,
  };
}

function placeOf({ quote, symbol }: { readonly quote: string; readonly symbol: string }) {
  return { ...(quote === "" ? {} : { quote }), ...(symbol === "" ? {} : { symbol }) };
}

function renderLimits({
  orderNotional,
  exposure,
  dailyLoss,
  netExposure,
  shortSales,
  restriction,
  ...numbers
}: RiskLimits): RiskLimitValues {
  return {
    ...numbers,
    ...(orderNotional === undefined ? {} : { orderNotional: String(orderNotional) }),
    ...(exposure === undefined ? {} : { exposure: String(exposure) }),
    ...(dailyLoss === undefined ? {} : { dailyLoss: String(dailyLoss) }),
    ...(netExposure === undefined ? {} : { netExposure: String(netExposure) }),
    ...(shortSales === undefined ? {} : { shortSales: shortSaleWords[shortSales] }),
    ...(restriction === undefined ? {} : { restriction: restrictionWords[restriction] }),
  };
}
