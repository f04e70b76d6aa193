/**
 * The instruments that runs trade: each run lists its own, with the terms of the one that the file
 * is about and without fees, so that it begins with an empty book.
 *
 * Names end in `-R` and the run's number, by which everybody can tell them from what is traded.
 */
import { isAssetId, isSymbol } from "../../protocols/index.ts";
import type { InstrumentTerms } from "../../protocols/index.ts";
import { LobsterFault } from "./lobster-fault.ts";
import type { Venue } from "./venue.ts";

export type UnnamedTerms = Omit<InstrumentTerms, "symbol">;

/** LOBSTER counts prices in hundredths of a cent. */
const fileDecimals = 4;
const quote = "USD";
const quoteDecimalsByDefault = 6;

/**
 * Terms in which a LOBSTER file's prices are ticks and its sizes are lots: those of the instrument
 * where it is listed, else those that a share has.
 */
export async function termsFor(venue: Venue, symbol: string): Promise<UnnamedTerms> {
  const fees = { makerFeeBasisPoints: 0, takerFeeBasisPoints: 0 };
  const listed = (await venue.instruments()).find((instrument) => instrument.symbol === symbol);
  if (listed !== undefined) {
    const { base, quote, baseUnitsPerLot, quoteUnitsPerTickLot } = listed;
    return { base, quote, baseUnitsPerLot, quoteUnitsPerTickLot, ...fees };
  }
  if (!isAssetId(symbol) || symbol === quote) {
    throw new LobsterFault("instrument-unsuitable", `${symbol} cannot be an asset's code`);
  }
  await venue.addAsset(symbol, 0);
  await venue.addAsset(quote, quoteDecimalsByDefault);
  const decimals = (await venue.assets()).find(({ asset }) => asset === quote)?.decimals ?? 0;
  if (decimals < fileDecimals) {
    const message = `${quote} has ${decimals} decimal places, and prices in the file have 4`;
    throw new LobsterFault("instrument-unsuitable", message);
  }
  const quoteUnitsPerTickLot = 10 ** (decimals - fileDecimals);
  return { base: symbol, quote, baseUnitsPerLot: 1, quoteUnitsPerTickLot, ...fees };
}

/** The name of a run's first, second, … instrument. */
export function runSymbol(symbol: string, runId: string, number: number): string {
  const name = `${symbol}-R${runId.toUpperCase()}${number === 1 ? "" : `-${number}`}`;
  if (!isSymbol(name)) {
    throw new LobsterFault("instrument-unsuitable", `no instrument can be named after ${symbol}`);
  }
  return name;
}
