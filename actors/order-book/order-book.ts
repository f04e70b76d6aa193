/**
 * Order book for one instrument: price levels by best price, displayed orders before hidden ones,
 * by arrival within a level.
 *
 * Knows nothing of accounts, the log or the clock. It is told what arrives, tells its listener what
 * happens at the moment it happens, and allocates nothing per plain order. Prices are ticks,
 * quantities are lots; every decision follows from the calls so far, so equal calls give equal
 * books. The rules are in docs/protocols/matching.md.
 *
 * Invariant: displayed orders do not cross, except in a call phase.
 */
import type { EntryId, OrderId } from "../../protocols/identifiers.ts";
import { ticksMax } from "../../protocols/units.ts";
import type { Lots, Ticks } from "../../protocols/units.ts";
import { assert } from "../../protocols/assert.ts";
import { tickAbove, tickBelow } from "../../protocols/trading-terms.ts";
import { oppositeOf, PostOnly, Side } from "../../protocols/order-terms.ts";
import { allDisplayed, Ending, priceTime, unboundedFor } from "./book-terms.ts";
import type {
  DepthLevel,
  DisplayedOrder,
  Equilibrium,
  IncomingOrder,
  MatchingRule,
  OrderBookInterface,
  OrderBookListener,
  PassiveTerms,
  ReplaceOutcome,
  RestingOrder,
} from "./book-terms.ts";
import { equilibriumOf, uncross } from "./call-auction.ts";
import { ContinuousMatching } from "./continuous-matching.ts";
import { isWithin } from "./reach.ts";
import { RestingOrders } from "./resting-orders.ts";
import { none } from "./slot-pool.ts";

export class OrderBook implements OrderBookInterface {
  ending: Ending = Ending.done;
  leftOver: Lots = 0;
  // Not `#`, so that order-book.invariants.ts can look at them; nobody else does.
  private readonly restingOrders: RestingOrders;
  /** Set from a `collect` to the next `uncross`: the two sides may cross. */
  private gathers = false;
  readonly #rule: MatchingRule;
  readonly #matching: ContinuousMatching;
  readonly #listener: OrderBookListener;
  /** The price of the level that a replace will tell when all is done. */
  #toldLater: Ticks | undefined;

  constructor(listener: OrderBookListener, rule: MatchingRule = priceTime) {
    this.#listener = listener;
    this.#rule = rule;
    this.restingOrders = new RestingOrders(listener);
    this.#matching = new ContinuousMatching(this.restingOrders, listener, rule);
  }

  place(order: Readonly<IncomingOrder>): Lots {
    assert(Number.isSafeInteger(order.quantity));
    assert(order.quantity > 0);
    assert(order.isMarket || Number.isSafeInteger(order.price));
    assert(order.budget >= 0);
    assert(!this.has(order.orderId), "the order id rests already");
    return this.#comeIn(order);
  }

  #comeIn(order: Readonly<IncomingOrder>): Lots {
    this.ending = Ending.done;
    if (order.postOnly !== PostOnly.none) return this.#comeInPassively(order);
    let remaining = order.quantity;
    const mayRest = !order.isMarket && !order.isImmediate && !order.isFillOrKill;
    if (this.#hasCounterpart(order)) {
      if (order.isFillOrKill || order.minimum > 0) {
        const ending = this.#matching.whyNotMatch(order);
        if (ending !== Ending.done) {
          if (ending === Ending.minimum && mayRest)
            return this.#rest(order, order.price, remaining);
          this.ending = ending;
          return remaining;
        }
      }
      remaining = this.#matching.match(order);
      if (remaining === 0) return 0;
      if (this.#matching.ending !== Ending.done) {
        this.ending = this.#matching.ending;
        return remaining;
      }
    }
    if (mayRest) return this.#rest(order, order.price, remaining);
    this.ending = order.isFillOrKill ? Ending.unfillable : Ending.immediate;
    return remaining;
  }

  /** Whether anything rests on the other side that the order's limit allows. */
  #hasCounterpart({ isMarket, side, price }: Readonly<IncomingOrder>): boolean {
    return this.wouldTake(side, isMarket ? unboundedFor(side) : price);
  }

  /** Post-only: the order rests, where it is or one tick from what it would have taken. */
  #comeInPassively(order: Readonly<IncomingOrder>): Lots {
    const price = this.passivePrice(order);
    if (price !== undefined) return this.#rest(order, price, order.quantity);
    this.ending = Ending.wouldTake;
    return order.quantity;
  }

  collect(order: Readonly<IncomingOrder>): void {
    assert(!this.has(order.orderId), "the order id rests already");
    this.gathers = true;
    this.#rest(order, order.price, order.quantity);
  }

  has(orderId: OrderId): boolean {
    return this.restingOrders.index.find(orderId) !== none;
  }

  wouldTake(side: Side, limit: Ticks): boolean {
    const { displayed, levels, hiddenCount } = this.restingOrders;
    const restingSide = oppositeOf(side);
    const level = displayed[restingSide].best;
    if (level !== none && isWithin(side, limit, levels.price[level]!)) return true;
    if (hiddenCount[restingSide] === 0) return false;
    const hidden = this.restingOrders.hidden(restingSide).best;
    return isWithin(side, limit, levels.price[hidden]!);
  }

  passivePrice({ side, price, postOnly }: PassiveTerms): Ticks | undefined {
    if (!this.wouldTake(side, price)) return price;
    if (postOnly === PostOnly.reject) return undefined;
    const best = this.restingOrders.bestPrice(oppositeOf(side));
    assert(best !== undefined);
    const tickSizes = this.#rule.tickSizes ?? [];
    const beside =
      side === Side.buy ? tickBelow(tickSizes, best - 1) : tickAbove(tickSizes, best + 1);
    const isThere = side === Side.buy ? beside >= 1 : beside <= ticksMax;
    return isThere ? beside : undefined;
  }

  cancel(orderId: OrderId): Lots {
    const slot = this.restingOrders.index.find(orderId);
    return slot === none ? 0 : this.#remove(slot);
  }

  reduce(orderId: OrderId, newRemaining: Lots): boolean {
    const slot = this.restingOrders.index.find(orderId);
    if (slot === none) return false;
    this.#reduce(slot, newRemaining);
    return true;
  }

  replace(order: Readonly<IncomingOrder>): ReplaceOutcome {
    assert(order.isMarket || Number.isSafeInteger(order.price));
    assert(Number.isSafeInteger(order.quantity));
    assert(order.quantity >= 1);
    this.ending = Ending.done;
    this.leftOver = 0;
    const { restingOrders } = this;
    const slot = restingOrders.index.find(order.orderId);
    if (slot === none) return "unknown";
    const level = restingOrders.orders.level[slot]!;
    const isSamePrice = order.price === restingOrders.levels.price[level]!;
    if (!isSamePrice || !this.#hasSameShape(slot, order)) {
      this.#comeInAnew(slot, order, isSamePrice);
      return "lost-priority";
    }
    if (order.quantity <= restingOrders.total(slot)) {
      this.#reduce(slot, order.quantity);
      return "kept-priority";
    }
    restingOrders.requeue(slot, order.quantity);
    this.#finishLevel(level);
    return "lost-priority";
  }

  #hasSameShape(slot: number, { display, minimum }: Readonly<IncomingOrder>): boolean {
    const terms = this.restingOrders.termsOf(slot);
    return display === (terms?.display ?? allDisplayed) && minimum === (terms?.minimum ?? 0);
  }

  #comeInAnew(slot: number, order: Readonly<IncomingOrder>, isSamePrice: boolean): void {
    const { restingOrders } = this;
    const { orders } = restingOrders;
    const level = orders.level[slot]!;
    const isDisplayed = !restingOrders.isHiddenLevel(level);
    const kept = {
      owner: orders.owner[slot]!,
      group: orders.group[slot]!,
      side: restingOrders.sideOf(slot),
    };
    // At the same price the level is told of once, when the order is back.
    if (isDisplayed && isSamePrice) this.#toldLater = order.price;
    this.#remove(slot);
    this.leftOver = this.#comeIn({ ...order, ...kept });
    if (this.#toldLater === undefined) return;
    this.#toldLater = undefined;
    const quantity = this.quantityAt(kept.side, order.price);
    this.#listener.levelChanged(kept.side, order.price, quantity);
  }

  resting(orderId: OrderId, into: RestingOrder): boolean {
    const slot = this.restingOrders.index.find(orderId);
    if (slot === none) return false;
    this.restingOrders.read(slot, into);
    return true;
  }

  get bestBid(): Ticks | undefined {
    return this.restingOrders.bestDisplayedPrice(Side.buy);
  }

  get bestAsk(): Ticks | undefined {
    return this.restingOrders.bestDisplayedPrice(Side.sell);
  }

  bestQuantity(side: Side): Lots {
    const level = this.restingOrders.displayed[side].best;
    return level === none ? 0 : this.restingOrders.levels.quantity[level]!;
  }

  /** What is displayed at a price. */
  quantityAt(side: Side, price: Ticks): Lots {
    const level = this.restingOrders.displayed[side].find(price);
    return level === none ? 0 : this.restingOrders.levels.quantity[level]!;
  }

  get orderCount(): number {
    return this.restingOrders.orders.count;
  }

  get levelCount(): number {
    const [bids, asks] = this.restingOrders.displayed;
    return bids.count + asks.count;
  }

  depth(side: Side, levelsMax: number): DepthLevel[] {
    const { levels, displayed } = this.restingOrders;
    const ladder = displayed[side];
    const depth: DepthLevel[] = [];
    let level = ladder.best;
    while (level !== none && depth.length < levelsMax) {
      depth.push([levels.price[level]!, levels.quantity[level]!, levels.orderCount[level]!]);
      level = ladder.behind(level);
    }
    return depth;
  }

  displayedOrders(side: Side, ordersMax: number): DisplayedOrder[] {
    const { levels, orders, displayed } = this.restingOrders;
    const ladder = displayed[side];
    const found: DisplayedOrder[] = [];
    for (let level = ladder.best; level !== none; level = ladder.behind(level)) {
      for (let slot = levels.head[level]!; slot !== none; slot = orders.next[slot]!) {
        if (found.length >= ordersMax) return found;
        found.push([orders.entryId[slot]!, levels.price[level]!, orders.remaining[slot]!]);
      }
    }
    return found;
  }

  equilibrium(reference: Ticks | undefined, priceMax: Ticks): Equilibrium | undefined {
    return equilibriumOf(this.restingOrders, { reference, priceMax });
  }

  uncross(equilibrium: Equilibrium): void {
    uncross(this.restingOrders, this.#listener, equilibrium);
    this.gathers = false;
  }

  visitResting(visit: (order: Readonly<RestingOrder>) => void): void {
    const { restingOrders } = this;
    const { levels, orders } = restingOrders;
    const order = newRestingOrder();
    for (const ladder of restingOrders.ladders()) {
      for (let level = ladder.best; level !== none; level = ladder.behind(level)) {
        for (let slot = levels.head[level]!; slot !== none; slot = orders.next[slot]!) {
          restingOrders.read(slot, order);
          visit(order);
        }
      }
    }
  }

  restoreResting(order: Readonly<RestingOrder>): void {
    assert(Number.isSafeInteger(order.price));
    assert(Number.isSafeInteger(order.remaining));
    assert(order.remaining > 0);
    assert(!this.has(order.orderId));
    assert((order.entryId === 0) === (order.display === 0), "only displayed orders have entry ids");
    this.restingOrders.restore(order);
    const { bestBid, bestAsk } = this;
    if (bestBid !== undefined && bestAsk !== undefined && bestBid >= bestAsk) this.gathers = true;
  }

  get lastEntryId(): EntryId {
    return this.restingOrders.lastEntryId;
  }

  set lastEntryId(entryId: EntryId) {
    this.restingOrders.lastEntryId = entryId;
  }

  /** Lets what remains of an order rest. Nothing is left over. */
  #rest(order: Readonly<IncomingOrder>, price: Ticks, remaining: Lots): 0 {
    this.#finishLevel(this.restingOrders.add(order, price, remaining));
    return 0;
  }

  #reduce(slot: number, newRemaining: Lots): void {
    assert(Number.isSafeInteger(newRemaining));
    assert(newRemaining >= 1);
    const before = this.restingOrders.total(slot);
    assert(newRemaining <= before);
    if (newRemaining === before) return;
    const shownBefore = this.restingOrders.orders.remaining[slot]!;
    this.restingOrders.reduce(slot, newRemaining);
    // An iceberg that only has less in reserve looks as it did.
    if (this.restingOrders.orders.remaining[slot] === shownBefore) return;
    this.#finishLevel(this.restingOrders.orders.level[slot]!);
  }

  #remove(slot: number): Lots {
    const level = this.restingOrders.orders.level[slot]!;
    const removed = this.restingOrders.remove(slot);
    this.#finishLevel(level);
    return removed;
  }

  /** Ends a change to a level: an empty one goes, and what is displayed there is told. */
  #finishLevel(level: number): void {
    const { restingOrders } = this;
    const { levels } = restingOrders;
    const ladder = levels.ladder[level]!;
    const price = levels.price[level]!;
    const quantity = levels.quantity[level]!;
    if (levels.orderCount[level] === 0) restingOrders.drop(level);
    if (ladder > Side.sell || price === this.#toldLater) return;
    this.#listener.levelChanged(ladder as Side, price, quantity);
  }
}

function newRestingOrder(): RestingOrder {
  return {
    orderId: 0,
    owner: 0,
    group: 0,
    side: Side.buy,
    price: 0,
    remaining: 0,
    displayed: 0,
    display: 0,
    minimum: 0,
    entryId: 0,
  };
}
