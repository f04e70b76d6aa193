import { describe, expect, it } from "vitest";
import { SeededRandom } from "../../clients/agents/seeded-random.ts";
import type { OrderState } from "../../protocols/api/replies.ts";
import type { Wish } from "./order-flow.ts";
import { OrderFlow } from "./order-flow.ts";

const state: OrderState = {
  orderId: 1,
  status: "new",
  closeReason: "none",
  price: 10_000,
  quantity: 3,
  executed: 0,
  executedNotional: "0",
  fees: "0",
  revision: 0,
  updateId: 1,
};

/** What a client wants whose every order comes to rest and whose every replace is done. */
function wishes(seed: number, count: number): Wish[] {
  const flow = new OrderFlow("BTC-USDT", new SeededRandom(seed));
  return Array.from({ length: count }, (_, index) => {
    const wish = flow.next(`mine-${index}`);
    if (wish.kind === "place") flow.learn(wish.clientOrderId, state);
    if (wish.kind === "replace") flow.learn(wish.clientOrderId, { ...state, ...wish });
    return wish;
  });
}

describe("the flow of a client's orders", () => {
  it("is the same for the same seed, and another for another", () => {
    expect(wishes(7, 300)).toEqual(wishes(7, 300));
    expect(wishes(7, 300)).not.toEqual(wishes(8, 300));
  });

  it("has orders of every ordinary type, and cancels and replaces", () => {
    const all = wishes(7, 500);
    const types = all.flatMap((wish) =>
      wish.kind === "place"
        ? [`${wish.request.type} ${wish.request.timeInForce ?? ""}`.trim()]
        : [],
    );
    expect([...new Set(types)].sort()).toEqual(["limit FOK", "limit GTC", "limit IOC", "market"]);
    expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set(["place", "cancel", "replace"]));
  });

  it("names every order once, and asks nothing of one that is being canceled", () => {
    const canceled = new Set<string>();
    const placed = new Set<string>();
    for (const wish of wishes(9, 1000)) {
      expect(canceled.has(wish.clientOrderId)).toBe(false);
      if (wish.kind === "place") {
        expect(placed.has(wish.clientOrderId)).toBe(false);
        placed.add(wish.clientOrderId);
      } else {
        expect(placed.has(wish.clientOrderId)).toBe(true);
        if (wish.kind === "cancel") canceled.add(wish.clientOrderId);
      }
    }
  });

  it("makes each revision of an order once", () => {
    const made = wishes(10, 1000).flatMap((wish) =>
      wish.kind === "replace" ? [`${wish.clientOrderId} ${wish.revision}`] : [],
    );
    expect(new Set(made).size).toBe(made.length);
    expect(made.some((of) => of.endsWith(" 2"))).toBe(true);
  });

  it("keeps no more orders than it can look after", () => {
    let working = 0;
    for (const { kind } of wishes(11, 2000)) {
      working += kind === "place" ? 1 : kind === "cancel" ? -1 : 0;
      expect(working).toBeLessThanOrEqual(40);
    }
  });

  it("leaves alone what has ended, and what was forgotten", () => {
    const flow = new OrderFlow("BTC-USDT", new SeededRandom(12));
    flow.learn("gone", { ...state, status: "filled" });
    flow.learn("forgotten", state);
    flow.forget();
    const named = Array.from({ length: 200 }, (_, index) => flow.next(`mine-${index}`));
    expect(named.every(({ kind }) => kind === "place")).toBe(true);
  });
});
