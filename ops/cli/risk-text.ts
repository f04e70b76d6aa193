/** Limits of risk, and what accounts have used of them, as people read them. */
import { decimalOf } from "../../clients/sdk/instrument-units.ts";
import type {
  RiskLimitsReply,
  RiskLimitValues,
  RiskReply,
} from "../../protocols/api/risk-requests.ts";
import type { Asset, Instrument } from "../../protocols/api/replies.ts";
import { riskLimitsOfMoney } from "../../protocols/risk-limits.ts";
import type { RiskLimitName } from "../../protocols/risk-limits.ts";
import { NaturalUnits } from "./natural-units.ts";
import { renderTable } from "./output.ts";

interface Terms {
  readonly instruments: readonly Instrument[];
  readonly assets: readonly Asset[];
}

interface Place {
  readonly quote?: string;
  readonly symbol?: string;
}

export function renderRiskRules({ limits, groups }: RiskLimitsReply, terms: Terms): string {
  if (limits.length === 0 && groups.length === 0) return "nobody is held to anything";
  const rows = limits.map((scoped) => [
    scoped.account ?? (scoped.group === undefined ? "everybody" : `group ${scoped.group}`),
    placeText(scoped),
    limitsText(scoped.limits, scoped, terms),
  ]);
  const members = groups.map(({ account, group }) => [account, group]);
  return [
    ...(rows.length === 0 ? [] : [renderTable(["WHO", "WHERE", "LIMITS"], rows)]),
    ...(members.length === 0 ? [] : [renderTable(["ACCOUNT", "GROUP"], members)]),
  ].join("\n\n");
}

export function renderRisk({ group, uses }: RiskReply, terms: Terms): string {
  const of = group === undefined ? [] : [`in group ${group}`];
  if (uses.length === 0) return [...of, "held to nothing"].join(", ");
  const rows = uses.map((use) => [
    placeText(use),
    String(use.openOrders),
    use.ordersLeft === undefined ? "" : String(use.ordersLeft),
    `${String(use.ordersOfDay)}/${String(use.tradesOfDay)}`,
    limitsText(use.limits, use, terms),
  ]);
  const table = renderTable(["WHERE", " OPEN", " LEFT", " ORDERS/TRADES", "LIMITS"], rows);
  return [...of, table].join("\n");
}

function placeText({ quote, symbol }: Place): string {
  return symbol ?? (quote === undefined ? "all" : `all for ${quote}`);
}

/** "orderQuantity 0.5 BTC, openOrders 20" */
export function limitsText(limits: RiskLimitValues, place: Place, terms: Terms): string {
  const instrument = terms.instruments.find(({ symbol }) => symbol === place.symbol);
  const quote = place.quote ?? instrument?.quote ?? "units";
  const decimals = terms.assets.find(({ asset }) => asset === quote)?.decimals ?? 0;
  const texts = Object.entries(limits).map(([name, value]) => {
    const text = String(value);
    if (riskLimitsOfMoney.has(name as RiskLimitName)) {
      return `${name} ${decimalOf(BigInt(value), decimals)} ${quote}`;
    }
    if (!name.endsWith("Quantity") || instrument === undefined) return `${name} ${text}`;
    const quantity = new NaturalUnits(instrument, terms.assets).quantity(text);
    return `${name} ${quantity} ${instrument.base}`;
  });
  return texts.join(", ");
}
