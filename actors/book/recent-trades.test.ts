import { describe, expect, it } from "vitest";
import { RecentTrades, recentTradesMax } from "./recent-trades.ts";

const trade = (tradeId: number) =>
  ({ tradeId, price: 100 + tradeId, quantity: 1, takerSide: 0, timeUs: tradeId * 10 }) as const;

function after(count: number): RecentTrades {
  const trades = new RecentTrades();
  for (let tradeId = 1; tradeId <= count; tradeId++) trades.add(trade(tradeId));
  return trades;
}

describe("the latest trades", () => {
  it("are told newest first, as many as are asked for", () => {
    expect(after(0).latest(5)).toEqual([]);
    expect(after(3).latest(2)).toEqual([trade(3), trade(2)]);
    expect(after(3).latest(10)).toEqual([trade(3), trade(2), trade(1)]);
  });

  it("replace the oldest once there are as many as are kept", () => {
    for (const more of [0, 1, 2, recentTradesMax, recentTradesMax + 1]) {
      const count = recentTradesMax + more;
      const latest = after(count).latest(Infinity);
      expect(latest).toHaveLength(recentTradesMax);
      expect(latest[0]).toEqual(trade(count));
      expect(latest.at(-1)).toEqual(trade(count - recentTradesMax + 1));
    }
  });

  it("are not changed by trades that come later", () => {
    const trades = after(recentTradesMax);
    const [newest] = trades.latest(1);
    for (let tradeId = 1; tradeId <= recentTradesMax; tradeId++) trades.add(trade(9000));
    expect(newest).toEqual(trade(recentTradesMax));
  });

  it("come back from a snapshot, and equal trades give equal snapshots", () => {
    for (const count of [0, 3, recentTradesMax, recentTradesMax + 7]) {
      const trades = after(count);
      const restored = RecentTrades.restore(trades.snapshot());
      expect(restored.latest(Infinity)).toEqual(trades.latest(Infinity));
      restored.add(trade(9999));
      trades.add(trade(9999));
      expect(restored.snapshot()).toEqual(trades.snapshot());
    }
  });
});
