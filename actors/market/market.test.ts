import { describe, expect, it } from "vitest";
import { expectTableToBeMachine, tableText } from "../testing/machine-equality.ts";
import { RecordingContext } from "../testing/recording-context.ts";
import { Market, tradingPhase } from "./market.ts";
import { tradingPhaseMachine } from "./trading-phase.machine.ts";

describe("the trading phases", () => {
  it("are in the table what they are in the machine, for every state and event", () => {
    expectTableToBeMachine(tradingPhase, tradingPhaseMachine);
  });

  it("are these", () => {
    const label = (state: number): string => JSON.parse(tradingPhase.nameOf(state)) as string;
    expect(tableText(tradingPhase, label).split("\n")).toEqual([
      "continuous",
      "  halt > halted",
      "halted",
      "  resume > continuous",
    ]);
  });
});

describe("a market", () => {
  const setPhase = (isHalted: boolean, ticket: number) =>
    ({ kind: "set-phase", symbol: "APPLE-COIN", isHalted, ticket }) as const;

  it("is open until it is halted, and again when it is resumed", () => {
    const market = new Market("APPLE-COIN");
    const context = new RecordingContext();
    const phases = [market.isOpen];
    for (const isHalted of [true, false]) {
      market.receive(setPhase(isHalted, 1), context);
      phases.push(market.isOpen);
    }
    expect(phases).toEqual([true, false, true]);
    expect(context.emitted).toEqual([
      { kind: "phase-changed", symbol: "APPLE-COIN", isHalted: true },
      { kind: "phase-changed", symbol: "APPLE-COIN", isHalted: false },
    ]);
  });

  it("tells of a change once and serves every ticket", () => {
    const market = new Market("APPLE-COIN");
    const context = new RecordingContext();
    market.receive(setPhase(false, 1), context);
    market.receive(setPhase(true, 2), context);
    market.receive(setPhase(true, 3), context);
    expect(context.emitted).toHaveLength(1);
    expect(context.sent).toEqual([1, 2, 3].map((ticket) => ({ kind: "ticket-served", ticket })));
  });

  it("comes back from a snapshot in the same phase", () => {
    const market = new Market("APPLE-COIN");
    expect(Market.restore(market.snapshot()).isOpen).toBe(true);
    market.receive(setPhase(true, 1), new RecordingContext());
    const restored = Market.restore(market.snapshot());
    expect(restored.isOpen).toBe(false);
    expect(restored.snapshot()).toEqual(market.snapshot());
  });
});
