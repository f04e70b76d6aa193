/**
 * Goal: statistics are what the trades of the last 24 hours come to, at any moment. Method: any
 * trades go through them, which are written down and read back on the way, and beside them all
 * trades are looked through.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pack, unpack } from "../../protocols/index.ts";
import type { StatisticsView, TimeUs } from "../../protocols/index.ts";
import { DayStatistics } from "./day-statistics.ts";
import type { SavedStatistics } from "./day-statistics.ts";
import { plainCandle, randomTrades } from "./testing/random-trades.ts";
import type { TimedTrade } from "./testing/random-trades.ts";

const minute = 60_000_000;
const day = 1440 * minute;
const nothing = { volume: "0", notional: "0", trades: 0 } as const;

function plainStatistics(trades: readonly TimedTrade[], timeUs: TimeUs): StatisticsView {
  const startUs = Math.floor(timeUs / minute) * minute + minute - day;
  const within = trades.filter((trade) => trade.timeUs >= startUs);
  const before = trades.filter((trade) => trade.timeUs < startUs).at(-1)?.price ?? 0;
  if (within.length === 0) return { open: before, high: 0, low: 0, last: before, ...nothing };
  const { high, low, close, volume, notional, open, trades: count } = plainCandle(0, within);
  return { open: before || open, high, low, last: close, volume, notional, trades: count };
}

function restored(statistics: DayStatistics): DayStatistics {
  const saved = statistics.snapshot();
  const other = DayStatistics.restore(unpack(pack(saved)) as SavedStatistics);
  expect(other.snapshot()).toEqual(saved);
  return other;
}

describe("statistics of a day", () => {
  it("are what the trades of the last 24 hours come to", () => {
    const later = fc.oneof(fc.nat({ max: 2 * minute }), fc.nat({ max: 2 * day }));
    fc.assert(
      fc.property(randomTrades, fc.nat({ max: 9 }), later, (trades, turns, laterUs) => {
        let statistics = new DayStatistics();
        for (const [index, trade] of trades.entries()) {
          statistics.traded(trade, trade.timeUs);
          if (index % 10 === turns) statistics = restored(statistics);
          const soFar = trades.slice(0, index + 1);
          // Not after each, so that what was found out before must be true.
          if (index % 3 === turns % 3) continue;
          expect(statistics.asOf(trade.timeUs)).toEqual(plainStatistics(soFar, trade.timeUs));
        }
        const timeUs = trades.at(-1)!.timeUs + laterUs;
        const saved = statistics.snapshot();
        expect(statistics.asOf(timeUs)).toEqual(plainStatistics(trades, timeUs));
        expect(statistics.snapshot()).toEqual(saved);
      }),
    );
  });

  it("of a book without trades are nothing", () => {
    expect(new DayStatistics().asOf(5)).toEqual({ open: 0, high: 0, low: 0, last: 0, ...nothing });
  });

  it("begin with the last price before them, and end with it when nothing traded since", () => {
    const statistics = new DayStatistics();
    statistics.traded({ tradeId: 1, price: 100, quantity: 5 }, 0);
    statistics.traded({ tradeId: 2, price: 90, quantity: 5 }, minute);
    expect(statistics.asOf(day)).toMatchObject({ open: 100, high: 90, low: 90, last: 90 });
    expect(statistics.asOf(day + minute)).toEqual({
      ...{ open: 90, high: 0, low: 0, last: 90 },
      ...nothing,
    });
  });

  it("of every minute of many days take the memory of one", () => {
    const statistics = new DayStatistics();
    for (let n = 0; n < 4000; n++) {
      statistics.traded({ tradeId: n + 1, price: n + 1, quantity: 1 }, n * minute);
    }
    const last = statistics.asOf(3999 * minute);
    expect(last).toMatchObject({ open: 2560, low: 2561, high: 4000, last: 4000, trades: 1440 });
    expect(statistics.snapshot()[1]).toHaveLength(1440 * 12 * 8);
  });
});
