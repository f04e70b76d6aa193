/**
 * Margin requirement: what a contract's position and working orders ask of an account's cash.
 *
 * Orders count as if all of one side were filled and none of the other, whichever asks for more;
 * and with what they would lose at once, where their price is worse than the mark. Rounded up.
 */
import { add, divideCeil, multiply } from "../../protocols/index.ts";
import type { Amount, Lots, Ticks } from "../../protocols/index.ts";

const ppmPerUnit = 1_000_000;

/** What there is of one contract, and may be. */
export interface Exposure {
  /** Of the position: signed. */
  readonly lots: number;
  /** Of working orders. */
  readonly buys: Lots;
  readonly sells: Lots;
  /** Ticks times lots by which working orders are worse than the mark. */
  readonly buyLoss: Amount;
  readonly sellLoss: Amount;
}

/** What a lot is worth and asks for. */
export interface MarginTerms {
  readonly markPrice: Ticks;
  readonly unitsPerTickLot: number;
  readonly ppm: number;
}

/** Of so many lots, whatever their side. */
export function marginOf(lots: number, { markPrice, unitsPerTickLot, ppm }: MarginTerms): Amount {
  const notional = multiply(multiply(Math.abs(lots), markPrice), unitsPerTickLot);
  return divideCeil(multiply(notional, ppm), ppmPerUnit);
}

/** Of a position together with its working orders. */
export function requirementOf(exposure: Exposure, terms: MarginTerms): Amount {
  const { lots, buys, sells, buyLoss, sellLoss } = exposure;
  const { unitsPerTickLot } = terms;
  const bought = add(marginOf(lots + buys, terms), multiply(buyLoss, unitsPerTickLot));
  const sold = add(marginOf(lots - sells, terms), multiply(sellLoss, unitsPerTickLot));
  return bought > sold ? bought : sold;
}

/** Of working orders, by what they open: for a position that has cash of its own. */
export function openingRequirementOf(exposure: Exposure, terms: MarginTerms): Amount {
  const { lots, buys, sells, buyLoss, sellLoss } = exposure;
  const { unitsPerTickLot } = terms;
  const asked = (opened: number, loss: Amount): Amount =>
    opened <= 0 ? 0 : add(marginOf(opened, terms), multiply(loss, unitsPerTickLot));
  const bought = asked(buys + Math.min(lots, 0), buyLoss);
  const sold = asked(sells - Math.max(lots, 0), sellLoss);
  return bought > sold ? bought : sold;
}
