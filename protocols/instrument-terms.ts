/**
 * An instrument's terms as fields of an ordinary record, and back.
 */
import { contractTermsIn, fieldsOfContractTerms } from "./contract-terms.ts";
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
    // Left out of what is no contract: the bytes of before stay as they are.
    ...(terms.contract === undefined ? [] : [fieldsOfContractTerms(terms.contract)]),
  ];
}

/** Throws MalformedRecords. */
export function termsIn(fields: Fields): InstrumentTerms {
  const terms = {
    symbol: fields.symbol(),
    base: fields.asset(),
    quote: fields.asset(),
    baseUnitsPerLot: fields.integer(),
    quoteUnitsPerTickLot: fields.integer(),
    makerFeeBasisPoints: fields.integer(),
    takerFeeBasisPoints: fields.integer(),
  };
  const trading = tradingIn(fields.fields());
  const contract = fields.hasList ? contractTermsIn(fields.fields()) : undefined;
  return {
    ...terms,
    ...(trading !== undefined && { trading }),
    ...(contract !== undefined && { contract }),
  };
}

function tradingIn(fields: Fields): TradingTerms | undefined {
  if (fields.isEmpty) return undefined;
  const trading = tradingTermsIn(fields);
  fields.end();
  return trading;
}
