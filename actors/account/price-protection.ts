/**
 * How far from the mark an order without a limit may trade in a contract: the maintenance margin,
 * which a position that is in order can lose. So what it may cost is known before it is sent.
 */
import { divideFloor, multiply, Side, ticksMax } from "../../protocols/index.ts";
import type { ContractTerms, Ticks } from "../../protocols/index.ts";

const ppmPerUnit = 1_000_000;

/** The worst price for it: at least a tick from the mark, as far as there are prices. */
export function protectedPrice(
  side: Side,
  { maintenanceMarginPpm }: ContractTerms,
  markPrice: Ticks,
): Ticks {
  const width = Number(divideFloor(multiply(markPrice, maintenanceMarginPpm), ppmPerUnit));
  const distance = Math.max(width, 1);
  if (side === Side.buy) return Math.min(markPrice + distance, ticksMax);
  return Math.max(markPrice - distance, 1);
}
