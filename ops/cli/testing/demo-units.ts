/** The instrument that tests of the command line count in: ticks of 0.01, lots of 0.0001. */
import { NaturalUnits } from "../natural-units.ts";

export const demoUnits = new NaturalUnits(
  {
    symbol: "BTC-USDT",
    base: "BTC",
    quote: "USDT",
    baseUnitsPerLot: 10_000,
    quoteUnitsPerTickLot: 1,
    makerFeeBasisPoints: 10,
    takerFeeBasisPoints: 20,
    shard: 0,
  },
  [
    { asset: "BTC", decimals: 8 },
    { asset: "USDT", decimals: 6 },
  ],
);
