/**
 * Funding: what keeps a perpetual's price by its index. While it is marked above, those who are long
 * pay those who are short, and the other way round: so much for each lot, in whole units, so that
 * what one side pays is exactly what the other one gets.
 */
import { multiply, partsPerMillion } from "../../protocols/index.ts";
import type { Amount, Ticks } from "../../protocols/index.ts";
import { towardZero } from "./time-mean.ts";

/** How far the mark price is above the index, in parts of a million of that. */
export function premiumOf(markPrice: Ticks, indexPrice: Ticks): number {
  const premium = multiply(markPrice - indexPrice, partsPerMillion);
  return towardZero(premium, indexPrice) as number;
}

/** The mean premium, but no more than the cap either way. */
export function fundingRateOf(premiumPpm: number, capPpm: number): number {
  return Math.min(Math.max(premiumPpm, -capPpm), capPpm) + 0; // + 0 turns -0 into 0.
}

interface Funded {
  readonly markPrice: Ticks;
  readonly quoteUnitsPerTickLot: number;
  readonly ratePpm: number;
}

/** Quote units that a lot held long pays: the rate's part of its value, rounded towards zero. */
export function fundingPerLot({ markPrice, quoteUnitsPerTickLot, ratePpm }: Funded): Amount {
  const value = multiply(markPrice, quoteUnitsPerTickLot);
  return towardZero(multiply(value, ratePpm), partsPerMillion);
}
