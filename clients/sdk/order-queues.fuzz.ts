/**
 * Goal: a side of a book by order equals a plain list of its orders, sorted by price and entry id,
 * and a side that was cut equals the beginning of that list, whatever changes they go through.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OrderQueues } from "./order-queues.ts";
import type { DisplayedOrder } from "./order-queues.ts";

const change = fc.record({
  /** An order is added, or one of those that are there changes. */
  isNew: fc.boolean(),
  price: fc.integer({ min: 1, max: 8 }),
  which: fc.nat(),
  quantity: fc.nat({ max: 3 }),
});

describe.each(["bid", "ask"] as const)("the queues of a %s side", (side) => {
  const sign = side === "ask" ? 1 : -1;
  const byPriority = (a: DisplayedOrder, b: DisplayedOrder) => (a[1] - b[1]) * sign || a[0] - b[0];

  it("hold the orders of a list, in the order in which they trade", () => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 150 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat({ max: 150 }),
        (changes, size, resetAt) => {
          const whole = new OrderQueues(side);
          const cut = new OrderQueues(side);
          let orders: DisplayedOrder[] = [];
          for (const [at, { isNew, price, which, quantity }] of changes.entries()) {
            if (at === resetAt) cut.reset(orders.slice(0, size), size);
            const old = orders[which % Math.max(orders.length, 1)];
            if (isNew || old === undefined) {
              const order: DisplayedOrder = [at + 1, price, quantity + 1];
              for (const queues of [whole, cut]) queues.add(order);
              orders.push(order);
            } else {
              const [entryId, restingPrice] = old;
              for (const queues of [whole, cut]) queues.set(entryId, quantity);
              orders = orders.filter((order) => order !== old);
              if (quantity > 0) orders.push([entryId, restingPrice, quantity]);
            }
            orders.sort(byPriority);
            expect(whole.top(Infinity)).toEqual(orders);
            expect(whole.best).toEqual(orders[0]);
            expect(whole.count).toBe(orders.length);
            expect(whole.at(price)).toEqual(orders.filter((order) => order[1] === price));
            if (at < resetAt) continue;
            expect(cut.top(Infinity)).toEqual(orders.slice(0, cut.count));
            if (!cut.isCut) expect(cut.count).toBe(orders.length);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
