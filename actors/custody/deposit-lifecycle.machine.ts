/**
 * The life of what came in from a chain: the authority that the governor's table is compiled from.
 *
 * It begins when the custodian has seen it. Before it is credited a reorganisation of the chain
 * takes it away and another one brings it back. Afterwards nothing takes it from the account: that
 * it is gone is an incident, for people, and should the chain have it again it is not credited
 * again.
 */
import { setup } from "xstate";

export const depositEvents = ["seen", "confirmed", "orphaned"] as const;

export type DepositEvent = (typeof depositEvents)[number];

export const depositLifecycleMachine = setup({
  types: { events: {} as { type: DepositEvent } },
}).createMachine({
  id: "depositLifecycle",
  initial: "seen",
  states: {
    seen: { on: { confirmed: { target: "credited" }, orphaned: { target: "orphaned" } } },
    orphaned: { on: { seen: { target: "seen" } } },
    credited: { on: { orphaned: { target: "lost" } } },
    lost: { on: { seen: { target: "credited" } } },
  },
});
