/**
 * Goal: a side's levels come in order wherever they lie: in the window, on its edges, outside, or
 * where the window has been or will be. It begins as the prices from 0 to 131,071.
 */
import { describe, expect, it } from "vitest";
import { InvariantViolation } from "../../protocols/assert.ts";
import { Side } from "../../protocols/order-terms.ts";
import { LevelSlab } from "./level-slab.ts";
import { PriceLadder } from "./price-ladder.ts";
import { none } from "./slot-pool.ts";

/** Its prices, best first. */
function pricesOf(ladder: PriceLadder): number[] {
  const prices: number[] = [];
  for (let level = ladder.best; level !== none; level = ladder.behind(level)) {
    prices.push(ladder.levels.price[level]!);
  }
  return prices;
}

function ladderOf(side: Side, prices: readonly number[]): PriceLadder {
  const ladder = emptyLadder(side);
  for (const price of prices) ladder.findOrAdd(price);
  return ladder;
}

function emptyLadder(side: Side): PriceLadder {
  return new PriceLadder(new LevelSlab(), { side, number: side });
}

const width = 131_072;

describe("a price ladder", () => {
  it.each([
    ["on both edges of the window and just outside", [5, 0, width - 1, -1, width]],
    ["on the last two positions", [7, width - 2, width - 1]],
    ["on the first two positions", [7, 1, 0]],
    ["all outside but one", [5, width, width + 1, -1, -2]],
    ["around the largest safe integer", [2 ** 53 - 1, 2 ** 53 - 2, 2 ** 53 - width, 0]],
    ["around the smallest safe integer", [1 - 2 ** 53, 2 - 2 ** 53, width - 2 ** 53, 0]],
  ])("keeps levels in order that lie %s", (_, prices) => {
    const ascending = [...prices].sort((a, b) => a - b);
    expect(pricesOf(ladderOf(Side.sell, prices))).toEqual(ascending);
    expect(pricesOf(ladderOf(Side.buy, prices))).toEqual(ascending.reverse());
  });

  it("lets the next best level follow when the best one goes", () => {
    for (const side of [Side.buy, Side.sell]) {
      const prices = [0, width, -1, width - 1, 5, 2 ** 40, -(2 ** 40)];
      const ladder = ladderOf(side, prices);
      const expected = pricesOf(ladder);
      const seen: number[] = [];
      for (let best = ladder.best; best !== none; best = ladder.best) {
        seen.push(ladder.levels.price[best]!);
        ladder.remove(best);
      }
      expect(seen).toEqual(expected);
      expect(ladder.levels.count).toBe(0);
    }
  });

  it("stays in order while its window moves to where new levels appear, and back", () => {
    const ladder = emptyLadder(Side.sell);
    const prices: number[] = [];
    for (const base of [0, 10_000_000, -10_000_000, 0]) {
      for (let offset = 0; offset < 500; offset += 1) {
        const price = base + 7 * offset + (prices.length % 7);
        prices.push(price);
        const level = ladder.findOrAdd(price);
        expect(ladder.find(price)).toBe(level);
      }
    }
    expect(pricesOf(ladder)).toEqual([...new Set(prices)].sort((a, b) => a - b));
  });

  it("refuses to drop a level that has orders", () => {
    const ladder = emptyLadder(Side.buy);
    const level = ladder.findOrAdd(1);
    ladder.levels.orderCount[level] = 1;
    expect(() => ladder.remove(level)).toThrow(InvariantViolation);
  });
});
