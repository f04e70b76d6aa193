/**
 * How a random market trades, the same for the same seed: calendars with days that differ and
 * clocks that are put forward and back, bands with auctions or limit states, collars.
 */
import { plainTradingTerms, sessionEventsAfter, whyNotCalendar } from "../../../protocols/index.ts";
import type {
  BreakerLevel,
  CalendarException,
  SessionEvent,
  SessionStep,
  TradingCalendar,
  TradingTerms,
  ZoneOffset,
} from "../../../protocols/index.ts";
import { assert } from "../../../protocols/assert.ts";
import { dateOf, dayOf } from "../../../protocols/civil-days.ts";
import type { SmallRandom } from "../../order-book/testing/small-random.ts";

const minuteUs = 60_000_000;
const minutesPerDay = 1440;
/** The day that stories begin at, UTC; a Monday. */
const firstDay = dayOf(2024_12_30);
const daysPlanned = 12;
/** So that steps stand close to one another, and yet a day has many. */
const stepsMax = 9;

export function randomMarket(random: SmallRandom): TradingTerms {
  const hasBands = !random.oneIn(4);
  return {
    ...plainTradingTerms,
    isProRata: random.oneIn(4),
    referencePrice: random.oneIn(3) ? 0 : 100,
    collarBasisPoints: random.oneIn(3) ? random.between(800, 3000) : 0,
    bandBasisPoints: hasBands ? random.between(200, 800) : 0,
    bandWindowSeconds: random.between(1, 60),
    limitStateSeconds: random.oneIn(2) ? 0 : random.between(1, random.oneIn(3) ? 100 : 4),
    pauseSeconds: random.between(1, random.oneIn(3) ? 100 : 5),
    auctionSeconds: random.between(1, 20),
    auctionRandomSeconds: random.below(5),
    calendar: random.oneIn(8) ? undefined : randomCalendar(random),
  };
}

/** What is not as usual of a market, to be read by people. */
export function marketText({ calendar, ...terms }: TradingTerms): string {
  const usual: Readonly<Record<string, unknown>> = { ...plainTradingTerms };
  const special = Object.entries(terms).filter(([name, value]) => value !== usual[name]);
  const lines = [special.map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(", ")];
  if (calendar === undefined) return lines[0]!;
  lines.push(...calendar.offsets.map(({ fromUs, minutes }) => `${minutes} minutes from ${fromUs}`));
  lines.push(...calendar.week.map((steps, weekday) => `weekday ${weekday}: ${stepsText(steps)}`));
  lines.push(...calendar.exceptions.map(({ date, steps }) => `${date}: ${stepsText(steps)}`));
  return lines.join("\n");
}

function stepsText(steps: readonly SessionStep[]): string {
  return steps
    .map(({ minute, event, randomEndSeconds }) => `${minute} ${event}+${randomEndSeconds}`)
    .join(" ");
}

/** Up to three, by ascending fall. */
export function randomBreakerLevels(random: SmallRandom): BreakerLevel[] {
  let basisPoints = 0;
  return Array.from({ length: random.below(4) }, () => {
    basisPoints += random.between(100, 700);
    return { basisPoints, haltSeconds: random.below(4) };
  });
}

function randomCalendar(random: SmallRandom): TradingCalendar {
  const usual = randomDay(random);
  const isRegular = random.oneIn(2);
  const week = Array.from({ length: 7 }, () => {
    if (random.oneIn(5)) return [];
    return isRegular ? usual : randomDay(random);
  });
  const exceptions: CalendarException[] = [];
  for (let day = firstDay - 1; day < firstDay + daysPlanned; day++) {
    if (!random.oneIn(4)) continue;
    exceptions.push({ date: dateOf(day), steps: random.oneIn(3) ? [] : randomDay(random) });
  }
  const calendar = { timeZone: "Any/Where", offsets: randomOffsets(random), week, exceptions };
  assert(whyNotCalendar(calendar) === undefined);
  return calendar;
}

/** Clocks change at most once a day, mostly by hours. */
function randomOffsets(random: SmallRandom): ZoneOffset[] {
  let minutes = 15 * random.between(-40, 40);
  const offsets: ZoneOffset[] = [{ fromUs: 0, minutes }];
  for (let day = firstDay; day < firstDay + daysPlanned; day += random.between(2, 4)) {
    if (random.oneIn(3)) continue;
    const fromUs = (day * minutesPerDay + random.below(minutesPerDay)) * minuteUs;
    minutes = Math.min(Math.max(minutes + 30 * random.between(-20, 20), -960), 960);
    offsets.push({ fromUs, minutes });
  }
  return offsets;
}

/** The steps of a day: some walk from event to event, with minutes between them. */
function randomDay(random: SmallRandom): SessionStep[] {
  const events = randomWalk(random);
  const steps: SessionStep[] = [];
  const isLong = random.oneIn(3);
  let minute = random.below(isLong ? 60 : minutesPerDay - 5 * events.length);
  for (const [at, event] of events.entries()) {
    const minutes = isLong ? random.between(1, 150) : random.between(1, 5);
    const before = events[at - 1];
    const endsAuction = (before === "callOpening" && event === "open") || before === "callClosing";
    const isByChance = endsAuction && random.oneIn(2);
    const randomEndSeconds = isByChance ? random.between(1, Math.min(minutes * 60 - 1, 90)) : 0;
    steps.push({ minute, event, randomEndSeconds });
    minute += minutes;
  }
  return steps;
}

function randomWalk(random: SmallRandom): SessionEvent[] {
  const events: SessionEvent[] = [];
  let event: SessionEvent = "close";
  while (events.length < stepsMax || event !== "close") {
    const next: readonly SessionEvent[] = sessionEventsAfter[event];
    // Towards the end of the day.
    event = events.length < stepsMax - 3 ? next[random.below(next.length)]! : next.at(-1)!;
    events.push(event);
    if (event === "close" && (events.length >= stepsMax - 5 || random.oneIn(2))) break;
  }
  return events;
}
