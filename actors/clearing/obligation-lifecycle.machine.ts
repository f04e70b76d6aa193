/**
 * The life of what one account owes and is owed in a round of settlement: the authority that the
 * clearing house's table is compiled from.
 *
 * Trades add to it until the cut-off. Then it is netted and its account is told, which confirms
 * once it has heard of every trade in it and set aside what it delivers. All obligations of a round
 * are posted together, when the last is confirmed: from there nothing leads back. What an account
 * could not give has failed: the rest of it is settled, and that is owed anew, on another date.
 */
import { setup } from "xstate";

export const obligationEvents = ["traded", "instructed", "confirmed", "posted", "failed"] as const;

export type ObligationEvent = (typeof obligationEvents)[number];

export const obligationLifecycleMachine = setup({
  types: { events: {} as { type: ObligationEvent } },
}).createMachine({
  id: "obligationLifecycle",
  initial: "open",
  states: {
    open: { on: { traded: { target: "open" }, instructed: { target: "instructed" } } },
    instructed: { on: { confirmed: { target: "confirmed" } } },
    confirmed: { on: { posted: { target: "settled" }, failed: { target: "failed" } } },
    settled: { type: "final" },
    failed: { type: "final" },
  },
});
