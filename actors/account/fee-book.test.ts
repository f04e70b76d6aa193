import { beforeEach, describe, expect, it } from "vitest";
import { amountMax, pack, unpack } from "../../protocols/index.ts";
import type { Amount, FeeSchedule } from "../../protocols/index.ts";
import { bareVenue } from "../testing/bare-venue.ts";
import { apples, pears } from "../testing/instruments.ts";
import { FeeBook } from "./fee-book.ts";
import type { FeeTerms } from "./fee.ts";

const dayUs = 86_400_000_000;
/** A midnight. */
const startUs = 20_000 * dayUs;

const spot: FeeSchedule = {
  schedule: "spot",
  symbols: [apples.symbol],
  minimum: 3,
  tiers: [
    { volume: 0, makerPpm: 100, takerPpm: 200 },
    { volume: 1000, makerPpm: 50, takerPpm: 150 },
    { volume: 5000, makerPpm: -20, takerPpm: 100 },
  ],
};

let book: FeeBook;
let trading: { venue: ReturnType<typeof bareVenue>; timeUs: number };

beforeEach(() => {
  book = new FeeBook();
  const feeScheduleOf = (symbol: string) => (spot.symbols.includes(symbol) ? spot : undefined);
  trading = { venue: { ...bareVenue(), feeScheduleOf }, timeUs: startUs };
});

const feesOf = (instrument = apples): FeeTerms | undefined =>
  book.charged(instrument, trading).fees;
const ratesOf = (instrument = apples): string => {
  const fees = feesOf(instrument);
  return fees === undefined ? "everybody's" : `${fees.makerPpm}/${fees.takerPpm}`;
};
const trade = (notional: Amount, atDay: number): void => {
  trading.timeUs = startUs + atDay * dayUs;
  book.traded(apples, notional, trading);
};

describe("what an account pays", () => {
  it("is what the instrument asks, where nothing else is said", () => {
    expect(book.charged(pears, trading)).toBe(pears);
  });

  it("follows the tier of what it has traded, from the very unit on", () => {
    expect(feesOf()).toEqual({ makerPpm: 100, takerPpm: 200, minimum: 3 });
    trade(999, 0);
    expect(ratesOf()).toBe("100/200");
    trade(1, 0);
    expect(ratesOf()).toBe("50/150");
    trade(4000, 0);
    expect(ratesOf()).toBe("-20/100");
    expect(book.charged(apples, trading)).toBe(book.charged(apples, trading));
  });

  it("forgets what was traded thirty days before, at midnight", () => {
    trade(600, 0);
    trade(600, 10);
    trading.timeUs = startUs + 30 * dayUs - 1;
    expect(ratesOf()).toBe("50/150");
    trading.timeUs += 1;
    expect(ratesOf()).toBe("100/200");
    expect(book.volumeOf(spot, apples, trading.timeUs)).toBe(600);
    trade(400, 39);
    expect(ratesOf()).toBe("50/150");
    trading.timeUs = startUs + 40 * dayUs;
    expect(book.volumeOf(spot, apples, trading.timeUs)).toBe(400);
  });

  it("counts no more of the same units than there may be", () => {
    for (let day = 0; day < 5; day++) {
      for (let again = 0; again < 3; again++) trade(2n ** 62n, day);
    }
    expect(ratesOf()).toBe("-20/100");
    expect(book.volumeOf(spot, apples, trading.timeUs)).toBe(amountMax);
    expect(unpack(pack(book.snapshot()))).toEqual(book.snapshot());
  });

  it("counts what was traded for another asset apart, where a schedule's name is used again", () => {
    trade(6000, 0);
    expect(ratesOf()).toBe("-20/100");
    const inGold = { ...apples, quote: "GOLD" };
    expect(feesOf(inGold)).toEqual({ makerPpm: 100, takerPpm: 200, minimum: 3 });
    expect(book.volumeOf(spot, inGold, trading.timeUs)).toBe(0);
  });

  it("counts what is traded under the schedule only", () => {
    book.traded(pears, 1_000_000, trading);
    expect(ratesOf()).toBe("100/200");
    expect(book.snapshot()).toBeUndefined();
  });

  it("is its own rates first: for the instrument, then for all", () => {
    book.set("", { makerPpm: 7, takerPpm: 8 });
    expect([ratesOf(), ratesOf(pears)]).toEqual(["7/8", "7/8"]);
    book.set(apples.symbol, { makerPpm: 5, takerPpm: 6 });
    expect([ratesOf(), ratesOf(pears)]).toEqual(["5/6", "7/8"]);
    book.set("", undefined);
    expect([ratesOf(), ratesOf(pears)]).toEqual(["5/6", "everybody's"]);
    book.set(apples.symbol, undefined);
    expect(ratesOf()).toBe("100/200");
  });

  it("is at least the schedule's minimum, with rates of its own, too", () => {
    book.set("", { makerPpm: 7, takerPpm: 8 });
    expect([feesOf()?.minimum, feesOf(pears)?.minimum]).toEqual([3, 0]);
  });
});

describe("a fee book that was saved", () => {
  it("is the same", () => {
    trade(600, 0);
    trade(500, 12);
    book.set("PEAR-COIN", { makerPpm: 1, takerPpm: 2 });
    book.set("", { makerPpm: 7, takerPpm: 8 });
    const saved = book.snapshot();
    expect(saved?.[0].map(([symbol]) => symbol)).toEqual(["", "PEAR-COIN"]);
    const restored = new FeeBook();
    restored.restore(saved!);
    expect(restored.snapshot()).toEqual(saved);
    expect(restored.volumeOf(spot, apples, trading.timeUs)).toBe(1100);
    expect(restored.volumeOf(spot, apples, startUs + 35 * dayUs)).toBe(500);
  });

  it("does not depend on when somebody asked", () => {
    trade(600, 0);
    const asked = new FeeBook();
    asked.restore(book.snapshot()!);
    asked.volumeOf(spot, apples, startUs + 50 * dayUs);
    expect(asked.snapshot()).toEqual(book.snapshot());
  });
});
