/**
 * How the reference book brings orders into its order book, and what it tells of what came of it.
 *
 * Written from docs/protocols/order-handling.md: "How it goes to the order book", "What came of
 * it", "Bands", "Collars" and "Trading at last".
 */
import {
  CloseReason,
  OrderType,
  partOf,
  PostOnly,
  RejectReason,
  Side,
  ticksMax,
  TimeInForce,
} from "../../../protocols/index.ts";
import { assert } from "../../../protocols/assert.ts";
import type { Lots, Ticks } from "../../../protocols/index.ts";
import { isCallPhase } from "../../market/phase-admission.ts";
import { allDisplayed, Ending } from "../../order-book/book-terms.ts";
import type { IncomingOrder, RestingOrder } from "../../order-book/book-terms.ts";
import type { Kept, ReferenceDesk } from "./desk.reference.ts";
import type { ReferenceOrder } from "./order.reference.ts";

export class ReferencePlacing {
  readonly #desk: ReferenceDesk;

  constructor(desk: ReferenceDesk) {
    this.#desk = desk;
  }

  /** An order comes in, or is set off; at a price of its own in trading at last. */
  place(order: ReferenceOrder, atLast?: Ticks): void {
    const desk = this.#desk;
    const marketBound = desk.market.boundFor(order.side);
    const collar = this.#collarOf(order);
    const isCollarTighter = collar !== undefined && isTighter(order, collar, marketBound);
    const incoming = this.incoming(order, isCollarTighter ? collar : marketBound);
    if (atLast !== undefined) Object.assign(incoming, this.#atLast(order, atLast));
    const { leftOver, hasTraded, kept } = matchedAt(desk, () => desk.orderBook.place(incoming));
    desk.sendKept(kept);
    if (hasTraded) this.tellMarket();
    if (leftOver > 0) this.endOrGather(order, { price: incoming.price, isCollarTighter });
    else if (desk.orderBook.has(order.orderId)) this.tellRests(order);
  }

  /** What becomes of an order that has been placed, replaced or moved, with something left over. */
  endOrGather(order: ReferenceOrder, { price, isCollarTighter }: StoppedAt): void {
    const desk = this.#desk;
    const { ending } = desk.orderBook;
    order.stage = "coming in";
    if (ending === Ending.bound && !isCollarTighter) {
      this.#reachBand(order, price);
    } else if (ending === Ending.wouldTake) {
      desk.end(order);
      desk.send(order, { kind: "order-refused", reason: RejectReason["post-only-would-take"] });
      desk.spendLink(order);
    } else {
      desk.removeBoth(order, reasonOf(ending));
    }
  }

  /** Lets an order rest without trading. */
  gather(order: ReferenceOrder, price?: Ticks): void {
    const { orderBook, market } = this.#desk;
    const incoming = this.incoming(order, market.boundFor(order.side));
    orderBook.collect({ ...incoming, price: price ?? incoming.price });
    order.stage = "resting";
    this.#desk.send(order, { kind: "order-rested" });
  }

  /** An order that slid has the price where it rests as its limit from now on. */
  tellRests(order: ReferenceOrder): void {
    const resting = this.restingOf(order);
    order.stage = "resting";
    if (order.orderType === OrderType.limit && resting.price !== order.price) {
      order.price = resting.price;
      this.#desk.send(order, { kind: "order-repriced", price: resting.price });
    }
    this.#desk.send(order, { kind: "order-rested" });
  }

  restingOf(order: ReferenceOrder): RestingOrder {
    const resting: Partial<RestingOrder> = {};
    const isThere = this.#desk.orderBook.resting(order.orderId, resting as RestingOrder);
    assert(isThere, "the order does not rest");
    return resting as RestingOrder;
  }

  tellMarket(): void {
    const { market, lastPrice, context } = this.#desk;
    market.traded(lastPrice ?? 0, context);
  }

  /** An order as the order book is told of it. */
  incoming(order: ReferenceOrder, bound: Ticks): IncomingOrder {
    const { instructions, submitted, side, timeInForce } = order;
    const isHidden = instructions.isHidden || order.isPegged;
    const display =
      instructions.displayQuantity === 0 ? allDisplayed : instructions.displayQuantity;
    const isMarket = order.isWithoutLimit;
    const isGatheredMarket = isMarket && order.isForAuctions;
    const marketPrice = side === Side.buy ? ticksMax + 1 : 0;
    return {
      orderId: order.orderId,
      owner: this.#desk.ownerOf(order),
      group: this.#desk.groupOf(order),
      side,
      price: isMarket ? marketPrice : order.price,
      quantity: order.remaining,
      isMarket,
      isImmediate: isMarket || timeInForce === TimeInForce.IOC,
      isFillOrKill: timeInForce === TimeInForce.FOK,
      postOnly: instructions.postOnly,
      selfTradePrevention: instructions.selfTradePrevention,
      budget: submitted.budget,
      bound,
      display: isHidden || isGatheredMarket ? 0 : display,
      minimum: instructions.minimumQuantity,
    };
  }

  /** A limit order at the last price; beside it nothing rests. */
  #atLast(order: ReferenceOrder, price: Ticks): Partial<IncomingOrder> {
    const isImmediate = order.timeInForce === TimeInForce.IOC;
    const isPostOnly = order.instructions.postOnly !== PostOnly.none;
    const postOnly = isPostOnly ? PostOnly.reject : PostOnly.none;
    return { price, isMarket: false, isImmediate, postOnly };
  }

  #reachBand(order: ReferenceOrder, price: Ticks): void {
    const desk = this.#desk;
    desk.market.bandReached(order.side, desk.context);
    const { limit, pegged, stopLimit, takeProfitLimit } = OrderType;
    const hasPrice = ([limit, pegged, stopLimit, takeProfitLimit] as OrderType[]).includes(
      order.orderType,
    );
    const { IOC, FOK } = TimeInForce;
    const isFleeting = ([IOC, FOK] as TimeInForce[]).includes(order.timeInForce);
    if (!isCallPhase(desk.market.phase) || !hasPrice || isFleeting) {
      desk.removeBoth(order, CloseReason["band-reached"]);
      return;
    }
    desk.orders = [...desk.orders.filter((other) => other !== order), order];
    this.gather(order, price);
  }

  /** How far an order without limit goes; undefined for as far as it gets. */
  #collarOf(order: ReferenceOrder): Ticks | undefined {
    if (!order.isWithoutLimit) return undefined;
    const { orderBook } = this.#desk;
    const { collarBasisPoints } = order.instructions;
    const best = order.isBuy ? orderBook.bestAsk : orderBook.bestBid;
    const base = order.isOfWaitingType ? order.triggerPrice : best;
    // A replace names no price for an order without limit.
    const isReservedFor = order.isOfWaitingType && order.isBuy && order.price !== 0;
    const dearest = isReservedFor ? order.price : undefined;
    if (collarBasisPoints === 0 || base === undefined) return dearest;
    const width = partOf(base, collarBasisPoints);
    const collar = order.isBuy ? base + width : base - width;
    return dearest === undefined ? collar : Math.min(dearest, collar);
  }
}

/** At which price an order was stopped, and whether by its own collar if by a bound. */
interface StoppedAt {
  readonly price: Ticks;
  readonly isCollarTighter: boolean;
}

/** What happened while an order matched. */
interface Matched {
  readonly leftOver: Lots;
  readonly hasTraded: boolean;
  /** Whether it has traded or transferred, or another was removed or reduced by prevention. */
  readonly hasMetSomebody: boolean;
  /** What is to be sent of it. */
  readonly kept: Kept;
}

/** Has the order book match something. */
export function matchedAt(desk: ReferenceDesk, act: () => Lots): Matched {
  const { tradeCount, transferCount, preventionCount } = desk;
  let leftOver = 0;
  const kept = desk.keep(() => {
    leftOver = act();
  });
  const hasTraded = desk.tradeCount > tradeCount;
  const hasTransferred = desk.transferCount > transferCount;
  const hasPrevented = desk.preventionCount > preventionCount;
  return { leftOver, hasTraded, hasMetSomebody: hasTraded || hasTransferred || hasPrevented, kept };
}

/** What an order is told that ended with something left over. */
function reasonOf(ending: Ending): CloseReason {
  switch (ending) {
    case Ending.bound:
      return CloseReason["collar-reached"];
    case Ending.budget:
      return CloseReason["budget-exhausted"];
    case Ending.unfillable:
      return CloseReason.unfillable;
    case Ending.selfTrade:
      return CloseReason["self-trade"];
    case Ending.minimum:
      return CloseReason["minimum-unmet"];
    default:
      return CloseReason["immediate-remainder"];
  }
}

function isTighter({ isBuy }: ReferenceOrder, bound: Ticks, than: Ticks): boolean {
  return isBuy ? bound < than : bound > than;
}
