/**
 * The life of an order as its account sees it: the authority that the account's table is compiled
 * from.
 *
 * While an order works, two things go on side by side: what the book has done with it, and whether
 * a change to it is under way. FIX calls the combination OrdStatus, with a pending change shown
 * first. Reference: FIX 4.4 volume 4, appendix D, order state changes.
 */
import { setup } from "xstate";

/**
 * What can happen to an order. The book's first word is `accepted`, `held` (an order that waits for
 * its trigger price) or `refused`, whatever follows it; `requestsSettled` means that no change is
 * under way any more.
 */
export const orderLifecycleEvents = [
  "accepted",
  "held",
  "triggered",
  "refused",
  "filledPartly",
  "filledWholly",
  "removed",
  "expired",
  "replaceRequested",
  "cancelRequested",
  "requestsSettled",
] as const;

export type OrderLifecycleEvent = (typeof orderLifecycleEvents)[number];

/** How an accepted order may end without a fill. */
const ends = {
  removed: { target: "#orderLifecycle.canceled" },
  expired: { target: "#orderLifecycle.expired" },
} as const;

/** What an order that is at the market may meet, filled in part or not. */
const atMarket = {
  ...ends,
  filledPartly: { target: "partiallyFilled" },
  filledWholly: { target: "#orderLifecycle.filled" },
} as const;

export const orderLifecycleMachine = setup({
  types: { events: {} as { type: OrderLifecycleEvent } },
}).createMachine({
  id: "orderLifecycle",
  initial: "working",
  states: {
    working: {
      type: "parallel",
      states: {
        execution: {
          initial: "pendingNew",
          states: {
            pendingNew: {
              on: {
                accepted: { target: "new" },
                held: { target: "waiting" },
                refused: { target: "#orderLifecycle.rejected" },
              },
            },
            waiting: { on: { ...ends, triggered: { target: "new" } } },
            new: { on: atMarket },
            partiallyFilled: { on: atMarket },
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
                requestsSettled: { target: "none" },
              },
            },
          },
        },
      },
    },
    filled: { type: "final" },
    canceled: { type: "final" },
    expired: { type: "final" },
    rejected: { type: "final" },
  },
});
