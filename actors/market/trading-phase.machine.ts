/**
 * The trading phases of one instrument: the authority that the market's table is compiled from.
 *
 * The events that the calendar sends lead through the day; the others interrupt it and lead back.
 * While trading is interrupted, the market remembers where the calendar stands.
 */
import { setup } from "xstate";

export const tradingPhases = [
  "closed",
  "preOpen",
  "openingAuction",
  "continuous",
  "volatilityAuction",
  "halted",
  "cancelOnly",
  "closingAuction",
  "tradingAtLast",
] as const;
export type TradingPhaseName = (typeof tradingPhases)[number];

export const tradingPhaseEvents = [
  // From the calendar.
  "preOpen",
  "callOpening",
  "open",
  "callClosing",
  "tradeAtLast",
  "close",
  // From the price controls.
  "interrupt",
  "extend",
  // From the price controls, and from administrators.
  "halt",
  "restrict",
  "resume",
  "reopen",
] as const;
export type TradingPhaseEvent = (typeof tradingPhaseEvents)[number];

/** What may happen in every phase in which something goes on. */
const interruptions = {
  halt: { target: "halted" },
  restrict: { target: "cancelOnly" },
  close: { target: "closed" },
} as const;

/** Back to wherever the calendar stands. */
const resumptions = {
  preOpen: { target: "preOpen" },
  callOpening: { target: "openingAuction" },
  resume: { target: "continuous" },
  reopen: { target: "volatilityAuction" },
  callClosing: { target: "closingAuction" },
  tradeAtLast: { target: "tradingAtLast" },
  close: { target: "closed" },
} as const;

export const tradingPhaseMachine = setup({
  types: { events: {} as { type: TradingPhaseEvent } },
}).createMachine({
  id: "tradingPhase",
  initial: "closed",
  states: {
    closed: {
      on: {
        preOpen: { target: "preOpen" },
        callOpening: { target: "openingAuction" },
        open: { target: "continuous" },
        halt: { target: "halted" },
        restrict: { target: "cancelOnly" },
      },
    },
    preOpen: {
      on: {
        ...interruptions,
        callOpening: { target: "openingAuction" },
        open: { target: "continuous" },
      },
    },
    openingAuction: {
      on: {
        ...interruptions,
        extend: { target: "openingAuction" },
        open: { target: "continuous" },
      },
    },
    continuous: {
      on: {
        ...interruptions,
        interrupt: { target: "volatilityAuction" },
        callClosing: { target: "closingAuction" },
      },
    },
    volatilityAuction: {
      on: {
        ...interruptions,
        extend: { target: "volatilityAuction" },
        open: { target: "continuous" },
        callClosing: { target: "closingAuction" },
      },
    },
    closingAuction: {
      on: {
        ...interruptions,
        extend: { target: "closingAuction" },
        tradeAtLast: { target: "tradingAtLast" },
      },
    },
    tradingAtLast: { on: interruptions },
    halted: { on: { ...resumptions, restrict: { target: "cancelOnly" } } },
    cancelOnly: { on: { ...resumptions, halt: { target: "halted" } } },
  },
});
