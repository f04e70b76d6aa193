/** The instrument that tests of the command line count in: ticks of 0.01, lots of 0.0001. */
import type { Asset, Instrument } from "../../../protocols/api/replies.ts";
import { NaturalUnits } from "../natural-units.ts";

const instrument: Instrument = {
  symbol: "BTC-USDT",
  base: "BTC",
  quote: "USDT",
  baseUnitsPerLot: 10_000,
  quoteUnitsPerTickLot: 1,
  makerFeeBasisPoints: 10,
  takerFeeBasisPoints: 20,
  shard: 0,
};
const assets: readonly Asset[] = [
  { asset: "BTC", decimals: 8 },
  { asset: "USDT", decimals: 6 },
];

export const demoTerms = { instruments: [instrument], assets } as const;
export const demoUnits = new NaturalUnits(instrument, assets);
