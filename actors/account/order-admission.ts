/**
 * Why an account would not take an order or a change to one.
 *
 * In each function the order of lines is the order of precedence in reject-reasons.ts. Nothing is
 * changed here; funds are checked by the account, which alone knows them.
 */
import {
  asItIs,
  basisPointsPerUnit,
  hasLimit,
  isAmount,
  isForAuctions,
  isOnTick,
  isWaitingType,
  lotsMax,
  multiply,
  OrderType,
  PegReference,
  plainInstructions,
  plainTradingTerms,
  PostOnly,
  RejectReason,
  revisedBy,
  SelfTradePrevention,
  Side,
  ticksMax,
  TimeInForce,
  tradingTermsOf,
  TriggerSource,
  unrevised,
} from "../../protocols/index.ts";
import type {
  Amount,
  InstrumentTerms,
  Lots,
  OrderInstructions,
  PlaceOrder,
  ReplaceOrder,
  Ticks,
  TradingTerms,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import type { Order } from "./order.ts";
import { dearestPrice, notionalOf } from "./reservation.ts";

/** How many orders of one account may work at a time. */
export const openOrdersMax = 200_000;

/**
 * How many orders of an account may have been closed within the time that they are known for: none
 * is forgotten early. At 60 s that is 16,000 orders a second, for a minute and longer.
 */
export const closedOrdersMax = 1_000_000;

/** How many orders an account knows. */
export interface OrderCounts {
  readonly workingCount: number;
  readonly closedCount: number;
}

export function whyNotPlace(
  command: PlaceOrder,
  known: OrderCounts,
  { venue, timeUs }: Pick<ActorContext, "venue" | "timeUs">,
): RejectReason {
  const { price, quantity, instructions } = command;
  const instrument = venue.instrument(command.symbol);
  if (venue.isHalted) return RejectReason["venue-halted"];
  if (instrument === undefined) return RejectReason["instrument-unknown"];
  const isPlain = instructions === plainInstructions;
  const isLimited = hasLimit(command.orderType);
  if (!(isPlain ? isPlainlyConsistent(command) : areConsistent(command))) {
    return RejectReason["terms-inconsistent"];
  }
  if (!isLimited && price !== 0) return RejectReason["terms-inconsistent"];
  const { expiresAtUs, quoteBudget } = instructions;
  if (expiresAtUs !== 0 && expiresAtUs <= timeUs) return RejectReason["expiry-passed"];
  if (quantity <= 0 && quoteBudget === 0) return RejectReason["quantity-not-positive"];
  if (quantity > lotsMax) return RejectReason["quantity-too-large"];
  const trading = tradingTermsOf(instrument);
  if (trading !== plainTradingTerms && quoteBudget === 0) {
    const reason = whyNotLots(trading, quantity);
    if (reason !== RejectReason.none) return reason;
  }
  if (!isPlain) {
    const reason = whyNotQuantities(instructions, quantity);
    if (reason !== RejectReason.none) return reason;
  }
  if (isLimited && price <= 0) return RejectReason["price-not-positive"];
  if (price > ticksMax) return RejectReason["price-too-large"];
  if (!isPlain) {
    const reason = whyNotPrices(command);
    if (reason !== RejectReason.none) return reason;
  }
  if (trading !== plainTradingTerms) {
    const reason = whyNotTraded(instrument, command);
    if (reason !== RejectReason.none) return reason;
  }
  if (!fitsLedger(instrument, dearestPrice(command), quantity)) {
    return RejectReason["notional-too-large"];
  }
  if (quoteBudget !== 0 && !isBudgetSound(quoteBudget, instrument)) {
    return RejectReason["budget-invalid"];
  }
  if (known.workingCount >= openOrdersMax) return RejectReason["open-orders-too-many"];
  if (known.closedCount >= closedOrdersMax) return RejectReason["closed-orders-too-many"];
  return RejectReason.none;
}

/** Contracts are traded by the lot: nothing is spent on them. */
function isBudgetSound(quoteBudget: Amount, { contract }: InstrumentTerms): boolean {
  return quoteBudget > 0 && isAmount(multiply(quoteBudget, 2)) && contract === undefined;
}

/** Of an order without instructions. */
function isPlainlyConsistent({ orderType, timeInForce }: PlaceOrder): boolean {
  if (orderType > OrderType.market) return false;
  if (timeInForce === TimeInForce.GTD) return false;
  return orderType === OrderType.limit || suitsMarket(timeInForce);
}

/** A market order is immediate, or for an auction. */
function suitsMarket(timeInForce: TimeInForce): boolean {
  return (
    timeInForce === TimeInForce.IOC || timeInForce === TimeInForce.FOK || isForAuctions(timeInForce)
  );
}

/** Whether an order's type, time in force and instructions go together. */
function areConsistent(command: PlaceOrder): boolean {
  const { orderType, timeInForce, instructions, side } = command;
  const waits = isWaitingType(orderType);
  const isResting = restsOn(timeInForce);
  const isLimit = orderType === OrderType.limit;
  const rules: readonly boolean[] = [
    orderType !== OrderType.market || suitsMarket(timeInForce),
    !waits || !isForAuctions(timeInForce),
    !waits || hasLimit(orderType) || isResting,
    orderType !== OrderType.pegged || isResting,
    (timeInForce === TimeInForce.GTD) === (instructions.expiresAtUs !== 0),
    waits === (instructions.triggerPrice !== 0),
    waits || instructions.triggerSource === TriggerSource.last,
    isTrailed(instructions) === (orderType === OrderType.trailingStop),
    instructions.trailTicks === 0 || instructions.trailBasisPoints === 0,
    (orderType === OrderType.pegged) === (instructions.pegReference !== PegReference.none),
    orderType === OrderType.pegged || instructions.pegOffset === 0,
    instructions.postOnly === PostOnly.none || (isLimit && isResting),
    instructions.displayQuantity === 0 || (hasLimit(orderType) && !instructions.isHidden),
    instructions.displayQuantity === 0 || (orderType !== OrderType.pegged && mayRest(timeInForce)),
    !instructions.isHidden || (isLimit && mayRest(timeInForce)),
    instructions.minimumQuantity === 0 || mayHaveMinimum(command),
    instructions.collarBasisPoints === 0 || !hasLimit(orderType),
    instructions.quoteBudget === 0 || isByBudget(command),
    instructions.selfTradePrevention !== SelfTradePrevention.transfer || isLimit,
    !instructions.isReduceOnly || mayShrink(instructions),
    side === Side.buy || side === Side.sell,
  ];
  return rules.every((holds) => holds);
}

/** Whether its quantity stands for itself: the exchange may make it less. */
function mayShrink({ displayQuantity, minimumQuantity, quoteBudget }: OrderInstructions): boolean {
  return displayQuantity === 0 && minimumQuantity === 0 && quoteBudget === 0;
}

/** Whether it rests in continuous trading. */
function restsOn(timeInForce: TimeInForce): boolean {
  return (
    timeInForce === TimeInForce.GTC ||
    timeInForce === TimeInForce.DAY ||
    timeInForce === TimeInForce.GTD
  );
}

/** Whether it rests anywhere. */
function mayRest(timeInForce: TimeInForce): boolean {
  return restsOn(timeInForce) || isForAuctions(timeInForce);
}

function isTrailed({ trailTicks, trailBasisPoints }: OrderInstructions): boolean {
  return (trailTicks !== 0) !== (trailBasisPoints !== 0);
}

/** A minimum is for what nobody sees, and for what does not stay. */
function mayHaveMinimum({ orderType, timeInForce, instructions }: PlaceOrder): boolean {
  if (timeInForce === TimeInForce.IOC) return true;
  return orderType === OrderType.pegged || instructions.isHidden;
}

function isByBudget({ orderType, timeInForce, quantity }: PlaceOrder): boolean {
  return orderType === OrderType.market && timeInForce === TimeInForce.IOC && quantity === 0;
}

function whyNotQuantities(
  { displayQuantity, minimumQuantity }: OrderInstructions,
  quantity: Lots,
): RejectReason {
  if (displayQuantity < 0 || displayQuantity > quantity) {
    return RejectReason["display-quantity-invalid"];
  }
  if (minimumQuantity < 0 || minimumQuantity > quantity) {
    return RejectReason["minimum-quantity-invalid"];
  }
  return RejectReason.none;
}

/** Why an instrument does not take such a quantity. */
function whyNotLots({ quantityMin, quantityMax }: TradingTerms, quantity: Lots): RejectReason {
  if (quantity < quantityMin) return RejectReason["quantity-too-small"];
  return quantity > quantityMax ? RejectReason["quantity-too-large"] : RejectReason.none;
}

/** Why an instrument does not take such prices, or so little or so much money. */
function whyNotTraded(
  instrument: InstrumentTerms,
  { price, quantity, instructions }: Pick<PlaceOrder, "price" | "quantity" | "instructions">,
): RejectReason {
  const { tickSizes, notionalMin, notionalMax } = tradingTermsOf(instrument);
  if (!isOnTick(tickSizes, price)) return RejectReason["price-off-tick"];
  if (!isOnTick(tickSizes, instructions.triggerPrice)) {
    return RejectReason["trigger-price-invalid"];
  }
  if (price === 0) return RejectReason.none;
  const notional = notionalOf(instrument, price, quantity);
  if (notional < notionalMin) return RejectReason["notional-too-small"];
  const isTooLarge = notionalMax !== 0 && notional > notionalMax;
  return isTooLarge ? RejectReason["notional-too-large"] : RejectReason.none;
}

/** Further than this nobody trails behind, or lets a market order go: the price itself. */
const basisPointsMax = basisPointsPerUnit;

function whyNotPrices({ instructions }: Pick<PlaceOrder, "instructions">): RejectReason {
  const { triggerPrice, trailTicks, trailBasisPoints, pegOffset } = instructions;
  const { collarBasisPoints } = instructions;
  if (triggerPrice < 0 || triggerPrice > ticksMax) return RejectReason["trigger-price-invalid"];
  const isTrailSound = isWithin(trailTicks, ticksMax) && isWithin(trailBasisPoints, basisPointsMax);
  if (!isTrailSound) return RejectReason["trail-invalid"];
  if (!isWithin(pegOffset, ticksMax)) return RejectReason["peg-offset-invalid"];
  if (!isWithin(collarBasisPoints, basisPointsMax)) return RejectReason["terms-inconsistent"];
  return RejectReason.none;
}

function isWithin(value: number, most: number): boolean {
  return value >= 0 && value <= most;
}

/** The order is the one that the command names, if there is one. */
export function whyNotReplace(
  order: Order | undefined,
  command: ReplaceOrder,
  { venue }: ActorContext,
): RejectReason {
  const { price, quantity, revision, revised } = command;
  if (venue.isHalted) return RejectReason["venue-halted"];
  if (order === undefined) return RejectReason["order-unknown"];
  if (!order.isWorking) return RejectReason["order-closed"];
  if (revision !== 0 && revision !== order.revision + 1) {
    return RejectReason["revision-out-of-turn"];
  }
  if (!mayBeReplaced(order, command)) return RejectReason["terms-inconsistent"];
  if (quantity <= 0) return RejectReason["quantity-not-positive"];
  if (quantity > lotsMax) return RejectReason["quantity-too-large"];
  const lotsReason = whyNotLots(tradingTermsOf(order.instrument), quantity);
  if (lotsReason !== RejectReason.none) return lotsReason;
  if (quantity <= order.executed) return RejectReason["quantity-below-executed"];
  const instructions = revisedBy(order.instructions, revised);
  const reason = whyNotQuantities(instructions, quantity);
  if (reason !== RejectReason.none) return reason;
  if (hasLimit(order.orderType) && price <= 0) return RejectReason["price-not-positive"];
  if (price > ticksMax) return RejectReason["price-too-large"];
  const priceReason = whyNotPrices({ instructions });
  if (priceReason !== RejectReason.none) return priceReason;
  const tradedReason = whyNotTraded(order.instrument, { price, quantity, instructions });
  if (tradedReason !== RejectReason.none) return tradedReason;
  const priceMax = Math.max(order.boundPrice, dearestOf(order, command));
  const quantityMax = Math.max(order.boundQuantity, quantity);
  if (!fitsLedger(order.instrument, priceMax, quantityMax)) {
    return RejectReason["notional-too-large"];
  }
  return RejectReason.none;
}

/** The highest price that the order could trade at with its new terms. */
function dearestOf({ orderType, instructions }: Order, { price, revised }: ReplaceOrder): Ticks {
  return dearestPrice({ orderType, price, instructions: revisedBy(instructions, revised) });
}

/** Whether a replace may change what it changes: nothing that the order does not have. */
function mayBeReplaced(order: Order, { price, revised }: ReplaceOrder): boolean {
  const { orderType, instructions, linkedOrderId } = order;
  if (orderType === OrderType.market || linkedOrderId !== 0) return false;
  if (!hasLimit(orderType) && price !== 0) return false;
  if (revised === unrevised) return true;
  // The reservation of such an order follows from its trigger price, which must stay as it is.
  const isPaidByTrigger = !hasLimit(orderType) && order.side === Side.buy;
  const { triggerPrice, trailTicks, trailBasisPoints } = revised;
  return (
    (triggerPrice === asItIs || (order.isWaiting && !isPaidByTrigger)) &&
    (trailTicks === asItIs || instructions.trailTicks !== 0) &&
    (trailBasisPoints === asItIs || instructions.trailBasisPoints !== 0) &&
    (revised.displayQuantity === asItIs || instructions.displayQuantity !== 0) &&
    (revised.minimumQuantity === asItIs || instructions.minimumQuantity !== 0) &&
    (revised.pegOffset === asItIs || instructions.pegReference !== PegReference.none)
  );
}

/** Whether notional with the dearest conceivable fee (100 %), and the goods, fit 64 bits. */
function fitsLedger(instrument: InstrumentTerms, price: Ticks, quantity: Lots): boolean {
  const notional = notionalOf(instrument, price, quantity);
  const units = multiply(quantity, instrument.baseUnitsPerLot);
  return isAmount(multiply(notional, 2)) && isAmount(units);
}
