/**
 * Instruments to trade in tests. The lots and ticks of the first are one unit each, so that its
 * figures can be checked in the head; the others have units of every size.
 */
import type { InstrumentTerms } from "../../protocols/index.ts";

export const apples: InstrumentTerms = {
  symbol: "APPLE-COIN",
  base: "APPLE",
  quote: "COIN",
  baseUnitsPerLot: 1,
  quoteUnitsPerTickLot: 1,
  makerFeeBasisPoints: 0,
  takerFeeBasisPoints: 0,
};

/** Charges so much that fees show in small trades: 1 % and 2 %. */
export const pears: InstrumentTerms = {
  symbol: "PEAR-COIN",
  base: "PEAR",
  quote: "COIN",
  baseUnitsPerLot: 100,
  quoteUnitsPerTickLot: 3,
  makerFeeBasisPoints: 100,
  takerFeeBasisPoints: 200,
};

/** Its quote asset is another's base, and its amounts pass beyond what a number counts. */
export const gold: InstrumentTerms = {
  symbol: "GOLD-APPLE",
  base: "GOLD",
  quote: "APPLE",
  baseUnitsPerLot: 1_000_000_007,
  quoteUnitsPerTickLot: 999_983,
  makerFeeBasisPoints: 7,
  takerFeeBasisPoints: 0,
};

export const instruments: readonly InstrumentTerms[] = [apples, pears, gold];
