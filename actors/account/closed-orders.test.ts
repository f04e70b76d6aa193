/**
 * Method: random orders that are over are kept, forgotten and restored next to a plain list of
 * them; the clock runs past many chunks of rows.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { amountMax, amountOf, InvariantViolation, pack, unpack } from "../../protocols/index.ts";
import type { OrderView } from "../../protocols/index.ts";
import { apples, gold, instruments, pears } from "../testing/instruments.ts";
import { Random } from "../testing/random.ts";
import { ClosedOrders } from "./closed-orders.ts";
import type { SavedClosedOrders } from "./closed-orders.ts";
import { closedStateOf } from "./order-lifecycle.ts";
import { Order } from "./order.ts";
import { hashOfName } from "./slot-index.ts";

const venue = {
  isHalted: false,
  instrument: (symbol: string) => instruments.find((terms) => terms.symbol === symbol),
};
const amounts = [0, 1, 2 ** 32, 2 ** 53 - 1, amountOf(2n ** 53n), amountMax] as const;

/** An order that is over, every field of it drawn. */
function orderOf(orderId: number, random: Random): Order {
  const order = new Order({
    orderId,
    account: "alice",
    clientOrderId: `${"n".repeat(random.below(20))}-${String(orderId)}`,
    instrument: random.pick([apples, pears, gold]),
    side: random.pick([0, 1] as const),
    orderType: random.pick([0, 1] as const),
    timeInForce: random.pick([0, 1] as const),
    price: random.below(2 ** 31),
    quantity: random.below(2 ** 31) * 512,
    placedAtUs: 1_700_000_000_000_000 + random.below(1_000_000),
  });
  order.lifecycle = closedStateOf(random.pick([3, 4, 5] as const));
  order.executed = random.below(2 ** 31) * 512;
  order.executedNotional = random.pick(amounts);
  order.fees = random.pick(amounts);
  order.updateId = random.below(2 ** 31);
  order.closeReason = random.pick([0, 1, 2, 3] as const);
  order.refusedBecause = random.pick([0, 130, 150] as const);
  order.nameHash = hashOfName(order.clientOrderId, 0);
  if (random.isOneOf(20)) {
    order.revision = 1 + random.below(9);
    order.price = random.below(2 ** 31);
    order.quantity = random.below(2 ** 31);
    order.settled = [{ revision: 1, price: 5, quantity: 6, rejectReason: 92 }];
  }
  return order;
}

/** All that may be asked of a closed order. */
function told(order: Order | undefined): unknown {
  if (order === undefined) return undefined;
  const { placedPrice, placedQuantity, updateId, refusedBecause, settled, pending } = order;
  const view: OrderView = order.view();
  return { view, placedPrice, placedQuantity, updateId, refusedBecause, settled, pending };
}

describe("closed orders", () => {
  it("say what became of them until they are forgotten, restored or not", () => {
    const property = fc.property(fc.integer(), fc.nat({ max: 5000 }), (seed, count) => {
      const random = new Random(seed);
      let orders = new ClosedOrders("alice");
      /** The list's first order has this number in the rows. */
      let first = 0;
      const list: { order: Order; atUs: number }[] = [];
      let nowUs = 1_700_000_000_000_000;
      const restoreAt = random.below(count + 1);
      for (let orderId = 1; orderId <= count; orderId++) {
        nowUs += random.below(10);
        const order = orderOf(orderId, random);
        expect(orders.add(order, nowUs)).toBe(first + list.length);
        list.push({ order, atUs: nowUs });
        const before = random.isOneOf(5) ? nowUs - random.below(20_000) : 0;
        for (; orders.isFirstBefore(before); first++) {
          expect(list.shift()?.atUs).toBeLessThan(before);
          orders.forgetFirst();
        }
        expect(list[0]?.atUs ?? Infinity).toBeGreaterThanOrEqual(before);
        if (orderId !== restoreAt) continue;
        const saved = unpack(pack(orders.snapshot())) as SavedClosedOrders;
        orders = ClosedOrders.restore(saved, "alice", venue);
        orders.rehash(0);
        first = 0;
        expect(pack(orders.snapshot())).toEqual(pack(saved));
      }
      expect([orders.count, orders.first]).toEqual([list.length, first]);
      expect(orders.end).toBe(first + list.length);
      list.forEach(({ order }, index) => {
        const number = first + index;
        expect(orders.orderIdAt(number)).toBe(order.orderId);
        expect(orders.nameAt(number)).toBe(order.clientOrderId);
        expect(orders.nameHashAt(number)).toBe(order.nameHash);
        if (random.isOneOf(10)) expect(told(orders.orderAt(number))).toEqual(told(order));
      });
    });
    fc.assert(property, { numRuns: 12 });
  });

  it("have hashes of their names under the present seed", () => {
    const random = new Random(3);
    const orders = new ClosedOrders("alice");
    const list = Array.from({ length: 3000 }, (_, index) => orderOf(index + 1, random));
    list.forEach((order, index) => orders.add(order, index));
    orders.rehash(77);
    list.forEach(({ clientOrderId }, number) => {
      expect(orders.nameHashAt(number)).toBe(hashOfName(clientOrderId, 77));
    });
  });

  it("that are none cannot be forgotten", () => {
    const orders = new ClosedOrders("alice");
    expect(orders.isFirstBefore(Infinity)).toBe(false);
    expect(() => orders.forgetFirst()).toThrow(InvariantViolation);
  });

  it("that differ in nothing have equal rows, whatever was in their place before", () => {
    const random = new Random(4);
    const [fresh, used] = [new ClosedOrders("alice"), new ClosedOrders("alice")];
    for (let index = 0; index < 20_000; index++) {
      used.add(Object.assign(orderOf(index + 1, random), { instrument: apples, revision: 0 }), 1);
      used.forgetFirst();
    }
    for (let orderId = 90_001; orderId < 90_100; orderId++) {
      const order = Object.assign(orderOf(orderId, random), { instrument: apples });
      fresh.add(order, 5);
      used.add(order, 5);
    }
    expect(used.snapshot()).toEqual(fresh.snapshot());
  });
});
