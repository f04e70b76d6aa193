/** What was executed of each owner's orders a moment ago, and what the owner showed just before. */
import type { InstrumentSymbol, Lots, Side, TimeUs } from "../../protocols/index.ts";
import { oppositeOf, Side as Sides } from "../../protocols/index.ts";
import { keptTrade } from "./alert.ts";
import type { KeptTrade } from "./alert.ts";
import { forgetBefore, microsPerMs, ofSymbol } from "./detector.ts";
import type { BySymbol } from "./detector.ts";
import type { ShownSides, TradeAct, WithdrawalAct } from "./market-acts.ts";

export interface Execution {
  readonly trade: KeptTrade;
  /** Of the owner's order. */
  readonly side: Side;
  /** What the owner showed before. */
  readonly shown: ShownSides;
}

/** What a withdrawal came after. */
export interface Executed {
  /** The oldest first; at least one. */
  readonly executions: readonly [Execution, ...Execution[]];
  readonly quantity: Lots;
  /** What the owner showed on the side of the withdrawal, in percent of the other one. */
  readonly imbalancePercent: number;
}

export class RecentExecutions {
  readonly saved: BySymbol<Execution[]>;

  constructor(saved: BySymbol<Execution[]> = new Map()) {
    this.saved = saved;
  }

  add(symbol: InstrumentSymbol, act: TradeAct, withinMs: number): void {
    const trade = keptTrade(act);
    // Who trades with himself has executed nothing.
    if (act.buy.owner === act.sell.owner) return;
    const byOwner = ofSymbol(this.saved, symbol);
    const fromUs = act.at.timeUs - withinMs * microsPerMs;
    for (const [side, { owner }, shown] of [
      [Sides.buy, act.buy, act.buyerShown],
      [Sides.sell, act.sell, act.sellerShown],
    ] as const) {
      const executions = forgetBefore(byOwner.get(owner) ?? [], fromUs, placeOfExecution);
      executions.push({ trade, side, shown });
      byOwner.set(owner, executions);
    }
  }

  /** Executions on the other side while the order stood, at most so long before. */
  before(
    symbol: InstrumentSymbol,
    { order, stoodSince, at }: WithdrawalAct,
    withinMs: number,
  ): Executed | undefined {
    const known = this.saved.get(symbol)?.get(order.owner);
    if (known === undefined) return undefined;
    const side = oppositeOf(order.side);
    const fromUs: TimeUs = Math.max(stoodSince.timeUs, at.timeUs - withinMs * microsPerMs);
    const [first, ...others] = known.filter((execution) => {
      return execution.side === side && execution.trade.at.timeUs >= fromUs;
    });
    if (first === undefined) return undefined;
    const executions = [first, ...others] as const;
    const quantity = executions.reduce((sum, { trade }) => sum + trade.quantity, 0);
    const otherSide = Math.max(first.shown[side], quantity);
    const imbalancePercent = Math.floor((first.shown[order.side] * 100) / otherSide);
    return { executions, quantity, imbalancePercent };
  }
}

function placeOfExecution({ trade }: Execution): KeptTrade["at"] {
  return trade.at;
}
