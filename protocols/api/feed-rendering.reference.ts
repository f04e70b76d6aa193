/**
 * `feed-rendering.ts` in the plainest way, as the oracle of its tests and the yardstick of its
 * benchmark: from a step's events, read into objects, to the messages of `market-data.ts`.
 */
import { averagePriceOf } from "../average-price.ts";
import { readEvent } from "../event-codec.ts";
import { contractNewsOf } from "./contract-news.ts";
import type { ShownContractFigures } from "./contract-terms.ts";
import type {
  AuctionIndicated,
  BandsChanged,
  BestChanged,
  CandleClosed,
  DepthChecksummed,
  EntryAdded,
  EntryCanceled,
  EntryExecuted,
  ExecutionReport,
  InterventionRecorded,
  LevelChanged,
  PhaseChanged,
  ShardEvent,
  StatisticsChanged,
  Traded,
} from "../events.ts";
import type { AccountId, InstrumentSymbol } from "../identifiers.ts";
import { Side } from "../order-terms.ts";
import { RecordReader } from "../records.ts";
import { RejectReason, rejectReasonName } from "../reject-reasons.ts";
import { clientSubjects } from "../subjects.ts";
import { traceIdOfOrder } from "../trace-ids.ts";
import type { StepStamp } from "./feed-message.ts";
import type { TickValueOf } from "./feed-reports.ts";
import type {
  AuctionMessage,
  BandsMessage,
  BestPricesMessage,
  CandleMessage,
  ChecksumMessage,
  DepthMessage,
  EntryUpdate,
  InterventionMessage,
  OrdersMessage,
  PhaseMessage,
  Report,
  ReportsMessage,
  StatisticsMessage,
  TradesMessage,
} from "./market-data.ts";
import { candleIntervalWords } from "./market-summaries.ts";
import {
  closeReasonWords,
  executionTypeWords,
  liquidityWords,
  orderStatusWords,
  orderTypeWords,
  sideWords,
  timeInForceWords,
  tradingPhaseWords,
  wordOf,
} from "./words.ts";

export interface PlainPublication {
  readonly subject: string;
  readonly message:
    | DepthMessage
    | OrdersMessage
    | TradesMessage
    | ReportsMessage
    | BestPricesMessage
    | CandleMessage
    | StatisticsMessage
    | ChecksumMessage
    | PhaseMessage
    | AuctionMessage
    | BandsMessage
    | InterventionMessage;
}

/** A message is closed at so many items and another begun; at these, JSON stays below 512 KiB. */
const updatesPerMessageMax = 8000;
const entryUpdatesPerMessageMax = 5000;
const tradesPerMessageMax = 4000;
const reportsPerMessageMax = 800;

export function renderPlainly(
  bytes: Uint8Array,
  stamp: StepStamp,
  tickValueOf: TickValueOf,
): PlainPublication[] {
  const events = eventsIn(bytes);
  const step = new StepRendering(stamp, tickValueOf);
  for (let index = 0; index < events.length; index++) {
    const event = events[index]!;
    switch (event.kind) {
      case "level-changed":
        step.levelChanged(event);
        break;
      case "entry-added":
      case "entry-executed":
      case "entry-canceled":
        step.entryChanged(event);
        break;
      case "traded":
        step.traded(event);
        break;
      case "best-changed":
        step.bestChanged(event);
        break;
      case "execution-report":
        step.executionReport(event, index);
        break;
      case "candle-closed":
        step.candleClosed(event);
        break;
      case "statistics-changed":
        step.statisticsChanged(event);
        break;
      case "depth-checksummed":
        step.depthChecksummed(event);
        break;
      case "phase-changed":
        step.phaseChanged(event);
        break;
      case "auction-indicated":
        step.auctionIndicated(event);
        break;
      case "bands-changed":
        step.bandsChanged(event);
        break;
      case "intervention-recorded":
        step.interventionRecorded(event);
        break;
      default:
        step.newsOf(event, index);
        break;
    }
  }
  return step.end();
}

function eventsIn(bytes: Uint8Array): readonly ShardEvent[] {
  const reader = RecordReader.of(bytes);
  const events: ShardEvent[] = [];
  while (reader.hasMore) events.push(readEvent(reader));
  return events;
}

/** Collects the step's messages, one open message per subject at a time. */
class StepRendering {
  readonly #publications: PlainPublication[] = [];
  readonly #stamp: Omit<StepStamp, "cluster">;
  readonly #cluster: string;
  readonly #tickValueOf: TickValueOf;
  readonly #depths = new Map<InstrumentSymbol, DepthMessage>();
  readonly #orders = new Map<InstrumentSymbol, OrdersMessage>();
  readonly #trades = new Map<InstrumentSymbol, TradesMessage>();
  readonly #bests = new Map<InstrumentSymbol, BestPricesMessage>();
  readonly #reports = new Map<AccountId, ReportsMessage>();

  constructor({ cluster, shard, sequence, timeUs }: StepStamp, tickValueOf: TickValueOf) {
    this.#cluster = cluster;
    this.#tickValueOf = tickValueOf;
    this.#stamp = { shard, sequence, timeUs };
  }

  levelChanged(event: LevelChanged): void {
    let message = this.#depths.get(event.symbol);
    if (message === undefined || message.updates.length === updatesPerMessageMax) {
      const { symbol, updateId } = event;
      message = { symbol, first: updateId, last: updateId, updates: [], ...this.#stamp };
      this.#depths.set(symbol, message);
      this.#publications.push({ subject: clientSubjects.depth(symbol), message });
    }
    message.last = event.updateId;
    const side = event.side === Side.buy ? "b" : "a";
    message.updates.push([event.updateId, side, event.price, event.quantity]);
  }

  entryChanged(event: EntryAdded | EntryExecuted | EntryCanceled): void {
    let message = this.#orders.get(event.symbol);
    if (message === undefined || message.updates.length === entryUpdatesPerMessageMax) {
      const { symbol, updateId } = event;
      const ids = { first: updateId, last: updateId, depthUpdateId: 0 };
      message = { symbol, ...ids, updates: [], ...this.#stamp };
      this.#orders.set(symbol, message);
      this.#publications.push({ subject: clientSubjects.orders(symbol), message });
    }
    message.last = event.updateId;
    message.updates.push(entryUpdateOf(event));
  }

  /** Only at the end of the step is known how far depth has come. */
  end(): PlainPublication[] {
    for (const { message } of this.#publications) {
      if (!("depthUpdateId" in message)) continue;
      message.depthUpdateId = this.#depths.get(message.symbol)?.last ?? 0;
    }
    return this.#publications;
  }

  traded(event: Traded): void {
    let message = this.#trades.get(event.symbol);
    if (message === undefined || message.trades.length === tradesPerMessageMax) {
      const { symbol } = event;
      message = { symbol, trades: [], ...this.#stamp };
      this.#trades.set(symbol, message);
      this.#publications.push({ subject: clientSubjects.trades(symbol), message });
    }
    message.trades.push({
      tradeId: event.tradeId,
      price: event.price,
      quantity: event.quantity,
      takerSide: wordOf(sideWords, event.takerSide),
      updateId: event.updateId,
    });
  }

  bestChanged(event: BestChanged): void {
    let message = this.#bests.get(event.symbol);
    if (message === undefined) {
      const { symbol, updateId } = event;
      message = { symbol, updateId, bid: null, ask: null, ...this.#stamp };
      this.#bests.set(symbol, message);
      this.#publications.push({ subject: clientSubjects.bbo(symbol), message });
    }
    message.updateId = event.updateId;
    message.bid = event.bidQuantity === 0 ? null : [event.bidPrice, event.bidQuantity];
    message.ask = event.askQuantity === 0 ? null : [event.askPrice, event.askQuantity];
  }

  candleClosed({ kind: _, symbol, interval: number, ...candle }: CandleClosed): void {
    const interval = wordOf(candleIntervalWords, number);
    const subject = `outcry.v1.md.${symbol}.candles.${interval}`;
    const message = { symbol, interval, candle: { ...candle, isClosed: true }, ...this.#stamp };
    this.#publications.push({ subject, message });
  }

  statisticsChanged({ kind: _, symbol, contract, ...sums }: StatisticsChanged): void {
    const { fundingRatePpm, nextFundingUs, ...prices } = contract ?? {};
    const figures = {
      ...prices,
      lastFundingRatePpm: fundingRatePpm,
      nextFundingTimeUs: nextFundingUs,
    } as ShownContractFigures;
    const statistics = {
      ...{ ...sums, priceChange: sums.last - sums.open },
      ...(contract !== undefined && { contract: figures }),
    };
    const message = { symbol, statistics, ...this.#stamp };
    this.#publications.push({ subject: `outcry.v1.md.${symbol}.statistics`, message });
  }

  depthChecksummed({ kind: _, symbol, updateId, checksum }: DepthChecksummed): void {
    const message = { symbol, updateId, checksum, ...this.#stamp };
    this.#publications.push({ subject: `outcry.v1.md.${symbol}.checksums`, message });
  }

  phaseChanged({ symbol, phase: number }: PhaseChanged): void {
    const phase = wordOf(tradingPhaseWords, number);
    const message = { symbol, phase, ...this.#stamp };
    this.#publications.push({ subject: `outcry.v1.md.${symbol}.phases`, message });
  }

  auctionIndicated({ kind: _, symbol, ...indicated }: AuctionIndicated): void {
    const surplusSide = wordOf(sideWords, indicated.surplusSide);
    const message = { symbol, ...indicated, surplusSide, ...this.#stamp };
    this.#publications.push({ subject: `outcry.v1.md.${symbol}.auctions`, message });
  }

  bandsChanged({ kind: _, symbol, ...bands }: BandsChanged): void {
    const message = { symbol, ...bands, ...this.#stamp };
    this.#publications.push({ subject: `outcry.v1.md.${symbol}.bands`, message });
  }

  interventionRecorded({ kind: _, ...recorded }: InterventionRecorded): void {
    const message = { ...recorded, ...this.#stamp } as InterventionMessage;
    this.#publications.push({ subject: "outcry.v1.md.interventions", message });
  }

  newsOf(event: ShardEvent, index: number): void {
    for (const [account, told] of contractNewsOf(event)) {
      const message = { account, ...this.#stamp, reports: [], news: [{ index, ...told }] };
      this.#publications.push({ subject: `outcry.v1.acct.${account}.reports`, message });
    }
  }

  executionReport(event: ExecutionReport, index: number): void {
    let message = this.#reports.get(event.account);
    if (message === undefined || message.reports.length === reportsPerMessageMax) {
      const { account } = event;
      message = { account, ...this.#stamp, reports: [] };
      this.#reports.set(account, message);
      this.#publications.push({ subject: clientSubjects.reports(account), message });
    }
    const traceId = traceIdOfOrder(this.#cluster, event.orderId);
    const report = renderReport(event, index, this.#tickValueOf(event.symbol));
    message.reports.push({ ...report, traceId });
  }
}

function entryUpdateOf(event: EntryAdded | EntryExecuted | EntryCanceled): EntryUpdate {
  const { updateId, entryId, quantity } = event;
  switch (event.kind) {
    case "entry-added":
      return [updateId, "a", entryId, event.side === Side.buy ? "b" : "a", event.price, quantity];
    case "entry-executed":
      return [updateId, "e", entryId, quantity, event.tradeId];
    case "entry-canceled":
      return [updateId, "c", entryId, quantity];
  }
}

function renderReport(
  event: ExecutionReport,
  index: number,
  tickValue: number,
): Omit<Report, "traceId"> {
  return {
    index,
    symbol: event.symbol,
    orderId: event.orderId,
    clientOrderId: event.clientOrderId,
    executionType: wordOf(executionTypeWords, event.executionType),
    status: wordOf(orderStatusWords, event.status),
    side: wordOf(sideWords, event.side),
    type: wordOf(orderTypeWords, event.orderType),
    timeInForce: wordOf(timeInForceWords, event.timeInForce),
    price: event.price,
    quantity: event.quantity,
    revision: event.revision,
    executed: event.executed,
    remaining: event.remaining,
    executedNotional: String(event.executedNotional),
    ...(event.executed === 0 ? {} : { averagePrice: averagePriceOf({ ...event, tickValue }) }),
    ...(event.rejectReason === RejectReason.none
      ? {}
      : { rejectReason: rejectReasonName(event.rejectReason) }),
    ...closing(event),
    ...fill(event),
  };
}

function closing(event: ExecutionReport): Pick<Report, "closeReason"> {
  const closeReason = wordOf(closeReasonWords, event.closeReason);
  return closeReason === "none" ? {} : { closeReason };
}

function fill(event: ExecutionReport): Partial<Report> {
  const liquidity = wordOf(liquidityWords, event.liquidity);
  if (liquidity === "none") return {};
  const { tradeId, lastPrice, lastQuantity } = event;
  return { tradeId, lastPrice, lastQuantity, liquidity, fee: String(event.fee) };
}
