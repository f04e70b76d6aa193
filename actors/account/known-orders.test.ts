import { describe, expect, it } from "vitest";
import {
  amountMax,
  InvariantViolation,
  pack,
  plainInstructions,
  unpack,
  unrevised,
} from "../../protocols/index.ts";
import { bareVenue } from "../testing/bare-venue.ts";
import { apples, gold, instruments, pears } from "../testing/instruments.ts";
import { Random } from "../testing/random.ts";
import { closedOrderRetentionUs, KnownOrders } from "./known-orders.ts";
import type { SavedKnownOrders } from "./known-orders.ts";
import type { PendingChange } from "./order-change.ts";
import { LifecycleEvent } from "./order-lifecycle.ts";
import { OrderRows, rowBytes } from "./order-rows.ts";
import { Order } from "./order.ts";
import type { OrderTerms } from "./order.ts";
import { hashOfName } from "./slot-index.ts";

const venue = {
  ...bareVenue(),
  instrument: (symbol: string) => instruments.find((terms) => terms.symbol === symbol),
};

function termsOf(orderId: number, others: Partial<OrderTerms> = {}): OrderTerms {
  return {
    orderId,
    clientOrderId: `c${String(orderId)}`,
    instrument: apples,
    side: 0,
    orderType: 0,
    timeInForce: 0,
    price: 10,
    quantity: 1,
    placedAtUs: 0,
    instructions: plainInstructions,
    ...others,
  };
}

/** A change that nobody waits for. */
function changeTo(kind: PendingChange["kind"], terms: Partial<PendingChange> = {}): PendingChange {
  const unasked = { revision: 0, price: 0, quantity: 0, waiters: [] };
  return { kind, ...unasked, revised: unrevised, ...terms };
}

const cancel = changeTo("cancel");

function close(orders: KnownOrders, orderId: number, atUs: number): void {
  const order = orders.openWithId(orderId)!;
  order.advance(LifecycleEvent.refused);
  orders.close(order);
  orders.archive(order, atUs);
}

/** Knows orders 1 to `count`, all working. */
function knowing(count: number): KnownOrders {
  const orders = new KnownOrders("alice");
  for (let orderId = 1; orderId <= count; orderId++) orders.open(termsOf(orderId));
  return orders;
}

/** As it comes back from a snapshot. */
function restored(orders: KnownOrders, rows = new OrderRows()): KnownOrders {
  const saved = unpack(pack(orders.snapshot())) as SavedKnownOrders;
  return KnownOrders.restore(saved, { account: "alice", venue, rows });
}

const ids = (orders: Iterable<Order>): number[] => Array.from(orders, ({ orderId }) => orderId);

/** All that may be asked of the order that `find` finds. */
function told(order: Order | undefined): unknown {
  if (order === undefined) return undefined;
  const { placedPrice, placedQuantity, updateId, refusedBecause, settled, pending } = order;
  const view = order.view();
  return { view, placedPrice, placedQuantity, updateId, refusedBecause, settled, pending };
}

describe("the orders an account knows", () => {
  it("are found by either name", () => {
    const orders = knowing(2);
    expect(orders.find(2, "")?.clientOrderId).toBe("c2");
    expect(orders.find(0, "c1")?.orderId).toBe(1);
    expect(orders.openWithId(2)?.clientOrderId).toBe("c2");
    expect(orders.find(3, "c1")).toBeUndefined();
    expect(orders.find(0, "c3")).toBeUndefined();
    expect(orders.openWithId(3)).toBeUndefined();
    expect(orders.find(1, "c2")?.orderId).toBe(1);
  });

  it("are not found by ids that nobody gives out", () => {
    const orders = knowing(2);
    for (const orderId of [-1, -256, -2048, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]) {
      expect(orders.find(orderId, "c1")).toBeUndefined();
    }
  });

  it("work in the order of placing, whichever are closed", () => {
    const orders = knowing(5);
    const seen = [ids(orders.working())];
    for (const orderId of [3, 1, 5, 2, 4]) {
      close(orders, orderId, 0);
      seen.push(ids(orders.working()));
    }
    expect(seen).toEqual([[1, 2, 3, 4, 5], [1, 2, 4, 5], [2, 4, 5], [2, 4], [4], []]);
    expect([orders.workingCount, orders.closedCount]).toEqual([0, 5]);
    orders.open(termsOf(6));
    expect([ids(orders.working()), orders.workingCount]).toEqual([[6], 1]);
  });

  it("may be closed while they are being visited", () => {
    const orders = knowing(3);
    const visited: number[] = [];
    for (const order of orders.working()) {
      visited.push(order.orderId);
      close(orders, order.orderId, 0);
    }
    expect(visited).toEqual([1, 2, 3]);
    expect(ids(orders.working())).toEqual([]);
  });

  it("have names of their own, and are closed once", () => {
    const orders = knowing(3);
    expect(() => orders.open(termsOf(4, { clientOrderId: "c1" }))).toThrow(InvariantViolation);
    expect(() => orders.archive(orders.openWithId(1)!, 0)).toThrow(InvariantViolation);
    // Before it is archived, while another stands in its place, and when others follow it.
    orders.close(orders.find(1, "")!);
    expect(() => orders.close(orders.find(1, "")!)).toThrow(InvariantViolation);
    const order = orders.find(1, "")!;
    order.advance(LifecycleEvent.refused);
    orders.archive(order, 5);
    expect(() => orders.archive(orders.find(1, "")!, 6)).toThrow(InvariantViolation);
    expect(() => orders.close(orders.find(1, "")!)).toThrow(InvariantViolation);
    close(orders, 2, 5);
    for (const orderId of [1, 2]) {
      expect(() => orders.close(orders.find(orderId, "")!)).toThrow(InvariantViolation);
    }
    expect(ids(orders.working())).toEqual([3]);
  });

  it("have ids of their own", () => {
    const orders = knowing(1);
    const again = termsOf(1, { clientOrderId: "other" });
    expect(() => orders.open(again)).toThrow(InvariantViolation);
  });

  it("are handed over as one object, which others' fate does not move", () => {
    const orders = knowing(4);
    for (const orderId of [1, 2]) close(orders, orderId, 0);
    const order = orders.openWithId(3)!;
    orders.forgetClosed(closedOrderRetentionUs + 1);
    expect([order.orderId, orders.closedCount]).toEqual([3, 0]);
    order.advance(LifecycleEvent.refused);
    orders.close(order); // The fourth takes its place.
    expect(order.orderId).toBe(3);
    orders.archive(order, 0);
    expect(order.orderId).toBe(3);
    orders.snapshot();
    expect(order.orderId).toBe(3);
    expect(orders.openWithId(4)).toBe(order);
    expect(order.orderId).toBe(4);
  });
});

describe("accounts that share rows", () => {
  it("do not find each other's orders, whatever their names", () => {
    const rows = new OrderRows();
    const [alice, bob] = [new KnownOrders("alice", rows), new KnownOrders("bob", rows)];
    alice.open(termsOf(1, { clientOrderId: "same" }));
    bob.open(termsOf(2, { clientOrderId: "same" }));
    bob.open(termsOf(3));
    for (const [orders, account, orderId] of [
      [alice, "alice", 1],
      [bob, "bob", 2],
    ] as const) {
      expect(orders.find(orderId, "")?.view()).toMatchObject({ account, orderId });
      expect(orders.find(0, "same")?.view()).toMatchObject({ account, orderId });
    }
    expect(alice.find(2, "same")).toBeUndefined();
    expect(alice.find(3, "")).toBeUndefined();
    expect(bob.find(1, "same")).toBeUndefined();
    expect(alice.find(0, "c3")).toBeUndefined();
    // The book may be wrong, too.
    expect(alice.openWithId(2)).toBeUndefined();
    expect(bob.openWithId(2)?.clientOrderId).toBe("same");
    close(bob, 2, 0);
    expect(alice.find(2, "same")).toBeUndefined();
    bob.forgetClosed(closedOrderRetentionUs + 1);
    expect([ids(alice.working()), ids(bob.working())]).toEqual([[1], [3]]);
    expect(alice.find(1, "")?.clientOrderId).toBe("same");
  });

  it("come back into one set of rows", () => {
    const rows = new OrderRows();
    const before = { alice: knowing(3), bob: new KnownOrders("bob") };
    before.bob.open(termsOf(4, { clientOrderId: "c1" }));
    close(before.alice, 2, 7);
    const alice = restored(before.alice, rows);
    const saved = before.bob.snapshot();
    const bob = KnownOrders.restore(saved, { account: "bob", venue, rows });
    expect(alice.find(4, "")).toBeUndefined();
    expect(bob.find(1, "")).toBeUndefined();
    expect(alice.find(1, "")?.view().account).toBe("alice");
    expect(bob.find(4, "")?.view()).toEqual(before.bob.find(4, "")?.view());
    expect(alice.snapshot()).toEqual(before.alice.snapshot());
    expect(bob.snapshot()).toEqual(saved);
  });
});

describe("a closed order", () => {
  it("is known for sixty seconds of log time, to the microsecond", () => {
    const orders = knowing(1);
    close(orders, 1, 5);
    expect(closedOrderRetentionUs).toBe(60_000_000);
    orders.forgetClosed(5 + closedOrderRetentionUs);
    expect(orders.find(0, "c1")?.orderId).toBe(1);
    expect(orders.find(1, "")?.clientOrderId).toBe("c1");
    orders.forgetClosed(6 + closedOrderRetentionUs);
    expect(orders.find(0, "c1")).toBeUndefined();
    expect(orders.find(1, "")).toBeUndefined();
    expect(orders.openWithId(1)).toBeUndefined();
    expect(orders.closedCount).toBe(0);
  });

  it("is forgotten after those that were closed before it, and before those after", () => {
    const orders = knowing(4);
    for (const [index, orderId] of [3, 1, 4, 2].entries()) close(orders, orderId, index * 10);
    const known = () => [1, 2, 3, 4].filter((orderId) => orders.find(orderId, "") !== undefined);
    const seen: number[][] = [];
    for (const atUs of [1, 15, 25]) {
      orders.forgetClosed(closedOrderRetentionUs + atUs);
      seen.push(known());
    }
    expect(seen).toEqual([[1, 2, 4], [2, 4], [2]]);
    orders.open(termsOf(5));
    close(orders, 5, 40);
    orders.forgetClosed(closedOrderRetentionUs + 40);
    expect([orders.closedCount, orders.find(0, "c5")?.orderId]).toEqual([1, 5]);
  });

  it("frees its name for another order once it is forgotten", () => {
    const orders = knowing(1);
    close(orders, 1, 0);
    expect(() => orders.open(termsOf(2, { clientOrderId: "c1" }))).toThrow(InvariantViolation);
    orders.forgetClosed(closedOrderRetentionUs + 1);
    expect(orders.open(termsOf(2, { clientOrderId: "c1" })).orderId).toBe(2);
    expect(orders.find(0, "c1")?.orderId).toBe(2);
  });

  it("stays what it is while the book still owes an answer, however long", () => {
    const orders = knowing(2);
    orders.openWithId(1)!.begin(cancel);
    close(orders, 1, 0);
    close(orders, 2, 0);
    orders.forgetClosed(closedOrderRetentionUs * 2);
    expect([ids(orders.closing()), orders.closedCount]).toEqual([[1], 0]);
    const order = orders.find(0, "c1")!;
    expect([order.orderId, order.pending]).toEqual([1, [cancel]]);
    order.settleNext();
    orders.archive(order, closedOrderRetentionUs * 2);
    expect([ids(orders.closing()), orders.closedCount]).toEqual([[], 1]);
    orders.forgetClosed(closedOrderRetentionUs * 3);
    expect(orders.find(0, "c1")?.orderId).toBe(1);
    orders.forgetClosed(closedOrderRetentionUs * 3 + 1);
    expect(orders.find(0, "c1")).toBeUndefined();
  });

  it("comes back from a snapshot with those that work, and those between", () => {
    const orders = knowing(6);
    for (const orderId of [5, 3]) orders.openWithId(orderId)!.begin(cancel);
    for (const [index, orderId] of [6, 5, 2, 3].entries()) close(orders, orderId, index * 10);
    const copy = restored(orders);
    expect([ids(copy.working()), copy.workingCount]).toEqual([[1, 4], 2]);
    expect([ids(copy.closing()), copy.closedCount]).toEqual([[5, 3], 2]);
    expect(copy.snapshot()).toEqual(orders.snapshot());
    for (let orderId = 1; orderId <= 6; orderId++) {
      const name = `c${String(orderId)}`;
      expect(told(copy.find(0, name))).toEqual(told(orders.find(0, name)));
      expect(told(copy.find(orderId, ""))).toEqual(told(orders.find(orderId, "")));
    }
    // What was closed first is forgotten first.
    copy.forgetClosed(closedOrderRetentionUs + 1);
    expect([copy.find(6, ""), copy.find(2, "")?.orderId]).toEqual([undefined, 2]);
    close(copy, 4, 30);
    copy.forgetClosed(closedOrderRetentionUs + 21);
    expect([copy.find(2, ""), copy.find(4, "")?.orderId]).toEqual([undefined, 4]);
    expect([ids(copy.working()), ids(copy.closing())]).toEqual([[1], [5, 3]]);
    close(copy, 1, 30);
    expect(copy.workingCount).toBe(0);
  });
});

describe("a placing that was refused", () => {
  it("is known by its name and by no id", () => {
    const orders = new KnownOrders("alice");
    orders.addRefused(termsOf(0), 130, 0);
    expect(orders.find(0, "c0")?.placedPrice).toBe(10);
    expect(orders.find(0, "c0")?.refusedBecause).toBe(130);
    expect(orders.find(0, "c0")?.view()).toMatchObject({ orderId: 0, closeReason: 0 });
    expect(orders.find(0, "c0")?.isWorking).toBe(false);
    expect(orders.openWithId(0)).toBeUndefined();
    expect(told(restored(orders).find(0, "c0"))).toEqual(told(orders.find(0, "c0")));
    expect(restored(orders).openWithId(0)).toBeUndefined();
    orders.addRefused(termsOf(0, { clientOrderId: "another" }), 130, 0);
    expect(() => orders.addRefused(termsOf(0), 130, 0)).toThrow(InvariantViolation);
    expect([orders.closedCount, orders.workingCount]).toEqual([2, 0]);
    orders.forgetClosed(closedOrderRetentionUs);
    expect(orders.closedCount).toBe(2);
    orders.forgetClosed(closedOrderRetentionUs + 1);
    expect(orders.find(0, "c0")).toBeUndefined();
    expect(() => orders.addRefused(termsOf(1), 130, 0)).toThrow(InvariantViolation);
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
      orders.open(termsOf(index + 1, { clientOrderId }));
      if (index % 10 === 9) orders.openWithId(index + 1)!.begin(cancel);
      if (index % 2 === 0 || index % 10 === 9) close(orders, index + 1, 1_700_000_000_000_000);
    });
    for (let turn = 0; turn < 3; turn++) {
      names.forEach((name, index) => {
        expect(orders.find(0, name)?.orderId).toBe(index + 1);
        expect(orders.find(index + 1, "")?.clientOrderId).toBe(name);
      });
      expect(orders.find(0, names[1]!)?.orderId).toBe(2);
      orders.forgetClosed(1_700_000_000_123_456);
      // The same as just before, when its hash was another.
      expect(orders.find(0, names[1]!)?.orderId).toBe(2);
      expect(orders.find(0, "")).toBeUndefined();
    }
    orders.forgetClosed(1_700_000_000_000_001 + closedOrderRetentionUs);
    expect([orders.closedCount, orders.workingCount]).toEqual([0, 120]);
    expect(ids(orders.closing())).toHaveLength(30);
    for (const order of orders.working()) close(orders, order.orderId, 1_700_000_000_123_456);
    expect(orders.find(0, names[1]!)?.orderId).toBe(2);
    expect(orders.find(0, names[0]!)).toBeUndefined();
  });
});

describe("names of one hash", () => {
  const [one, other] = namesOfOneHash();

  it("are names of their own", () => {
    const orders = new KnownOrders("alice");
    orders.open(termsOf(1, { clientOrderId: one }));
    expect(orders.find(0, other)).toBeUndefined();
    orders.open(termsOf(2, { clientOrderId: other }));
    for (const known of [orders, restored(orders)]) {
      expect([known.find(0, one)?.orderId, known.find(0, other)?.orderId]).toEqual([1, 2]);
      expect(known.find(1, "")?.clientOrderId).toBe(one);
      expect(known.find(2, "")?.clientOrderId).toBe(other);
      close(known, 1, 0);
      known.forgetClosed(closedOrderRetentionUs + 1);
      expect([known.find(0, one), known.find(0, other)?.orderId]).toEqual([undefined, 2]);
      expect([known.find(1, ""), known.find(2, "")?.clientOrderId]).toEqual([undefined, other]);
    }
  });

  it("do not let one account find the other's order", () => {
    const rows = new OrderRows();
    const [alice, bob] = [new KnownOrders("alice", rows), new KnownOrders("bob", rows)];
    alice.open(termsOf(1, { clientOrderId: one }));
    bob.open(termsOf(2, { clientOrderId: other }));
    expect([alice.find(2, ""), bob.find(1, "")]).toEqual([undefined, undefined]);
    expect([alice.find(1, "")?.orderId, bob.find(2, "")?.orderId]).toEqual([1, 2]);
  });

  /** Among a hundred thousand names there are two, by chance. */
  function namesOfOneHash(): readonly [string, string] {
    const nameOf = new Map<number, string>();
    for (let number = 0; ; number++) {
      const name = `n${number.toString(36)}`;
      const hash = hashOfName(name, 0);
      const other = nameOf.get(hash);
      if (other !== undefined) return [name, other];
      nameOf.set(hash, name);
    }
  }
});

describe("equal orders", () => {
  /** Some that work, one that the book owes an answer, some closed, some refused. */
  function place(orders: KnownOrders, random: Random, nowUs: number): void {
    for (let orderId = 100_001; orderId <= 100_060; orderId++) {
      const clientOrderId = `${"n".repeat(random.below(30))}${String(orderId)}`;
      const instrument = random.pick(instruments);
      const order = orders.open(termsOf(orderId, { clientOrderId, instrument }));
      order.reserved = random.pick([0, 7, amountMax]);
      if (random.isOneOf(30)) {
        order.addWaiter({ producer: "gw", epoch: 1, frame: orderId, index: 0 });
      }
      if (random.isOneOf(20)) {
        const change = changeTo("replace", { revision: 1, price: 9, quantity: 2 });
        order.beginReplace(change, { price: 10, quantity: 2 });
      } else if (random.isOneOf(50)) {
        order.takeWaiting();
        order.reserved = 0;
        close(orders, orderId, nowUs + orderId);
      }
      if (random.isOneOf(10)) {
        orders.addRefused(termsOf(0, { clientOrderId: `r${String(orderId)}` }), 130, nowUs);
      }
    }
  }

  it("are saved as equal data, whatever was in their slots before", () => {
    const random = new Random(5);
    const rows = new OrderRows();
    const other = new KnownOrders("bob", rows);
    const used = new KnownOrders("alice", rows);
    let nowUs = 1;
    for (let orderId = 1; orderId <= 5000; orderId++) {
      const owner = random.isOneOf(50) ? used : other;
      const instrument = random.pick([gold, pears, apples]);
      const clientOrderId = `${"z".repeat(20)}${String(orderId)}`;
      const order = owner.open(termsOf(orderId, { clientOrderId, instrument, price: orderId }));
      order.executedNotional = amountMax;
      order.feeCredit = 9999;
      order.begin({ ...cancel, waiters: [] });
      if (owner === other && random.isOneOf(10)) {
        order.addWaiter({ producer: "gw", epoch: 1, frame: orderId, index: 1 });
        continue; // It stays.
      }
      order.settleNext();
      close(owner, orderId, nowUs);
      nowUs += random.below(1_000_000);
      owner.forgetClosed(nowUs);
    }
    nowUs += closedOrderRetentionUs + 1;
    used.forgetClosed(nowUs);
    other.forgetClosed(nowUs);
    expect([used.workingCount, used.closedCount]).toEqual([0, 0]);
    expect(used.snapshot()).toEqual(new KnownOrders("alice").snapshot());

    const fresh = new KnownOrders("alice");
    place(fresh, new Random(6), nowUs);
    place(used, new Random(6), nowUs);
    const slots = [fresh, used].map((orders) => Array.from(orders.working(), ({ slot }) => slot));
    expect(slots[0]).not.toEqual(slots[1]);
    const saved = fresh.snapshot();
    expect(used.snapshot()).toEqual(saved);
    expect(pack(used.snapshot())).toEqual(pack(saved));
    expect(restored(used, rowsWithGaps()).snapshot()).toEqual(saved);
    expect(pack(restored(fresh).snapshot())).toEqual(pack(saved));
  });

  /** Rows of which every third is taken, and the others were. */
  function rowsWithGaps(): OrderRows {
    const rows = new OrderRows();
    const slots = Array.from({ length: 300 }, () => rows.take());
    const order = new Order("nobody", rows);
    for (const slot of slots) order.at(slot).copyFrom(new Uint8Array(rowBytes).fill(0xff));
    for (const slot of slots) if (slot % 3 > 0) rows.give(slot);
    rows.takeInstrument(gold);
    return rows;
  }
});

describe("the slot of an order that is over", () => {
  it("brings nothing of it to the order that gets it", () => {
    const orders = new KnownOrders("alice");
    const order = orders.open({
      orderId: Number.MAX_SAFE_INTEGER,
      clientOrderId: "x".repeat(36),
      instrument: gold,
      side: 1,
      orderType: 1,
      timeInForce: 1,
      price: 2 ** 31,
      quantity: 2 ** 40,
      placedAtUs: 2 ** 52,
      instructions: { ...plainInstructions, displayQuantity: 3 },
    });
    order.extend({ linkedOrderId: 8 });
    const { slot } = order;
    order.addWaiter({ producer: "gw", epoch: 1, frame: 1, index: 0 });
    const change = changeTo("replace", { revision: 1, price: 7, quantity: 7 });
    order.beginReplace(change, { price: 2 ** 31, quantity: 2 ** 40 });
    order.remember(order.settleNext(), 140);
    order.executed = 2 ** 40;
    order.executedNotional = amountMax;
    order.fees = amountMax;
    order.feeCredit = 9999;
    order.reserved = amountMax;
    order.reserved = 0;
    order.updateId = Number.MAX_SAFE_INTEGER;
    order.closeReason = 3;
    order.takeWaiting();
    close(orders, order.orderId, 2 ** 52);
    orders.forgetClosed(2 ** 52 + closedOrderRetentionUs + 1);

    const next = termsOf(9, { side: 1, price: 3 });
    const renewed = orders.open(next);
    expect(renewed.slot).toBe(slot);
    const fresh = new KnownOrders("alice");
    const other = fresh.open(next);
    expect(told(renewed)).toEqual(told(other));
    expect([renewed.boundPrice, renewed.boundQuantity, renewed.revision]).toEqual([3, 1, 0]);
    expect([renewed.reserved, renewed.feeCredit, renewed.closedAtUs]).toEqual([0, 0, 0]);
    expect([renewed.waiting, renewed.changes, renewed.link]).toEqual([[], undefined, 0]);
    expect([renewed.extras, renewed.linkedOrderId]).toEqual([undefined, 0]);
    expect(renewed.instructions).toBe(plainInstructions);
    expect(orders.snapshot()).toEqual(fresh.snapshot());
  });
});
