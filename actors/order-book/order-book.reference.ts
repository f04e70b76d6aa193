/**
 * The order book as one would explain it: a list of orders, sorted and summed when somebody asks.
 *
 * Same interface and same answers as the fast book, without any of its structures and without any
 * of its code. Slow on purpose; the fuzz tests hold the two against each other.
 */
import { assert } from "../../protocols/assert.ts";
import type { OrderId } from "../../protocols/identifiers.ts";
import { Side } from "../../protocols/order-terms.ts";
import type { Lots, Ticks } from "../../protocols/units.ts";
import type {
  DepthLevel,
  IncomingOrder,
  OrderBook,
  OrderBookListener,
  ReplaceOutcome,
  RestingOrder,
} from "./order-book.ts";

/** What one can do with either book. */
export type OrderBookInterface = Pick<OrderBook, keyof OrderBook>;

export class ReferenceOrderBook implements OrderBookInterface {
  readonly #listener: OrderBookListener;
  /** Every resting order, in the order in which they took their places in the queues. */
  #orders: RestingOrder[] = [];

  constructor(listener: OrderBookListener) {
    this.#listener = listener;
  }

  place(order: IncomingOrder): Lots {
    assert(order.quantity > 0);
    assert(!this.has(order.orderId));
    const restingSide = order.side === Side.buy ? Side.sell : Side.buy;
    const acceptable = () =>
      this.#prices(restingSide).filter((price) => isAcceptable(order, price));
    let { quantity: remaining, budget } = order;
    for (const price of acceptable()) {
      const before = remaining;
      for (const resting of this.#queue(restingSide, price)) {
        const affordable = affordableQuantity(order, budget, price);
        const quantity = Math.min(remaining, resting.remaining, affordable);
        if (quantity === 0) break;
        remaining -= quantity;
        if (affordable !== Infinity) budget -= quantity * price;
        this.#trade(order, remaining, { resting, quantity });
      }
      if (remaining !== before) this.#tellLevel(restingSide, price);
    }
    const isStoppedByBudget = acceptable().length > 0;
    if (remaining === 0 || order.isMarket || order.isImmediate || isStoppedByBudget) {
      return remaining;
    }
    const { orderId, owner, side, price } = order;
    this.#orders.push({ orderId, owner, side, price, remaining });
    this.#tellLevel(side, price);
    return 0;
  }

  has(orderId: OrderId): boolean {
    return this.#find(orderId) !== undefined;
  }

  cancel(orderId: OrderId): Lots {
    const order = this.#find(orderId);
    if (order === undefined) return 0;
    this.#remove(order);
    this.#tellLevel(order.side, order.price);
    return order.remaining;
  }

  reduce(orderId: OrderId, newRemaining: Lots): boolean {
    const order = this.#find(orderId);
    if (order === undefined) return false;
    assert(newRemaining >= 1);
    assert(newRemaining <= order.remaining);
    if (newRemaining === order.remaining) return true;
    order.remaining = newRemaining;
    this.#tellLevel(order.side, order.price);
    return true;
  }

  replace(orderId: OrderId, price: Ticks, newRemaining: Lots): ReplaceOutcome {
    const order = this.#find(orderId);
    if (order === undefined) return "unknown";
    if (price === order.price && newRemaining <= order.remaining) {
      this.reduce(orderId, newRemaining);
      return "kept-priority";
    }
    this.#remove(order);
    // At the same price the level changes once, when the order is back.
    if (price !== order.price) this.#tellLevel(order.side, order.price);
    this.place({
      ...order,
      price,
      quantity: newRemaining,
      isMarket: false,
      isImmediate: false,
      budget: Number.MAX_SAFE_INTEGER,
    });
    return "lost-priority";
  }

  resting(orderId: OrderId, into: RestingOrder): boolean {
    const order = this.#find(orderId);
    if (order === undefined) return false;
    Object.assign(into, order);
    return true;
  }

  get bestBid(): Ticks | undefined {
    return this.#prices(Side.buy)[0];
  }

  get bestAsk(): Ticks | undefined {
    return this.#prices(Side.sell)[0];
  }

  bestQuantity(side: Side): Lots {
    return this.depth(side, 1)[0]?.[1] ?? 0;
  }

  get orderCount(): number {
    return this.#orders.length;
  }

  get levelCount(): number {
    return this.#prices(Side.buy).length + this.#prices(Side.sell).length;
  }

  depth(side: Side, levelsMax: number): DepthLevel[] {
    return this.#prices(side)
      .slice(0, levelsMax)
      .map((price) => [price, this.#total(side, price), this.#queue(side, price).length]);
  }

  visitResting(visit: (order: Readonly<RestingOrder>) => void): void {
    for (const side of [Side.buy, Side.sell]) {
      for (const price of this.#prices(side)) {
        for (const order of this.#queue(side, price)) visit(order);
      }
    }
  }

  restoreResting(order: Readonly<RestingOrder>): void {
    assert(!this.has(order.orderId));
    this.#orders.push({ ...order });
    const { bestBid, bestAsk } = this;
    assert(bestBid === undefined || bestAsk === undefined || bestBid < bestAsk);
  }

  #find(orderId: OrderId): RestingOrder | undefined {
    return this.#orders.find((order) => order.orderId === orderId);
  }

  #remove(removed: RestingOrder): void {
    this.#orders = this.#orders.filter((order) => order !== removed);
  }

  /** Every price at which a side has orders, best first. */
  #prices(side: Side): Ticks[] {
    const prices = this.#orders.filter((order) => order.side === side).map(({ price }) => price);
    return [...new Set(prices)].sort((a, b) => (side === Side.buy ? b - a : a - b));
  }

  /** The orders at one price, oldest first. */
  #queue(side: Side, price: Ticks): RestingOrder[] {
    return this.#orders.filter((order) => order.side === side && order.price === price);
  }

  #total(side: Side, price: Ticks): Lots {
    return this.#queue(side, price).reduce((total, { remaining }) => total + remaining, 0);
  }

  #tellLevel(side: Side, price: Ticks): void {
    this.#listener.levelChanged(side, price, this.#total(side, price));
  }

  #trade(
    incoming: IncomingOrder,
    incomingRemaining: Lots,
    { resting, quantity }: { resting: RestingOrder; quantity: Lots },
  ): void {
    resting.remaining -= quantity;
    if (resting.remaining === 0) this.#remove(resting);
    this.#listener.traded({
      restingOrderId: resting.orderId,
      restingOwner: resting.owner,
      restingRemaining: resting.remaining,
      incomingOrderId: incoming.orderId,
      incomingOwner: incoming.owner,
      incomingRemaining,
      incomingSide: incoming.side,
      price: resting.price,
      quantity,
    });
  }
}

function isAcceptable(order: IncomingOrder, price: Ticks): boolean {
  if (order.isMarket) return true;
  return order.side === Side.buy ? price <= order.price : price >= order.price;
}

/** What the rest of the budget buys. Only buys have one, and only prices above zero cost. */
function affordableQuantity(order: IncomingOrder, budget: number, price: Ticks): Lots {
  const isLimited = order.side === Side.buy && order.budget !== Number.MAX_SAFE_INTEGER;
  return isLimited && price > 0 ? Number(BigInt(budget) / BigInt(price)) : Infinity;
}
