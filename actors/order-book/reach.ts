/**
 * What an incoming order could trade now, without changing anything: for orders that want all or at
 * least so much.
 *
 * Goes the way that continuous-matching.ts goes, order by order only where that matters.
 */
import { oppositeOf, SelfTradePrevention, Side } from "../../protocols/order-terms.ts";
import { divideFloor } from "../../protocols/units.ts";
import type { Lots, Ticks } from "../../protocols/units.ts";
import { unlimitedBudget } from "./book-terms.ts";
import type { IncomingOrder, MatchingRule } from "./book-terms.ts";
import type { RestingOrders } from "./resting-orders.ts";
import { none } from "./slot-pool.ts";

/** The worst price that an order may trade at: its limit's or its bound's. */
export function worstPrice(order: Readonly<IncomingOrder>): Ticks {
  const { side, price, bound, isMarket } = order;
  if (isMarket) return bound;
  return side === Side.buy ? Math.min(price, bound) : Math.max(price, bound);
}

/** Whether a price is no worse than the limit of an incoming order. */
export function isWithin(side: Side, limit: Ticks, price: Ticks): boolean {
  return side === Side.buy ? price <= limit : price >= limit;
}

/** The lots that an order can reach; a number of at least `target` stands for more than that. */
export function reachOf(
  { resting, rule }: ReachedBook,
  order: Readonly<IncomingOrder>,
  target: Lots,
): Lots {
  return new Reach(resting, order, rule).upTo(target);
}

/** What is reached into. */
interface ReachedBook {
  readonly resting: RestingOrders;
  readonly rule: MatchingRule;
}

class Reach {
  readonly #resting: RestingOrders;
  readonly #order: Readonly<IncomingOrder>;
  readonly #rule: MatchingRule;
  readonly #preventedGroup: number;
  #reached: Lots = 0;
  #budget: number;
  #isStopped = false;

  constructor(resting: RestingOrders, order: Readonly<IncomingOrder>, rule: MatchingRule) {
    this.#resting = resting;
    this.#order = order;
    this.#rule = rule;
    this.#budget = order.budget;
    const isAny = order.selfTradePrevention !== SelfTradePrevention.none;
    this.#preventedGroup = isAny ? order.group : 0;
  }

  upTo(target: Lots): Lots {
    const { side } = this.#order;
    const { levels, displayed, hiddenCount } = this.#resting;
    const restingSide = oppositeOf(side);
    const worst = worstPrice(this.#order);
    const shown = displayed[restingSide];
    const hasHidden = hiddenCount[restingSide]! > 0;
    let shownLevel = shown.best;
    let hiddenLevel = hasHidden ? this.#resting.hidden(restingSide).best : none;
    while (this.#reached < target && !this.#isStopped) {
      const isHiddenNext =
        hiddenLevel !== none &&
        (shownLevel === none ||
          isWithin(side, levels.price[shownLevel]! - stepOf(side), levels.price[hiddenLevel]!));
      const level = isHiddenNext ? hiddenLevel : shownLevel;
      if (level === none || !isWithin(side, worst, levels.price[level]!)) break;
      if (isHiddenNext) {
        this.#passHidden(level);
        hiddenLevel = this.#resting.hidden(restingSide).behind(level);
      } else {
        this.#passDisplayed(level);
        shownLevel = shown.behind(level);
      }
    }
    return this.#reached;
  }

  #takeable(price: Ticks): Lots {
    const left = this.#order.quantity - this.#reached;
    if (this.#budget === unlimitedBudget || price <= 0) return left;
    return Math.min(left, divideFloor(this.#budget, price) as Lots);
  }

  #take(price: Ticks, quantity: Lots): void {
    this.#reached += quantity;
    if (this.#budget !== unlimitedBudget && price > 0) this.#budget -= quantity * price;
  }

  #passDisplayed(level: number): void {
    const price = this.#resting.levels.price[level]!;
    const takeable = this.#takeable(price);
    const offered = this.#offeredAt(level);
    if (takeable === 0) this.#isStopped = true;
    this.#take(price, Math.min(takeable, offered));
    if (offered > takeable) this.#isStopped = true;
  }

  /** What a displayed level holds for the order; stops where one of its group stands. */
  #offeredAt(level: number): Lots {
    const { levels, orders } = this.#resting;
    const all = levels.quantity[level]! + levels.reserve[level]!;
    const prevented = this.#preventedGroup;
    if (prevented === 0) return all;
    const stepsOver = this.#order.selfTradePrevention === SelfTradePrevention.cancelOldest;
    let ahead = 0;
    let others = all;
    for (let slot = levels.head[level]!; slot !== none; slot = orders.next[slot]!) {
      if (orders.group[slot] !== prevented) {
        ahead += orders.remaining[slot]!;
      } else if (stepsOver) {
        others -= this.#resting.total(slot);
      } else {
        this.#isStopped = true;
        return this.#rule.isProRata ? 0 : ahead;
      }
    }
    return others;
  }

  #passHidden(level: number): void {
    const { levels, orders } = this.#resting;
    const price = levels.price[level]!;
    for (let slot = levels.head[level]!; slot !== none; slot = orders.next[slot]!) {
      const takeable = this.#takeable(price);
      if (takeable === 0) {
        this.#isStopped = true;
        return;
      }
      const remaining = orders.remaining[slot]!;
      const minimum = this.#resting.termsOf(slot)?.minimum ?? 0;
      if (takeable < Math.min(minimum, remaining)) continue;
      if (this.#preventedGroup !== 0 && orders.group[slot] === this.#preventedGroup) {
        if (this.#order.selfTradePrevention === SelfTradePrevention.cancelOldest) continue;
        this.#isStopped = true;
        return;
      }
      this.#take(price, Math.min(takeable, remaining));
      // Less than it has: the budget, or the order's quantity, is used up.
      if (takeable < remaining) {
        this.#isStopped = true;
        return;
      }
    }
  }
}

/** Towards worse prices for an incoming order. */
function stepOf(side: Side): number {
  return side === Side.buy ? 1 : -1;
}
