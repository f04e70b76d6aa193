/**
 * The market of one instrument as one would explain it: what has come due is looked for anew each
 * time, in the index watch, among what the market has begun by itself, and in the calendar.
 *
 * Written from docs/protocols/trading-phases.md alone, without any of the market's code. Slow on
 * purpose; the fuzz test of the book holds the two against each other.
 */
import { assert, Intervention, partOf, Side, TradingPhase } from "../../protocols/index.ts";
import type {
  InstrumentSymbol,
  SessionEvent,
  SetPhase,
  Ticks,
  TimeUs,
  TradingTerms,
  WatchIndex,
} from "../../protocols/index.ts";
import type { ActorContext, TradingRules } from "../actor.ts";
import { unboundedFor } from "../order-book/book-terms.ts";
import { admissionOf, isCallPhase, isUncrossedBetween } from "./phase-admission.ts";
import type { AdmittedTerms, Admission } from "./phase-admission.ts";
import { ReferenceBands } from "./reference/bands.reference.ts";
import { ReferenceCalendar } from "./reference/calendar.reference.ts";
import type { DatedStep } from "./reference/calendar.reference.ts";
import { ReferenceIndexWatch } from "./reference/index-watch.reference.ts";
import type { TradingPhaseName } from "./trading-phase.machine.ts";

const secondUs = 1_000_000;
const dayUs = 86_400 * secondUs;

const leadsTo: Readonly<Record<SessionEvent, TradingPhaseName>> = {
  preOpen: "preOpen",
  callOpening: "openingAuction",
  open: "continuous",
  callClosing: "closingAuction",
  tradeAtLast: "tradingAtLast",
  close: "closed",
};

/**
 * Which steps of the calendar lead on from a phase: docs/protocols/state-machines.md. The end of an
 * auction that the market has begun is no step of the calendar.
 */
const stepsFrom: Readonly<Record<TradingPhaseName, readonly SessionEvent[]>> = {
  closed: ["preOpen", "callOpening", "open"],
  preOpen: ["callOpening", "open", "close"],
  openingAuction: ["open", "close"],
  continuous: ["callClosing", "close"],
  volatilityAuction: ["callClosing", "close"],
  closingAuction: ["tradeAtLast", "close"],
  tradingAtLast: ["close"],
  halted: ["preOpen", "callOpening", "callClosing", "tradeAtLast", "close"],
  cancelOnly: ["preOpen", "callOpening", "callClosing", "tradeAtLast", "close"],
};

/** What the market has begun by itself, and when that is over. */
interface Own {
  readonly kind: "limit state" | "pause" | "auction" | "resumption";
  readonly untilUs: TimeUs;
}

interface Next {
  readonly dated: DatedStep;
  /** With chance, and with an extension. */
  readonly atUs: TimeUs;
}

export class ReferenceMarket implements TradingRules {
  readonly symbol: InstrumentSymbol;
  readonly terms: TradingTerms;
  phase: TradingPhaseName = "closed";
  readonly #calendar: ReferenceCalendar | undefined;
  readonly #bands: ReferenceBands;
  readonly #index: ReferenceIndexWatch;
  /** The calendar's last step led there. */
  #stepped: TradingPhaseName = "closed";
  #next: Next | undefined;
  /** What keeps it from trading from outside. */
  #stoppedIn: "halted" | "cancelOnly" | undefined;
  #own: Own | undefined;
  /** Whether the auction that goes on was extended. */
  #isExtended = false;
  #lastPrice: Ticks | undefined;
  /** Of a market without a calendar: which one of UTC it is. */
  #day = 0;

  /** Is told in words what it comes to, if somebody wants to know. */
  readonly #note: (words: string) => void;

  constructor(
    symbol: InstrumentSymbol,
    terms: TradingTerms,
    note: (words: string) => void = () => undefined,
  ) {
    this.symbol = symbol;
    this.terms = terms;
    this.#note = note;
    this.#calendar = terms.calendar && new ReferenceCalendar(terms.calendar);
    this.#bands = new ReferenceBands(terms);
    this.#index = new ReferenceIndexWatch(symbol, note);
  }

  // ---- What it is asked ----------------------------------------------------------------------

  get hasAuctions(): boolean {
    return this.#calendar !== undefined || this.#hasBands();
  }

  #hasBands(): boolean {
    return this.terms.bandBasisPoints > 0;
  }

  admission(order: AdmittedTerms): Admission {
    return admissionOf(order, this);
  }

  boundFor(side: Side): Ticks {
    const isBound = this.phase === "continuous" && this.#bands.referencePrice !== undefined;
    if (!isBound) return unboundedFor(side);
    return side === Side.buy ? this.#bands.upper : this.#bands.lower;
  }

  get referencePrice(): Ticks | undefined {
    const { referencePrice } = this.terms;
    return this.#lastPrice ?? (referencePrice === 0 ? undefined : referencePrice);
  }

  isWithinCollar(price: Ticks): boolean {
    const { referencePrice } = this;
    const { collarBasisPoints } = this.terms;
    if (collarBasisPoints === 0 || referencePrice === undefined) return true;
    return Math.abs(price - referencePrice) <= partOf(referencePrice, collarBasisPoints);
  }

  dayEndUs(timeUs: TimeUs): TimeUs | undefined {
    return this.#calendar === undefined ? (dayOf(timeUs) + 1) * dayUs : undefined;
  }

  get isDayOver(): boolean {
    return this.#calendar !== undefined && this.#stepped === "closed";
  }

  dueTimes(): TimeUs[] {
    return this.#dues().map(({ atUs }) => atUs);
  }

  // ---- What it is told -----------------------------------------------------------------------

  open(context: ActorContext): void {
    this.#day = dayOf(context.timeUs);
    const calendar = this.#calendar;
    if (calendar === undefined) this.phase = "continuous";
    else this.#beginBy(calendar, context);
    // Whose trading the calendar begins at once hears of the bands as of any that begins.
    const isBegun = calendar !== undefined && this.phase === "continuous";
    if (!context.logic.tellsBandsAtListing || isBegun || !this.#hasBands) return;
    if (this.#bands.referencePrice !== undefined) this.#note(`listed with bands: ${this.phase}`);
    this.#tellBands(context);
  }

  #beginBy(calendar: ReferenceCalendar, context: ActorContext): void {
    const last = calendar.last(context.timeUs);
    this.#stepped = phaseAfter(last);
    this.#schedule(calendar.firstAfter(context.timeUs), context);
    const isReachable = last !== undefined && stepsFrom.closed.includes(last.step.event);
    if (!isReachable) return;
    this.#go(this.#stepped, context);
  }

  receive(message: SetPhase | WatchIndex, context: ActorContext): void {
    if (message.kind === "watch-index") this.#index.set(message.levels);
    else this.#intervene(message.intervention, context);
    context.send({ kind: "ticket-served", ticket: message.ticket });
    this.#askToBeCalled(context);
  }

  #intervene(intervention: Intervention, context: ActorContext): void {
    switch (intervention) {
      case Intervention.halt:
        return this.#stop("halted", context);
      case Intervention.restrict:
        return this.#stop("cancelOnly", context);
      default:
        if (this.#stoppedIn !== undefined) this.#resume(context);
    }
  }

  #stop(phase: "halted" | "cancelOnly", context: ActorContext): void {
    this.#stoppedIn = phase;
    this.#begin(undefined, context);
    this.#go(phase, context);
  }

  #resume(context: ActorContext): void {
    this.#stoppedIn = undefined;
    const phase =
      this.#calendar === undefined ? "continuous" : phaseAfter(this.#calendar.last(context.timeUs));
    this.#note(`resumed where the calendar leads to ${phase}`);
    if (phase === "continuous" && this.hasAuctions) this.#beginAuction(context);
    else if (this.#mustWait(phase, context)) {
      this.#note("a resumption waits for the venue");
      this.#own = { kind: "resumption", untilUs: context.timeUs };
    } else this.#go(phase, context);
  }

  traded(price: Ticks, context: ActorContext): void {
    const { referencePrice } = this;
    this.#lastPrice = price;
    if (this.#hasBands() && this.phase === "continuous") this.#count(price, context);
    this.#watchIndex(price, referencePrice, context);
    this.#askToBeCalled(context);
  }

  #count(price: Ticks, context: ActorContext): void {
    const before = this.#bands.referencePrice;
    const endsLimitState = this.#own?.kind === "limit state" && this.#bands.isInside(price);
    if (endsLimitState) {
      this.#note("a trade ends a limit state");
      this.#own = undefined;
    }
    this.#bands.count(price, context.timeUs);
    if (endsLimitState || this.#bands.referencePrice !== before) this.#tellBands(context);
  }

  uncrossed(price: Ticks, context: ActorContext): void {
    const { referencePrice } = this;
    this.#lastPrice = price;
    if (this.#hasBands()) {
      this.#bands.draw(price);
      this.#tellBands(context);
    }
    this.#watchIndex(price, referencePrice, context);
    this.#askToBeCalled(context);
  }

  bandReached(_side: Side, context: ActorContext): void {
    const { limitStateSeconds } = this.terms;
    if (limitStateSeconds === 0) {
      this.#beginAuction(context);
    } else if (this.#own === undefined) {
      this.#own = { kind: "limit state", untilUs: context.timeUs + limitStateSeconds * secondUs };
      this.#tellBands(context);
    }
    this.#askToBeCalled(context);
  }

  #watchIndex(price: Ticks, referencePrice: Ticks | undefined, context: ActorContext): void {
    const today = dayOf(context.timeUs);
    if (this.#calendar === undefined && today !== this.#day) this.#index.beginDay(referencePrice);
    this.#day = today;
    this.#index.traded({ price, referencePrice }, context);
  }

  // ---- Time ----------------------------------------------------------------------------------

  advance(context: ActorContext, indicated: Ticks | undefined): boolean {
    const due = this.#dues()
      .filter(({ atUs }) => atUs <= context.timeUs)
      .sort((a, b) => a.atUs - b.atUs);
    if (due.length > 1) this.#note("several things are due");
    const isTaken = due.some(({ take }) => take(context, indicated));
    if (!isTaken && this.#hasBands()) {
      const before = this.#bands.referencePrice;
      this.#bands.move(context.timeUs);
      if (before !== this.#bands.referencePrice) this.#tellBands(context);
    }
    this.#askToBeCalled(context);
    return isTaken;
  }

  /** What is to come, in the order in which it is taken if it is due at one moment. */
  #dues(): Due[] {
    const dues: Due[] = [];
    const releaseAtUs = this.#releaseAtUs();
    if (releaseAtUs !== undefined) {
      dues.push({ atUs: releaseAtUs, take: (context) => this.#release(context) });
    }
    if (this.#own !== undefined) {
      const atUs = this.#own.untilUs;
      dues.push({ atUs, take: (context, indicated) => this.#endOwn(context, indicated) });
    }
    if (this.#next !== undefined) {
      const { atUs } = this.#next;
      dues.push({ atUs, take: (context, indicated) => this.#takeStep(context, indicated) });
    }
    return dues;
  }

  #releaseAtUs(): TimeUs | undefined {
    const { releaseAtUs } = this.#index;
    if (releaseAtUs !== Infinity) return releaseAtUs;
    return this.#calendar === undefined ? (this.#day + 1) * dayUs : undefined;
  }

  #release(context: ActorContext): boolean {
    this.#index.release(context);
    return true;
  }

  /** False if it has to wait. */
  #takeStep(context: ActorContext, indicated: Ticks | undefined): boolean {
    assert(this.#next !== undefined);
    const { dated } = this.#next;
    const { event } = dated.step;
    const phase = leadsTo[event];
    const isTaken = this.#stoppedIn === undefined && stepsFrom[this.phase].includes(event);
    if (isTaken && this.#mustWait(phase, context)) {
      this.#note("a step of the calendar waits for the venue");
      return false;
    }
    const isOfCalendar = this.phase === "openingAuction" || this.phase === "closingAuction";
    if (isTaken && isOfCalendar && this.#mustBeExtended(indicated)) {
      this.#isExtended = true;
      this.#note(`extended: ${this.phase} before ${event}`);
      this.#next = { dated, atUs: this.#auctionEnd(context) };
      return true;
    }
    this.#noteStep(dated, isTaken);
    if (this.#stepped === "closed") this.#beginDay(context);
    this.#stepped = phase;
    this.#schedule(this.#calendar?.following(dated), context);
    if (!isTaken) return true;
    this.#begin(undefined, context);
    this.#go(phase, context);
    return true;
  }

  #noteStep({ step, isOfException, shownCount }: DatedStep, isTaken: boolean): void {
    const { event, randomEndSeconds } = step;
    if (!isTaken) this.#note(`leads nowhere: ${event} in ${this.phase}`);
    else if (this.#own !== undefined) this.#note(`${event} ends: ${this.#own.kind}`);
    if (isOfException) this.#note("a step of a day that differs");
    if (shownCount === 0) this.#note("a step that clocks skip");
    if (shownCount === 2) this.#note("a step that clocks show twice");
    if (randomEndSeconds > 0) this.#note(`ends by chance: ${event}`);
  }

  #beginDay(context: ActorContext): void {
    this.#index.beginDay(this.referencePrice);
    if (this.#index.releaseAtUs !== Infinity) return;
    this.#note("a halt for the rest of the day ends with the next");
    this.#index.release(context);
  }

  #endOwn(context: ActorContext, indicated: Ticks | undefined): boolean {
    assert(this.#own !== undefined);
    const { kind } = this.#own;
    switch (kind) {
      case "limit state":
        this.#begin(
          { kind: "pause", untilUs: context.timeUs + this.terms.pauseSeconds * secondUs },
          context,
        );
        this.#go("halted", context);
        return true;
      case "pause":
        this.#note("a pause ends");
        this.#beginAuction(context);
        return true;
      case "auction":
        if (this.#mustWait("continuous", context)) {
          this.#note("an auction waits for the venue");
          return false;
        }
        if (this.#mustBeExtended(indicated)) {
          this.#isExtended = true;
          this.#note("extended: volatilityAuction");
          this.#own = { kind, untilUs: this.#auctionEnd(context) };
          return true;
        }
        this.#own = undefined;
        this.#go("continuous", context);
        return true;
      default:
        return this.#endResumption(context);
    }
  }

  #endResumption(context: ActorContext): boolean {
    const phase = this.#calendar === undefined ? "continuous" : "tradingAtLast";
    if (this.#mustWait(phase, context)) return false;
    this.#own = undefined;
    this.#go(phase, context);
    return true;
  }

  #mustBeExtended(indicated: Ticks | undefined): boolean {
    return !this.#isExtended && this.#bands.isBeyond(indicated);
  }

  /** While the venue is halted nothing that rests is executed. */
  #mustWait(phase: TradingPhaseName, context: ActorContext): boolean {
    const mayTrade = this.hasAuctions || context.logic.waitsToResume;
    return mayTrade && isUncrossedBetween(this.phase, phase) && context.venue.isHalted;
  }

  #schedule(dated: DatedStep | undefined, context: ActorContext): void {
    if (dated === undefined) {
      this.#next = undefined;
      return;
    }
    const laterUs = randomUs(dated.step.randomEndSeconds, context);
    this.#next = { dated, atUs: dated.atUs + laterUs };
  }

  // ---- Going on ------------------------------------------------------------------------------

  #beginAuction(context: ActorContext): void {
    this.#own = { kind: "auction", untilUs: this.#auctionEnd(context) };
    this.#go("volatilityAuction", context);
  }

  #auctionEnd(context: ActorContext): TimeUs {
    const { auctionSeconds, auctionRandomSeconds } = this.terms;
    return context.timeUs + auctionSeconds * secondUs + randomUs(auctionRandomSeconds, context);
  }

  #go(phase: TradingPhaseName, context: ActorContext): void {
    const before = this.phase;
    if (phase === before) return;
    this.phase = phase;
    this.#isExtended = false;
    const isBegun = phase === "continuous" && !isCallPhase(before);
    if (isBegun && this.#hasBands() && this.referencePrice !== undefined) {
      this.#bands.draw(this.referencePrice);
      this.#tellBands(context);
    }
    context.emit({ kind: "phase-changed", symbol: this.symbol, phase: TradingPhase[phase] });
  }

  /** Whatever the market has begun by itself is over, or goes on as something else. */
  #begin(own: Own | undefined, context: ActorContext): void {
    const wasLimitState = this.#own?.kind === "limit state";
    this.#own = own;
    if (wasLimitState && own?.kind !== "limit state") this.#tellBands(context);
  }

  #tellBands(context: ActorContext): void {
    const { referencePrice, lower, upper } = this.#bands;
    if (referencePrice === undefined) return;
    const bands = { referencePrice, lower, upper, isLimitState: this.#own?.kind === "limit state" };
    context.emit({ kind: "bands-changed", symbol: this.symbol, ...bands });
  }

  #askToBeCalled(context: ActorContext): void {
    // What is due and has to wait does so until somebody calls.
    const coming = this.dueTimes().filter((atUs) => atUs > context.timeUs);
    for (const atUs of coming) context.wakeAt(this.symbol, atUs);
  }
}

interface Due {
  readonly atUs: TimeUs;
  /** False if it has to wait. */
  readonly take: (context: ActorContext, indicated: Ticks | undefined) => boolean;
}

function phaseAfter(dated: DatedStep | undefined): TradingPhaseName {
  return dated === undefined ? "closed" : leadsTo[dated.step.event];
}

/** Which day of UTC it is. */
function dayOf(timeUs: TimeUs): number {
  return Math.floor(timeUs / dayUs);
}

/** Up to so many seconds, by chance. */
function randomUs(seconds: number, { entropy }: ActorContext): TimeUs {
  return entropy % (seconds * secondUs + 1);
}
