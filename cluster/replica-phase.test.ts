import { describe, expect, it } from "vitest";
import { initialTransition, transition } from "xstate";
import { compileMachine } from "../actors/index.ts";
import { replicaPhaseEvents, replicaPhaseMachine } from "./replica-phase.machine.ts";
import type { ReplicaPhase } from "./replica-phase.machine.ts";

const phases: readonly ReplicaPhase[] = [
  "restoring",
  "replaying",
  "following",
  "emitting",
  "diverged",
  "failed",
  "stopped",
];

/** Every transition there is; any other pair is refused. */
const transitions: readonly (readonly [ReplicaPhase, string, ReplicaPhase])[] = [
  ["restoring", "restored", "replaying"],
  ["restoring", "broke", "failed"],
  ["restoring", "stop", "stopped"],
  ["replaying", "caughtUp", "following"],
  ["replaying", "differed", "diverged"],
  ["replaying", "broke", "failed"],
  ["replaying", "stop", "stopped"],
  ["following", "chosen", "emitting"],
  ["following", "differed", "diverged"],
  ["following", "broke", "failed"],
  ["following", "stop", "stopped"],
  ["emitting", "replaced", "following"],
  ["emitting", "differed", "diverged"],
  ["emitting", "broke", "failed"],
  ["emitting", "stop", "stopped"],
  ["diverged", "stop", "stopped"],
  ["failed", "stop", "stopped"],
];

describe("the phases of a replica", () => {
  const table = compileMachine(replicaPhaseMachine, replicaPhaseEvents);

  it("are those that the machine reaches", () => {
    const names = Array.from({ length: table.stateCount }, (_, state) => table.nameOf(state));
    expect(names.sort()).toEqual(phases.map((phase) => JSON.stringify(phase)).sort());
  });

  it("follow one another as the machine says, and in no other way", () => {
    const found = phases.flatMap((phase) => {
      const state = table.stateNamed(JSON.stringify(phase));
      return replicaPhaseEvents
        .filter((event) => table.accepts(state, table.column(event)))
        .map((event) => {
          const next = table.nameOf(table.after(state, table.column(event)));
          return [phase, event, JSON.parse(next) as string];
        });
    });
    expect(found.sort()).toEqual([...transitions].sort());
  });

  it("are compiled to a table that equals the machine", () => {
    const [initial] = initialTransition(replicaPhaseMachine);
    const seen = new Map([[initial.value, initial]]);
    for (const snapshot of seen.values()) {
      const state = table.stateNamed(JSON.stringify(snapshot.value));
      for (const type of replicaPhaseEvents) {
        const isAccepted = snapshot.status === "active" && snapshot.can({ type });
        expect(table.accepts(state, table.column(type))).toBe(isAccepted);
        if (!isAccepted) continue;
        const [next] = transition(replicaPhaseMachine, snapshot, { type });
        expect(table.nameOf(table.after(state, table.column(type)))).toBe(
          JSON.stringify(next.value),
        );
        if (!seen.has(next.value)) seen.set(next.value, next);
      }
    }
    expect(seen.size).toBe(phases.length);
  });
});
