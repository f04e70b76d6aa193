/**
 * Holds a compiled table against the machine it was compiled from, for every state and every event,
 * by the interpreter's own walk.
 */
import { initialTransition } from "xstate";
import type { AnyMachineSnapshot, AnyStateMachine } from "xstate";
import { expect } from "vitest";
import { stateName, successor } from "../transition-table.ts";
import type { TransitionTable } from "../transition-table.ts";

export function expectTableToBeMachine<EventType extends string>(
  table: TransitionTable<EventType>,
  machine: AnyStateMachine,
): void {
  const [initial] = initialTransition(machine);
  const found = new Map([
    [stateName(initial as AnyMachineSnapshot), initial as AnyMachineSnapshot],
  ]);
  expect(table.nameOf(0)).toBe(stateName(initial as AnyMachineSnapshot));
  for (const [name, snapshot] of found) {
    for (const type of table.events) {
      const state = table.stateNamed(name);
      const column = table.column(type);
      const next = successor(machine, snapshot, { type });
      expect([name, type, table.accepts(state, column)]).toEqual([name, type, next !== undefined]);
      if (next === undefined) {
        expect(() => table.after(state, column)).toThrow("the machine forbids this transition");
      } else {
        expect(table.nameOf(table.after(state, column))).toBe(stateName(next));
        found.set(stateName(next), next);
      }
    }
  }
  // Nothing in the table that the machine cannot reach.
  expect(found.size).toBe(table.stateCount);
  const handled = Object.keys(eventsIn(machine)).sort();
  expect([...table.events].sort()).toEqual(handled);
}

/** Every event that some state of the machine mentions. */
function eventsIn(machine: AnyStateMachine): Readonly<Record<string, true>> {
  return Object.fromEntries(machine.events.map((event: string) => [event, true]));
}

/** The table as people read it: under each state, what each event leads to. */
export function tableText<EventType extends string>(
  table: TransitionTable<EventType>,
  label: (state: number) => string,
): string {
  return Array.from({ length: table.stateCount }, (_, state) => {
    const moves = table.events
      .filter((event) => table.accepts(state, table.column(event)))
      .map((event) => `  ${event} > ${label(table.after(state, table.column(event)))}`);
    return [label(state), ...moves].join("\n");
  }).join("\n");
}
