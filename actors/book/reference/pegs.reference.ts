/**
 * Where the pegged orders of the reference book should stand, and how they get there.
 *
 * Written from docs/protocols/order-handling.md: "Pegged orders".
 */
import { CloseReason, isOnTick, PegReference, ticksMax } from "../../../protocols/index.ts";
import type { Ticks } from "../../../protocols/index.ts";
import type { ReferenceDesk } from "./desk.reference.ts";
import type { ReferenceOrder } from "./order.reference.ts";
import { matchedAt } from "./placing.reference.ts";
import type { ReferencePlacing } from "./placing.reference.ts";

export class ReferencePegs {
  readonly #desk: ReferenceDesk;
  readonly #placing: ReferencePlacing;

  constructor(desk: ReferenceDesk, placing: ReferencePlacing) {
    this.#desk = desk;
    this.#placing = placing;
  }

  /**
   * Moves one after the other. True as soon as one has executed something, removed or reduced
   * another, or has something left over.
   */
  move(): boolean {
    return this.#desk.list.some((order) => this.#mayMove(order) && this.#moveOne(order));
  }

  /** Where an order should stand now; undefined if it has no price. */
  priceOf(order: ReferenceOrder): Ticks | undefined {
    const followed = this.#followedBy(order);
    if (followed === undefined) return undefined;
    const { pegOffset } = order.instructions;
    let price = order.isBuy
      ? Math.min(followed - pegOffset, order.price)
      : Math.max(followed + pegOffset, order.price);
    while (!isOnTick(this.#desk.terms.tickSizes, price)) price += order.isBuy ? -1 : 1;
    return price < 1 || price > ticksMax ? undefined : price;
  }

  /** Takes one that rests out of the order book; nobody hears of it. */
  park(order: ReferenceOrder): void {
    if (order.stage === "resting") this.#desk.orderBook.cancel(order.orderId);
    order.stage = "parked";
  }

  #mayMove(order: ReferenceOrder): boolean {
    return order.isPegged && (order.stage === "parked" || order.stage === "resting");
  }

  #moveOne(order: ReferenceOrder): boolean {
    const desk = this.#desk;
    const { orderBook } = desk;
    const price = this.priceOf(order);
    if (price === undefined) {
      this.park(order);
      return false;
    }
    const isResting = order.stage === "resting";
    if (isResting && this.#placing.restingOf(order).price === price) return false;
    if (!isResting && !desk.hasRoomFor(order.remaining)) {
      desk.removeBoth(order, CloseReason["book-full"]);
      return false;
    }
    const incoming = this.#placing.incoming(order, desk.market.boundFor(order.side));
    const { leftOver, hasTraded, hasMetSomebody, kept } = matchedAt(desk, () => {
      if (!isResting) return orderBook.place({ ...incoming, price });
      orderBook.replace({ ...incoming, price });
      return orderBook.leftOver;
    });
    desk.sendKept(kept);
    if (hasTraded) this.#placing.tellMarket();
    if (orderBook.has(order.orderId)) order.stage = "resting";
    if (leftOver > 0) this.#placing.endOrGather(order, { price, isCollarTighter: false });
    return hasMetSomebody || leftOver > 0;
  }

  #followedBy(order: ReferenceOrder): Ticks | undefined {
    const { bestBid: bid, bestAsk: ask } = this.#desk.orderBook;
    switch (order.instructions.pegReference) {
      case PegReference.primary:
        return order.isBuy ? bid : ask;
      case PegReference.market:
        return order.isBuy ? ask : bid;
      default: {
        if (bid === undefined || ask === undefined) return undefined;
        const distance = order.isBuy ? ask - bid : ask - bid + 1;
        return bid + Math.floor(distance / 2);
      }
    }
  }
}
