/**
 * What surveillance knows of one book: its best prices, phase and last price, what an ordinary
 * order asks for, and how much each owner shows on either side.
 */
import { Side, TradingPhase } from "../../protocols/index.ts";
import type { InstrumentSymbol, Lots, Ticks } from "../../protocols/index.ts";
import type { OwnerName, ShownSides, WatchedOrder } from "./market-acts.ts";

/** The ordinary order is the median of so many. */
const quantitiesKept = 255;

/** Plain data, saved as it is. */
export interface SavedBook {
  readonly symbol: InstrumentSymbol;
  bid: Ticks;
  ask: Ticks;
  lastPrice: Ticks;
  phase: TradingPhase;
  /** Of the latest orders, the oldest overwritten first. */
  readonly quantities: Lots[];
  quantitiesNext: number;
  /** The same, smallest first. */
  readonly ordered: Lots[];
  readonly shown: Map<OwnerName, [buy: Lots, sell: Lots]>;
}

const showsNothing: ShownSides = [0, 0];

export class WatchedBook {
  readonly saved: SavedBook;

  constructor(saved: SavedBook) {
    this.saved = saved;
  }

  static of(symbol: InstrumentSymbol): WatchedBook {
    return new WatchedBook({
      ...{ symbol, bid: 0, ask: 0, lastPrice: 0, phase: TradingPhase.closed },
      ...{ quantities: [], quantitiesNext: 0, ordered: [], shown: new Map() },
    });
  }

  get symbol(): InstrumentSymbol {
    return this.saved.symbol;
  }

  /** 0 for an empty side. */
  bestOf(side: Side): Ticks {
    return side === Side.buy ? this.saved.bid : this.saved.ask;
  }

  /** The median of what the latest orders asked for; 0 before the first one. */
  get typicalQuantity(): Lots {
    const { ordered } = this.saved;
    return ordered[Math.floor(ordered.length / 2)] ?? 0;
  }

  count(quantity: Lots): void {
    if (quantity === 0) return;
    const { saved } = this;
    const oldest = saved.quantities[saved.quantitiesNext];
    if (oldest !== undefined) saved.ordered.splice(placeIn(saved.ordered, oldest), 1);
    saved.ordered.splice(placeIn(saved.ordered, quantity), 0, quantity);
    saved.quantities[saved.quantitiesNext] = quantity;
    saved.quantitiesNext = (saved.quantitiesNext + 1) % quantitiesKept;
  }

  /** What an owner shows on both sides, as it is now. */
  shownBy(owner: OwnerName): ShownSides {
    const [buy, sell] = this.saved.shown.get(owner) ?? showsNothing;
    return [buy, sell];
  }

  /** An order shows something else from now on. */
  show(order: WatchedOrder, shown: Lots): void {
    const change = shown - order.shown;
    if (change === 0) return;
    order.shown = shown;
    const { owner, side } = order.entry;
    const sides = this.saved.shown.get(owner) ?? [0, 0];
    sides[side] += change;
    if (sides[0] === 0 && sides[1] === 0) this.saved.shown.delete(owner);
    else this.saved.shown.set(owner, sides);
  }
}

/** Where the first of those stands that are not smaller. */
function placeIn(ordered: readonly Lots[], quantity: Lots): number {
  let [from, end] = [0, ordered.length];
  while (from < end) {
    const middle = (from + end) >> 1;
    if (ordered[middle]! < quantity) from = middle + 1;
    else end = middle;
  }
  return from;
}

/** What of an order everybody sees once it rests. */
export function shownOf(order: WatchedOrder): Lots {
  const { isHidden, isWaiting, displayQuantity, remaining } = order;
  if (isHidden || isWaiting) return 0;
  return displayQuantity === 0 ? remaining : Math.min(displayQuantity, remaining);
}
