/**
 * Goal: a market leads through its day, and interrupts it, as docs/protocols/trading-phases.md says.
 *
 * Method: the market and a slow, obvious one that was written from that page get the same random
 * commands, of many random instruments: calendars with days that differ and clocks that change,
 * bands, limit states, the breaker, interventions, halts of the venue. After each, what they told
 * and what a book may ask of them must be equal. A stream that tells them apart is cut down to the
 * few commands that matter.
 *
 * A longer run: OUTCRY_FUZZ_COMMANDS=20000000 OUTCRY_FUZZ_SEED=1000, the latter the first seed.
 */
import { describe, expect, it } from "vitest";
import { Intervention, Side } from "../../protocols/index.ts";
import type { TradingTerms } from "../../protocols/index.ts";
import { logicOf, newestLogic } from "../logic-versions.ts";
import type { Logic } from "../logic-versions.ts";
import { SmallRandom } from "../order-book/testing/small-random.ts";
import { shortened } from "../testing/shortened.ts";
import { allOfMarkets } from "./testing/all-of-markets.ts";
import { marketText, randomBreakerLevels, randomMarket } from "./testing/random-market.ts";
import { marketCommandText, TwoMarkets } from "./testing/two-markets.ts";
import type { MarketCommand } from "./testing/two-markets.ts";

/** They come to everything, from the first seed on. */
const commandsUsual = 200_000;
const commandsWanted = Number(process.env["OUTCRY_FUZZ_COMMANDS"] ?? commandsUsual);
const seedFirst = Number(process.env["OUTCRY_FUZZ_SEED"] ?? 1);
/** Of one instrument. */
const streamLength = 500;
/** Of instruments in one test: a line for each would be too many. */
const seedsPerTest = 20;
const timeoutMs = 600_000;

const reached = new Set<string>();

describe("a market and what the document says of it", () => {
  it.each(firstSeeds())(
    "go the same way (seeds from %i)",
    (first) => {
      for (let seed = first; seed < first + seedsPerTest; seed++) expectSame(seed);
    },
    timeoutMs,
  );

  it("have come to everything that a market does", ({ skip }) => {
    skip(commandsWanted < commandsUsual, "too few commands to come to everything");
    expect(allOfMarkets.filter((words) => !reached.has(words))).toEqual([]);
  });
});

function expectSame(seed: number): void {
  const random = new SmallRandom(seed);
  const terms = randomMarket(random);
  const market = { terms, logic: logicOf(1 + (seed % newestLogic)) };
  const stream = new RandomMarketCommands(random);
  const commands = Array.from({ length: streamLength }, () => stream.next());
  const failure = failureOf(commands, market);
  if (failure === undefined) return;
  const story = shortened(failure.story, (shorter) => failureOf(shorter, market)?.at);
  const lines = story.map(marketCommandText).join("\n");
  const cause = String(failureOf(story, market)?.cause);
  const by = `logic ${market.logic.version}`;
  throw new Error(`seed ${seed}, ${by}:\n${marketText(terms)}\n${lines}\n${cause}`);
}

interface Failure {
  readonly at: number;
  /** With moments, so that it stays the same story when something is left out of it. */
  readonly story: readonly MarketCommand[];
  readonly cause: unknown;
}

interface PlayedTerms {
  readonly terms: TradingTerms;
  /** The one and the other versions in turn. */
  readonly logic: Logic;
}

function failureOf(
  commands: readonly MarketCommand[],
  { terms, logic }: PlayedTerms,
): Failure | undefined {
  const markets = new TwoMarkets(terms, logic, (words) => reached.add(words));
  const story: MarketCommand[] = [];
  for (const [at, command] of commands.entries()) {
    try {
      const pinned = markets.pinned(command);
      story.push(pinned);
      markets.perform(pinned);
    } catch (cause) {
      return { at, story, cause };
    }
  }
  return undefined;
}

/** It does not look at the market: so any part of a stream is a story, too. */
class RandomMarketCommands {
  readonly #random: SmallRandom;
  #price = 100;

  constructor(random: SmallRandom) {
    this.#random = random;
  }

  next(): MarketCommand {
    const random = this.#random;
    const number = random.below(100);
    if (number < 45) return this.#time();
    if (number < 75) return { kind: "trade", price: this.#nextPrice() };
    if (number < 85) return { kind: "reach-band", side: random.oneIn(2) ? Side.buy : Side.sell };
    if (number < 88) return { kind: "halt-venue", isHalted: random.oneIn(3) };
    if (number < 96) return { kind: "intervene", intervention: this.#intervention() };
    if (number < 98) return { kind: "watch", levels: randomBreakerLevels(random) };
    return { kind: "restore" };
  }

  #time(): MarketCommand {
    const random = this.#random;
    const entropy = random.below(2 ** 32);
    const indicated = random.oneIn(3) ? 0 : this.#nextPrice() + random.between(-9, 9);
    if (random.oneIn(2)) return { kind: "skip", entropy, indicated };
    const usMax = 2 ** random.between(18, random.oneIn(8) ? 37 : 26);
    return { kind: "pass", us: random.oneIn(8) ? 0 : random.below(usMax), entropy, indicated };
  }

  #nextPrice(): number {
    this.#price += this.#random.between(-4, 4);
    if (this.#price < 60 || this.#price > 140) this.#price = 100;
    return this.#price;
  }

  #intervention(): Intervention {
    const { halt, restrict, resume } = Intervention;
    return [halt, restrict, resume, resume, resume][this.#random.below(5)]!;
  }
}

/** As many as it takes to give as many commands as are wanted. */
function firstSeeds(): number[] {
  const count = Math.ceil(commandsWanted / (streamLength * seedsPerTest));
  return Array.from({ length: count }, (_, index) => seedFirst + index * seedsPerTest);
}
