import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Fields } from "./record-fields.ts";
import { MalformedRecords, pack, unpack } from "./records.ts";
import { step } from "./testing/trading-calendars.ts";
import { anyTradingTerms, tradingTermsExample } from "./testing/trading-terms.ts";
import {
  areTradingTermsSound,
  fieldsOfTradingTerms,
  isOnTick,
  plainTradingTerms,
  tickAbove,
  tickBelow,
  tickSizeAt,
  tradingTermsIn,
} from "./trading-terms.ts";
import type { TickSize, TradingTerms } from "./trading-terms.ts";
import { amountMax, lotsMax, ticksMax } from "./units.ts";

function decode(list: readonly unknown[]): TradingTerms {
  const fields = new Fields(list);
  const terms = tradingTermsIn(fields);
  fields.end();
  return terms;
}

const secondsPerDay = 86_400;

describe("trading terms", () => {
  it("are sound as most instruments have them, and with all there is", () => {
    expect(areTradingTermsSound(plainTradingTerms)).toBe(true);
    expect(areTradingTermsSound(tradingTermsExample)).toBe(true);
  });

  it.each<[what: string, terms: Partial<TradingTerms>]>([
    ["a minimum allocation of one order's largest", { minimumAllocation: lotsMax }],
    ["one quantity only", { quantityMin: 5, quantityMax: 5 }],
    ["one value only", { notionalMin: 5, notionalMax: 5 }],
    ["a smallest value without a largest", { notionalMin: amountMax, notionalMax: 0 }],
    ["the largest value there is", { notionalMax: amountMax }],
    ["the highest reference price", { referencePrice: ticksMax }],
    ["a collar as wide as the price", { collarBasisPoints: 10_000 }],
    ["bands as wide as the price", { bandBasisPoints: 10_000 }],
    [
      "all times at their least",
      {
        bandWindowSeconds: 1,
        limitStateSeconds: 0,
        pauseSeconds: 1,
        auctionSeconds: 1,
        auctionRandomSeconds: 0,
      },
    ],
    [
      "all times at their most",
      {
        bandWindowSeconds: secondsPerDay,
        limitStateSeconds: secondsPerDay,
        pauseSeconds: secondsPerDay,
        auctionSeconds: secondsPerDay,
        auctionRandomSeconds: 3600,
      },
    ],
    ["one tick size", { tickSizes: [{ from: 0, size: ticksMax }] }],
  ])("are sound with %s", (_, terms) => {
    expect(areTradingTermsSound({ ...plainTradingTerms, ...terms })).toBe(true);
  });

  it.each<[what: string, terms: Partial<TradingTerms>]>([
    ["no minimum allocation", { minimumAllocation: 0 }],
    ["a minimum allocation beyond every order", { minimumAllocation: lotsMax + 1 }],
    ["tick sizes that begin above 0", { tickSizes: [{ from: 5, size: 5 }] }],
    ["a tick size of 0", { tickSizes: [{ from: 0, size: 0 }] }],
    ["a tick size beyond every price", { tickSizes: [{ from: 0, size: ticksMax + 1 }] }],
    [
      "tick sizes that do not ascend",
      {
        tickSizes: [
          { from: 0, size: 1 },
          { from: 0, size: 1 },
        ],
      },
    ],
    [
      "a tick size from a price that is none of it",
      {
        tickSizes: [
          { from: 0, size: 1 },
          { from: 12, size: 5 },
        ],
      },
    ],
    [
      "more tick sizes than there may be",
      { tickSizes: Array.from({ length: 51 }, (_, from) => ({ from, size: 1 })) },
    ],
    ["a smallest quantity of 0", { quantityMin: 0 }],
    ["a smallest quantity above the largest", { quantityMin: 6, quantityMax: 5 }],
    ["a largest quantity beyond every order", { quantityMax: lotsMax + 1 }],
    ["a smallest value below 0", { notionalMin: -1 }],
    ["a largest value below 0", { notionalMax: -1 }],
    ["a largest value beyond the ledger", { notionalMax: BigInt(amountMax) + 1n }],
    ["a smallest value above the largest", { notionalMin: 6, notionalMax: 5 }],
    ["a reference price below 0", { referencePrice: -1 }],
    ["a reference price beyond every price", { referencePrice: ticksMax + 1 }],
    ["a collar below 0", { collarBasisPoints: -1 }],
    ["a collar wider than the price", { collarBasisPoints: 10_001 }],
    ["bands below 0", { bandBasisPoints: -1 }],
    ["bands wider than the price", { bandBasisPoints: 10_001 }],
    ["no band window", { bandWindowSeconds: 0 }],
    ["a band window beyond a day", { bandWindowSeconds: secondsPerDay + 1 }],
    ["a limit state below 0", { limitStateSeconds: -1 }],
    ["a limit state beyond a day", { limitStateSeconds: secondsPerDay + 1 }],
    ["no pause", { pauseSeconds: 0 }],
    ["a pause beyond a day", { pauseSeconds: secondsPerDay + 1 }],
    ["no auction", { auctionSeconds: 0 }],
    ["an auction beyond a day", { auctionSeconds: secondsPerDay + 1 }],
    ["a random end below 0", { auctionRandomSeconds: -1 }],
    ["a random end beyond an hour", { auctionRandomSeconds: 3601 }],
    [
      "a calendar that is not sound",
      { calendar: { ...tradingTermsExample.calendar!, week: [[step("09:00 open")]] } },
    ],
  ])("are not sound with %s", (_, terms) => {
    expect(areTradingTermsSound({ ...plainTradingTerms, ...terms })).toBe(false);
  });
});

describe("trading terms as fields", () => {
  it("come back from their list, and from the list's bytes", () => {
    fc.assert(
      fc.property(anyTradingTerms, (terms) => {
        const list = fieldsOfTradingTerms(terms);
        expect(decode(list)).toStrictEqual(terms);
        expect(decode(unpack(pack(list)) as unknown[])).toStrictEqual(terms);
      }),
    );
  });

  it.each<[what: string, at: number, field: unknown]>([
    ["a number for a choice", 0, 1],
    ["a fraction of a lot", 1, 0.5],
    ["no list of tick sizes", 2, 5],
    ["half a tick size", 2, [[0]]],
    ["a tick size with too much", 2, [[0, 1, 2]]],
    ["more tick sizes than there may be", 2, Array.from({ length: 51 }, () => [0, 1])],
    ["a value beyond the ledger", 6, 2n ** 64n],
    ["no list for a calendar", 15, null],
    ["half a calendar", 15, ["UTC"]],
  ])("are malformed with %s", (_, at, field) => {
    const list = [...fieldsOfTradingTerms(tradingTermsExample)];
    list[at] = field as (typeof list)[number];
    expect(() => decode(list)).toThrow(MalformedRecords);
  });
});

describe("tick sizes", () => {
  const tickSizes: readonly TickSize[] = [
    { from: 0, size: 1 },
    { from: 100, size: 5 },
    { from: 1000, size: 25 },
  ];

  it.each([
    [1, 1, 1, 1],
    [99, 1, 99, 99],
    [100, 5, 100, 100],
    [101, 5, 100, 105],
    [999, 5, 995, 1000],
    [1000, 25, 1000, 1000],
    [1024, 25, 1000, 1025],
  ])("at %i are %i, with a price at %i and one at %i around it", (price, size, below, above) => {
    expect(tickSizeAt(tickSizes, price)).toBe(size);
    expect(tickBelow(tickSizes, price)).toBe(below);
    expect(tickAbove(tickSizes, price)).toBe(above);
    expect(isOnTick(tickSizes, price)).toBe(price === below);
  });

  it("take every tick where there are none", () => {
    for (const price of [1, 7, ticksMax]) {
      expect(isOnTick([], price)).toBe(true);
      expect([tickBelow([], price), tickAbove([], price)]).toEqual([price, price]);
    }
  });

  it("have the prices around any other, and none between", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), (price) => {
        const below = tickBelow(tickSizes, price);
        const above = tickAbove(tickSizes, price);
        expect(below <= price && price <= above).toBe(true);
        expect(isOnTick(tickSizes, below) && isOnTick(tickSizes, above)).toBe(true);
        for (let between = below + 1; between < above; between++) {
          expect(isOnTick(tickSizes, between)).toBe(false);
        }
      }),
    );
  });
});
