/**
 * How an instrument trades, as requests and replies tell it: what `protocols/trading-terms.ts` and
 * `protocols/trading-calendar.ts` know, with names for people.
 */
import { Type } from "typebox";
import type { Static } from "typebox";
import { calendarLimits, minutesPerDay, sessionEvents } from "../trading-calendar.ts";
import { tickSizesMax } from "../trading-terms.ts";
import { amount, closed, count, integer } from "./fields.ts";
import { tradingPhaseWords } from "./words.ts";

export const tradingPhase = Type.Enum([...tradingPhaseWords], {
  description: "What goes on in the market; see [trading phases](trading-phases.md).",
});

export const allocationWords = ["time", "proRata"] as const;

export const sessionStep = Type.Object(
  {
    minute: Type.Integer({
      minimum: 0,
      maximum: minutesPerDay - 1,
      unit: "minutes",
      description: "When, after local midnight.",
    }),
    event: Type.Enum([...sessionEvents], { description: "What happens then." }),
    randomEndSeconds: Type.Integer({
      minimum: 0,
      maximum: calendarLimits.randomEndSeconds,
      unit: "s",
      description: "Only for the end of an auction: it comes up to so much later, by chance.",
    }),
  },
  { ...closed, description: "Something that the calendar tells the market at a time of day." },
);

const steps = Type.Array(sessionStep, {
  maxItems: calendarLimits.stepsPerDay,
  description: "What happens that day, by ascending time; nothing on a day that is closed.",
});

export const zoneOffset = Type.Object(
  {
    fromUs: count({ description: "From this moment on.", unit: "µs since 1970" }),
    minutes: Type.Integer({
      minimum: -calendarLimits.offsetMinutes,
      maximum: calendarLimits.offsetMinutes,
      unit: "minutes",
      description: "Local time minus UTC.",
    }),
  },
  { ...closed, description: "How far local time is from UTC from a moment on." },
);

export const calendarException = Type.Object(
  {
    date: count({ description: "A local date as a number: 20261126.", rule: "a date" }),
    steps,
  },
  { ...closed, description: "A day that differs from its weekday." },
);

export const tradingCalendar = Type.Object(
  {
    timeZone: Type.String({
      pattern: "^[A-Za-z0-9_+/-]{1,64}$",
      description: "For people: `America/New_York`. Nobody looks it up; `offsets` count.",
    }),
    offsets: Type.Array(zoneOffset, {
      minItems: 1,
      maxItems: calendarLimits.offsets,
      description: "By ascending time; the first one holds before its moment, too.",
    }),
    week: Type.Array(steps, {
      minItems: 7,
      maxItems: 7,
      description: "What happens on each weekday, Monday first.",
    }),
    exceptions: Type.Array(calendarException, {
      maxItems: calendarLimits.exceptions,
      description: "Days that differ from their weekday, by ascending date.",
    }),
  },
  { ...closed, description: "When an instrument trades, in local time." },
);

export const tickSize = Type.Object(
  {
    from: count({ description: "The lowest price that it holds for.", unit: "ticks" }),
    size: integer({
      description: "Prices are multiples of it.",
      unit: "ticks",
      rule: "at least 1",
    }),
  },
  { ...closed, description: "From a price on, prices are multiples of a size." },
);

const seconds = (description: string, rule: string) => integer({ description, unit: "s", rule });
const basisPoints = (description: string) =>
  integer({ description, unit: "hundredths of a percent", rule: "0 to 10000" });

const fields = {
  allocation: Type.Enum([...allocationWords], {
    description:
      "How the orders of one price share an incoming one: `time`, the first first, or `proRata`, " +
      "by their sizes.",
  }),
  minimumAllocation: integer({
    description: "The fewest lots that a proportional share gives.",
    unit: "lots",
    rule: "at least 1",
  }),
  tickSizes: Type.Array(tickSize, {
    maxItems: tickSizesMax,
    description: "By ascending price, the first from 0; none where every tick is a price.",
  }),
  quantityMin: integer({
    description: "The smallest quantity of an order.",
    unit: "lots",
    rule: "at least 1",
  }),
  quantityMax: integer({ description: "The largest quantity of an order.", unit: "lots" }),
  notionalMin: amount("Quote units that an order with a limit is worth at least; 0 for no limit."),
  notionalMax: amount("Quote units that an order with a limit is worth at most; 0 for no limit."),
  referencePrice: count({
    description: "What auctions, collars and bands go by before the first trade; 0 for none.",
    unit: "ticks",
  }),
  collarBasisPoints: basisPoints(
    "Orders whose limit is further from the reference price are refused; 0 for no collar.",
  ),
  bandBasisPoints: basisPoints(
    "No trade is made further from the rolling reference price than this; 0 for no bands.",
  ),
  bandWindowSeconds: seconds(
    "Over how long the rolling reference price is the mean of trades.",
    "1 to 86400",
  ),
  limitStateSeconds: seconds(
    "How long trading may be held back at a band before it is paused; with 0, a volatility auction " +
      "comes at once.",
    "0 to 86400",
  ),
  pauseSeconds: seconds("How long a pause lasts before the re-opening auction.", "1 to 86400"),
  auctionSeconds: seconds(
    "How long a volatility or re-opening auction gathers orders.",
    "1 to 86400",
  ),
  auctionRandomSeconds: seconds(
    "By how much longer it does at most: its end is drawn by chance.",
    "0 to 3600",
  ),
};

/** Whatever is left out is as for an instrument without such terms. */
export const tradingTermsRequest = Type.Object(
  {
    allocation: Type.Optional(fields.allocation),
    minimumAllocation: Type.Optional(fields.minimumAllocation),
    tickSizes: Type.Optional(fields.tickSizes),
    quantityMin: Type.Optional(fields.quantityMin),
    quantityMax: Type.Optional(fields.quantityMax),
    notionalMin: Type.Optional(fields.notionalMin),
    notionalMax: Type.Optional(fields.notionalMax),
    referencePrice: Type.Optional(fields.referencePrice),
    collarBasisPoints: Type.Optional(fields.collarBasisPoints),
    bandBasisPoints: Type.Optional(fields.bandBasisPoints),
    bandWindowSeconds: Type.Optional(fields.bandWindowSeconds),
    limitStateSeconds: Type.Optional(fields.limitStateSeconds),
    pauseSeconds: Type.Optional(fields.pauseSeconds),
    auctionSeconds: Type.Optional(fields.auctionSeconds),
    auctionRandomSeconds: Type.Optional(fields.auctionRandomSeconds),
    calendar: Type.Optional(tradingCalendar),
  },
  {
    ...closed,
    description:
      "How it trades; without it, around the clock at every tick, by price and time. What is left " +
      "out of it is so, too.",
  },
);

export const tradingTerms = Type.Object(
  { ...fields, calendar: Type.Optional(tradingCalendar) },
  { description: "How an instrument trades that differs from most." },
);

export type TradingTermsRequest = Static<typeof tradingTermsRequest>;
export type ShownTradingTerms = Static<typeof tradingTerms>;
export type ShownCalendar = Static<typeof tradingCalendar>;
