/**
 * Takes orders in as accounts submit them: refuses those that may not come in, keeps a record of
 * those that are more than plain, and brings each to where its market's phase wants it.
 */
import {
  CloseReason,
  isWaitingType,
  OrderType,
  RejectReason,
  Side,
  TimeInForce,
} from "../../protocols/index.ts";
import type { SubmitOrder } from "../../protocols/index.ts";
import type { Admission } from "../market/phase-admission.ts";
import { isPegged, isPlain, Stage } from "./book-order.ts";
import type { BookOrder } from "./book-order.ts";
import type { MatchingDesk } from "./matching-desk.ts";
import type { Placements } from "./placements.ts";
import type { PriceWatch } from "./price-watch.ts";
import type { Removals } from "./removals.ts";

const { none } = RejectReason;

/** Where orders go from here. */
export interface Destinations {
  readonly placements: Placements;
  readonly watch: PriceWatch;
  readonly removals: Removals;
}

export class Submissions {
  readonly #desk: MatchingDesk;
  readonly #to: Destinations;

  constructor(desk: MatchingDesk, to: Destinations) {
    this.#desk = desk;
    this.#to = to;
  }

  submit(message: SubmitOrder): void {
    const { kept, reports, turn } = this.#desk;
    const { removals, placements } = this.#to;
    const admission = turn.market.admission(message);
    const isTooLate = kept.takeSpent(message.orderId);
    const reason = this.#whyNot(message, admission);
    if (reason !== none) {
      const { orderId, linkedOrderId } = message;
      reports.refused(message, reason);
      removals.endLinked({ orderId, linkedOrderId });
      return;
    }
    if (isPlain(message) && admission === "trades") {
      placements.enter(message);
      return;
    }
    const order = this.#keep(message);
    if (isTooLate) {
      removals.expel(order, CloseReason["linked-order"]);
      return;
    }
    if (order.expiresAtUs !== 0 && order.expiresAtUs <= turn.context.timeUs) {
      // It was under way for too long.
      removals.expel(order, CloseReason["time-reached"]);
      return;
    }
    if (admission === "trades" && isPegged(order)) {
      // It finds its price once the prices that it follows are looked at.
      reports.rested(order);
      return;
    }
    this.#send(order, admission);
  }

  #send(order: BookOrder, admission: Admission): void {
    const { placements, watch } = this.#to;
    switch (admission) {
      case "waits":
        watch.wait(order);
        break;
      case "gathers":
        placements.gather(order);
        break;
      case "parks":
        this.#desk.reports.rested(order);
        break;
      case "trades-at-last":
        placements.enterAtLast(order);
        break;
      default:
        order.stage = Stage.resting;
        placements.enter(order);
    }
  }

  #keep(message: SubmitOrder): BookOrder {
    const { kept, symbol, turn } = this.#desk;
    const { market, context } = turn;
    const { timeInForce, instructions } = message;
    const dayEndUs = timeInForce === TimeInForce.DAY ? market.dayEndUs(context.timeUs) : undefined;
    const expiresAtUs = dayEndUs ?? instructions.expiresAtUs;
    const order = kept.add(message, expiresAtUs);
    if (expiresAtUs !== 0) context.wakeAt(symbol, expiresAtUs);
    return order;
  }

  #whyNot(message: SubmitOrder, admission: Admission): RejectReason {
    const { kept, turn, limits } = this.#desk;
    const { market, context } = turn;
    const { quantity, timeInForce, price, orderType } = message;
    if (context.venue.isHalted) return RejectReason["venue-halted"];
    if (market.phase === "halted") return RejectReason["instrument-halted"];
    if (admission === "rejected") return RejectReason["phase-forbids"];
    if (market.phase === "tradingAtLast" && !isWaitingType(orderType)) {
      if (!this.#tradesAtLast(message)) return RejectReason["phase-forbids"];
    }
    if (price !== 0 && !isWaitingType(orderType) && !market.isWithinCollar(price)) {
      return RejectReason["price-beyond-collar"];
    }
    if (timeInForce !== TimeInForce.IOC && !this.#desk.hasRoomFor(quantity)) {
      return RejectReason["book-full"];
    }
    if (kept.count >= limits.specialOrders && !isPlain(message)) {
      return RejectReason["waiting-orders-too-many"];
    }
    if (isPegged(message) && kept.peggedCount >= limits.peggedOrders) {
      return RejectReason["pegged-orders-too-many"];
    }
    return none;
  }

  /** Whether an order would trade at the last price and at no other. */
  #tradesAtLast({ side, price, orderType }: SubmitOrder): boolean {
    const { feed, orders } = this.#desk;
    const { lastPrice } = feed;
    if (lastPrice === 0) return false;
    if (orderType !== OrderType.market && price !== lastPrice) return false;
    const better = side === Side.buy ? lastPrice - 1 : lastPrice + 1;
    return !orders.wouldTake(side, better);
  }
}
