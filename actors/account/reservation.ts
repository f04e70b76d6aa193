/**
 * What an order must have reserved, so that whatever the book does with it can be paid for.
 *
 * A sell reserves its goods; a buy its notional and the dearer of the two fees; a market buy, whose
 * price nobody knows before, all there is.
 */
import {
  add,
  divideFloor,
  hasLimit,
  isForAuctions,
  isWaitingType,
  lotsMax,
  minimum,
  multiply,
  OrderType,
  partOf,
  Side,
  subtract,
  ticksMax,
} from "../../protocols/index.ts";
import type {
  Amount,
  AssetId,
  InstrumentTerms,
  Lots,
  OrderInstructions,
  OrderType as OrderTypes,
  PlaceOrder,
  Ticks,
} from "../../protocols/index.ts";
import {
  chargeMinimum,
  costWithFee,
  makerPpmOf,
  minimumFeeOf,
  ppmPerUnit,
  takerPpmOf,
} from "./fee.ts";
import type { ChargedInstrument, MinimumFill } from "./fee.ts";

/** Quote units that `quantity` lots cost at `price` ticks. */
export function notionalOf(instrument: InstrumentTerms, price: Ticks, quantity: Lots): Amount {
  return multiply(multiply(price, quantity), instrument.quoteUnitsPerTickLot);
}

/** The asset that an order's reservation is held in. */
export function reservedAssetOf(instrument: InstrumentTerms, side: Side): AssetId {
  const isInQuote = side === Side.buy || instrument.contract !== undefined;
  return isInQuote ? instrument.quote : instrument.base;
}

/** What decides how an order is paid for. */
interface PaidTerms {
  readonly side: Side;
  readonly orderType: OrderTypes;
  readonly instructions: OrderInstructions;
}

/**
 * Whether nobody can tell before what the order will need: a market buy spends what there is, or
 * its budget, and a sell by budget sells whatever that takes.
 */
export function spendsAll({ side, orderType, instructions }: PaidTerms): boolean {
  return orderType === OrderType.market && (side === Side.buy || instructions.quoteBudget !== 0);
}

/**
 * The highest price that an order may trade at: its limit or, for one that goes to the market
 * without a limit once its trigger price is reached, what its collar leaves it.
 */
export function dearestPrice({
  orderType,
  price,
  instructions,
}: Omit<PaidTerms, "side"> & { readonly price: Ticks }): Ticks {
  if (hasLimit(orderType) || !isWaitingType(orderType)) return price;
  const { triggerPrice, collarBasisPoints } = instructions;
  return Math.min(triggerPrice + partOf(triggerPrice, collarBasisPoints), ticksMax);
}

/** What may still trade of an order: at most so many lots at this price or better. */
export interface OpenTerms {
  readonly side: Side;
  readonly price: Ticks;
  readonly remaining: Lots;
  /** Millionths of a quote unit that were paid beyond the exact fee so far. */
  readonly feeCredit: number;
}

/** What must be reserved for terms that have a price. */
export function requirementOf(instrument: ChargedInstrument, terms: OpenTerms): Amount {
  const { side, price, remaining, feeCredit } = terms;
  if (side === Side.sell) return multiply(remaining, instrument.baseUnitsPerLot);
  return costWithFee(notionalOf(instrument, price, remaining), dearestPpm(instrument), feeCredit);
}

function dearestPpm(instrument: ChargedInstrument): number {
  return Math.max(makerPpmOf(instrument), takerPpmOf(instrument));
}

/** As {@link requirementOf}, for an order that pays a fee of so much at least. */
export function requirementWithMinimum(
  instrument: ChargedInstrument,
  { side, price, remaining }: OpenTerms,
  paid: Pick<MinimumFill, "paid" | "credit">,
): Amount {
  if (side === Side.sell) return multiply(remaining, instrument.baseUnitsPerLot);
  const notional = notionalOf(instrument, price, remaining);
  const terms = { ppm: dearestPpm(instrument), minimum: minimumFeeOf(instrument) };
  return add(notional, chargeMinimum({ ...paid, ...terms, notional }).fee);
}

/** The budget of an order that has no limit but its price. */
export const unlimitedBudget = Number.MAX_SAFE_INTEGER;

/**
 * The tick·lots that `available` quote units pay for at most, with a fee at the given rate:
 * `n + ceil(n * rate / 1000000) <= available` holds exactly for
 * `n <= available * 1000000 / (1000000 + rate)`, and `n + minimum <= available` must hold, too.
 */
function marketBudget(instrument: ChargedInstrument, available: Amount, ppm: number): number {
  const byRate = divideFloor(multiply(available, ppmPerUnit), ppmPerUnit + ppm);
  const byMinimum = subtract(available, minimumFeeOf(instrument));
  if (byMinimum <= 0) return 0;
  const notionalMax = minimum(byRate, byMinimum);
  const budget = divideFloor(notionalMax, instrument.quoteUnitsPerTickLot);
  return Number(minimum(budget, unlimitedBudget - 1));
}

/** What there is to pay with. */
export interface Means {
  readonly available: Amount;
  /** Whether what is for an auction can pay the fee that is charged there. */
  readonly coversAuctions: boolean;
}

/** What an order must have reserved before it goes to its book, and what it may spend there. */
export interface Needs {
  readonly quantity: Lots;
  readonly reservation: Amount;
  readonly budget: number;
}

/** What an order needs of what is available; undefined if that buys or sells nothing. */
export function needsOf(
  command: PlaceOrder,
  instrument: ChargedInstrument,
  { available, coversAuctions }: Means,
): Needs | undefined {
  const { side, quantity, instructions, timeInForce } = command;
  if (!spendsAll(command)) {
    const price = dearestPrice(command);
    const terms = { side, price, remaining: quantity, feeCredit: 0 };
    const reservation =
      minimumFeeOf(instrument) === 0
        ? requirementOf(instrument, terms)
        : requirementWithMinimum(instrument, terms, { paid: 0, credit: 0 });
    return { quantity, reservation, budget: unlimitedBudget };
  }
  const { quoteBudget } = instructions;
  if (side === Side.sell) return needsOfSale(quoteBudget, instrument, available);
  const reservation = quoteBudget === 0 ? available : quoteBudget;
  const isForAuction = coversAuctions && isForAuctions(timeInForce);
  const ppm = isForAuction ? dearestPpm(instrument) : takerPpmOf(instrument);
  const budget = marketBudget(instrument, reservation, ppm);
  if (budget < 1) return undefined;
  // At one tick a lot, the least there is, the budget buys as many lots as it has tick·lots.
  const most = quoteBudget === 0 ? quantity : Math.min(budget, lotsMax);
  return { quantity: most, reservation, budget };
}

/** A sale that is to bring in so much may take all there is to sell. */
function needsOfSale(
  quoteBudget: Amount,
  instrument: InstrumentTerms,
  available: Amount,
): Needs | undefined {
  const lots = divideFloor(available, instrument.baseUnitsPerLot);
  const quantity = Number(minimum(lots, lotsMax));
  const budget = divideFloor(quoteBudget, instrument.quoteUnitsPerTickLot);
  if (quantity < 1 || budget < 1) return undefined;
  return {
    quantity,
    reservation: multiply(quantity, instrument.baseUnitsPerLot),
    budget: Number(minimum(budget, unlimitedBudget - 1)),
  };
}
