/**
 * Goal: a real market takes every transition that the machine of phases has, and goes where the
 * machine says.
 *
 * Method: every edge that `xstate/graph` finds in the machine is taken once. A recipe brings a market
 * into the edge's state, another gives it the cause of the edge's event: the calendar's next step, a
 * sweep to the band, an administrator, or the passing of time.
 */
import { describe, expect, it } from "vitest";
import { Intervention, plainTradingTerms, Side } from "../../protocols/index.ts";
import type { SessionEvent, TimeUs, TradingTerms } from "../../protocols/index.ts";
import { edgesOf, pathsCovering } from "../testing/machine-paths.ts";
import type { MachineEdge } from "../testing/machine-paths.ts";
import { RecordingContext } from "../testing/recording-context.ts";
import { Market } from "./market.ts";
import { tradingPhaseMachine } from "./trading-phase.machine.ts";
import type { TradingPhaseName } from "./trading-phase.machine.ts";

const minuteUs = 60_000_000;
const dayUs = 1440 * minuteUs;
const symbol = "APPLE-COIN";
/** Far beyond any band around a price of 100. */
const farPrice = 1000;

const calendarEvents: readonly string[] = [
  "preOpen",
  "callOpening",
  "open",
  "callClosing",
  "tradeAtLast",
  "close",
];

/** The calendar's way into each phase that it leads to. */
const waysByCalendar: Readonly<Partial<Record<TradingPhaseName, readonly SessionEvent[]>>> = {
  closed: [],
  preOpen: ["preOpen"],
  openingAuction: ["callOpening"],
  continuous: ["open"],
  closingAuction: ["open", "callClosing"],
  tradingAtLast: ["open", "callClosing", "tradeAtLast"],
};

/** A market of which each step of the calendar comes a minute after the one before. */
class DrivenMarket {
  readonly context = new RecordingContext();
  readonly market: Market;
  #ticket = 0;

  constructor(steps: readonly SessionEvent[], hasCalendar: boolean) {
    this.context.timeUs = dayUs;
    this.market = new Market(symbol, hasCalendar ? termsWith(steps) : plainTradingTerms);
    this.market.open(this.context);
  }

  /** Lets time pass, and takes what is due one by one. */
  pass(lengthUs: TimeUs, indicated?: number): void {
    this.context.timeUs += lengthUs;
    while (this.market.advance(this.context, indicated));
  }

  intervene(intervention: Intervention): void {
    this.#ticket += 1;
    const message = { symbol, intervention, isPurged: false, ticket: this.#ticket };
    this.market.receive({ kind: "set-phase", ...message }, this.context);
  }
}

function termsWith(events: readonly SessionEvent[]): TradingTerms {
  const steps = events.map((event, index) => ({ minute: index + 1, event, randomEndSeconds: 0 }));
  const calendar = {
    timeZone: "UTC",
    offsets: [{ fromUs: 0, minutes: 0 }],
    week: Array.from({ length: 7 }, () => []),
    exceptions: [{ date: 1970_01_02, steps }],
  };
  const bands = { referencePrice: 100, bandBasisPoints: 500, auctionSeconds: 600 };
  return { ...plainTradingTerms, ...bands, calendar };
}

const interventions: Readonly<Record<string, Intervention>> = {
  halt: Intervention.halt,
  restrict: Intervention.restrict,
};

/** Takes the edge with a real market. Returns the phase that it ends in. */
function take({ state, event }: MachineEdge): TradingPhaseName {
  const phase = JSON.parse(state) as TradingPhaseName;
  const driven = broughtInto(phase, event);
  expect(driven.market.phase).toBe(phase);
  const isStopped = phase === "halted" || phase === "cancelOnly";
  if (event === "interrupt") driven.market.bandReached(Side.buy, driven.context);
  else if (event in interventions) driven.intervene(interventions[event]!);
  else if (event === "extend") driven.pass(600_000_000 + minuteUs, farPrice);
  else if (isStopped) driven.intervene(Intervention.resume);
  // Of itself, an auction after an interruption ends before the calendar's next step.
  else if (phase === "volatilityAuction" && event === "open") driven.pass(600_000_000);
  else driven.pass(minuteUs);
  return driven.market.phase;
}

/** A market in a phase, whose next cause can be an event. */
function broughtInto(phase: TradingPhaseName, event: string): DrivenMarket {
  const isStopped = phase === "halted" || phase === "cancelOnly";
  const isCalendars = calendarEvents.includes(event);
  if (isStopped) {
    // Who is stopped comes back to where the calendar stands: that is the step that came meanwhile.
    const steps = isCalendars ? [event as SessionEvent] : (["open"] as const);
    const driven = new DrivenMarket(steps, event !== "resume");
    driven.intervene(phase === "halted" ? Intervention.halt : Intervention.restrict);
    driven.pass(minuteUs);
    return driven;
  }
  const way = waysByCalendar[phase === "volatilityAuction" ? "continuous" : phase] ?? [];
  const ends = phase === "openingAuction" ? "open" : "close";
  const next = event === "extend" && phase !== "volatilityAuction" ? [ends as SessionEvent] : [];
  const isByItself = phase === "volatilityAuction" && event === "open";
  const steps = isCalendars && !isByItself ? [...way, event as SessionEvent] : [...way, ...next];
  const driven = new DrivenMarket(steps, true);
  driven.pass(way.length * minuteUs);
  if (phase === "volatilityAuction") driven.market.bandReached(Side.buy, driven.context);
  return driven;
}

const edges = new Map(
  pathsCovering(tradingPhaseMachine)
    .flatMap(edgesOf)
    .map((edge) => [`${edge.state} ${edge.event}`, edge]),
);

describe("a market", () => {
  it("has transitions to be taken", () => {
    expect(edges.size).toBe(50);
  });

  it.each([...edges.values()])("goes from $state by $event to $next", (edge) => {
    expect(JSON.stringify(take(edge))).toBe(edge.next);
  });
});
