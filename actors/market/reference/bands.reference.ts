/**
 * Where the bands are, from the list of all prices that counted.
 *
 * Written from docs/protocols/trading-phases.md: "Bands".
 */
import { partOf, ticksMax } from "../../../protocols/index.ts";
import type { Ticks, TimeUs, TradingTerms } from "../../../protocols/index.ts";

const tenths = 10;
const tenthsPerSecondUs = 1_000_000 / tenths;

interface CountedPrice {
  readonly price: Ticks;
  readonly tenth: number;
}

export class ReferenceBands {
  /** What they are drawn around; undefined before there is a price. */
  referencePrice: Ticks | undefined;
  readonly #terms: TradingTerms;
  #prices: CountedPrice[] = [];
  #movedInTenth = -1;

  constructor(terms: TradingTerms) {
    const { bandBasisPoints, referencePrice } = terms;
    this.#terms = terms;
    if (bandBasisPoints > 0 && referencePrice > 0) this.referencePrice = referencePrice;
  }

  #width(): Ticks {
    return partOf(this.referencePrice ?? 0, this.#terms.bandBasisPoints);
  }

  get lower(): Ticks {
    return Math.max((this.referencePrice ?? 0) - this.#width(), 1);
  }

  get upper(): Ticks {
    return Math.min((this.referencePrice ?? 0) + this.#width(), ticksMax);
  }

  isBeyond(price: Ticks | undefined): boolean {
    if (this.referencePrice === undefined || price === undefined) return false;
    return price < this.lower || price > this.upper;
  }

  /** Whether a price is within them, and not at one of them. */
  isInside(price: Ticks): boolean {
    return price > this.lower && price < this.upper;
  }

  /** Around a price, from now on; no trade before counts any more. */
  draw(price: Ticks): void {
    this.referencePrice = price;
    this.#prices = [];
  }

  /** They move before the price counts. */
  count(price: Ticks, timeUs: TimeUs): void {
    if (this.referencePrice === undefined) this.draw(price);
    else this.move(timeUs);
    this.#prices.push({ price, tenth: this.#tenthOf(timeUs) });
  }

  /** Once in a tenth of the window: to the mean of this tenth and the nine before. */
  move(timeUs: TimeUs): void {
    const tenth = this.#tenthOf(timeUs);
    if (tenth === this.#movedInTenth) return;
    this.#movedInTenth = tenth;
    const prices = this.#prices.filter((each) => each.tenth > tenth - tenths);
    if (prices.length === 0) return;
    const sum = prices.reduce((total, { price }) => total + price, 0);
    this.referencePrice = Math.floor(sum / prices.length);
  }

  #tenthOf(timeUs: TimeUs): number {
    return Math.floor(timeUs / (this.#terms.bandWindowSeconds * tenthsPerSecondUs));
  }
}
