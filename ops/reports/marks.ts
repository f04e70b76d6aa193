/**
 * At which prices positions are looked at: those of the last trades and the marks of contracts, or
 * those that somebody names.
 *
 * What a position is worth is rounded towards nothing, to a unit of the quote asset. By a trade's
 * price or a mark it is exact.
 */
import { add, amountOf, assert, multiply, subtract } from "../../protocols/index.ts";
import type {
  Amount,
  ContractState,
  InstrumentSymbol,
  InstrumentTerms,
  Lots,
  Ticks,
} from "../../protocols/index.ts";
import type { Shard } from "../../actors/index.ts";
import type { TradeFact } from "./fact.ts";
import type { HeldPosition } from "./position-book.ts";
import type { VenueState } from "./report.ts";
import type { VenueUnits } from "./venue-units.ts";

/** By instrument, decimal numbers of quote for one base. */
export type NamedPrices = ReadonlyMap<InstrumentSymbol, string>;

export interface Mark {
  /** Quote for one base. */
  readonly price: string;
  /** `trade`, `mark` or `file`. */
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
  of(terms: InstrumentTerms, { shards, units }: VenueState): Mark | undefined {
    if (this.#named === undefined) {
      const isContract = terms.contract !== undefined;
      const ticks = isContract ? markIn(shards, terms) : this.#last.get(terms.symbol);
      return ticks === undefined ? undefined : markAt(ticks, terms, units);
    }
    const price = this.#named.get(terms.symbol);
    if (price === undefined) return undefined;
    const places = { base: units.decimalsOf(terms.base), quote: units.decimalsOf(terms.quote) };
    return {
      price,
      by: "file",
      valueOf: (lots) => valueAt(price, multiply(lots, terms.baseUnitsPerLot), places),
    };
  }
}

/** Exact. */
function markAt(ticks: Ticks, terms: InstrumentTerms, units: VenueUnits): Mark {
  const valueOf = (lots: Lots): Amount =>
    multiply(multiply(ticks, lots), terms.quoteUnitsPerTickLot);
  const by = terms.contract === undefined ? "trade" : "mark";
  return { price: units.price(terms, ticks).text, by, valueOf };
}

/** The newest that any shard has heard of a contract, or what it was settled at. */
function markIn(shards: readonly Shard[], { symbol }: InstrumentTerms): Ticks | undefined {
  let newest: ContractState | undefined;
  for (const { directory } of shards) {
    const known = directory.contractOf(symbol);
    if (known !== undefined && known.atUs >= (newest?.atUs ?? 0)) newest = known;
  }
  return newest === undefined ? undefined : newest.finalPrice || newest.markPrice || undefined;
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
  { terms, position, entry }: Pick<HeldPosition, "terms" | "position" | "entry">,
  mark: Mark,
): Amount {
  const { quantity, cost } = position;
  if (terms.contract !== undefined) return subtract(mark.valueOf(quantity), entry);
  assert(quantity !== 0 || cost === 0, "nothing has cost something");
  const value = mark.valueOf(quantity);
  return quantity >= 0 ? subtract(value, cost) : add(value, cost);
}
