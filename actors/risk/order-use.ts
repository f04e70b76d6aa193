/**
 * What an account has used of its limits at one place: tokens of its order rate, and what it has
 * ordered and traded on this day of log time. Days begin at midnight, UTC.
 *
 * The bucket counts in millionths of an order, which is what a rate of one per second gives back in
 * a microsecond: integers, and exact below 2^53 by the bounds of `risk-limits.ts`.
 *
 * Invariant: order-rates-within-bounds.
 */
import { assert, hold, invariant, ordersPerSecondMax } from "../../protocols/index.ts";
import type { RiskLimits, TimeUs } from "../../protocols/index.ts";
import { logDayOf } from "./log-day.ts";

const ratesWithinBounds = invariant("order-rates-within-bounds");

/** Of what one order costs. */
const microPerOrder = 1_000_000;

export class OrderUse {
  /** What was in the bucket, and when; never, while nothing was taken. */
  #credit = 0;
  #creditAtUs: TimeUs | undefined;
  #day = 0;
  #orders = 0;
  #trades = 0;

  /** How many orders could be made at once; a bucket that was never used is full. */
  ordersLeft(limits: RiskLimits, timeUs: TimeUs): number {
    return Math.floor(this.#creditAt(limits, timeUs) / microPerOrder);
  }

  /** Takes a token, if there is a rate: `ordersLeft` said that there was one. */
  take(limits: RiskLimits, timeUs: TimeUs): void {
    if (limits.orderRate === undefined) return;
    const credit = this.#creditAt(limits, timeUs) - microPerOrder;
    assert(credit >= 0, "an order was let through beyond its rate");
    this.#credit = credit;
    this.#creditAtUs = timeUs;
  }

  #creditAt({ orderRate = 0, orderBurst = orderRate }: RiskLimits, timeUs: TimeUs): number {
    const full = orderBurst * microPerOrder;
    if (this.#creditAtUs === undefined) return full;
    // After so many microseconds any rate has filled it: a longer time would not be exact.
    const elapsedUs = Math.min(timeUs - this.#creditAtUs, full);
    return Math.min(this.#credit + elapsedUs * orderRate, full);
  }

  ordersOn(timeUs: TimeUs): number {
    return this.#day === logDayOf(timeUs) ? this.#orders : 0;
  }

  tradesOn(timeUs: TimeUs): number {
    return this.#day === logDayOf(timeUs) ? this.#trades : 0;
  }

  /** Counts an order, a replace or a cancel. */
  ordered(timeUs: TimeUs): void {
    this.#begin(logDayOf(timeUs));
    this.#orders += 1;
  }

  traded(timeUs: TimeUs): void {
    this.#begin(logDayOf(timeUs));
    this.#trades += 1;
  }

  #begin(day: number): void {
    if (this.#day === day) return;
    this.#day = day;
    this.#orders = 0;
    this.#trades = 0;
  }

  audit(): void {
    const isWithin = this.#credit >= 0 && this.#credit <= ordersPerSecondMax * microPerOrder;
    hold(ratesWithinBounds, isWithin);
  }

  snapshot(): SavedOrderUse {
    return [this.#credit, this.#creditAtUs ?? null, this.#day, this.#orders, this.#trades];
  }

  static restore([credit, creditAtUs, day, orders, trades]: SavedOrderUse): OrderUse {
    const use = new OrderUse();
    use.#credit = credit;
    use.#creditAtUs = creditAtUs ?? undefined;
    use.#day = day;
    use.#orders = orders;
    use.#trades = trades;
    return use;
  }
}

export type SavedOrderUse = readonly [
  credit: number,
  creditAtUs: TimeUs | null,
  day: number,
  orders: number,
  trades: number,
];
