/**
 * The phases of a replica: the authority on what it may do when.
 *
 * restoring: loads a snapshot. replaying: applies the log up to where it was at the start.
 * following: applies as entries come and compares with the feed. emitting: also sends its outputs.
 * diverged: computed something else than the emitter. failed: the log lacks what it needs. In both
 * it serves nothing until it is rebuilt.
 */
import { setup } from "xstate";

export const replicaPhaseEvents = [
  "restored",
  "caughtUp",
  "chosen",
  "replaced",
  "differed",
  "broke",
  "stop",
] as const;
export type ReplicaPhaseEvent = (typeof replicaPhaseEvents)[number];

export type ReplicaPhase =
  "restoring" | "replaying" | "following" | "emitting" | "diverged" | "failed" | "stopped";

const wrong = { differed: { target: "diverged" }, broke: { target: "failed" } } as const;
const stop = { stop: { target: "stopped" } } as const;

export const replicaPhaseMachine = setup({
  types: { events: {} as { type: ReplicaPhaseEvent } },
}).createMachine({
  id: "replicaPhase",
  initial: "restoring",
  states: {
    restoring: {
      on: { restored: { target: "replaying" }, broke: { target: "failed" }, ...stop },
    },
    replaying: { on: { caughtUp: { target: "following" }, ...wrong, ...stop } },
    following: { on: { chosen: { target: "emitting" }, ...wrong, ...stop } },
    emitting: { on: { replaced: { target: "following" }, ...wrong, ...stop } },
    diverged: { on: stop },
    failed: { on: stop },
    stopped: { type: "final" },
  },
});
