/** At what price each instrument traded last, as far as a shard has heard. */
import type { InstrumentSymbol, Ticks, TimeUs } from "../../protocols/index.ts";

export interface KnownPrice {
  readonly symbol: InstrumentSymbol;
  readonly price: Ticks;
  /** When the shard of its book said so. */
  readonly atUs: TimeUs;
}

export class LastPrices {
  readonly #prices = new Map<InstrumentSymbol, KnownPrice>();

  of(symbol: InstrumentSymbol): Ticks | undefined {
    return this.#prices.get(symbol)?.price;
  }

  /** A book that moves may be heard of by its old home after its new one. */
  hear({ symbol, price, atUs }: KnownPrice): void {
    const known = this.#prices.get(symbol);
    if (known === undefined || known.atUs <= atUs)
      this.#prices.set(symbol, { symbol, price, atUs });
  }

  /** By symbol. */
  all(): readonly KnownPrice[] {
    return [...this.#prices.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  }

  snapshot(): SavedLastPrices {
    return this.all().map(({ symbol, price, atUs }) => [symbol, price, atUs]);
  }

  restore(saved: SavedLastPrices): void {
    for (const [symbol, price, atUs] of saved) this.hear({ symbol, price, atUs });
  }
}

export type SavedLastPrices = readonly (readonly [InstrumentSymbol, Ticks, TimeUs])[];
