/**
 * The book's actor as one would explain it: a list of orders that is gone through whenever
 * something is to be known, and an order book of the same kind.
 *
 * Written from docs/protocols/order-handling.md alone, without any of the actor's code. Slow on
 * purpose; the fuzz test holds the two against each other. It tells accounts what the actor tells
 * them, and of market data levels, trades, best prices and what auctions would execute, and
 * figures about what was traded.
 */
import {
  CloseReason,
  plainTradingTerms,
  RejectReason,
  Side,
  TimeInForce,
} from "../../protocols/index.ts";
import type {
  BookMessage,
  DisplayedOrdersView,
  InstrumentSymbol,
  SubmitCancel,
  SubmitOrder,
  Ticks,
  TradingTerms,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import { isCallPhase, takesPart } from "../market/phase-admission.ts";
import type { Admission } from "../market/phase-admission.ts";
import type { TradingPhaseName } from "../market/trading-phase.machine.ts";
import { ReferenceAuctions } from "./reference/auctions.reference.ts";
import { ReferenceDesk, usualLimits } from "./reference/desk.reference.ts";
import type { ReferenceLimits } from "./reference/desk.reference.ts";
import { ReferenceFigures } from "./reference/figures.reference.ts";
import { ReferenceOrder } from "./reference/order.reference.ts";
import { ReferencePegs } from "./reference/pegs.reference.ts";
import { ReferencePlacing } from "./reference/placing.reference.ts";
import { ReferenceReplaces } from "./reference/replaces.reference.ts";
import { ReferenceWaiting } from "./reference/waiting.reference.ts";

export class ReferenceBook {
  readonly #desk: ReferenceDesk;
  readonly #placing: ReferencePlacing;
  readonly #pegs: ReferencePegs;
  readonly #waiting: ReferenceWaiting;
  readonly #auctions: ReferenceAuctions;
  readonly #replaces: ReferenceReplaces;
  readonly figures: ReferenceFigures;
  /** The phase that was acted on last. */
  #phase: TradingPhaseName = "closed";
  #arrivalCount = 0;
  #bestTold: readonly number[] = [0, 0, 0, 0];

  constructor(
    symbol: InstrumentSymbol,
    terms: TradingTerms = plainTradingTerms,
    limits: ReferenceLimits = usualLimits,
  ) {
    const desk = new ReferenceDesk(symbol, terms, limits);
    const placing = new ReferencePlacing(desk);
    const pegs = new ReferencePegs(desk, placing);
    const waiting = new ReferenceWaiting(desk, placing, pegs);
    this.#desk = desk;
    this.#placing = placing;
    this.#pegs = pegs;
    this.#waiting = waiting;
    this.#auctions = new ReferenceAuctions(desk);
    this.figures = new ReferenceFigures(desk);
    this.#replaces = new ReferenceReplaces({ desk, placing, pegs, waiting });
  }

  // ---- What it is called for -----------------------------------------------------------------

  receive(message: BookMessage, context: ActorContext): void {
    this.#turn(context, () => {
      switch (message.kind) {
        case "submit-order":
          return this.#submit(message);
        case "submit-cancel":
          return this.#cancel(message);
        case "submit-replace":
          return this.#replaces.replace(message);
      }
    });
    this.figures.tellSums();
  }

  setMarkPrice(price: Ticks, context: ActorContext): void {
    this.#turn(context, () => {
      this.#waiting.markPrice = price;
      if (this.#desk.market.phase === "continuous") this.#waiting.lookAtMark();
    });
    this.figures.tellSums();
  }

  /** It is called for time. */
  follow(context: ActorContext): void {
    const phase = this.#phase;
    const hasCandleEnded = this.#turn(context, () => {
      const { market } = this.#desk;
      while (market.advance(context, this.#indicatedPrice())) {
        this.#followPhase();
        if (market.isDayOver) this.#endDay();
      }
      this.#endByTime();
    });
    if (hasCandleEnded || phase !== this.#phase) this.figures.tellSums();
  }

  purge(context: ActorContext, reason: CloseReason = CloseReason["kill-switch"]): void {
    this.#turn(context, () => {
      const orders = this.orders();
      for (const order of orders) this.#desk.remove(order, reason);
      // The one that has not come yet ends as it comes.
      for (const order of orders) this.#desk.spendLink(order);
    });
  }

  /** Those that rest: bids, then asks, displayed before hidden, best first. Then the others. */
  orders(): ReferenceOrder[] {
    const { orders, orderBook } = this.#desk;
    const resting: ReferenceOrder[] = [];
    orderBook.visitResting(({ orderId }) => {
      resting.push(...orders.filter((order) => order.orderId === orderId));
    });
    return [...resting, ...orders.filter(({ stage }) => stage !== "resting")];
  }

  /** How often a turn has ended before all who were reached were set off. */
  get unfinishedTurns(): number {
    return this.#desk.unfinishedTurns;
  }

  depth(levels: number) {
    const { symbol, updateId, orderBook } = this.#desk;
    const bids = orderBook.depth(Side.buy, levels);
    return { symbol, updateId, bids, asks: orderBook.depth(Side.sell, levels) };
  }

  displayedOrders(limit: number): DisplayedOrdersView {
    const { symbol, updateId: depthUpdateId, entryUpdateId: updateId, orderBook } = this.#desk;
    const bids = orderBook.displayedOrders(Side.buy, limit);
    const asks = orderBook.displayedOrders(Side.sell, limit);
    return { symbol, updateId, depthUpdateId, bids, asks };
  }

  // ---- A turn --------------------------------------------------------------------------------

  /** Whether a candle has ended. */
  #turn(context: ActorContext, act: () => void): boolean {
    this.#desk.begin(context);
    const hasCandleEnded = this.figures.tellCandles();
    this.#followPhase();
    act();
    this.#followPhase();
    if (this.#desk.list.length > 0) {
      this.#waiting.setOffAndMove();
      this.#followPhase();
    }
    if (isCallPhase(this.#phase)) this.#auctions.tell();
    this.#tellBest();
    this.figures.askToBeCalled();
    return hasCandleEnded;
  }

  #tellBest(): void {
    const { orderBook, symbol, updateId, context } = this.#desk;
    const [bidPrice, askPrice] = [orderBook.bestBid ?? 0, orderBook.bestAsk ?? 0];
    const bidQuantity = orderBook.bestQuantity(Side.buy);
    const askQuantity = orderBook.bestQuantity(Side.sell);
    const best = [bidPrice, bidQuantity, askPrice, askQuantity];
    if (best.every((value, index) => value === this.#bestTold[index])) return;
    this.#bestTold = best;
    const bests = { bidPrice, bidQuantity, askPrice, askQuantity };
    context.emit({ kind: "best-changed", symbol, updateId, ...bests });
  }

  // ---- An order comes in ---------------------------------------------------------------------

  #submit(message: SubmitOrder): void {
    const desk = this.#desk;
    const order = new ReferenceOrder(message);
    const admission = desk.market.admission(message);
    const reason = this.#whyNot(order, admission);
    const comesTooLate = desk.comesTooLate(order);
    if (comesTooLate) order.linkedOrderId = 0;
    if (reason !== undefined) {
      desk.send(order, { kind: "order-refused", reason: RejectReason[reason] });
      desk.spendLink(order);
      return;
    }
    desk.orders.push(order);
    this.#arrivalCount += 1;
    order.arrival = this.#arrivalCount;
    order.isSpecial = !order.isPlainByTerms || admission !== "trades";
    this.#setEnd(order);
    const endsAtUs = order.endsAtUs ?? Infinity;
    if (comesTooLate) desk.remove(order, CloseReason["linked-order"]);
    else if (endsAtUs <= desk.context.timeUs) desk.removeBoth(order, CloseReason["time-reached"]);
    else this.#admit(order, admission);
  }

  #whyNot(order: ReferenceOrder, admission: Admission): keyof typeof RejectReason | undefined {
    const { market, context, orders, list, limits } = this.#desk;
    const { price, isOfWaitingType } = order;
    if (context.venue.isHalted) return "venue-halted";
    if (market.phase === "halted") return "instrument-halted";
    if (admission === "rejected") return "phase-forbids";
    if (market.phase === "tradingAtLast" && !isOfWaitingType && !this.#tradesAtLast(order)) {
      return "phase-forbids";
    }
    const isHeldAgainstCollar = price !== 0 && !isOfWaitingType;
    if (isHeldAgainstCollar && !market.isWithinCollar(price)) return "price-beyond-collar";
    const isFleeting = order.timeInForce === TimeInForce.IOC;
    if (!isFleeting && !this.#desk.hasRoomFor(order.remaining)) return "book-full";
    if (!order.isPlainByTerms && list.length >= limits.specialOrders)
      return "waiting-orders-too-many";
    const peggedCount = orders.filter(({ isPegged }) => isPegged).length;
    if (order.isPegged && peggedCount >= limits.peggedOrders) return "pegged-orders-too-many";
    return undefined;
  }

  #tradesAtLast(order: ReferenceOrder): boolean {
    const { lastPrice, orderBook } = this.#desk;
    if (lastPrice === undefined) return false;
    if (!order.isWithoutLimit && order.price !== lastPrice) return false;
    const better = order.isBuy ? lastPrice - 1 : lastPrice + 1;
    return !orderBook.wouldTake(order.side, better);
  }

  #admit(order: ReferenceOrder, admission: Admission): void {
    switch (admission) {
      case "trades":
        return order.isPegged ? this.#park(order) : this.#placing.place(order);
      case "gathers":
        return this.#placing.gather(order);
      case "waits":
        return this.#waiting.begin(order);
      case "parks":
        return this.#park(order);
      case "trades-at-last":
        return this.#placing.place(order, this.#desk.lastPrice);
      case "rejected":
        return undefined;
    }
  }

  #park(order: ReferenceOrder): void {
    order.stage = "parked";
    this.#desk.send(order, { kind: "order-rested" });
  }

  #cancel({ account, orderId, reason }: SubmitCancel): void {
    const { context, updateId } = this.#desk;
    const order = this.#desk.find(orderId);
    if (order?.submitted.account === account) {
      this.#desk.removeBoth(order, reason);
      return;
    }
    const unknown = RejectReason["order-unknown"];
    context.send({ kind: "change-refused", account, orderId, reason: unknown, updateId });
  }

  // ---- Time ----------------------------------------------------------------------------------

  #setEnd(order: ReferenceOrder): void {
    const { market, context } = this.#desk;
    if (!order.isSpecial) return;
    const { expiresAtUs } = order.instructions;
    const isForTheDay = order.timeInForce === TimeInForce.DAY;
    const dayEndUs = isForTheDay ? market.dayEndUs(context.timeUs) : undefined;
    order.endsAtUs = dayEndUs ?? (expiresAtUs === 0 ? undefined : expiresAtUs);
    if (order.endsAtUs !== undefined) this.#desk.wakeAt(order.endsAtUs);
  }

  #endByTime(): void {
    const { context, list } = this.#desk;
    const due = list
      .map((order) => ({ order, endsAtUs: order.endsAtUs ?? Infinity }))
      .filter(({ endsAtUs }) => endsAtUs <= context.timeUs)
      .sort((a, b) => a.endsAtUs - b.endsAtUs || a.order.arrival - b.order.arrival);
    for (const { order } of due) {
      if (order.stage === "over") continue;
      const isForTheDay = order.timeInForce === TimeInForce.DAY;
      this.#desk.removeBoth(order, CloseReason[isForTheDay ? "day-ended" : "time-reached"]);
    }
  }

  // ---- From phase to phase -------------------------------------------------------------------

  #indicatedPrice(): Ticks | undefined {
    return isCallPhase(this.#phase) ? this.#auctions.equilibrium?.price : undefined;
  }

  #followPhase(): void {
    const { market } = this.#desk;
    while (market.phase !== this.#phase) {
      const before = this.#phase;
      const now = market.phase;
      this.#phase = now;
      const isHeldAtClose = isCallPhase(before) && before !== "preOpen";
      const isUncrossed =
        now === "continuous" || now === "tradingAtLast" || (now === "closed" && isHeldAtClose);
      if (isUncrossed) this.#auctions.uncross();
      if (isCallPhase(now)) this.#beginCall(now);
      else this.#auctions.forgetTold();
      if (now === "closed") this.#endDay();
      if (now === "continuous") this.#waiting.lookAnew();
    }
  }

  #beginCall(phase: TradingPhaseName): void {
    for (const order of this.#desk.list) {
      if (order.isPegged) this.#pegs.park(order);
      const isParked = order.stage === "parked" && order.isForAuctions;
      if (!isParked || !takesPart(order.timeInForce, phase)) continue;
      if (this.#desk.hasRoomFor(order.remaining)) this.#placing.gather(order);
      else this.#desk.removeBoth(order, CloseReason["book-full"]);
    }
  }

  #endDay(): void {
    for (const order of this.#desk.list) {
      if (order.stage === "over") continue;
      const isForTheClose = order.timeInForce === TimeInForce.ATC;
      const gathers = order.isForAuctions && order.stage === "resting";
      if (order.timeInForce === TimeInForce.DAY) {
        this.#desk.removeBoth(order, CloseReason["day-ended"]);
      } else if (isForTheClose || gathers) {
        this.#desk.removeBoth(order, CloseReason["auction-ended"]);
      }
    }
  }
}
