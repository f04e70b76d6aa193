/**
 * The audit of trades: looks at each one of a book before anybody is told of it, at both orders as
 * they are at that moment, and at those that the incoming order made before.
 *
 * It reads and changes nothing. The rules are in docs/protocols/matching.md.
 */
import {
  areInvariantsHeld,
  hold,
  invariant,
  SelfTradePrevention,
  Side,
} from "../../protocols/index.ts";
import type { EntryId, Ticks } from "../../protocols/index.ts";
import { plainOrder } from "../order-book/book-terms.ts";
import type { Fill, IncomingOrder, MatchingRule, RestingOrder } from "../order-book/book-terms.ts";
import type { OrderBook } from "../order-book/order-book.ts";
import { isWithin } from "../order-book/reach.ts";
import type { BookTurn } from "./book-turn.ts";

const onlyWhenOpen = invariant("trades-only-when-open");
const takeWhatRests = invariant("trades-take-what-rests");
const withinLimits = invariant("trades-within-limits");
const withinBands = invariant("trades-within-bands");
const pricePriority = invariant("price-priority-kept");
const timePriority = invariant("time-priority-kept");
const selfTradesPrevented = invariant("self-trades-prevented");

/** A book as far as its trades are looked at. */
export interface TradedBook {
  readonly orders: OrderBook;
  readonly turn: BookTurn;
  readonly incoming: Readonly<IncomingOrder>;
  readonly rule: MatchingRule;
}

function nothingResting(): RestingOrder {
  return { ...plainOrder(), remaining: 0, displayed: 0, entryId: 0 };
}

export class TradeAudit {
  readonly #book: TradedBook;
  readonly #resting = nothingResting();
  readonly #other = nothingResting();
  /** Of the incoming order's trade before; 0 for none. */
  #priceBefore: Ticks = 0;
  #entryIdBefore: EntryId = 0;
  #isFirst = true;

  constructor(book: TradedBook) {
    this.#book = book;
  }

  /** An order comes in. */
  begin(): void {
    this.#isFirst = true;
  }

  /** It trades with one that rests, from which the quantity has not been taken yet. */
  traded(fill: Fill): void {
    if (!areInvariantsHeld) return;
    const { turn, incoming, orders } = this.#book;
    const { price, incomingSide } = fill;
    const { market, context } = turn;
    const isOpen = market.phase === "continuous" || market.phase === "tradingAtLast";
    hold(onlyWhenOpen, isOpen && !context.venue.isHalted);
    const resting = this.#resting;
    const isThere = orders.resting(fill.restingOrderId, resting);
    this.#holdRemaining(fill, isThere);
    const isWithinLimit = incoming.isMarket || isWithin(incomingSide, incoming.price, price);
    const isWithinBound = isWithin(incomingSide, incoming.bound, price);
    hold(withinLimits, isWithinLimit && isWithinBound && resting.price === price);
    hold(withinBands, isWithin(incomingSide, market.boundFor(incomingSide), price));
    this.#holdPriority(fill, resting.entryId);
    const { selfTradePrevention, group } = incoming;
    const mayBeOwn = selfTradePrevention === SelfTradePrevention.none || group === 0;
    hold(selfTradesPrevented, mayBeOwn || resting.group !== group);
  }

  #holdRemaining(fill: Fill, isThere: boolean): void {
    const { quantity, restingRemaining, incomingRemaining, incomingSide } = fill;
    const { remaining, side } = this.#resting;
    const isLeft = quantity >= 1 && restingRemaining >= 0 && incomingRemaining >= 0;
    const isWhatRests = isThere && side !== incomingSide;
    hold(takeWhatRests, isLeft && isWhatRests && remaining === quantity + restingRemaining);
  }

  /** Prices get no better, and at one price places get no older. */
  #holdPriority({ price, incomingSide }: Fill, entryId: EntryId): void {
    if (!this.#isFirst) {
      const before = this.#priceBefore;
      hold(pricePriority, incomingSide === Side.buy ? price >= before : price <= before);
      if (price === before && !this.#book.rule.isProRata) {
        const before = this.#entryIdBefore;
        hold(timePriority, entryId === 0 || (before !== 0 && entryId > before));
      }
    }
    this.#isFirst = false;
    this.#priceBefore = price;
    this.#entryIdBefore = entryId;
  }

  /** Two that rest trade in an auction. */
  uncrossed(fill: Fill): void {
    if (!areInvariantsHeld) return;
    const { turn, orders } = this.#book;
    const { price, quantity } = fill;
    const { venue, logic } = turn.context;
    // By logic 1 what was resumed meanwhile traded at once, and logs tell of it for ever.
    hold(onlyWhenOpen, !venue.isHalted || !logic.waitsToResume);
    const [buy, sell] = [this.#resting, this.#other];
    const areThere =
      orders.resting(fill.restingOrderId, buy) && orders.resting(fill.incomingOrderId, sell);
    hold(takeWhatRests, areThere && buy.side === Side.buy && sell.side === Side.sell);
    const areLeft = fill.restingRemaining >= 0 && fill.incomingRemaining >= 0;
    hold(takeWhatRests, quantity >= 1 && areLeft);
    hold(takeWhatRests, buy.remaining === quantity + fill.restingRemaining);
    hold(takeWhatRests, sell.remaining === quantity + fill.incomingRemaining);
    hold(withinLimits, buy.price >= price && sell.price <= price);
  }
}
