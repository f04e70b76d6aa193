/**
 * Where a market maker begins to quote: at the last trade, else at what people know the instrument
 * for, else anywhere.
 */
import type { OutcryClient } from "../sdk/index.ts";

/** In ticks, for the instruments of a new exchange. */
const familiarPrices: Readonly<Record<string, number>> = {
  "BTC-USDT": 6_500_000,
  "ETH-USDT": 300_000,
  AAPL: 5_855_000,
  MSFT: 309_500,
};

const priceOfTheUnknown = 100_000;

export async function startPriceOf(client: OutcryClient, symbol: string): Promise<number> {
  const [last] = await client.trades({ symbol, limit: 1 });
  return last?.price ?? familiarPrices[symbol] ?? priceOfTheUnknown;
}
