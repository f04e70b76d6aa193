/**
 * Short sale: what one account could sell without being short, with all that it has placed to sell
 * filled and nothing bought.
 *
 * Of a contract it is the long position; of goods it is what nobody has set aside and nobody is
 * owed. Goods that an order sets aside are there, so only uncovered orders are looked at.
 */
import { add, divideCeil, divideFloor, minimum, Side, subtract } from "../../protocols/index.ts";
import type { Amount, InstrumentTerms, Lots } from "../../protocols/index.ts";
import { isContract } from "../contract/contract-listing.ts";
import type { Sale } from "../risk/limit-checks.ts";
import { contractSale } from "./contract-exposure.ts";
import type { Has } from "./exposure.ts";

interface Sold {
  readonly side: Side;
  readonly instructions: { readonly isUncovered: boolean };
}

/** Undefined for what leaves no account short: a purchase, and goods that are set aside. */
export function saleOf(
  has: Has,
  instrument: InstrumentTerms,
  { side, instructions }: Sold,
): Sale | undefined {
  if (side === Side.buy) return undefined;
  if (isContract(instrument)) return contractSale(has, instrument);
  return instructions.isUncovered ? goodsSale(has, instrument) : undefined;
}

function goodsSale(
  { holdings }: Has,
  { base, baseUnitsPerLot }: Pick<InstrumentTerms, "base" | "baseUnitsPerLot">,
): Sale {
  const { ordered, owed } = holdings.deliveries.of(base);
  const [available, sold] = [holdings.available(base), add(ordered, owed)];
  const limit = count(divideFloor(holdings.held(base), baseUnitsPerLot));
  // More may be owed by now than there is.
  const free =
    available >= sold
      ? count(divideFloor(subtract(available, sold), baseUnitsPerLot))
      : -count(divideCeil(subtract(sold, available), baseUnitsPerLot));
  return { limit, used: Math.min(limit - free, Number.MAX_SAFE_INTEGER) };
}

/** More than a number counts is as much above any limit. */
function count(lots: Amount): Lots {
  return Number(minimum(lots, Number.MAX_SAFE_INTEGER));
}
