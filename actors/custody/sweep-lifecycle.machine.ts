/**
 * The life of a sweep between wallets: the authority that the governor's table is compiled from.
 *
 * It begins when it is proposed. Once it is begun its transaction may exist, and there is no way
 * back but that no chain takes it.
 */
import { setup } from "xstate";

export const sweepEvents = ["released", "begun", "done", "dropped", "voided"] as const;

export type SweepEvent = (typeof sweepEvents)[number];

export const sweepLifecycleMachine = setup({
  types: { events: {} as { type: SweepEvent } },
}).createMachine({
  id: "sweepLifecycle",
  initial: "proposed",
  states: {
    proposed: {
      on: {
        released: { target: "approved" },
        dropped: { target: "dropped" },
        voided: { target: "voided" },
      },
    },
    approved: {
      on: {
        begun: { target: "sending" },
        dropped: { target: "dropped" },
        voided: { target: "voided" },
      },
    },
    sending: { on: { done: { target: "done" }, dropped: { target: "dropped" } } },
    done: {},
    dropped: {},
    voided: {},
  },
});
