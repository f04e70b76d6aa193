/**
 * An instrument's trading terms from a request's body to what goes into the log, and back to what is
 * shown.
 */
import { whyNotCalendar } from "../trading-calendar.ts";
import type { SessionStep, TradingCalendar } from "../trading-calendar.ts";
import { plainTradingTerms } from "../trading-terms.ts";
import type { TradingTerms } from "../trading-terms.ts";
import { parseAmount } from "../units.ts";
import { fieldFault } from "./errors.ts";
import type { RequestFault } from "./errors.ts";
import type { ShownCalendar, ShownTradingTerms, TradingTermsRequest } from "./trading-terms.ts";

export type TranslatedTerms =
  | { readonly kind: "terms"; readonly terms: TradingTerms }
  | { readonly kind: "fault"; readonly fault: RequestFault };

/** The body has been held to its schema; whether the terms make sense, the governor says. */
export function tradingTermsOf(request: TradingTermsRequest): TranslatedTerms {
  const plain = plainTradingTerms;
  const notionalMin = parseAmount(request.notionalMin ?? "0");
  if (notionalMin === undefined) return tooMuch("notionalMin");
  const notionalMax = parseAmount(request.notionalMax ?? "0");
  if (notionalMax === undefined) return tooMuch("notionalMax");
  const calendar = request.calendar === undefined ? undefined : calendarOf(request.calendar);
  const calendarFault = calendar === undefined ? undefined : whyNotCalendar(calendar);
  if (calendarFault !== undefined) {
    const why = `It cannot be traded by: ${calendarFault.replaceAll("-", " ")}.`;
    return { kind: "fault", fault: fieldFault("trading.calendar", why) };
  }
  const terms: TradingTerms = {
    isProRata: request.allocation === "proRata",
    minimumAllocation: (request.minimumAllocation ?? plain.minimumAllocation) + 0,
    tickSizes: (request.tickSizes ?? []).map(({ from, size }) => ({
      from: from + 0,
      size: size + 0,
    })),
    quantityMin: (request.quantityMin ?? plain.quantityMin) + 0,
    quantityMax: (request.quantityMax ?? plain.quantityMax) + 0,
    notionalMin,
    notionalMax,
    referencePrice: (request.referencePrice ?? plain.referencePrice) + 0,
    collarBasisPoints: (request.collarBasisPoints ?? plain.collarBasisPoints) + 0,
    bandBasisPoints: (request.bandBasisPoints ?? plain.bandBasisPoints) + 0,
    bandWindowSeconds: (request.bandWindowSeconds ?? plain.bandWindowSeconds) + 0,
    limitStateSeconds: (request.limitStateSeconds ?? plain.limitStateSeconds) + 0,
    pauseSeconds: (request.pauseSeconds ?? plain.pauseSeconds) + 0,
    auctionSeconds: (request.auctionSeconds ?? plain.auctionSeconds) + 0,
    auctionRandomSeconds: (request.auctionRandomSeconds ?? plain.auctionRandomSeconds) + 0,
    calendar,
  };
  return { kind: "terms", terms };
}

export function renderTradingTerms(terms: TradingTerms): ShownTradingTerms {
  const { isProRata, tickSizes, notionalMin, notionalMax, calendar, ...numbers } = terms;
  return {
    allocation: isProRata ? "proRata" : "time",
    ...numbers,
    tickSizes: tickSizes.map(({ from, size }) => ({ from, size })),
    notionalMin: String(notionalMin),
    notionalMax: String(notionalMax),
    ...(calendar === undefined ? {} : { calendar: renderCalendar(calendar) }),
  };
}

/** As the body holds it, without any minus zero. */
function calendarOf({ timeZone, offsets, week, exceptions }: ShownCalendar): TradingCalendar {
  return {
    timeZone,
    offsets: offsets.map(({ fromUs, minutes }) => ({ fromUs: fromUs + 0, minutes: minutes + 0 })),
    week: week.map(stepsOf),
    exceptions: exceptions.map(({ date, steps }) => ({ date: date + 0, steps: stepsOf(steps) })),
  };
}

function stepsOf(steps: ShownCalendar["week"][number]): readonly SessionStep[] {
  return steps.map(({ minute, event, randomEndSeconds }) => ({
    minute: minute + 0,
    event,
    randomEndSeconds: randomEndSeconds + 0,
  }));
}

/** The same with lists of its own. */
export function renderCalendar(calendar: TradingCalendar): ShownCalendar {
  const { timeZone, offsets, week, exceptions } = calendar;
  return {
    timeZone,
    offsets: offsets.map((offset) => ({ ...offset })),
    week: week.map((steps) => steps.map((step) => ({ ...step }))),
    exceptions: exceptions.map(({ date, steps }) => ({
      date,
      steps: steps.map((step) => ({ ...step })),
    })),
  };
}

function tooMuch(field: string): TranslatedTerms {
  const fault = fieldFault(`trading.${field}`, "It is more than a ledger can hold.");
  return { kind: "fault", fault };
}
