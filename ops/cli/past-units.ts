/** Decimal numbers by the terms that an instrument had at some place in the past. */
import { renderAsset, renderInstrument } from "../../protocols/api/market-rendering.ts";
import type { AssetView, InstrumentView } from "../../protocols/queries.ts";
import { NaturalUnits } from "./natural-units.ts";
import { CommandFault } from "./output.ts";

export function unitsOf(
  known: { readonly instruments: readonly InstrumentView[]; readonly assets: readonly AssetView[] },
  symbol: string,
): NaturalUnits {
  const found = known.instruments.find(({ terms }) => terms.symbol === symbol);
  if (found === undefined) {
    throw new CommandFault("instrument-unknown", `there was no instrument ${symbol}`);
  }
  return new NaturalUnits(renderInstrument(found), known.assets.map(renderAsset));
}
