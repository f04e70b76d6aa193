/**
 * Market: the trading phase of one instrument and which commands it admits.
 *
 * Lives with the instrument's book, which asks it before it does anything. Cancels are admitted in
 * every phase: who wants out may always leave.
 */
import type { InstrumentSymbol, SetPhase } from "../../protocols/index.ts";
import type { Actor, ActorContext, TradingPhase } from "../actor.ts";
import { compileMachine } from "../transition-table.ts";
import { tradingPhaseEvents, tradingPhaseMachine } from "./trading-phase.machine.ts";

export const tradingPhase = compileMachine(tradingPhaseMachine, tradingPhaseEvents);

const halt = tradingPhase.column("halt");
const resume = tradingPhase.column("resume");
const continuous = tradingPhase.stateNamed('"continuous"');

export class Market implements Actor<SetPhase>, TradingPhase {
  readonly symbol: InstrumentSymbol;
  #phase = continuous;

  constructor(symbol: InstrumentSymbol) {
    this.symbol = symbol;
  }

  /** Whether new and changed orders are admitted. */
  get isOpen(): boolean {
    return this.#phase === continuous;
  }

  receive(message: SetPhase, context: ActorContext): void {
    const event = message.isHalted ? halt : resume;
    if (tradingPhase.accepts(this.#phase, event)) {
      this.#phase = tradingPhase.after(this.#phase, event);
      context.emit({ kind: "phase-changed", symbol: this.symbol, isHalted: message.isHalted });
    }
    context.send({ kind: "ticket-served", ticket: message.ticket });
  }

  snapshot(): unknown {
    return [this.symbol, tradingPhase.nameOf(this.#phase)];
  }

  static restore(data: unknown): Market {
    const [symbol, phase] = data as [string, string];
    const market = new Market(symbol);
    market.#phase = tradingPhase.stateNamed(phase);
    return market;
  }
}
