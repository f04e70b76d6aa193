import { describe, expect, it } from "vitest";
import { InvariantViolation } from "../../protocols/index.ts";
import { apples, pears } from "../testing/instruments.ts";
import { closedOrderRetentionUs, closedOrdersMax, KnownOrders } from "./known-orders.ts";
import { LifecycleEvent } from "./order-lifecycle.ts";
import { restoreOrder, snapshotOfOrder } from "./order-snapshot.ts";
import { Order } from "./order.ts";
import type { OrderTerms } from "./order.ts";

function termsOf(orderId: number): OrderTerms {
  return {
    orderId,
    account: "alice",
    clientOrderId: `c${String(orderId)}`,
    instrument: apples,
    side: 0,
    orderType: 0,
    timeInForce: 0,
    price: 10,
    quantity: 1,
    placedAtUs: 0,
  };
}

function close(orders: KnownOrders, order: Order, atUs: number): void {
  order.advance(LifecycleEvent.refused);
  order.closedAtUs = atUs;
  orders.close(order);
}

/** Knows orders 1 to `count`, all working. */
function knowing(count: number): { orders: KnownOrders; list: Order[] } {
  const orders = new KnownOrders();
  const list = Array.from({ length: count }, (_, index) => orders.open(termsOf(index + 1)));
  return { orders, list };
}

const ids = (orders: Iterable<Order>): number[] => [...orders].map(({ orderId }) => orderId);

describe("the orders an account knows", () => {
  it("are found by either name", () => {
    const { orders, list } = knowing(2);
    expect(orders.find(2, "")).toBe(list[1]);
    expect(orders.find(0, "c1")).toBe(list[0]);
    expect(orders.find(3, "c1")).toBeUndefined();
    expect(orders.find(0, "c3")).toBeUndefined();
  });

  it("work in the order of placing, whichever are closed", () => {
    const { orders, list } = knowing(5);
    const seen = [ids(orders.working())];
    for (const index of [2, 0, 4, 1, 3]) {
      close(orders, list[index]!, 0);
      seen.push(ids(orders.working()));
    }
    expect(seen).toEqual([[1, 2, 3, 4, 5], [1, 2, 4, 5], [2, 4, 5], [2, 4], [4], []]);
    expect(orders.workingCount).toBe(0);
    expect(ids(orders.closed())).toEqual([3, 1, 5, 2, 4]);
    orders.open(termsOf(6));
    expect([ids(orders.working()), orders.workingCount]).toEqual([[6], 1]);
  });

  it("may be closed while they are being visited", () => {
    const { orders } = knowing(3);
    for (const order of orders.working()) close(orders, order, 0);
    expect(ids(orders.working())).toEqual([]);
  });

  it("have names of their own, and are closed once", () => {
    const { orders, list } = knowing(2);
    expect(() => orders.open(termsOf(2))).toThrow(InvariantViolation);
    expect(() => orders.open({ ...termsOf(3), clientOrderId: "c1" })).toThrow(InvariantViolation);
    close(orders, list[0]!, 0);
    expect(() => orders.close(list[0]!)).toThrow(InvariantViolation);
  });
});

describe("a closed order", () => {
  it("is known for sixty seconds of log time, to the microsecond", () => {
    const { orders, list } = knowing(1);
    close(orders, list[0]!, 5);
    expect(closedOrderRetentionUs).toBe(60_000_000);
    orders.forgetClosed(5 + closedOrderRetentionUs);
    expect(orders.find(0, "c1")).toBe(list[0]);
    orders.forgetClosed(6 + closedOrderRetentionUs);
    expect(orders.find(0, "c1")).toBeUndefined();
    expect(orders.find(1, "")).toBeUndefined();
  });

  it("frees its name for another order", () => {
    const { orders, list } = knowing(1);
    close(orders, list[0]!, 0);
    const another = { ...termsOf(2), clientOrderId: "c1" };
    expect(() => orders.open(another)).toThrow(InvariantViolation);
    const { orders: later, list: closed } = knowing(1);
    close(later, closed[0]!, 0);
    later.forgetClosed(closedOrderRetentionUs + 1);
    expect(later.open(another).orderId).toBe(2);
    expect(later.find(0, "c1")?.orderId).toBe(2);
  });

  it("is not forgotten while the book still owes an answer, nor are those closed after it", () => {
    const { orders, list } = knowing(2);
    list[0]!.begin({ kind: "cancel", revision: 0, price: 0, quantity: 0, waiters: [] });
    close(orders, list[0]!, 0);
    close(orders, list[1]!, 0);
    orders.forgetClosed(closedOrderRetentionUs * 2);
    expect(ids(orders.closed())).toEqual([1, 2]);
    list[0]!.settleNext();
    orders.forgetClosed(closedOrderRetentionUs * 2);
    expect(ids(orders.closed())).toEqual([]);
  });

  it("is forgotten sooner when very many are closed after it", () => {
    const orders = new KnownOrders();
    for (let orderId = 1; orderId <= closedOrdersMax + 10; orderId++) {
      close(orders, orders.open(termsOf(orderId)), 0);
      orders.forgetClosed(0);
    }
    expect(orders.closed()).toHaveLength(closedOrdersMax);
    expect(orders.find(10, "")).toBeUndefined();
    expect(orders.find(11, "")).toBeDefined();
  });

  it("comes back from a snapshot with those that work", () => {
    const { orders, list } = knowing(3);
    close(orders, list[1]!, 0);
    const restored = new KnownOrders();
    const owner = { account: "alice", venue: { isHalted: false, instrument: () => apples } };
    for (const order of [...orders.working(), ...orders.closed()]) {
      restored.restore(restoreOrder(snapshotOfOrder(order), owner));
    }
    expect([ids(restored.working()), ids(restored.closed())]).toEqual([[1, 3], [2]]);
    restored.forgetClosed(closedOrderRetentionUs + 1);
    expect(restored.find(2, "")).toBeUndefined();
  });
});

describe("a forgotten order", () => {
  it("leaves nothing behind in the order that gets its memory", () => {
    const { orders, list } = knowing(1);
    const order = list[0]!;
    order.addWaiter({ producer: "gw", epoch: 1, frame: 1, index: 0 });
    order.begin({ kind: "replace", revision: 1, price: 7, quantity: 7, waiters: [] });
    order.remember(order.settleNext(), 140);
    for (const [field, value] of Object.entries(order)) {
      if (typeof value === "number") Object.assign(order, { [field]: value + 1 });
    }
    Object.assign(order, { orderId: 1, lifecycle: 0, place: 0 });
    close(orders, order, 0);
    orders.forgetClosed(closedOrderRetentionUs + 1);
    const next: OrderTerms = {
      orderId: 9,
      account: "bob",
      clientOrderId: "next",
      instrument: pears,
      side: 1,
      orderType: 1,
      timeInForce: 1,
      price: 3,
      quantity: 4,
      placedAtUs: 5,
    };
    const renewed = orders.open(next);
    expect(renewed).toBe(order);
    expect(snapshotOfOrder(renewed)).toEqual(snapshotOfOrder(new Order(next)));
    expect(renewed).toEqual(new Order(next));
  });
});
