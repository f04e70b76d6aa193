/**
 * The order book as one would explain it: a list of orders, sorted and summed when somebody asks.
 *
 * Written from docs/protocols/matching.md alone: same interface and same answers as the fast book,
 * without any of its structures and without any of its code. Slow on purpose; the fuzz tests hold
 * the two against each other.
 */
import { assert } from "../../protocols/assert.ts";
import type { OrderId } from "../../protocols/identifiers.ts";
import { oppositeOf, PostOnly, SelfTradePrevention, Side } from "../../protocols/order-terms.ts";
import { isOnTick } from "../../protocols/trading-terms.ts";
import { ticksMax } from "../../protocols/units.ts";
import type { Lots, Ticks } from "../../protocols/units.ts";
import { Ending, priceTime, unlimitedBudget } from "./book-terms.ts";
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

export class ReferenceOrderBook implements OrderBookInterface {
  ending: Ending = Ending.done;
  leftOver: Lots = 0;
  readonly #listener: OrderBookListener;
  readonly #rule: MatchingRule;
  /** Every resting order, in the order in which they took their places in the queues. */
  #orders: RestingOrder[] = [];
  /** How many places displayed orders have taken. */
  lastEntryId = 0;

  constructor(listener: OrderBookListener, rule: MatchingRule = priceTime) {
    this.#listener = listener;
    this.#rule = rule;
  }

  /** The steps of "An order comes in", one by one. */
  place(order: Readonly<IncomingOrder>): Lots {
    assert(order.quantity > 0);
    assert(!this.has(order.orderId));
    if (order.postOnly !== PostOnly.none) {
      const price = this.passivePrice(order);
      if (price === undefined) return this.#end(order.quantity, Ending.wouldTake);
      return this.#rest({ ...order, price }, order.quantity);
    }
    if (order.isFillOrKill && this.#reachable(order) < order.quantity) {
      return this.#end(order.quantity, Ending.unfillable);
    }
    const mayRest = !order.isMarket && !order.isImmediate && !order.isFillOrKill;
    if (this.#isBelowItsMinimum(order)) {
      if (mayRest) return this.#rest(order, order.quantity);
      return this.#end(order.quantity, Ending.minimum);
    }
    const working = new WorkingOrder(order);
    this.#work(working, "in earnest");
    if (working.remaining === 0) return this.#end(0, Ending.done);
    if (working.stop !== undefined) return this.#end(working.remaining, working.stop);
    if (mayRest) return this.#rest(order, working.remaining);
    return this.#end(working.remaining, Ending.immediate);
  }

  collect(order: Readonly<IncomingOrder>): void {
    assert(order.quantity > 0);
    assert(!this.has(order.orderId));
    this.#rest(order, order.quantity);
  }

  has(orderId: OrderId): boolean {
    return this.#find(orderId) !== undefined;
  }

  wouldTake(side: Side, limit: Ticks): boolean {
    return this.#orders.some(
      (resting) => resting.side !== side && isNoWorse(side, resting.price, limit),
    );
  }

  passivePrice({ side, price, postOnly }: PassiveTerms): Ticks | undefined {
    if (!this.wouldTake(side, price)) return price;
    if (postOnly === PostOnly.reject) return undefined;
    const beside = this.#besideTheOtherSide(side);
    if (side === Side.buy && beside < 1) return undefined;
    if (side === Side.sell && beside > ticksMax) return undefined;
    return beside;
  }

  cancel(orderId: OrderId): Lots {
    const order = this.#find(orderId);
    if (order === undefined) return 0;
    this.#remove(order);
    if (isDisplayed(order)) {
      this.#listener.entryCanceled(order.entryId, 0);
      this.#tellLevel(order.side, order.price);
    }
    return order.remaining;
  }

  reduce(orderId: OrderId, newRemaining: Lots): boolean {
    const order = this.#find(orderId);
    if (order === undefined) return false;
    assert(newRemaining >= 1);
    assert(newRemaining <= order.remaining);
    order.remaining = newRemaining;
    if (order.displayed <= newRemaining) return true; // All of it came out of what nobody sees.
    order.displayed = newRemaining;
    this.#listener.entryCanceled(order.entryId, newRemaining);
    this.#tellLevel(order.side, order.price);
    return true;
  }

  replace(order: Readonly<IncomingOrder>): ReplaceOutcome {
    const old = this.#find(order.orderId);
    if (old === undefined) return "unknown";
    this.leftOver = 0;
    this.ending = Ending.done;
    const { orderId, side, owner, group } = old;
    const isSamePrice = order.price === old.price;
    const isSame = isSamePrice && order.display === old.display && order.minimum === old.minimum;
    if (isSame && order.quantity <= old.remaining) {
      this.reduce(orderId, order.quantity);
      return "kept-priority";
    }
    this.#remove(old);
    if (isDisplayed(old)) this.#listener.entryCanceled(old.entryId, 0);
    if (isSame) {
      this.#rest({ ...order, side, owner, group }, order.quantity);
      return "lost-priority";
    }
    if (isDisplayed(old) && !isSamePrice) this.#tellLevel(side, old.price);
    this.leftOver = this.place({ ...order, side, owner, group });
    // At the same price the level changes once: either the order rests in it again, or it is told.
    const again = this.#find(orderId);
    const isTold = again !== undefined && isDisplayed(again) && again.price === old.price;
    if (isDisplayed(old) && isSamePrice && !isTold) this.#tellLevel(side, old.price);
    return "lost-priority";
  }

  resting(orderId: OrderId, into: RestingOrder): boolean {
    const order = this.#find(orderId);
    if (order === undefined) return false;
    Object.assign(into, order);
    return true;
  }

  get bestBid(): Ticks | undefined {
    const prices = this.#displayed(Side.buy).map(({ price }) => price);
    return prices.length === 0 ? undefined : Math.max(...prices);
  }

  get bestAsk(): Ticks | undefined {
    const prices = this.#displayed(Side.sell).map(({ price }) => price);
    return prices.length === 0 ? undefined : Math.min(...prices);
  }

  bestQuantity(side: Side): Lots {
    const best = side === Side.buy ? this.bestBid : this.bestAsk;
    return best === undefined ? 0 : displayedTotal(this.#displayedLevel(side, best));
  }

  get orderCount(): number {
    return this.#orders.length;
  }

  get levelCount(): number {
    return this.#displayedPrices(Side.buy).length + this.#displayedPrices(Side.sell).length;
  }

  depth(side: Side, levelsMax: number): DepthLevel[] {
    return this.#displayedPrices(side)
      .slice(0, levelsMax)
      .map((price) => {
        const level = this.#displayedLevel(side, price);
        return [price, displayedTotal(level), level.length];
      });
  }

  displayedOrders(side: Side, ordersMax: number): DisplayedOrder[] {
    return this.#inPriority(side)
      .filter(isDisplayed)
      .slice(0, ordersMax)
      .map(({ entryId, price, displayed }) => [entryId, price, displayed]);
  }

  equilibrium(reference: Ticks | undefined, priceMax: Ticks): Equilibrium | undefined {
    const isLimit = (price: Ticks) => price >= 1 && price <= priceMax;
    const prices = new Set(this.#orders.map(({ price }) => price).filter(isLimit));
    let candidates = [...prices]
      .map((price) => this.#balanceAt(price))
      .filter(({ volume }) => volume > 0);
    const limits = candidates.map(({ price }) => price);
    if (reference !== undefined && !limits.includes(reference)) {
      const isBetween = reference > Math.min(...limits) && reference < Math.max(...limits);
      const doOnlyMarketOrdersMeet = limits.length === 0;
      if (isBetween || doOnlyMarketOrdersMeet) candidates.push(this.#balanceAt(reference));
    }
    const volumeMax = Math.max(...candidates.map(({ volume }) => volume));
    if (candidates.length === 0 || volumeMax === 0) return undefined;
    candidates = candidates.filter(({ volume }) => volume === volumeMax); // Rule 1.
    const surplusMin = Math.min(...candidates.map(({ surplus }) => surplus));
    candidates = candidates.filter(({ surplus }) => surplus === surplusMin); // Rule 2.
    candidates.sort((a, b) => a.price - b.price);
    const [lowest, highest] = [candidates[0], candidates.at(-1)];
    assert(lowest !== undefined && highest !== undefined);
    const sides = new Set(candidates.map(({ surplusSide }) => surplusSide));
    // Rule 3.
    if (surplusMin > 0 && sides.size === 1) return sides.has(Side.buy) ? highest : lowest;
    const target = reference ?? middleOf(lowest.price, highest.price);
    return candidates.reduce((closest, candidate) => {
      const isCloser = distance(candidate.price, target) <= distance(closest.price, target);
      return isCloser ? candidate : closest; // Rule 4; of equally close ones the higher comes last.
    });
  }

  uncross({ price, volume }: Equilibrium): void {
    const buyers = this.#inPriority(Side.buy).filter((order) => order.price >= price);
    const sellers = this.#inPriority(Side.sell).filter((order) => order.price <= price);
    const changed = new Set<RestingOrder>();
    for (let left = volume; left > 0;) {
      const buyer = buyers.find(({ remaining }) => remaining > 0);
      const seller = sellers.find(({ remaining }) => remaining > 0);
      assert(buyer !== undefined && seller !== undefined, "more volume than orders");
      const quantity = Math.min(buyer.remaining, seller.remaining, left);
      left -= quantity;
      for (const order of [buyer, seller]) order.remaining -= quantity;
      this.#listener.traded({
        restingOrderId: buyer.orderId,
        restingOwner: buyer.owner,
        restingRemaining: buyer.remaining,
        incomingOrderId: seller.orderId,
        incomingOwner: seller.owner,
        incomingRemaining: seller.remaining,
        incomingSide: Side.sell,
        price,
        quantity,
      });
      for (const order of [buyer, seller].filter(isDisplayed)) {
        order.displayed = Math.min(order.display, order.remaining);
        this.#listener.entryExecuted(order.entryId, order.displayed);
        changed.add(order);
      }
    }
    this.#orders = this.#orders.filter(({ remaining }) => remaining > 0);
    for (const side of [Side.buy, Side.sell]) {
      const prices = [...changed]
        .filter((order) => order.side === side)
        .map((order) => order.price);
      for (const level of [...new Set(prices)].sort(bestFirst(side))) this.#tellLevel(side, level);
    }
  }

  visitResting(visit: (order: Readonly<RestingOrder>) => void): void {
    for (const side of [Side.buy, Side.sell]) {
      const orders = this.#inPriority(side);
      for (const order of orders.filter(isDisplayed)) visit(order);
      for (const order of orders.filter(isHidden)) visit(order);
    }
  }

  restoreResting(order: Readonly<RestingOrder>): void {
    assert(!this.has(order.orderId));
    assert(order.remaining > 0);
    this.lastEntryId = Math.max(this.lastEntryId, order.entryId);
    this.#orders.push({ ...order });
  }

  #end(leftOver: Lots, ending: Ending): Lots {
    this.ending = ending;
    return leftOver;
  }

  #rest(order: Readonly<IncomingOrder>, remaining: Lots): Lots {
    const { orderId, owner, group, side, price, display, minimum } = order;
    const displayed = Math.min(display, remaining);
    const terms = { orderId, owner, group, side, price, display, minimum };
    this.#takePlace({ ...terms, remaining, displayed, entryId: 0 });
    if (displayed > 0) this.#tellLevel(side, price);
    return this.#end(0, Ending.done);
  }

  /** The price to which a post-only order of `side` slides. */
  #besideTheOtherSide(side: Side): Ticks {
    const prices = this.#orders.filter((order) => order.side !== side).map(({ price }) => price);
    const step = side === Side.buy ? -1 : 1;
    let price = (side === Side.buy ? Math.min(...prices) : Math.max(...prices)) + step;
    const { tickSizes = [] } = this.#rule;
    // Beyond the highest price there is nowhere to slide to.
    while (!isOnTick(tickSizes, price) && (side === Side.buy || price <= ticksMax)) price += step;
    return price;
  }

  #isBelowItsMinimum(order: Readonly<IncomingOrder>): boolean {
    if (order.minimum === 0) return false;
    const reachable = this.#reachable(order);
    return reachable > 0 && reachable < Math.min(order.minimum, order.quantity);
  }

  /** What an order would trade: it is let loose on a copy of the book that tells nobody. */
  #reachable(order: Readonly<IncomingOrder>): Lots {
    const copy = new ReferenceOrderBook(nobody, this.#rule);
    copy.#orders = this.#orders.map((resting) => ({ ...resting }));
    const working = new WorkingOrder(order);
    copy.#work(working, "on trial");
    return order.quantity - working.remaining;
  }

  /**
   * Trades as long as something remains, something acceptable is there and nothing stops it. On
   * trial it ends at the first order of its own group, unless its mode is to cancel the oldest.
   */
  #work(working: WorkingOrder, purpose: "in earnest" | "on trial"): void {
    const { order } = working;
    const isEndedByOwn =
      purpose === "on trial" && order.selfTradePrevention !== SelfTradePrevention.cancelOldest;
    /** Where displayed orders changed that have not been told yet. */
    let untold: Ticks | undefined;
    while (working.remaining > 0 && working.stop === undefined) {
      const next = this.#nextFor(working);
      if (next === undefined) break;
      if (untold !== undefined && (isHidden(next) || next.price !== untold)) {
        this.#tellLevel(next.side, untold);
        untold = undefined;
      }
      working.stop = this.#stopAt(working, next);
      if (working.stop !== undefined) break;
      const own = this.#ownAt(working, next);
      if (own === undefined) this.#trade(working, next);
      else if (isEndedByOwn) break;
      else this.#prevent(working, own);
      if (isDisplayed(next)) untold = next.price;
    }
    if (untold !== undefined) this.#tellLevel(oppositeOf(order.side), untold);
  }

  /** Who is next: price before display before time. */
  #nextFor(working: WorkingOrder): RestingOrder | undefined {
    const { order } = working;
    let next: RestingOrder | undefined;
    for (const resting of this.#orders) {
      if (resting.side === order.side) continue;
      if (!order.isMarket && !isNoWorse(order.side, resting.price, order.price)) continue;
      if (working.passedOver.has(resting)) continue;
      if (next === undefined || isBefore(resting, next)) next = resting;
    }
    if (next === undefined || isDisplayed(next)) return next;
    const takeable = Math.min(working.remaining, working.affordableAt(next.price));
    if (takeable === 0 || takeable >= leastOf(next)) return next;
    working.passedOver.add(next);
    return this.#nextFor(working);
  }

  /** What keeps an order from touching the one that is next, if anything does. */
  #stopAt(working: WorkingOrder, next: RestingOrder): Ending | undefined {
    const { order } = working;
    if (!isNoWorse(order.side, next.price, order.bound)) return Ending.bound;
    if (working.affordableAt(next.price) === 0) return Ending.budget;
    const isStoppedByOwn = order.selfTradePrevention === SelfTradePrevention.cancelNewest;
    if (isStoppedByOwn && this.#ownAt(working, next) !== undefined) return Ending.selfTrade;
    return undefined;
  }

  /** The order of the same group to be dealt with now: `next`, or one that shares a level with it. */
  #ownAt({ order }: WorkingOrder, next: RestingOrder): RestingOrder | undefined {
    if (order.group === 0 || order.selfTradePrevention === SelfTradePrevention.none)
      return undefined;
    const isShared = this.#rule.isProRata && isDisplayed(next);
    const met = isShared ? this.#displayedLevel(next.side, next.price) : [next];
    return met.find(({ group }) => group === order.group);
  }

  /** Trades with the order that is next, or with its whole level where levels are shared out. */
  #trade(working: WorkingOrder, next: RestingOrder): void {
    const wanted = Math.min(working.remaining, working.affordableAt(next.price));
    if (!this.#rule.isProRata || isHidden(next)) {
      this.#fill(working, next, Math.min(wanted, isHidden(next) ? next.remaining : next.displayed));
      return;
    }
    const level = this.#displayedLevel(next.side, next.price);
    const shares = sharesOf(level, wanted, this.#rule.minimumAllocation);
    for (const [index, resting] of level.entries()) {
      const share = shares[index] ?? 0;
      if (share > 0) this.#fill(working, resting, share);
    }
  }

  #fill(working: WorkingOrder, resting: RestingOrder, quantity: Lots): void {
    const { order } = working;
    working.pay(quantity, resting.price);
    working.remaining -= quantity;
    this.#listener.traded({
      restingOrderId: resting.orderId,
      restingOwner: resting.owner,
      restingRemaining: resting.remaining - quantity,
      incomingOrderId: order.orderId,
      incomingOwner: order.owner,
      incomingRemaining: working.remaining,
      incomingSide: order.side,
      price: resting.price,
      quantity,
    });
    if (isDisplayed(resting)) {
      this.#listener.entryExecuted(resting.entryId, resting.displayed - quantity);
    }
    this.#take(resting, quantity);
  }

  /** The incoming order has met one of its own group and goes on, or takes it along. */
  #prevent(working: WorkingOrder, own: RestingOrder): void {
    const mode = working.order.selfTradePrevention;
    if (mode === SelfTradePrevention.cancelBoth) working.stop = Ending.selfTrade;
    if (mode === SelfTradePrevention.cancelOldest || mode === SelfTradePrevention.cancelBoth) {
      this.#remove(own);
      if (isDisplayed(own)) this.#listener.entryCanceled(own.entryId, 0);
      this.#listener.removed(own.orderId, own.owner, own.remaining);
      return;
    }
    const { order } = working;
    const quantity = Math.min(working.remaining, own.remaining);
    working.remaining -= quantity;
    if (isDisplayed(own)) {
      this.#listener.entryCanceled(own.entryId, Math.max(own.displayed - quantity, 0));
    }
    this.#take(own, quantity);
    this.#listener.prevented({
      restingOrderId: own.orderId,
      restingOwner: own.owner,
      restingRemaining: own.remaining,
      incomingOrderId: order.orderId,
      incomingOwner: order.owner,
      incomingRemaining: working.remaining,
      incomingSide: order.side,
      price: own.price,
      quantity,
      isTransfer: mode === SelfTradePrevention.transfer && own.owner !== order.owner,
    });
  }

  /** Takes quantity out of a resting order: an iceberg's next slice goes behind all others. */
  #take(resting: RestingOrder, quantity: Lots): void {
    resting.remaining -= quantity;
    if (resting.remaining === 0) this.#remove(resting);
    else if (isHidden(resting)) return;
    else if (quantity < resting.displayed) resting.displayed -= quantity;
    else {
      this.#remove(resting);
      resting.displayed = Math.min(resting.display, resting.remaining);
      this.#takePlace(resting);
    }
  }

  /** The last place, which has a number of its own if the order is displayed. */
  #takePlace(order: RestingOrder): void {
    this.#orders.push(order);
    if (isHidden(order)) return;
    this.lastEntryId += 1;
    order.entryId = this.lastEntryId;
    const { entryId, side, price, displayed } = order;
    this.#listener.entryAdded({ entryId, side, price, quantity: displayed });
  }

  #find(orderId: OrderId): RestingOrder | undefined {
    return this.#orders.find((order) => order.orderId === orderId);
  }

  #remove(removed: RestingOrder): void {
    this.#orders = this.#orders.filter((order) => order !== removed);
  }

  /** The orders of a side: price before display before time. */
  #inPriority(side: Side): RestingOrder[] {
    const orders = this.#orders.filter((order) => order.side === side);
    return orders.sort((a, b) => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0));
  }

  #displayed(side: Side): RestingOrder[] {
    return this.#orders.filter((order) => order.side === side && isDisplayed(order));
  }

  /** Every price at which a side has displayed orders, best first. */
  #displayedPrices(side: Side): Ticks[] {
    const orders = this.#displayed(side);
    return [...new Set(orders.map(({ price }) => price))].sort(bestFirst(side));
  }

  /** The displayed orders at one price, oldest first. */
  #displayedLevel(side: Side, price: Ticks): RestingOrder[] {
    return this.#orders.filter(
      (order) => order.price === price && order.side === side && isDisplayed(order),
    );
  }

  #tellLevel(side: Side, price: Ticks): void {
    this.#listener.levelChanged(side, price, displayedTotal(this.#displayedLevel(side, price)));
  }

  /** What could be executed at a price, and who would be left over. */
  #balanceAt(price: Ticks): Equilibrium {
    let [demand, supply] = [0, 0];
    for (const order of this.#orders) {
      if (order.side === Side.buy && order.price >= price) demand += order.remaining;
      if (order.side === Side.sell && order.price <= price) supply += order.remaining;
    }
    return {
      price,
      volume: Math.min(demand, supply),
      surplusSide: supply > demand ? Side.sell : Side.buy,
      surplus: Math.abs(demand - supply),
    };
  }
}

/** An incoming order while it trades. */
class WorkingOrder {
  /** Hidden orders that it could not take enough of. */
  readonly passedOver = new Set<RestingOrder>();
  readonly order: Readonly<IncomingOrder>;
  remaining: Lots;
  /** Why it may trade no more. */
  stop: Ending | undefined;
  #budget: number;

  constructor(order: Readonly<IncomingOrder>) {
    this.order = order;
    this.remaining = order.quantity;
    this.#budget = order.budget;
  }

  /** How much the rest of the budget allows. Only prices above zero use it up. */
  affordableAt(price: Ticks): Lots {
    const isLimited = this.order.budget !== unlimitedBudget && price > 0;
    return isLimited ? Number(BigInt(this.#budget) / BigInt(price)) : Infinity;
  }

  pay(quantity: Lots, price: Ticks): void {
    if (this.affordableAt(price) === Infinity) return;
    this.#budget -= quantity * price;
    assert(this.#budget >= 0);
  }
}

const nobody: OrderBookListener = {
  traded: () => undefined,
  prevented: () => undefined,
  removed: () => undefined,
  levelChanged: () => undefined,
  entryAdded: () => undefined,
  entryExecuted: () => undefined,
  entryCanceled: () => undefined,
};

function isHidden(order: RestingOrder): boolean {
  return order.display === 0;
}

function isDisplayed(order: RestingOrder): boolean {
  return order.display > 0;
}

/** The fewest lots with which a hidden order can be met. */
function leastOf(hidden: RestingOrder): Lots {
  return Math.min(hidden.minimum, hidden.remaining);
}

/** Whether `price` suits an order of `side` at least as well as `limit` does. */
function isNoWorse(side: Side, price: Ticks, limit: Ticks): boolean {
  return side === Side.buy ? price <= limit : price >= limit;
}

/** Whether the first of two orders of a side has a better price, or is displayed and not hidden. */
function isBefore(a: RestingOrder, b: RestingOrder): boolean {
  if (a.price !== b.price) return a.side === Side.buy ? a.price > b.price : a.price < b.price;
  return isDisplayed(a) && isHidden(b);
}

function bestFirst(side: Side): (a: Ticks, b: Ticks) => number {
  return (a, b) => (side === Side.buy ? b - a : a - b);
}

function displayedTotal(orders: readonly RestingOrder[]): Lots {
  return orders.reduce((total, { displayed }) => total + displayed, 0);
}

/** How a displayed level is shared out among its orders, for an order that wants so much of it. */
function sharesOf(level: readonly RestingOrder[], wanted: Lots, minimum: Lots): Lots[] {
  const total = displayedTotal(level);
  if (wanted >= total) return level.map(({ displayed }) => displayed);
  const shares = level.map(({ displayed }) => {
    const share = Number((BigInt(wanted) * BigInt(displayed)) / BigInt(total));
    return share < minimum ? 0 : share;
  });
  let left = wanted - shares.reduce((sum, share) => sum + share, 0);
  return level.map(({ displayed }, index) => {
    const share = shares[index] ?? 0;
    const more = Math.min(left, displayed - share);
    left -= more;
    return share + more;
  });
}

/** Halfway between two prices, rounded down. */
function middleOf(lowest: Ticks, highest: Ticks): Ticks {
  return Number((BigInt(lowest) + BigInt(highest)) / 2n);
}

function distance(a: Ticks, b: Ticks): number {
  return Math.abs(a - b);
}
