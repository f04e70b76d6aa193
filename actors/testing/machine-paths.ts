/**
 * Walks through a machine from its initial state that together take every transition it has: to be
 * followed by its table, and by the actors that live by it.
 *
 * Each walk goes to a state by the shortest way that the graph knows and takes one transition more;
 * walks that others begin with are left out.
 */
import type { AnyMachineSnapshot, AnyStateMachine } from "xstate";
import { getShortestPaths } from "xstate/graph";
import { stateName, successor } from "../transition-table.ts";

export interface MachinePath {
  readonly events: readonly string[];
  /** Names as in the transition table: the initial one, and the one after each event. */
  readonly states: readonly string[];
}

/** One event taken in one state. */
export interface MachineEdge {
  readonly state: string;
  readonly event: string;
  readonly next: string;
}

/** The walks, in the order in which their ends are found. For a machine without context. */
export function pathsCovering(machine: AnyStateMachine): readonly MachinePath[] {
  const walks: MachinePath[] = [];
  for (const { snapshot, path } of waysToStates(machine)) {
    for (const event of eventsOf(machine)) {
      const next = successor(machine, snapshot, { type: event });
      if (next === undefined) continue;
      walks.push({
        events: [...path.events, event],
        states: [...path.states, stateName(next)],
      });
    }
  }
  return walks.filter((walk) => !walks.some((other) => other !== walk && beginsWith(other, walk)));
}

/** The transitions that a walk takes, in order. */
export function edgesOf({ events, states }: MachinePath): readonly MachineEdge[] {
  return events.map((event, at) => ({ state: states[at]!, event, next: states[at + 1]! }));
}

/** A walk as text: `closed > preOpen > open`, for the name of a test. */
export function pathText({ events }: MachinePath): string {
  return events.join(" > ");
}

function waysToStates(
  machine: AnyStateMachine,
): readonly { readonly snapshot: AnyMachineSnapshot; readonly path: MachinePath }[] {
  const events = eventsOf(machine).map((type) => ({ type }));
  return getShortestPaths(machine, { events }).map(({ state, steps }) => {
    // The first step is the interpreter's own, into the initial state.
    const [, ...taken] = steps;
    return {
      snapshot: state as AnyMachineSnapshot,
      path: {
        events: taken.map(({ event }) => event.type),
        states: steps.map((step) => stateName(step.state as AnyMachineSnapshot)),
      },
    };
  });
}

/** Every event that some state of the machine mentions, in the order of their first mention. */
function eventsOf(machine: AnyStateMachine): readonly string[] {
  return machine.events as readonly string[];
}

function beginsWith(walk: MachinePath, beginning: MachinePath): boolean {
  return beginning.events.every((event, at) => walk.events[at] === event);
}
