/**
 * Method: a table against a Map, on random additions and removals, with keys that collide as often
 * as chance and ill will can make them.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvariantViolation } from "../../protocols/index.ts";
import { apples } from "../testing/instruments.ts";
import { Random } from "../testing/random.ts";
import { byClientOrderId, byOrderId, OrderTable } from "./order-table.ts";
import type { TableKey } from "./order-table.ts";
import { Order } from "./order.ts";

function orderOf(orderId: number, clientOrderId = `c${String(orderId)}`): Order {
  return new Order({
    orderId,
    account: "alice",
    clientOrderId,
    instrument: apples,
    side: 0,
    orderType: 0,
    timeInForce: 0,
    price: 1,
    quantity: 1,
    placedAtUs: 0,
  });
}

const keys: { readonly [name: string]: TableKey<number> } = {
  "order ids": byOrderId,
  "keys that all collide": { of: ({ orderId }) => orderId, hash: () => 7 },
  "keys that nearly collide": { of: ({ orderId }) => orderId, hash: (id) => id % 3 },
  "keys whose hash marks an empty place": { of: ({ orderId }) => orderId, hash: () => 0 },
};

describe.each(Object.entries(keys))("a table by %s", (_, key) => {
  it("finds what was added and not removed, and nothing else", () => {
    const moves = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 40 })), {
      maxLength: 200,
    });
    const property = fc.property(
      moves,
      fc.constantFrom(1, 64, 2 ** 32, 2 ** 44),
      (list, stride) => {
        const table = new OrderTable(key);
        const model = new Map<number, Order>();
        for (const [adds, number] of list) {
          const orderId = number * stride;
          const known = model.get(orderId);
          if (adds && known === undefined) {
            const order = orderOf(orderId);
            table.add(order);
            model.set(orderId, order);
          } else if (!adds && known !== undefined) {
            table.delete(known);
            model.delete(orderId);
          }
        }
        for (let number = 1; number <= 40; number++) {
          expect(table.find(number * stride)).toBe(model.get(number * stride));
        }
      },
    );
    fc.assert(property, { numRuns: 200 });
  });
});

describe("a table by client order ids", () => {
  it("keeps very many, coming and going", () => {
    const table = new OrderTable(byClientOrderId);
    const random = new Random(1);
    const model = new Map<string, Order>();
    const names = Array.from({ length: 5000 }, (_, number) => `order-${String(number)}`);
    for (let move = 0; move < 30_000; move++) {
      const name = random.pick(names);
      const known = model.get(name);
      if (known === undefined) {
        const order = orderOf(1, name);
        table.add(order);
        model.set(name, order);
      } else {
        table.delete(known);
        model.delete(name);
      }
    }
    for (const name of names) expect(table.find(name)).toBe(model.get(name));
    expect(table.isCrowded).toBe(false);
  });

  it("holds no two orders of one name, and removes only what it holds", () => {
    const table = new OrderTable(byClientOrderId);
    table.add(orderOf(1, "A"));
    expect(() => table.add(orderOf(2, "A"))).toThrow(InvariantViolation);
    expect(() => table.delete(orderOf(3, "B"))).toThrow(InvariantViolation);
  });

  it("notices names that were chosen to collide, and is none the slower for them after", () => {
    const table = new OrderTable(byClientOrderId);
    const names: string[] = [];
    for (let number = 0; names.length < 300; number++) {
      const name = `n${number.toString(36)}`;
      // The same place in a table of a thousand.
      if ((byClientOrderId.hash(name, 0) & 1023) === 5) names.push(name);
    }
    const orders = names.map((name, index) => orderOf(index + 1, name));
    for (const order of orders) table.add(order);
    expect(table.isCrowded).toBe(true);
    // What nobody knew when the names were chosen.
    table.reseed(1_700_000_000_123_456);
    expect(table.isCrowded).toBe(false);
    names.forEach((name, index) => expect(table.find(name)).toBe(orders[index]));
    for (const order of orders) table.delete(order);
    for (const name of names) expect(table.find(name)).toBeUndefined();
  });
});
