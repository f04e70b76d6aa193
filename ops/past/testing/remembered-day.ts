/**
 * A day of random trading on several shards of which some moments are remembered as they were, by
 * whoever was there: what the past is held against. Clocks of its servers go back now and then.
 */
import type { Shard } from "../../../actors/index.ts";
import { traders, tradeOut } from "../../../actors/testing/trading-day.ts";
import { instruments } from "../../../actors/testing/instruments.ts";
import type { TestVenue } from "../../../actors/testing/test-venue.ts";
import { hexOf } from "../../../cluster/hash-chain.ts";
import { stateHashOf } from "../../../cluster/replica-snapshot.ts";
import { ChanceOfEntries } from "../../../cluster/testing/chance-of-entries.ts";
import type { BalanceView, DepthView, OrderView } from "../../../protocols/index.ts";

/** A moment, with all that there was. */
export interface Remembered {
  readonly timeUs: number;
  /** By shard. */
  readonly sequences: readonly number[];
  readonly states: readonly string[];
  /** By account; of one that was between two shards there is nothing. */
  readonly balances: ReadonlyMap<string, readonly BalanceView[]>;
  readonly orders: readonly OrderView[];
  /** By symbol, likewise. */
  readonly books: ReadonlyMap<string, DepthView>;
}

const everyMoves = 40;
const backUs = 400_000;
export const bookLines = 5;

export function rememberedDay(day: { readonly seed: number; readonly moves: number }): {
  readonly venue: TestVenue;
  readonly moments: readonly Remembered[];
} {
  const moments: Remembered[] = [];
  let moves = 0;
  const venue = tradeOut({
    ...{ ...day, shards: 3, deliveryPercent: 60, relocationPercent: 8 },
    chance: new ChanceOfEntries(),
    afterMove: (trading) => {
      moves += 1;
      const last = moments.at(-1)?.timeUs ?? 0;
      if (moves % 4 === 0) trading.timeUs = Math.max(last + 1, trading.timeUs - backUs);
      if (moves % everyMoves !== 0) return;
      const moment = remembered(trading);
      moments.push(moment);
      trading.timeUs = moment.timeUs + 1;
    },
  });
  return { venue, moments };
}

function remembered({ shards }: TestVenue): Remembered {
  const found = <Answer>(ask: (shard: Shard) => Answer | null): Answer | undefined =>
    shards.map(ask).find((answer) => answer !== null) ?? undefined;
  const balances = new Map<string, readonly BalanceView[]>();
  const orders: OrderView[] = [];
  for (const account of traders) {
    const has = found((shard) => shard.answer("balances", { account }));
    if (has !== undefined) balances.set(account, has);
    const page = { account, symbol: "", afterOrderId: 0, limit: 3 };
    for (const shard of shards) orders.push(...shard.answer("open-orders", page));
  }
  const books = new Map<string, DepthView>();
  for (const { symbol } of instruments) {
    const depth = found((shard) => shard.answer("depth", { symbol, levels: bookLines }));
    if (depth !== undefined) books.set(symbol, depth);
  }
  return {
    timeUs: Math.max(...shards.map(({ timeUs }) => timeUs)),
    sequences: shards.map(({ sequence }) => sequence),
    states: shards.map((shard) => hexOf(stateHashOf(shard))),
    ...{ balances, orders, books },
  };
}
