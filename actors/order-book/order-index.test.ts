import { describe, expect, it } from "vitest";
import { OrderIndex } from "./order-index.ts";
import { OrderSlab } from "./order-slab.ts";
import { none } from "./slot-pool.ts";
import { SmallRandom } from "./testing/small-random.ts";

describe("an order index", () => {
  it.each([
    ["consecutive ids", (number: number) => number],
    ["ids that differ above 2^32 only", (number: number) => number * 2 ** 32],
    ["ids in steps of a power of two", (number: number) => number * 4096],
    ["the largest ids", (number: number) => Number.MAX_SAFE_INTEGER - number],
  ])("finds what a map finds, for %s", (_, idOf) => {
    const random = new SmallRandom(1);
    const orders = new OrderSlab();
    const index = new OrderIndex(orders);
    const slots = new Map<number, number>();
    for (let step = 0; step < 20_000; step += 1) {
      const orderId = idOf(random.below(3_000));
      const slot = slots.get(orderId);
      expect(index.find(orderId)).toBe(slot ?? none);
      if (slot === undefined) {
        const taken = orders.take();
        orders.orderId[taken] = orderId;
        index.add(taken);
        slots.set(orderId, taken);
      } else {
        index.remove(slot);
        orders.giveBack(slot);
        slots.delete(orderId);
      }
    }
    expect(index.count).toBe(slots.size);
    for (const [orderId, slot] of slots) expect(index.find(orderId)).toBe(slot);
  });

  it("refuses to remove what is not there", () => {
    const orders = new OrderSlab();
    const index = new OrderIndex(orders);
    expect(() => index.remove(orders.take())).toThrow("not in the index");
  });
});
