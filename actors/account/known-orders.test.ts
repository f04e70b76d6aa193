import { describe, expect, it } from "vitest";
import { InvariantViolation } from "../../protocols/index.ts";
import { apples } from "../testing/instruments.ts";
import { closedOrderRetentionUs, KnownOrders } from "./known-orders.ts";
import { LifecycleEvent } from "./order-lifecycle.ts";
import { restoreOrder, snapshotOfOrder } from "./order-snapshot.ts";
import { Order } from "./order.ts";
import type { OrderTerms } from "./order.ts";
import { hashOfName } from "./slot-index.ts";

const owner = { account: "alice", venue: { isHalted: false, instrument: () => apples } };

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
  orders.close(order);
  orders.archive(order, atUs);
}

/** Knows orders 1 to `count`, all working. */
function knowing(count: number): { orders: KnownOrders; list: Order[] } {
  const orders = new KnownOrders("alice");
  const list = Array.from({ length: count }, (_, index) => orders.open(termsOf(index + 1)));
  return { orders, list };
}

/** As it comes back from a snapshot. */
function restored(orders: KnownOrders): KnownOrders {
  const open = [...orders.working(), ...orders.closing()].map((order) =>
    restoreOrder(snapshotOfOrder(order), owner),
  );
  return KnownOrders.restore(open, orders.savedClosed(), owner);
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
    expect([orders.workingCount, orders.closedCount]).toEqual([0, 5]);
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
    expect(() => orders.open({ ...termsOf(3), clientOrderId: "c1" })).toThrow(InvariantViolation);
    expect(() => orders.archive(list[0]!, 0)).toThrow(InvariantViolation);
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
    expect(orders.find(0, "c1")?.orderId).toBe(1);
    expect(orders.find(1, "")?.clientOrderId).toBe("c1");
    orders.forgetClosed(6 + closedOrderRetentionUs);
    expect(orders.find(0, "c1")).toBeUndefined();
    expect(orders.find(1, "")).toBeUndefined();
    expect(orders.closedCount).toBe(0);
  });

  it("frees its name for another order once it is forgotten", () => {
    const { orders, list } = knowing(1);
    close(orders, list[0]!, 0);
    orders.forgetClosed(closedOrderRetentionUs + 1);
    expect(orders.open({ ...termsOf(2), clientOrderId: "c1" }).orderId).toBe(2);
    expect(orders.find(0, "c1")?.orderId).toBe(2);
  });

  it("stays what it is while the book still owes an answer, however long", () => {
    const { orders, list } = knowing(2);
    const order = list[0]!;
    order.begin({ kind: "cancel", revision: 0, price: 0, quantity: 0, waiters: [] });
    close(orders, order, 0);
    close(orders, list[1]!, 0);
    orders.forgetClosed(closedOrderRetentionUs * 2);
    expect([ids(orders.closing()), orders.closedCount]).toEqual([[1], 0]);
    expect(orders.find(0, "c1")).toBe(order);
    order.settleNext();
    orders.archive(order, closedOrderRetentionUs * 2);
    expect([ids(orders.closing()), orders.closedCount]).toEqual([[], 1]);
    orders.forgetClosed(closedOrderRetentionUs * 3);
    expect(orders.find(0, "c1")?.orderId).toBe(1);
    orders.forgetClosed(closedOrderRetentionUs * 3 + 1);
    expect(orders.find(0, "c1")).toBeUndefined();
  });

  it("comes back from a snapshot with those that work, and those between", () => {
    const { orders, list } = knowing(4);
    list[2]!.begin({ kind: "cancel", revision: 0, price: 0, quantity: 0, waiters: [] });
    for (const index of [1, 2]) close(orders, list[index]!, 7);
    const copy = restored(orders);
    expect([ids(copy.working()), ids(copy.closing()), copy.closedCount]).toEqual([[1, 4], [3], 1]);
    expect(copy.savedClosed()).toEqual(orders.savedClosed());
    expect(copy.find(0, "c2")?.view()).toEqual(orders.find(0, "c2")?.view());
    copy.forgetClosed(closedOrderRetentionUs + 8);
    expect(copy.find(2, "")).toBeUndefined();
    expect(ids(copy.closing())).toEqual([3]);
  });
});

describe("a placing that was refused", () => {
  it("is known by its name and by no id", () => {
    const orders = new KnownOrders("alice");
    const refused = new Order(termsOf(0));
    refused.advance(LifecycleEvent.refused);
    orders.addRefused(refused, 0);
    expect(orders.find(0, "c0")?.placedPrice).toBe(10);
    expect(restored(orders).find(0, "c0")?.placedPrice).toBe(10);
    orders.forgetClosed(closedOrderRetentionUs + 1);
    expect(orders.find(0, "c0")).toBeUndefined();
    expect(() => orders.addRefused(new Order(termsOf(1)), 0)).toThrow(InvariantViolation);
  });
});

describe("names that were chosen to collide", () => {
  it("are found as all others, before the account notices and after", () => {
    const names: string[] = [];
    for (let number = 0; names.length < 300; number++) {
      const name = `n${number.toString(36)}`;
      if ((hashOfName(name, 0) & 1023) === 5) names.push(name);
    }
    const orders = new KnownOrders("alice");
    names.forEach((clientOrderId, index) => {
      const order = orders.open({ ...termsOf(index + 1), clientOrderId });
      if (index % 2 === 0) close(orders, order, 1_700_000_000_000_000);
    });
    for (let turn = 0; turn < 3; turn++) {
      names.forEach((name, index) => expect(orders.find(0, name)?.orderId).toBe(index + 1));
      orders.forgetClosed(1_700_000_000_123_456);
    }
    orders.forgetClosed(1_700_000_000_000_001 + closedOrderRetentionUs);
    expect([orders.closedCount, orders.workingCount]).toEqual([0, 150]);
    for (const order of orders.working()) close(orders, order, 1_700_000_000_123_456);
    expect(orders.find(0, names[1]!)?.orderId).toBe(2);
  });
});

describe("an object of an order that is over", () => {
  it("brings nothing of it to the order that gets it", () => {
    const { orders, list } = knowing(1);
    const order = list[0]!;
    order.addWaiter({ producer: "gw", epoch: 1, frame: 1, index: 0 });
    order.begin({ kind: "replace", revision: 1, price: 7, quantity: 7, waiters: [] });
    order.remember(order.settleNext(), 140);
    for (const [field, value] of Object.entries(order)) {
      if (typeof value === "number") Object.assign(order, { [field]: value + 1 });
    }
    const { nameHash } = new KnownOrders("bob").open(termsOf(1));
    Object.assign(order, { orderId: 1, lifecycle: 0, place: 0, slot: 0, nameHash });
    close(orders, order, 0);
    const next: OrderTerms = { ...termsOf(9), side: 1, orderType: 1, timeInForce: 1, price: 3 };
    const renewed = orders.open(next);
    expect(renewed).toBe(order);
    const fresh = Object.assign(new Order(next), { nameHash: renewed.nameHash });
    expect(snapshotOfOrder(renewed)).toEqual(snapshotOfOrder(fresh));
    expect(renewed).toEqual(fresh);
  });
});
