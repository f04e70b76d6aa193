/**
 * The machine is the authority; here its table is held against it and its text is frozen, so that a
 * change of an order's life is seen in a review.
 */
import { describe, expect, it } from "vitest";
import { InvariantViolation, nameIn, OrderStatus } from "../../protocols/index.ts";
import { expectTableToBeMachine, tableText } from "../testing/machine-equality.ts";
import { isRefused, isWaiting, isWorking, orderLifecycle, statusOf } from "./order-lifecycle.ts";
import { orderLifecycleMachine } from "./order-lifecycle.machine.ts";

/** For example `partiallyFilled+replacing`. */
function label(state: number): string {
  const value = JSON.parse(orderLifecycle.nameOf(state)) as
    string | { working: { execution: string; request: string } };
  if (typeof value === "string") return value;
  const { execution, request } = value.working;
  return request === "none" ? execution : `${execution}+${request}`;
}

describe("an order's life", () => {
  it("is in the table what it is in the machine, for every state and event", () => {
    expectTableToBeMachine(orderLifecycle, orderLifecycleMachine);
  });

  it("is this", () => {
    expect(`\n${tableText(orderLifecycle, label)}\n`).toMatchInlineSnapshot(`
      "
      pendingNew
        accepted > new
        held > waiting
        refused > rejected
        replaceRequested > pendingNew+replacing
        cancelRequested > pendingNew+canceling
      new
        filledPartly > partiallyFilled
        filledWholly > filled
        removed > canceled
        expired > expired
        replaceRequested > new+replacing
        cancelRequested > new+canceling
      waiting
        triggered > new
        removed > canceled
        expired > expired
        replaceRequested > waiting+replacing
        cancelRequested > waiting+canceling
      rejected
      pendingNew+replacing
        accepted > new+replacing
        held > waiting+replacing
        refused > rejected
        replaceRequested > pendingNew+replacing
        cancelRequested > pendingNew+canceling
        requestsSettled > pendingNew
      pendingNew+canceling
        accepted > new+canceling
        held > waiting+canceling
        refused > rejected
        replaceRequested > pendingNew+canceling
        requestsSettled > pendingNew
      partiallyFilled
        filledPartly > partiallyFilled
        filledWholly > filled
        removed > canceled
        expired > expired
        replaceRequested > partiallyFilled+replacing
        cancelRequested > partiallyFilled+canceling
      filled
      canceled
      expired
      new+replacing
        filledPartly > partiallyFilled+replacing
        filledWholly > filled
        removed > canceled
        expired > expired
        replaceRequested > new+replacing
        cancelRequested > new+canceling
        requestsSettled > new
      new+canceling
        filledPartly > partiallyFilled+canceling
        filledWholly > filled
        removed > canceled
        expired > expired
        replaceRequested > new+canceling
        requestsSettled > new
      waiting+replacing
        triggered > new+replacing
        removed > canceled
        expired > expired
        replaceRequested > waiting+replacing
        cancelRequested > waiting+canceling
        requestsSettled > waiting
      waiting+canceling
        triggered > new+canceling
        removed > canceled
        expired > expired
        replaceRequested > waiting+canceling
        requestsSettled > waiting
      partiallyFilled+replacing
        filledPartly > partiallyFilled+replacing
        filledWholly > filled
        removed > canceled
        expired > expired
        replaceRequested > partiallyFilled+replacing
        cancelRequested > partiallyFilled+canceling
        requestsSettled > partiallyFilled
      partiallyFilled+canceling
        filledPartly > partiallyFilled+canceling
        filledWholly > filled
        removed > canceled
        expired > expired
        replaceRequested > partiallyFilled+canceling
        requestsSettled > partiallyFilled
      "
    `);
  });

  it("shows this FIX status in each state", () => {
    const statuses = Array.from({ length: orderLifecycle.stateCount }, (_, state) => {
      const works = isWaiting(state) ? "waits" : isWorking(state) ? "works" : "is over";
      return `${label(state)}: ${nameIn(OrderStatus, statusOf(state))}, ${works}`;
    });
    expect(`\n${statuses.join("\n")}\n`).toMatchInlineSnapshot(`
      "
      pendingNew: pendingNew, works
      new: new, works
      waiting: new, waits
      rejected: rejected, is over
      pendingNew+replacing: pendingReplace, works
      pendingNew+canceling: pendingCancel, works
      partiallyFilled: partiallyFilled, works
      filled: filled, is over
      canceled: canceled, is over
      expired: expired, is over
      new+replacing: pendingReplace, works
      new+canceling: pendingCancel, works
      waiting+replacing: pendingReplace, waits
      waiting+canceling: pendingCancel, waits
      partiallyFilled+replacing: pendingReplace, works
      partiallyFilled+canceling: pendingCancel, works
      "
    `);
  });

  it("has no other states", () => {
    expect(() => statusOf(orderLifecycle.stateCount)).toThrow(InvariantViolation);
    expect(isWorking(orderLifecycle.stateCount)).toBe(false);
    expect(isWaiting(orderLifecycle.stateCount)).toBe(false);
  });

  it("has one state in which it was not taken", () => {
    const states = Array.from({ length: orderLifecycle.stateCount }, (_, state) => state);
    expect(states.filter(isRefused).map(label)).toEqual(["rejected"]);
  });
});
