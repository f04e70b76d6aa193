/**
 * What is told of a market in sums, asked for or published: candles and the statistics of a day.
 */
import { Type } from "typebox";
import type { Static } from "typebox";
import { CandleInterval } from "../candle-interval.ts";
import { contractFigures } from "./contract-terms.ts";
import { count, integer, yesOrNo } from "./fields.ts";
import { wordsOf } from "./words.ts";

export const candleIntervalWords = wordsOf(CandleInterval);

export function candleInterval(text: { readonly default?: string } = {}) {
  return Type.Enum([...candleIntervalWords], {
    description: "How long a candle is. Candles begin at whole intervals since 1970, in UTC.",
    ...text,
  });
}

/** A sum as text, because it may be larger than a JSON number can count. */
function total(description: string, unit: string) {
  return Type.String({ pattern: "^(0|[1-9][0-9]{0,39})$", unit, description });
}

const volume = total("How much traded.", "lots");
const notional = total(
  "What was paid for it: the sum of price times quantity. Times `quoteUnitsPerTickLot` it is quote " +
    "units, divided by `volume` the average price.",
  "ticks times lots",
);
const trades = count({ description: "How many trades." });

function price(description: string) {
  return count({ description, unit: "ticks" });
}

export const candle = Type.Object(
  {
    startUs: count({ description: "When it begins.", unit: "µs since 1970" }),
    open: price("The first price."),
    high: price("The highest price."),
    low: price("The lowest price."),
    close: price("The last price."),
    volume,
    notional,
    trades,
    firstTradeId: count({ description: "The id of its first trade." }),
    lastTradeId: count({ description: "The id of its last trade." }),
    isClosed: yesOrNo("It has ended: no trade will change it any more."),
  },
  { description: "What was traded in an interval." },
);

export const statistics = Type.Object(
  {
    open: price("The last price before them or else the first in them; 0 if there is none."),
    high: price("The highest price; 0 without a trade."),
    low: price("The lowest price; 0 without a trade."),
    last: price("The last price; 0 if there is none."),
    priceChange: integer({ description: "From `open` to `last`.", unit: "ticks" }),
    volume,
    notional,
    trades,
    contract: Type.Optional(contractFigures),
  },
  { description: "What was traded in the last 24 hours, the running minute and 1439 before it." },
);

export type CandleIntervalWord = (typeof candleIntervalWords)[number];
export type Candle = Static<typeof candle>;
export type Statistics = Static<typeof statistics>;
