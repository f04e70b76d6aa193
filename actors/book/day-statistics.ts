/**
 * What was traded in one book in the last 24 hours, rolling by the minute.
 *
 * Each minute with trades is a bar; a trade changes the newest one, and whoever asks adds them up.
 * Exact, since nothing is ever taken off a sum. What the older minutes come to is kept as long as
 * it is true: for a minute.
 */
import { minuteUs, spanStart } from "../../protocols/index.ts";
import type { StatisticsView, Ticks, TimeUs } from "../../protocols/index.ts";
import { Bars } from "./bars.ts";
import type { BarTrade } from "./bars.ts";

const minutesPerDay = 1440;
const dayUs: TimeUs = minutesPerDay * minuteUs;

export class DayStatistics {
  #minutes = new Bars(minutesPerDay);
  /** The last price before the oldest minute that is here; 0 for none. */
  #priceBefore: Ticks = 0;
  /** When the newest minute ends. */
  #endUs: TimeUs = 0;
  // What follows can be found out anew, and so is no part of the state.
  /** All minutes since a moment but the newest: one bar, or none. */
  #older = new Bars(1);
  #olderSinceUs: TimeUs = -1;
  /** The last price before that moment; 0 for none. */
  #olderPriceBefore: Ticks = 0;

  traded(trade: BarTrade, timeUs: TimeUs): void {
    if (timeUs >= this.#endUs) this.#beginMinute(timeUs);
    this.#minutes.addTrade(trade);
  }

  #beginMinute(timeUs: TimeUs): void {
    const minutes = this.#minutes;
    const windowStartUs = windowStart(timeUs);
    while (minutes.count > 0 && minutes.startUs(0) < windowStartUs) {
      this.#priceBefore = minutes.close(0);
      minutes.dropOldest();
    }
    minutes.begin(spanStart(timeUs, minuteUs));
    this.#endUs = minutes.newestStartUs + minuteUs;
    this.#olderSinceUs = -1;
  }

  /** As of a moment that is not before the last trade. */
  asOf(timeUs: TimeUs): StatisticsView {
    const minutes = this.#minutes;
    const startUs = windowStart(timeUs);
    if (startUs !== this.#olderSinceUs) this.#addUpOlder(startUs);
    const sum = new Bars(1);
    sum.begin(startUs);
    if (this.#older.count > 0) sum.addBar(this.#older, 0);
    let priceBefore = this.#olderPriceBefore;
    if (minutes.count > 0) {
      if (minutes.newestStartUs >= startUs) sum.addBar(minutes, minutes.count - 1);
      else priceBefore = minutes.close(minutes.count - 1);
    }
    const { open, high, low, close, volume, notional, trades } = sum.candle(0);
    return {
      open: priceBefore === 0 ? open : priceBefore,
      high,
      low,
      last: trades === 0 ? priceBefore : close,
      volume,
      notional,
      trades,
    };
  }

  #addUpOlder(startUs: TimeUs): void {
    const minutes = this.#minutes;
    const older = this.#older;
    older.clear();
    let priceBefore = this.#priceBefore;
    for (let index = 0; index < minutes.count - 1; index++) {
      if (minutes.startUs(index) < startUs) {
        priceBefore = minutes.close(index);
        continue;
      }
      if (older.count === 0) older.begin(startUs);
      older.addBar(minutes, index);
    }
    this.#olderSinceUs = startUs;
    this.#olderPriceBefore = priceBefore;
  }

  // ---- Snapshot ------------------------------------------------------------------------------

  snapshot(): SavedStatistics {
    return [this.#priceBefore, this.#minutes.snapshot()];
  }

  static restore([priceBefore, minutes]: SavedStatistics): DayStatistics {
    const statistics = new DayStatistics();
    statistics.#priceBefore = priceBefore;
    const restored = Bars.restore(minutes, minutesPerDay);
    statistics.#minutes = restored;
    if (restored.count > 0) statistics.#endUs = restored.newestStartUs + minuteUs;
    return statistics;
  }
}

/** The minute that a moment is in is the last of a day's. */
function windowStart(timeUs: TimeUs): TimeUs {
  return Math.max(0, spanStart(timeUs, minuteUs) + minuteUs - dayUs);
}

export type SavedStatistics = readonly [priceBefore: Ticks, minutes: Uint8Array];
