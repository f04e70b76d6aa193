import { describe, it } from "vitest";
import { compileMachine } from "../actors/index.ts";
import { expectPathsToCover } from "../actors/testing/path-coverage.ts";
import { replicaPhaseEvents, replicaPhaseMachine } from "./replica-phase.machine.ts";

describe("the walks through the phases of a replica", () => {
  it("take every transition, and their table follows them", () => {
    const table = compileMachine(replicaPhaseMachine, replicaPhaseEvents);
    expectPathsToCover(replicaPhaseMachine, table);
  });
});
