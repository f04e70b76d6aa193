/**
 * How far the index has fallen today, and what follows from it.
 *
 * Written from docs/protocols/trading-phases.md: "The market-wide breaker".
 */
import type { BreakerLevel, InstrumentSymbol, Ticks, TimeUs } from "../../../protocols/index.ts";
import type { ActorContext } from "../../actor.ts";

const secondUs = 1_000_000;
const basisPointsPerUnit = 10_000n;

interface IndexTrade {
  readonly price: Ticks;
  /** The reference price before it, if there was one. */
  readonly referencePrice: Ticks | undefined;
}

export class ReferenceIndexWatch {
  /** When trading goes on after a halt; Infinity for when the next day begins. */
  releaseAtUs: TimeUs | undefined;
  readonly #symbol: InstrumentSymbol;
  #levels: readonly BreakerLevel[] = [];
  /** How many of them were counted today. */
  #countedToday = 0;
  /** What falls are measured from; undefined before there was a price today. */
  #startPrice: Ticks | undefined;

  readonly #note: (words: string) => void;

  constructor(symbol: InstrumentSymbol, note: (words: string) => void) {
    this.#symbol = symbol;
    this.#note = note;
  }

  set(levels: readonly BreakerLevel[]): void {
    this.#levels = levels;
    this.#countedToday = 0;
  }

  beginDay(referencePrice: Ticks | undefined): void {
    this.#countedToday = 0;
    this.#startPrice = referencePrice;
  }

  traded({ price, referencePrice }: IndexTrade, context: ActorContext): void {
    this.#startPrice ??= referencePrice ?? price;
    const startPrice = this.#startPrice;
    const isFallenBy = ({ basisPoints }: BreakerLevel): boolean =>
      BigInt(startPrice - price) * basisPointsPerUnit >= BigInt(startPrice) * BigInt(basisPoints);
    const reachedCount = this.#levels.filter(isFallenBy).length;
    if (reachedCount <= this.#countedToday) return;
    if (reachedCount > this.#countedToday + 1) this.#note("several levels are reached at once");
    if (this.releaseAtUs !== undefined) this.#note("a level is reached during a halt");
    this.#countedToday = reachedCount;
    const { haltSeconds } = this.#levels[reachedCount - 1]!;
    this.releaseAtUs = haltSeconds === 0 ? Infinity : context.timeUs + haltSeconds * secondUs;
    this.#tell(true, context);
  }

  release(context: ActorContext): void {
    this.releaseAtUs = undefined;
    this.#tell(false, context);
  }

  #tell(isTripped: boolean, context: ActorContext): void {
    context.send({ kind: "breaker-moved", symbol: this.#symbol, isTripped });
  }
}
