/**
 * How orders wait for their trigger prices in the reference book, and how they are set off.
 *
 * Written from docs/protocols/order-handling.md: "Waiting orders".
 */
import {
  CloseReason,
  OrderType,
  partOf,
  Side,
  TimeInForce,
  TriggerSource,
} from "../../../protocols/index.ts";
import type { Ticks } from "../../../protocols/index.ts";
import type { ReferenceDesk } from "./desk.reference.ts";
import type { ReferenceOrder } from "./order.reference.ts";
import type { ReferencePegs } from "./pegs.reference.ts";
import type { ReferencePlacing } from "./placing.reference.ts";

export class ReferenceWaiting {
  markPrice: Ticks | undefined;
  readonly #desk: ReferenceDesk;
  readonly #placing: ReferencePlacing;
  readonly #pegs: ReferencePegs;
  /** Orders that were reached; the first is set off first. */
  #queue: ReferenceOrder[] = [];
  #askLookedAt: Ticks | undefined;
  #bidLookedAt: Ticks | undefined;

  constructor(desk: ReferenceDesk, placing: ReferencePlacing, pegs: ReferencePegs) {
    this.#desk = desk;
    this.#placing = placing;
    this.#pegs = pegs;
  }

  begin(order: ReferenceOrder): void {
    const { market } = this.#desk;
    order.stage = "waiting";
    this.#desk.send(order, { kind: "order-rested" });
    order.isLookedAt = true;
    const watched = this.#watchedBy(order);
    if (market.phase === "continuous" && watched !== undefined) this.#show(order, watched);
  }

  isInQueue(order: ReferenceOrder): boolean {
    return order.stage === "waiting" && this.#queue.includes(order);
  }

  /** Continuous trading begins. */
  lookAnew(): void {
    this.#askLookedAt = undefined;
    this.#bidLookedAt = undefined;
    this.lookAtLast(this.#desk.lastPrice);
    this.lookAtMark();
  }

  lookAtLast(price: Ticks | undefined): void {
    this.#look(price, ({ instructions }) => instructions.triggerSource === TriggerSource.last);
  }

  lookAtMark(): void {
    const { mark } = TriggerSource;
    this.#look(this.markPrice, ({ instructions }) => instructions.triggerSource === mark);
  }

  /** The end of a turn: "Setting off and moving". */
  setOffAndMove(): void {
    const desk = this.#desk;
    let takenCount = 0;
    while (!desk.context.venue.isHalted && desk.market.phase === "continuous") {
      const trades = desk.newTrades;
      desk.newTrades = [];
      this.lookAtLast(trades[0]);
      this.lookAtLast(trades.at(-1));
      this.#lookAtBest();
      this.#queue = this.#queue.filter(({ stage }) => stage === "waiting");
      if (this.#queue.length === 0) {
        if (!this.#pegs.move()) return;
        continue;
      }
      if (takenCount === desk.limits.ordersSetOff) {
        desk.unfinishedTurns += 1;
        desk.wakeAt(desk.context.timeUs);
        return;
      }
      const order = this.#queue.shift();
      takenCount += 1;
      if (order !== undefined) this.#setOff(order);
    }
  }

  #setOff(order: ReferenceOrder): void {
    this.#desk.spendLink(order);
    order.stage = "coming in";
    order.isLookedAt = false;
    this.#desk.send(order, { kind: "order-triggered" });
    const { isWithoutLimit, price, remaining, timeInForce } = order;
    const { IOC, FOK } = TimeInForce;
    const mayRest = !isWithoutLimit && timeInForce !== IOC && timeInForce !== FOK;
    if (!isWithoutLimit && !this.#desk.market.isWithinCollar(price)) {
      this.#desk.removeBoth(order, CloseReason["collar-reached"]);
    } else if (mayRest && !this.#desk.hasRoomFor(remaining)) {
      this.#desk.removeBoth(order, CloseReason["book-full"]);
    } else this.#placing.place(order);
  }

  #lookAtBest(): void {
    const { bestAsk, bestBid } = this.#desk.orderBook;
    const { best } = TriggerSource;
    const isBest = ({ instructions }: ReferenceOrder) => instructions.triggerSource === best;
    if (bestAsk !== this.#askLookedAt) {
      this.#look(bestAsk, (order) => isBest(order) && order.isBuy);
    }
    if (bestBid !== this.#bidLookedAt) {
      this.#look(bestBid, (order) => isBest(order) && !order.isBuy);
    }
    this.#askLookedAt = bestAsk;
    this.#bidLookedAt = bestBid;
  }

  /** Those who wait for a rise, those who wait for a fall, trailing stops. */
  #look(price: Ticks | undefined, isConcerned: (order: ReferenceOrder) => boolean): void {
    if (price === undefined) return;
    const orders = this.#desk.orders.filter((order) => order.isLookedAt && isConcerned(order));
    const isTrailing = ({ orderType }: ReferenceOrder) => orderType === OrderType.trailingStop;
    const others = orders.filter((order) => !isTrailing(order));
    // Sorting leaves those at one price in the order in which they came.
    const rising = others.filter(waitsForRise).sort((a, b) => a.triggerPrice - b.triggerPrice);
    const falling = others
      .filter((order) => !waitsForRise(order))
      .sort((a, b) => b.triggerPrice - a.triggerPrice);
    const trailing = orders.filter(isTrailing);
    for (const order of [...rising, ...falling, ...trailing]) this.#show(order, price);
  }

  /** Compares an order with a price; who is reached goes to the end of the queue. */
  #show(order: ReferenceOrder, price: Ticks): void {
    if (order.orderType === OrderType.trailingStop) follow(order, price);
    const { triggerPrice } = order;
    const isReached = waitsForRise(order) ? price >= triggerPrice : price <= triggerPrice;
    if (!isReached) return;
    order.isLookedAt = false;
    this.#queue.push(order);
  }

  #watchedBy({ instructions, side }: ReferenceOrder): Ticks | undefined {
    const { orderBook, lastPrice } = this.#desk;
    switch (instructions.triggerSource) {
      case TriggerSource.last:
        return lastPrice;
      case TriggerSource.mark:
        return this.markPrice;
      default:
        return side === Side.buy ? orderBook.bestAsk : orderBook.bestBid;
    }
  }
}

/** Whether it is reached at its trigger price and above; else at it and below. */
function waitsForRise({ orderType, isBuy }: ReferenceOrder): boolean {
  const { takeProfit, takeProfitLimit } = OrderType;
  const takesProfit = ([takeProfit, takeProfitLimit] as OrderType[]).includes(orderType);
  return takesProfit ? !isBuy : isBuy;
}

/** The trigger price of a trailing stop follows the price, and never moves back. */
function follow(order: ReferenceOrder, price: Ticks): void {
  const { trailTicks, trailBasisPoints } = order.instructions;
  const behind = trailTicks + partOf(price, trailBasisPoints);
  order.triggerPrice = order.isBuy
    ? Math.min(order.triggerPrice, price + behind)
    : Math.max(order.triggerPrice, price - behind);
}
