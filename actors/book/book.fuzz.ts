/**
 * Goal: the book's actor tells accounts and the world what docs/protocols/order-handling.md says,
 * whatever comes.
 *
 * Method: the actor and a slow, obvious one that was written from that page alone get the same
 * random commands, the one in the real market, the other in one that was written from
 * docs/protocols/trading-phases.md. After each, all that they told accounts and the world must be
 * equal, in one sequence; every so often their answers to questions are compared, too. A stream
 * that tells them apart is cut down to the few commands that matter.
 *
 * A longer run: OUTCRY_FUZZ_COMMANDS=20000000 OUTCRY_FUZZ_SEED=1000, the latter the first seed.
 * One seed again: OUTCRY_FUZZ_COMMANDS=1 OUTCRY_FUZZ_SEED=7.
 */
import { describe, expect, it } from "vitest";
import {
  minuteUs,
  OrderType,
  plainInstructions,
  plainTradingTerms,
  Side,
  ticksMax,
  TimeInForce,
} from "../../protocols/index.ts";
import { logicOf, newestLogic } from "../logic-versions.ts";
import { unlimitedBudget } from "../order-book/book-terms.ts";
import { marketText, randomMarket } from "../market/testing/random-market.ts";
import { SmallRandom } from "../order-book/testing/small-random.ts";
import { tradingTermsIn } from "../testing/instrument-words.ts";
import { shortened } from "../testing/shortened.ts";
import type { BookLimits } from "./book-limits.ts";
import type { BookCommand } from "./testing/book-command.ts";
import { commandText } from "./testing/command-words.ts";
import { focuses, RandomBookCommands } from "./testing/random-book-commands.ts";
import { allThereIs, Reached } from "./testing/reached.ts";
import { TwoActors } from "./testing/two-actors.ts";
import type { PlayedMarket } from "./testing/two-actors.ts";

/** They come to everything, from the first seed on. */
const commandsUsual = 200_000;
const commandsWanted = Number(process.env["OUTCRY_FUZZ_COMMANDS"] ?? commandsUsual);
const seedFirst = Number(process.env["OUTCRY_FUZZ_SEED"] ?? 1);
/** Of one seed in one market. */
const streamLength = Number(process.env["OUTCRY_FUZZ_STREAM"] ?? 1000);
/** Only against a book that never ends a command. */
const timeoutMs = 600_000;

const hours =
  "hours 00:00 preOpen 00:01 callOpening 00:02 open+9 00:04 callClosing 00:05 tradeAtLast+5 " +
  "00:07 close";
const shortHours =
  "00:08 callOpening 00:09 open 00:11 callClosing 00:12 close 00:13 preOpen 00:14 open 00:15 close";
const auctionsAtBands = "bands 400 bp, window 20 s, auction 2 s, random 1 s";
const limitStates = "bands 500 bp, window 60 s, limit state 2 s, pause 2 s, auction 2 s";

interface Market {
  readonly name: string;
  /** About where its prices are. */
  readonly middle: number;
  /** Another one for each seed if undefined. */
  readonly words?: string;
  /** Of which quantities are multiples. */
  readonly lot?: number;
  /** One in so many times that time passes, up to days do. */
  readonly longPauses?: number;
  /** One in so many times that time passes, it does so until something is due. */
  readonly skips?: number;
  /** Those of the product if undefined: more than a stream comes to. */
  readonly limits?: BookLimits;
}

const markets: readonly Market[] = [
  { name: "a market around the clock", middle: 100, words: "" },
  { name: "a market over weeks", middle: 100, words: "", longPauses: 2 },
  {
    name: "a market that shares out",
    middle: 100,
    words: "pro rata at least 2, ticks 1 2@90 5@110, collar 1000 bp, reference 100",
  },
  {
    name: "a market with auctions at its bands",
    middle: 100,
    words: `reference 100, ${auctionsAtBands}`,
  },
  {
    name: "a market with limit states",
    middle: 100,
    words: `reference 100, ${limitStates}, ticks 1 2@100`,
  },
  { name: "a market with hours", middle: 100, words: `reference 100, ${hours} ${shortHours}` },
  {
    name: "a market with hours and bands",
    middle: 100,
    words: `reference 100, ${auctionsAtBands}, collar 3000 bp, pro rata at least 1, ${hours}`,
  },
  {
    name: "a market with hours and limit states",
    middle: 100,
    words: `${limitStates}, collar 3000 bp, ${hours}`,
  },
  {
    name: "a market with low limits",
    middle: 100,
    words: `reference 100, ${auctionsAtBands}`,
    limits: { specialOrders: 30, peggedOrders: 3, ordersSetOff: 2 },
  },
  { name: "any market", middle: 100, longPauses: 40, skips: 3 },
  {
    name: "a market of quantities that fill a book",
    middle: 2,
    words: `reference 2, ${hours} ${shortHours}`,
    lot: 2 ** 47,
  },
  { name: "a market of the lowest prices", middle: 3, words: "bands 9000 bp, auction 1 s" },
  {
    name: "a market of the highest prices",
    middle: ticksMax - 3,
    words: `reference 2147483645, ${hours} ${shortHours}`,
  },
];

const reached = new Reached();

describe.each(markets)("$name", ({ middle, words, lot = 1, ...of }) => {
  it.each(seeds())(
    "goes the same way by the book and by the document (seed %i)",
    (seed) => {
      const commands: BookCommand[] = [];
      const random = new SmallRandom(seed);
      const terms = words === undefined ? randomMarket(random) : tradingTermsIn(words);
      // The one and the other versions in turn.
      const logic = logicOf(1 + (seed % newestLogic));
      const market = { terms, logic, limits: of.limits };
      const source = {
        tickSizes: terms.tickSizes,
        middle,
        lot,
        longPauses: of.longPauses ?? 60,
        skips: of.skips ?? 12,
        hasAuctions: terms.calendar !== undefined || terms.bandBasisPoints > 0,
        focus: focuses[seed % focuses.length]!,
      };
      const stream = new RandomBookCommands(source, random);
      for (let number = 0; number < streamLength; number++) commands.push(stream.next());
      const failure = failureOf(commands, market);
      if (failure === undefined) return;
      const story = shortened(failure.story, (shorter) => failureOf(shorter, market, 1)?.at);
      const told = failureOf(story, market, 1)?.cause;
      const lines = story.map(commandText).join("\n");
      const marketIs = words === undefined ? `${marketText(terms)}\n` : "";
      throw new Error(`seed ${seed}, command ${failure.at}:\n${marketIs}${lines}\n${String(told)}`);
    },
    timeoutMs,
  );
});

describe("a market in which something is traded in each minute", () => {
  it("keeps as many candles by the book as by the document", () => {
    const commands = Array.from({ length: 540 }, (_, at) => tradeAndWait(2 * at + 1)).flat();
    const logic = logicOf(newestLogic);
    const market = { terms: plainTradingTerms, logic, limits: undefined };
    expect(failureOf(commands, market, 5)).toBeUndefined();
  });
});

describe("all these markets together", () => {
  it("have come to everything that a book does", ({ skip }) => {
    skip(commandsWanted < commandsUsual, "too few commands to come to everything");
    const missing = allThereIs.filter((words) => !reached.counts.has(words));
    expect(missing).toEqual([]);
  });
});

interface Failure {
  readonly at: number;
  /** With ids and moments, so that it stays the same story when something is left out of it. */
  readonly story: readonly BookCommand[];
  readonly cause: unknown;
}

function failureOf(
  commands: readonly BookCommand[],
  market: PlayedMarket,
  compareEvery = 16,
): Failure | undefined {
  const actors = new TwoActors(market, reached);
  const story: BookCommand[] = [];
  for (const [at, command] of commands.entries()) {
    try {
      story.push(actors.pinned(command));
      actors.perform(command);
      if (at % compareEvery === 0) actors.compareAnswers();
    } catch (cause) {
      return { at, story, cause };
    }
  }
  return undefined;
}

/** A trade, and a minute of time. */
function tradeAndWait(orderId: number): BookCommand[] {
  const common = {
    ...{ orderType: OrderType.limit, timeInForce: TimeInForce.GTC, price: 100, quantity: 1 },
    ...{ budget: unlimitedBudget, instructions: plainInstructions, expiresInUs: 0 },
  };
  const buy = { ...common, orderId, account: "alice", side: Side.buy };
  const sell = { ...common, orderId: orderId + 1, account: "bob", side: Side.sell };
  return [
    { kind: "submit", order: buy },
    { kind: "submit", order: sell },
    { kind: "pass", us: minuteUs, entropy: 0 },
  ];
}

/** As many as it takes to give as many commands as are wanted. */
function seeds(): number[] {
  const count = Math.ceil(commandsWanted / (markets.length * streamLength));
  return Array.from({ length: count }, (_, index) => seedFirst + index);
}
