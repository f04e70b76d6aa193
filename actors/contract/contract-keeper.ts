/**
 * Contract keeper: what there is about one contract beside its book. It lives with the book and
 * moves with it: marks the contract, holds its fundings and has it expire.
 *
 * Whatever every shard must know is told to all in one message that follows the fills before it, so
 * that nobody values a position by what was not known when it came to be.
 */
import {
  add,
  assert,
  CloseReason,
  ContractKind,
  isAmount,
  isTicks,
  RejectReason,
} from "../../protocols/index.ts";
import type {
  Amount,
  ContractFigures,
  ContractState,
  ContractTerms,
  DeleveragingMessage,
  InstrumentSymbol,
  Ticks,
  TimeUs,
} from "../../protocols/index.ts";
import type { ActorContext, ContractRules } from "../actor.ts";
import type { ContractInstrument } from "./contract-listing.ts";
import { Deleveraging } from "./deleveraging.ts";
import type { SavedDeleveraging } from "./deleveraging.ts";
import { fundingPerLot, fundingRateOf, premiumOf } from "./funding.ts";
import { markPriceOf } from "./mark-price.ts";
import type { BookPrices } from "./mark-price.ts";
import { TimeMean } from "./time-mean.ts";
import type { SavedTimeMean } from "./time-mean.ts";

const usPerSecond = 1_000_000;
/** Prices are told at once that moved by this part. */
const thousandth = 1000;
/** Over how long before expiry the index is averaged. */
const settlementSpanUs: TimeUs = 30 * 60 * usPerSecond;

/** The book that the contract is about. */
export interface KeptBook {
  readonly bestPrices: { readonly bid: Ticks | undefined; readonly ask: Ticks | undefined };
  purge(context: ActorContext, reason: CloseReason): void;
  setMarkPrice(price: Ticks, context: ActorContext): void;
}

export class ContractKeeper implements ContractRules {
  readonly symbol: InstrumentSymbol;
  readonly #terms: ContractTerms;
  readonly #quoteUnitsPerTickLot: number;
  #indexPrice: Ticks = 0;
  #markPrice: Ticks = 0;
  #fundingIndex: Amount = 0;
  #fundingRound = 0;
  /** Of the last funding. */
  #ratePpm = 0;
  #nextFundingUs: TimeUs = 0;
  #finalPrice: Ticks = 0;
  #isOver = false;
  /** Up to when the means go. */
  #passedUs: TimeUs = 0;
  readonly #premium = new TimeMean();
  readonly #settlement = new TimeMean();
  /** What all shards were told last; 0 for nothing. */
  #toldMark: Ticks = 0;
  #toldIndex: Ticks = 0;
  #toldAtUs: TimeUs = 0;
  readonly #deleveraging: Deleveraging;

  constructor({ symbol, contract, quoteUnitsPerTickLot }: ContractInstrument) {
    this.symbol = symbol;
    this.#terms = contract;
    this.#quoteUnitsPerTickLot = quoteUnitsPerTickLot;
    this.#deleveraging = new Deleveraging(symbol);
  }

  /** Has others close what nobody takes of positions that are liquidated. */
  deleverage(message: DeleveragingMessage, context: ActorContext): void {
    this.#deleveraging.receive(message, this.#fundingIndex, context);
  }

  /** It is listed. */
  open({ timeUs }: ActorContext): void {
    this.#passedUs = timeUs;
    this.#planFunding(timeUs);
  }

  get indexSymbol(): InstrumentSymbol {
    return this.#terms.indexSymbol;
  }

  get fundingIndex(): Amount {
    return this.#fundingIndex;
  }

  get figures(): ContractFigures {
    return {
      markPrice: this.#markPrice,
      indexPrice: this.#indexPrice,
      fundingRatePpm: this.#ratePpm,
      nextFundingUs: this.#nextFundingUs,
      finalPrice: this.#finalPrice,
    };
  }

  /** Why the book takes no order. */
  whyNotTrade({ timeUs }: Pick<ActorContext, "timeUs">): RejectReason {
    const { expiresAtUs } = this.#terms;
    if (expiresAtUs !== 0 && timeUs >= expiresAtUs) return RejectReason["contract-expired"];
    return this.#markPrice === 0 ? RejectReason["mark-price-missing"] : RejectReason.none;
  }

  /** Why an oracle's word on the index does not count. */
  whyNotPublish(price: Ticks): RejectReason {
    if (this.indexSymbol !== "") return RejectReason["price-source-other"];
    if (this.#isOver) return RejectReason["contract-expired"];
    return isTicks(price) ? RejectReason.none : RejectReason["price-not-positive"];
  }

  /** The index is so much from now on: time until now was before. */
  publish(price: Ticks, context: ActorContext): void {
    assert(this.whyNotPublish(price) === RejectReason.none);
    this.#passTime(context.timeUs);
    this.#indexPrice = price;
  }

  /**
   * Log time has passed, or the book or the index has moved: does what is due, and tells all shards
   * where the contract stands if that is news. True if it was.
   */
  follow(book: KeptBook, context: ActorContext): boolean {
    if (this.#isOver) return false;
    const { timeUs } = context;
    const { expiresAtUs } = this.#terms;
    this.#passTime(timeUs);
    if (expiresAtUs !== 0 && timeUs >= expiresAtUs) {
      this.#expire(book, context);
      return true;
    }
    const hasFunded = this.#isFundingDue(timeUs) && this.#fund(context);
    this.#mark(book, context);
    const isTold = hasFunded || this.#isNews(timeUs);
    if (isTold) this.#tell(context);
    this.#askToBeCalled(context);
    // Sets off those who wait for it: what they trade is looked at when it is called next.
    if (isTold) book.setMarkPrice(this.#markPrice, context);
    return isTold;
  }

  /** There is a shard that has not heard. */
  tellAgain(context: ActorContext): void {
    if (this.#toldMark !== 0) this.#tell(context);
  }

  // ---- Mark ----------------------------------------------------------------------------------

  #mark(book: KeptBook, context: ActorContext): void {
    if (this.indexSymbol !== "") {
      this.#indexPrice = context.venue.lastPriceOf(this.indexSymbol) ?? this.#indexPrice;
    }
    const prices = pricesOf(this.symbol, book, context);
    this.#markPrice = markPriceOf(this.#indexPrice, prices, this.#terms.markClampPpm);
  }

  #isNews(timeUs: TimeUs): boolean {
    if (this.#markPrice === this.#toldMark && this.#indexPrice === this.#toldIndex) return false;
    if (this.#toldMark === 0 || timeUs - this.#toldAtUs >= usPerSecond) return true;
    return (
      hasMovedFar(this.#toldMark, this.#markPrice) || hasMovedFar(this.#toldIndex, this.#indexPrice)
    );
  }

  #tell(context: ActorContext): void {
    const { symbol } = this;
    this.#toldMark = this.#markPrice;
    this.#toldIndex = this.#indexPrice;
    this.#toldAtUs = context.timeUs;
    const state = this.#stateAt(context.timeUs);
    for (let shard = 0; shard < context.shards; shard++) {
      context.send({ kind: "announce-contract", shard, symbol, ...state });
    }
  }

  #stateAt(atUs: TimeUs): ContractState {
    return {
      markPrice: this.#markPrice,
      indexPrice: this.#indexPrice,
      fundingIndex: this.#fundingIndex,
      fundingRound: this.#fundingRound,
      finalPrice: this.#finalPrice,
      atUs,
    };
  }

  // ---- Time ----------------------------------------------------------------------------------

  /** Prices were until now as they were told to it last. */
  #passTime(timeUs: TimeUs): void {
    const fromUs = this.#passedUs;
    this.#passedUs = timeUs;
    if (this.#indexPrice === 0 || this.#isOver) return;
    if (this.#nextFundingUs !== 0 && this.#markPrice !== 0) {
      this.#premium.pass(premiumOf(this.#markPrice, this.#indexPrice), timeUs - fromUs);
    }
    const { expiresAtUs } = this.#terms;
    if (expiresAtUs === 0) return;
    const [beginUs, endUs] = [expiresAtUs - settlementSpanUs, expiresAtUs];
    const us = Math.min(timeUs, endUs) - Math.max(fromUs, beginUs);
    if (us > 0) this.#settlement.pass(this.#indexPrice, us);
  }

  /**
   * Whoever has been called asks for what comes next; a second after prices were told they are
   * looked at anew, as what was set off by them may have moved them.
   */
  #askToBeCalled(context: ActorContext): void {
    const isToldOfLate = context.timeUs - this.#toldAtUs < usPerSecond && this.#toldAtUs !== 0;
    const lookUs = isToldOfLate ? this.#toldAtUs + usPerSecond : 0;
    for (const atUs of [this.#nextFundingUs, this.#terms.expiresAtUs, lookUs]) {
      if (atUs > context.timeUs) context.wakeAt(this.symbol, atUs);
    }
  }

  // ---- Funding -------------------------------------------------------------------------------

  /** At multiples of the interval: with one of eight hours at 0, 8 and 16 o'clock UTC. */
  #planFunding(timeUs: TimeUs): void {
    if (this.#terms.kind !== ContractKind.perpetual) return;
    const intervalUs = this.#terms.fundingIntervalSeconds * usPerSecond;
    this.#nextFundingUs = timeUs - (timeUs % intervalUs) + intervalUs;
  }

  #isFundingDue(timeUs: TimeUs): boolean {
    return this.#nextFundingUs !== 0 && timeUs >= this.#nextFundingUs;
  }

  /**
   * One for all the time since the last, also where the shard stood still for longer. False if the
   * contract was never marked.
   */
  #fund(context: ActorContext): boolean {
    const mean = this.#premium.mean;
    this.#premium.reset();
    this.#planFunding(context.timeUs);
    if (mean === undefined) return false;
    const { symbol } = this;
    const [markPrice, indexPrice] = [this.#markPrice, this.#indexPrice];
    const ratePpm = fundingRateOf(mean, this.#terms.fundingCapPpm);
    const quoteUnitsPerTickLot = this.#quoteUnitsPerTickLot;
    const asked = fundingPerLot({ markPrice, quoteUnitsPerTickLot, ratePpm });
    // What no ledger could hold is not asked for: thousands of fundings at the dearest price.
    const perLot = isAmount(add(this.#fundingIndex, asked)) ? asked : 0;
    this.#fundingIndex = add(this.#fundingIndex, perLot);
    this.#fundingRound += 1;
    this.#ratePpm = ratePpm;
    const round = this.#fundingRound;
    context.emit({
      ...{ kind: "contract-funded", symbol, round, ratePpm },
      ...{ markPrice, indexPrice, perLot },
    });
    return true;
  }

  // ---- Expiry --------------------------------------------------------------------------------

  /** At the mean index of the last half an hour, as far as it was known; at what is known else. */
  #expire(book: KeptBook, context: ActorContext): void {
    const { symbol } = this;
    book.purge(context, CloseReason["time-reached"]);
    const finalPrice = this.#settlement.mean ?? this.#indexPrice;
    this.#isOver = true;
    this.#finalPrice = this.#markPrice = finalPrice;
    context.emit({ kind: "contract-expired", symbol, finalPrice });
    // Without an index nobody has ever traded it.
    if (finalPrice !== 0) this.#tell(context);
  }

  // ---- Snapshot ------------------------------------------------------------------------------

  snapshot(): SavedContract {
    const saved = this.#saved();
    const deleveraging = this.#deleveraging.snapshot();
    // Nothing, as in snapshots from before, while nobody's position is reduced for another's.
    return deleveraging === undefined ? saved : [...saved, deleveraging];
  }

  #saved() {
    return [
      this.symbol,
      [this.#indexPrice, this.#markPrice, this.#finalPrice, this.#isOver],
      [this.#fundingIndex, this.#fundingRound, this.#ratePpm, this.#nextFundingUs],
      [this.#passedUs, this.#premium.snapshot(), this.#settlement.snapshot()],
      [this.#toldMark, this.#toldIndex, this.#toldAtUs],
    ] as const;
  }

  /** Goes on from what was saved of it. */
  takeUp([symbol, prices, funding, passed, told, deleveraging]: SavedContract): void {
    if (deleveraging !== undefined) this.#deleveraging.restore(deleveraging);
    assert(symbol === this.symbol, "another contract was saved");
    [this.#indexPrice, this.#markPrice, this.#finalPrice, this.#isOver] = prices;
    [this.#fundingIndex, this.#fundingRound, this.#ratePpm, this.#nextFundingUs] = funding;
    const [passedUs, premium, settlement] = passed;
    this.#passedUs = passedUs;
    this.#premium.restore(premium);
    this.#settlement.restore(settlement);
    [this.#toldMark, this.#toldIndex, this.#toldAtUs] = told;
  }
}

/** Bids and asks count while they trade: in a call phase they may lie across each other. */
function pricesOf(symbol: InstrumentSymbol, book: KeptBook, context: ActorContext): BookPrices {
  const market = context.marketOf(symbol);
  assert(market !== undefined, "a contract without a market");
  const last = market.referencePrice ?? 0;
  if (market.phase !== "continuous") return { bid: 0, ask: 0, last };
  const { bid = 0, ask = 0 } = book.bestPrices;
  return { bid, ask, last };
}

function hasMovedFar(told: Ticks, price: Ticks): boolean {
  return Math.abs(price - told) * thousandth >= told;
}

export type SavedContract = readonly [
  symbol: InstrumentSymbol,
  prices: readonly [index: Ticks, mark: Ticks, final: Ticks, isOver: boolean],
  funding: readonly [index: Amount, round: number, ratePpm: number, nextUs: TimeUs],
  passed: readonly [passedUs: TimeUs, premium: SavedTimeMean, settlement: SavedTimeMean],
  told: readonly [mark: Ticks, index: Ticks, atUs: TimeUs],
  deleveraging?: SavedDeleveraging,
];
