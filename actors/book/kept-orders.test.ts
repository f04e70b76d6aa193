import { beforeEach, describe, expect, it } from "vitest";
import {
  InvariantViolation,
  OrderType,
  pack,
  PegReference,
  TimeInForce,
  unpack,
} from "../../protocols/index.ts";
import type { SubmitOrder } from "../../protocols/index.ts";
import { Queue } from "../queue.ts";
import { Stage } from "./book-order.ts";
import type { BookOrder } from "./book-order.ts";
import { KeptOrders } from "./kept-orders.ts";
import type { SavedKeptOrders } from "./kept-orders.ts";
import { submit } from "./testing/lone-book.ts";

let kept: KeptOrders;

beforeEach(() => {
  kept = new KeptOrders();
});

function add(message: SubmitOrder): void {
  kept.add(message, message.instructions.expiresAtUs);
}

const until = (orderId: number, expiresAtUs: number): SubmitOrder =>
  submit(orderId, { timeInForce: TimeInForce.GTD, asks: { expiresAtUs } });
const peg = (orderId: number): SubmitOrder =>
  submit(orderId, {
    orderType: OrderType.pegged,
    asks: { pegReference: PegReference.primary },
  });

/** Ids of those whose time has come. */
function expired(timeUs: number): number[] {
  const ids: number[] = [];
  for (;;) {
    const order = kept.expiredBy(timeUs);
    if (order === undefined) return ids;
    ids.push(order.orderId);
    kept.remove(order.orderId);
  }
}

function restored(): KeptOrders {
  const copy = new KeptOrders();
  copy.restore(unpack(pack(kept.snapshot())) as SavedKeptOrders);
  expect(copy.snapshot()).toEqual(kept.snapshot());
  return copy;
}

describe("kept orders", () => {
  it("are found by their id, and by nobody but their account", () => {
    add(submit(1));
    expect(kept.find("alice", 1)).toMatchObject({ orderId: 1, stage: Stage.parked, arrival: 1 });
    expect([kept.find("bob", 1), kept.find("alice", 2)]).toEqual([undefined, undefined]);
    expect([kept.withId(1)?.orderId, kept.withId(2)]).toEqual([1, undefined]);
    kept.remove(1);
    kept.remove(1);
    expect([kept.withId(1), kept.count]).toEqual([undefined, 0]);
  });

  it("come once", () => {
    add(submit(1));
    expect(() => {
      add(submit(1));
    }).toThrow(InvariantViolation);
  });

  it("are told in the order in which they came, also while some go", () => {
    for (const orderId of [3, 1, 2]) add(submit(orderId));
    const seen: number[] = [];
    for (const { orderId } of kept.all()) {
      seen.push(orderId);
      kept.remove(orderId === 3 ? 1 : orderId);
    }
    expect(seen).toEqual([3, 2]);
  });

  it("are counted apart where they follow a price", () => {
    add(peg(1));
    add(submit(2));
    add(peg(3));
    expect([kept.count, kept.peggedCount]).toEqual([3, 2]);
    expect([restored().count, restored().peggedCount]).toEqual([3, 2]);
    kept.remove(1);
    kept.leftBook(2);
    expect([kept.count, kept.peggedCount]).toEqual([1, 1]);
  });

  it("shrink where quantity was taken out of them", () => {
    add(submit(1));
    kept.shrunk(1, 4);
    kept.shrunk(2, 4);
    expect(kept.withId(1)?.quantity).toBe(6);
  });
});

describe("their times", () => {
  it("come in turn, and once", () => {
    for (const [orderId, atUs] of [
      [1, 50],
      [2, 40],
      [3, 50],
    ] as const) {
      add(until(orderId, atUs));
    }
    add(submit(4));
    expect([expired(39), expired(40), expired(49)]).toEqual([[], [2], []]);
    expect([expired(50), expired(90)]).toEqual([[1, 3], []]);
  });

  it("are nothing to those that are gone, or that came again", () => {
    add(until(1, 50));
    add(until(2, 50));
    const first = kept.withId(1)!;
    kept.remove(1);
    kept.remove(2);
    kept.keep(first);
    expect(expired(50)).toEqual([1]);
  });

  it("come in the same turn after a snapshot", () => {
    add(until(1, 50));
    add(until(2, 50));
    const first = kept.withId(1)!;
    kept.remove(1);
    kept.keep(first);
    const copy = restored();
    expect(expired(50)).toEqual([1, 2]);
    kept = copy;
    expect(expired(50)).toEqual([1, 2]);
  });
});

describe("their links", () => {
  const first = submit(1, { linkedOrderId: 2 });
  const second = submit(2, { linkedOrderId: 1 });

  it("are spent once: from then on neither is linked to the other", () => {
    for (const spender of [first, second]) {
      kept = new KeptOrders();
      add(first);
      add(second);
      const order = kept.withId(spender.orderId)!;
      const other = kept.withId(spender.linkedOrderId)!;
      expect(kept.spendLink(order)).toBe(other);
      expect([order.linkedOrderId, other.linkedOrderId]).toEqual([0, 0]);
      expect([kept.spendLink(order), kept.spendLink(other)]).toEqual([undefined, undefined]);
      expect([kept.takeSpent(1), kept.takeSpent(2)]).toEqual([false, false]);
    }
  });

  it("are nothing to one that came too late, or whose other never came to be here", () => {
    add(first);
    kept.spendLink(kept.withId(1)!);
    expect(kept.takeSpent(2)).toBe(true);
    expect(kept.spendLink({ ...second })).toBeUndefined();
    kept.remove(1);
    expect(kept.spendLink({ ...second })).toBeUndefined();
    expect(kept.takeSpent(1)).toBe(false);
  });

  it("are spent for one that is still to come", () => {
    add(first);
    expect(kept.spendLink(kept.withId(1)!)).toBeUndefined();
    const copy = restored();
    for (const orders of [kept, copy]) {
      expect([orders.takeSpent(1), orders.takeSpent(2), orders.takeSpent(2)]).toEqual([
        false,
        true,
        false,
      ]);
    }
  });
});

describe("their snapshot", () => {
  it("names those that are still to come and too late in the order of their ids", () => {
    for (const orderId of [5, 1]) {
      add(submit(orderId, { linkedOrderId: orderId + 1 }));
      kept.spendLink(kept.withId(orderId)!);
    }
    expect(kept.snapshot()[1]).toEqual([2, 6]);
    expect(restored().takeSpent(6)).toBe(true);
  });

  it("has those that wait wait again", () => {
    const asks = { triggerPrice: 95 };
    add(submit(1, { orderType: OrderType.stop, side: 1, asks }));
    const order = kept.withId(1)!;
    order.stage = Stage.waiting;
    order.triggerPrice = 97;
    kept.triggers.add(order);
    const copy = restored();
    const into = new Queue<BookOrder>();
    copy.triggers.takeReached(0, 97, into);
    expect(into.values()).toEqual([{ ...order, stage: Stage.reached }]);
  });
});
