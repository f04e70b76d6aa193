/**
 * Market: the trading phase of one instrument, what leads from one to the next, and what each
 * admits.
 *
 * Lives with the instrument's book, which asks it before it does anything. Goes by the calendar and
 * by the time of the log; interrupts trading when prices move too far and brings it back with an
 * auction. Cancels are admitted in every phase: who wants out may always leave.
 */
import {
  assert,
  divideFloor,
  Intervention,
  partOf,
  plainTradingTerms,
  Side,
  TradingPhase,
  unreachable,
} from "../../protocols/index.ts";
import type {
  BreakerLevel,
  InstrumentSymbol,
  MarketMessage,
  SessionEvent,
  SetPhase,
  Ticks,
  TimeUs,
  TradingTerms,
} from "../../protocols/index.ts";
import type { Actor, ActorContext, TradingRules } from "../actor.ts";
import { unboundedFor } from "../order-book/book-terms.ts";
import { compileMachine } from "../transition-table.ts";
import { IndexWatch } from "./index-watch.ts";
import type { SavedWatch } from "./index-watch.ts";
import { admissionOf, isCallPhase, isUncrossedBetween } from "./phase-admission.ts";
import type { AdmittedTerms, Admission } from "./phase-admission.ts";
import { PriceBands } from "./price-bands.ts";
import type { SavedBands } from "./price-bands.ts";
import { tradingPhaseEvents, tradingPhaseMachine } from "./trading-phase.machine.ts";
import type { TradingPhaseEvent, TradingPhaseName } from "./trading-phase.machine.ts";
import { nextStep, stepAt } from "./trading-schedule.ts";

export const tradingPhase = compileMachine(tradingPhaseMachine, tradingPhaseEvents);

const usPerSecond = 1_000_000;
/** A market without a calendar trades around the clock; its days end at midnight, UTC. */
const dayUs = 86_400 * usPerSecond;

/** Something that the market will do of itself. */
interface Planned {
  readonly atUs: TimeUs;
  readonly event: TradingPhaseEvent;
}

/** What may have come due: the end of a halt of the venue, of what the market has begun, a step. */
type Due = "breaker" | "interruption" | "limit state" | "calendar";

export class Market implements Actor<MarketMessage>, TradingRules {
  readonly symbol: InstrumentSymbol;
  readonly terms: TradingTerms;
  phase: TradingPhaseName = "closed";
  #state = tradingPhase.stateNamed('"closed"');
  /** What auctions and collars are held against: the last price, or what the terms say. */
  #referencePrice: Ticks;
  readonly #bands: PriceBands;
  readonly #watch = new IndexWatch();
  /** The calendar's next step, drawn to its moment; undefined without a calendar. */
  #scheduled: Planned | undefined;
  /** The moment of the step that was taken from the calendar last. */
  #scheduledFromUs: TimeUs = 0;
  /** The end of an interruption that the market itself began. */
  #reopening: Planned | undefined;
  /** When the breaker lets the venue trade again; 0 while it is not tripped. */
  #releaseUs: TimeUs = 0;
  /** Whether the breaker holds the venue until the calendar's next day begins. */
  #isHeldForTheDay = false;
  #wasExtended = false;
  /** What the calendar said last. */
  #sessionEvent: SessionEvent = "close";

  constructor(symbol: InstrumentSymbol, terms: TradingTerms = plainTradingTerms) {
    this.symbol = symbol;
    this.terms = terms;
    this.#referencePrice = terms.referencePrice;
    this.#bands = new PriceBands(symbol, terms);
    if (terms.calendar === undefined) this.#move("open");
  }

  /** Looks up where the calendar stands when the instrument is listed. */
  open(context: ActorContext): void {
    const { calendar } = this.terms;
    if (calendar !== undefined) {
      const step = stepAt(calendar, context.timeUs);
      if (step !== undefined) this.#goTo(step.event, context);
      this.#planNext(step?.atUs ?? context.timeUs, context);
      // They were told as the calendar led there.
      if (this.phase === "continuous") return;
    }
    if (context.logic.tellsBandsAtListing) this.#bands.open(context);
  }

  // ---- What the book asks --------------------------------------------------------------------

  get hasAuctions(): boolean {
    return this.terms.calendar !== undefined || this.terms.bandBasisPoints > 0;
  }

  get referencePrice(): Ticks | undefined {
    return this.#referencePrice === 0 ? undefined : this.#referencePrice;
  }

  admission(terms: AdmittedTerms): Admission {
    return admissionOf(terms, this);
  }

  boundFor(side: Side): Ticks {
    return this.phase === "continuous" ? this.#bands.boundFor(side) : unboundedFor(side);
  }

  /** Whether a limit is close enough to the reference price. */
  isWithinCollar(price: Ticks): boolean {
    const { collarBasisPoints } = this.terms;
    if (collarBasisPoints === 0 || this.#referencePrice === 0) return true;
    const width = partOf(this.#referencePrice, collarBasisPoints);
    return price >= this.#referencePrice - width && price <= this.#referencePrice + width;
  }

  dayEndUs(timeUs: TimeUs): TimeUs | undefined {
    return this.terms.calendar === undefined ? timeUs - (timeUs % dayUs) + dayUs : undefined;
  }

  get isDayOver(): boolean {
    return this.terms.calendar !== undefined && this.#sessionEvent === "close";
  }

  bandReached(_side: Side, context: ActorContext): void {
    if (this.phase !== "continuous" || !this.#bands.reached(context)) return;
    this.#beginAuction("interrupt", context);
  }

  traded(price: Ticks, context: ActorContext): void {
    if (this.phase === "continuous") this.#bands.traded(price, context);
    this.#note(price, context);
  }

  /** From an auction's price on, bands are drawn anew. */
  uncrossed(price: Ticks, context: ActorContext): void {
    this.#bands.reset(price, context);
    this.#note(price, context);
  }

  /** The price that others are held against from now on; of an index, the breaker looks at it. */
  #note(price: Ticks, context: ActorContext): void {
    if (this.terms.calendar === undefined) {
      const day = divideFloor(context.timeUs, dayUs) as number;
      if (this.#watch.day !== day) this.#watch.beginDay(this.#referencePrice, day);
    }
    this.#referencePrice = price;
    const level = this.#watch.traded(price);
    if (level === undefined) return;
    this.#planRelease(level, context);
    context.send({ kind: "breaker-moved", symbol: this.symbol, isTripped: true });
  }

  /** After so long, or with the next day. */
  #planRelease({ haltSeconds }: BreakerLevel, context: ActorContext): void {
    const { timeUs } = context;
    const dayEndUs = this.dayEndUs(timeUs);
    this.#isHeldForTheDay = haltSeconds === 0 && dayEndUs === undefined;
    this.#releaseUs = haltSeconds === 0 ? (dayEndUs ?? 0) : timeUs + haltSeconds * usPerSecond;
    if (this.#releaseUs !== 0) context.wakeAt(this.symbol, this.#releaseUs);
  }

  // ---- Time ----------------------------------------------------------------------------------

  /** The moments at which something is due, in no order; 0 for what is not. */
  dueTimes(): readonly TimeUs[] {
    const planned = [this.#scheduled?.atUs ?? 0, this.#reopening?.atUs ?? 0];
    return [...planned, this.#releaseUs, this.#bands.limitStateEndsUs];
  }

  /**
   * Does what is due, the earliest first. `indicated` is the price that an auction would have now;
   * the book follows every single step, so one call takes at most one. True if it took one.
   */
  advance(context: ActorContext, indicated: Ticks | undefined): boolean {
    switch (this.#firstDue(context)) {
      case "breaker":
        this.#releaseUs = 0;
        context.send({ kind: "breaker-moved", symbol: this.symbol, isTripped: false });
        return true;
      case "interruption":
        this.#endInterruption(indicated, context);
        return true;
      case "limit state":
        this.#pause(context);
        return true;
      case "calendar":
        this.#takeStep(indicated, context);
        return true;
      default:
        this.#bands.advance(context);
        return false;
    }
  }

  /** At one moment in this order: the calendar leads on from what the market has begun itself. */
  #firstDue(context: ActorContext): Due | undefined {
    let first: Due | undefined;
    let firstUs = context.timeUs + 1;
    const consider = (due: Due, atUs: TimeUs): void => {
      if (atUs >= firstUs) return;
      first = due;
      firstUs = atUs;
    };
    if (this.#releaseUs !== 0) consider("breaker", this.#releaseUs);
    const reopening = this.#reopening;
    if (reopening !== undefined && !this.#waitsForVenue(reopening.event, context)) {
      consider("interruption", reopening.atUs);
    }
    const { limitStateEndsUs } = this.#bands;
    if (limitStateEndsUs !== 0) consider("limit state", limitStateEndsUs);
    const scheduled = this.#scheduled;
    const waits =
      scheduled === undefined ||
      (this.#leadsOn(scheduled.event) && this.#waitsForVenue(scheduled.event, context));
    if (!waits) consider("calendar", scheduled.atUs);
    return first;
  }

  /** Nothing trades while the venue is halted: what would hold an auction waits for its end. */
  #waitsForVenue(event: TradingPhaseEvent, { venue }: ActorContext): boolean {
    if (!venue.isHalted) return false;
    const next = this.#phaseAfter(event);
    return next !== this.phase && isUncrossedBetween(this.phase, next);
  }

  #isStopped(): boolean {
    return this.phase === "halted" || this.phase === "cancelOnly";
  }

  /**
   * Whether a step of the calendar leads anywhere. Who stopped trading lets it go on; and trading
   * that was resumed begins with the end of the auction that came with that.
   */
  #leadsOn(event: TradingPhaseEvent): boolean {
    if (this.#reopening === undefined) return !this.#isStopped();
    return event !== "open";
  }

  /** Plans the calendar's next step after one, at a moment drawn by chance if it ends an auction. */
  #planNext(afterUs: TimeUs, context: ActorContext): void {
    const { calendar } = this.terms;
    const step = calendar === undefined ? undefined : nextStep(calendar, afterUs);
    this.#scheduled = undefined;
    if (step === undefined) return;
    const atUs = step.atUs + drawn(step.randomEndSeconds, context);
    this.#scheduled = { atUs, event: step.event };
    this.#scheduledFromUs = step.atUs;
    context.wakeAt(this.symbol, atUs);
  }

  #takeStep(indicated: Ticks | undefined, context: ActorContext): void {
    assert(this.#scheduled !== undefined);
    const { event } = this.#scheduled;
    if (this.#extendsBefore(event, indicated, context)) return;
    this.#planNext(this.#scheduledFromUs, context);
    this.#goTo(event as SessionEvent, context);
  }

  /** Lets an auction go on once more that the calendar would end at a price beyond the bands. */
  #extendsBefore(
    event: TradingPhaseEvent,
    indicated: Ticks | undefined,
    context: ActorContext,
  ): boolean {
    const isEnd = event === "open" || event === "tradeAtLast" || event === "close";
    const isAuction = this.phase === "openingAuction" || this.phase === "closingAuction";
    if (!isEnd || !isAuction || this.#wasExtended || !this.#isFar(indicated)) return false;
    this.#wasExtended = true;
    this.#change("extend", context);
    const atUs = context.timeUs + this.#auctionLengthUs(context);
    this.#scheduled = { atUs, event };
    context.wakeAt(this.symbol, atUs);
    return true;
  }

  /** Whether an auction's price would lie beyond the bands. */
  #isFar(indicated: Ticks | undefined): boolean {
    if (indicated === undefined) return false;
    const { buy, sell } = Side;
    return indicated > this.#bands.boundFor(buy) || indicated < this.#bands.boundFor(sell);
  }

  /** What the calendar says, unless trading is interrupted: then it counts when that ends. */
  #goTo(event: SessionEvent, context: ActorContext): void {
    if (this.#sessionEvent === "close") this.#beginDay(context);
    this.#sessionEvent = event;
    if (!this.#leadsOn(event)) return;
    // What the market itself began ends with the calendar's next step.
    this.#reopening = undefined;
    this.#change(event, context);
  }

  /** The fall of the index is measured anew, and a breaker that held for the day lets go. */
  #beginDay(context: ActorContext): void {
    this.#watch.beginDay(this.#referencePrice, 0);
    if (!this.#isHeldForTheDay) return;
    this.#isHeldForTheDay = false;
    context.send({ kind: "breaker-moved", symbol: this.symbol, isTripped: false });
  }

  /** Halts trading by itself; an auction follows. */
  #pause(context: ActorContext): void {
    this.#change("halt", context);
    const atUs = context.timeUs + this.terms.pauseSeconds * usPerSecond;
    this.#plan({ atUs, event: "reopen" }, context);
  }

  #beginAuction(event: "interrupt" | "reopen", context: ActorContext): void {
    this.#change(event, context);
    this.#planAuctionEnd(context);
  }

  #planAuctionEnd(context: ActorContext): void {
    const atUs = context.timeUs + this.#auctionLengthUs(context);
    this.#plan({ atUs, event: "open" }, context);
  }

  #auctionLengthUs(context: ActorContext): TimeUs {
    const { auctionSeconds, auctionRandomSeconds } = this.terms;
    return auctionSeconds * usPerSecond + drawn(auctionRandomSeconds, context);
  }

  #plan(planned: Planned, context: ActorContext): void {
    this.#reopening = planned;
    context.wakeAt(this.symbol, planned.atUs);
  }

  /** An auction whose price would lie beyond the band again goes on once more. */
  #endInterruption(indicated: Ticks | undefined, context: ActorContext): void {
    assert(this.#reopening !== undefined);
    const { event } = this.#reopening;
    this.#reopening = undefined;
    if (event === "reopen") {
      this.#beginAuction("reopen", context);
      return;
    }
    if (this.#isFar(indicated) && !this.#wasExtended) {
      this.#wasExtended = true;
      this.#change("extend", context);
      this.#planAuctionEnd(context);
      return;
    }
    this.#change(event, context);
  }

  // ---- Interventions -------------------------------------------------------------------------

  receive(message: MarketMessage, context: ActorContext): void {
    switch (message.kind) {
      case "set-phase":
        this.#intervene(message, context);
        break;
      case "watch-index":
        this.#watch.set(message.levels);
        break;
      default:
        unreachable(message);
    }
    context.send({ kind: "ticket-served", ticket: message.ticket });
  }

  #intervene({ intervention }: SetPhase, context: ActorContext): void {
    switch (intervention) {
      case Intervention.halt:
        this.#reopening = undefined;
        this.#change("halt", context);
        return;
      case Intervention.restrict:
        this.#reopening = undefined;
        this.#change("restrict", context);
        return;
      default:
        this.#resume(context);
    }
  }

  /** Back to where the calendar stands; to continuous trading by an auction, if it has any. */
  #resume(context: ActorContext): void {
    // A pause of its own ends by an auction at its time.
    if (!this.#isStopped() || this.#reopening !== undefined) return;
    const { calendar } = this.terms;
    const step = calendar === undefined ? undefined : stepAt(calendar, context.timeUs);
    const event = step?.event ?? (calendar === undefined ? "open" : "close");
    const isPlain = event === "open" && !this.hasAuctions;
    const next = isPlain && context.logic.waitsToResume ? "resume" : event;
    const atUs = context.timeUs;
    if (this.#waitsForVenue(next, context)) this.#plan({ atUs, event: next }, context);
    else if (event !== "open") this.#change(event, context);
    else if (this.hasAuctions) this.#beginAuction("reopen", context);
    else this.#change("resume", context);
  }

  /** Goes to the next phase and tells of it. */
  #change(event: TradingPhaseEvent, context: ActorContext): void {
    const before = this.phase;
    if (!this.#move(event)) return;
    if (this.phase === before) return;
    this.#wasExtended = false;
    if (before === "continuous") this.#bands.endLimitState(context);
    // After an auction the bands are drawn around its price, if it had one.
    else if (this.phase === "continuous" && !isCallPhase(before)) {
      this.#bands.reset(this.#referencePrice, context);
    }
    const phase = TradingPhase[this.phase];
    context.emit({ kind: "phase-changed", symbol: this.symbol, phase });
  }

  #phaseAfter(event: TradingPhaseEvent): TradingPhaseName {
    const column = tradingPhase.column(event);
    if (!tradingPhase.accepts(this.#state, column)) return this.phase;
    return phaseNames[tradingPhase.after(this.#state, column)]!;
  }

  #move(event: TradingPhaseEvent): boolean {
    const column = tradingPhase.column(event);
    if (!tradingPhase.accepts(this.#state, column)) return false;
    this.#state = tradingPhase.after(this.#state, column);
    this.phase = phaseNames[this.#state]!;
    return true;
  }

  // ---- Snapshot ------------------------------------------------------------------------------

  snapshot(): unknown {
    const { phase } = this;
    const planned = [saved(this.#scheduled), this.#scheduledFromUs, saved(this.#reopening)];
    const holds = [this.#releaseUs, this.#isHeldForTheDay, this.#wasExtended];
    const state = [phase, this.#sessionEvent, this.#referencePrice, ...holds];
    return [this.symbol, state, planned, this.#bands.snapshot(), this.#watch.snapshot()];
  }

  static restore(data: unknown, terms: TradingTerms = plainTradingTerms): Market {
    const [symbol] = data as SavedMarket;
    const market = new Market(symbol, terms);
    market.takeUp(data);
    return market;
  }

  /** Goes on from what was saved of it: for one that nobody has called. */
  takeUp(data: unknown): void {
    const [symbol, state, planned, bands, watch] = data as SavedMarket;
    assert(symbol === this.symbol, "another market was saved");
    const [phase, sessionEvent, referencePrice, ...holds] = state;
    const [releaseUs, isHeldForTheDay, wasExtended] = holds;
    const [scheduled, scheduledFromUs, reopening] = planned;
    this.phase = phase;
    this.#sessionEvent = sessionEvent;
    this.#state = tradingPhase.stateNamed(JSON.stringify(phase));
    this.#referencePrice = referencePrice;
    this.#releaseUs = releaseUs;
    this.#isHeldForTheDay = isHeldForTheDay;
    this.#wasExtended = wasExtended;
    this.#scheduled = restored(scheduled);
    this.#scheduledFromUs = scheduledFromUs;
    this.#reopening = restored(reopening);
    this.#bands.restore(bands);
    this.#watch.restore(watch);
  }
}

const phaseNames = Array.from(
  { length: tradingPhase.stateCount },
  (_, state) => JSON.parse(tradingPhase.nameOf(state)) as TradingPhaseName,
);

/** A time within so many seconds that follows from the log, but that nobody could know before. */
function drawn(seconds: number, { entropy }: ActorContext): TimeUs {
  return seconds === 0 ? 0 : entropy % (seconds * usPerSecond + 1);
}

type SavedPlanned = readonly [atUs: TimeUs, event: TradingPhaseEvent] | null;
type SavedMarket = readonly [
  symbol: InstrumentSymbol,
  state: readonly [
    phase: TradingPhaseName,
    sessionEvent: SessionEvent,
    referencePrice: Ticks,
    releaseUs: TimeUs,
    isHeldForTheDay: boolean,
    wasExtended: boolean,
  ],
  planned: readonly [SavedPlanned, scheduledFromUs: TimeUs, reopening: SavedPlanned],
  bands: SavedBands,
  watch: SavedWatch,
];

function saved(planned: Planned | undefined): SavedPlanned {
  return planned === undefined ? null : [planned.atUs, planned.event];
}

function restored(planned: SavedPlanned): Planned | undefined {
  return planned === null ? undefined : { atUs: planned[0], event: planned[1] };
}
