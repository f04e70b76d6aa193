/**
 * What an account has of an instrument's assets, and what agents make of it: how large their orders
 * may be, and how far they have moved from where they began.
 */
import type { OutcryClient } from "../sdk/index.ts";
import type { Instrument } from "../../protocols/api/replies.ts";
import { add, divideFloor, minimum, multiply, parseAmount } from "../../protocols/index.ts";
import type { Amount } from "../../protocols/index.ts";

export interface Holdings {
  /** Lots that could be bought at that price. */
  readonly affordableLots: number;
  /** Lots that could be sold. */
  readonly ownedLots: number;
}

/** Available and reserved alike: what rests belongs to the account still. */
export async function holdingsOf(
  client: OutcryClient,
  instrument: Instrument,
  price: number,
): Promise<Holdings> {
  const units = new Map<string, Amount>();
  for (const { asset, available, reserved } of await client.balances()) {
    units.set(asset, add(parseAmount(available) ?? 0, parseAmount(reserved) ?? 0));
  }
  const { base, quote, baseUnitsPerLot, quoteUnitsPerTickLot } = instrument;
  const lotCost = multiply(price, quoteUnitsPerTickLot);
  return {
    affordableLots: lotsIn(units.get(quote) ?? 0, lotCost),
    ownedLots: lotsIn(units.get(base) ?? 0, baseUnitsPerLot),
  };
}

function lotsIn(units: Amount, unitsPerLot: Amount): number {
  return Number(minimum(divideFloor(units, unitsPerLot), 2 ** 40));
}

/** The share of what an account has that one order may take: many orders rest at a time. */
const ordersPerHolding = 100;

/** The largest order for somebody who has that; 0 when it is not enough to trade with. */
export function orderSizeFor({ affordableLots, ownedLots }: Holdings, wanted: number): number {
  const share = Math.floor(Math.min(affordableLots, ownedLots) / ordersPerHolding);
  return Math.min(wanted, share);
}
