/** What was traded of each instrument in a period: open, high, low and close, and how much. */
import { add, multiply } from "../../protocols/index.ts";
import type { Amount, InstrumentSymbol, InstrumentTerms, Ticks } from "../../protocols/index.ts";
import type { TradeFact } from "./fact.ts";
import type { GiveRow, Report, VenueState } from "./report.ts";
import { numberColumn, textColumn } from "./table.ts";
import type { Cell, Row } from "./table.ts";
import type { VenueUnits } from "./venue-units.ts";

interface Bar {
  readonly terms: InstrumentTerms;
  readonly open: Ticks;
  high: Ticks;
  low: Ticks;
  close: Ticks;
  volume: number;
  notional: Amount;
  trades: number;
}

export class InstrumentsReport implements Report {
  readonly name = "instruments";
  readonly columns = [
    textColumn("symbol", "the instrument"),
    textColumn("base", "its code"),
    textColumn("quote", "its code"),
    numberColumn("open", "price of the first trade of the period: quote for one base"),
    numberColumn("high", "highest price of the period"),
    numberColumn("low", "lowest price of the period"),
    numberColumn("close", "price of the last trade of the period"),
    numberColumn("volume", "base"),
    numberColumn("notional", "quote"),
    numberColumn("average_price", "quote for one base, cut"),
    numberColumn("trades", "how many"),
    numberColumn("last_price", "of the last trade up to the end, also from before the period"),
  ];
  readonly #bars = new Map<InstrumentSymbol, Bar>();
  readonly #last = new Map<InstrumentSymbol, Ticks>();
  #isOpen = false;
  #give: GiveRow = () => undefined;

  begin(_state: VenueState, give: GiveRow): void {
    this.#isOpen = true;
    this.#give = give;
  }

  traded({ terms, price, quantity, notional }: TradeFact): void {
    const { symbol } = terms;
    this.#last.set(symbol, price);
    if (!this.#isOpen) return;
    let bar = this.#bars.get(symbol);
    if (bar === undefined) {
      const prices = { open: price, high: price, low: price, close: price };
      bar = { terms, ...prices, volume: 0, notional: 0, trades: 0 };
      this.#bars.set(symbol, bar);
    }
    bar.high = Math.max(bar.high, price);
    bar.low = Math.min(bar.low, price);
    bar.close = price;
    bar.volume += quantity;
    bar.notional = add(bar.notional, notional);
    bar.trades += 1;
  }

  /** Those that are listed, also where nothing was traded. */
  end({ shards, units }: VenueState): void {
    const listed = new Map(
      shards.flatMap(({ directory }) => {
        return directory.instruments().map((terms) => [terms.symbol, terms] as const);
      }),
    );
    const sorted = [...listed].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [, terms] of sorted) this.#give(this.#row(terms, units));
  }

  #row(terms: InstrumentTerms, units: VenueUnits): Row {
    const { symbol, base, quote, baseUnitsPerLot } = terms;
    const bar = this.#bars.get(symbol);
    const price = (ticks: Ticks | undefined): Cell => {
      return ticks === undefined ? undefined : units.price(terms, ticks);
    };
    const { volume = 0, notional = 0, trades = 0 } = bar ?? {};
    return [
      ...[symbol, base, quote],
      ...[bar?.open, bar?.high, bar?.low, bar?.close].map(price),
      ...[units.quantity(terms, volume), units.amount(quote, notional)],
      ...[units.average(terms, notional, multiply(volume, baseUnitsPerLot)), trades],
      price(this.#last.get(symbol)),
    ];
  }
}
