/**
 * An instrument's terms as fields of an ordinary record, and back.
 */
import type { InstrumentTerms } from "./messages.ts";
import type { Fields } from "./record-fields.ts";
import type { OrdinaryField } from "./records.ts";
import { fieldsOfTradingTerms, plainTradingTerms, tradingTermsIn } from "./trading-terms.ts";
import type { TradingTerms } from "./trading-terms.ts";

/** How an instrument trades: what its terms say, or as most do. */
export function tradingTermsOf({ trading }: InstrumentTerms): TradingTerms {
  return trading ?? plainTradingTerms;
}

export function fieldsOfTerms(terms: InstrumentTerms): readonly OrdinaryField[] {
  return [
    terms.symbol,
    terms.base,
    terms.quote,
    terms.baseUnitsPerLot,
    terms.quoteUnitsPerTickLot,
    terms.makerFeeBasisPoints,
    terms.takerFeeBasisPoints,
    terms.trading === undefined ? [] : fieldsOfTradingTerms(terms.trading),
  ];
}

/** Throws MalformedRecords. */
export function termsIn(fields: Fields): InstrumentTerms {
  const terms: InstrumentTerms = {
    symbol: fields.symbol(),
    base: fields.asset(),
    quote: fields.asset(),
    baseUnitsPerLot: fields.integer(),
    quoteUnitsPerTickLot: fields.integer(),
    makerFeeBasisPoints: fields.integer(),
    takerFeeBasisPoints: fields.integer(),
  };
  const trading = fields.fields();
  if (trading.isEmpty) return terms;
  const withTrading = { ...terms, trading: tradingTermsIn(trading) };
  trading.end();
  return withTrading;
}
