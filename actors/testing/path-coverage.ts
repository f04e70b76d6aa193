/**
 * Holds the walks through a machine against a table compiled from it: together they take every
 * transition of the table, and the table goes where each of them goes.
 */
import type { AnyStateMachine } from "xstate";
import { expect } from "vitest";
import type { TransitionTable } from "../transition-table.ts";
import { edgesOf, pathsCovering, pathText } from "./machine-paths.ts";
import type { MachineEdge } from "./machine-paths.ts";

export function expectPathsToCover<EventType extends string>(
  machine: AnyStateMachine,
  table: TransitionTable<EventType>,
): void {
  const paths = pathsCovering(machine);
  for (const path of paths) {
    const followed = [table.nameOf(0)];
    let state = 0;
    for (const event of path.events) {
      state = table.after(state, table.column(event as EventType));
      followed.push(table.nameOf(state));
    }
    expect(followed, pathText(path)).toEqual(path.states);
  }
  expect(lines(paths.flatMap(edgesOf))).toEqual(lines(edgesIn(table)));
}

/** Every transition of a table. */
export function edgesIn<EventType extends string>(
  table: TransitionTable<EventType>,
): MachineEdge[] {
  return Array.from({ length: table.stateCount }, (_, state) =>
    table.events
      .filter((event) => table.accepts(state, table.column(event)))
      .map((event) => ({
        state: table.nameOf(state),
        event,
        next: table.nameOf(table.after(state, table.column(event))),
      })),
  ).flat();
}

/** Each transition once, so that two sets of them can be compared as text. */
function lines(edges: readonly MachineEdge[]): readonly string[] {
  const texts = edges.map(({ state, event, next }) => `${state} ${event} > ${next}`);
  return [...new Set(texts)].sort();
}
