/**
 * Continuous matching: an incoming order trades with what rests on the other side, until nothing
 * acceptable is there, nothing of it is left or something stops it.
 *
 * The rules are in docs/protocols/matching.md. Which orders rest afterwards is the book's business.
 */
import { assert } from "../../protocols/assert.ts";
import { oppositeOf, SelfTradePrevention, Side } from "../../protocols/order-terms.ts";
import { divideFloor, multiply } from "../../protocols/units.ts";
import type { Lots, Ticks } from "../../protocols/units.ts";
import { Ending, unlimitedBudget } from "./book-terms.ts";
import type {
  Fill,
  IncomingOrder,
  MatchingRule,
  OrderBookListener,
  PreventedTrade,
} from "./book-terms.ts";
import { isWithin, reachOf, worstPrice } from "./reach.ts";
import type { RestingOrders } from "./resting-orders.ts";
import { none } from "./slot-pool.ts";

type Mutable<Told> = { -readonly [Field in keyof Told]: Told[Field] };

/** Before the first hidden level. */
const atFirst = undefined;

export class ContinuousMatching {
  /** Why the last order stopped trading; `done` when nothing acceptable was left, or it was. */
  ending: Ending = Ending.done;
  readonly #resting: RestingOrders;
  readonly #listener: OrderBookListener;
  readonly #rule: MatchingRule;
  readonly #book: { readonly resting: RestingOrders; readonly rule: MatchingRule };
  readonly #fill: Mutable<Fill> = {
    restingOrderId: 0,
    restingOwner: 0,
    restingRemaining: 0,
    incomingOrderId: 0,
    incomingOwner: 0,
    incomingRemaining: 0,
    incomingSide: Side.buy,
    price: 0,
    quantity: 0,
  };
  /** What the incoming order may still spend. */
  #budget = 0;
  /** The group that it must not trade with; 0 for none. */
  #preventedGroup = 0;
  #prevention: SelfTradePrevention = SelfTradePrevention.none;
  /** Whether self-trade prevention has changed the level that is being worked on. */
  #hasPrevented = false;
  /** The price of the hidden level that was looked at last. */
  #hiddenAt: Ticks | undefined = atFirst;
  /** Shares of a level, slot and quantity in turn. */
  readonly #shares: number[] = [];

  constructor(resting: RestingOrders, listener: OrderBookListener, rule: MatchingRule) {
    assert(rule.minimumAllocation >= 1);
    this.#resting = resting;
    this.#listener = listener;
    this.#rule = rule;
    this.#book = { resting, rule };
  }

  /** Trades. Returns what is left of the order; `ending` says whether something stopped it. */
  match(order: Readonly<IncomingOrder>): Lots {
    const { side } = order;
    const restingSide = oppositeOf(side);
    const ladder = this.#resting.displayed[restingSide];
    const { levels, hiddenCount } = this.#resting;
    const worst = worstPrice(order);
    const fill = this.#fill;
    this.#begin(order);
    while (fill.incomingRemaining > 0) {
      const level = ladder.best;
      const isAcceptable = level !== none && isWithin(side, worst, levels.price[level]!);
      if (hiddenCount[restingSide]! > 0) {
        const price = isAcceptable ? priceBefore(side, levels.price[level]!) : worst;
        if (!this.#matchHidden(restingSide, price)) return fill.incomingRemaining;
      }
      if (!isAcceptable) {
        this.#noteBound(order, restingSide);
        break;
      }
      const goesOn = this.#rule.isProRata ? this.#shareOut(level) : this.#takeByTime(level);
      if (!goesOn) break;
    }
    return fill.incomingRemaining;
  }

  #begin(order: Readonly<IncomingOrder>): void {
    const fill = this.#fill;
    fill.incomingOrderId = order.orderId;
    fill.incomingOwner = order.owner;
    fill.incomingSide = order.side;
    fill.incomingRemaining = order.quantity;
    this.ending = Ending.done;
    this.#budget = order.budget;
    this.#prevention = order.selfTradePrevention;
    this.#preventedGroup = order.selfTradePrevention === SelfTradePrevention.none ? 0 : order.group;
    this.#hiddenAt = atFirst;
  }

  /** If the limit would allow the next order, it was the bound that did not. */
  #noteBound(order: Readonly<IncomingOrder>, restingSide: Side): void {
    const { displayed, levels, hiddenCount } = this.#resting;
    const next = displayed[restingSide].best;
    const isAllowed =
      (next !== none && isAllowedByLimit(order, levels.price[next]!)) ||
      (hiddenCount[restingSide]! > 0 && this.#isHiddenAllowed(order, restingSide));
    if (isAllowed) this.ending = Ending.bound;
  }

  /** Whether the limit allows a hidden order that would not be passed over. */
  #isHiddenAllowed(order: Readonly<IncomingOrder>, restingSide: Side): boolean {
    const { levels, orders } = this.#resting;
    let level = this.#nextHidden(restingSide);
    while (level !== none && isAllowedByLimit(order, levels.price[level]!)) {
      const takeable = this.#takeable(levels.price[level]!);
      for (let slot = levels.head[level]!; slot !== none; slot = orders.next[slot]!) {
        if (takeable === 0 || takeable >= this.#leastOf(slot)) return true;
      }
      level = this.#resting.hidden(restingSide).behind(level);
    }
    return false;
  }

  /** The fewest lots with which a hidden order can be met. */
  #leastOf(slot: number): Lots {
    const minimum = this.#resting.termsOf(slot)?.minimum ?? 0;
    return Math.min(minimum, this.#resting.orders.remaining[slot]!);
  }

  /** How much the incoming order can take at a price: what it has left, and can afford. */
  #takeable(price: Ticks): Lots {
    const { incomingRemaining } = this.#fill;
    // A price of zero or less costs nothing.
    if (this.#budget === unlimitedBudget || price <= 0) return incomingRemaining;
    return Math.min(incomingRemaining, divideFloor(this.#budget, price) as Lots);
  }

  #stop(ending: Ending): false {
    this.ending = ending;
    return false;
  }

  // ---- Displayed levels ----------------------------------------------------------------------

  /** Trades with the orders at one level, oldest first. False when the order goes no further. */
  #takeByTime(level: number): boolean {
    const { levels, orders } = this.#resting;
    const fill = this.#fill;
    const price = levels.price[level]!;
    let wanted = this.#takeable(price);
    if (wanted === 0) return this.#stop(Ending.budget);
    fill.price = price;
    const prevented = this.#preventedGroup;
    let goesOn = true;
    let isTouched = false;
    this.#hasPrevented = false;
    for (let slot = levels.head[level]!; wanted > 0 && slot !== none; slot = levels.head[level]!) {
      if (prevented !== 0 && orders.group[slot] === prevented) {
        goesOn = this.#prevent(slot);
        if (!goesOn) break;
        wanted = Math.min(wanted, fill.incomingRemaining);
        continue;
      }
      const quantity = Math.min(wanted, orders.remaining[slot]!);
      wanted -= quantity;
      isTouched = true;
      this.#trade(slot, quantity);
    }
    if (isTouched || this.#hasPrevented) this.#finishLevel(level);
    return goesOn;
  }

  /** Shares a level out in proportion. False when the order goes no further. */
  #shareOut(level: number): boolean {
    const { levels } = this.#resting;
    const fill = this.#fill;
    const price = levels.price[level]!;
    if (this.#takeable(price) === 0) return this.#stop(Ending.budget);
    fill.price = price;
    let goesOn = true;
    let isTouched = false;
    this.#hasPrevented = false;
    // An order that takes all of a level finds the icebergs' next slices there.
    while (goesOn && fill.incomingRemaining > 0 && levels.orderCount[level]! > 0) {
      goesOn = this.#preventAll(level);
      if (!goesOn || fill.incomingRemaining === 0) break;
      const wanted = this.#takeable(price);
      if (wanted === 0) {
        goesOn = this.#stop(Ending.budget);
        break;
      }
      const total = levels.quantity[level]!;
      this.#cutShares(level, Math.min(wanted, total));
      for (let at = 0; at < this.#shares.length; at += 2) {
        this.#trade(this.#shares[at]!, this.#shares[at + 1]!);
      }
      isTouched = true;
    }
    if (isTouched || this.#hasPrevented) this.#finishLevel(level);
    return goesOn;
  }

  /** Deals with the orders of the incoming one's group at a level, oldest first. */
  #preventAll(level: number): boolean {
    const prevented = this.#preventedGroup;
    if (prevented === 0) return true;
    const { levels, orders } = this.#resting;
    for (let slot = levels.head[level]!; slot !== none;) {
      const next = orders.next[slot]!;
      if (orders.group[slot] === prevented && !this.#prevent(slot)) return false;
      if (this.#fill.incomingRemaining === 0) return true;
      slot = next;
    }
    return true;
  }

  /** Divides `wanted`, at most what the level displays, among its orders. */
  #cutShares(level: number, wanted: Lots): void {
    const { levels, orders } = this.#resting;
    const shares = this.#shares;
    const total = levels.quantity[level]!;
    shares.length = 0;
    let left = wanted;
    for (let slot = levels.head[level]!; slot !== none; slot = orders.next[slot]!) {
      const share = divideFloor(multiply(wanted, orders.remaining[slot]!), total) as Lots;
      const quantity = share < this.#rule.minimumAllocation ? 0 : share;
      left -= quantity;
      shares.push(slot, quantity);
    }
    let kept = 0;
    for (let at = 0; at < shares.length; at += 2) {
      const slot = shares[at]!;
      const more = Math.min(left, orders.remaining[slot]! - shares[at + 1]!);
      left -= more;
      const quantity = shares[at + 1]! + more;
      if (quantity === 0) continue;
      shares[kept] = slot;
      shares[kept + 1] = quantity;
      kept += 2;
    }
    shares.length = kept;
    assert(left === 0, "a level was not shared out whole");
  }

  // ---- Hidden levels -------------------------------------------------------------------------

  #nextHidden(side: Side): number {
    const hidden = this.#resting.hidden(side);
    return this.#hiddenAt === atFirst ? hidden.best : hidden.nextFrom(this.#hiddenAt);
  }

  /** Trades with the hidden levels up to a price. False when the order goes no further. */
  #matchHidden(side: Side, price: Ticks): boolean {
    const { levels } = this.#resting;
    const incomingSide = this.#fill.incomingSide;
    for (;;) {
      const level = this.#nextHidden(side);
      if (level === none || !isWithin(incomingSide, price, levels.price[level]!)) return true;
      this.#hiddenAt = levels.price[level]!;
      const goesOn = this.#takeHidden(level);
      if (levels.orderCount[level] === 0) this.#resting.drop(level);
      if (!goesOn || this.#fill.incomingRemaining === 0) return false;
    }
  }

  #takeHidden(level: number): boolean {
    const { levels, orders } = this.#resting;
    const fill = this.#fill;
    const price = levels.price[level]!;
    fill.price = price;
    for (let slot = levels.head[level]!; slot !== none && fill.incomingRemaining > 0;) {
      const next = orders.next[slot]!;
      const takeable = this.#takeable(price);
      if (takeable === 0) return this.#stop(Ending.budget);
      const remaining = orders.remaining[slot]!;
      if (takeable >= this.#leastOf(slot)) {
        if (this.#preventedGroup !== 0 && orders.group[slot] === this.#preventedGroup) {
          if (!this.#prevent(slot)) return false;
        } else {
          this.#trade(slot, Math.min(takeable, remaining));
          if (takeable < remaining && fill.incomingRemaining > 0) {
            return this.#stop(Ending.budget);
          }
        }
      }
      slot = next;
    }
    return true;
  }

  // ---- Two orders ----------------------------------------------------------------------------

  #trade(slot: number, quantity: Lots): void {
    const { orders } = this.#resting;
    const fill = this.#fill;
    fill.restingOrderId = orders.orderId[slot]!;
    fill.restingOwner = orders.owner[slot]!;
    fill.restingRemaining = this.#resting.total(slot) - quantity;
    fill.incomingRemaining -= quantity;
    fill.quantity = quantity;
    if (this.#budget !== unlimitedBudget && fill.price > 0) this.#budget -= quantity * fill.price;
    this.#listener.traded(fill);
    this.#resting.consume(slot, quantity);
  }

  /** Keeps the order from trading with one of its group. False when it goes no further. */
  #prevent(slot: number): boolean {
    switch (this.#prevention) {
      case SelfTradePrevention.cancelNewest:
        return this.#stop(Ending.selfTrade);
      case SelfTradePrevention.cancelOldest:
        this.#removeResting(slot);
        return true;
      case SelfTradePrevention.cancelBoth:
        this.#removeResting(slot);
        return this.#stop(Ending.selfTrade);
      default:
        this.#decrement(slot);
        return true;
    }
  }

  #removeResting(slot: number): void {
    this.#hasPrevented = true;
    const { orders } = this.#resting;
    const orderId = orders.orderId[slot]!;
    const owner = orders.owner[slot]!;
    this.#listener.removed(orderId, owner, this.#resting.remove(slot));
  }

  #decrement(slot: number): void {
    this.#hasPrevented = true;
    const { orders } = this.#resting;
    const fill = this.#fill;
    const total = this.#resting.total(slot);
    const quantity = Math.min(fill.incomingRemaining, total);
    const restingOwner = orders.owner[slot]!;
    const isTransfer =
      this.#prevention === SelfTradePrevention.transfer && restingOwner !== fill.incomingOwner;
    fill.incomingRemaining -= quantity;
    const prevented: PreventedTrade = {
      ...fill,
      restingOrderId: orders.orderId[slot]!,
      restingOwner,
      restingRemaining: total - quantity,
      quantity,
      isTransfer,
    };
    this.#resting.consumePrevented(slot, quantity);
    this.#listener.prevented(prevented);
  }

  /** Ends a change to a displayed level: an empty one goes, and its new quantity is told. */
  #finishLevel(level: number): void {
    const { levels } = this.#resting;
    const side = this.#resting.sideOfLevel(level);
    const price = levels.price[level]!;
    const quantity = levels.quantity[level]!;
    if (levels.orderCount[level] === 0) this.#resting.drop(level);
    this.#listener.levelChanged(side, price, quantity);
  }

  /** Why the order must not come in as it is; `done` when it may. */
  whyNotMatch(order: Readonly<IncomingOrder>): Ending {
    if (order.isFillOrKill) {
      const reach = reachOf(this.#book, order, order.quantity);
      if (reach < order.quantity) return Ending.unfillable;
    }
    if (order.minimum > 0) {
      const least = Math.min(order.minimum, order.quantity);
      const reach = reachOf(this.#book, order, least);
      if (reach > 0 && reach < least) return Ending.minimum;
    }
    return Ending.done;
  }
}

function isAllowedByLimit(order: Readonly<IncomingOrder>, price: Ticks): boolean {
  return order.isMarket || isWithin(order.side, order.price, price);
}

/** The worst price that is better than another, seen by an incoming order. */
function priceBefore(side: Side, price: Ticks): Ticks {
  return side === Side.buy ? price - 1 : price + 1;
}
