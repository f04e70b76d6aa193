/** A book as it is shown: its lines are levels or orders, counted or as decimal numbers. */
import type { DisplayedOrdersReply } from "../../protocols/api/replies.ts";
import type { LadderBook } from "./ladder.ts";
import type { NaturalUnits } from "./natural-units.ts";

/** A book whose lines are orders also says which. */
export type ShownBook = LadderBook & { readonly entryIds?: EntryIds };

interface EntryIds {
  readonly bids: readonly number[];
  readonly asks: readonly number[];
}

type DisplayedOrder = readonly [entryId: number, price: number, quantity: number];

interface Orders extends Pick<DisplayedOrdersReply, "updateId"> {
  readonly bids: readonly DisplayedOrder[];
  readonly asks: readonly DisplayedOrder[];
}

/** Orders as the lines of a book, the first to trade nearest to the middle. */
export function byOrder({ updateId, bids, asks }: Orders) {
  const line = ([, price, quantity]: DisplayedOrder) => [price, quantity] as const;
  const entryId = ([id]: DisplayedOrder) => id;
  const entryIds = { bids: bids.map(entryId), asks: asks.map(entryId) };
  return { updateId, bids: bids.map(line), asks: asks.map(line), entryIds };
}

/** The same levels as decimal numbers. */
export function naturalBook({ bids, asks }: LadderBook, units: NaturalUnits) {
  const natural = (levels: LadderBook["bids"]) =>
    levels.map(([price, quantity]) => [units.price(price), units.quantity(quantity)]);
  return { bids: natural(bids), asks: natural(asks) };
}
