/**
 * Candles of one book, of every interval, running and closed.
 *
 * A trade is counted in the candle of its minute only. A candle that ends is counted in the running
 * one of the next wider interval: so a trade costs the same however many intervals there are.
 *
 * Invariant: every running candle holds a moment at or after the last one that it was told of, so
 * of two that run the narrower one ends first.
 */
import {
  assert,
  candleIntervals,
  candleSpansUs,
  minuteUs,
  spanStart,
} from "../../protocols/index.ts";
import type { CandleInterval, CandleView, OpenCandleView, TimeUs } from "../../protocols/index.ts";
import { Bars } from "./bars.ts";
import type { BarTrade } from "./bars.ts";

/** How many closed candles of each interval a book remembers. */
export const closedCandlesMax = 500;

/** Told of each candle that ends. */
export type CandleListener = (interval: CandleInterval, candle: CandleView) => void;

/** Stands for no moment at all. */
const never: TimeUs = Number.MAX_SAFE_INTEGER;

/** What is asked of candles: the last `limit` of those that begin before a moment, 0 for any. */
export interface CandlesWanted {
  readonly interval: CandleInterval;
  readonly limit: number;
  readonly endUs: TimeUs;
}

export class Candles {
  /** One bar each while a candle runs, else none: what narrower candles that ended have counted. */
  #running = candleIntervals.map(() => new Bars(1));
  #closed = candleIntervals.map(() => new Bars(closedCandlesMax));
  #nextEndUs = never;

  /** When the first of the running candles ends; undefined while none runs. */
  get nextEndUs(): TimeUs | undefined {
    return this.#nextEndUs === never ? undefined : this.#nextEndUs;
  }

  /** Whether a candle has ended and was not closed yet. */
  isDue(timeUs: TimeUs): boolean {
    return timeUs >= this.#nextEndUs;
  }

  /** Counts a trade. If it began the candle of its minute, gives when that ends; else 0. */
  traded(trade: BarTrade, timeUs: TimeUs): TimeUs {
    assert(timeUs < this.#nextEndUs, "a trade came before the candles that ended were closed");
    const minute = this.#running[0]!;
    const begins = minute.count === 0;
    if (begins) {
      minute.begin(spanStart(timeUs, minuteUs));
      this.#nextEndUs = minute.newestStartUs + minuteUs;
    }
    minute.addTrade(trade);
    return begins ? this.#nextEndUs : 0;
  }

  /** Closes the candles that have ended by now, the narrowest first, and tells each. */
  close(timeUs: TimeUs, tell: CandleListener): void {
    for (const interval of candleIntervals) {
      const running = this.#running[interval]!;
      if (running.count === 0 || endUs(running, interval) > timeUs) continue;
      tell(interval, running.candle(0));
      const closed = this.#closed[interval]!;
      closed.begin(running.startUs(0));
      closed.addBar(running, 0);
      this.#countInWider(interval, running);
      running.clear();
    }
    this.#nextEndUs = this.#firstEndUs();
  }

  #countInWider(interval: CandleInterval, ended: Bars): void {
    const wider = this.#running[interval + 1];
    if (wider === undefined) return;
    const spanUs = candleSpansUs[interval + 1]!;
    if (wider.count === 0) wider.begin(spanStart(ended.startUs(0), spanUs));
    wider.addBar(ended, 0);
  }

  #firstEndUs(): TimeUs {
    for (const interval of candleIntervals) {
      const running = this.#running[interval]!;
      if (running.count > 0) return endUs(running, interval);
    }
    return never;
  }

  /** Oldest first, the running one last. */
  latest({ interval, limit, endUs: until }: CandlesWanted): readonly OpenCandleView[] {
    const wanted: OpenCandleView[] = [];
    const running = this.#runningCandle(interval);
    const isWanted = (startUs: TimeUs): boolean => until === 0 || startUs < until;
    if (running !== undefined && isWanted(running.startUs) && limit > 0) {
      wanted.push({ ...running, isClosed: false });
    }
    const closed = this.#closed[interval]!;
    for (let index = closed.count - 1; index >= 0 && wanted.length < limit; index--) {
      if (!isWanted(closed.startUs(index))) continue;
      wanted.push({ ...closed.candle(index), isClosed: true });
    }
    return wanted.reverse();
  }

  /** What has been counted of it so far, in narrower ones, too. */
  #runningCandle(interval: CandleInterval): CandleView | undefined {
    const whole = new Bars(1);
    for (let part: number = interval; part >= 0; part--) {
      const running = this.#running[part]!;
      if (running.count === 0) continue;
      if (whole.count === 0) whole.begin(spanStart(running.startUs(0), candleSpansUs[interval]!));
      whole.addBar(running, 0);
    }
    return whole.count === 0 ? undefined : whole.candle(0);
  }

  // ---- Snapshot ------------------------------------------------------------------------------

  snapshot(): SavedCandles {
    const saved = (bars: readonly Bars[]) => bars.map((each) => each.snapshot());
    return [saved(this.#running), saved(this.#closed)];
  }

  static restore([running, closed]: SavedCandles): Candles {
    const candles = new Candles();
    candles.#running = running.map((bytes) => Bars.restore(bytes, 1));
    candles.#closed = closed.map((bytes) => Bars.restore(bytes, closedCandlesMax));
    candles.#nextEndUs = candles.#firstEndUs();
    return candles;
  }
}

function endUs(running: Bars, interval: CandleInterval): TimeUs {
  return running.startUs(0) + candleSpansUs[interval]!;
}

export type SavedCandles = readonly [running: readonly Uint8Array[], closed: readonly Uint8Array[]];
