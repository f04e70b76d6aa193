/**
 * The trading phases of one instrument: the authority that the market's table is compiled from.
 *
 * Continuous trading and its interruption are all there is so far; auctions come in between.
 */
import { setup } from "xstate";

export const tradingPhaseEvents = ["halt", "resume"] as const;
export type TradingPhaseEvent = (typeof tradingPhaseEvents)[number];

export const tradingPhaseMachine = setup({
  types: { events: {} as { type: TradingPhaseEvent } },
}).createMachine({
  id: "tradingPhase",
  initial: "continuous",
  states: {
    continuous: { on: { halt: { target: "halted" } } },
    halted: { on: { resume: { target: "continuous" } } },
  },
});
