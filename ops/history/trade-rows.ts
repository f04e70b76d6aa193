/**
 * Trades as rows: what everybody hears of them, and between whom they were made.
 *
 * A book tells both accounts of a fill, the resting order's first; the side of the other one is the
 * taker's.
 */
import { assert, Side } from "../../protocols/index.ts";
import type { ActorMessage, OrderFilled, Traded, TradeId } from "../../protocols/index.ts";
import { sideWords, wordOf } from "../../protocols/api/words.ts";
import type { RowPlace } from "./row-place.ts";

type Party = Pick<OrderFilled, "account" | "orderId">;
type OpenTrade = Pick<Traded, "symbol" | "tradeId" | "price" | "quantity" | "takerSide"> & {
  readonly index: number;
};

export class TradeRows {
  readonly #place: RowPlace;
  readonly #trades: OpenTrade[] = [];
  readonly #parties = new Map<TradeId, Party[]>();

  constructor(place: RowPlace) {
    this.#place = place;
  }

  /** Some actor says something to another. */
  said(message: ActorMessage): void {
    if (message.kind !== "order-filled") return;
    const { tradeId, account, orderId } = message;
    const parties = this.#parties.get(tradeId);
    if (parties === undefined) this.#parties.set(tradeId, [{ account, orderId }]);
    else parties.push({ account, orderId });
  }

  add({ symbol, tradeId, price, quantity, takerSide }: Traded, index: number): void {
    this.#trades.push({ symbol, tradeId, price, quantity, takerSide, index });
  }

  /** The step is over: all is told of its trades. */
  endStep(): void {
    for (const trade of this.#trades) this.#write(trade);
    this.#trades.length = 0;
    this.#parties.clear();
  }

  #write({ symbol, tradeId, price, quantity, takerSide, index }: OpenTrade): void {
    const [resting, incoming, ...others] = this.#parties.get(tradeId) ?? [];
    assert(resting !== undefined && incoming !== undefined, "a trade between fewer than two");
    assert(others.length === 0, "a trade between more than two");
    const [buyer, seller] = takerSide === Side.buy ? [incoming, resting] : [resting, incoming];
    this.#place.batch.added.trades.push(
      `${this.#place.named(index)}\t${tradeId}\t${symbol}\t${price}\t${quantity}\t` +
        `${wordOf(sideWords, takerSide)}\t${buyer.account}\t${seller.account}\t` +
        `${buyer.orderId}\t${seller.orderId}\n`,
    );
  }
}
