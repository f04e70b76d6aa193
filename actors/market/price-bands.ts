/**
 * Limit up, limit down: the prices between which trades may be made, around a rolling reference.
 *
 * Reference: US Plan to Address Extraordinary Market Volatility (LULD) for the limit state and the
 * pause, Xetra's volatility interruption for the auction that may come at once instead.
 */
import { partOf, Side, ticksMax } from "../../protocols/index.ts";
import type { InstrumentSymbol, Ticks, TimeUs, TradingTerms } from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import { unboundedFor } from "../order-book/book-terms.ts";
import { RollingReference } from "./rolling-reference.ts";
import type { SavedReference } from "./rolling-reference.ts";

const usPerSecond = 1_000_000;

export class PriceBands {
  readonly #symbol: InstrumentSymbol;
  readonly #terms: TradingTerms;
  readonly #reference: RollingReference;
  /** When the limit state turns into a pause; 0 outside of one. */
  limitStateEndsUs: TimeUs = 0;

  constructor(symbol: InstrumentSymbol, terms: TradingTerms) {
    this.#symbol = symbol;
    this.#terms = terms;
    const windowUs = terms.bandWindowSeconds * usPerSecond;
    this.#reference = new RollingReference(terms.referencePrice, windowUs);
  }

  #hasBands(): boolean {
    return this.#terms.bandBasisPoints > 0 && this.#reference.price > 0;
  }

  get upper(): Ticks {
    const { price } = this.#reference;
    return Math.min(price + this.#width(price), ticksMax);
  }

  get lower(): Ticks {
    const { price } = this.#reference;
    return Math.max(price - this.#width(price), 1);
  }

  #width(price: Ticks): Ticks {
    return partOf(price, this.#terms.bandBasisPoints);
  }

  /** The worst price at which an incoming order of a side may trade. */
  boundFor(side: Side): Ticks {
    if (!this.#hasBands()) return unboundedFor(side);
    return side === Side.buy ? this.upper : this.lower;
  }

  /** The instrument is listed. */
  open(context: ActorContext): void {
    if (this.#hasBands()) this.#tell(context);
  }

  /** An order would have traded beyond: true if that interrupts trading at once. */
  reached(context: ActorContext): boolean {
    const { limitStateSeconds } = this.#terms;
    if (limitStateSeconds === 0) return true;
    if (this.limitStateEndsUs === 0) {
      this.limitStateEndsUs = context.timeUs + limitStateSeconds * usPerSecond;
      context.wakeAt(this.#symbol, this.limitStateEndsUs);
      this.#tell(context);
    }
    return false;
  }

  /** Counts a trade; one within the bands ends a limit state. */
  traded(price: Ticks, context: ActorContext): void {
    if (this.#terms.bandBasisPoints === 0) return;
    const isWithin = this.#hasBands() && price > this.lower && price < this.upper;
    const wasLimited = this.limitStateEndsUs !== 0;
    if (isWithin) this.limitStateEndsUs = 0;
    const moved = this.#reference.add(price, context.timeUs);
    if (moved || (wasLimited && isWithin)) this.#tell(context);
  }

  /** Trading begins anew at a price: the bands are drawn around it. */
  reset(price: Ticks, context: ActorContext): void {
    this.limitStateEndsUs = 0;
    if (this.#terms.bandBasisPoints === 0 || price === 0) return;
    this.#reference.reset(price);
    this.#tell(context);
  }

  /** Trading is not held back any more: it is interrupted, or over. */
  endLimitState(context: ActorContext): void {
    if (this.limitStateEndsUs === 0) return;
    this.limitStateEndsUs = 0;
    this.#tell(context);
  }

  /** Lets time pass. */
  advance(context: ActorContext): void {
    if (this.#terms.bandBasisPoints === 0) return;
    if (this.#reference.advance(context.timeUs)) this.#tell(context);
  }

  #tell(context: ActorContext): void {
    context.emit({
      kind: "bands-changed",
      symbol: this.#symbol,
      referencePrice: this.#reference.price,
      lower: this.lower,
      upper: this.upper,
      isLimitState: this.limitStateEndsUs !== 0,
    });
  }

  snapshot(): SavedBands {
    return [this.limitStateEndsUs, this.#reference.snapshot()];
  }

  restore([limitStateEndsUs, reference]: SavedBands): void {
    this.limitStateEndsUs = limitStateEndsUs;
    this.#reference.restore(reference);
  }
}

export type SavedBands = readonly [limitStateEndsUs: TimeUs, reference: SavedReference];
