import { describe, expect, it } from "vitest";
import { byAge } from "./trades.ts";

describe("trades", () => {
  it("are oldest first, those of one step too", () => {
    const newestFirst = [
      { timeUs: 20, trade: { tradeId: 4 } },
      { timeUs: 20, trade: { tradeId: 3 } },
      { timeUs: 10, trade: { tradeId: 2 } },
    ];
    expect(newestFirst.toSorted(byAge).map(({ trade }) => trade.tradeId)).toEqual([2, 3, 4]);
  });
});
