/**
 * Goal: candles are what the trades of their spans come to, whenever they are closed. Method: any
 * trades go through the candles, which are written down and read back on the way, and beside them
 * are put together by span in the plainest way.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CandleInterval,
  candleIntervals,
  candleSpansUs,
  InvariantViolation,
  pack,
  unpack,
} from "../../protocols/index.ts";
import type { CandleView, OpenCandleView, TimeUs } from "../../protocols/index.ts";
import { Candles, closedCandlesMax } from "./candles.ts";
import type { SavedCandles } from "./candles.ts";
import { plainCandle, randomTrades } from "./testing/random-trades.ts";
import type { TimedTrade } from "./testing/random-trades.ts";

const all = { limit: Infinity, endUs: 0 } as const;
const minute = 60_000_000;

type Told = readonly [CandleInterval, CandleView];

/** Candles that close when their time comes, as a book has them do. */
class ToldCandles {
  candles = new Candles();
  readonly told: Told[] = [];

  pass(timeUs: TimeUs): void {
    if (this.candles.isDue(timeUs)) this.#close(timeUs);
  }

  #close(timeUs: TimeUs): void {
    this.candles.close(timeUs, (...candle) => this.told.push(candle));
  }

  trade(trade: TimedTrade): TimeUs {
    this.pass(trade.timeUs);
    return this.candles.traded(trade, trade.timeUs);
  }

  restore(): void {
    const saved = this.candles.snapshot();
    this.candles = Candles.restore(unpack(pack(saved)) as SavedCandles);
    expect(this.candles.snapshot()).toEqual(saved);
  }
}

function plainCandles(trades: readonly TimedTrade[], interval: CandleInterval): CandleView[] {
  const span = candleSpansUs[interval]!;
  const spans = Map.groupBy(trades, ({ timeUs }) => Math.floor(timeUs / span) * span);
  return [...spans].map(([startUs, those]) => plainCandle(startUs, those));
}

function withoutState({ isClosed: _, ...candle }: OpenCandleView): CandleView {
  return candle;
}

function trade(timeUs: TimeUs, more: Partial<TimedTrade> = {}): TimedTrade {
  return { tradeId: 1, price: 100, quantity: 1, timeUs, ...more };
}

describe("candles of any trades", () => {
  it("are what the trades of their spans come to, running or closed", () => {
    const property = fc.property(randomTrades, fc.nat({ max: 9 }), (trades, turns) => {
      const told = new ToldCandles();
      for (const [index, each] of trades.entries()) {
        told.trade(each);
        if (index % 10 === turns) told.restore();
      }
      const nowUs = trades.at(-1)!.timeUs;
      for (const interval of candleIntervals) {
        const expected = plainCandles(trades, interval).slice(-closedCandlesMax);
        const found = told.candles.latest({ interval, ...all });
        expect(found.map(withoutState)).toEqual(expected);
        for (const { startUs, isClosed } of found) {
          expect(isClosed).toBe(startUs + candleSpansUs[interval]! <= nowUs);
        }
        const closed = told.told.filter(([of]) => of === interval).map(([, candle]) => candle);
        expect(closed).toEqual(found.filter(({ isClosed }) => isClosed).map(withoutState));
      }
    });
    fc.assert(property);
  });

  it("are told at the latest with the next trade, and end when the narrowest one does", () => {
    fc.assert(
      fc.property(randomTrades, (trades) => {
        const told = new ToldCandles();
        for (const each of trades) {
          told.trade(each);
          expect(told.candles.nextEndUs).toBe(Math.floor(each.timeUs / minute) * minute + minute);
        }
        // Whoever is called at each end has all of them closed at last, each in its time.
        const before = told.told.length;
        const ends: TimeUs[] = [];
        for (let { nextEndUs } = told.candles; nextEndUs; { nextEndUs } = told.candles) {
          ends.push(nextEndUs);
          told.pass(nextEndUs);
        }
        const last = told.told.slice(before);
        expect(last.map(([interval]) => interval)).toEqual(candleIntervals);
        expect(new Set(last.map(([of, { startUs }]) => startUs + candleSpansUs[of]!))).toEqual(
          new Set(ends),
        );
        expect(ends).toEqual(ends.toSorted((a, b) => a - b));
      }),
    );
  });
});

describe("a candle", () => {
  it("begins with the first trade of its span: a span without trades has none", () => {
    const told = new ToldCandles();
    expect(told.candles.nextEndUs).toBeUndefined();
    expect(told.trade(trade(30))).toBe(minute);
    expect(told.trade(trade(minute - 1))).toBe(0);
    expect(told.trade(trade(7 * minute))).toBe(8 * minute);
    expect(told.told.map(([interval, { startUs, trades }]) => [interval, startUs, trades])).toEqual(
      [
        [CandleInterval["1m"], 0, 2],
        [CandleInterval["5m"], 0, 2],
      ],
    );
    expect(told.candles.nextEndUs).toBe(8 * minute);
  });

  it("ends with its span, not a moment before", () => {
    const told = new ToldCandles();
    told.trade(trade(30));
    told.pass(minute - 1);
    expect(told.told).toEqual([]);
    told.pass(minute);
    expect(told.told).toHaveLength(1);
    expect(told.candles.nextEndUs).toBe(5 * minute);
  });

  it("cannot take a trade that came after its end", () => {
    const told = new ToldCandles();
    told.trade(trade(30));
    expect(() => told.candles.traded(trade(minute), minute)).toThrow(InvariantViolation);
  });
});

describe("whoever asks for candles", () => {
  const interval = CandleInterval["1m"];

  function after(minutes: number): ToldCandles {
    const told = new ToldCandles();
    for (let n = 0; n < minutes; n++) told.trade(trade(n * minute, { tradeId: n + 1 }));
    return told;
  }

  it("gets as many as asked for, oldest first, the running one last", () => {
    const { candles } = after(4);
    const starts = (limit: number, endUs = 0) =>
      candles.latest({ interval, limit, endUs }).map(({ startUs }) => startUs / minute);
    expect(starts(2)).toEqual([2, 3]);
    expect(starts(9)).toEqual([0, 1, 2, 3]);
    expect(starts(0)).toEqual([]);
    expect(starts(2, 2 * minute)).toEqual([0, 1]);
    expect(starts(2, 2 * minute + 1)).toEqual([1, 2]);
    expect(starts(9, 3 * minute)).toEqual([0, 1, 2]);
    expect(new Candles().latest({ interval, ...all })).toEqual([]);
  });

  it("gets the last 500 that were closed", () => {
    for (const more of [-1, 0, 1, 250]) {
      const told = after(closedCandlesMax + more);
      told.pass((closedCandlesMax + more) * minute);
      const found = told.candles.latest({ interval, ...all });
      const expected = Math.min(closedCandlesMax, closedCandlesMax + more);
      expect(found).toHaveLength(expected);
      expect(found[0]?.firstTradeId).toBe(closedCandlesMax + more - expected + 1);
      expect(found.at(-1)?.lastTradeId).toBe(closedCandlesMax + more);
      told.restore();
      expect(told.candles.latest({ interval, ...all })).toEqual(found);
    }
  });
});
