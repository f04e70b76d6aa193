/**
 * Market: the trading phase of one instrument and which commands it admits.
 *
 * Lives with the instrument's book, which asks it before it does anything. Cancels are admitted in
 * every phase: who wants out may always leave.
 */
import { unboundedFor } from "../order-book/book-terms.ts";
import type { InstrumentSymbol, SetPhase, Side, Ticks, TimeUs } from "../../protocols/index.ts";
import type { Actor, ActorContext, TradingRules } from "../actor.ts";
import { compileMachine } from "../transition-table.ts";
import { admissionOf } from "./phase-admission.ts";
import type { AdmittedTerms, Admission } from "./phase-admission.ts";
import { tradingPhaseEvents, tradingPhaseMachine } from "./trading-phase.machine.ts";
import type { TradingPhaseEvent, TradingPhaseName } from "./trading-phase.machine.ts";

export const tradingPhase = compileMachine(tradingPhaseMachine, tradingPhaseEvents);

/** A market without a calendar trades around the clock; its days end at midnight, UTC. */
const dayUs = 86_400_000_000;

export class Market implements Actor<SetPhase>, TradingRules {
  readonly symbol: InstrumentSymbol;
  readonly hasAuctions = false;
  phase: TradingPhaseName = "closed";
  #state = tradingPhase.stateNamed('"closed"');
  referencePrice: Ticks | undefined;

  constructor(symbol: InstrumentSymbol) {
    this.symbol = symbol;
    this.#advance("open");
  }

  admission(terms: AdmittedTerms): Admission {
    return admissionOf(terms, this);
  }

  boundFor(side: Side): Ticks {
    return unboundedFor(side);
  }

  dayEndUs(timeUs: TimeUs): TimeUs {
    return timeUs - (timeUs % dayUs) + dayUs;
  }

  bandReached(): void {
    // Without bands nobody reaches one.
  }

  traded(price: Ticks): void {
    this.referencePrice = price;
  }

  receive(message: SetPhase, context: ActorContext): void {
    if (this.#advance(message.isHalted ? "halt" : "resume")) {
      context.emit({ kind: "phase-changed", symbol: this.symbol, isHalted: message.isHalted });
    }
    context.send({ kind: "ticket-served", ticket: message.ticket });
  }

  /** Goes on to the next phase, if the event leads anywhere. */
  #advance(event: TradingPhaseEvent): boolean {
    const column = tradingPhase.column(event);
    if (!tradingPhase.accepts(this.#state, column)) return false;
    this.#state = tradingPhase.after(this.#state, column);
    this.phase = JSON.parse(tradingPhase.nameOf(this.#state)) as TradingPhaseName;
    return true;
  }

  snapshot(): unknown {
    return [this.symbol, this.phase, this.referencePrice ?? 0];
  }

  static restore(data: unknown): Market {
    const [symbol, phase, referencePrice] = data as [string, TradingPhaseName, Ticks];
    const market = new Market(symbol);
    market.phase = phase;
    market.#state = tradingPhase.stateNamed(JSON.stringify(phase));
    market.referencePrice = referencePrice === 0 ? undefined : referencePrice;
    return market;
  }
}
