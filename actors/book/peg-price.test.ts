import { describe, expect, it } from "vitest";
import { PegReference, Side, ticksMax } from "../../protocols/index.ts";
import { pegPrice } from "./peg-price.ts";
import { pegged } from "./testing/book-orders.ts";

const { primary, market, midpoint } = PegReference;
const selling = { side: Side.sell, price: 1 } as const;
const best = { bid: 100, ask: 107 };

describe("the price of a pegged order", () => {
  it.each([
    ["primary", primary, 100, 107],
    ["market", market, 107, 100],
    // Three and a half ticks: each side stays on its own.
    ["midpoint", midpoint, 103, 104],
  ])("follows its reference: %s", (_, pegReference, buy, sell) => {
    expect(pegPrice(pegged({ pegReference }), best)).toBe(buy);
    expect(pegPrice(pegged({ pegReference }, selling), best)).toBe(sell);
  });

  it("is the same middle for both sides where that is a tick", () => {
    const even = { bid: 100, ask: 106 };
    expect(pegPrice(pegged({ pegReference: midpoint }), even)).toBe(103);
    expect(pegPrice(pegged({ pegReference: midpoint }, selling), even)).toBe(103);
  });

  it("stays an offset behind", () => {
    expect(pegPrice(pegged({ pegOffset: 4 }), best)).toBe(96);
    expect(pegPrice(pegged({ pegOffset: 4 }, selling), best)).toBe(111);
  });

  it("is no worse than the limit", () => {
    expect(pegPrice(pegged({}, { price: 98 }), best)).toBe(98);
    expect(pegPrice(pegged({}, { ...selling, price: 109 }), best)).toBe(109);
    expect(pegPrice(pegged({ pegOffset: 5 }, { price: 98 }), best)).toBe(95);
  });

  it("is none where there is nothing to follow", () => {
    const noBid = { ...best, bid: undefined };
    const noAsk = { ...best, ask: undefined };
    const priced = [primary, market, midpoint].map((pegReference) => [
      pegPrice(pegged({ pegReference }), noBid),
      pegPrice(pegged({ pegReference }), noAsk),
      pegPrice(pegged({ pegReference }, selling), noBid),
      pegPrice(pegged({ pegReference }, selling), noAsk),
    ]);
    expect(priced).toEqual([
      [undefined, 100, 107, undefined],
      [107, undefined, undefined, 100],
      [undefined, undefined, undefined, undefined],
    ]);
  });

  it("is none beyond the highest price", () => {
    const sellsBehind = (pegOffset: number) => pegPrice(pegged({ pegOffset }, selling), best);
    expect(sellsBehind(ticksMax - 107)).toBe(ticksMax);
    expect(sellsBehind(ticksMax - 106)).toBeUndefined();
    const limited = pegged({}, { ...selling, price: ticksMax });
    expect(pegPrice(limited, best, [{ from: 0, size: 3 }])).toBeUndefined();
  });

  it("is none below one tick", () => {
    expect(pegPrice(pegged({ pegOffset: 99 }), best)).toBe(1);
    expect(pegPrice(pegged({ pegOffset: 100 }), best)).toBeUndefined();
    expect(pegPrice(pegged({ pegOffset: ticksMax }), best)).toBeUndefined();
  });
});
