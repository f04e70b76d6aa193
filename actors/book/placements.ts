/**
 * Brings orders into the order book, to trade there or to gather for an auction, and tells what
 * came of it: that they rest, at which price they do, or why what is left over of them goes.
 */
import {
  assert,
  CloseReason,
  hasLimit,
  isForAuctions,
  isWaitingType,
  partOf,
  PostOnly,
  RejectReason,
  Side,
  ticksMax,
  TimeInForce,
} from "../../protocols/index.ts";
import type { Lots, OrderInstructions, Ticks } from "../../protocols/index.ts";
import { isCallPhase } from "../market/phase-admission.ts";
import { allDisplayed, Ending, unboundedFor } from "../order-book/book-terms.ts";
import { isPegged, Stage } from "./book-order.ts";
import type { BookOrder } from "./book-order.ts";
import type { MatchingDesk } from "./matching-desk.ts";
import type { OrderName } from "./order-reports.ts";
import type { Removals } from "./removals.ts";

/** Where market orders stand while they gather for an auction: before every limit. */
const marketOrderPrice = { [Side.buy]: ticksMax + 1, [Side.sell]: 0 } as const;

/** An order as it goes to the order book: a plain one just as it was submitted. */
export type Entering = Pick<
  BookOrder,
  | "orderId"
  | "account"
  | "participant"
  | "side"
  | "orderType"
  | "timeInForce"
  | "price"
  | "quantity"
  | "budget"
  | "instructions"
  | "linkedOrderId"
>;

/** An order of which something is left over. */
export type Stopped = Pick<
  Entering,
  "orderId" | "account" | "side" | "orderType" | "timeInForce" | "linkedOrderId"
>;

export class Placements {
  readonly #desk: MatchingDesk;
  readonly #removals: Removals;

  constructor(desk: MatchingDesk, removals: Removals) {
    this.#desk = desk;
    this.#removals = removals;
  }

  /** Puts an order to the order book, where it may trade. */
  enter(order: Entering): void {
    this.fillIn(order, order.quantity);
    this.#place(order);
  }

  /** Puts an order to the order book, where it trades at the last price and at no other. */
  enterAtLast(order: BookOrder): void {
    const { incoming, feed } = this.#desk;
    order.stage = Stage.resting;
    this.fillIn(order, order.quantity);
    incoming.isMarket = false;
    incoming.price = feed.lastPrice;
    incoming.bound = unboundedFor(order.side);
    // Beside that price there is none to slide to.
    if (incoming.postOnly === PostOnly.slide) incoming.postOnly = PostOnly.reject;
    this.#place(order);
  }

  #place(order: Entering): void {
    const { incoming, turn } = this.#desk;
    const bandBound = turn.market.boundFor(order.side);
    incoming.bound = tighter(order.side, incoming.bound, bandBound);
    const leftOver = this.#desk.place();
    this.tellMarket();
    if (leftOver === 0) this.tellAtRest(order);
    else this.endRest(order, leftOver, incoming.bound === bandBound);
  }

  /** Lets an order take its place for an auction, where nothing trades before the uncrossing. */
  gather(order: BookOrder): void {
    const { incoming, reports } = this.#desk;
    order.stage = Stage.resting;
    this.fillIn(order, order.quantity);
    if (incoming.isMarket) {
      incoming.price = marketOrderPrice[order.side];
      // There is no price at which it could be shown.
      incoming.display = 0;
    }
    this.#desk.collect(0);
    reports.rested(order);
  }

  /** Takes an order out of the order book that will come in again. */
  park(order: BookOrder): void {
    this.#desk.withdraw(order.orderId);
    order.stage = Stage.parked;
  }

  /**
   * Ends an order that is to come in from outside of the order book if by now its limit lies beyond
   * the market's collar, or there is no room for it. True if it did.
   */
  turnsAway(order: BookOrder): boolean {
    const reason = this.#whyNotNow(order);
    if (reason === CloseReason.none) return false;
    this.#removals.expel(order, reason);
    return true;
  }

  #whyNotNow(order: BookOrder): CloseReason {
    const desk = this.#desk;
    const { orderType, timeInForce, price, quantity } = order;
    // Others were held against the collar as they were submitted.
    const isLimited = isWaitingType(orderType) && hasLimit(orderType);
    if (isLimited && !desk.turn.market.isWithinCollar(price)) return CloseReason["collar-reached"];
    const mayStay = mayRest(order) || isForAuctions(timeInForce);
    const hasRoom = !mayStay || desk.hasRoomFor(quantity - desk.executedOf(order.orderId));
    return hasRoom ? CloseReason.none : CloseReason["book-full"];
  }

  // ---- The order that comes in next ----------------------------------------------------------

  /** Fills in the desk's incoming order, with so much of it still open. */
  fillIn(order: Entering, quantity: Lots): void {
    const { incoming } = this.#desk;
    const { side, timeInForce, instructions } = order;
    incoming.orderId = order.orderId;
    this.#desk.name(order.account, order.participant);
    incoming.side = side;
    incoming.quantity = quantity;
    incoming.isMarket = !hasLimit(order.orderType);
    incoming.price = incoming.isMarket ? 0 : order.price;
    incoming.isImmediate = incoming.isMarket || timeInForce === TimeInForce.IOC;
    incoming.isFillOrKill = timeInForce === TimeInForce.FOK;
    incoming.budget = order.budget;
    incoming.postOnly = instructions.postOnly;
    incoming.selfTradePrevention = instructions.selfTradePrevention;
    incoming.minimum = instructions.minimumQuantity;
    incoming.display = displayOf(instructions);
    incoming.bound = incoming.isMarket ? this.#collarOf(order) : unboundedFor(side);
  }

  /** How far an order without a limit may go. */
  #collarOf(order: Entering): Ticks {
    const { side, orderType, instructions, price } = order;
    const basisPoints = instructions.collarBasisPoints;
    const isTriggered = isWaitingType(orderType);
    const from = isTriggered ? this.#triggerPriceOf(order) : this.#priceToMeet(side);
    if (basisPoints === 0 || from === undefined) return unboundedFor(side);
    const width = partOf(from, basisPoints);
    if (side === Side.sell) return from - width;
    // The account has reserved for a triggered order up to this price.
    return isTriggered && price > 0 ? Math.min(from + width, price) : from + width;
  }

  #triggerPriceOf({ orderId, instructions }: Entering): Ticks {
    return this.#desk.kept.withId(orderId)?.triggerPrice ?? instructions.triggerPrice;
  }

  #priceToMeet(side: Side): Ticks | undefined {
    const { bestAsk, bestBid } = this.#desk.orders;
    return side === Side.buy ? bestAsk : bestBid;
  }

  // ---- What came of it -----------------------------------------------------------------------

  /** Tells the market if the order that came in has traded. */
  tellMarket(): void {
    const { hasIncomingTraded, feed, turn } = this.#desk;
    if (hasIncomingTraded) turn.market.traded(feed.lastPrice, turn.context);
  }

  /** Tells of the order that came in, of which nothing was left over, if any of it rests. */
  tellAtRest(order: OrderName & Pick<Entering, "price" | "instructions">): void {
    if (this.#desk.incomingResting === 0) return;
    if (order.instructions.postOnly === PostOnly.slide) this.#tellSlidden(order);
    this.#desk.reports.rested(order);
  }

  /** A post-only order that would have taken stands one tick away from what it would have met. */
  #tellSlidden({ account, orderId, price }: OrderName & Pick<Entering, "price">): void {
    const resting = this.#desk.restingOf(account, orderId);
    assert(resting !== undefined);
    if (resting.price === price) return;
    const kept = this.#desk.kept.withId(orderId);
    if (kept !== undefined) kept.price = resting.price;
    this.#desk.reports.repriced({ account, orderId }, resting.price);
  }

  // ---- What is left over ---------------------------------------------------------------------

  /**
   * Ends what is left over of an order that was placed, replaced or moved, and tells why. If it was
   * the market's band that stopped it, the market hears so first; what is left of it takes part in
   * the auction that may begin there.
   */
  endRest(order: Stopped, leftOver: Lots, isBoundByBand: boolean): void {
    const { orders, reports, turn } = this.#desk;
    const { market, context } = turn;
    const isAtBand = isBoundByBand && orders.ending === Ending.bound;
    if (isAtBand) {
      market.bandReached(order.side, context);
      if (isCallPhase(market.phase) && mayRest(order)) {
        this.#gatherRest(order, leftOver);
        return;
      }
    }
    if (orders.ending === Ending.wouldTake) {
      reports.refused(order, RejectReason["post-only-would-take"]);
    } else {
      const reason = isAtBand ? CloseReason["band-reached"] : closeReasonOf(orders.ending);
      reports.removed(order, leftOver, reason);
    }
    this.#removals.endLinked(order);
  }

  /** It stands where it was stopped; a pegged order is parked as the book follows the phase. */
  #gatherRest(order: Stopped, leftOver: Lots): void {
    if ("stage" in order) this.#desk.kept.keep(order as BookOrder);
    this.#desk.collectRest(leftOver);
    this.#desk.reports.rested(order);
  }
}

function mayRest({ orderType, timeInForce }: Stopped): boolean {
  if (!hasLimit(orderType)) return false;
  return timeInForce !== TimeInForce.IOC && timeInForce !== TimeInForce.FOK;
}

/** The bound that keeps an order of a side from more. */
function tighter(side: Side, a: Ticks, b: Ticks): Ticks {
  return side === Side.buy ? Math.min(a, b) : Math.max(a, b);
}

/** How much of an order its book shows. Who follows a price is not shown. */
function displayOf(instructions: OrderInstructions): Lots {
  if (instructions.isHidden || isPegged({ instructions })) return 0;
  return instructions.displayQuantity === 0 ? allDisplayed : instructions.displayQuantity;
}

function closeReasonOf(ending: Ending): CloseReason {
  switch (ending) {
    case Ending.budget:
      return CloseReason["budget-exhausted"];
    case Ending.unfillable:
      return CloseReason.unfillable;
    case Ending.selfTrade:
      return CloseReason["self-trade"];
    case Ending.minimum:
      return CloseReason["minimum-unmet"];
    case Ending.bound:
      return CloseReason["collar-reached"];
    default:
      return CloseReason["immediate-remainder"];
  }
}
