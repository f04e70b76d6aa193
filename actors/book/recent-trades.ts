/**
 * The latest trades of one book, for whoever asks: a ring of a fixed size whose entries are reused,
 * so that a trade costs no memory.
 */
import type { Lots, Side, Ticks, TimeUs, TradeId, TradeView } from "../../protocols/index.ts";

/** How many of the latest trades a book can be asked for. */
export const recentTradesMax = 500;

type SavedTrade = readonly [TradeId, Ticks, Lots, Side, TimeUs];

export class RecentTrades {
  readonly #ring: { -readonly [Field in keyof TradeView]: TradeView[Field] }[] = [];
  /** Where the next trade goes once the ring is full: the place of the oldest. */
  #next = 0;

  add({ tradeId, price, quantity, takerSide, timeUs }: TradeView): void {
    const oldest = this.#ring[this.#next];
    if (oldest === undefined) {
      this.#ring.push({ tradeId, price, quantity, takerSide, timeUs });
    } else {
      oldest.tradeId = tradeId;
      oldest.price = price;
      oldest.quantity = quantity;
      oldest.takerSide = takerSide;
      oldest.timeUs = timeUs;
    }
    this.#next = (this.#next + 1) % recentTradesMax;
  }

  /** Newest first. */
  latest(limit: number): readonly TradeView[] {
    return this.#oldestFirst()
      .slice(-limit)
      .reverse()
      .map((trade) => ({ ...trade }));
  }

  snapshot(): readonly SavedTrade[] {
    return this.#oldestFirst().map(({ tradeId, price, quantity, takerSide, timeUs }) => [
      tradeId,
      price,
      quantity,
      takerSide,
      timeUs,
    ]);
  }

  static restore(saved: readonly SavedTrade[]): RecentTrades {
    const trades = new RecentTrades();
    for (const [tradeId, price, quantity, takerSide, timeUs] of saved) {
      trades.add({ tradeId, price, quantity, takerSide, timeUs });
    }
    return trades;
  }

  #oldestFirst(): readonly TradeView[] {
    const isFull = this.#ring.length === recentTradesMax;
    if (!isFull) return [...this.#ring];
    return [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
  }
}
