/**
 * Day results: what one account has gained or lost on this day, instrument by instrument, where a
 * limit asks for it. Begins with the first order or trade after the limit was set.
 *
 * Told after everything that moves goods, money or positions; what is asked changes nothing. Goods
 * count at last prices, positions in contracts at their marks.
 *
 * Invariant: day-results-of-what-is-held.
 */
import {
  add,
  assert,
  divideFloor,
  hold,
  invariant,
  Side,
  subtract,
} from "../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  AssetId,
  InstrumentSymbol,
  InstrumentTerms,
} from "../../protocols/index.ts";
import type { Venue } from "../actor.ts";
import { isContract } from "../contract/contract-listing.ts";
import { entryOf } from "../margin/position.ts";
import type { Position } from "../margin/position.ts";
import {
  beginResult,
  gainOf,
  restoredResult,
  resultHaving,
  resultOn,
  resultTurned,
  savedResult,
} from "../risk/day-result.ts";
import type { DayMark, DayResult, SavedDayResult } from "../risk/day-result.ts";
import { logDayOf } from "../risk/log-day.ts";
import type { RiskPlace, RiskRules } from "../risk/risk-rules.ts";
import type { ContractPositions } from "./contract-exposure.ts";
import type { Trading } from "./fee-book.ts";
import type { Holdings } from "./holdings.ts";
import type { FillCost, Order } from "./order.ts";
import type { ToldPosition } from "./positions.ts";

const resultsOfHeld = invariant("day-results-of-what-is-held");

export class DayResults {
  readonly #account: AccountId;
  readonly #has: Has;
  readonly #results = new Map<InstrumentSymbol, DayResult>();
  /** The rules that the results were last looked through for: others may ask for fewer. */
  #rules: RiskRules | undefined;
  #revision = 0;

  constructor(account: AccountId, has: Has) {
    this.#account = account;
    this.#has = has;
  }

  // ---- What is told ------------------------------------------------------------------------

  /** An order was taken: what the account has counts from now on, wherever a limit asks. */
  ordered(trading: Trading): void {
    if (!this.#isAsked(trading)) return;
    for (const instrument of trading.venue.instruments()) {
      if (this.#lotsOf(instrument) !== 0) this.#begin(instrument, trading);
    }
  }

  /** What the account has in an instrument counts from now on, where a limit asks. */
  beginIn(instrument: InstrumentTerms, trading: Trading): void {
    if (this.#isAsked(trading)) this.#begin(instrument, trading);
  }

  #begin(instrument: InstrumentTerms, trading: Trading): void {
    if (this.#results.has(instrument.symbol) || !this.#isMeant(instrument, trading)) return;
    this.#set(instrument, this.#resultNow(instrument, markOf(instrument, trading)));
  }

  #resultNow(instrument: InstrumentTerms, mark: DayMark): DayResult | undefined {
    return beginResult(this.#lotsOf(instrument), mark, this.#entryOf(instrument));
  }

  /** A fill is settled: its money is what was paid, and other instruments see goods come and go. */
  traded(order: Order, { quantity, cost }: TradedFill, trading: Trading): void {
    if (!this.#isAsked(trading)) return;
    const { instrument, side } = order;
    const { notional, fee } = cost;
    if (instrument.contract !== undefined) {
      this.#charge(instrument, fee, trading);
      return;
    }
    const isBuy = side === Side.buy;
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

  /** What a position realised is counted already; its fee comes out of cash. */
  #charge(instrument: InstrumentTerms, fee: Amount, trading: Trading): void {
    const known = this.#results.get(instrument.symbol);
    const result = known && resultOn(known, markOf(instrument, trading));
    if (known !== undefined) {
      this.#set(instrument, result && { ...result, paid: add(result.paid, fee) });
    }
    this.#see([instrument.quote], trading);
  }

  /** Traded, funded, closed or realised: cash has changed with it. */
  positionChanged({ instrument, position, realised }: ToldPosition, trading: Trading): void {
    if (!this.#isAsked(trading)) return;
    const known = this.#results.get(instrument.symbol);
    if (known !== undefined) {
      const before = resultOn(known, markOf(instrument, trading));
      const turn = { lots: position.lots, entry: entryOf(position), realised };
      this.#set(instrument, before && resultTurned(before, turn));
    }
    this.#see([instrument.quote], trading);
  }

  /** Some of an asset has come or gone without a trade. */
  moved(asset: AssetId, trading: Trading): void {
    if (this.#isAsked(trading)) this.#see([asset], trading);
  }

  #see(assets: readonly AssetId[], trading: Trading, but?: InstrumentSymbol): void {
    for (const [symbol, known] of this.#results) {
      const instrument = trading.venue.instrument(symbol);
      if (instrument === undefined || symbol === but) continue;
      if (isContract(instrument) || !assets.includes(instrument.base)) continue;
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

  /** Whether a limit of the account asks for its results in an instrument. */
  #isMeant(instrument: InstrumentTerms, { venue }: Trading): boolean {
    const applied = venue.risk?.applying(this.#account, instrument) ?? [];
    return applied.some(({ limits }) => limits.dailyLoss !== undefined);
  }

  #lotsOf(instrument: InstrumentTerms): Amount {
    if (isContract(instrument)) return this.#positionIn(instrument)?.lots ?? 0;
    return divideFloor(this.#has.holdings.held(instrument.base), instrument.baseUnitsPerLot);
  }

  #entryOf(instrument: InstrumentTerms): Amount {
    const position = isContract(instrument) ? this.#positionIn(instrument) : undefined;
    return position === undefined ? 0 : entryOf(position);
  }

  #positionIn({ symbol }: InstrumentTerms): Position | undefined {
    return this.#has.margin?.positions.positionIn(symbol);
  }

  // ---- What is asked -----------------------------------------------------------------------

  /** Quote units lost at a place on this day, below zero for a gain; undefined without a price. */
  lossAt({ quote, symbol }: RiskPlace, trading: Trading): Amount | undefined {
    let loss: Amount = 0;
    for (const instrument of trading.venue.instruments()) {
      const isMeant = symbol === "" ? instrument.quote === quote : instrument.symbol === symbol;
      if (!isMeant) continue;
      const gain = this.#gainIn(instrument, markOf(instrument, trading));
      if (gain === undefined) return undefined;
      loss = subtract(loss, gain);
    }
    return loss;
  }

  #gainIn(instrument: InstrumentTerms, mark: DayMark): Amount | undefined {
    const known = this.#results.get(instrument.symbol);
    const result = known === undefined ? this.#resultNow(instrument, mark) : resultOn(known, mark);
    return result && gainOf(result, mark);
  }

  // ---- Audit and snapshot ------------------------------------------------------------------

  audit(venue: Venue): void {
    for (const [symbol, { lots, entry }] of this.#results) {
      const instrument = venue.instrument(symbol);
      assert(instrument !== undefined, "a result in what is not listed");
      hold(resultsOfHeld, lots === this.#lotsOf(instrument));
      hold(resultsOfHeld, entry === this.#entryOf(instrument));
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

/** What the account has, in goods and in contracts. */
interface Has {
  readonly holdings: Holdings;
  readonly margin: { readonly positions: Pick<ContractPositions, "positionIn"> } | undefined;
}

interface TradedFill {
  readonly quantity: number;
  readonly cost: FillCost;
}

function markOf(instrument: InstrumentTerms, { venue, timeUs }: Trading): DayMark {
  const { symbol } = instrument;
  const day = logDayOf(timeUs);
  if (isContract(instrument)) {
    const markPrice = venue.contractOf(symbol)?.markPrice ?? 0;
    const openingPrice = venue.openingMarkOf(symbol, day);
    return { day, openingPrice, lastPrice: markPrice === 0 ? undefined : markPrice, instrument };
  }
  const openingPrice = venue.openingPriceOf(symbol, day);
  return { day, openingPrice, lastPrice: venue.lastPriceOf(symbol), instrument };
}

export type SavedDayResults = readonly (readonly [InstrumentSymbol, SavedDayResult])[];
