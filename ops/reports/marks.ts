/**
 * At which prices positions are looked at: those of the last trades, or those that somebody names.
 *
 * What a position is worth is rounded towards nothing, to a unit of the quote asset. By a trade's
 * price it is exact.
 */
import { add, amountOf, assert, multiply, subtract } from "../../protocols/index.ts";
import type {
  Amount,
  InstrumentSymbol,
  InstrumentTerms,
  Lots,
  Ticks,
} from "../../protocols/index.ts";
import type { TradeFact } from "./fact.ts";
import type { VenueUnits } from "./venue-units.ts";

/** By instrument, decimal numbers of quote for one base. */
export type NamedPrices = ReadonlyMap<InstrumentSymbol, string>;

export interface Mark {
  /** Quote for one base. */
  readonly price: string;
  /** `trade`, or `file`. */
  readonly by: string;
  /** Quote units of so many lots; below zero for fewer than none. */
  valueOf(lots: Lots): Amount;
}

export class Marks {
  readonly #named: NamedPrices | undefined;
  readonly #last = new Map<InstrumentSymbol, Ticks>();

  /** @param named instead of last trades; instruments that it does not name have no price. */
  constructor(named: NamedPrices | undefined) {
    this.#named = named;
  }

  traded({ terms, price }: TradeFact): void {
    this.#last.set(terms.symbol, price);
  }

  /** undefined where there is no price. */
  of(terms: InstrumentTerms, units: VenueUnits): Mark | undefined {
    if (this.#named === undefined) return this.#lastOf(terms, units);
    const price = this.#named.get(terms.symbol);
    if (price === undefined) return undefined;
    const places = { base: units.decimalsOf(terms.base), quote: units.decimalsOf(terms.quote) };
    return {
      price,
      by: "file",
      valueOf: (lots) => valueAt(price, multiply(lots, terms.baseUnitsPerLot), places),
    };
  }

  #lastOf(terms: InstrumentTerms, units: VenueUnits): Mark | undefined {
    const ticks = this.#last.get(terms.symbol);
    if (ticks === undefined) return undefined;
    const valueOf = (lots: Lots): Amount =>
      multiply(multiply(ticks, lots), terms.quoteUnitsPerTickLot);
    return { price: units.price(terms, ticks).text, by: "trade", valueOf };
  }
}

/** Quote units of so many base units at a decimal price. */
function valueAt(
  price: string,
  baseUnits: Amount,
  places: { readonly base: number; readonly quote: number },
): Amount {
  const [whole = "", fraction = ""] = price.split(".");
  const scaled = BigInt(whole + fraction) * BigInt(baseUnits) * 10n ** BigInt(places.quote);
  // Division of big integers cuts.
  return amountOf(scaled / 10n ** BigInt(fraction.length + places.base));
}

/** What a position would bring more than it cost, if it were closed there. */
export function unrealizedOf(
  { quantity, cost }: { readonly quantity: Lots; readonly cost: Amount },
  mark: Mark,
): Amount {
  assert(quantity !== 0 || cost === 0, "nothing has cost something");
  const value = mark.valueOf(quantity);
  return quantity >= 0 ? subtract(value, cost) : add(value, cost);
}
