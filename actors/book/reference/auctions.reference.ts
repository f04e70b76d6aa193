/**
 * How the reference book uncrosses, and what it tells of what an auction would execute.
 *
 * Written from docs/protocols/order-handling.md: "From phase to phase".
 */
import { CloseReason, Side, ticksMax } from "../../../protocols/index.ts";
import type { Lots, Ticks, TimeUs } from "../../../protocols/index.ts";
import { unlimitedBudget } from "../../order-book/book-terms.ts";
import type { Equilibrium } from "../../order-book/book-terms.ts";
import type { ReferenceDesk } from "./desk.reference.ts";
import type { ReferenceOrder } from "./order.reference.ts";

interface Indicated {
  readonly price: Ticks;
  readonly volume: Lots;
  readonly surplusSide: Side;
  readonly surplus: Lots;
}

const nothing: Indicated = { price: 0, volume: 0, surplusSide: Side.buy, surplus: 0 };
const betweenTellingsUs = 100_000;

export class ReferenceAuctions {
  readonly #desk: ReferenceDesk;
  #told: Indicated = nothing;
  #toldAtUs: TimeUs | undefined;

  constructor(desk: ReferenceDesk) {
    this.#desk = desk;
  }

  get equilibrium(): Equilibrium | undefined {
    const { orderBook, market } = this.#desk;
    return orderBook.equilibrium(market.referencePrice, ticksMax);
  }

  uncross(): void {
    const desk = this.#desk;
    let { equilibrium } = this;
    for (let tooDear = this.#tooDearAt(equilibrium); tooDear.length > 0;) {
      for (const order of tooDear) desk.remove(order, CloseReason["budget-exhausted"]);
      ({ equilibrium } = this);
      tooDear = this.#tooDearAt(equilibrium);
    }
    if (equilibrium !== undefined) this.#execute(equilibrium);
    for (const order of desk.list) {
      if (order.stage !== "resting" || !order.isForAuctions) continue;
      desk.removeBoth(order, CloseReason["auction-ended"]);
    }
  }

  #execute(equilibrium: Equilibrium): void {
    const desk = this.#desk;
    desk.isUncrossing = true;
    const kept = desk.keep(() => desk.orderBook.uncross(equilibrium));
    desk.isUncrossing = false;
    desk.sendKept(kept);
    desk.market.uncrossed(equilibrium.price, desk.context);
  }

  #tooDearAt(equilibrium: Equilibrium | undefined): ReferenceOrder[] {
    if (equilibrium === undefined) return [];
    return this.#desk.list.filter(({ stage, submitted, quantity }) => {
      const cost = BigInt(quantity) * BigInt(equilibrium.price);
      return stage === "resting" && submitted.budget !== unlimitedBudget && cost > submitted.budget;
    });
  }

  // ---- What an auction would execute ---------------------------------------------------------

  forgetTold(): void {
    this.#told = nothing;
  }

  tell(): void {
    const { symbol, context } = this.#desk;
    const nextUs = this.#toldAtUs === undefined ? 0 : this.#toldAtUs + betweenTellingsUs;
    if (context.timeUs < nextUs) {
      this.#desk.wakeAt(nextUs);
      return;
    }
    const { price, volume, surplusSide, surplus } = this.equilibrium ?? nothing;
    const told = this.#told;
    const isSame =
      price === told.price &&
      volume === told.volume &&
      surplusSide === told.surplusSide &&
      surplus === told.surplus;
    if (isSame) return;
    this.#told = { price, volume, surplusSide, surplus };
    this.#toldAtUs = context.timeUs;
    context.emit({ kind: "auction-indicated", symbol, ...this.#told });
  }
}
