/**
 * Market data of one book: counts its changes, and tells of levels, trades and best prices.
 *
 * Invariant: the changes are numbered from 1 without a gap; whoever applies them all has the book.
 */
import { Side, ticksMax } from "../../protocols/index.ts";
import type {
  BestChanged,
  InstrumentSymbol,
  LevelChanged,
  Lots,
  Ticks,
  TradeId,
  TradeView,
  Traded,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import type { OrderBook } from "../order-book/order-book.ts";
import { RecentTrades } from "./recent-trades.ts";

type Mutable<Told> = { -readonly [Field in keyof Told]: Told[Field] };

/** Where market orders stand while they gather for an auction: before every limit. */
export const marketOrderPrice = { [Side.buy]: ticksMax + 1, [Side.sell]: 0 } as const;

export function isLimitPrice(price: Ticks): boolean {
  return price >= 1 && price <= ticksMax;
}

export class BookFeed {
  updateId = 0;
  /** 0 before the first trade. */
  lastPrice: Ticks = 0;
  readonly #symbol: InstrumentSymbol;
  #recentTrades = new RecentTrades();
  /** The best prices as they were last told; 0 where a side is empty. */
  readonly #best: Mutable<BestChanged>;
  // What is told is written down at once, so one object of each kind serves for all.
  readonly #level: Mutable<LevelChanged>;
  readonly #traded: Mutable<Traded>;

  constructor(symbol: InstrumentSymbol) {
    this.#symbol = symbol;
    const prices = { bidPrice: 0, bidQuantity: 0, askPrice: 0, askQuantity: 0 };
    this.#best = { kind: "best-changed", symbol, updateId: 0, ...prices };
    const level = { side: Side.buy, price: 0, quantity: 0 };
    this.#level = { kind: "level-changed", symbol, updateId: 0, ...level };
    const trade = { tradeId: 0, price: 0, quantity: 0, takerSide: Side.buy };
    this.#traded = { kind: "traded", symbol, updateId: 0, ...trade };
  }

  /** Market orders that gather are no level that anybody could trade with. */
  levelChanged(context: ActorContext, { side, price, quantity }: PricedLevel): void {
    if (!isLimitPrice(price)) return;
    this.updateId += 1;
    const level = this.#level;
    level.updateId = this.updateId;
    level.side = side;
    level.price = price;
    level.quantity = quantity;
    context.emit(level);
  }

  traded(context: ActorContext, trade: NewTrade): TradeId {
    const tradeId = context.nextTradeId();
    const { price, quantity, takerSide } = trade;
    const told = this.#traded;
    told.tradeId = tradeId;
    told.price = price;
    told.quantity = quantity;
    told.takerSide = takerSide;
    told.updateId = this.updateId;
    context.emit(told);
    this.lastPrice = price;
    this.#recentTrades.add({ tradeId, price, quantity, takerSide, timeUs: context.timeUs });
    return tradeId;
  }

  /** Tells the best prices if they are not as they were told last. */
  tellBest(orders: OrderBook, context: ActorContext): void {
    const best = this.#best;
    let bidQuantity = orders.bestQuantity(Side.buy);
    let askQuantity = orders.bestQuantity(Side.sell);
    let bidPrice = orders.bestBid ?? 0;
    let askPrice = orders.bestAsk ?? 0;
    if (bidPrice > ticksMax) [bidPrice, bidQuantity] = bestLimit(orders, Side.buy);
    if (askPrice === 0 && askQuantity > 0) [askPrice, askQuantity] = bestLimit(orders, Side.sell);
    const isSame =
      bidPrice === best.bidPrice &&
      bidQuantity === best.bidQuantity &&
      askPrice === best.askPrice &&
      askQuantity === best.askQuantity;
    if (isSame) return;
    best.updateId = this.updateId;
    best.bidPrice = bidPrice;
    best.bidQuantity = bidQuantity;
    best.askPrice = askPrice;
    best.askQuantity = askQuantity;
    context.emit(best);
  }

  /** Newest first. */
  trades(limit: number): readonly TradeView[] {
    return this.#recentTrades.latest(limit);
  }

  snapshot(): SavedFeed {
    const { bidPrice, bidQuantity, askPrice, askQuantity } = this.#best;
    const best = [bidPrice, bidQuantity, askPrice, askQuantity] as const;
    return [this.updateId, this.lastPrice, best, this.#recentTrades.snapshot()];
  }

  restore([updateId, lastPrice, best, trades]: SavedFeed): void {
    const [bidPrice, bidQuantity, askPrice, askQuantity] = best;
    this.updateId = updateId;
    this.lastPrice = lastPrice;
    Object.assign(this.#best, { bidPrice, bidQuantity, askPrice, askQuantity });
    this.#recentTrades = RecentTrades.restore(trades);
  }
}

/** The best level behind the market orders that gather for an auction. */
function bestLimit(orders: OrderBook, side: Side): readonly [price: Ticks, quantity: Lots] {
  const level = orders.depth(side, 2).find(([price]) => isLimitPrice(price));
  return level === undefined ? [0, 0] : [level[0], level[1]];
}

interface PricedLevel {
  readonly side: Side;
  readonly price: Ticks;
  readonly quantity: Lots;
}

type NewTrade = Pick<Traded, "price" | "quantity" | "takerSide">;

export type SavedFeed = readonly [
  updateId: number,
  lastPrice: Ticks,
  best: readonly [bidPrice: Ticks, bidQuantity: Lots, askPrice: Ticks, askQuantity: Lots],
  trades: Parameters<typeof RecentTrades.restore>[0],
];
