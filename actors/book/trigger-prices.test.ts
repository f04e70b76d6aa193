import { beforeEach, describe, expect, it } from "vitest";
import { OrderType, Side, TriggerSource } from "../../protocols/index.ts";
import { Queue } from "../queue.ts";
import { Stage } from "./book-order.ts";
import type { BookOrder } from "./book-order.ts";
import { bookOrder } from "./testing/book-orders.ts";
import { followed, isReached, TriggerPrices, WatchedPrice, watchedBy } from "./trigger-prices.ts";

let orders: Map<number, BookOrder>;
let triggers: TriggerPrices;

beforeEach(() => {
  orders = new Map();
  triggers = new TriggerPrices(orders);
});

function add(...added: readonly BookOrder[]): void {
  for (const order of added) {
    orders.set(order.orderId, order);
    triggers.add(order);
  }
}

/** Ids of those that a price sets off. */
function reached(watched: WatchedPrice, price: number): number[] {
  const into = new Queue<BookOrder>();
  triggers.takeReached(watched, price, into);
  for (const order of into.values()) order.stage = Stage.resting;
  return into.values().map(({ orderId }) => orderId);
}

const { last, ask, bid, mark } = WatchedPrice;
const waiting = (
  orderId: number,
  triggerPrice: number,
  terms: Parameters<typeof bookOrder>[1] = {},
): BookOrder => bookOrder(orderId, { ...terms, asks: { triggerPrice, ...terms.asks } });

describe("what an order waits for", () => {
  const { takeProfit, takeProfitLimit, stop, stopLimit } = OrderType;

  it.each([
    ["a stop to sell", stop, Side.sell, false],
    ["a stop to buy", stop, Side.buy, true],
    ["a stop-limit to sell", stopLimit, Side.sell, false],
    ["a take-profit to sell", takeProfit, Side.sell, true],
    ["a take-profit to buy", takeProfit, Side.buy, false],
    ["a take-profit-limit to buy", takeProfitLimit, Side.buy, false],
  ] as const)("is a fall or a rise to its trigger price: %s", (_, orderType, side, isRise) => {
    const order = waiting(1, 100, { orderType, side });
    expect([99, 100, 101].map((price) => isReached(order, price))).toEqual(
      isRise ? [false, true, true] : [true, true, false],
    );
    add(order);
    expect(reached(last, isRise ? 99 : 101)).toEqual([]);
    expect(reached(last, 100)).toEqual([1]);
    expect(reached(last, 100)).toEqual([]);
  });

  it("is one price and no other", () => {
    const { best } = TriggerSource;
    const of = (triggerSource: TriggerSource, side: Side = Side.sell): WatchedPrice =>
      watchedBy(waiting(1, 100, { side, asks: { triggerSource } }));
    expect([of(TriggerSource.last), of(TriggerSource.mark)]).toEqual([last, mark]);
    expect([of(best, Side.buy), of(best, Side.sell)]).toEqual([ask, bid]);
    add(waiting(1, 100, { asks: { triggerSource: best } }));
    add(waiting(2, 100, { asks: { triggerSource: TriggerSource.mark } }));
    expect([reached(last, 90), reached(ask, 90), reached(mark, 90)]).toEqual([[], [], [2]]);
    expect(reached(bid, 90)).toEqual([1]);
  });
});

describe("those that a price sets off", () => {
  it("come with the nearest trigger price first, then by arrival", () => {
    add(waiting(1, 95), waiting(2, 97), waiting(3, 95), waiting(4, 97), waiting(5, 94));
    expect(reached(last, 98)).toEqual([]);
    expect(reached(last, 95)).toEqual([2, 4, 1, 3]);
    expect(reached(last, 1)).toEqual([5]);
  });

  it("wait no more when they are gone, or were set off before", () => {
    const [one, two, three] = [waiting(1, 95), waiting(2, 95), waiting(3, 95)];
    add(one, two, three);
    orders.delete(1);
    two.stage = Stage.resting;
    expect(reached(last, 90)).toEqual([3]);
  });

  it("are set off by the trigger price that they have now, in their old turn", () => {
    const [one, two] = [waiting(1, 95), waiting(2, 93)];
    add(one, two);
    for (const triggerPrice of [80, 93]) {
      one.triggerPrice = triggerPrice;
      triggers.add(one);
    }
    expect(reached(last, 94)).toEqual([]);
    expect(reached(last, 93)).toEqual([1, 2]);
  });

  it("are set off once, however often they were given a trigger price", () => {
    const one = waiting(1, 95);
    add(one);
    for (const triggerPrice of [90, 95, 90, 95]) {
      one.triggerPrice = triggerPrice;
      triggers.add(one);
    }
    const into = new Queue<BookOrder>();
    triggers.takeReached(last, 95, into);
    expect(new Set(into.values())).toEqual(new Set([one]));
    one.stage = Stage.resting;
    expect(reached(last, 80)).toEqual([]);
  });
});

describe("a trailing stop", () => {
  const trailing = (orderId: number, triggerPrice: number, asks: object, side: Side = Side.sell) =>
    waiting(orderId, triggerPrice, { orderType: OrderType.trailingStop, side, asks });

  it("follows at its distance, and never away", () => {
    const sale = trailing(1, 90, { trailTicks: 5 });
    expect([94, 95, 96, 120].map((price) => followed(sale, price))).toEqual([90, 90, 91, 115]);
    const buy = trailing(1, 110, { trailTicks: 5 }, Side.buy);
    expect([106, 105, 104, 80].map((price) => followed(buy, price))).toEqual([110, 110, 109, 85]);
    const byPoints = trailing(1, 90, { trailBasisPoints: 99 });
    expect([100, 102, 1000].map((price) => followed(byPoints, price))).toEqual([100, 101, 991]);
  });

  it("is taken in turn with others, and set off where the price comes back to it", () => {
    add(trailing(1, 90, { trailTicks: 5 }), trailing(2, 90, { trailTicks: 3 }));
    add(trailing(3, 120, { trailTicks: 5 }, Side.buy));
    expect(reached(last, 100)).toEqual([]);
    expect(reached(last, 97)).toEqual([2]);
    expect(reached(last, 95)).toEqual([1]);
    expect(reached(last, 100)).toEqual([3]);
    expect(reached(last, 1)).toEqual([]);
  });

  it("follows no more when it is gone", () => {
    const order = trailing(1, 90, { trailTicks: 5 });
    add(order);
    orders.delete(1);
    triggers.remove(order);
    expect(reached(last, 200)).toEqual([]);
    expect(order.triggerPrice).toBe(90);
  });

  it("that is taken up again is one all the same", () => {
    const order = trailing(1, 90, { trailTicks: 5 });
    add(order, order);
    expect(reached(last, 90)).toEqual([1]);
  });
});
