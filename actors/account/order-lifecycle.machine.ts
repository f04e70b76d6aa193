/**
 * The life of an order as its account sees it: the authority that the account's table is compiled
 * from.
 *
 * While an order works, two things go on side by side: what the book has done with it, and whether
 * a change to it is under way. FIX calls the combination OrdStatus, with a pending change shown
 * first. Reference: FIX 4.4 volume 4, appendix D, order state changes.
 */
import { setup } from "xstate";

/** What can happen to an order. `requestsSettled` means that no change is under way any more. */
export const orderLifecycleEvents = [
  "rested",
  "filledPartly",
  "filledWholly",
  "removed",
  "refused",
  "replaceRequested",
  "cancelRequested",
  "requestsSettled",
] as const;

export type OrderLifecycleEvent = (typeof orderLifecycleEvents)[number];

export const orderLifecycleMachine = setup({
  types: { events: {} as { type: OrderLifecycleEvent } },
}).createMachine({
  id: "orderLifecycle",
  initial: "working",
  states: {
    working: {
      type: "parallel",
      on: {
        filledWholly: { target: "filled" },
        removed: { target: "canceled" },
      },
      states: {
        execution: {
          initial: "pendingNew",
          states: {
            pendingNew: {
              on: {
                rested: { target: "new" },
                filledPartly: { target: "partiallyFilled" },
                refused: { target: "#orderLifecycle.rejected" },
              },
            },
            new: {
              on: {
                rested: { target: "new" },
                filledPartly: { target: "partiallyFilled" },
              },
            },
            partiallyFilled: {
              on: {
                rested: { target: "partiallyFilled" },
                filledPartly: { target: "partiallyFilled" },
              },
            },
          },
        },
        request: {
          initial: "none",
          states: {
            none: {
              on: {
                replaceRequested: { target: "replacing" },
                cancelRequested: { target: "canceling" },
              },
            },
            replacing: {
              on: {
                replaceRequested: { target: "replacing" },
                cancelRequested: { target: "canceling" },
                requestsSettled: { target: "none" },
              },
            },
            canceling: {
              on: {
                replaceRequested: { target: "canceling" },
                cancelRequested: { target: "canceling" },
                requestsSettled: { target: "none" },
              },
            },
          },
        },
      },
    },
    filled: { type: "final" },
    canceled: { type: "final" },
    rejected: { type: "final" },
  },
});
