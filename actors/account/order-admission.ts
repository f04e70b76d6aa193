/**
 * Why an account would not take an order or a change to one.
 *
 * In each function the order of lines is the order of precedence in reject-reasons.ts. Nothing is
 * changed here; funds are checked by the account, which alone knows them.
 */
import {
  isAmount,
  lotsMax,
  multiply,
  OrderType,
  RejectReason,
  ticksMax,
  TimeInForce,
} from "../../protocols/index.ts";
import type {
  InstrumentTerms,
  Lots,
  PlaceOrder,
  ReplaceOrder,
  Ticks,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import type { Order } from "./order.ts";
import { notionalOf } from "./reservation.ts";

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
  { venue }: ActorContext,
): RejectReason {
  const { price, quantity } = command;
  const instrument = venue.instrument(command.symbol);
  const isMarket = command.orderType === OrderType.market;
  if (venue.isHalted) return RejectReason["venue-halted"];
  if (instrument === undefined) return RejectReason["instrument-unknown"];
  if (isMarket && command.timeInForce !== TimeInForce.IOC)
    return RejectReason["terms-inconsistent"];
  if (isMarket && price !== 0) return RejectReason["terms-inconsistent"];
  if (quantity <= 0) return RejectReason["quantity-not-positive"];
  if (quantity > lotsMax) return RejectReason["quantity-too-large"];
  if (!isMarket && price <= 0) return RejectReason["price-not-positive"];
  if (price > ticksMax) return RejectReason["price-too-large"];
  if (!fitsLedger(instrument, price, quantity)) return RejectReason["notional-too-large"];
  if (known.workingCount >= openOrdersMax) return RejectReason["open-orders-too-many"];
  if (known.closedCount >= closedOrdersMax) return RejectReason["closed-orders-too-many"];
  return RejectReason.none;
}

/** The order is the one that the command names, if there is one. */
export function whyNotReplace(
  order: Order | undefined,
  command: ReplaceOrder,
  { venue }: ActorContext,
): RejectReason {
  const { price, quantity, revision } = command;
  if (venue.isHalted) return RejectReason["venue-halted"];
  if (order === undefined) return RejectReason["order-unknown"];
  if (!order.isWorking) return RejectReason["order-closed"];
  if (revision !== 0 && revision !== order.revision + 1) {
    return RejectReason["revision-out-of-turn"];
  }
  if (order.orderType === OrderType.market) return RejectReason["terms-inconsistent"];
  if (quantity <= 0) return RejectReason["quantity-not-positive"];
  if (quantity > lotsMax) return RejectReason["quantity-too-large"];
  if (quantity <= order.executed) return RejectReason["quantity-below-executed"];
  if (price <= 0) return RejectReason["price-not-positive"];
  if (price > ticksMax) return RejectReason["price-too-large"];
  const priceMax = Math.max(order.boundPrice, price);
  const quantityMax = Math.max(order.boundQuantity, quantity);
  if (!fitsLedger(order.instrument, priceMax, quantityMax)) {
    return RejectReason["notional-too-large"];
  }
  return RejectReason.none;
}

/** Whether notional with the dearest conceivable fee (100 %), and the goods, fit 64 bits. */
function fitsLedger(instrument: InstrumentTerms, price: Ticks, quantity: Lots): boolean {
  const notional = notionalOf(instrument, price, quantity);
  const units = multiply(quantity, instrument.baseUnitsPerLot);
  return isAmount(multiply(notional, 2)) && isAmount(units);
}
