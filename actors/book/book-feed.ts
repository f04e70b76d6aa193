/**
 * Market data of one book: counts its changes, and tells of levels, displayed orders, trades and
 * best prices, of candles, statistics and checksums of its depth.
 *
 * What is told in sums is told by log time, never because somebody called without a cause.
 *
 * Invariant: the changes of levels are numbered from 1 without a gap, and so are those of displayed
 * orders; whoever applies them all has the book.
 */
import {
  checksumLevels,
  depthChecksum,
  hold,
  invariant,
  shardOfId,
  Side,
} from "../../protocols/index.ts";
import type {
  BestChanged,
  EntryAdded,
  EntryCanceled,
  EntryExecuted,
  EntryId,
  InstrumentSymbol,
  LevelChanged,
  Lots,
  OpenCandleView,
  StatisticsView,
  Ticks,
  TimeUs,
  TradeId,
  TradeView,
  Traded,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import type { BookEntry } from "../order-book/book-terms.ts";
import type { OrderBook } from "../order-book/order-book.ts";
import { Candles } from "./candles.ts";
import type { CandlesWanted, SavedCandles } from "./candles.ts";
import { DayStatistics } from "./day-statistics.ts";
import type { SavedStatistics } from "./day-statistics.ts";
import { RecentTrades } from "./recent-trades.ts";

const depthInTurn = invariant("depth-updates-in-turn");
const ordersInTurn = invariant("order-updates-in-turn");
const entryIdsRise = invariant("entry-ids-rise");
const tradeIdsRise = invariant("trade-ids-rise");

type Mutable<Told> = { -readonly [Field in keyof Told]: Told[Field] };

/** How often statistics are told at most, in log time, */
const statisticsEveryUs: TimeUs = 1_000_000;
/** and checksums. */
const checksumEveryUs: TimeUs = 100_000;

export class BookFeed {
  updateId = 0;
  /** Of the displayed orders. */
  entryUpdateId = 0;
  #entryUpdateTold = 0;
  /** 0 before the first trade. */
  lastPrice: Ticks = 0;
  readonly #symbol: InstrumentSymbol;
  #recentTrades = new RecentTrades();
  #candles = new Candles();
  #statistics = new DayStatistics();
  #hasTraded = false;
  /** From when on statistics may be told again, and a checksum; a checksum also of which update. */
  #statisticsDueUs: TimeUs = 0;
  #checksumDueUs: TimeUs = 0;
  #checksummedId = 0;
  /** The best prices as they were last told; 0 where a side is empty. */
  readonly #best: Mutable<BestChanged>;
  // What is told is written down at once, so one object of each kind serves for all.
  readonly #level: Mutable<LevelChanged>;
  readonly #traded: Mutable<Traded>;
  readonly #added: Mutable<EntryAdded>;
  readonly #executed: Mutable<EntryExecuted>;
  readonly #canceled: Mutable<EntryCanceled>;

  constructor(symbol: InstrumentSymbol) {
    this.#symbol = symbol;
    const prices = { bidPrice: 0, bidQuantity: 0, askPrice: 0, askQuantity: 0 };
    this.#best = { kind: "best-changed", symbol, updateId: 0, ...prices };
    const level = { side: Side.buy, price: 0, quantity: 0 };
    this.#level = { kind: "level-changed", symbol, updateId: 0, ...level };
    const trade = { tradeId: 0, price: 0, quantity: 0, takerSide: Side.buy };
    this.#traded = { kind: "traded", symbol, updateId: 0, ...trade };
    const entry = { symbol, updateId: 0, entryId: 0, quantity: 0 };
    this.#added = { kind: "entry-added", ...entry, side: Side.buy, price: 0 };
    this.#executed = { kind: "entry-executed", ...entry, tradeId: 0 };
    this.#canceled = { kind: "entry-canceled", ...entry };
  }

  /**
   * The book is called, and nothing has happened yet: closes the candles that have ended. True if
   * there were any.
   */
  passTime(context: ActorContext): boolean {
    const isDue = this.#candles.isDue(context.timeUs);
    if (isDue) this.#closeCandles(context);
    return isDue;
  }

  #closeCandles(context: ActorContext): void {
    const symbol = this.#symbol;
    this.#candles.close(context.timeUs, (interval, candle) => {
      context.emit({ kind: "candle-closed", symbol, interval, ...candle });
    });
  }

  /** When the first of the running candles ends; undefined while none runs. */
  get nextCandleEndUs(): TimeUs | undefined {
    return this.#candles.nextEndUs;
  }

  levelChanged(context: ActorContext, { side, price, quantity }: PricedLevel): void {
    this.updateId += 1;
    const level = this.#level;
    hold(depthInTurn, this.updateId === level.updateId + 1);
    level.updateId = this.updateId;
    level.side = side;
    level.price = price;
    level.quantity = quantity;
    context.emit(level);
  }

  entryAdded(context: ActorContext, { entryId, side, price, quantity }: BookEntry): void {
    this.#countEntryUpdate();
    const added = this.#added;
    hold(entryIdsRise, entryId > added.entryId);
    added.updateId = this.entryUpdateId;
    added.entryId = entryId;
    added.side = side;
    added.price = price;
    added.quantity = quantity;
    context.emit(added);
  }

  #countEntryUpdate(): void {
    this.entryUpdateId += 1;
    hold(ordersInTurn, this.entryUpdateId === this.#entryUpdateTold + 1);
    this.#entryUpdateTold = this.entryUpdateId;
  }

  /** In the trade that was told last. */
  entryExecuted(context: ActorContext, entryId: EntryId, quantity: Lots): void {
    this.#countEntryUpdate();
    const executed = this.#executed;
    executed.updateId = this.entryUpdateId;
    executed.entryId = entryId;
    executed.quantity = quantity;
    executed.tradeId = this.#traded.tradeId;
    context.emit(executed);
  }

  entryCanceled(context: ActorContext, entryId: EntryId, quantity: Lots): void {
    this.#countEntryUpdate();
    const canceled = this.#canceled;
    canceled.updateId = this.entryUpdateId;
    canceled.entryId = entryId;
    canceled.quantity = quantity;
    context.emit(canceled);
  }

  traded(context: ActorContext, trade: NewTrade): TradeId {
    const tradeId = context.nextTradeId();
    const { price, quantity, takerSide } = trade;
    const told = this.#traded;
    const last = told.tradeId;
    hold(tradeIdsRise, tradeId > last || shardOfId(tradeId) !== shardOfId(last));
    told.tradeId = tradeId;
    told.price = price;
    told.quantity = quantity;
    told.takerSide = takerSide;
    told.updateId = this.updateId;
    context.emit(told);
    this.lastPrice = price;
    const { timeUs } = context;
    this.#recentTrades.add({ tradeId, price, quantity, takerSide, timeUs });
    const endUs = this.#candles.traded(told, timeUs);
    if (endUs !== 0) context.wakeAt(this.#symbol, endUs);
    this.#statistics.traded(told, timeUs);
    this.#hasTraded = true;
    return tradeId;
  }

  /** Tells the best prices if they are not as they were told last. */
  tellBest(orders: OrderBook, context: ActorContext): void {
    const best = this.#best;
    const bidQuantity = orders.bestQuantity(Side.buy);
    const askQuantity = orders.bestQuantity(Side.sell);
    const bidPrice = orders.bestBid ?? 0;
    const askPrice = orders.bestAsk ?? 0;
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

  /** Tells statistics and a checksum if there is something new and their time has come. */
  tellSums(orders: OrderBook, context: ActorContext): void {
    const { timeUs } = context;
    if (this.#hasTraded && timeUs >= this.#statisticsDueUs) this.#tellStatistics(context);
    if (this.updateId !== this.#checksummedId && timeUs >= this.#checksumDueUs) {
      this.#tellChecksum(orders, context);
    }
  }

  #tellStatistics(context: ActorContext): void {
    const { timeUs } = context;
    this.#hasTraded = false;
    this.#statisticsDueUs = timeUs + statisticsEveryUs;
    const statistics = this.#statistics.asOf(timeUs);
    const contract = context.contractRulesOf(this.#symbol);
    const told = { kind: "statistics-changed", symbol: this.#symbol, ...statistics } as const;
    context.emit(contract === undefined ? told : { ...told, contract: contract.figures });
  }

  #tellChecksum(orders: OrderBook, context: ActorContext): void {
    const { updateId } = this;
    this.#checksummedId = updateId;
    this.#checksumDueUs = context.timeUs + checksumEveryUs;
    const checksum = depthChecksum(
      orders.depth(Side.buy, checksumLevels),
      orders.depth(Side.sell, checksumLevels),
    );
    context.emit({ kind: "depth-checksummed", symbol: this.#symbol, updateId, checksum });
  }

  /** Oldest first, the running one last. */
  candles(wanted: CandlesWanted): readonly OpenCandleView[] {
    return this.#candles.latest(wanted);
  }

  statistics(timeUs: TimeUs): StatisticsView {
    return this.#statistics.asOf(timeUs);
  }

  /** Newest first. */
  trades(limit: number): readonly TradeView[] {
    return this.#recentTrades.latest(limit);
  }

  snapshot(): SavedFeed {
    const { bidPrice, bidQuantity, askPrice, askQuantity } = this.#best;
    const best = [bidPrice, bidQuantity, askPrice, askQuantity] as const;
    const due = [
      this.#hasTraded,
      this.#statisticsDueUs,
      this.#checksumDueUs,
      this.#checksummedId,
    ] as const;
    const sums = [this.#candles.snapshot(), this.#statistics.snapshot(), due] as const;
    const ids = [this.updateId, this.entryUpdateId] as const;
    return [ids, this.lastPrice, best, this.#recentTrades.snapshot(), sums];
  }

  restore([ids, lastPrice, best, trades, [candles, statistics, due]]: SavedFeed): void {
    const [bidPrice, bidQuantity, askPrice, askQuantity] = best;
    [this.updateId, this.entryUpdateId] = ids;
    this.#level.updateId = this.updateId;
    this.#entryUpdateTold = this.entryUpdateId;
    this.lastPrice = lastPrice;
    Object.assign(this.#best, { bidPrice, bidQuantity, askPrice, askQuantity });
    this.#recentTrades = RecentTrades.restore(trades);
    this.#traded.tradeId = this.#recentTrades.latest(1)[0]?.tradeId ?? 0;
    this.#candles = Candles.restore(candles);
    this.#statistics = DayStatistics.restore(statistics);
    [this.#hasTraded, this.#statisticsDueUs, this.#checksumDueUs, this.#checksummedId] = due;
  }
}

interface PricedLevel {
  readonly side: Side;
  readonly price: Ticks;
  readonly quantity: Lots;
}

type NewTrade = Pick<Traded, "price" | "quantity" | "takerSide">;

export type SavedFeed = readonly [
  ids: readonly [updateId: number, entryUpdateId: number],
  lastPrice: Ticks,
  best: readonly [bidPrice: Ticks, bidQuantity: Lots, askPrice: Ticks, askQuantity: Lots],
  trades: Parameters<typeof RecentTrades.restore>[0],
  sums: readonly [
    candles: SavedCandles,
    statistics: SavedStatistics,
    due: readonly [
      hasTraded: boolean,
      statisticsDueUs: TimeUs,
      checksumDueUs: TimeUs,
      checksummedId: number,
    ],
  ],
];
