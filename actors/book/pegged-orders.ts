/**
 * Keeps pegged orders where they belong while the prices that they follow move.
 *
 * Where that is says `peg-price.ts`; one that has nothing to follow waits outside of the order book.
 */
import type { Ticks } from "../../protocols/index.ts";
import { isPegged, Stage } from "./book-order.ts";
import type { BookOrder } from "./book-order.ts";
import type { MatchingDesk } from "./matching-desk.ts";
import { pegPrice } from "./peg-price.ts";
import type { Placements } from "./placements.ts";

export class PeggedOrders {
  readonly #desk: MatchingDesk;
  readonly #placements: Placements;

  constructor(desk: MatchingDesk, placements: Placements) {
    this.#desk = desk;
    this.#placements = placements;
  }

  /**
   * Moves them in the order in which the book has them, until one meets another order: what others
   * follow, or wait for, may then have moved. So it may, and the phase with it, when one ends.
   */
  move(): "unsettled" | "at-rest" {
    const { kept } = this.#desk;
    if (kept.peggedCount === 0) return "at-rest";
    for (const order of kept.all()) {
      if (isPegged(order) && this.#moveOne(order)) return "unsettled";
    }
    return "at-rest";
  }

  /** True if it met another order, or could not stay. */
  #moveOne(order: BookOrder): boolean {
    const desk = this.#desk;
    const { account, orderId } = order;
    const price = pegPrice(order, desk.bestPrices, desk.turn.market.terms.tickSizes);
    const resting = order.stage === Stage.resting ? desk.restingOf(account, orderId) : undefined;
    if (resting?.price === price) return false;
    if (price === undefined) {
      if (resting !== undefined) this.#placements.park(order);
      return false;
    }
    return this.#moveTo(price, order);
  }

  #moveTo(price: Ticks, order: BookOrder): boolean {
    const desk = this.#desk;
    const { orderId, side, stage, quantity } = order;
    if (stage !== Stage.resting && this.#placements.turnsAway(order)) return false;
    const executed = desk.executedOf(orderId);
    this.#placements.fillIn(order, quantity - executed);
    desk.incoming.price = price;
    desk.incoming.bound = desk.turn.market.boundFor(side);
    order.stage = Stage.resting;
    const leftOver = stage === Stage.resting ? desk.replace() : desk.place(executed);
    desk.reports.tell();
    this.#placements.tellMarket();
    const hasMet = desk.hasIncomingMet;
    if (leftOver > 0) this.#placements.endRest(order, leftOver, true);
    return hasMet || leftOver > 0;
  }
}
