/** What is counted in units, ticks and lots as decimal numbers of whole assets. */
import { decimalOf } from "../../clients/sdk/instrument-units.ts";
import type { Shard } from "../../actors/index.ts";
import type { Amount, AssetId, InstrumentSymbol, InstrumentTerms } from "../../protocols/index.ts";
import { CsvUnits } from "../csv/csv-units.ts";
import type { CountedCell } from "./table.ts";

/** Places of a quotient that no finite decimal number says. */
const quotientPlaces = 12;

export class VenueUnits {
  readonly #shards: readonly Shard[];
  readonly #decimals = new Map<AssetId, number>();
  readonly #instruments = new Map<InstrumentSymbol, CsvUnits>();

  constructor(shards: readonly Shard[]) {
    this.#shards = shards;
  }

  amount(asset: AssetId, units: Amount): CountedCell {
    return { text: decimalOf(units, this.decimalsOf(asset)), units };
  }

  price(terms: InstrumentTerms, ticks: number): CountedCell {
    return { text: this.#unitsOf(terms).price(ticks), units: ticks };
  }

  quantity(terms: InstrumentTerms, lots: number): CountedCell {
    return { text: this.#unitsOf(terms).quantity(lots), units: lots };
  }

  /** Quote for one base, cut after 12 places; undefined for none of it. */
  average(terms: InstrumentTerms, quoteUnits: Amount, baseUnits: Amount): string | undefined {
    if (BigInt(baseUnits) === 0n) return undefined;
    const places = quotientPlaces + this.decimalsOf(terms.base);
    const scaled = (BigInt(quoteUnits) * 10n ** BigInt(places)) / BigInt(baseUnits);
    return decimalOf(String(scaled), quotientPlaces + this.decimalsOf(terms.quote));
  }

  /** Of an asset of any instrument. */
  quantityText(asset: AssetId, units: bigint): string {
    return decimalOf(String(units), this.decimalsOf(asset));
  }

  decimalsOf(asset: AssetId): number {
    const known = this.#decimals.get(asset);
    if (known !== undefined) return known;
    for (const { directory } of this.#shards) {
      const found = directory.assets().find((each) => each.asset === asset);
      if (found === undefined) continue;
      this.#decimals.set(asset, found.decimals);
      return found.decimals;
    }
    return 0;
  }

  /** Terms never change. */
  #unitsOf(terms: InstrumentTerms): CsvUnits {
    let units = this.#instruments.get(terms.symbol);
    if (units === undefined) {
      const assets = [terms.base, terms.quote].map((asset) => {
        return { asset, decimals: this.decimalsOf(asset) };
      });
      this.#instruments.set(terms.symbol, (units = new CsvUnits(terms, assets)));
    }
    return units;
  }
}
