/**
 * Limit checks: each limit of risk as a rule that an order keeps or breaks, in the order in which
 * `reject-reasons.ts` has them. Nothing is counted or changed here.
 */
import {
  add,
  basisPointsPerUnit,
  divideCeil,
  multiply,
  RejectReason,
  Restriction,
} from "../../protocols/index.ts";
import type {
  Amount,
  LimitFigures,
  Lots,
  RiskLimits,
  Side,
  Ticks,
  TimeUs,
} from "../../protocols/index.ts";

/** What is done together with an order, before it. */
export interface OrdersAhead {
  readonly placed: number;
  readonly replaced: number;
  /** Whether the order is placed only once one of them is filled. */
  readonly isFollower?: boolean;
}

export const nothingAhead: OrdersAhead = { placed: 0, replaced: 0 };

/** An order that is to be placed, or one that is to have these terms. */
export interface RiskyOrder {
  readonly side: Side;
  /** 0 for an order by quote budget: nobody knows before how much that is. */
  readonly quantity: Lots;
  /** What it is worth at most, at the last price if its terms do not say; undefined without one. */
  readonly notional: Amount | undefined;
  readonly added: () => Added;
  /** What it is sold out of; undefined for what no account is short of by it. */
  readonly sale: () => Sale | undefined;
  /** Ticks; 0 for an order without a limit. */
  readonly limitPrice: Ticks;
  readonly lastPrice: Ticks | undefined;
  readonly ahead: OrdersAhead;
  /** Of a new order, when the same was placed last. */
  readonly lastPlacedAtUs: TimeUs | undefined;
  readonly isNew: boolean;
  readonly timeUs: TimeUs;
}

/** By how much more there would be; a replace may ask for less than before. */
export interface Added {
  /** Whether all that may come of it, with others of its side, brings down what there is. */
  readonly reduces: boolean;
  /** On its side. Undefined where nobody can tell before it has traded. */
  readonly lots: number | undefined;
  /** What that adds to the exposure; likewise. */
  readonly notional: Amount | undefined;
  /** What it adds to the exposure towards its side alone; likewise. */
  readonly netNotional: Amount | undefined;
}

/** In lots. */
export interface Sale {
  /** What the account has and could sell. */
  readonly limit: Lots;
  /** How much of that other sales may take, and what it is short of already. */
  readonly used: Lots;
}

/** What there is already at the place that limits are of. */
export interface RiskUsed {
  readonly limits: RiskLimits;
  readonly openOrders: () => number;
  /** Lots that it has and is to buy; in a contract those on the side of the order. */
  readonly position: () => number;
  /** What that is worth; undefined while a price is not known. */
  readonly exposure: () => Amount | undefined;
  /** Towards the side of the order, below zero while there is more on the other; likewise. */
  readonly netExposure: () => Amount | undefined;
  /** Quote units lost on this day, below zero for a gain; undefined while a price is not known. */
  readonly lossOfDay: () => Amount | undefined;
  readonly ordersLeft: () => number;
  readonly ordersOfDay: () => number;
  readonly tradesOfDay: () => number;
}

export interface LimitBreach {
  readonly reason: RejectReason;
  /** Undefined where there are none to tell. */
  readonly figures: LimitFigures | undefined;
}

type LimitCheck = (order: RiskyOrder, used: RiskUsed) => LimitBreach | undefined;

/** In the order of precedence. */
const limitChecks: readonly LimitCheck[] = [
  checkRestriction,
  checkQuantity,
  checkNotional,
  checkWorth,
  checkDistance,
  checkOpenOrders,
  checkPosition,
  checkExposure,
  checkDailyLoss,
  checkShortSale,
  checkRate,
  checkOrdersPerTrade,
  checkRepeat,
  checkNetExposure,
];

/** The first rule that an order breaks, at any of the places that it is held to. */
export function firstBreach(order: RiskyOrder, places: readonly RiskUsed[]) {
  for (const check of limitChecks) {
    for (const used of places) {
      const breach = check(order, used);
      if (breach !== undefined) return breach;
    }
  }
  return undefined;
}

function breach(reason: RejectReason, figures?: LimitFigures): LimitBreach {
  return { reason, figures };
}

/** Accounts own the goods that they sell; in a contract it is the position that is reduced. */
function checkRestriction({ quantity, added }: RiskyOrder, { limits }: RiskUsed) {
  const { restriction } = limits;
  if (restriction === undefined) return undefined;
  if (restriction === Restriction.sellOnly && added().reduces) return undefined;
  return breach(RejectReason["trading-restricted"], { limit: 0, used: 0, asked: quantity });
}

function checkQuantity({ quantity }: RiskyOrder, { limits }: RiskUsed) {
  const limit = limits.orderQuantity;
  if (limit === undefined || quantity <= limit) return undefined;
  return breach(RejectReason["order-quantity-above-limit"], { limit, used: 0, asked: quantity });
}

function checkNotional({ notional }: RiskyOrder, { limits }: RiskUsed) {
  const limit = limits.orderNotional;
  if (limit === undefined || notional === undefined || notional <= limit) return undefined;
  return breach(RejectReason["order-notional-above-limit"], { limit, used: 0, asked: notional });
}

/** What a limit asks for and nobody knows is refused: unknown is not little. */
function checkWorth(order: RiskyOrder, used: RiskUsed) {
  const { notional, limitPrice, lastPrice } = order;
  const { orderNotional, priceBasisPoints } = used.limits;
  const isUnknown =
    (orderNotional !== undefined && notional === undefined) ||
    (priceBasisPoints !== undefined && limitPrice !== 0 && lastPrice === undefined) ||
    isHoldingUnknown(order, used);
  return isUnknown ? breach(RejectReason["order-value-unknown"]) : undefined;
}

function isHoldingUnknown(order: RiskyOrder, used: RiskUsed): boolean {
  const { positionQuantity, exposure, netExposure, dailyLoss } = used.limits;
  if ((positionQuantity ?? exposure ?? netExposure ?? dailyLoss) === undefined) return false;
  const added = order.added();
  if (added.reduces) return false;
  return (
    (positionQuantity !== undefined && added.lots === undefined) ||
    (exposure !== undefined && isExposureUnknown(added, used)) ||
    (netExposure !== undefined && isNetUnknown(added, used)) ||
    (dailyLoss !== undefined && addsMore(added) && used.lossOfDay() === undefined)
  );
}

function isExposureUnknown({ notional }: Added, used: RiskUsed): boolean {
  return notional === undefined || used.exposure() === undefined;
}

function isNetUnknown({ netNotional }: Added, used: RiskUsed): boolean {
  return netNotional === undefined || used.netExposure() === undefined;
}

function checkDistance({ limitPrice, lastPrice }: RiskyOrder, { limits }: RiskUsed) {
  const limit = limits.priceBasisPoints;
  if (limit === undefined || limitPrice === 0 || lastPrice === undefined) return undefined;
  const distance = multiply(Math.abs(limitPrice - lastPrice), basisPointsPerUnit);
  if (distance <= multiply(lastPrice, limit)) return undefined;
  const asked = divideCeil(distance, lastPrice);
  return breach(RejectReason["price-distance-above-limit"], { limit, used: 0, asked });
}

function checkOpenOrders({ isNew, ahead }: RiskyOrder, { limits, openOrders }: RiskUsed) {
  const limit = limits.openOrders;
  if (limit === undefined || !isNew) return undefined;
  const used = openOrders() + ahead.placed;
  if (used < limit) return undefined;
  return breach(RejectReason["open-orders-above-limit"], { limit, used, asked: 1 });
}

/** Who reduces has less: that is never refused. */
function checkPosition({ added }: RiskyOrder, { limits, position }: RiskUsed) {
  const limit = limits.positionQuantity;
  if (limit === undefined) return undefined;
  const { reduces, lots: asked } = added();
  if (reduces || asked === undefined || asked <= 0) return undefined;
  const used = position();
  if (add(used, asked) <= limit) return undefined;
  return breach(RejectReason["position-above-limit"], { limit, used, asked });
}

function checkExposure({ added }: RiskyOrder, { limits, exposure }: RiskUsed) {
  const limit = limits.exposure;
  if (limit === undefined) return undefined;
  const { reduces, notional: asked } = added();
  if (reduces || asked === undefined || asked <= 0) return undefined;
  const used = exposure();
  if (used === undefined || add(used, asked) <= limit) return undefined;
  return breach(RejectReason["exposure-above-limit"], { limit, used, asked });
}

/** Who has lost as much may still reduce, or ask for less than before. */
function checkDailyLoss({ added }: RiskyOrder, { limits, lossOfDay }: RiskUsed) {
  const limit = limits.dailyLoss;
  if (limit === undefined) return undefined;
  const more = added();
  if (more.reduces || !addsMore(more)) return undefined;
  const used = lossOfDay();
  if (used === undefined || used < limit) return undefined;
  return breach(RejectReason["daily-loss-above-limit"], { limit, used, asked: 0 });
}

/** What nobody can tell may be more. */
function addsMore({ lots, notional }: Added): boolean {
  return lots === undefined || notional === undefined || lots > 0 || notional > 0;
}

/** What follows another order is looked at when that is filled: then is known what there is. */
function checkShortSale({ ahead, added, sale }: RiskyOrder, { limits }: RiskUsed) {
  if (limits.shortSales === undefined || ahead.isFollower === true) return undefined;
  const { lots: asked } = added();
  if (asked === undefined || asked <= 0) return undefined;
  const { limit, used } = sale() ?? { limit: asked, used: 0 };
  if (add(used, asked) <= limit) return undefined;
  return breach(RejectReason["short-sale-restricted"], { limit, used, asked });
}

function checkRate({ ahead }: RiskyOrder, { limits, ordersLeft }: RiskUsed) {
  const { orderRate, orderBurst: limit = orderRate } = limits;
  if (limit === undefined) return undefined;
  const left = ordersLeft() - ahead.placed - ahead.replaced;
  if (left >= 1) return undefined;
  return breach(RejectReason["order-rate-above-limit"], { limit, used: limit - left, asked: 1 });
}

function checkOrdersPerTrade({ ahead }: RiskyOrder, used: RiskUsed) {
  const { ordersPerTrade, ordersFree = 0 } = used.limits;
  if (ordersPerTrade === undefined) return undefined;
  const limit = add(ordersFree, multiply(ordersPerTrade, used.tradesOfDay()));
  const ordered = used.ordersOfDay() + ahead.placed + ahead.replaced;
  if (ordered < limit) return undefined;
  return breach(RejectReason["order-to-trade-above-limit"], { limit, used: ordered, asked: 1 });
}

function checkRepeat({ lastPlacedAtUs, timeUs }: RiskyOrder, { limits }: RiskUsed) {
  const { repeatMs } = limits;
  if (repeatMs === undefined || lastPlacedAtUs === undefined) return undefined;
  if (timeUs - lastPlacedAtUs >= repeatMs * 1000) return undefined;
  return breach(RejectReason["order-repeated"], { limit: 1, used: 1, asked: 1 });
}

/** Whoever only closes may do so, even if what it made up for is then bare. */
function checkNetExposure({ added }: RiskyOrder, { limits, netExposure }: RiskUsed) {
  const limit = limits.netExposure;
  if (limit === undefined) return undefined;
  const { reduces, netNotional: asked } = added();
  if (reduces || asked === undefined || asked <= 0) return undefined;
  const used = netExposure();
  if (used === undefined || add(used, asked) <= limit) return undefined;
  return breach(RejectReason["net-exposure-above-limit"], { limit, used, asked });
}
