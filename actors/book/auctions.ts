/**
 * Holds the auctions of a book: lets orders gather while its market calls for them, and executes
 * what can be at one price when it ends the call.
 */
import { CloseReason, isForAuctions, multiply, ticksMax } from "../../protocols/index.ts";
import type { Ticks } from "../../protocols/index.ts";
import { takesPart } from "../market/phase-admission.ts";
import type { TradingPhaseName } from "../market/trading-phase.machine.ts";
import { unlimitedBudget } from "../order-book/book-terms.ts";
import type { Equilibrium } from "../order-book/book-terms.ts";
import { isPegged, Stage } from "./book-order.ts";
import type { MatchingDesk } from "./matching-desk.ts";
import type { Placements } from "./placements.ts";
import type { Removals } from "./removals.ts";

export class Auctions {
  readonly #desk: MatchingDesk;
  readonly #placements: Placements;
  readonly #removals: Removals;

  constructor(desk: MatchingDesk, placements: Placements, removals: Removals) {
    this.#desk = desk;
    this.#placements = placements;
    this.#removals = removals;
  }

  /** Orders that follow a price have none to follow; those that wait for an auction come in. */
  call(phase: TradingPhaseName): void {
    for (const order of this.#desk.kept.all()) {
      if (isPegged(order) && order.stage === Stage.resting) {
        this.#placements.park(order);
      } else if (isForAuctions(order.timeInForce) && order.stage === Stage.parked) {
        if (!takesPart(order.timeInForce, phase) || this.#placements.turnsAway(order)) continue;
        this.#placements.gather(order);
      }
    }
  }

  /** The price that an uncrossing would have now. */
  indicatedPrice(): Ticks | undefined {
    return this.#equilibrium()?.price;
  }

  #equilibrium(): Equilibrium | undefined {
    const { orders, turn } = this.#desk;
    return orders.equilibrium(turn.market.referencePrice, ticksMax);
  }

  /** Ends the call: what can be executed is, and orders for auctions go. */
  uncross(): void {
    const { market, context } = this.#desk.turn;
    const equilibrium = this.#affordableEquilibrium();
    if (equilibrium !== undefined) {
      this.#desk.uncross(equilibrium);
      market.uncrossed(equilibrium.price, context);
    }
    this.#removals.endAuction();
  }

  /** Market orders that could not be paid for at the auction's price go before it is held. */
  #affordableEquilibrium(): Equilibrium | undefined {
    for (;;) {
      const equilibrium = this.#equilibrium();
      if (equilibrium === undefined) return undefined;
      if (!this.#expelUnaffordable(equilibrium.price)) return equilibrium;
    }
  }

  /** True if there were any. */
  #expelUnaffordable(price: Ticks): boolean {
    let hasExpelled = false;
    for (const order of this.#desk.kept.all()) {
      if (order.stage !== Stage.resting || order.budget === unlimitedBudget) continue;
      if (multiply(price, order.quantity) <= order.budget) continue;
      this.#removals.expel(order, CloseReason["budget-exhausted"]);
      hasExpelled = true;
    }
    return hasExpelled;
  }
}
