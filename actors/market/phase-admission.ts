/**
 * Which orders each trading phase admits, and what becomes of them: the table behind
 * docs/protocols/order-admission.md.
 */
import { isForAuctions, OrderType, TimeInForce } from "../../protocols/index.ts";
import type { TradingPhaseName } from "./trading-phase.machine.ts";

export const admissions = [
  /** It trades at once with what it meets. */
  "trades",
  /** It gathers with the others until the auction's uncrossing. */
  "gathers",
  /** It waits for its trigger price, outside of the book. */
  "waits",
  /** It waits for a phase in which it may take part, outside of the book. */
  "parks",
  /** It trades at the last price and at no other. */
  "trades-at-last",
  "rejected",
] as const;
export type Admission = (typeof admissions)[number];

/** What decides about an order's admission, besides the phase. */
export interface AdmittedTerms {
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
}

/** Whether the market of the phase ever holds auctions. */
export interface PhaseOfMarket {
  readonly phase: TradingPhaseName;
  readonly hasAuctions: boolean;
}

export function admissionOf(terms: AdmittedTerms, market: PhaseOfMarket): Admission {
  const { phase } = market;
  if (phase === "closed" || phase === "halted" || phase === "cancelOnly") return "rejected";
  if (isForAuctions(terms.timeInForce)) return admissionForAuction(terms, market);
  switch (terms.orderType) {
    case OrderType.limit:
      return admissionOfLimit(terms.timeInForce, phase);
    case OrderType.market:
      if (phase === "continuous") return "trades";
      return phase === "tradingAtLast" ? "trades-at-last" : "rejected";
    case OrderType.pegged:
      if (phase === "continuous") return "trades";
      return phase === "tradingAtLast" ? "rejected" : "parks";
    default:
      return "waits";
  }
}

function admissionOfLimit(timeInForce: TimeInForce, phase: TradingPhaseName): Admission {
  if (phase === "continuous") return "trades";
  if (phase === "tradingAtLast") return "trades-at-last";
  const isImmediate = timeInForce === TimeInForce.IOC || timeInForce === TimeInForce.FOK;
  return isImmediate ? "rejected" : "gathers";
}

/** Of an order for auctions only: a limit or a market order. */
function admissionForAuction(terms: AdmittedTerms, market: PhaseOfMarket): Admission {
  const { phase, hasAuctions } = market;
  if (!hasAuctions || phase === "tradingAtLast") return "rejected";
  return takesPart(terms.timeInForce, phase) ? "gathers" : "parks";
}

/** Whether an order for auctions takes part in a phase; asked of parked ones, too. */
export function takesPart(timeInForce: TimeInForce, phase: TradingPhaseName): boolean {
  switch (timeInForce) {
    case TimeInForce.ATO:
      return phase === "preOpen" || phase === "openingAuction";
    case TimeInForce.ATC:
      return phase === "closingAuction";
    default:
      return isCallPhase(phase);
  }
}

/** Whether orders gather in a phase instead of trading. */
export function isCallPhase(phase: TradingPhaseName): boolean {
  switch (phase) {
    case "preOpen":
    case "openingAuction":
    case "volatilityAuction":
    case "closingAuction":
      return true;
    default:
      return false;
  }
}

/** Whether what gathered is executed between two phases: nobody has announced that in `preOpen`. */
export function isUncrossedBetween(left: TradingPhaseName, next: TradingPhaseName): boolean {
  if (next === "continuous" || next === "tradingAtLast") return true;
  return next === "closed" && isCallPhase(left) && left !== "preOpen";
}
