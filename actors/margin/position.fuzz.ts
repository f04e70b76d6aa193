/**
 * Positions and their margin, against the same on big integers without rounding: what is realised
 * and what is left are together what the trades say, to the unit, and rounding never favours the
 * account.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { add, amountOf } from "../../protocols/index.ts";
import { marginOf, requirementOf } from "./margin-requirement.ts";
import { deal, fund, realise, unrealisedOf, worthOfLot } from "./position.ts";
import type { Position } from "./position.ts";

const numRuns = 1500;
const lots = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
);
const price = fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 2 ** 31 }));
const index = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -1e12, max: 1e12 }));
const trade = fc.tuple(
  lots.filter((count) => count !== 0),
  price,
);
const unit = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 2 ** 40 }));
const flat: Position = { lots: 0, cost: 0, fundingIndex: 0 };

type Step = { readonly deal: readonly [number, number] } | { readonly index: number };
const steps = fc.array(
  fc.oneof(
    trade.map((deal): Step => ({ deal })),
    index.map((at): Step => ({ index: at })),
  ),
  { minLength: 1, maxLength: 40 },
);

/** Cash and position after all of it, and what a book of the trades alone says. */
function play(list: readonly Step[], unitsPerTickLot: number) {
  let position = flat;
  let cash = 0n;
  const exact = { lots: 0n, money: 0n, index: 0n };
  for (const step of list) {
    if ("deal" in step) {
      const [count, at] = step.deal;
      const change = deal(position, count, worthOfLot(at, unitsPerTickLot, position.fundingIndex));
      position = change.position;
      cash += BigInt(change.realised);
      exact.lots += BigInt(count);
      exact.money -= BigInt(count) * BigInt(at) * BigInt(unitsPerTickLot);
    } else {
      const change = fund(position, step.index);
      position = change.position;
      cash += BigInt(change.realised);
      exact.money -= exact.lots * (BigInt(step.index) - exact.index);
      exact.index = BigInt(step.index);
    }
  }
  return { position, cash, exact };
}

describe("a position", () => {
  it("is worth with its cash what its trades and its funding say, at any price", () => {
    const property = fc.property(steps, unit, price, (list, units, mark) => {
      const { position, cash, exact } = play(list, units);
      expect(BigInt(position.lots)).toBe(exact.lots);
      const worth = worthOfLot(mark, units, position.fundingIndex);
      const total = cash + BigInt(unrealisedOf(position, worth));
      expect(total).toBe(exact.money + exact.lots * BigInt(mark) * BigInt(units));
    });
    fc.assert(property, { numRuns, seed: 5 });
  });

  it("costs nothing once all of it is closed", () => {
    const property = fc.property(steps, unit, price, (list, units, mark) => {
      const { position, cash, exact } = play(list, units);
      const worth = worthOfLot(mark, units, position.fundingIndex);
      const closed = deal(position, -position.lots, worth);
      expect(closed.position).toMatchObject({ lots: 0, cost: 0 });
      const realised = position.lots === 0 ? 0n : BigInt(closed.realised);
      const money = exact.money + exact.lots * BigInt(mark) * BigInt(units);
      expect(cash + realised).toBe(money);
    });
    fc.assert(property, { numRuns, seed: 6 });
  });

  it("realises a closed part rounded down, by less than a unit", () => {
    const property = fc.property(trade, price, fc.nat(), (opening, at, share) => {
      const [count, paid] = opening;
      // A cost that does not divide by its lots: some of it was realised before.
      const before = realise(deal(flat, count, paid).position, 7);
      const size = Math.abs(count);
      const closing = Math.sign(-count) * (1 + (share % size));
      const { position, realised } = deal(before, closing, at);
      const part = BigInt(Math.abs(closing));
      const exact = -BigInt(closing) * BigInt(at) * BigInt(size) - BigInt(before.cost) * part;
      const short = exact - BigInt(realised) * BigInt(size);
      expect(short >= 0n && short < BigInt(size)).toBe(true);
      const moved = BigInt(before.cost) + BigInt(closing) * BigInt(at) + BigInt(realised);
      expect(BigInt(position.cost)).toBe(moved);
    });
    fc.assert(property, { numRuns, seed: 7 });
  });

  it("goes on with what crosses over to the other side", () => {
    const long = deal(flat, 10, 100).position;
    const { position, realised } = deal(long, -15, 110);
    expect(realised).toBe(100);
    expect(position).toEqual({ lots: -5, cost: -550, fundingIndex: 0 });
  });

  it("pays funding that another of the other side is paid", () => {
    const [long, short] = [deal(flat, 3, 100).position, deal(flat, -3, 100).position];
    expect(add(fund(long, 7).realised, fund(short, 7).realised)).toBe(0);
    expect(fund(long, 7).realised).toBe(-21);
  });
});

describe("the margin of a contract", () => {
  const terms = { markPrice: 101, unitsPerTickLot: 10, ppm: 50_000 };

  it("is rounded up, whichever side", () => {
    const property = fc.property(lots, price, unit, (count, markPrice, unitsPerTickLot) => {
      const ppm = 33_333;
      const exact =
        BigInt(Math.abs(count)) * BigInt(markPrice) * BigInt(unitsPerTickLot) * BigInt(ppm);
      const margin = marginOf(count, { markPrice, unitsPerTickLot, ppm });
      expect(margin).toBe(amountOf((exact + 999_999n) / 1_000_000n));
    });
    fc.assert(property, { numRuns, seed: 8 });
  });

  it("counts all buys or all sells, whichever asks for more", () => {
    const none = { buyLoss: 0, sellLoss: 0 };
    expect(requirementOf({ lots: 4, buys: 6, sells: 1, ...none }, terms)).toBe(505);
    expect(requirementOf({ lots: 4, buys: 0, sells: 20, ...none }, terms)).toBe(808);
  });

  it("does not grow by orders that only close", () => {
    const none = { buys: 0, buyLoss: 0, sellLoss: 0 };
    const open = requirementOf({ lots: 10, sells: 0, ...none }, terms);
    for (const sells of [1, 10, 20]) {
      expect(requirementOf({ lots: 10, sells, ...none }, terms)).toBe(open);
    }
    expect(requirementOf({ lots: 10, sells: 21, ...none }, terms) > open).toBe(true);
  });

  it("has orders that are worse than the mark bring what they lose", () => {
    const buying = { lots: 0, buys: 1, sells: 0, buyLoss: 9, sellLoss: 0 };
    expect(requirementOf(buying, terms)).toBe(51 + 90);
  });
});
