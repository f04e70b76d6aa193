import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fieldsOfTerms, termsIn, tradingTermsOf } from "./instrument-terms.ts";
import type { InstrumentTerms } from "./messages.ts";
import { Fields } from "./record-fields.ts";
import { MalformedRecords } from "./records.ts";
import { anyTerms, termsExample, tradedTermsExample } from "./testing/messages.ts";
import { tradingTermsExample } from "./testing/trading-terms.ts";
import { plainTradingTerms } from "./trading-terms.ts";

function decode(list: readonly unknown[]): InstrumentTerms {
  const fields = new Fields(list);
  const terms = termsIn(fields);
  fields.end();
  return terms;
}

describe("an instrument's terms", () => {
  it("say how it trades, or it trades as most do", () => {
    expect(tradingTermsOf(tradedTermsExample)).toBe(tradingTermsExample);
    expect(tradingTermsOf(termsExample)).toBe(plainTradingTerms);
  });

  it("come back from their fields", () => {
    fc.assert(
      fc.property(anyTerms, (terms) => {
        expect(decode(fieldsOfTerms(terms))).toStrictEqual(terms);
      }),
    );
  });

  it("take an empty list where it trades as most do", () => {
    expect(fieldsOfTerms(termsExample).at(-1)).toEqual([]);
    expect(decode(fieldsOfTerms(termsExample))).not.toHaveProperty("trading");
  });

  it("are malformed when there is too little or too much of how it trades", () => {
    const fields = fieldsOfTerms(tradedTermsExample);
    const trading = fields.at(-1) as unknown[];
    for (const list of [trading.slice(0, -1), [...trading, 0]]) {
      expect(() => decode([...fields.slice(0, -1), list])).toThrow(MalformedRecords);
    }
    expect(() => decode(fields.slice(0, -1))).toThrow(MalformedRecords);
  });
});
