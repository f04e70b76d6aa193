import { describe, expect, it } from "vitest";
import { setup } from "xstate";
import { InvariantViolation } from "../protocols/index.ts";
import { expectTableToBeMachine } from "./testing/machine-equality.ts";
import { compileMachine, noTransition, TransitionTable } from "./transition-table.ts";

const events = ["open", "close", "lock"] as const;
const door = setup({ types: { events: {} as { type: (typeof events)[number] } } }).createMachine({
  initial: "closed",
  states: {
    closed: { on: { open: { target: "opened" }, lock: { target: "locked" } } },
    opened: { on: { close: { target: "closed" } } },
    locked: { type: "final" },
    walled: { on: { open: { target: "opened" } } },
  },
});
const table = compileMachine(door, events);

describe("a compiled machine", () => {
  it("is the machine, for every state and event", () => {
    expectTableToBeMachine(table, door);
  });

  it("begins in the initial state and has no state that cannot be reached", () => {
    expect(table.nameOf(0)).toBe('"closed"');
    expect(table.stateCount).toBe(3);
    expect(() => table.stateNamed('"walled"')).toThrow(InvariantViolation);
  });

  it("moves on by look-up", () => {
    const opened = table.after(0, table.column("open"));
    expect(table.nameOf(opened)).toBe('"opened"');
    expect(table.after(opened, table.column("close"))).toBe(0);
  });

  it("has no transition out of a final state, nor where the machine has none", () => {
    const locked = table.stateNamed('"locked"');
    for (const event of events) expect(table.accepts(locked, table.column(event))).toBe(false);
    expect(() => table.after(0, table.column("close"))).toThrow(InvariantViolation);
  });

  it("knows only its own states and events", () => {
    expect(() => table.nameOf(3)).toThrow(InvariantViolation);
    expect(() => table.after(3, 0)).toThrow(InvariantViolation);
    expect(() => table.column("knock" as "open")).toThrow(InvariantViolation);
  });

  it("has an entry for every pair", () => {
    expect(() => new TransitionTable(["a"], ["x"], new Uint8Array(2))).toThrow(InvariantViolation);
    expect(() => new TransitionTable(["a"], ["x"], Uint8Array.of(noTransition))).not.toThrow();
  });
});
