/**
 * Prices, quantities and amounts as people write them, and as the exchange counts them.
 *
 * Exact in both directions: a price that is no whole number of ticks is refused, not rounded.
 */
import { CommandFault } from "./output.ts";

/** What is needed of an instrument; the API's description has it. */
export interface InstrumentCounts {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly baseUnitsPerLot: number;
  readonly quoteUnitsPerTickLot: number;
}

/** Decimal places of each asset. */
export type AssetDecimals = ReadonlyMap<string, number>;

/** A fraction of two whole numbers, the lower one above zero. */
interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

export class NaturalUnits {
  /** A tick in whole quote assets per whole base asset, and a lot in whole base assets. */
  readonly #tick: Fraction;
  readonly #lot: Fraction;
  readonly #instrument: InstrumentCounts;
  readonly #quoteDecimals: number;

  constructor(instrument: InstrumentCounts, decimals: AssetDecimals) {
    const baseUnits = tenTo(decimals.get(instrument.base) ?? 0);
    const quoteUnits = tenTo(decimals.get(instrument.quote) ?? 0);
    const perLot = BigInt(instrument.baseUnitsPerLot);
    this.#instrument = instrument;
    this.#quoteDecimals = decimals.get(instrument.quote) ?? 0;
    this.#tick = reduced(BigInt(instrument.quoteUnitsPerTickLot) * baseUnits, perLot * quoteUnits);
    this.#lot = reduced(perLot, baseUnits);
  }

  get tickSize(): string {
    return formatFraction(this.#tick);
  }

  get lotSize(): string {
    return formatFraction(this.#lot);
  }

  ticksOf(price: string): number {
    return countOf(price, this.#tick, { what: "price", step: `ticks of ${this.tickSize}` });
  }

  lotsOf(quantity: string): number {
    const { base } = this.#instrument;
    return countOf(quantity, this.#lot, {
      what: "quantity",
      step: `lots of ${this.lotSize} ${base}`,
    });
  }

  price(ticks: number): string {
    return formatFraction(times(this.#tick, ticks), decimalsOf(this.#tick));
  }

  quantity(lots: number): string {
    return formatFraction(times(this.#lot, lots), decimalsOf(this.#lot));
  }

  /** Units of the quote asset, such as a notional or a fee. */
  quoteAmount(units: string | number): string {
    return formatAmount(units, this.#quoteDecimals);
  }
}

/** Whole assets as units: "1.5" of an asset with 6 places is 1500000. */
export function unitsOf(
  text: string,
  { asset, decimals }: { asset: string; decimals: number },
): string {
  const unit = reduced(1n, tenTo(decimals));
  const parsed = parseDecimal(text, "amount");
  const units = parsed.over * unit.under;
  if (units % parsed.under !== 0n) {
    throw usage(`amount ${text} is finer than ${asset}'s ${decimals} decimal places`);
  }
  return String(units / parsed.under);
}

/** Units as whole assets, without zeros at the end. */
export function formatAmount(units: string | number, decimals: number): string {
  return grouped(formatFraction(reduced(BigInt(units), tenTo(decimals))));
}

function countOf(
  text: string,
  step: Fraction,
  { what, step: stepText }: { readonly what: string; readonly step: string },
): number {
  const wanted = parseDecimal(text, what);
  const over = wanted.over * step.under;
  const under = wanted.under * step.over;
  if (over % under !== 0n) throw usage(`${what} ${text} is no whole number of ${stepText}`);
  const count = Number(over / under);
  if (!Number.isSafeInteger(count)) throw usage(`${what} ${text} is too large`);
  return count;
}

/** "1,234.50" and "1_234.5" are read like "1234.5". */
function parseDecimal(text: string, what: string): Fraction {
  const match = /^([0-9][0-9_,]*)(?:\.([0-9]+))?$/.exec(text);
  if (match === null)
    throw usage(`${what} ${JSON.stringify(text)} is no decimal number such as 0.25`);
  const whole = (match[1] ?? "").replace(/[_,]/g, "");
  const places = match[2] ?? "";
  return { over: BigInt(whole + places), under: tenTo(places.length) };
}

function usage(message: string): CommandFault {
  return new CommandFault("usage", message, { exitCode: 2 });
}

function times({ over, under }: Fraction, count: number): Fraction {
  return { over: over * BigInt(count), under };
}

const decimalsMax = 18;

/** How many places write it exactly, at most so many. */
function decimalsOf({ over, under }: Fraction): number {
  for (let places = 0; places < decimalsMax; places++) {
    if ((over * tenTo(places)) % under === 0n) return places;
  }
  return decimalsMax;
}

/** With at least the given number of places; more where it takes more to be exact. */
function formatFraction(fraction: Fraction, placesMin = 0): string {
  const places = Math.max(placesMin, decimalsOf(fraction));
  const scaled = (fraction.over * tenTo(places)) / fraction.under;
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  const sign = scaled < 0n ? "-" : "";
  return places === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-places)}`;
}

/** Thousands apart, for people. */
function grouped(text: string): string {
  const [whole = "", places] = text.split(".");
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return places === undefined ? spaced : `${spaced}.${places}`;
}

function tenTo(places: number): bigint {
  return 10n ** BigInt(places);
}

function reduced(over: bigint, under: bigint): Fraction {
  let [a, b] = [over < 0n ? -over : over, under];
  while (b !== 0n) [a, b] = [b, a % b];
  const divisor = a === 0n ? 1n : a;
  return { over: over / divisor, under: under / divisor };
}
