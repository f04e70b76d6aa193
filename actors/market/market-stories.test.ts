/**
 * Stories of a market without a book, in which several things come together: an interruption and
 * the calendar, a halt of the venue and one of the instrument, a log that was silent for a while.
 */
import { describe, expect, it } from "vitest";
import { Intervention, Side } from "../../protocols/index.ts";
import { tradingTermsIn } from "../testing/instrument-words.ts";
import { eventText } from "../testing/plain-words.ts";
import { RecordingContext } from "../testing/recording-context.ts";
import { Market } from "./market.ts";

const symbol = "APPLE-COIN";
const second = 1_000_000;
const { halt, resume } = Intervention;
const bands = "reference 100, bands 500 bp, window 60 s";

/** A market and what is done to it; each step answers with what is told of it. */
class MarketStory {
  readonly #context = new RecordingContext();
  readonly #market: Market;

  /** What ends by chance does so that many seconds after its time. */
  constructor(words: string, secondsByChance = 0) {
    this.#market = new Market(symbol, tradingTermsIn(words));
    this.#context.timeUs = 0;
    this.#context.entropy = secondsByChance * second;
    this.#market.open(this.#context);
    this.#context.takeEmitted();
  }

  get phase(): string {
    return this.#market.phase;
  }

  get isDayOver(): boolean {
    return this.#market.isDayOver;
  }

  at(seconds: number, indicated?: number): string[] {
    this.#context.timeUs = seconds * second;
    return this.#tell(() => {
      while (this.#market.advance(this.#context, indicated));
    });
  }

  /** The first of the steps that are due. */
  stepAt(seconds: number): string[] {
    this.#context.timeUs = seconds * second;
    return this.#tell(() => this.#market.advance(this.#context, undefined));
  }

  trade(price: number): string[] {
    return this.#tell(() => this.#market.traded(price, this.#context));
  }

  uncross(price: number): string[] {
    return this.#tell(() => this.#market.uncrossed(price, this.#context));
  }

  reachBand(): string[] {
    return this.#tell(() => this.#market.bandReached(Side.buy, this.#context));
  }

  intervene(intervention: Intervention): string[] {
    const message = { kind: "set-phase", symbol, intervention, isPurged: false } as const;
    return this.#tell(() => this.#market.receive({ ...message, ticket: 1 }, this.#context));
  }

  haltVenue(isHalted: boolean): void {
    this.#context.venue.isHalted = isHalted;
  }

  #tell(act: () => unknown): string[] {
    act();
    return this.#context.takeEmitted().map(eventText);
  }
}

describe("a limit state", () => {
  const words = `${bands}, limit state 3 s, pause 4 s, auction 2 s`;
  const isOver = "APPLE-COIN bands 95 to 105 around 100";

  it("is told to be over when trading is paused", () => {
    const market = new MarketStory(words);
    expect(market.reachBand()).toEqual([`${isOver}, limit state`]);
    expect(market.at(3)).toEqual([isOver, "APPLE-COIN is halted"]);
    expect(market.at(7)).toEqual(["APPLE-COIN is volatility auction"]);
  });

  it("is told to be over when an administrator halts trading", () => {
    const market = new MarketStory(words);
    market.reachBand();
    expect(market.intervene(halt)).toEqual([isOver, "APPLE-COIN is halted"]);
    expect(market.at(4)).toEqual([]);
  });

  it("is told to be over when the calendar leads on", () => {
    const market = new MarketStory(`${words}, hours 00:00 open 00:01 callClosing 00:02 close`);
    market.at(58);
    market.reachBand();
    expect(market.at(60)).toEqual([isOver, "APPLE-COIN is closing auction"]);
  });
});

describe("an auction", () => {
  it("has the bands drawn around its price, and nowhere else before", () => {
    const market = new MarketStory(`${bands}, auction 10 s`);
    market.trade(102);
    market.reachBand();
    expect(market.stepAt(10)).toEqual(["APPLE-COIN is continuous"]);
    expect(market.uncross(110)).toEqual(["APPLE-COIN bands 105 to 115 around 110"]);
  });
});

describe("trading that is resumed when the opening is due, but delayed by chance", () => {
  const hours = "hours 00:00 callOpening 00:01 open+60 00:09 close";

  it("begins with an auction that the delayed opening does not cut short", () => {
    const market = new MarketStory(`${bands}, auction 30 s, ${hours}`, 20);
    market.intervene(halt);
    market.at(65);
    expect(market.intervene(resume)).toEqual(["APPLE-COIN is volatility auction"]);
    expect(market.at(80)).toEqual([]);
    expect(market.at(95)).toEqual(["APPLE-COIN is continuous"]);
  });

  it("goes on after a pause that the delayed opening fell into", () => {
    const limits = "limit state 3 s, pause 40 s, auction 2 s";
    const market = new MarketStory(`${bands}, ${limits}, ${hours}`, 20);
    market.intervene(halt);
    market.at(61);
    market.intervene(resume);
    market.at(63);
    market.reachBand();
    market.at(66);
    expect(market.phase).toBe("halted");
    market.at(80);
    expect(market.at(106)).toEqual(["APPLE-COIN is volatility auction"]);
  });
});

describe("the day of a market that is halted", () => {
  it("ends at its time although the venue was halted over the end of the closing auction", () => {
    const hours = "hours 00:00 open 00:01 callClosing 00:02 tradeAtLast 00:03 close";
    const market = new MarketStory(hours);
    market.intervene(halt);
    market.haltVenue(true);
    market.at(180);
    expect([market.phase, market.isDayOver]).toEqual(["halted", true]);
  });
});

describe("a log that was silent for a while", () => {
  const hours = "hours 00:00 open 00:01 callClosing 00:02 close";

  it("does not keep the calendar from ending an auction that was to be held later", () => {
    const market = new MarketStory(`${bands}, auction 30 s, ${hours}`);
    market.at(40);
    market.reachBand();
    expect(market.at(75)).toEqual(["APPLE-COIN is closing auction"]);
  });

  it("does not keep a limit state from ending in a pause before the calendar leads on", () => {
    const market = new MarketStory(`${bands}, limit state 3 s, pause 90 s, ${hours}`);
    market.at(40);
    market.reachBand();
    expect(market.at(75)).toEqual([
      "APPLE-COIN bands 95 to 105 around 100",
      "APPLE-COIN is halted",
      "APPLE-COIN is closing auction",
    ]);
  });
});
