/**
 * Book: the actor around one instrument's order book.
 *
 * Takes what accounts submit, asks the market what its phase allows, and lets the matching desk
 * trade. Sets waiting orders off when their price is reached, lets pegged ones follow theirs, ends
 * those whose time has come, and goes with the market from phase to phase.
 */
import {
  assert,
  basisPointsPerUnit,
  CloseReason,
  divideFloor,
  multiply,
  OrderType,
  plainTradingTerms,
  PostOnly,
  RejectReason,
  revisedBy,
  Side,
  ticksMax,
  TimeInForce,
  unreachable,
} from "../../protocols/index.ts";
import type {
  BookMessage,
  DepthView,
  InstrumentSymbol,
  Lots,
  OpenCandleView,
  OrderId,
  OrderInstructions,
  RevisedInstructions,
  StatisticsView,
  SubmitCancel,
  SubmitOrder,
  SubmitReplace,
  Ticks,
  TimeUs,
  TradeView,
  TradingTerms,
} from "../../protocols/index.ts";
import type { Actor, ActorContext, TradingRules } from "../actor.ts";
import { isCallPhase, takesPart } from "../market/phase-admission.ts";
import type { TradingPhaseName } from "../market/trading-phase.machine.ts";
import {
  allDisplayed,
  Ending,
  plainOrder,
  unboundedFor,
  unlimitedBudget,
} from "../order-book/book-terms.ts";
import type { Equilibrium } from "../order-book/book-terms.ts";
import { AuctionIndicator } from "./auction-indicator.ts";
import type { SavedIndication } from "./auction-indicator.ts";
import {
  isForAuctions,
  isMarketType,
  isPegged,
  isPlain,
  isWaitingType,
  Stage,
} from "./book-order.ts";
import type { BookOrder } from "./book-order.ts";
import type { CandlesWanted } from "./candles.ts";
import { KeptOrders, peggedOrdersMax, waitingOrdersMax } from "./kept-orders.ts";
import type { SavedKeptOrders } from "./kept-orders.ts";
import { MatchingDesk } from "./matching-desk.ts";
import type { OrderInBook, SavedDesk } from "./matching-desk.ts";
import { pegPrice } from "./peg-price.ts";
import type { BestPrices } from "./peg-price.ts";
import { followed, isReached, WatchedPrice, watchedBy } from "./trigger-prices.ts";

/** How many waiting orders one command may set off; the next ones follow at the next moment. */
const activationsPerCommandMax = 10_000;

/** Where market orders stand while they gather for an auction: before every limit. */
const marketOrderPrice = { [Side.buy]: ticksMax + 1, [Side.sell]: 0 } as const;

const { none } = RejectReason;

/** An order as it goes to the order book. */
type Entering = Pick<
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
>;

export class Book implements Actor<BookMessage> {
  readonly symbol: InstrumentSymbol;
  readonly #kept = new KeptOrders();
  readonly #desk: MatchingDesk;
  /** Orders whose trigger price was reached and that have not gone to the market yet. */
  #activated: BookOrder[] = [];
  #markPrice: Ticks = 0;
  /** The phase that was acted on last. */
  #phase: TradingPhaseName = "closed";
  readonly #indicator: AuctionIndicator;
  /** The best prices that waiting and pegged orders were last shown. */
  #bestSeen: BestPrices = { bid: undefined, ask: undefined };

  constructor(symbol: InstrumentSymbol, terms: TradingTerms = plainTradingTerms) {
    this.symbol = symbol;
    this.#indicator = new AuctionIndicator(symbol);
    this.#desk = new MatchingDesk(symbol, terms, this.#kept);
  }

  receive(message: BookMessage, context: ActorContext): void {
    const market = this.#begin(context);
    switch (message.kind) {
      case "submit-order":
        this.#submit(message, market, context);
        break;
      case "submit-cancel":
        this.#cancel(message, context);
        break;
      case "submit-replace":
        this.#replace(message, market, context);
        break;
      default:
        unreachable(message);
    }
    this.#end(market, context);
    this.#tellSums(context);
  }

  /** Log time has passed, or the market has moved on: does what is due. */
  follow(context: ActorContext): void {
    const phase = this.#phase;
    const hasCandleEnded = this.#desk.feed.passTime(context);
    const market = this.#begin(context);
    while (market.advance(context, this.#indicatedPrice(market))) {
      if (market.phase !== this.#phase) this.#followPhase(market, context);
    }
    for (;;) {
      const expired = this.#kept.takeExpired(context.timeUs);
      if (expired === undefined) break;
      const isDay = expired.timeInForce === TimeInForce.DAY;
      this.#expel(expired, CloseReason[isDay ? "day-ended" : "time-reached"], context);
    }
    this.#end(market, context);
    this.#askToBeWoken(context);
    if (hasCandleEnded || phase !== this.#phase) this.#tellSums(context);
  }

  /** Cancels every order: a kill switch was thrown. */
  purge(context: ActorContext): void {
    const market = this.#begin(context);
    for (const { account, orderId } of this.orders()) {
      const kept = this.#kept.find(account, orderId);
      if (kept !== undefined) this.#takeOut(kept, CloseReason["kill-switch"], context);
      else this.#cancelPlain({ account, orderId }, CloseReason["kill-switch"], context);
    }
    this.#end(market, context);
  }

  setMarkPrice(price: Ticks, context: ActorContext): void {
    const market = this.#begin(context);
    this.#markPrice = price;
    if (market.phase === "continuous") this.#look(WatchedPrice.mark, price);
    this.#end(market, context);
    this.#tellSums(context);
  }

  #begin(context: ActorContext): TradingRules {
    const market = context.marketOf(this.symbol);
    assert(market !== undefined, "a book without a market");
    this.#desk.begin(market, context);
    this.#desk.feed.passTime(context);
    if (market.phase !== this.#phase) this.#followPhase(market, context);
    return market;
  }

  #end(market: TradingRules, context: ActorContext): void {
    if (market.phase !== this.#phase) this.#followPhase(market, context);
    if (this.#kept.count > 0) this.#setOff(market, context);
    if (isCallPhase(this.#phase)) this.#indicator.tell(this.#desk, market, context);
    this.#desk.feed.tellBest(this.#desk.orders, context);
    this.#desk.end();
  }

  #tellSums(context: ActorContext): void {
    this.#desk.feed.tellSums(this.#desk.orders, context);
  }

  // ---- Orders come in ------------------------------------------------------------------------

  #submit(message: SubmitOrder, market: TradingRules, context: ActorContext): void {
    const { account, orderId } = message;
    const admission = market.admission(message);
    const reason = this.#whyNotSubmit(message, market, context);
    if (reason !== none) {
      context.send({ kind: "order-refused", account, orderId, reason });
      return;
    }
    if (isPlain(message) && admission === "trades") {
      this.#enter(message, market, context);
      return;
    }
    const order = this.#keep(message, market, context);
    if (admission === "trades" && isPegged(order)) {
      // It finds its price once the prices that it follows are looked at.
      this.#tellRested(order, context);
      return;
    }
    if (this.#kept.takeSpent(orderId)) {
      this.#takeOut(order, CloseReason["linked-order"], context);
      return;
    }
    switch (admission) {
      case "waits":
        this.#wait(order, market, context);
        break;
      case "gathers":
        this.#gather(order, context);
        break;
      case "parks":
        this.#tellRested(order, context);
        break;
      case "trades-at-last":
        order.stage = Stage.resting;
        this.#enter({ ...order, ...this.#limitAtLast() }, market, context);
        break;
      default:
        order.stage = Stage.resting;
        this.#enter(order, market, context);
    }
  }

  #keep(message: SubmitOrder, market: TradingRules, context: ActorContext): BookOrder {
    const { timeInForce, instructions } = message;
    const dayEndUs = timeInForce === TimeInForce.DAY ? market.dayEndUs(context.timeUs) : undefined;
    const expiresAtUs = dayEndUs ?? instructions.expiresAtUs;
    const order = this.#kept.add(message, expiresAtUs);
    if (expiresAtUs !== 0) context.wakeAt(this.symbol, expiresAtUs);
    return order;
  }

  #whyNotSubmit(message: SubmitOrder, market: TradingRules, context: ActorContext): RejectReason {
    const { quantity, timeInForce, instructions, price, orderType } = message;
    if (context.venue.isHalted) return RejectReason["venue-halted"];
    if (market.phase === "halted") return RejectReason["instrument-halted"];
    if (market.admission(message) === "rejected") return RejectReason["phase-forbids"];
    if (market.phase === "tradingAtLast" && !isWaitingType(message.orderType)) {
      if (!this.#tradesAtLast(message)) return RejectReason["phase-forbids"];
    }
    if (price !== 0 && !isWaitingType(orderType) && !market.isWithinCollar(price)) {
      return RejectReason["price-beyond-collar"];
    }
    if (timeInForce !== TimeInForce.IOC && !this.#desk.hasRoomFor(quantity)) {
      return RejectReason["book-full"];
    }
    if (this.#kept.count >= waitingOrdersMax && !isPlain(message)) {
      return RejectReason["waiting-orders-too-many"];
    }
    if (isPegged({ instructions }) && this.#kept.peggedCount >= peggedOrdersMax) {
      return RejectReason["pegged-orders-too-many"];
    }
    return none;
  }

  /** Whether an order would trade at the last price and at no other. */
  #tradesAtLast({ side, price, orderType }: SubmitOrder): boolean {
    const { lastPrice } = this.#desk.feed;
    if (lastPrice === 0) return false;
    if (orderType !== OrderType.market && price !== lastPrice) return false;
    const better = side === Side.buy ? lastPrice - 1 : lastPrice + 1;
    return !this.#desk.orders.wouldTake(side, better);
  }

  /** Puts an order to the order book and tells what came of it. */
  #enter(order: Entering, market: TradingRules, context: ActorContext): void {
    const bandBound = market.boundFor(order.side);
    this.#fillIn(order, order.quantity);
    const { incoming } = this.#desk;
    incoming.bound = tighter(order.side, incoming.bound, bandBound);
    const leftOver = this.#desk.place();
    this.#tellTraded(market, context);
    if (leftOver > 0) {
      const isAtBand = incoming.bound === bandBound && this.#desk.orders.ending === Ending.bound;
      if (isAtBand) {
        market.bandReached(order.side, context);
        if (isCallPhase(market.phase) && mayRest(order)) {
          this.#gatherRest(order, leftOver, context);
          return;
        }
      }
      this.#tellLeftOver(order, leftOver, isAtBand, context);
    } else if (this.#desk.incomingResting > 0) {
      if (order.instructions.postOnly === PostOnly.slide) this.#tellSlidden(order, context);
      this.#tellRested(order, context);
    }
  }

  #tellTraded(market: TradingRules, context: ActorContext): void {
    if (this.#desk.incomingExecuted > 0) market.traded(this.#desk.feed.lastPrice, context);
  }

  /** What the band kept from trading takes part in the auction. */
  #gatherRest(order: Entering, leftOver: Lots, context: ActorContext): void {
    const executed = this.#desk.incomingExecuted;
    if ("stage" in order) this.#kept.keep(order as BookOrder);
    this.#fillIn(order, leftOver);
    this.#desk.collect(executed);
    this.#tellRested(order, context);
  }

  /** Lets an order take its place for an auction, where nothing trades before the uncrossing. */
  #gather(order: BookOrder, context: ActorContext): void {
    order.stage = Stage.resting;
    this.#fillIn(order, order.quantity);
    const { incoming } = this.#desk;
    if (incoming.isMarket) {
      incoming.price = marketOrderPrice[order.side];
      // There is no price at which it could be shown.
      incoming.display = 0;
    }
    this.#desk.collect(0);
    this.#tellRested(order, context);
  }

  /** Fills in the order that comes in next, with so much of it still open. */
  #fillIn(order: Entering, quantity: Lots): void {
    const { incoming } = this.#desk;
    const { side, timeInForce, instructions } = order;
    incoming.orderId = order.orderId;
    this.#desk.name(order.account, order.participant);
    incoming.side = side;
    incoming.quantity = quantity;
    incoming.isMarket = isMarketType(order.orderType);
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
    const { bestAsk, bestBid } = this.#desk.orders;
    const from = isTriggered
      ? (this.#kept.withId(order.orderId)?.triggerPrice ?? instructions.triggerPrice)
      : side === Side.buy
        ? bestAsk
        : bestBid;
    if (basisPoints === 0 || from === undefined) return unboundedFor(side);
    const width = divideFloor(multiply(from, basisPoints), basisPointsPerUnit) as Ticks;
    if (side === Side.sell) return from - width;
    // The account has reserved for a triggered order up to this price.
    return isTriggered && price > 0 ? Math.min(from + width, price) : from + width;
  }

  #limitAtLast(): Pick<Entering, "orderType" | "price"> {
    return { orderType: OrderType.limit, price: this.#desk.feed.lastPrice };
  }

  // ---- What accounts are told ----------------------------------------------------------------

  #tellRested({ account, orderId }: OrderName, context: ActorContext): void {
    const { updateId } = this.#desk.feed;
    context.send({ kind: "order-rested", account, orderId, updateId });
  }

  /** A post-only order that would have taken stands one tick away from what it would have met. */
  #tellSlidden({ account, orderId, price }: Entering, context: ActorContext): void {
    const resting = this.#desk.restingOf(account, orderId);
    assert(resting !== undefined);
    if (resting.price === price) return;
    const { updateId } = this.#desk.feed;
    const kept = this.#kept.withId(orderId);
    if (kept !== undefined) kept.price = resting.price;
    context.send({
      kind: "order-repriced",
      account,
      orderId,
      price: resting.price,
      updateId,
    });
  }

  #tellLeftOver(order: Entering, leftOver: Lots, isAtBand: boolean, context: ActorContext): void {
    const { account, orderId } = order;
    const { ending } = this.#desk.orders;
    if (ending === Ending.wouldTake) {
      const reason = RejectReason["post-only-would-take"];
      context.send({ kind: "order-refused", account, orderId, reason });
      return;
    }
    const reason = isAtBand ? CloseReason["band-reached"] : closeReasonOf(ending);
    this.#tellRemoved(order, leftOver, reason, context);
  }

  #tellRemoved(
    { account, orderId }: OrderName,
    canceled: Lots,
    reason: CloseReason,
    context: ActorContext,
  ): void {
    const { updateId } = this.#desk.feed;
    context.send({ kind: "order-removed", account, orderId, canceled, reason, updateId });
  }

  /** Takes an order out, wherever it stands, and the one that it is linked to. */
  #expel(order: BookOrder, reason: CloseReason, context: ActorContext): void {
    const other = this.#kept.linkedTo(order);
    this.#takeOut(order, reason, context);
    if (other !== undefined) this.#takeOut(other, CloseReason["linked-order"], context);
  }

  #takeOut(order: BookOrder, reason: CloseReason, context: ActorContext): void {
    const { orderId } = order;
    const isResting = order.stage === Stage.resting;
    const canceled = isResting
      ? this.#desk.remove(orderId)
      : order.quantity - this.#desk.forget(orderId);
    this.#kept.remove(orderId);
    this.#tellRemoved(order, canceled, reason, context);
  }

  // ---- Cancels and replaces ------------------------------------------------------------------

  /** Admitted whatever the phase: who wants out may always leave. */
  #cancel(message: SubmitCancel, context: ActorContext): void {
    const { account, orderId } = message;
    const kept = this.#kept.find(account, orderId);
    if (kept !== undefined) {
      this.#expel(kept, message.reason, context);
      return;
    }
    if (this.#desk.restingOf(account, orderId) === undefined) {
      this.#refuseChange(message, RejectReason["order-unknown"], context);
      return;
    }
    this.#cancelPlain(message, message.reason, context);
  }

  #cancelPlain(name: OrderName, reason: CloseReason, context: ActorContext): void {
    this.#tellRemoved(name, this.#desk.remove(name.orderId), reason, context);
  }

  #refuseChange(
    { account, orderId }: OrderName,
    reason: RejectReason,
    context: ActorContext,
  ): void {
    const { updateId } = this.#desk.feed;
    context.send({ kind: "change-refused", account, orderId, reason, updateId });
  }

  #replace(message: SubmitReplace, market: TradingRules, context: ActorContext): void {
    const kept = this.#kept.find(message.account, message.orderId);
    if (kept !== undefined && kept.stage !== Stage.resting) {
      this.#replaceWaiting(kept, message, market, context);
      return;
    }
    const reason = this.#whyNotReplace(message, kept, market, context);
    if (reason === none) this.#replaceResting(message, { kept, market }, context);
    else this.#refuseChange(message, reason, context);
  }

  #whyNotReplace(
    message: SubmitReplace,
    kept: BookOrder | undefined,
    market: TradingRules,
    context: ActorContext,
  ): RejectReason {
    const { account, orderId, quantity, price, revised } = message;
    if (context.venue.isHalted) return RejectReason["venue-halted"];
    const resting = this.#desk.restingOf(account, orderId);
    if (resting === undefined) return RejectReason["order-unknown"];
    const newRemaining = quantity - this.#desk.executedOf(orderId);
    if (newRemaining <= 0) return RejectReason["quantity-below-executed"];
    if (market.phase === "halted") return RejectReason["instrument-halted"];
    const isReduction =
      newRemaining <= resting.remaining &&
      price === (kept?.price ?? resting.price) &&
      (kept === undefined || hasSameShape(kept.instructions, revised));
    if (revised.mustKeepPriority && !isReduction) {
      return RejectReason["priority-would-be-lost"];
    }
    const isFree = market.phase === "continuous" || isCallPhase(market.phase);
    if (!isFree && !(isReduction && market.phase !== "closed")) {
      return RejectReason["phase-forbids"];
    }
    if (kept?.instructions.postOnly === PostOnly.reject && market.phase === "continuous") {
      const wouldTake = this.#desk.orders.wouldTake(resting.side, price);
      if (wouldTake) return RejectReason["post-only-would-take"];
    }
    if (price !== 0 && !market.isWithinCollar(price)) return RejectReason["price-beyond-collar"];
    const hasRoom = this.#desk.hasRoomFor(newRemaining, resting.remaining);
    return hasRoom ? none : RejectReason["book-full"];
  }

  #replaceResting(
    message: SubmitReplace,
    { kept, market }: { kept: BookOrder | undefined; market: TradingRules },
    context: ActorContext,
  ): void {
    const { account, orderId, price, quantity, revised } = message;
    const executed = this.#desk.executedOf(orderId);
    const resting = this.#desk.restingOf(account, orderId);
    assert(resting !== undefined);
    const { incoming } = this.#desk;
    const isSameShape = kept === undefined || hasSameShape(kept.instructions, revised);
    const { owner, group, side, price: restingPrice } = resting;
    if (kept === undefined) {
      Object.assign(incoming, plainOrder(), { orderId, owner, group, side, price });
      incoming.quantity = quantity - executed;
    } else {
      kept.price = price;
      kept.quantity = quantity;
      kept.instructions = revisedBy(kept.instructions, revised);
      this.#fillIn(kept, quantity - executed);
      if (isPegged(kept))
        incoming.price = pegPrice(kept, this.#bestPrices, market.terms.tickSizes) ?? restingPrice;
    }
    incoming.isImmediate = incoming.isMarket = incoming.isFillOrKill = false;
    incoming.bound = market.boundFor(side);
    const isInPlace = incoming.price === restingPrice && isSameShape;
    const gathers = isCallPhase(this.#phase) && !isInPlace;
    const leftOver = gathers ? this.#desk.gatherAgain() : this.#desk.replace();
    this.#tellTraded(market, context);
    const { updateId } = this.#desk.feed;
    // The new terms are told before the fills that were made under them.
    context.send({ kind: "order-replaced", account, orderId, price, quantity, updateId });
    this.#desk.reports.tell();
    if (leftOver > 0) {
      const reason = closeReasonOf(this.#desk.orders.ending);
      this.#tellRemoved(message, leftOver, reason, context);
    } else if (this.#desk.incomingResting > 0) {
      if (kept?.instructions.postOnly === PostOnly.slide) this.#tellSlidden(kept, context);
      this.#tellRested(message, context);
    }
  }

  /** Of an order that waits outside of the order book. */
  #replaceWaiting(
    order: BookOrder,
    message: SubmitReplace,
    market: TradingRules,
    context: ActorContext,
  ): void {
    const reason = this.#whyNotReplaceWaiting(order, message, context);
    if (reason !== none) {
      this.#refuseChange(message, reason, context);
      return;
    }
    const { price, quantity, revised, account, orderId } = message;
    const { updateId } = this.#desk.feed;
    const { triggerPrice } = order.instructions;
    order.price = price;
    order.quantity = quantity;
    order.instructions = revisedBy(order.instructions, revised);
    context.send({ kind: "order-replaced", account, orderId, price, quantity, updateId });
    if (order.stage !== Stage.waiting || order.instructions.triggerPrice === triggerPrice) {
      this.#tellRested(order, context);
      return;
    }
    order.triggerPrice = order.instructions.triggerPrice;
    this.#wait(order, market, context);
  }

  #whyNotReplaceWaiting(
    { orderId }: BookOrder,
    { quantity, revised }: SubmitReplace,
    { venue }: ActorContext,
  ): RejectReason {
    if (venue.isHalted) return RejectReason["venue-halted"];
    // One that followed a price may have executed something before it had none to follow.
    if (quantity <= this.#desk.executedOf(orderId)) return RejectReason["quantity-below-executed"];
    // It has no place in a queue.
    return revised.mustKeepPriority ? RejectReason["priority-would-be-lost"] : none;
  }

  // ---- Waiting for a price -------------------------------------------------------------------

  /** Lets an order wait for its trigger price, unless that is reached already. */
  #wait(order: BookOrder, market: TradingRules, context: ActorContext): void {
    order.stage = Stage.waiting;
    this.#tellRested(order, context);
    const price = market.phase === "continuous" ? this.#watched(watchedBy(order)) : 0;
    if (price !== 0) {
      if (order.orderType === OrderType.trailingStop) order.triggerPrice = followed(order, price);
      if (isReached(order, price)) {
        this.#activated.push(order);
        return;
      }
    }
    this.#kept.triggers.add(order);
  }

  /** A watched price as it is now; 0 while there is none. */
  #watched(watched: WatchedPrice): Ticks {
    const { bid, ask } = this.#bestPrices;
    switch (watched) {
      case WatchedPrice.last:
        return this.#desk.feed.lastPrice;
      case WatchedPrice.ask:
        return ask ?? 0;
      case WatchedPrice.bid:
        return bid ?? 0;
      default:
        return this.#markPrice;
    }
  }

  get #bestPrices(): BestPrices {
    const { bestBid, bestAsk } = this.#desk.orders;
    return { bid: bestBid, ask: bestAsk };
  }

  #look(watched: WatchedPrice, price: Ticks): void {
    if (price !== 0) this.#kept.triggers.takeReached(watched, price, this.#activated);
  }

  /**
   * Sets off those whose price was reached, one after the other, and moves those that follow a
   * price, until prices are at rest.
   */
  #setOff(market: TradingRules, context: ActorContext): void {
    let count = 0;
    while (market.phase === "continuous") {
      this.#lookAtPrices();
      const [next] = this.#activated;
      if (next === undefined) {
        if (this.#movePegs(market, context)) continue;
        return;
      }
      if (count === activationsPerCommandMax) {
        context.wakeAt(this.symbol, context.timeUs);
        return;
      }
      count += 1;
      this.#activated.shift();
      this.#activate(next, market, context);
    }
    if (market.phase !== this.#phase) this.#followPhase(market, context);
  }

  #lookAtPrices(): void {
    const desk = this.#desk;
    const { firstTradePrice, lastTradePrice } = desk;
    if (firstTradePrice !== 0) {
      desk.firstTradePrice = desk.lastTradePrice = 0;
      this.#look(WatchedPrice.last, firstTradePrice);
      if (lastTradePrice !== firstTradePrice) this.#look(WatchedPrice.last, lastTradePrice);
    }
    const { bid, ask } = this.#bestPrices;
    if (ask !== this.#bestSeen.ask) this.#look(WatchedPrice.ask, ask ?? 0);
    if (bid !== this.#bestSeen.bid) this.#look(WatchedPrice.bid, bid ?? 0);
    this.#bestSeen = { bid, ask };
  }

  #activate(order: BookOrder, market: TradingRules, context: ActorContext): void {
    const { account, orderId } = order;
    if (order.stage !== Stage.waiting || this.#kept.withId(orderId) !== order) return;
    const other = this.#kept.linkedTo(order);
    order.linkedOrderId = 0;
    if (other !== undefined) this.#takeOut(other, CloseReason["linked-order"], context);
    order.stage = Stage.resting;
    const { updateId } = this.#desk.feed;
    context.send({ kind: "order-triggered", account, orderId, updateId });
    this.#enter(order, market, context);
  }

  /** Moves pegged orders to where they belong. True if one traded or the prices may have moved. */
  #movePegs(market: TradingRules, context: ActorContext): boolean {
    if (this.#kept.peggedCount === 0) return false;
    for (const order of this.#kept.all()) {
      if (!isPegged(order)) continue;
      if (this.#movePeg(order, market, context)) return true;
    }
    return false;
  }

  /** True if it traded, so that what others follow may have moved. */
  #movePeg(order: BookOrder, market: TradingRules, context: ActorContext): boolean {
    const { account, orderId } = order;
    const price = pegPrice(order, this.#bestPrices, market.terms.tickSizes);
    const resting =
      order.stage === Stage.resting ? this.#desk.restingOf(account, orderId) : undefined;
    if (resting?.price === price) return false;
    if (price === undefined) {
      if (resting === undefined) return false;
      this.#desk.withdraw(orderId);
      order.stage = Stage.parked;
      return false;
    }
    const executed = this.#desk.executedOf(orderId);
    this.#fillIn(order, order.quantity - executed);
    const { incoming } = this.#desk;
    incoming.price = price;
    incoming.bound = market.boundFor(order.side);
    order.stage = Stage.resting;
    const leftOver = resting === undefined ? this.#desk.place(executed) : this.#desk.replace();
    this.#desk.reports.tell();
    this.#tellTraded(market, context);
    if (leftOver > 0) {
      const reason = closeReasonOf(this.#desk.orders.ending);
      this.#kept.remove(orderId);
      this.#tellRemoved(order, leftOver, reason, context);
    }
    return this.#desk.incomingExecuted > 0;
  }

  // ---- From phase to phase -------------------------------------------------------------------

  /** Does what the market's new phase asks for. */
  #followPhase(market: TradingRules, context: ActorContext): void {
    while (market.phase !== this.#phase) {
      const left = this.#phase;
      this.#phase = market.phase;
      if (isUncrossedBetween(left, this.#phase)) this.#uncross(market, context);
      if (isCallPhase(this.#phase)) this.#beginCall(context);
      if (this.#phase === "closed") this.#endDay(context);
      if (this.#phase === "continuous") this.#beginContinuous();
    }
  }

  /** Ends a call phase: what can be executed is, and orders for auctions go. */
  #uncross(market: TradingRules, context: ActorContext): void {
    const equilibrium = this.#affordableEquilibrium(market, context);
    if (equilibrium !== undefined) {
      this.#desk.uncross(equilibrium);
      market.uncrossed(equilibrium.price, context);
    }
    for (const order of this.#kept.all()) {
      if (isForAuctions(order) && order.stage === Stage.resting) {
        this.#expel(order, CloseReason["auction-ended"], context);
      }
    }
  }

  /** Market orders that could not be paid for at the auction's price go before it is held. */
  #affordableEquilibrium(market: TradingRules, context: ActorContext): Equilibrium | undefined {
    for (;;) {
      const equilibrium = this.#desk.orders.equilibrium(market.referencePrice, ticksMax);
      if (equilibrium === undefined) return undefined;
      let isAffordable = true;
      for (const order of this.#kept.all()) {
        if (order.stage !== Stage.resting || order.budget === unlimitedBudget) continue;
        if (multiply(equilibrium.price, order.quantity) <= order.budget) continue;
        this.#expel(order, CloseReason["budget-exhausted"], context);
        isAffordable = false;
      }
      if (isAffordable) return equilibrium;
    }
  }

  /** Orders that follow a price have none to follow; those that wait for an auction come in. */
  #beginCall(context: ActorContext): void {
    for (const order of this.#kept.all()) {
      if (isPegged(order) && order.stage === Stage.resting) {
        this.#desk.withdraw(order.orderId);
        order.stage = Stage.parked;
      } else if (isForAuctions(order) && order.stage === Stage.parked) {
        if (takesPart(order.timeInForce, this.#phase)) this.#gather(order, context);
      }
    }
  }

  #endDay(context: ActorContext): void {
    for (const order of this.#kept.all()) {
      if (order.timeInForce === TimeInForce.DAY) {
        this.#expel(order, CloseReason["day-ended"], context);
      }
    }
  }

  /** Prices may have moved while nobody waited for them. */
  #beginContinuous(): void {
    this.#bestSeen = { bid: undefined, ask: undefined };
    this.#look(WatchedPrice.last, this.#desk.feed.lastPrice);
    this.#look(WatchedPrice.mark, this.#markPrice);
  }

  /** The price that an uncrossing would have now; undefined outside of a call phase. */
  #indicatedPrice(market: TradingRules): Ticks | undefined {
    if (!isCallPhase(this.#phase)) return undefined;
    return this.#desk.orders.equilibrium(market.referencePrice, ticksMax)?.price;
  }

  #askToBeWoken(context: ActorContext): void {
    // Those that were set off have asked already, or cannot go on before the phase changes.
    for (const next of [this.#kept.nextExpiryUs, this.#indicator.nextDueUs]) {
      if (next !== undefined && next > context.timeUs) context.wakeAt(this.symbol, next);
    }
  }

  // ---- Questions -----------------------------------------------------------------------------

  /** The next moment at which something is due; undefined when nothing is. */
  get nextDueUs(): TimeUs | undefined {
    if (this.#activated.length > 0) return 0;
    const { feed } = this.#desk;
    const moments = [this.#kept.nextExpiryUs, this.#indicator.nextDueUs, feed.nextDueUs];
    return moments.reduce((a, b) => (a === undefined || (b !== undefined && b < a) ? b : a));
  }

  depth(levels: number): Omit<DepthView, "phase" | "isHalted"> {
    return {
      symbol: this.symbol,
      updateId: this.#desk.feed.updateId,
      bids: this.#desk.orders.depth(Side.buy, levels),
      asks: this.#desk.orders.depth(Side.sell, levels),
    };
  }

  /** Every order that is here: those at rest, then those that wait for something. */
  orders(): readonly OrderInBook[] {
    const waiting = [...this.#kept.all()].filter(({ stage }) => stage !== Stage.resting);
    return [...this.#desk.restingOrders(), ...waiting.map((order) => this.#inBook(order))];
  }

  #inBook({ orderId, account, side, price, quantity }: BookOrder): OrderInBook {
    const executed = this.#desk.executedOf(orderId);
    return { orderId, account, side, price, remaining: quantity - executed, executed };
  }

  /** Newest first. */
  trades(limit: number): readonly TradeView[] {
    return this.#desk.feed.trades(limit);
  }

  /** Oldest first, the running one last. */
  candles(wanted: CandlesWanted): readonly OpenCandleView[] {
    return this.#desk.feed.candles(wanted);
  }

  /** As of a moment that is not before anything that it was told. */
  statistics(timeUs: TimeUs): StatisticsView {
    return this.#desk.feed.statistics(timeUs);
  }

  // ---- Snapshot ------------------------------------------------------------------------------

  snapshot(): unknown {
    const { bid = 0, ask = 0 } = this.#bestSeen;
    const indicated = this.#indicator.snapshot();
    const activated = this.#activated.map(({ orderId }) => orderId);
    const state = [this.#phase, this.#markPrice, bid, ask, activated, indicated] as const;
    return [this.symbol, this.#desk.snapshot(), this.#kept.snapshot(), state];
  }

  static restore(data: unknown, terms: TradingTerms = plainTradingTerms): Book {
    const [symbol, desk, kept, state] = data as SavedBook;
    const [phase, markPrice, bid, ask, activated, indicated] = state;
    const book = new Book(symbol, terms);
    book.#desk.restore(desk);
    book.#kept.restore(kept);
    book.#phase = phase;
    book.#markPrice = markPrice;
    book.#indicator.restore(indicated);
    book.#bestSeen = { bid: bid === 0 ? undefined : bid, ask: ask === 0 ? undefined : ask };
    for (const orderId of activated) {
      const order = book.#kept.withId(orderId);
      if (order !== undefined) book.#activated.push(order);
    }
    return book;
  }
}

type OrderName = Pick<BookOrder, "account" | "orderId">;
type SavedBook = readonly [
  symbol: InstrumentSymbol,
  desk: SavedDesk,
  kept: SavedKeptOrders,
  state: readonly [
    phase: TradingPhaseName,
    markPrice: Ticks,
    bid: Ticks,
    ask: Ticks,
    activated: readonly OrderId[],
    indicated: SavedIndication,
  ],
];

/** Whether what gathered is executed between two phases. */
function isUncrossedBetween(left: TradingPhaseName, next: TradingPhaseName): boolean {
  if (next === "continuous" || next === "tradingAtLast") return true;
  return left === "closingAuction" && next === "closed";
}

/** Whether an order that is revised could keep its place. */
function hasSameShape(instructions: OrderInstructions, revised: RevisedInstructions): boolean {
  const { displayQuantity, minimumQuantity, pegOffset } = revisedBy(instructions, revised);
  return (
    displayQuantity === instructions.displayQuantity &&
    minimumQuantity === instructions.minimumQuantity &&
    pegOffset === instructions.pegOffset
  );
}

function mayRest({ orderType, timeInForce }: Entering): boolean {
  if (isMarketType(orderType)) return false;
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
