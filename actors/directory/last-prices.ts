/** At what price each instrument traded last, and as a day began, as far as a shard has heard. */
import type { InstrumentSymbol, Ticks, TimeUs } from "../../protocols/index.ts";
import { logDayOf } from "../risk/log-day.ts";

export interface KnownPrice {
  readonly symbol: InstrumentSymbol;
  readonly price: Ticks;
  /** When the shard of its book said so. */
  readonly atUs: TimeUs;
}

export class LastPrices {
  readonly #prices = new Map<InstrumentSymbol, DatedPrice>();

  of(symbol: InstrumentSymbol): Ticks | undefined {
    return this.#prices.get(symbol)?.price;
  }

  /** As a day began: the last price of any day before, or the first of that day. */
  openingOf(symbol: InstrumentSymbol, day: number): Ticks | undefined {
    const known = this.#prices.get(symbol);
    if (known === undefined) return undefined;
    return logDayOf(known.atUs) < day ? known.price : known.openingPrice;
  }

  /** A book that moves may be heard of by its old home after its new one. */
  hear({ symbol, price, atUs }: KnownPrice): void {
    const known = this.#prices.get(symbol);
    if (known !== undefined && known.atUs > atUs) return;
    const openingPrice = this.openingOf(symbol, logDayOf(atUs)) ?? price;
    this.#prices.set(symbol, { symbol, price, atUs, openingPrice });
  }

  /** By symbol. */
  all(): readonly KnownPrice[] {
    const known = [...this.#prices.values()].sort(bySymbol);
    return known.map(({ symbol, price, atUs }) => ({ symbol, price, atUs }));
  }

  snapshot(): SavedLastPrices {
    const known = [...this.#prices.values()].sort(bySymbol);
    return known.map(({ symbol, price, atUs, openingPrice }) => {
      return [symbol, price, atUs, openingPrice];
    });
  }

  restore(saved: SavedLastPrices): void {
    for (const [symbol, price, atUs, openingPrice = price] of saved) {
      this.#prices.set(symbol, { symbol, price, atUs, openingPrice });
    }
  }
}

interface DatedPrice extends KnownPrice {
  /** As the day began on which that was said. */
  readonly openingPrice: Ticks;
}

function bySymbol(a: KnownPrice, b: KnownPrice): number {
  return a.symbol < b.symbol ? -1 : 1;
}

export type SavedLastPrices = readonly (readonly [
  InstrumentSymbol,
  Ticks,
  TimeUs,
  openingPrice?: Ticks,
])[];
