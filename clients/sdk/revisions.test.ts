import { describe, expect, it } from "vitest";
import type { OrderState } from "../../protocols/api/replies.ts";
import { Revisions } from "./revisions.ts";

function order(revision: number, status: OrderState["status"] = "new"): OrderState {
  return { revision, status } as OrderState;
}

const known = async (revision: number | undefined): Promise<number | undefined> => revision;

describe("an order's revision", () => {
  it("is known by the name it was told under", async () => {
    const revisions = new Revisions();
    revisions.learn({ clientOrderId: "a" }, order(3));
    expect(await revisions.inTurn({ clientOrderId: "a" }, known)).toBe(3);
    expect(await revisions.inTurn({ orderId: 1 }, known)).toBeUndefined();
  });

  it("is forgotten with an order that is closed", async () => {
    const revisions = new Revisions();
    revisions.learn({ orderId: 1 }, order(3));
    revisions.learn({ orderId: 1 }, order(3, "filled"));
    expect(await revisions.inTurn({ orderId: 1 }, known)).toBeUndefined();
  });

  it("is forgotten for the order not heard of for longest, when there are too many", async () => {
    const revisions = new Revisions();
    for (let orderId = 1; orderId <= 10_001; orderId++) revisions.learn({ orderId }, order(1));
    expect(await revisions.inTurn({ orderId: 1 }, known)).toBeUndefined();
    expect(await revisions.inTurn({ orderId: 2 }, known)).toBe(1);
  });

  it("is asked for after a turn that failed", async () => {
    const revisions = new Revisions();
    revisions.learn({ orderId: 1 }, order(1));
    const failing = revisions.inTurn({ orderId: 1 }, () => Promise.reject(new Error("no")));
    const next = revisions.inTurn({ orderId: 1 }, known);
    await expect(failing).rejects.toThrow("no");
    expect(await next).toBeUndefined();
  });
});
