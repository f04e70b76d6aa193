/**
 * What was traded in one book in the last 24 hours, rolling by the minute.
 *
 * Each minute with trades is a bar; a trade changes the newest one, and whoever asks adds them up,
 * which is seldom. Exact, since nothing is ever taken off a sum.
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

  traded(trade: BarTrade, timeUs: TimeUs): void {
    const minutes = this.#minutes;
    const startUs = spanStart(timeUs, minuteUs);
    if (minutes.count === 0 || minutes.newestStartUs !== startUs) {
      this.#dropBefore(windowStart(timeUs));
      minutes.begin(startUs);
    }
    minutes.addTrade(trade);
  }

  #dropBefore(startUs: TimeUs): void {
    const minutes = this.#minutes;
    while (minutes.count > 0 && minutes.startUs(0) < startUs) {
      this.#priceBefore = minutes.close(0);
      minutes.dropOldest();
    }
  }

  /** As of a moment that is not before the last trade. Changes nothing. */
  asOf(timeUs: TimeUs): StatisticsView {
    const minutes = this.#minutes;
    const startUs = windowStart(timeUs);
    const sum = new Bars(1);
    sum.begin(startUs);
    let priceBefore = this.#priceBefore;
    for (let index = 0; index < minutes.count; index++) {
      if (minutes.startUs(index) < startUs) priceBefore = minutes.close(index);
      else sum.addBar(minutes, index);
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

  // ---- Snapshot ------------------------------------------------------------------------------

  snapshot(): SavedStatistics {
    return [this.#priceBefore, this.#minutes.snapshot()];
  }

  static restore([priceBefore, minutes]: SavedStatistics): DayStatistics {
    const statistics = new DayStatistics();
    statistics.#priceBefore = priceBefore;
    statistics.#minutes = Bars.restore(minutes, minutesPerDay);
    return statistics;
  }
}

/** The minute that a moment is in is the last of a day's. */
function windowStart(timeUs: TimeUs): TimeUs {
  return Math.max(0, spanStart(timeUs, minuteUs) + minuteUs - dayUs);
}

export type SavedStatistics = readonly [priceBefore: Ticks, minutes: Uint8Array];
