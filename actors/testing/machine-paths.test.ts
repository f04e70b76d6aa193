/**
 * Method: the walks through each machine are laid beside its compiled table. Together they must
 * take every transition that the table has, and the table must go where each walk goes.
 */
import { describe, expect, it } from "vitest";
import { setup } from "xstate";
import { orderLifecycleEvents, orderLifecycleMachine } from "../account/order-lifecycle.machine.ts";
import { tradingPhaseEvents, tradingPhaseMachine } from "../market/trading-phase.machine.ts";
import { compileMachine } from "../transition-table.ts";
import { pathsCovering, pathText } from "./machine-paths.ts";
import { expectPathsToCover } from "./path-coverage.ts";

const doorEvents = ["open", "shut", "lock", "knock"] as const;
interface DoorEvent {
  readonly type: (typeof doorEvents)[number];
}

const doorStates = {
  closed: { on: { open: { target: "ajar" }, lock: { target: "locked" } } },
  ajar: { on: { shut: { target: "closed" }, knock: { target: "ajar" } } },
  locked: { type: "final" },
} as const;
const doors = setup({ types: { events: {} as DoorEvent } });
const door = doors.createMachine({ initial: "closed", states: doorStates });

describe("the walks through a machine", () => {
  it("take each transition, also those that stay, and end with an end", () => {
    expect(pathsCovering(door)).toEqual([
      { events: ["lock"], states: ['"closed"', '"locked"'] },
      { events: ["open", "shut"], states: ['"closed"', '"ajar"', '"closed"'] },
      { events: ["open", "knock"], states: ['"closed"', '"ajar"', '"ajar"'] },
    ]);
    expectPathsToCover(door, compileMachine(door, doorEvents));
  });

  it("are different ones, and none is the beginning of another", () => {
    for (const machine of [orderLifecycleMachine, tradingPhaseMachine]) {
      const texts = pathsCovering(machine).map((path) => `${pathText(path)} > `);
      const beginnings = texts.filter((text) =>
        texts.some((other) => other !== text && other.startsWith(text)),
      );
      expect(beginnings).toEqual([]);
      expect(new Set(texts).size).toBe(texts.length);
    }
  });

  it("are held against every transition of the table, and against none that it lacks", () => {
    const { closed, ajar, locked } = doorStates;
    const withBell = doors.createMachine({
      initial: "closed",
      states: { closed: { on: { ...closed.on, knock: { target: "closed" } } }, ajar, locked },
    });
    const withoutKnocking = doors.createMachine({
      initial: "closed",
      states: { closed, ajar: { on: { shut: { target: "closed" } } }, locked },
    });
    for (const other of [withBell, withoutKnocking]) {
      const table = compileMachine(other, doorEvents);
      expect(() => expectPathsToCover(door, table)).toThrow();
    }
  });
});

describe("the walks through an order's life", () => {
  it("take every transition, and its table follows them", () => {
    const table = compileMachine(orderLifecycleMachine, orderLifecycleEvents);
    expectPathsToCover(orderLifecycleMachine, table);
  });
});

describe("the walks through the trading phases", () => {
  it("take every transition, and their table follows them", () => {
    const table = compileMachine(tradingPhaseMachine, tradingPhaseEvents);
    expectPathsToCover(tradingPhaseMachine, table);
  });
});
