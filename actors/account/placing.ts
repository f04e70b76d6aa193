/**
 * What a placing means before anybody decides on it: the terms that it leaves open and those that
 * its order begins with, whether it is the same as one before, and whether orders make a list.
 */
import {
  fieldsOfInstructions,
  hasLimit,
  isWaitingType,
  ListType,
  OrderType,
  plainInstructions,
  RejectReason,
  Side,
} from "../../protocols/index.ts";
import type { InstrumentTerms, PlaceOrder, Ticks } from "../../protocols/index.ts";
import type { Venue } from "../actor.ts";
import type { Order, OrderTerms } from "./order.ts";
import { collarIn } from "./price-protection.ts";
import { dearestPrice } from "./reservation.ts";

/** How far a triggered order without a limit goes if it does not say: a tenth of its price. */
export const triggeredCollarBasisPoints = 1000;

/** A placing with the terms that it leaves open, and a collar that its instrument lets it have. */
export function withDefaults(command: PlaceOrder, venue: Venue): PlaceOrder {
  const { orderType, instructions, symbol } = command;
  if (instructions === plainInstructions) return command;
  if (hasLimit(orderType) || !isWaitingType(orderType)) return command;
  const asked = instructions.collarBasisPoints;
  const contract = venue.instrument(symbol)?.contract;
  const collarBasisPoints = collarIn(contract, asked === 0 ? triggeredCollarBasisPoints : asked);
  if (collarBasisPoints === asked) return command;
  return { ...command, instructions: { ...instructions, collarBasisPoints } };
}

/** What the order of a placing is from its first moment on. */
export function termsOf(
  command: PlaceOrder,
  instrument: InstrumentTerms,
  { orderId, placedAtUs }: Pick<OrderTerms, "orderId" | "placedAtUs">,
): OrderTerms {
  return {
    orderId,
    clientOrderId: command.clientOrderId,
    instrument,
    side: command.side,
    orderType: command.orderType,
    timeInForce: command.timeInForce,
    price: command.price,
    quantity: command.quantity,
    placedAtUs,
    instructions: command.instructions,
  };
}

/** Whether an order was placed with just these terms. */
export function isSamePlacing(order: Order, command: PlaceOrder): boolean {
  const { quoteBudget } = command.instructions;
  return (
    order.instrument.symbol === command.symbol &&
    order.side === command.side &&
    order.orderType === command.orderType &&
    order.timeInForce === command.timeInForce &&
    order.placedPrice === command.price &&
    (quoteBudget !== 0 || order.placedQuantity === command.quantity) &&
    hasSameInstructions(order, command)
  );
}

/** A replace may have changed them: then price and quantity must do. */
function hasSameInstructions(order: Order, { instructions }: PlaceOrder): boolean {
  if (order.instructions === instructions || order.revision > 0) return true;
  const placed = fieldsOfInstructions(order.instructions);
  const asked = fieldsOfInstructions(instructions);
  return asked.length === placed.length && asked.every((field, at) => field === placed[at]);
}

/** The price that the book is told: how far a triggered buy may go, where it has no limit. */
export function submittedPrice({ side, orderType, price, instructions }: Order): Ticks {
  return side === Side.buy ? dearestPrice({ orderType, price, instructions }) : price;
}

/** Why orders are no list of a type. */
export function whyNotList(listType: ListType, orders: readonly PlaceOrder[]): RejectReason {
  const isSound =
    orders.every(({ symbol }) => symbol === orders[0]?.symbol) &&
    hasDistinctNames(orders) &&
    areInOrder(listType, orders);
  return isSound ? RejectReason.none : RejectReason["list-inconsistent"];
}

function hasDistinctNames(orders: readonly PlaceOrder[]): boolean {
  return new Set(orders.map(({ clientOrderId }) => clientOrderId)).size === orders.length;
}

function areInOrder(listType: ListType, orders: readonly PlaceOrder[]): boolean {
  const [first, second, third] = orders;
  switch (listType) {
    case ListType.OCO:
      return orders.length === 2 && isPair(first, second);
    case ListType.OTO:
      return orders.length === 2 && isWorkingOrder(first);
    default:
      return orders.length === 3 && isWorkingOrder(first) && isPair(second, third);
  }
}

/** The one that the others wait for: a limit order that may rest, or a market order. */
function isWorkingOrder(order: PlaceOrder | undefined): boolean {
  return order?.orderType === OrderType.limit || order?.orderType === OrderType.market;
}

/** Two of one side and quantity, of which the second waits for a price; the first may. */
function isPair(first: PlaceOrder | undefined, second: PlaceOrder | undefined): boolean {
  if (first === undefined || second === undefined) return false;
  return (
    first.side === second.side &&
    first.quantity === second.quantity &&
    (first.orderType === OrderType.limit || isWaitingType(first.orderType)) &&
    isWaitingType(second.orderType)
  );
}
