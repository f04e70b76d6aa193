/**
 * Ticks, lots and units as the decimal numbers people read, and back. Exact in both directions:
 * integer arithmetic only, and text that names no whole tick or lot is no price or quantity.
 */
import type { Asset, Instrument } from "../../protocols/api/replies.ts";
import { amountOf, assert, averagePriceDecimals } from "../../protocols/index.ts";
import type { Amount } from "../../protocols/index.ts";

/** A count of units as a decimal number: 150000000 with 8 decimals is "1.5". */
export function decimalOf(units: Amount | string, decimals: number): string {
  const value = BigInt(units);
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** The inverse; undefined for what is no decimal number, or is finer than one unit. */
export function unitsOf(text: string, decimals: number): Amount | undefined {
  const scaled = scaledOf(text, decimals);
  return scaled === undefined ? undefined : amountOf(scaled);
}

/** What has to be known of an instrument to count in it. */
export type CountedInstrument = Pick<
  Instrument,
  "symbol" | "base" | "quote" | "baseUnitsPerLot" | "quoteUnitsPerTickLot"
>;

/**
 * The prices and quantities of one instrument.
 *
 * A tick is `quoteUnitsPerTickLot / 10^quoteDecimals` quote for `baseUnitsPerLot / 10^baseDecimals`
 * base. Kept as a fraction, so that a price is exact even where a lot is no round number.
 */
export class InstrumentUnits {
  readonly instrument: CountedInstrument;
  /** Decimal places that every price has at most. */
  readonly priceDecimals: number;
  /** Decimal places that every quantity has at most. */
  readonly quantityDecimals: number;
  /** Price of one tick, in units of the last decimal place. */
  readonly #tickUnits: bigint;
  readonly #lotUnits: bigint;
  readonly #baseDecimals: number;
  readonly #quoteDecimals: number;

  /** Throws a RangeError for an instrument whose ticks are no finite decimal numbers. */
  constructor(instrument: CountedInstrument, assets: readonly Asset[]) {
    this.instrument = instrument;
    this.#baseDecimals = decimalsOf(instrument.base, assets);
    this.#quoteDecimals = decimalsOf(instrument.quote, assets);
    this.#lotUnits = BigInt(instrument.baseUnitsPerLot);
    this.quantityDecimals = decimalPlaces(this.#lotUnits, this.#baseDecimals);
    const numerator = BigInt(instrument.quoteUnitsPerTickLot) * tenTo(this.#baseDecimals);
    const denominator = this.#lotUnits * tenTo(this.#quoteDecimals);
    this.priceDecimals = placesOfFraction(numerator, denominator);
    this.#tickUnits = (numerator * tenTo(this.priceDecimals)) / denominator;
  }

  /** The price in quote for one whole of base. */
  priceOf(ticks: number): string {
    return decimalOf(amountOf(BigInt(ticks) * this.#tickUnits), this.priceDecimals);
  }

  /** An average price, which is a decimal number of ticks, in quote for one whole of base. */
  averagePriceOf(ticks: string): string {
    const millionths = scaledOf(ticks, averagePriceDecimals);
    assert(millionths !== undefined, "not an average price");
    return decimalOf(
      amountOf(millionths * this.#tickUnits),
      this.priceDecimals + averagePriceDecimals,
    );
  }

  /** undefined when the text is no number, or lies between two ticks. */
  ticksOf(price: string): number | undefined {
    return wholeParts(scaledOf(price, this.priceDecimals), this.#tickUnits);
  }

  /** The quantity in wholes of base. A sum of quantities may be given as its digits. */
  quantityOf(lots: number | string): string {
    return decimalOf(amountOf(BigInt(lots) * this.#lotUnits), this.#baseDecimals);
  }

  /** undefined when the text is no number, or is no whole number of lots. */
  lotsOf(quantity: string): number | undefined {
    return wholeParts(scaledOf(quantity, this.#baseDecimals), this.#lotUnits);
  }

  /** Quote units, such as `executedNotional` and `fees`, as a decimal number. */
  quoteOf(units: Amount | string): string {
    return decimalOf(units, this.#quoteDecimals);
  }
}

/** A decimal number times 10^decimals; undefined when that is no integer. */
function scaledOf(text: string, decimals: number): bigint | undefined {
  const parts = /^(-?)([0-9]{1,40})(?:\.([0-9]{1,40}))?$/.exec(text);
  if (parts === null) return undefined;
  const [, sign = "", whole = "", fraction = ""] = parts;
  const significant = fraction.replace(/0+$/, "");
  if (significant.length > decimals) return undefined;
  const magnitude = BigInt(whole + significant.padEnd(decimals, "0"));
  return sign === "-" ? -magnitude : magnitude;
}

function wholeParts(scaled: bigint | undefined, part: bigint): number | undefined {
  if (scaled === undefined || scaled % part !== 0n) return undefined;
  const count = Number(scaled / part);
  return Number.isSafeInteger(count) ? count : undefined;
}

function decimalsOf(code: string, assets: readonly Asset[]): number {
  const asset = assets.find((candidate) => candidate.asset === code);
  if (asset === undefined) throw new RangeError(`there is no asset ${code}`);
  return asset.decimals;
}

function tenTo(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}

/** Places that `units / 10^decimals` needs, trailing zeros left out. */
function decimalPlaces(units: bigint, decimals: number): number {
  let places = decimals;
  for (let rest = units; places > 0 && rest % 10n === 0n; rest /= 10n) places -= 1;
  return places;
}

const placesMax = 60;

/** Places that a fraction needs as a decimal number. */
function placesOfFraction(numerator: bigint, denominator: bigint): number {
  for (let places = 0; places <= placesMax; places++) {
    if ((numerator * tenTo(places)) % denominator === 0n) return places;
  }
  throw new RangeError("a tick of this instrument is no finite decimal number");
}
