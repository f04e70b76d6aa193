/**
 * How an instrument trades beyond what it is: how its book shares levels out, which prices and
 * quantities it takes, what interrupts it and when it is open.
 *
 * An instrument without such terms trades around the clock at every tick, by price and time.
 */
import { calendarIn, listOfCalendar, whyNotCalendar } from "./trading-calendar.ts";
import type { TradingCalendar } from "./trading-calendar.ts";
import type { Fields } from "./record-fields.ts";
import type { OrdinaryField } from "./records.ts";
import { amountMax, basisPointsPerUnit, isIntegerWithin, lotsMax, ticksMax } from "./units.ts";
import type { Amount, Lots, Ticks } from "./units.ts";

/** From a price on, prices are multiples of a size. */
export interface TickSize {
  readonly from: Ticks;
  readonly size: Ticks;
}

export interface TradingTerms {
  /** Whether levels are shared out in proportion; else by time. */
  readonly isProRata: boolean;
  /** The fewest lots that a proportional share gives; at least 1. */
  readonly minimumAllocation: Lots;
  /** By ascending price, the first from 0; none where every tick is a price. */
  readonly tickSizes: readonly TickSize[];
  /** The smallest and the largest quantity of an order. */
  readonly quantityMin: Lots;
  readonly quantityMax: Lots;
  /** Quote units that an order with a limit must be worth at least, and at most; 0 for no limit. */
  readonly notionalMin: Amount;
  readonly notionalMax: Amount;
  /** The price that auctions and bands are held against before the first trade; 0 for none. */
  readonly referencePrice: Ticks;
  /** Limits further from the reference price than this are rejected; 0 for none. */
  readonly collarBasisPoints: number;
  /** No trade is made further from the rolling reference price than this; 0 for no bands. */
  readonly bandBasisPoints: number;
  /** Over how long the rolling reference price is the mean of trades. */
  readonly bandWindowSeconds: number;
  /** How long the band may hold trading back before it is paused; 0 for an auction at once. */
  readonly limitStateSeconds: number;
  /** How long a pause lasts before the re-opening auction. */
  readonly pauseSeconds: number;
  /** How long a volatility or re-opening auction gathers orders, */
  readonly auctionSeconds: number;
  /** and by how much longer at most: its end is drawn by chance. */
  readonly auctionRandomSeconds: number;
  /** undefined for an instrument that never closes. */
  readonly calendar: TradingCalendar | undefined;
}

export const plainTradingTerms: TradingTerms = {
  isProRata: false,
  minimumAllocation: 1,
  tickSizes: [],
  quantityMin: 1,
  quantityMax: lotsMax,
  notionalMin: 0,
  notionalMax: 0,
  referencePrice: 0,
  collarBasisPoints: 0,
  bandBasisPoints: 0,
  bandWindowSeconds: 300,
  limitStateSeconds: 0,
  pauseSeconds: 300,
  auctionSeconds: 120,
  auctionRandomSeconds: 0,
  calendar: undefined,
};

/** More steps than any market has. */
export const tickSizesMax = 50;
const secondsMax = 86_400;
/** Chance has 32 bits of microseconds. */
const randomSecondsMax = 3600;

/** Whether such terms make sense. */
export function areTradingTermsSound(terms: TradingTerms): boolean {
  return (
    isIntegerWithin(terms.minimumAllocation, 1, lotsMax) &&
    areTickSizesSound(terms.tickSizes) &&
    isIntegerWithin(terms.quantityMin, 1, terms.quantityMax) &&
    isIntegerWithin(terms.quantityMax, 1, lotsMax) &&
    terms.notionalMin >= 0 &&
    terms.notionalMax >= 0 &&
    terms.notionalMax <= amountMax &&
    (terms.notionalMax === 0 || terms.notionalMin <= terms.notionalMax) &&
    isIntegerWithin(terms.referencePrice, 0, ticksMax) &&
    isIntegerWithin(terms.collarBasisPoints, 0, basisPointsPerUnit) &&
    isIntegerWithin(terms.bandBasisPoints, 0, basisPointsPerUnit) &&
    isIntegerWithin(terms.bandWindowSeconds, 1, secondsMax) &&
    isIntegerWithin(terms.limitStateSeconds, 0, secondsMax) &&
    isIntegerWithin(terms.pauseSeconds, 1, secondsMax) &&
    isIntegerWithin(terms.auctionSeconds, 1, secondsMax) &&
    isIntegerWithin(terms.auctionRandomSeconds, 0, randomSecondsMax) &&
    (terms.calendar === undefined || whyNotCalendar(terms.calendar) === undefined)
  );
}

function areTickSizesSound(tickSizes: readonly TickSize[]): boolean {
  if (tickSizes.length > tickSizesMax) return false;
  return tickSizes.every(({ from, size }, index) => {
    const before = tickSizes[index - 1];
    const isInOrder = before === undefined ? from === 0 : from > before.from;
    // Where sizes change, both have a price.
    return isInOrder && isIntegerWithin(size, 1, ticksMax) && from % size === 0;
  });
}

/** The size that prices are multiples of from a price on. */
export function tickSizeAt(tickSizes: readonly TickSize[], price: Ticks): Ticks {
  let size = 1;
  for (const step of tickSizes) {
    if (step.from > price) break;
    ({ size } = step);
  }
  return size;
}

export function isOnTick(tickSizes: readonly TickSize[], price: Ticks): boolean {
  return tickSizes.length === 0 || price % tickSizeAt(tickSizes, price) === 0;
}

/** The nearest price at or below another that orders may have. */
export function tickBelow(tickSizes: readonly TickSize[], price: Ticks): Ticks {
  return price - (price % tickSizeAt(tickSizes, price));
}

/** The nearest price at or above another that orders may have. */
export function tickAbove(tickSizes: readonly TickSize[], price: Ticks): Ticks {
  const size = tickSizeAt(tickSizes, price);
  const beyond = price % size;
  return beyond === 0 ? price : price - beyond + size;
}

export function fieldsOfTradingTerms(terms: TradingTerms): readonly OrdinaryField[] {
  return [
    terms.isProRata,
    terms.minimumAllocation,
    terms.tickSizes.map(({ from, size }) => [from, size]),
    terms.quantityMin,
    terms.quantityMax,
    terms.notionalMin,
    terms.notionalMax,
    terms.referencePrice,
    terms.collarBasisPoints,
    terms.bandBasisPoints,
    terms.bandWindowSeconds,
    terms.limitStateSeconds,
    terms.pauseSeconds,
    terms.auctionSeconds,
    terms.auctionRandomSeconds,
    terms.calendar === undefined ? [] : listOfCalendar(terms.calendar),
  ];
}

/** Throws {@link MalformedRecords}. */
export function tradingTermsIn(fields: Fields): TradingTerms {
  return {
    isProRata: fields.boolean(),
    minimumAllocation: fields.integer(),
    tickSizes: fields.lists(0, tickSizesMax).map((list) => {
      const tickSize = { from: list.integer(), size: list.integer() };
      list.end();
      return tickSize;
    }),
    quantityMin: fields.integer(),
    quantityMax: fields.integer(),
    notionalMin: fields.amount(),
    notionalMax: fields.amount(),
    referencePrice: fields.integer(),
    collarBasisPoints: fields.integer(),
    bandBasisPoints: fields.integer(),
    bandWindowSeconds: fields.integer(),
    limitStateSeconds: fields.integer(),
    pauseSeconds: fields.integer(),
    auctionSeconds: fields.integer(),
    auctionRandomSeconds: fields.integer(),
    calendar: calendarOrNone(fields.fields()),
  };
}

function calendarOrNone(fields: Fields): TradingCalendar | undefined {
  if (fields.isEmpty) return undefined;
  return calendarIn(fields.rest());
}
