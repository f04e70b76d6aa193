/**
 * What an order must have reserved, so that whatever the book does with it can be paid for.
 *
 * A sell reserves its goods; a buy its notional and the dearer of the two fees; a market buy, whose
 * price nobody knows before, all there is.
 */
import {
  basisPointsPerUnit,
  divideFloor,
  minimum,
  multiply,
  OrderType,
  Side,
} from "../../protocols/index.ts";
import type {
  Amount,
  AssetId,
  InstrumentTerms,
  Lots,
  OrderType as OrderTypes,
  Ticks,
} from "../../protocols/index.ts";
import { costWithFee } from "./fee.ts";

/** Quote units that `quantity` lots cost at `price` ticks. */
export function notionalOf(instrument: InstrumentTerms, price: Ticks, quantity: Lots): Amount {
  return multiply(multiply(price, quantity), instrument.quoteUnitsPerTickLot);
}

/** The asset that an order's reservation is held in. */
export function reservedAssetOf(instrument: InstrumentTerms, side: Side): AssetId {
  return side === Side.buy ? instrument.quote : instrument.base;
}

/** A market buy spends what there is: nobody knows its price before. */
export function spendsAll(order: { readonly side: Side; readonly orderType: OrderTypes }): boolean {
  return order.orderType === OrderType.market && order.side === Side.buy;
}

/** What may still trade of an order: at most so many lots at this price or better. */
export interface OpenTerms {
  readonly side: Side;
  readonly price: Ticks;
  readonly remaining: Lots;
  /** Ten-thousandths of a quote unit that were paid beyond the exact fee so far. */
  readonly feeCredit: number;
}

/** What must be reserved for terms that have a price. */
export function requirementOf(instrument: InstrumentTerms, terms: OpenTerms): Amount {
  const { side, price, remaining, feeCredit } = terms;
  if (side === Side.sell) return multiply(remaining, instrument.baseUnitsPerLot);
  const dearestFee = Math.max(instrument.makerFeeBasisPoints, instrument.takerFeeBasisPoints);
  return costWithFee(notionalOf(instrument, price, remaining), dearestFee, feeCredit);
}

/** The budget of an order that has no limit but its price. */
export const unlimitedBudget = Number.MAX_SAFE_INTEGER;

/**
 * The tick·lots that `available` quote units pay for at most, taker fee included:
 * `n + ceil(n * rate / 10000) <= available` holds exactly for `n <= available * 10000 / (10000 + rate)`.
 */
export function marketBudget(instrument: InstrumentTerms, available: Amount): number {
  const notionalMax = divideFloor(
    multiply(available, basisPointsPerUnit),
    basisPointsPerUnit + instrument.takerFeeBasisPoints,
  );
  const budget = divideFloor(notionalMax, instrument.quoteUnitsPerTickLot);
  return Number(minimum(budget, unlimitedBudget - 1));
}
