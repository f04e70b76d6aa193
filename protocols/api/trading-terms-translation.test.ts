import fc from "fast-check";
import { Check } from "typebox/value";
import { describe, expect, it } from "vitest";
import { calendarExample, step } from "../testing/trading-calendars.ts";
import { tradingTermsExample } from "../testing/trading-terms.ts";
import { plainTradingTerms } from "../trading-terms.ts";
import { renderTradingTerms, tradingTermsOf } from "./trading-terms-translation.ts";
import { tradingTerms, tradingTermsRequest } from "./trading-terms.ts";
import type { TradingTermsRequest } from "./trading-terms.ts";

describe("trading terms", () => {
  it("come back from what is shown of them", () => {
    for (const terms of [plainTradingTerms, tradingTermsExample]) {
      const shown = renderTradingTerms(terms);
      expect(Check(tradingTerms, shown)).toBe(true);
      expect(Check(tradingTermsRequest, shown)).toBe(true);
      const throughJson = JSON.parse(JSON.stringify(shown)) as TradingTermsRequest;
      expect(tradingTermsOf(throughJson)).toEqual({ kind: "terms", terms });
    }
  });

  it("that say nothing are those of most instruments", () => {
    expect(tradingTermsOf({})).toEqual({ kind: "terms", terms: plainTradingTerms });
  });

  it("hold no minus zero", () => {
    const numbers = fc.constantFrom(-0, 0, 5);
    const request = fc.record({
      minimumAllocation: numbers,
      tickSizes: fc.array(fc.record({ from: numbers, size: numbers })),
      quantityMin: numbers,
      referencePrice: numbers,
      limitStateSeconds: numbers,
      calendar: fc.constant({
        ...calendarExample,
        offsets: [{ fromUs: -0, minutes: -0 }],
        week: [
          [
            { minute: -0, event: "open", randomEndSeconds: -0 },
            { minute: 5, event: "close", randomEndSeconds: -0 },
          ] as const,
          ...Array.from({ length: 6 }, () => []),
        ],
        exceptions: [],
      }),
    });
    fc.assert(
      fc.property(request, (body) => {
        const translated = JSON.stringify(tradingTermsOf(body as unknown as TradingTermsRequest));
        const again = tradingTermsOf(JSON.parse(JSON.stringify(body)) as TradingTermsRequest);
        expect(translated).toBe(JSON.stringify(again));
        expect(tradingTermsOf(body as unknown as TradingTermsRequest)).toStrictEqual(again);
      }),
    );
  });

  it.each([
    ["notionalMin", { notionalMin: "9".repeat(19) }, "It is more than a ledger can hold."],
    ["notionalMax", { notionalMax: "9".repeat(19) }, "It is more than a ledger can hold."],
    [
      "calendar",
      {
        calendar: {
          ...renderTradingTerms(tradingTermsExample).calendar!,
          week: [[step("09:00 open")], [], [], [], [], [], []],
        },
      },
      "It cannot be traded by: day not closed.",
    ],
  ])("are refused for their %s", (field, request, message) => {
    expect(tradingTermsOf(request)).toMatchObject({
      kind: "fault",
      fault: { reason: 1001, field: `trading.${field}`, message },
    });
  });
});
