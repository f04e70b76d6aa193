/**
 * Margin exposure: what an account has in one contract and may come to have by its working orders,
 * and what margin that asks for. Counted when it is asked for; nothing is kept here.
 */
import {
  add,
  hasLimit,
  isAmount,
  isWaitingType,
  lotsMax,
  multiply,
  Side,
} from "../../protocols/index.ts";
import type { Amount, Lots, OrderType as OrderTypes, Ticks } from "../../protocols/index.ts";
import type { Venue } from "../actor.ts";
import type { ContractInstrument } from "../contract/contract-listing.ts";
import { marginOf, openingRequirementOf, requirementOf } from "../margin/margin-requirement.ts";
import type { Exposure, MarginTerms } from "../margin/margin-requirement.ts";
import type { OpenPosition } from "./positions.ts";
import { protectedPrice } from "./price-protection.ts";

/** What may still trade of an order in a contract. */
export interface OpenOrder {
  readonly side: Side;
  readonly orderType: OrderTypes;
  readonly price: Ticks;
  readonly remaining: Lots;
}

export interface ContractExposure extends Exposure {
  readonly contract: ContractInstrument;
  buys: Lots;
  sells: Lots;
  buyLoss: Amount;
  sellLoss: Amount;
  /** Likewise of orders that wait for their price, at their limits. */
  buyLossLater: Amount;
  sellLossLater: Amount;
}

export function noOrdersIn(contract: ContractInstrument, lots: number): ContractExposure {
  const losses = { buyLoss: 0, sellLoss: 0, buyLossLater: 0, sellLossLater: 0 };
  return { contract, lots, buys: 0, sells: 0, ...losses };
}

/** Adds an order to what may be filled, and what it would lose at once. */
export function count(order: OpenOrder, exposure: ContractExposure, markPrice: Ticks): void {
  const { side, remaining, orderType } = order;
  const loss = multiply(lossOf(order, exposure.contract, markPrice), remaining);
  // What waits for its price has time.
  const [now, later] = isWaitingType(orderType) ? [0, loss] : [loss, 0];
  if (side === Side.buy) {
    exposure.buys += remaining;
    exposure.buyLoss = add(exposure.buyLoss, now);
    exposure.buyLossLater = add(exposure.buyLossLater, later);
  } else {
    exposure.sells += remaining;
    exposure.sellLoss = add(exposure.sellLoss, now);
    exposure.sellLossLater = add(exposure.sellLossLater, later);
  }
}

/** Ticks by which an order may trade worse than at the mark. */
function lossOf(
  { side, orderType, price }: OpenOrder,
  contract: ContractInstrument,
  mark: Ticks,
): number {
  if (mark === 0) return 0;
  const worst = hasLimit(orderType) ? price : protectedPrice(side, contract.contract, mark);
  return Math.max(side === Side.buy ? worst - mark : mark - worst, 0);
}

/** What orders on the other side of a position would lose, at the mark and once they are due. */
export function lossOfClosing({ contract, lots, ...of }: ContractExposure): Amount {
  if (lots === 0) return 0;
  const isLong = lots > 0;
  const [now, later] = isLong ? [of.sellLoss, of.sellLossLater] : [of.buyLoss, of.buyLossLater];
  return multiply(add(now, later), contract.quoteUnitsPerTickLot);
}

/** Whether orders of a side, all together, close no more than there is. */
export function closesOnly(side: Side, { lots, buys, sells }: Exposure): boolean {
  return side === Side.buy ? lots < 0 && buys <= -lots : lots > 0 && sells <= lots;
}

/** What a position needs to be kept. */
export function maintenanceOf({ instrument, position }: OpenPosition, venue: Venue): Amount {
  return marginOf(position.lots, {
    markPrice: venue.contractOf(instrument.symbol)?.markPrice ?? 0,
    unitsPerTickLot: instrument.quoteUnitsPerTickLot,
    ppm: instrument.contract.maintenanceMarginPpm,
  });
}

export function marginsOf(exposure: ContractExposure, venue: Venue) {
  const { contract, lots } = exposure;
  const { initialMarginPpm, maintenanceMarginPpm } = contract.contract;
  const terms = {
    markPrice: venue.contractOf(contract.symbol)?.markPrice ?? 0,
    unitsPerTickLot: contract.quoteUnitsPerTickLot,
  };
  const kept: MarginTerms = { ...terms, ppm: maintenanceMarginPpm };
  const opened: MarginTerms = { ...terms, ppm: initialMarginPpm };
  return {
    initial: requirementOf(exposure, opened),
    /** Of the orders alone, where the position has cash of its own. */
    toOpen: openingRequirementOf(exposure, opened),
    /** Of the position alone. */
    ofPosition: marginOf(lots, opened),
    maintenance: marginOf(lots, kept),
  };
}

/** Whether all that may come of it can be counted, and what that is worth. */
export function isCountable(
  { contract, lots, buys, sells }: ContractExposure,
  price: Ticks,
): boolean {
  const most = Math.abs(lots) + Math.max(buys, sells);
  const notional = multiply(multiply(most, price), contract.quoteUnitsPerTickLot);
  return most <= lotsMax && isAmount(multiply(notional, 4));
}
