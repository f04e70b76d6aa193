/**
 * Takes orders out of a book: those whose accounts want them out, those whose time has come, and
 * those that are linked to them. Wherever an order stands, its account is told what remained of it.
 */
import { CloseReason, isForAuctions, RejectReason, TimeInForce } from "../../protocols/index.ts";
import type { SubmitCancel } from "../../protocols/index.ts";
import { Stage } from "./book-order.ts";
import type { BookOrder } from "./book-order.ts";
import type { Linked } from "./kept-orders.ts";
import type { MatchingDesk } from "./matching-desk.ts";
import type { OrderName } from "./order-reports.ts";

/** Whether an order takes part in the auction that is called, and in nothing else. */
function gathersForAuction({ timeInForce, stage }: BookOrder): boolean {
  return isForAuctions(timeInForce) && stage === Stage.resting;
}

export class Removals {
  readonly #desk: MatchingDesk;

  constructor(desk: MatchingDesk) {
    this.#desk = desk;
  }

  /** Admitted whatever the phase: who wants out may always leave. */
  cancel(message: SubmitCancel): void {
    const { account, orderId, reason } = message;
    const order = this.#desk.kept.find(account, orderId);
    if (order !== undefined) {
      this.expel(order, reason);
      return;
    }
    if (this.#desk.restingOf(account, orderId) === undefined) {
      this.#desk.reports.changeRefused(message, RejectReason["order-unknown"]);
      return;
    }
    this.#cancelPlain(message, reason);
  }

  /** All of these go for one reason, so none has to go for another. */
  purge(orders: readonly OrderName[], reason: CloseReason): void {
    const { kept } = this.#desk;
    for (const name of orders) {
      const order = kept.find(name.account, name.orderId);
      if (order === undefined) {
        this.#cancelPlain(name, reason);
        continue;
      }
      kept.spendLink(order);
      this.#takeOut(order, reason);
    }
  }

  #cancelPlain(name: OrderName, reason: CloseReason): void {
    this.#desk.reports.removed(name, this.#desk.remove(name.orderId), reason);
  }

  /** Ends those whose time has come. */
  expire(): void {
    const { kept, turn } = this.#desk;
    for (;;) {
      const expired = kept.expiredBy(turn.context.timeUs);
      if (expired === undefined) return;
      const isDay = expired.timeInForce === TimeInForce.DAY;
      this.expel(expired, CloseReason[isDay ? "day-ended" : "time-reached"]);
    }
  }

  /** What the day's auctions were to execute goes, too, whether they were held or not. */
  endDay(): void {
    for (const order of this.#desk.kept.all()) {
      if (order.timeInForce === TimeInForce.DAY) this.expel(order, CloseReason["day-ended"]);
      else if (order.timeInForce === TimeInForce.ATC || gathersForAuction(order)) {
        this.expel(order, CloseReason["auction-ended"]);
      }
    }
  }

  /** An auction is over: orders for auctions only that took part in it go. */
  endAuction(): void {
    for (const order of this.#desk.kept.all()) {
      if (gathersForAuction(order)) this.expel(order, CloseReason["auction-ended"]);
    }
  }

  /** Takes an order out, and the one that it is linked to. */
  expel(order: BookOrder, reason: CloseReason): void {
    this.#takeOut(order, reason);
    this.endLinked(order);
  }

  /** An order is set off or has ended: the one that it is linked to ends. */
  endLinked(order: Linked): void {
    const other = this.#desk.kept.spendLink(order);
    if (other !== undefined) this.#takeOut(other, CloseReason["linked-order"]);
  }

  /** Takes one order out and no other. */
  #takeOut(order: BookOrder, reason: CloseReason): void {
    const desk = this.#desk;
    const { orderId } = order;
    const isResting = order.stage === Stage.resting;
    const canceled = isResting ? desk.remove(orderId) : order.quantity - desk.forget(orderId);
    desk.kept.remove(orderId);
    desk.reports.removed(order, canceled, reason);
  }
}
