/**
 * The life of a withdrawal as its account sees it: the authority that the account's table is
 * compiled from.
 *
 * Two phases: what is asked for is set aside and can be given back, up to the moment at which
 * sending it begins. From there on a transaction may exist somewhere, and only the chain says how
 * it ends.
 */
import { setup } from "xstate";

export const withdrawalEvents = [
  "released",
  "canceled",
  "refused",
  /** The rules have changed. */
  "voided",
  "begun",
  "broadcast",
  "displaced",
  "confirmed",
  "failed",
] as const;

export type WithdrawalEvent = (typeof withdrawalEvents)[number];

/** How one may end for which no transaction was made. */
const unsent = {
  canceled: { target: "canceled" },
  refused: { target: "refused" },
  voided: { target: "voided" },
} as const;

export const withdrawalLifecycleMachine = setup({
  types: { events: {} as { type: WithdrawalEvent } },
}).createMachine({
  id: "withdrawalLifecycle",
  initial: "reviewing",
  states: {
    reviewing: { on: { ...unsent, released: { target: "approved" } } },
    approved: { on: { ...unsent, begun: { target: "sending" } } },
    sending: { on: { broadcast: { target: "sent" }, failed: { target: "failed" } } },
    sent: { on: { displaced: { target: "sending" }, confirmed: { target: "completed" } } },
    completed: { type: "final" },
    canceled: { type: "final" },
    refused: { type: "final" },
    voided: { type: "final" },
    failed: { type: "final" },
  },
});
