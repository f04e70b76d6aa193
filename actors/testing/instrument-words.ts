/**
 * How an instrument trades, in words, each after a comma:
 *
 *     pro rata at least 2        quantity 2 to 100        reference 100      limit state 15 s
 *     ticks 1 5@100 10@1000      notional 100 to 5000     collar 1000 bp     pause 60 s
 *     auction 30 s               random 10 s              bands 500 bp       window 60 s
 *     hours 09:00 preOpen 09:10 callOpening 09:15 open 17:00 callClosing 17:05 close
 *
 * The hours are those of every day, UTC; `open+30` happens up to 30 seconds later, by chance.
 */
import { plainTradingTerms } from "../../protocols/index.ts";
import type {
  SessionEvent,
  SessionStep,
  TickSize,
  TradingCalendar,
  TradingTerms,
} from "../../protocols/index.ts";

type Writable<Terms> = { -readonly [Field in keyof Terms]: Terms[Field] };

const numbers: Readonly<Record<string, keyof TradingTerms>> = {
  reference: "referencePrice",
  collar: "collarBasisPoints",
  bands: "bandBasisPoints",
  window: "bandWindowSeconds",
  "limit state": "limitStateSeconds",
  pause: "pauseSeconds",
  auction: "auctionSeconds",
  random: "auctionRandomSeconds",
};

export function tradingTermsIn(words: string): TradingTerms {
  const terms: Writable<TradingTerms> = { ...plainTradingTerms };
  for (const term of words.split(", ").filter((word) => word !== "")) read(term, terms);
  return terms;
}

function read(term: string, terms: Writable<TradingTerms>): void {
  const [, word = "", rest = ""] = /^([a-z ]+?) (\d.*|at least .*)$/.exec(term) ?? [];
  const [first = 0, second = 0] = [...rest.matchAll(/\d+/g)].map(Number);
  const field = numbers[word];
  if (field !== undefined) {
    Object.assign(terms, { [field]: first });
    return;
  }
  switch (word) {
    case "pro rata":
      terms.isProRata = true;
      terms.minimumAllocation = first;
      return;
    case "ticks":
      terms.tickSizes = rest.split(" ").map(tickSizeIn);
      return;
    case "quantity":
      terms.quantityMin = first;
      terms.quantityMax = second;
      return;
    case "notional":
      terms.notionalMin = first;
      terms.notionalMax = second;
      return;
    case "hours":
      terms.calendar = calendarIn(rest);
      return;
    default:
      throw new Error(`no instrument says: ${term}`);
  }
}

function tickSizeIn(word: string): TickSize {
  const [size = "1", from = "0"] = word.split("@");
  return { from: Number(from), size: Number(size) };
}

function calendarIn(hours: string): TradingCalendar {
  const steps: SessionStep[] = [];
  for (const [, hour, minute, event, seconds] of hours.matchAll(
    /(\d\d):(\d\d) ([A-Za-z]+)(?:\+(\d+))?/g,
  )) {
    const randomEndSeconds = Number(seconds ?? 0);
    const at = Number(hour) * 60 + Number(minute);
    steps.push({ minute: at, event: event as SessionEvent, randomEndSeconds });
  }
  const offsets = [{ fromUs: 0, minutes: 0 }];
  const week = Array.from({ length: 7 }, () => steps);
  return { timeZone: "UTC", offsets, week, exceptions: [] };
}
