/**
 * How far from the mark an order without a limit may trade in a contract, and one that waits from
 * where it is triggered: the maintenance margin, which a position that is in order can lose. So
 * what it may cost is known before it is sent.
 */
import {
  basisPointsPerUnit,
  divideFloor,
  multiply,
  Side,
  ticksMax,
} from "../../protocols/index.ts";
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

/** As wide as asked for, but in a contract no wider than that, or a basis point if it is less. */
export function collarIn(contract: ContractTerms | undefined, basisPoints: number): number {
  if (contract === undefined || basisPoints > basisPointsPerUnit) return basisPoints;
  const widest = Math.floor(contract.maintenanceMarginPpm / ppmPerBasisPoint);
  return Math.min(basisPoints, Math.max(widest, 1));
}

const ppmPerBasisPoint = ppmPerUnit / basisPointsPerUnit;
