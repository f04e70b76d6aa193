/**
 * What every client may ask and hear: the market, and the state of the cluster.
 */
import type {
  AuctionMessage,
  BandsMessage,
  BestPricesMessage,
  CandleMessage,
  ChecksumMessage,
  DepthMessage,
  InterventionMessage,
  OrdersMessage,
  PhaseMessage,
  StatisticsMessage,
  TradesMessage,
} from "../../protocols/api/market-data.ts";
import type {
  SettlementCyclesReply,
  SettlementCycleTerms,
} from "../../protocols/api/clearing-requests.ts";
import type { FeeSchedulesReply, FeeScheduleTerms } from "../../protocols/api/fee-requests.ts";
import { depthLevelsMax, displayedOrdersMax } from "../../protocols/api/limits.ts";
import type { CandleHistoryReply, TradeHistoryReply } from "../../protocols/api/history-replies.ts";
import type {
  CandleHistoryRequest,
  TradeHistoryRequest,
} from "../../protocols/api/history-requests.ts";
import type {
  CandlesRequest,
  DepthRequest,
  DisplayedOrdersRequest,
  StatisticsRequest,
  TradesRequest,
} from "../../protocols/api/market-requests.ts";
import type {
  Candle,
  CandleIntervalWord,
  Statistics,
} from "../../protocols/api/market-summaries.ts";
import type {
  Asset,
  AssetsReply,
  CandlesReply,
  DepthReply,
  DisplayedOrdersReply,
  Instrument,
  InstrumentsReply,
  StatisticsReply,
  StatusReply,
  Trade,
  TradesReply,
} from "../../protocols/api/replies.ts";
import { clientSubjects } from "../../protocols/index.ts";
import type { InstrumentSymbol } from "../../protocols/index.ts";
import { ClientClosed } from "./faults.ts";
import { askHistory } from "./history.ts";
import { InstrumentUnits } from "./instrument-units.ts";
import { LocalBookByOrder } from "./local-book-by-order.ts";
import { LocalBook } from "./local-book.ts";
import { question } from "./questions.ts";
import type { QuestionParts } from "./questions.ts";
import { FeedFilter } from "./feed-filter.ts";
import type { StampedMessage } from "./feed-filter.ts";
import type { WireSubscription } from "./wire.ts";

interface KeepOptions {
  /** How often to ask whether the feed is behind; 5 s unless told otherwise, 0 for never. */
  readonly verifyEveryMs?: number;
  readonly onFault?: (fault: unknown) => void;
}

export interface BookOptions extends KeepOptions {
  /** How many levels of each side are wanted; unless told otherwise, all a snapshot can hold. */
  readonly levels?: number;
}

export interface BookByOrderOptions extends KeepOptions {
  /** How many orders of each side are wanted; unless told otherwise, all a snapshot can hold. */
  readonly orders?: number;
}

type KeptBook = Pick<LocalBook, "rejoin" | "verify" | "close">;

interface KeptParts {
  /** What ends the book's subscription, and that it is looked after. */
  ending(subscription: WireSubscription): () => void;
  readonly onFault: (fault: unknown) => void;
}

export interface CandlesFollowed {
  readonly symbol: InstrumentSymbol;
  readonly interval: CandleIntervalWord;
}

export class MarketClient {
  readonly #parts: QuestionParts;
  readonly #books = new Set<KeptBook>();
  #isClosed = false;

  constructor(parts: QuestionParts) {
    this.#parts = parts;
    parts.wire.onReconnect(() => {
      for (const book of this.#books) book.rejoin();
    });
  }

  depth(request: DepthRequest): Promise<DepthReply> {
    return this.#ask<DepthReply>("depth", request);
  }

  /** Newest first. */
  async trades(request: TradesRequest): Promise<readonly Trade[]> {
    const { trades } = await this.#ask<TradesReply>("trades", request);
    return trades;
  }

  /** Oldest first, the running one last. */
  async candles(request: CandlesRequest): Promise<readonly Candle[]> {
    const { candles } = await this.#ask<CandlesReply>("candles", request);
    return candles;
  }

  /** Trades of any time, a page of them; the next one is `after` its `next`. */
  tradeHistory(request: TradeHistoryRequest): Promise<TradeHistoryReply> {
    return askHistory(this.#parts, clientSubjects.market("history.trades"), request);
  }

  /** Candles of any time that have ended, a page of them. */
  candleHistory(request: CandleHistoryRequest): Promise<CandleHistoryReply> {
    return askHistory(this.#parts, clientSubjects.market("history.candles"), request);
  }

  /** Of the last 24 hours. */
  async statistics(request: StatisticsRequest): Promise<Statistics> {
    const { statistics } = await this.#ask<StatisticsReply>("statistics", request);
    return statistics;
  }

  async instruments(): Promise<readonly Instrument[]> {
    const { instruments } = await this.#ask<InstrumentsReply>("instruments", {});
    return instruments;
  }

  async assets(): Promise<readonly Asset[]> {
    const { assets } = await this.#ask<AssetsReply>("assets", {});
    return assets;
  }

  /** By name. */
  async settlementCycles(): Promise<readonly SettlementCycleTerms[]> {
    const { cycles } = await this.#ask<SettlementCyclesReply>("clearing.cycles", {});
    return cycles;
  }

  /** By name. */
  async feeSchedules(): Promise<readonly FeeScheduleTerms[]> {
    const { schedules } = await this.#ask<FeeSchedulesReply>("fees.schedules", {});
    return schedules;
  }

  status(): Promise<StatusReply> {
    return this.#ask<StatusReply>("status", {});
  }

  /** How prices and quantities of an instrument read as decimal numbers; undefined if unknown. */
  async units(symbol: InstrumentSymbol): Promise<InstrumentUnits | undefined> {
    const [instruments, assets] = await Promise.all([this.instruments(), this.assets()]);
    const instrument = instruments.find((candidate) => candidate.symbol === symbol);
    return instrument === undefined ? undefined : new InstrumentUnits(instrument, assets);
  }

  /** The displayed orders one by one, the first to trade first. */
  displayedOrders(request: DisplayedOrdersRequest): Promise<DisplayedOrdersReply> {
    return this.#ask<DisplayedOrdersReply>("displayedOrders", request);
  }

  /** A book that keeps itself; `following()` tells when it is there. Close it when done. */
  book(symbol: InstrumentSymbol, options: BookOptions = {}): LocalBook {
    const { levels = depthLevelsMax } = options;
    return this.#keep(options, (kept) => {
      return new LocalBook({
        symbol,
        levels,
        clock: this.#parts.clock,
        source: {
          follow: (listener) => kept.ending(this.onDepth(symbol, listener)),
          snapshot: (count) => this.depth({ symbol, levels: count }),
          checksums: (listener) => {
            const subscription = this.onChecksums(symbol, listener);
            return () => subscription.close();
          },
        },
        onFault: kept.onFault,
      });
    });
  }

  /** The same of the displayed orders one by one: market by order. */
  bookByOrder(symbol: InstrumentSymbol, options: BookByOrderOptions = {}): LocalBookByOrder {
    const { orders = displayedOrdersMax } = options;
    return this.#keep(options, (kept) => {
      return new LocalBookByOrder({
        symbol,
        orders,
        clock: this.#parts.clock,
        source: {
          follow: (listener) => kept.ending(this.onDisplayedOrders(symbol, listener)),
          snapshot: (count) => this.displayedOrders({ symbol, limit: count }),
        },
        onFault: kept.onFault,
      });
    });
  }

  /** Looks after a book until it is closed: has it verified, joined anew and closed in time. */
  #keep<Book extends KeptBook>(options: KeepOptions, make: (kept: KeptParts) => Book): Book {
    const { verifyEveryMs = 5000, onFault } = options;
    const book: Book = make({
      ending: (subscription) => () => {
        this.#books.delete(book);
        clearInterval(verification);
        subscription.close();
      },
      onFault: (fault) => {
        if (fault instanceof ClientClosed) book.close();
        onFault?.(fault);
      },
    });
    const verification = setInterval(() => {
      book.verify().catch((fault: unknown) => onFault?.(fault));
    }, verifyEveryMs || neverMs);
    verification.unref();
    this.#books.add(book);
    return book;
  }

  onDepth(symbol: InstrumentSymbol, listener: (message: DepthMessage) => void): WireSubscription {
    return this.follow<DepthMessage>(clientSubjects.depth(symbol), listener);
  }

  onDisplayedOrders(
    symbol: InstrumentSymbol,
    listener: (message: OrdersMessage) => void,
  ): WireSubscription {
    return this.follow<OrdersMessage>(clientSubjects.orders(symbol), listener);
  }

  onTrades(symbol: InstrumentSymbol, listener: (message: TradesMessage) => void): WireSubscription {
    return this.follow<TradesMessage>(clientSubjects.trades(symbol), listener);
  }

  onBestPrices(
    symbol: InstrumentSymbol,
    listener: (message: BestPricesMessage) => void,
  ): WireSubscription {
    return this.follow<BestPricesMessage>(clientSubjects.bbo(symbol), listener);
  }

  /** Each candle of an interval when it has ended. */
  onCandles(
    { symbol, interval }: CandlesFollowed,
    listener: (message: CandleMessage) => void,
  ): WireSubscription {
    return this.follow<CandleMessage>(clientSubjects.candles(symbol, interval), listener);
  }

  onStatistics(
    symbol: InstrumentSymbol,
    listener: (message: StatisticsMessage) => void,
  ): WireSubscription {
    return this.follow<StatisticsMessage>(clientSubjects.statistics(symbol), listener);
  }

  onChecksums(
    symbol: InstrumentSymbol,
    listener: (message: ChecksumMessage) => void,
  ): WireSubscription {
    return this.follow<ChecksumMessage>(clientSubjects.checksums(symbol), listener);
  }

  /** What goes on in a market, whenever that changes. */
  onPhases(symbol: InstrumentSymbol, listener: (message: PhaseMessage) => void): WireSubscription {
    return this.follow<PhaseMessage>(clientSubjects.phases(symbol), listener);
  }

  /** What an auction would execute, while its orders gather. */
  onAuctions(
    symbol: InstrumentSymbol,
    listener: (message: AuctionMessage) => void,
  ): WireSubscription {
    return this.follow<AuctionMessage>(clientSubjects.auctions(symbol), listener);
  }

  onBands(symbol: InstrumentSymbol, listener: (message: BandsMessage) => void): WireSubscription {
    return this.follow<BandsMessage>(clientSubjects.bands(symbol), listener);
  }

  /** What administrators, and the market-wide breaker, did to trading. */
  onInterventions(listener: (message: InterventionMessage) => void): WireSubscription {
    return this.follow<InterventionMessage>(clientSubjects.interventions, listener);
  }

  /** Ends the line; whoever waits for an answer is told that the client is closed. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const book of [...this.#books]) book.close();
    await this.#parts.wire.close();
  }

  /** Listens to a subject whose messages are JSON that the exchange writes. */
  protected follow<Message>(
    subject: string,
    listener: (message: Message) => void,
  ): WireSubscription {
    const decoder = new TextDecoder();
    const filter = new FeedFilter();
    return this.#parts.wire.subscribe(subject, (payload) => {
      const message = JSON.parse(decoder.decode(payload)) as Message & StampedMessage;
      if (filter.isNew(message, payload)) listener(message);
    });
  }

  #ask<Reply extends { readonly ok: true }>(request: string, body: object): Promise<Reply> {
    return question<Reply>(this.#parts, clientSubjects.market(request), body);
  }
}

const neverMs = 2 ** 31 - 1;
