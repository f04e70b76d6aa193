/**
 * How an instrument trades, in words, each after a comma:
 *
 *     pro rata at least 2        quantity 2 to 100        reference 100      limit state 15 s
 *     ticks 1 5@100 10@1000      notional 100 to 5000     collar 1000 bp     pause 60 s
 *     auction 30 s               random 10 s              bands 500 bp       window 60 s
 *     hours 09:00 preOpen 09:10 callOpening 09:15 open 17:00 callClosing 17:05 close
 *
 * The hours are those of every day, UTC; `open+30` happens up to 30 seconds later, by chance. After
 * them, what differs:
 *
 *     days 5 a week              on 2023-11-24 09:30 open 13:00 close       closed 2023-11-23
 *     clocks 5 h behind          clocks 6 h behind from 2023-11-15 12:00
 */
import { dayOf } from "../../protocols/civil-days.ts";
import { plainTradingTerms } from "../../protocols/index.ts";
import type {
  SessionEvent,
  SessionStep,
  TickSize,
  TimeUs,
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
      terms.calendar = {
        timeZone: "UTC",
        offsets: [{ fromUs: 0, minutes: 0 }],
        week: Array.from({ length: 7 }, () => stepsIn(rest)),
        exceptions: [],
      };
      return;
    case "days":
    case "on":
    case "closed":
    case "clocks":
      terms.calendar = changed(terms.calendar, word, rest);
      return;
    default:
      throw new Error(`no instrument says: ${term}`);
  }
}

function tickSizeIn(word: string): TickSize {
  const [size = "1", from = "0"] = word.split("@");
  return { from: Number(from), size: Number(size) };
}

function stepsIn(hours: string): readonly SessionStep[] {
  const steps: SessionStep[] = [];
  for (const [, hour, minute, event, seconds] of hours.matchAll(
    /(\d\d):(\d\d) ([A-Za-z]+)(?:\+(\d+))?/g,
  )) {
    const randomEndSeconds = Number(seconds ?? 0);
    const at = Number(hour) * 60 + Number(minute);
    steps.push({ minute: at, event: event as SessionEvent, randomEndSeconds });
  }
  return steps;
}

function changed(
  calendar: TradingCalendar | undefined,
  word: "days" | "on" | "closed" | "clocks",
  rest: string,
): TradingCalendar {
  if (calendar === undefined) throw new Error("the hours come first");
  switch (word) {
    case "days": {
      const tradingDays = Number.parseInt(rest, 10);
      const week = calendar.week.map((steps, day) => (day < tradingDays ? steps : []));
      return { ...calendar, week };
    }
    case "clocks": {
      const [, hours, from] = /^(\d+) h behind(?: from (.+))?$/.exec(rest) ?? [];
      const offset = { fromUs: momentIn(from), minutes: -60 * Number(hours) };
      const before = from === undefined ? [] : calendar.offsets;
      return { ...calendar, timeZone: "Test/Behind", offsets: [...before, offset] };
    }
    default: {
      const date = Number(rest.slice(0, 10).replaceAll("-", ""));
      const exception = { date, steps: stepsIn(rest.slice(10)) };
      return { ...calendar, exceptions: [...calendar.exceptions, exception] };
    }
  }
}

/** Of a date and a time of day, UTC. */
function momentIn(text: string | undefined): TimeUs {
  if (text === undefined) return 0;
  const [, date = "", hour, minute] = /^(\S+) (\d\d):(\d\d)$/.exec(text) ?? [];
  const midnightUs = dayOf(Number(date.replaceAll("-", ""))) * 86_400_000_000;
  return midnightUs + (Number(hour) * 60 + Number(minute)) * 60_000_000;
}
