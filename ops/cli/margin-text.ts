/** Positions and margin as people read them. */
import { decimalOf } from "../../clients/sdk/instrument-units.ts";
import type { MarginReply, PositionDetails } from "../../protocols/api/margin-requests.ts";
import type { Asset } from "../../protocols/api/replies.ts";
import { grouped } from "./natural-units.ts";
import type { NaturalUnits } from "./natural-units.ts";
import { renderTable } from "./output.ts";
import type { Terms } from "./terms.ts";

type MarginOfAssets = Pick<MarginReply, "assets">;

/** What a position is in whole assets, as decimal numbers. */
export function naturalPosition(position: PositionDetails, units: NaturalUnits) {
  const { lots, buys, sells, markPrice, liquidationPrice } = position;
  return {
    position: units.quantity(lots),
    buys: units.quantity(buys),
    sells: units.quantity(sells),
    markPrice: units.price(markPrice),
    cost: units.quoteAmount(position.cost),
    unrealised: units.quoteAmount(position.unrealised),
    initialMargin: units.quoteAmount(position.initialMargin),
    maintenanceMargin: units.quoteAmount(position.maintenanceMargin),
    posted: units.quoteAmount(position.posted),
    liquidationPrice: units.price(liquidationPrice),
  };
}

/** One line each, and what is said of a liquidation. */
export function renderPositions(
  positions: readonly PositionDetails[],
  margin: MarginOfAssets,
  terms: Terms,
): string {
  const told = [...liquidationsOf(positions), ...liquidationsIn(margin)];
  if (positions.length === 0) return ["no positions", ...told].join("\n");
  const rows = positions.map((position) => {
    const { symbol } = position;
    const { posted: _, liquidationPrice: __, ...natural } = naturalOf(position, terms);
    return [symbol, ...Object.values(natural).map(grouped)];
  });
  const columns = ["SYMBOL", " POSITION", " BUYS", " SELLS", " MARK", " COST", " UNREALISED"];
  const table = renderTable([...columns, " INITIAL", " MAINTENANCE"], rows);
  return [table, ...isolatedIn(positions, terms), ...told].join("\n");
}

function naturalOf(position: PositionDetails, terms: Terms) {
  return naturalPosition(position, terms.unitsOf(position.symbol));
}

/** A line for each that has cash of its own. */
function isolatedIn(positions: readonly PositionDetails[], terms: Terms): readonly string[] {
  return positions
    .filter(({ mode }) => mode === "isolated")
    .map((position) => {
      const { symbol } = position;
      const { quote } = terms.unitsOf(symbol).instrument;
      const { posted, liquidationPrice } = naturalOf(position, terms);
      const price = grouped(liquidationPrice);
      const at = position.liquidationPrice === 0 ? "" : `, liquidated at ${price}`;
      return `${symbol} is isolated: ${grouped(posted)} ${quote} posted${at}`;
    });
}

function liquidationsOf(positions: readonly PositionDetails[]): readonly string[] {
  return positions
    .filter(({ liquidation }) => liquidation !== "")
    .map(({ symbol, liquidation }) => `${symbol} is being liquidated: ${liquidation}`);
}

function liquidationsIn({ assets }: MarginOfAssets): readonly string[] {
  return assets
    .filter(({ liquidation }) => liquidation !== "")
    .map(({ asset, liquidation }) => `it is being liquidated in ${asset}: ${liquidation}`);
}

export function renderMargin({ isMargin, assets }: MarginReply, known: readonly Asset[]): string {
  const title = isMargin ? "a margin account" : "not a margin account: it opens no positions";
  if (assets.length === 0) return title;
  const decimals = new Map(known.map((asset) => [asset.asset, asset.decimals]));
  const rows = assets.map(({ asset, ...of }) => {
    const sums = [of.cash, of.unrealised, of.equity, of.initialMargin, of.maintenanceMargin];
    const amounts = [...sums, of.free, of.posted].map((units) =>
      signed(units, decimals.get(asset) ?? 0),
    );
    return [asset, ...amounts];
  });
  const columns = ["ASSET", "CASH", "UNREALISED", "EQUITY", "INITIAL", "MAINTENANCE", "FREE"];
  return [title, renderTable([...columns, "POSTED"], rows), ...liquidationsIn({ assets })].join(
    "\n",
  );
}

function signed(units: string, decimals: number): string {
  const isNegative = units.startsWith("-");
  const text = grouped(decimalOf(isNegative ? units.slice(1) : units, decimals));
  return isNegative ? `-${text}` : text;
}
