/**
 * The call auction: what an uncrossing would execute, and the uncrossing.
 *
 * The rules are in docs/protocols/matching.md. While orders gather, the two sides of a book may
 * cross; an uncrossing ends that.
 */
import { assert } from "../../protocols/assert.ts";
import { Side } from "../../protocols/order-terms.ts";
import { divideFloor } from "../../protocols/units.ts";
import type { Lots, Ticks } from "../../protocols/units.ts";
import { betterPrice } from "./book-terms.ts";
import type { Equilibrium, Fill, OrderBookListener } from "./book-terms.ts";
import type { PriceLadder } from "./price-ladder.ts";
import type { RestingOrders } from "./resting-orders.ts";
import { none } from "./slot-pool.ts";

/** What stands at one price. */
interface PricedQuantity {
  readonly price: Ticks;
  readonly quantity: Lots;
}

/** A price at which the book could be uncrossed. */
interface Candidate {
  readonly price: Ticks;
  readonly volume: Lots;
  /** Demand less supply. */
  readonly surplus: Lots;
}

/** What an uncrossing would execute; see `OrderBookInterface.equilibrium`. */
export function equilibriumOf(
  resting: RestingOrders,
  { reference, priceMax }: { reference: Ticks | undefined; priceMax: Ticks },
): Equilibrium | undefined {
  const lowestAsk = resting.bestPrice(Side.sell);
  const highestBid = resting.bestPrice(Side.buy);
  if (lowestAsk === undefined || highestBid === undefined || lowestAsk > highestBid) {
    return undefined;
  }
  const bids = quantitiesOf(resting, Side.buy, lowestAsk);
  const asks = quantitiesOf(resting, Side.sell, highestBid);
  const prices = candidatePrices([...bids, ...asks], { reference, priceMax });
  const chosen = choose(candidatesAt(prices, bids, asks), reference);
  if (chosen === undefined || chosen.volume === 0) return undefined;
  return {
    price: chosen.price,
    volume: chosen.volume,
    surplusSide: chosen.surplus < 0 ? Side.sell : Side.buy,
    surplus: Math.abs(chosen.surplus),
  };
}

/** All that a side has at each price, best first, up to a price. */
function quantitiesOf(resting: RestingOrders, side: Side, worst: Ticks): PricedQuantity[] {
  const ladders = [resting.displayed[side]];
  if (resting.hiddenCount[side]! > 0) ladders.push(resting.hidden(side));
  return ladders.flatMap((ladder) => quantitiesOn(ladder, worst)).sort(byMatching(side));
}

function quantitiesOn(ladder: PriceLadder, worst: Ticks): PricedQuantity[] {
  const { levels } = ladder;
  const quantities: PricedQuantity[] = [];
  for (let level = ladder.best; level !== none; level = ladder.behind(level)) {
    const price = levels.price[level]!;
    if (ladder.side === Side.buy ? price < worst : price > worst) break;
    quantities.push({ price, quantity: levels.quantity[level]! + levels.reserve[level]! });
  }
  return quantities;
}

function byMatching(side: Side): (a: PricedQuantity, b: PricedQuantity) => number {
  return side === Side.buy ? (a, b) => b.price - a.price : (a, b) => a.price - b.price;
}

/** Ascending, each once. */
function candidatePrices(
  quantities: readonly PricedQuantity[],
  { reference, priceMax }: { reference: Ticks | undefined; priceMax: Ticks },
): Ticks[] {
  const limits = quantities.map(({ price }) => price);
  const prices = limits.filter((price) => price >= 1 && price <= priceMax);
  const isBetween =
    reference !== undefined &&
    (prices.length === 0 ||
      (reference >= prices.reduce((a, b) => Math.min(a, b)) &&
        reference <= prices.reduce((a, b) => Math.max(a, b))));
  if (isBetween) prices.push(reference);
  return [...new Set(prices)].sort((a, b) => a - b);
}

function candidatesAt(
  prices: readonly Ticks[],
  bids: readonly PricedQuantity[],
  asks: readonly PricedQuantity[],
): Candidate[] {
  let demand = bids.reduce((sum, { quantity }) => sum + quantity, 0);
  let supply = 0;
  let ask = 0;
  let bid = bids.length - 1;
  return prices.map((price) => {
    for (; ask < asks.length && asks[ask]!.price <= price; ask++) supply += asks[ask]!.quantity;
    for (; bid >= 0 && bids[bid]!.price < price; bid--) demand -= bids[bid]!.quantity;
    return { price, volume: Math.min(demand, supply), surplus: demand - supply };
  });
}

function choose(
  candidates: readonly Candidate[],
  reference: Ticks | undefined,
): Candidate | undefined {
  const volumeMax = candidates.reduce((most, { volume }) => Math.max(most, volume), 0);
  const largest = candidates.filter(({ volume }) => volume === volumeMax);
  const surplusMin = largest.reduce(
    (least, { surplus }) => Math.min(least, Math.abs(surplus)),
    Infinity,
  );
  const left = largest.filter(({ surplus }) => Math.abs(surplus) === surplusMin);
  const [lowest] = left;
  const highest = left.at(-1);
  if (lowest === undefined || highest === undefined) return undefined;
  if (left.every(({ surplus }) => surplus > 0)) return highest;
  if (left.every(({ surplus }) => surplus < 0)) return lowest;
  const aim = reference ?? middleOf(lowest.price, highest.price);
  // Ascending, so of two that are equally close the later is the higher.
  return left.reduce((closest, candidate) => {
    return Math.abs(candidate.price - aim) <= Math.abs(closest.price - aim) ? candidate : closest;
  });
}

function middleOf(low: Ticks, high: Ticks): Ticks {
  return low + (divideFloor(high - low, 2) as Ticks);
}

/** Executes an equilibrium. */
export function uncross(
  resting: RestingOrders,
  listener: OrderBookListener,
  { price, volume }: Equilibrium,
): void {
  const buyers = new AuctionSide(resting, Side.buy);
  const sellers = new AuctionSide(resting, Side.sell);
  let left = volume;
  while (left > 0) {
    const buyer = buyers.next();
    const seller = sellers.next();
    assert(buyer !== none && seller !== none, "less can be executed than the equilibrium says");
    const { orders } = resting;
    const quantity = Math.min(left, resting.total(buyer), resting.total(seller));
    left -= quantity;
    const fill: Fill = {
      restingOrderId: orders.orderId[buyer]!,
      restingOwner: orders.owner[buyer]!,
      restingRemaining: resting.total(buyer) - quantity,
      incomingOrderId: orders.orderId[seller]!,
      incomingOwner: orders.owner[seller]!,
      incomingRemaining: resting.total(seller) - quantity,
      incomingSide: Side.sell,
      price,
      quantity,
    };
    listener.traded(fill);
    resting.consumeInPlace(buyer, quantity);
    resting.consumeInPlace(seller, quantity);
  }
  buyers.tell(listener);
  sellers.tell(listener);
}

/** One side of an uncrossing, worked off in order. */
class AuctionSide {
  readonly #resting: RestingOrders;
  readonly #side: Side;
  /** Displayed prices that were reached, best first. */
  readonly #reached: Ticks[] = [];
  #level: number = none;

  constructor(resting: RestingOrders, side: Side) {
    this.#resting = resting;
    this.#side = side;
  }

  /** The order that is next to trade, or none. */
  next(): number {
    const { levels } = this.#resting;
    if (this.#level !== none && levels.orderCount[this.#level] === 0) {
      this.#resting.drop(this.#level);
      this.#level = none;
    }
    if (this.#level === none) {
      this.#level = this.#bestLevel();
      if (this.#level === none) return none;
      if (!this.#resting.isHiddenLevel(this.#level)) {
        this.#reached.push(levels.price[this.#level]!);
      }
    }
    return levels.head[this.#level]!;
  }

  tell(listener: OrderBookListener): void {
    const { levels, displayed } = this.#resting;
    if (this.#level !== none && levels.orderCount[this.#level] === 0) {
      this.#resting.drop(this.#level);
    }
    for (const price of this.#reached) {
      const level = displayed[this.#side].find(price);
      listener.levelChanged(this.#side, price, level === none ? 0 : levels.quantity[level]!);
    }
  }

  #bestLevel(): number {
    const { levels, displayed, hiddenCount } = this.#resting;
    const shown = displayed[this.#side].best;
    if (hiddenCount[this.#side] === 0) return shown;
    const hidden = this.#resting.hidden(this.#side).best;
    if (shown === none) return hidden;
    const shownPrice = levels.price[shown]!;
    const isShownFirst = betterPrice(this.#side, shownPrice, levels.price[hidden]!) === shownPrice;
    return isShownFirst ? shown : hidden;
  }
}
