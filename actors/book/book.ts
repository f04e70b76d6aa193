/**
 * Book: the actor around one instrument's order book.
 *
 * Takes what accounts submit and goes with its market from phase to phase. What is done with an
 * order is a matter for those who work at its desk; the book calls them, begins and ends their
 * turn, and answers questions.
 */
import {
  assert,
  CloseReason,
  hold,
  invariant,
  plainTradingTerms,
  Side,
  TimeInForce,
  unreachable,
} from "../../protocols/index.ts";
import type {
  BookMessage,
  DepthView,
  DisplayedOrdersView,
  InstrumentSymbol,
  OpenCandleView,
  StatisticsView,
  Ticks,
  TimeUs,
  TradeView,
  TradingTerms,
} from "../../protocols/index.ts";
import type { Actor, ActorContext, TradingRules } from "../actor.ts";
import { isCallPhase, isUncrossedBetween } from "../market/phase-admission.ts";
import type { TradingPhaseName } from "../market/trading-phase.machine.ts";
import {
  auditLevel,
  isBeyondLevels,
  levelFrom,
  orderOfLevel,
} from "../order-book/order-book.invariants.ts";
import { none } from "../order-book/slot-pool.ts";
import { AuctionIndicator } from "./auction-indicator.ts";
import type { SavedIndication } from "./auction-indicator.ts";
import { Auctions } from "./auctions.ts";
import { bookLimits } from "./book-limits.ts";
import type { BookLimits } from "./book-limits.ts";
import { Stage } from "./book-order.ts";
import type { BookOrder } from "./book-order.ts";
import type { CandlesWanted } from "./candles.ts";
import type { SavedKeptOrders } from "./kept-orders.ts";
import { MatchingDesk } from "./matching-desk.ts";
import type { OrderInBook, SavedDesk } from "./matching-desk.ts";
import { Placements } from "./placements.ts";
import { PriceWatch } from "./price-watch.ts";
import type { SavedWatch } from "./price-watch.ts";
import type { BestPrices } from "./peg-price.ts";
import { Removals } from "./removals.ts";
import { Replacements } from "./replacements.ts";
import { Submissions } from "./submissions.ts";

const notCrossed = invariant("book-not-crossed");
const keepsNoDayOrders = invariant("closed-book-keeps-no-day-orders");
const purgedIsEmpty = invariant("purged-book-is-empty");

/** What came of the audit of a level. */
export interface AuditedLevel {
  /** How many orders were looked at. */
  readonly count: number;
  /** One of them, to be held against its account's. */
  readonly order: OrderInBook | undefined;
}

const nothingAudited: AuditedLevel = { count: 0, order: undefined };

export class Book implements Actor<BookMessage> {
  readonly symbol: InstrumentSymbol;
  readonly #desk: MatchingDesk;
  readonly #submissions: Submissions;
  readonly #replacements: Replacements;
  readonly #removals: Removals;
  readonly #watch: PriceWatch;
  readonly #auctions: Auctions;
  readonly #indicator: AuctionIndicator;
  /** The level that is audited next, and how often the last one was. */
  #auditedLevel = 0;
  #auditCount = 0;
  /** The phase that was acted on last. */
  #phase: TradingPhaseName = "closed";

  constructor(
    symbol: InstrumentSymbol,
    terms: TradingTerms = plainTradingTerms,
    limits: BookLimits = bookLimits,
  ) {
    this.symbol = symbol;
    const desk = new MatchingDesk(symbol, terms, limits);
    const removals = new Removals(desk);
    const placements = new Placements(desk, removals);
    const watch = new PriceWatch(desk, placements, removals);
    this.#submissions = new Submissions(desk, { placements, watch, removals });
    this.#replacements = new Replacements(desk, placements, watch);
    this.#auctions = new Auctions(desk, placements, removals);
    this.#indicator = new AuctionIndicator(desk);
    this.#desk = desk;
    this.#removals = removals;
    this.#watch = watch;
  }

  receive(message: BookMessage, context: ActorContext): void {
    const market = this.#begin(context);
    switch (message.kind) {
      case "submit-order":
        this.#submissions.submit(message);
        break;
      case "submit-cancel":
        this.#removals.cancel(message);
        break;
      case "submit-replace":
        this.#replacements.replace(message);
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
    while (market.advance(context, this.#indicatedPrice())) {
      this.#followPhase(market);
      // A market that is halted stays so, but the day ends.
      if (market.isDayOver) this.#removals.endDay();
    }
    this.#removals.expire();
    this.#end(market, context);
    if (hasCandleEnded || phase !== this.#phase) this.#tellSums(context);
    this.#askToBeCalled(market, context);
  }

  /**
   * Whoever has been called asks for what comes next. Moments that have passed wait for something
   * else than time, such as the end of a halt.
   */
  #askToBeCalled(market: TradingRules, context: ActorContext): void {
    const { kept, feed } = this.#desk;
    const moments = [
      ...market.dueTimes(),
      kept.nextExpiryUs ?? 0,
      feed.nextCandleEndUs ?? 0,
      this.#indicator.dueUs,
    ].filter((atUs) => atUs > context.timeUs);
    if (moments.length > 0) context.wakeAt(this.symbol, Math.min(...moments));
  }

  /** Cancels every order: a kill switch was thrown, unless it is for another reason. */
  purge(context: ActorContext, reason: CloseReason = CloseReason["kill-switch"]): void {
    const market = this.#begin(context);
    this.#removals.purge(this.orders(), reason);
    hold(purgedIsEmpty, this.#desk.orders.orderCount === 0 && this.#desk.kept.count === 0);
    this.#end(market, context);
  }

  setMarkPrice(price: Ticks, context: ActorContext): void {
    const market = this.#begin(context);
    this.#watch.setMarkPrice(price);
    this.#end(market, context);
    this.#tellSums(context);
  }

  #begin(context: ActorContext): TradingRules {
    const market = context.marketOf(this.symbol);
    assert(market !== undefined, "a book without a market");
    this.#desk.begin(market, context);
    this.#desk.feed.passTime(context);
    this.#followPhase(market);
    return market;
  }

  #end(market: TradingRules, context: ActorContext): void {
    this.#followPhase(market);
    if (this.#desk.kept.count > 0) {
      this.#watch.setOff();
      this.#followPhase(market);
    }
    if (isCallPhase(this.#phase)) this.#indicator.tell();
    if (this.#phase === "continuous") this.#holdUncrossed();
    this.#desk.feed.tellBest(this.#desk.orders, context);
    this.#desk.end();
  }

  #holdUncrossed(): void {
    const { bestBid, bestAsk } = this.#desk.orders;
    hold(notCrossed, bestBid === undefined || bestAsk === undefined || bestBid < bestAsk);
  }

  #tellSums(context: ActorContext): void {
    this.#desk.feed.tellSums(this.#desk.orders, context);
  }

  // ---- From phase to phase -------------------------------------------------------------------

  /** Does what the phases ask for that the market has come to. */
  #followPhase(market: TradingRules): void {
    while (market.phase !== this.#phase) {
      const left = this.#phase;
      this.#phase = market.phase;
      if (isUncrossedBetween(left, this.#phase)) this.#auctions.uncross();
      if (!isCallPhase(this.#phase)) this.#indicator.end();
      if (isCallPhase(this.#phase)) this.#auctions.call(this.#phase);
      if (this.#phase === "closed") this.#endDay();
      if (this.#phase === "continuous") this.#watch.lookAnew();
    }
  }

  #endDay(): void {
    this.#removals.endDay();
    for (const { timeInForce } of this.#desk.kept.all()) {
      hold(keepsNoDayOrders, timeInForce !== TimeInForce.DAY && timeInForce !== TimeInForce.ATC);
    }
  }

  /** The price that an uncrossing would have now; undefined outside of a call phase. */
  #indicatedPrice(): Ticks | undefined {
    return isCallPhase(this.#phase) ? this.#auctions.indicatedPrice() : undefined;
  }

  /** Undefined for an empty side. */
  get bestPrices(): BestPrices {
    return this.#desk.bestPrices;
  }

  // ---- Questions -----------------------------------------------------------------------------

  depth(levels: number): Omit<DepthView, "phase" | "isHalted"> {
    return {
      symbol: this.symbol,
      updateId: this.#desk.feed.updateId,
      bids: this.#desk.orders.depth(Side.buy, levels),
      asks: this.#desk.orders.depth(Side.sell, levels),
    };
  }

  /** The first of each side by priority. */
  displayedOrders(limit: number): DisplayedOrdersView {
    const { feed, orders } = this.#desk;
    return {
      symbol: this.symbol,
      updateId: feed.entryUpdateId,
      depthUpdateId: feed.updateId,
      bids: orders.displayedOrders(Side.buy, limit),
      asks: orders.displayedOrders(Side.sell, limit),
    };
  }

  /** Every order that is here: those at rest, then those that wait for something. */
  orders(): readonly OrderInBook[] {
    const waiting = [...this.#desk.kept.all()].filter(({ stage }) => stage !== Stage.resting);
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

  // ---- Audit ---------------------------------------------------------------------------------

  /** Looks at the next level, and passes over so many without orders to find it. */
  auditNextLevel(emptyLevelsMax: number): AuditedLevel {
    const { orders } = this.#desk;
    const from = this.#auditedLevel;
    const level = levelFrom(orders, from, emptyLevelsMax);
    const next = level === none ? from + emptyLevelsMax : level + 1;
    this.#auditedLevel = isBeyondLevels(orders, next) ? 0 : next;
    if (level === none) return nothingAudited;
    const count = auditLevel(orders, level);
    this.#auditCount += 1;
    const orderId = orderOfLevel(orders, level, this.#auditCount % 2 === 0);
    return { count, order: this.#desk.orderInBook(orderId) };
  }

  /** Looks at every order at rest. */
  audit(): void {
    this.#desk.audit();
  }

  // ---- Snapshot ------------------------------------------------------------------------------

  snapshot(): unknown {
    const state = [this.#phase, ...this.#watch.snapshot(), this.#indicator.snapshot()] as const;
    return [this.symbol, this.#desk.snapshot(), this.#desk.kept.snapshot(), state];
  }

  static restore(
    data: unknown,
    terms: TradingTerms = plainTradingTerms,
    limits: BookLimits = bookLimits,
  ): Book {
    const [symbol] = data as SavedBook;
    const book = new Book(symbol, terms, limits);
    book.takeUp(data);
    return book;
  }

  /** Goes on from what was saved of it: for one that nobody has called. */
  takeUp(data: unknown): void {
    const [symbol, desk, kept, state] = data as SavedBook;
    assert(symbol === this.symbol, "another book was saved");
    const [phase, markPrice, bid, ask, activated, indicated] = state;
    this.#desk.restore(desk);
    this.#desk.kept.restore(kept);
    this.#phase = phase;
    this.#watch.restore([markPrice, bid, ask, activated]);
    this.#indicator.restore(indicated);
  }
}

type SavedBook = readonly [
  symbol: InstrumentSymbol,
  desk: SavedDesk,
  kept: SavedKeptOrders,
  state: readonly [phase: TradingPhaseName, ...SavedWatch, indicated: SavedIndication],
];
