/**
 * Day results: what one account has gained or lost on this day, instrument by instrument, where a
 * limit asks for it. Begins with the first order or trade after the limit was set.
 *
 * Told after everything that moves goods or money; what is asked changes nothing.
 *
 * Invariant: day-results-of-what-is-held.
 */
import { add, divideFloor, hold, invariant, Side, subtract } from "../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  AssetId,
  InstrumentSymbol,
  InstrumentTerms,
} from "../../protocols/index.ts";
import type { Venue } from "../actor.ts";
import {
  beginResult,
  gainOf,
  restoredResult,
  resultHaving,
  resultOn,
  savedResult,
} from "../risk/day-result.ts";
import type { DayMark, DayResult, SavedDayResult } from "../risk/day-result.ts";
import { logDayOf } from "../risk/log-day.ts";
import type { RiskPlace, RiskRules } from "../risk/risk-rules.ts";
import type { Trading } from "./fee-book.ts";
import type { Holdings } from "./holdings.ts";
import type { FillCost, Order } from "./order.ts";

const resultsOfHeld = invariant("day-results-of-what-is-held");

export class DayResults {
  readonly #account: AccountId;
  readonly #holdings: Holdings;
  readonly #results = new Map<InstrumentSymbol, DayResult>();
  /** The rules that the results were last looked through for: others may ask for fewer. */
  #rules: RiskRules | undefined;
  #revision = 0;

  constructor(account: AccountId, holdings: Holdings) {
    this.#account = account;
    this.#holdings = holdings;
  }

  // ---- What is told ------------------------------------------------------------------------

  /** An order was taken: what the account has counts from now on, wherever a limit asks. */
  ordered(trading: Trading): void {
    if (!this.#isAsked(trading)) return;
    for (const instrument of trading.venue.instruments()) {
      if (this.#results.has(instrument.symbol)) continue;
      const lots = this.#lotsOf(instrument);
      if (lots === 0 || !this.#isMeant(instrument, trading)) continue;
      this.#set(instrument, beginResult(lots, markOf(instrument, trading)));
    }
  }

  /** A fill is settled: its money is what was paid, and other instruments see goods come and go. */
  traded(order: Order, { quantity, cost }: TradedFill, trading: Trading): void {
    if (!this.#isAsked(trading)) return;
    const { instrument, side } = order;
    const isBuy = side === Side.buy;
    const { notional, fee } = cost;
    const paid = isBuy ? add(notional, fee) : subtract(fee, notional);
    const lots = this.#lotsOf(instrument);
    const mark = markOf(instrument, trading);
    const known = this.#results.get(instrument.symbol);
    const lotsBefore = subtract(lots, isBuy ? quantity : -quantity);
    if (known !== undefined || this.#isMeant(instrument, trading)) {
      const before = known === undefined ? beginResult(lotsBefore, mark) : resultOn(known, mark);
      this.#set(instrument, before && { ...before, lots, paid: add(before.paid, paid) });
    }
    this.#see([instrument.base, instrument.quote], trading, instrument.symbol);
  }

  /** Some of an asset has come or gone without a trade. */
  moved(asset: AssetId, trading: Trading): void {
    if (this.#isAsked(trading)) this.#see([asset], trading);
  }

  #see(assets: readonly AssetId[], trading: Trading, but?: InstrumentSymbol): void {
    for (const [symbol, known] of this.#results) {
      const instrument = trading.venue.instrument(symbol);
      if (instrument === undefined || symbol === but) continue;
      if (!assets.includes(instrument.base)) continue;
      const mark = markOf(instrument, trading);
      const before = resultOn(known, mark);
      this.#set(instrument, before && resultHaving(before, this.#lotsOf(instrument), mark));
    }
  }

  /** What cannot be told begins again once it can. */
  #set({ symbol }: InstrumentTerms, result: DayResult | undefined): void {
    if (result === undefined) this.#results.delete(symbol);
    else this.#results.set(symbol, result);
  }

  /** Forgets what no limit asks for any more. Returns whether any does. */
  #isAsked(trading: Trading): boolean {
    const { risk } = trading.venue;
    const isAsked = risk?.limitsDailyLoss === true;
    if (risk === this.#rules && risk?.revision === this.#revision) return isAsked;
    this.#rules = risk;
    this.#revision = risk?.revision ?? 0;
    for (const symbol of [...this.#results.keys()]) {
      const instrument = trading.venue.instrument(symbol);
      const isKept = isAsked && instrument !== undefined && this.#isMeant(instrument, trading);
      if (!isKept) this.#results.delete(symbol);
    }
    return isAsked;
  }

  /** Whether a limit of the account asks for its results in an instrument, whose goods it holds. */
  #isMeant(instrument: InstrumentTerms, { venue }: Trading): boolean {
    if (instrument.contract !== undefined) return false;
    const applied = venue.risk?.applying(this.#account, instrument) ?? [];
    return applied.some(({ limits }) => limits.dailyLoss !== undefined);
  }

  #lotsOf({ base, baseUnitsPerLot }: InstrumentTerms): Amount {
    return divideFloor(this.#holdings.held(base), baseUnitsPerLot);
  }

  // ---- What is asked -----------------------------------------------------------------------

  /** Quote units lost at a place on this day, below zero for a gain; undefined without a price. */
  lossAt({ quote, symbol }: RiskPlace, trading: Trading): Amount | undefined {
    let loss: Amount = 0;
    for (const instrument of trading.venue.instruments()) {
      const isMeant = symbol === "" ? instrument.quote === quote : instrument.symbol === symbol;
      if (!isMeant || instrument.contract !== undefined) continue;
      const gain = this.#gainIn(instrument, markOf(instrument, trading));
      if (gain === undefined) return undefined;
      loss = subtract(loss, gain);
    }
    return loss;
  }

  #gainIn(instrument: InstrumentTerms, mark: DayMark): Amount | undefined {
    const known = this.#results.get(instrument.symbol);
    const result =
      known === undefined ? beginResult(this.#lotsOf(instrument), mark) : resultOn(known, mark);
    return result && gainOf(result, mark);
  }

  // ---- Audit and snapshot ------------------------------------------------------------------

  audit(venue: Venue): void {
    for (const [symbol, { lots }] of this.#results) {
      const instrument = venue.instrument(symbol);
      hold(resultsOfHeld, instrument !== undefined && lots === this.#lotsOf(instrument));
    }
  }

  /** By symbol. */
  snapshot(): SavedDayResults {
    return [...this.#results]
      .map(([symbol, result]) => [symbol, savedResult(result)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }

  restore(saved: SavedDayResults): void {
    for (const [symbol, result] of saved) this.#results.set(symbol, restoredResult(result));
  }
}

interface TradedFill {
  readonly quantity: number;
  readonly cost: FillCost;
}

function markOf(instrument: InstrumentTerms, { venue, timeUs }: Trading): DayMark {
  const { symbol } = instrument;
  const day = logDayOf(timeUs);
  const openingPrice = venue.openingPriceOf(symbol, day);
  return { day, openingPrice, lastPrice: venue.lastPriceOf(symbol), instrument };
}

export type SavedDayResults = readonly (readonly [InstrumentSymbol, SavedDayResult])[];
