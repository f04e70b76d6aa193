/**
 * Any trades of one book in the order of their times, and what they come to in the plainest way:
 * the oracle of candles and statistics.
 */
import fc from "fast-check";
import { lotsMax, ticksMax } from "../../../protocols/index.ts";
import type { CandleView, TimeUs } from "../../../protocols/index.ts";
import type { BarTrade } from "../bars.ts";

export interface TimedTrade extends BarTrade {
  readonly timeUs: TimeUs;
}

const second = 1_000_000;
/** Not at the beginning of anything. */
const firstUs = 1_700_000_123_456_789;

/** Mostly within a minute, sometimes hours or days later. */
const pauses = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: 40 * second }) },
  { weight: 2, arbitrary: fc.nat({ max: 20 * 60 * second }) },
  { weight: 1, arbitrary: fc.nat({ max: 30 * 3600 * second }) },
);
/** Mostly small, sometimes so large that sums pass every number of 64 bits. */
const prices = fc.oneof(fc.integer({ min: 90, max: 110 }), fc.integer({ min: 1, max: ticksMax }));
const quantities = fc.oneof(
  fc.integer({ min: 1, max: 20 }),
  fc.integer({ min: 1, max: lotsMax }),
  fc.constant(lotsMax),
);

const steps = fc.record({ pauseUs: pauses, price: prices, quantity: quantities });

export const randomTrades: fc.Arbitrary<TimedTrade[]> = fc
  .array(steps, { minLength: 1, maxLength: 120 })
  .map((list) => {
    let timeUs = firstUs;
    return list.map(({ pauseUs, price, quantity }, index) => {
      timeUs += pauseUs;
      return { tradeId: index + 1, price, quantity, timeUs };
    });
  });

/** The trades of one span as a candle. There must be one. */
export function plainCandle(startUs: TimeUs, trades: readonly BarTrade[]): CandleView {
  const all = trades.map(({ price }) => price);
  const sum = (of: (trade: BarTrade) => bigint): string =>
    String(trades.reduce((total, trade) => total + of(trade), 0n));
  return {
    startUs,
    open: all[0]!,
    high: Math.max(...all),
    low: Math.min(...all),
    close: all.at(-1)!,
    volume: sum(({ quantity }) => BigInt(quantity)),
    notional: sum(({ price, quantity }) => BigInt(price) * BigInt(quantity)),
    trades: trades.length,
    firstTradeId: trades[0]!.tradeId,
    lastTradeId: trades.at(-1)!.tradeId,
  };
}
