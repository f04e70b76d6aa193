/**
 * Risk limits: what accounts may ask of the market before any of it is done, and for whom each
 * limit is.
 *
 * All limits that apply to an order hold: of one kind the tightest. A limit that is not there does
 * not bind. Quantities are lots, notionals are units of the quote asset.
 */
import { isAssetId } from "./identifiers.ts";
import type { AccountId, AssetId, InstrumentSymbol } from "./identifiers.ts";
import type { Fields } from "./record-fields.ts";
import { MalformedRecords } from "./records.ts";
import type { OrdinaryField } from "./records.ts";
import { RejectReason } from "./reject-reasons.ts";
import { amountMax, lotsMax } from "./units.ts";
import type { Amount, Lots } from "./units.ts";

/** Whose orders, and of what: "" for all of them. An account or a group, a quote or a symbol. */
export interface RiskScope {
  readonly account: AccountId;
  /** Each account of the group by itself; named as accounts are. */
  readonly group: string;
  /** All instruments that are paid for in this asset. */
  readonly quote: AssetId;
  readonly symbol: InstrumentSymbol;
}

/** What may be done in an instrument all the same. */
export const Restriction = {
  /** No order is taken; those that are there may be canceled. */
  closed: 0,
  /** Who has goods may sell them, and who has a position in a contract may close it. */
  sellOnly: 1,
} as const;
export type Restriction = (typeof Restriction)[keyof typeof Restriction];

/** What may be sold that the account does not have. What brings a short position back is taken. */
export const ShortSales = {
  forbidden: 0,
} as const;
export type ShortSales = (typeof ShortSales)[keyof typeof ShortSales];

export interface RiskLimits {
  /** Lots of one order. */
  readonly orderQuantity?: Lots;
  /** Quote units that one order is worth. */
  readonly orderNotional?: Amount;
  /** Orders that work at a time. */
  readonly openOrders?: number;
  /** Orders and replaces per second, once the burst is used up. */
  readonly orderRate?: number;
  /** Orders and replaces at once; as many as per second unless told. */
  readonly orderBurst?: number;
  /** Orders, replaces and cancels for each trade of the day. */
  readonly ordersPerTrade?: number;
  /** As many more of them a day. */
  readonly ordersFree?: number;
  /** Milliseconds within which the same order is not taken twice. */
  readonly repeatMs?: number;
  readonly restriction?: Restriction;
  /** How far a limit price may be from the last price, in basis points of that. */
  readonly priceBasisPoints?: number;
  /** Lots that the account may have, with those that it is to buy; in a contract of either side. */
  readonly positionQuantity?: Lots;
  /**
   * Quote units that what it has is worth at last prices, with what is reserved to buy more; and
   * what may come of contracts at their marks.
   */
  readonly exposure?: Amount;
  /** Quote units lost since the day began, at which the account may only reduce. */
  readonly dailyLoss?: Amount;
  /** As exposure, but what is long counts against what is short: quote units towards one side. */
  readonly netExposure?: Amount;
  readonly shortSales?: ShortSales;
}
export type RiskLimitName = keyof RiskLimits;

/** Where a limit of a kind says something: anywhere, within one quote asset, in one instrument. */
type Reach = "any" | "quote" | "instrument";

interface RiskLimitKind {
  /** In the log for ever. */
  readonly number: number;
  readonly least: Amount;
  readonly most: Amount;
  readonly reach: Reach;
  /** Says nothing without this one. */
  readonly beside?: RiskLimitName;
}

/** Keeps what a bucket of tokens counts below 2^53. */
export const ordersPerSecondMax = 50_000;
/** For so long it is known what was placed. */
export const repeatMsMax = 10_000;

export const riskLimitKinds: { readonly [Name in RiskLimitName]-?: RiskLimitKind } = {
  orderQuantity: { number: 1, least: 1, most: lotsMax, reach: "instrument" },
  orderNotional: { number: 2, least: 1, most: amountMax, reach: "quote" },
  openOrders: { number: 3, least: 0, most: 200_000, reach: "any" },
  orderRate: { number: 4, least: 1, most: ordersPerSecondMax, reach: "any" },
  orderBurst: { number: 5, least: 1, most: ordersPerSecondMax, reach: "any", beside: "orderRate" },
  ordersPerTrade: { number: 6, least: 1, most: 1_000_000, reach: "any" },
  ordersFree: { number: 7, least: 0, most: 1e9, reach: "any", beside: "ordersPerTrade" },
  repeatMs: { number: 8, least: 1, most: repeatMsMax, reach: "any" },
  restriction: { number: 9, least: 0, most: 1, reach: "any" },
  priceBasisPoints: { number: 10, least: 1, most: 1_000_000, reach: "any" },
  positionQuantity: { number: 11, least: 0, most: 2 ** 50, reach: "instrument" },
  exposure: { number: 12, least: 0, most: amountMax, reach: "quote" },
  dailyLoss: { number: 13, least: 1, most: amountMax, reach: "quote" },
  netExposure: { number: 14, least: 0, most: amountMax, reach: "quote" },
  shortSales: { number: 15, least: 0, most: 0, reach: "any" },
};

/** In the order of their numbers. */
export const riskLimitNames = Object.keys(riskLimitKinds) as readonly RiskLimitName[];

/** Limits of money, which may be beyond what a number counts. */
export const riskLimitsOfMoney: ReadonlySet<RiskLimitName> = new Set([
  ...(["orderNotional", "exposure", "dailyLoss", "netExposure"] as const),
]);

const asking: readonly RiskLimitName[] = [
  ...(["orderNotional", "priceBasisPoints", "positionQuantity"] as const),
  ...(["exposure", "dailyLoss", "netExposure"] as const),
];

/** Whether anybody can tell whether the limits are kept only by what instruments trade at. */
export function askForPrices(limits: RiskLimits): boolean {
  return asking.some((name) => limits[name] !== undefined);
}

/** Why an order was refused, in figures of one unit. */
export interface LimitFigures {
  readonly limit: Amount;
  /** What there was before the order. */
  readonly used: Amount;
  /** What the order would have added. */
  readonly asked: Amount;
}

/** What the figures of a refusal count. */
export const figureUnits: Readonly<Partial<Record<RejectReason, string>>> = {
  [RejectReason["trading-restricted"]]: "lots",
  [RejectReason["order-quantity-above-limit"]]: "lots",
  [RejectReason["order-notional-above-limit"]]: "units of the quote asset",
  [RejectReason["price-distance-above-limit"]]: "basis points",
  [RejectReason["open-orders-above-limit"]]: "orders",
  [RejectReason["position-above-limit"]]: "lots",
  [RejectReason["exposure-above-limit"]]: "units of the quote asset",
  [RejectReason["daily-loss-above-limit"]]: "units of the quote asset",
  [RejectReason["short-sale-restricted"]]: "lots",
  [RejectReason["order-rate-above-limit"]]: "orders",
  [RejectReason["order-to-trade-above-limit"]]: "orders, replaces and cancels",
  [RejectReason["order-repeated"]]: "orders",
  [RejectReason["net-exposure-above-limit"]]: "units of the quote asset",
};

/** Whether an order was refused for a limit of risk, which another day may allow. */
export function isForRisk(reason: RejectReason): boolean {
  return reason > RejectReason["risk-limits-invalid"] && reason <= riskReasonMax;
}

/** The last number kept for reasons of risk. */
const riskReasonMax = 319;

/** Whether limits can be for whom they are, as far as they alone can tell. */
export function areRiskLimitsSound(scope: RiskScope, limits: RiskLimits): boolean {
  const { account, group, quote, symbol } = scope;
  if (account !== "" && group !== "") return false;
  if (quote !== "" && symbol !== "") return false;
  return riskLimitNames.every((name) => isSound(scope, limits, name));
}

function isSound({ quote, symbol }: RiskScope, limits: RiskLimits, name: RiskLimitName): boolean {
  const limit = limits[name];
  if (limit === undefined) return true;
  const { least, most, reach, beside } = riskLimitKinds[name];
  if (limit < least || limit > most) return false;
  if (beside !== undefined && limits[beside] === undefined) return false;
  if (reach === "instrument") return symbol !== "";
  return reach === "any" || quote !== "" || symbol !== "";
}

export function hasRiskLimits(limits: RiskLimits): boolean {
  return riskLimitNames.some((name) => limits[name] !== undefined);
}

/** Of each kind the tighter one. */
export function tighterLimits(a: RiskLimits, b: RiskLimits): RiskLimits {
  const tight: Partial<Record<RiskLimitName, Amount>> = { ...a };
  for (const name of riskLimitNames) {
    const [before, other] = [tight[name], b[name]];
    if (other !== undefined && (before === undefined || other < before)) tight[name] = other;
  }
  return tight as RiskLimits;
}

/** Whose and of what, then the number and the limit of each kind that there is. */
export function fieldsOfRiskLimits(scope: RiskScope, limits: RiskLimits): readonly OrdinaryField[] {
  const { account, group, quote, symbol } = scope;
  const pairs = riskLimitNames.flatMap((name): OrdinaryField[] => {
    const limit = limits[name];
    return limit === undefined ? [] : [riskLimitKinds[name].number, limit];
  });
  return [account, group, quote, symbol, pairs];
}

/** Throws MalformedRecords. */
export function riskLimitsIn(fields: Fields): { scope: RiskScope; limits: RiskLimits } {
  const [account, group] = [fields.participant(), fields.participant()];
  const quote = fields.text();
  if (quote !== "" && !isAssetId(quote)) throw new MalformedRecords("field is not an asset");
  const scope = { account, group, quote, symbol: fields.symbolOrAll() };
  const pairs = fields.fields();
  const limits: Partial<Record<RiskLimitName, Amount>> = {};
  let before = 0;
  while (pairs.hasMore) {
    const number = pairs.count(before + 1);
    const name = riskLimitNames.find((known) => riskLimitKinds[known].number === number);
    if (name === undefined) throw new MalformedRecords(`no risk limit ${String(number)}`);
    limits[name] = riskLimitsOfMoney.has(name) ? pairs.amount() : pairs.integer();
    before = number;
  }
  return { scope, limits: limits as RiskLimits };
}
