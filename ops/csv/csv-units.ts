/** What is counted in one instrument as decimal numbers: exact wherever there is one. */
import { decimalOf, InstrumentUnits, unitsOf } from "../../clients/sdk/instrument-units.ts";
import { assert, multiply } from "../../protocols/index.ts";
import type { Amount, AssetView, InstrumentTerms } from "../../protocols/index.ts";

/** Places of a price that no finite decimal number says. */
const roundedPlaces = 12;

export class CsvUnits {
  readonly terms: InstrumentTerms;
  readonly #units: InstrumentUnits | undefined;
  readonly #baseDecimals: number;
  readonly #quoteDecimals: number;

  constructor(terms: InstrumentTerms, assets: readonly AssetView[]) {
    this.terms = terms;
    this.#units = exactUnits(terms, assets);
    this.#baseDecimals = decimalsOf(terms.base, assets);
    this.#quoteDecimals = decimalsOf(terms.quote, assets);
  }

  /** Quote for one base. */
  price(ticks: number): string {
    if (this.#units !== undefined) return this.#units.priceOf(ticks);
    const { baseUnitsPerLot, quoteUnitsPerTickLot } = this.terms;
    const quote = BigInt(ticks) * BigInt(quoteUnitsPerTickLot) * tenTo(this.#baseDecimals);
    const base = BigInt(baseUnitsPerLot) * tenTo(this.#quoteDecimals);
    return decimalOf(String((quote * tenTo(roundedPlaces)) / base), roundedPlaces);
  }

  /** Of base; less than nothing for what was sold and never bought. */
  quantity(lots: number): string {
    return decimalOf(multiply(lots, this.terms.baseUnitsPerLot), this.#baseDecimals);
  }

  /** Of quote. */
  amount(units: Amount): string {
    return decimalOf(units, this.#quoteDecimals);
  }

  /** The inverse of {@link quantity}. */
  lotsIn(quantity: string): number {
    const units = BigInt(unitsIn(quantity, this.#baseDecimals));
    return Number(units / BigInt(this.terms.baseUnitsPerLot));
  }

  /** The inverse of {@link amount}. */
  unitsIn(amount: string): Amount {
    return unitsIn(amount, this.#quoteDecimals);
  }
}

function exactUnits(
  terms: InstrumentTerms,
  assets: readonly AssetView[],
): InstrumentUnits | undefined {
  try {
    return new InstrumentUnits(terms, assets);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
}

function decimalsOf(asset: string, assets: readonly AssetView[]): number {
  return assets.find((known) => known.asset === asset)?.decimals ?? 0;
}

function unitsIn(text: string, decimals: number): Amount {
  const units = unitsOf(text, decimals);
  assert(units !== undefined, "a line holds no decimal number where it should");
  return units;
}

function tenTo(places: number): bigint {
  return 10n ** BigInt(places);
}
