/**
 * The price of a pegged order: what it follows, less its offset, and no worse than its limit.
 *
 * It follows displayed prices only, and is itself hidden, so no pegged order moves another.
 */
import {
  divideFloor,
  PegReference,
  Side,
  tickAbove,
  tickBelow,
  ticksMax,
} from "../../protocols/index.ts";
import type { Ticks, TickSize } from "../../protocols/index.ts";
import type { BookOrder } from "./book-order.ts";

/** The best displayed prices; undefined for an empty side. */
export interface BestPrices {
  readonly bid: Ticks | undefined;
  readonly ask: Ticks | undefined;
}

/** Where the order should stand; undefined while it has nothing to follow, or no price is there. */
export function pegPrice(
  order: BookOrder,
  best: BestPrices,
  tickSizes: readonly TickSize[] = [],
): Ticks | undefined {
  const { side, price: limit, instructions } = order;
  const followed = followedPrice(side, instructions.pegReference, best);
  if (followed === undefined) return undefined;
  if (side === Side.sell) {
    const price = tickAbove(tickSizes, Math.max(followed + instructions.pegOffset, limit));
    return price <= ticksMax ? price : undefined;
  }
  const price = tickBelow(tickSizes, Math.min(followed - instructions.pegOffset, limit));
  return price >= 1 ? price : undefined;
}

function followedPrice(
  side: Side,
  reference: PegReference,
  { bid, ask }: BestPrices,
): Ticks | undefined {
  switch (reference) {
    case PegReference.primary:
      return side === Side.buy ? bid : ask;
    case PegReference.market:
      return side === Side.buy ? ask : bid;
    default:
      return middle(side, bid, ask);
  }
}

/** A middle that is no tick is taken to the order's own side. */
function middle(side: Side, bid: Ticks | undefined, ask: Ticks | undefined): Ticks | undefined {
  if (bid === undefined || ask === undefined) return undefined;
  const width = side === Side.buy ? ask - bid : ask - bid + 1;
  return bid + (divideFloor(width, 2) as Ticks);
}
