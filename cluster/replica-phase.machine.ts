/**
 * The phases of a replica: the authority on what it may do when.
 *
 * restoring: loads a snapshot. replaying: applies the log up to where it was at the start.
 * following: applies as entries come and compares with the feed. emitting: also sends its outputs.
 * diverged: computed something else than the emitter; serves nothing until it is rebuilt.
 */
import { setup } from "xstate";

export const replicaPhaseEvents = [
  "restored",
  "caughtUp",
  "chosen",
  "replaced",
  "differed",
  "stop",
] as const;
export type ReplicaPhaseEvent = (typeof replicaPhaseEvents)[number];

export const replicaPhaseMachine = setup({
  types: { events: {} as { type: ReplicaPhaseEvent } },
}).createMachine({
  id: "replicaPhase",
  initial: "restoring",
  states: {
    restoring: { on: { restored: { target: "replaying" }, stop: { target: "stopped" } } },
    replaying: {
      on: {
        caughtUp: { target: "following" },
        differed: { target: "diverged" },
        stop: { target: "stopped" },
      },
    },
    following: {
      on: {
        chosen: { target: "emitting" },
        differed: { target: "diverged" },
        stop: { target: "stopped" },
      },
    },
    emitting: {
      on: {
        replaced: { target: "following" },
        differed: { target: "diverged" },
        stop: { target: "stopped" },
      },
    },
    diverged: { on: { stop: { target: "stopped" } } },
    stopped: { type: "final" },
  },
});
