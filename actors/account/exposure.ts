/**
 * Exposure: what one account has and may come to have, in lots and in quote units, where a limit of
 * risk asks for it.
 *
 * Goods count at last prices and contracts at their marks; working orders in the way that is worst.
 * Nothing is kept here.
 */
import {
  add,
  amountMax,
  assert,
  divideFloor,
  minimum,
  multiply,
  Side,
  subtract,
} from "../../protocols/index.ts";
import type { Amount, InstrumentSymbol, InstrumentTerms } from "../../protocols/index.ts";
import type { Venue } from "../actor.ts";
import { isContract } from "../contract/contract-listing.ts";
import type { RiskPlace } from "../risk/risk-rules.ts";
import { contractPosition, contractsWorth, netContractsWorth } from "./contract-exposure.ts";
import type { TradesContracts } from "./contract-exposure.ts";
import type { Holdings } from "./holdings.ts";

/** What the account has, and has placed. */
export interface Has extends TradesContracts {
  readonly holdings: Holdings;
}

/** For an order of one side; without any, for whoever asks. */
interface Seen {
  readonly venue: Venue;
  readonly side: Side | undefined;
}

type IsMeant = (instrument: InstrumentTerms) => boolean;

function meantAt({ quote, symbol }: RiskPlace): IsMeant {
  return (terms) => (symbol === "" ? terms.quote === quote : terms.symbol === symbol);
}

/** Lots of one instrument that the account has, and is to buy; of a contract on one side. */
export function positionAt(has: Has, { symbol }: RiskPlace, { venue, side }: Seen): number {
  const instrument = venue.instrument(symbol);
  assert(instrument !== undefined, "a limit of an instrument that is not listed");
  if (isContract(instrument)) return contractPosition(has, instrument, side);
  const { lots } = has.orders.buying((other) => other.symbol === symbol);
  const held = divideFloor(has.holdings.held(instrument.base), instrument.baseUnitsPerLot);
  // More than a number counts is as much above any limit.
  return Number(minimum(add(held, lots), Number.MAX_SAFE_INTEGER));
}

/**
 * What the account has of an instrument, or of all of one quote asset, at last prices, and what is
 * reserved to buy more; and what may come of contracts at their marks, whichever side is more.
 * Undefined if it has something of which no price is known.
 */
export function exposureAt(has: Has, place: RiskPlace, venue: Venue): Amount | undefined {
  const isMeant = meantAt(place);
  const goods = goodsWorth(has, { isMeant, isSold: false }, venue);
  const contracts = contractsWorth(has, isMeant, venue);
  return sumOf([has.orders.buying(isMeant).reserved, ...goods, ...contracts]);
}

/**
 * Likewise, but what is long makes up for what is short: towards one side, with all orders of that
 * side filled and none of the other, below zero while there is less; without a side the larger.
 */
export function netExposureAt(
  has: Has,
  place: RiskPlace,
  { venue, side }: Seen,
): Amount | undefined {
  if (side !== undefined) return netTowards(side, { has, place, venue });
  const [long, short] = [Side.buy, Side.sell].map((of) => netTowards(of, { has, place, venue }));
  if (long === undefined || short === undefined) return undefined;
  return long > short ? long : short;
}

function netTowards(
  side: Side,
  { has, place, venue }: { readonly has: Has; readonly place: RiskPlace; readonly venue: Venue },
): Amount | undefined {
  const isMeant = meantAt(place);
  const contracts = netContractsWorth(has, isMeant, { venue, side });
  const goods = goodsWorth(has, { isMeant, isSold: side === Side.sell }, venue);
  if (side === Side.buy) {
    return sumOf([has.orders.buying(isMeant).reserved, ...goods, ...contracts]);
  }
  const held = goods.map((worth) => (worth === undefined ? undefined : subtract(0, worth)));
  return sumOf([...held, ...contracts]);
}

/** Quote units of each of the goods that are meant; what is to be sold counts, or is sold. */
function goodsWorth(
  has: Has,
  { isMeant, isSold }: { readonly isMeant: IsMeant; readonly isSold: boolean },
  venue: Venue,
): readonly (Amount | undefined)[] {
  const sold = isSold ? soldOf(has, isMeant) : nothingSold;
  const worths: (Amount | undefined)[] = [];
  for (const instrument of venue.instruments()) {
    if (!isMeant(instrument) || isContract(instrument)) continue;
    const { symbol, base, baseUnitsPerLot, quoteUnitsPerTickLot } = instrument;
    const left = subtract(has.holdings.held(base), sold.get(symbol) ?? 0);
    const lots = divideFloor(left, baseUnitsPerLot);
    if (lots === 0) continue;
    const price = venue.lastPriceOf(symbol);
    const perLot = price === undefined ? undefined : multiply(price, quoteUnitsPerTickLot);
    worths.push(perLot === undefined ? undefined : multiply(lots, perLot));
  }
  return worths;
}

const nothingSold: ReadonlyMap<InstrumentSymbol, Amount> = new Map();

/** Units that orders to sell goods have set aside, by instrument. */
function soldOf({ orders }: Has, isMeant: IsMeant): ReadonlyMap<InstrumentSymbol, Amount> {
  const sold = new Map<InstrumentSymbol, Amount>();
  orders.visitWorking(({ instrument, side, reserved }) => {
    if (side !== Side.sell || isContract(instrument) || !isMeant(instrument)) return;
    sold.set(instrument.symbol, add(sold.get(instrument.symbol) ?? 0, reserved));
  });
  return sold;
}

/** Undefined if one is. */
function sumOf(worths: readonly (Amount | undefined)[]): Amount | undefined {
  let sum: Amount = 0;
  for (const worth of worths) {
    if (worth === undefined) return undefined;
    sum = add(sum, worth);
  }
  return minimum(sum, amountMax);
}
