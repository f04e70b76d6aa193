/**
 * Prices, quantities and amounts as people write them on a command line, and what to tell them when
 * they cannot be counted. The counting itself is the SDK's: exact, nothing is rounded.
 */
import { InstrumentUnits, unitsOf } from "../../clients/sdk/instrument-units.ts";
import type { CountedInstrument } from "../../clients/sdk/instrument-units.ts";
import type { Asset, Instrument, OrderState } from "../../protocols/api/replies.ts";
import { averagePriceOf } from "../../protocols/index.ts";
import { CommandFault } from "./output.ts";

export class NaturalUnits<Known extends CountedInstrument = Instrument> {
  readonly instrument: Known;
  readonly #units: InstrumentUnits;
  readonly #quote: Asset;

  constructor(instrument: Known, assets: readonly Asset[]) {
    this.instrument = instrument;
    const quote = assets.find(({ asset }) => asset === instrument.quote);
    this.#quote = quote ?? { asset: instrument.quote, decimals: 0 };
    this.#units = new InstrumentUnits(instrument, assets);
  }

  get tickSize(): string {
    return this.#units.priceOf(1);
  }

  get lotSize(): string {
    return this.#units.quantityOf(1);
  }

  ticksOf(price: string): number {
    const { quote, base } = this.instrument;
    const rule = `a number of ${quote} for one ${base} in steps of ${this.tickSize}, such as 65000.5`;
    return this.#units.ticksOf(price) ?? refuse("price", price, rule);
  }

  lotsOf(quantity: string): number {
    const { base } = this.instrument;
    const rule = `a number of ${base} in steps of ${this.lotSize}`;
    return this.#units.lotsOf(quantity) ?? refuse("quantity", quantity, rule);
  }

  /** With as many places as a tick has, so that prices stand under one another. */
  price(ticks: number): string {
    return padded(this.#units.priceOf(ticks), this.#units.priceDecimals);
  }

  /** Of what an order has executed: with as many places as a tick has, or more. */
  averagePrice({ executedNotional, executed }: Pick<OrderState, "executedNotional" | "executed">) {
    const tickValue = this.instrument.quoteUnitsPerTickLot;
    const notional = BigInt(executedNotional);
    const ticks = averagePriceOf({ executedNotional: notional, executed, tickValue });
    return padded(this.#units.averagePriceOf(ticks), this.#units.priceDecimals);
  }

  /** With as many places as a lot has. */
  quantity(lots: number | string): string {
    return padded(this.#units.quantityOf(lots), this.#units.quantityDecimals);
  }

  /** The inverse of {@link quoteAmount}. */
  quoteUnitsOf(text: string): string {
    return amountOf(text, this.#quote);
  }

  /** A sum of ticks times lots, in quote. */
  notional(tickLots: string): string {
    return this.quoteAmount(
      String(BigInt(tickLots) * BigInt(this.instrument.quoteUnitsPerTickLot)),
    );
  }

  /** Units of the quote asset, such as a notional or a fee. */
  quoteAmount(units: string): string {
    return this.#units.quoteOf(units);
  }
}

/** Whole assets as units: "1.5" of an asset with 6 places is 1500000. */
export function amountOf(text: string, { asset, decimals }: Asset): string {
  const units = unitsOf(text, decimals);
  const rule = `a number of ${asset} with at most ${decimals} decimal places`;
  return units === undefined ? refuse("amount", text, rule) : String(units);
}

function refuse(what: string, text: string, rule: string): never {
  throw new CommandFault("usage", `${what} ${JSON.stringify(text)} is not ${rule}`, {
    exitCode: 2,
  });
}

function padded(text: string, places: number): string {
  if (places === 0) return text;
  const [whole = "", fraction = ""] = text.split(".");
  return `${whole}.${fraction.padEnd(places, "0")}`;
}

/** A number for people: thousands apart. */
export function grouped(number: string | number): string {
  const [whole = "", fraction] = String(number).split(".");
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? spaced : `${spaced}.${fraction}`;
}
