/** Trading terms: an example that has all there is, and arbitrary ones for the codec. */
import fc from "fast-check";
import { plainTradingTerms } from "../trading-terms.ts";
import type { TickSize, TradingTerms } from "../trading-terms.ts";
import { amounts } from "./amounts.ts";
import { integers } from "./identifiers.ts";
import { anyCalendar, calendarExample } from "./trading-calendars.ts";

export const tradingTermsExample: TradingTerms = {
  isProRata: true,
  minimumAllocation: 2,
  tickSizes: [
    { from: 0, size: 1 },
    { from: 1000, size: 5 },
  ],
  quantityMin: 10,
  quantityMax: 1_000_000,
  notionalMin: 5000,
  notionalMax: 9_007_199_254_740_993n,
  referencePrice: 2500,
  collarBasisPoints: 2000,
  bandBasisPoints: 500,
  bandWindowSeconds: 300,
  limitStateSeconds: 15,
  pauseSeconds: 300,
  auctionSeconds: 120,
  auctionRandomSeconds: 30,
  calendar: calendarExample,
};

const tickSizes: fc.Arbitrary<readonly TickSize[]> = fc.array(
  fc.record({ from: integers, size: integers }, { noNullPrototype: true }),
  { maxLength: 50 },
);

/** Sound or not: whether they are is for the governor to say, not for a codec. */
export const anyTradingTerms: fc.Arbitrary<TradingTerms> = fc.oneof(
  fc.constant(plainTradingTerms),
  fc.record(
    {
      isProRata: fc.boolean(),
      minimumAllocation: integers,
      tickSizes,
      quantityMin: integers,
      quantityMax: integers,
      notionalMin: amounts,
      notionalMax: amounts,
      referencePrice: integers,
      collarBasisPoints: integers,
      bandBasisPoints: integers,
      bandWindowSeconds: integers,
      limitStateSeconds: integers,
      pauseSeconds: integers,
      auctionSeconds: integers,
      auctionRandomSeconds: integers,
      calendar: fc.oneof(fc.constant(undefined), anyCalendar),
    },
    { noNullPrototype: true },
  ),
);
