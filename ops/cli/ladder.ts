/**
 * An order book as lines of text: asks above, bids below, best prices in the middle, and bars as
 * long as what rests there.
 */
import type { NaturalUnits } from "./natural-units.ts";
import { paint } from "./output.ts";
import { phaseInCapitals } from "./phase-text.ts";
import type { MarketState } from "./phase-text.ts";

/** Price in ticks and quantity in lots. */
type Level = readonly [price: number, quantity: number, ...rest: number[]];

export interface LadderBook {
  readonly symbol: string;
  readonly updateId: number;
  readonly phase: MarketState["phase"];
  readonly isHalted: boolean;
  /** Best first, both. */
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  /** The last trade, when one is known. */
  readonly last?: { readonly price: number; readonly quantity: number } | undefined;
}

export interface LadderSize {
  /** Levels of each side. */
  readonly levels: number;
  /** Columns there are. */
  readonly width: number;
}

const barWidthMax = 40;
const barWidthMin = 5;

export function renderLadder(book: LadderBook, units: NaturalUnits, size: LadderSize): string {
  const asks = book.asks.slice(0, size.levels);
  const bids = book.bids.slice(0, size.levels);
  const levels = [...asks, ...bids];
  const most = Math.max(1, ...levels.map(([, quantity]) => quantity));
  const prices = levels.map(([price]) => units.price(price).length);
  const quantities = levels.map(([, quantity]) => units.quantity(quantity).length);
  const columns = { price: Math.max(5, ...prices), quantity: Math.max(8, ...quantities) };
  const room = size.width - columns.price - columns.quantity - 6;
  const barWidth = Math.max(barWidthMin, Math.min(barWidthMax, room));
  const line = ([price, quantity]: Level): string => {
    const bar = "#".repeat(Math.max(1, Math.round((quantity / most) * barWidth)));
    const cells = [
      units.price(price).padStart(columns.price),
      units.quantity(quantity).padStart(columns.quantity),
    ];
    return `  ${cells.join("  ")}  ${bar}`;
  };
  return [
    headline(book, units),
    ...(asks.length === 0
      ? ["  no asks"]
      : asks.toReversed().map((ask) => paint("red", line(ask)))),
    paint("dim", `  ${middle(book, units)}`),
    ...(bids.length === 0 ? ["  no bids"] : bids.map((bid) => paint("green", line(bid)))),
  ].join("\n");
}

function headline(book: LadderBook, units: NaturalUnits): string {
  const { symbol, updateId, last } = book;
  const trade =
    last === undefined
      ? ""
      : `  last ${units.price(last.price)} x ${units.quantity(last.quantity)}`;
  const phase = phaseInCapitals(book);
  const state = phase === undefined ? "" : `  ${phase}`;
  return `${paint("bold", symbol)}  update ${updateId}${trade}${state}`;
}

function middle({ bids, asks }: LadderBook, units: NaturalUnits): string {
  const [bid, ask] = [bids[0]?.[0], asks[0]?.[0]];
  if (bid === undefined || ask === undefined) return "--";
  return `-- spread ${units.price(ask - bid)} --`;
}
