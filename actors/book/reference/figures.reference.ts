/**
 * What the reference book tells of its trades and levels in figures: candles, statistics of the
 * last 24 hours, checksums. All of it is counted anew from the list of all trades.
 *
 * Written from docs/protocols/market-data.md: "Feed of candles", "Feed of statistics" and "Feed of
 * checksums"; and from docs/protocols/order-handling.md: "Figures".
 */
import { assert, Side } from "../../../protocols/index.ts";
import type {
  CandleInterval,
  CandleView,
  OpenCandleView,
  StatisticsView,
  TimeUs,
  Traded,
  TradeView,
} from "../../../protocols/index.ts";
import type { ReferenceDesk } from "./desk.reference.ts";

const minuteUs = 60_000_000;
const dayUs = 1440 * minuteUs;
const spansUs = [minuteUs, 5 * minuteUs, 15 * minuteUs, 60 * minuteUs, 240 * minuteUs, dayUs];
const betweenStatisticsUs = 1_000_000;
const betweenChecksumsUs = 100_000;
const checksumLevels = 10;
const keptMax = 500;

interface WantedCandles {
  readonly interval: CandleInterval;
  readonly limit: number;
  /** 0 for all. */
  readonly endUs: TimeUs;
}

export class ReferenceFigures {
  readonly #desk: ReferenceDesk;
  /** All there ever were, unless somebody had older ones forgotten. */
  #trades: TradeView[] = [];
  #tradeCount = 0;
  /** Of each interval, when its last candle that was told began. */
  readonly #toldStartsUs: (TimeUs | undefined)[] = [];
  #tradesTold = 0;
  #statisticsToldAtUs = -Infinity;
  #updateIdTold = 0;
  #checksumToldAtUs = -Infinity;

  constructor(desk: ReferenceDesk) {
    this.#desk = desk;
    desk.whenTraded = (trade) => this.#count(trade);
  }

  #count({ tradeId, price, quantity, takerSide }: Traded): void {
    const { timeUs } = this.#desk.context;
    this.#trades.push({ tradeId, price, quantity, takerSide, timeUs });
    this.#tradeCount += 1;
  }

  // ---- Candles -------------------------------------------------------------------------------

  /** Candles that have ended are told. Whether there was one. */
  tellCandles(): boolean {
    const { symbol, context } = this.#desk;
    let hasEnded = false;
    for (const [interval, spanUs] of spansUs.entries()) {
      const startUs = this.#runningStart(interval);
      if (startUs === undefined || startUs + spanUs > context.timeUs) continue;
      this.#toldStartsUs[interval] = startUs;
      hasEnded = true;
      const candle = this.#candle(startUs, spanUs);
      const of = interval as CandleInterval;
      context.emit({ kind: "candle-closed", symbol, interval: of, ...candle });
    }
    return hasEnded;
  }

  /** The book is called when the running candles end. */
  askToBeCalled(): void {
    for (const [interval, spanUs] of spansUs.entries()) {
      const startUs = this.#runningStart(interval);
      if (startUs !== undefined) this.#desk.wakeAt(startUs + spanUs);
    }
  }

  /** Oldest first, the running one last. */
  candles({ interval, limit, endUs }: WantedCandles): OpenCandleView[] {
    const spanUs = spansUs[interval]!;
    const running = this.#runningStart(interval);
    const startsUs = this.#trades.map(({ timeUs }) => startOf(timeUs, spanUs));
    const closed = [...new Set(startsUs)].filter((startUs) => startUs !== running).slice(-keptMax);
    const all = running === undefined ? closed : [...closed, running];
    const wanted = all.filter((startUs) => endUs === 0 || startUs < endUs);
    return wanted
      .slice(Math.max(wanted.length - limit, 0))
      .map((startUs) => ({ ...this.#candle(startUs, spanUs), isClosed: startUs !== running }));
  }

  /** When the candle of the last trade began, unless it was told. */
  #runningStart(interval: number): TimeUs | undefined {
    const last = this.#trades.at(-1);
    if (last === undefined) return undefined;
    const startUs = startOf(last.timeUs, spansUs[interval]!);
    return startUs === this.#toldStartsUs[interval] ? undefined : startUs;
  }

  #candle(startUs: TimeUs, spanUs: TimeUs): CandleView {
    const trades = this.#tradesBetween(startUs, startUs + spanUs);
    const [first] = trades;
    const last = trades.at(-1);
    assert(first !== undefined && last !== undefined, "a candle is of trades");
    return {
      startUs,
      open: first.price,
      close: last.price,
      ...sumsOf(trades),
      firstTradeId: first.tradeId,
      lastTradeId: last.tradeId,
    };
  }

  #tradesBetween(fromUs: TimeUs, untilUs: TimeUs): TradeView[] {
    return this.#trades.filter(({ timeUs }) => timeUs >= fromUs && timeUs < untilUs);
  }

  // ---- Statistics and checksums --------------------------------------------------------------

  tellSums(): void {
    this.#tellStatistics();
    this.#tellChecksum();
  }

  #tellStatistics(): void {
    const { symbol, context } = this.#desk;
    if (this.#tradeCount === this.#tradesTold) return;
    if (context.timeUs < this.#statisticsToldAtUs + betweenStatisticsUs) return;
    this.#tradesTold = this.#tradeCount;
    this.#statisticsToldAtUs = context.timeUs;
    const contract = context.contractRulesOf(symbol);
    context.emit({
      ...{ kind: "statistics-changed", symbol, ...this.statistics(context.timeUs) },
      ...(contract !== undefined && { contract: contract.figures }),
    });
  }

  /** Of the minute that a moment is in and the 1439 before it. */
  statistics(timeUs: TimeUs): StatisticsView {
    const fromUs = startOf(timeUs, minuteUs) - 1439 * minuteUs;
    const trades = this.#tradesBetween(fromUs, Infinity);
    const before = this.#trades.filter((trade) => trade.timeUs < fromUs).at(-1);
    return {
      open: before?.price ?? trades[0]?.price ?? 0,
      last: this.#trades.at(-1)?.price ?? 0,
      ...sumsOf(trades),
    };
  }

  #tellChecksum(): void {
    const { symbol, context, updateId, orderBook } = this.#desk;
    if (updateId === this.#updateIdTold) return;
    if (context.timeUs < this.#checksumToldAtUs + betweenChecksumsUs) return;
    this.#updateIdTold = updateId;
    this.#checksumToldAtUs = context.timeUs;
    const bids = orderBook.depth(Side.buy, checksumLevels);
    const asks = orderBook.depth(Side.sell, checksumLevels);
    const levels = Array.from({ length: checksumLevels }, (_, at) => [bids[at], asks[at]]).flat();
    const text = levels
      .filter((level) => level !== undefined)
      .map(([price, quantity]) => `${String(price)}:${String(quantity)}`)
      .join(":");
    context.emit({ kind: "depth-checksummed", symbol, updateId, checksum: crc32Of(text) });
  }

  /** Forgets trades but the last one before a moment: no day that it is in may be asked for. */
  forgetBefore(timeUs: TimeUs): void {
    const kept = this.#trades.findIndex((trade) => trade.timeUs >= timeUs);
    const first = kept < 0 ? this.#trades.length - 1 : kept - 1;
    if (first > 0) this.#trades = this.#trades.slice(first);
  }

  // ---- Trades --------------------------------------------------------------------------------

  /** Newest first. */
  latestTrades(limit: number): TradeView[] {
    return this.#trades.toReversed().slice(0, Math.min(limit, keptMax));
  }
}

function startOf(timeUs: TimeUs, spanUs: TimeUs): TimeUs {
  return Math.floor(timeUs / spanUs) * spanUs;
}

function sumsOf(trades: readonly TradeView[]) {
  const prices = trades.map(({ price }) => price);
  const volume = trades.reduce((sum, { quantity }) => sum + BigInt(quantity), 0n);
  const paid = trades.map(({ price, quantity }) => BigInt(price) * BigInt(quantity));
  return {
    high: prices.reduce((a, b) => Math.max(a, b), 0),
    low: prices.reduce((a, b) => Math.min(a, b), prices[0] ?? 0),
    volume: String(volume),
    notional: String(paid.reduce((sum, each) => sum + each, 0n)),
    trades: trades.length,
  };
}

/** CRC-32 as in gzip, bit by bit: the polynomial 0x04C11DB7, the lowest bit first. */
function crc32Of(text: string): number {
  let rest = 0xffffffff;
  for (const character of text) {
    rest ^= character.charCodeAt(0);
    for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest % 2 === 0 ? 0 : 0xedb88320);
  }
  return (rest ^ 0xffffffff) >>> 0;
}
