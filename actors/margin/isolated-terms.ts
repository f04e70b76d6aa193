/**
 * Isolated terms: what an isolated position needs of the cash that it has to itself, what of that
 * stays with it when some of it is closed, and where it is liquidated. Whole numbers throughout.
 */
import {
  add,
  divideCeil,
  divideFloor,
  minimum,
  multiply,
  partsPerMillion,
  Side,
  subtract,
  ticksMax,
} from "../../protocols/index.ts";
import type { Amount, Lots, Ticks } from "../../protocols/index.ts";
import { marginOf } from "./margin-requirement.ts";
import type { MarginTerms } from "./margin-requirement.ts";
import { entryOf } from "./position.ts";
import type { Position } from "./position.ts";

/** Lots that were dealt at a price, of which so many are a larger position now. */
interface OpenedLots {
  readonly side: Side;
  readonly price: Ticks;
  readonly opened: Lots;
}

/** Of lots that are opened: their initial margin at the mark, and by how much they are worse. */
export function postedToOpen({ side, price, opened }: OpenedLots, terms: MarginTerms): Amount {
  const { markPrice, unitsPerTickLot } = terms;
  const worse = Math.max(side === Side.buy ? price - markPrice : markPrice - price, 0);
  return add(marginOf(opened, terms), multiply(multiply(worse, opened), unitsPerTickLot));
}

/** What stays of what is posted when so many of its lots are closed: the share of the others. */
export function keptOf(posted: Amount, closed: Lots, lots: Lots): Amount {
  if (posted <= 0) return 0;
  return closed === 0 ? posted : subtract(posted, divideFloor(multiply(posted, closed), lots));
}

/** Who is asked where an isolated position is liquidated. */
interface LiquidatedAt {
  readonly posted: Amount;
  readonly unitsPerTickLot: number;
  readonly maintenancePpm: number;
}

/**
 * The first price, from the position's gains to its losses, at which what is posted and not
 * realised does not cover maintenance; 0 where there is no such price.
 */
export function liquidationPriceOf(
  position: Position,
  { posted, unitsPerTickLot, maintenancePpm }: LiquidatedAt,
): Ticks {
  const lots = Math.abs(position.lots);
  const perTick = multiply(lots, unitsPerTickLot);
  const paid = subtract(entryOf(position), posted);
  if (position.lots > 0) {
    // posted + lots x price - entry < lots x price x maintenance
    if (paid <= 0) return 0;
    const kept = multiply(perTick, partsPerMillion - maintenancePpm);
    return ticksOf(subtract(divideCeil(multiply(paid, partsPerMillion), kept), 1));
  }
  if (paid >= 0) return 1;
  const lost = multiply(perTick, partsPerMillion + maintenancePpm);
  return ticksOf(add(divideFloor(multiply(subtract(0, paid), partsPerMillion), lost), 1));
}

function ticksOf(price: Amount): Ticks {
  return minimum(price, ticksMax + 1) > ticksMax ? 0 : (price as Ticks);
}
