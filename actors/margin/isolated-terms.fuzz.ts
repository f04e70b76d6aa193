/** Goal: an isolated position is liquidated from the price on that is told, and not before. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { add, ticksMax } from "../../protocols/index.ts";
import type { Amount, Ticks } from "../../protocols/index.ts";
import { isBelowMaintenance } from "./liquidation-terms.ts";
import { keptOf, liquidationPriceOf } from "./isolated-terms.ts";
import { marginOf } from "./margin-requirement.ts";
import { unrealisedOf, worthOfLot } from "./position.ts";
import type { Position } from "./position.ts";

const positions = fc
  .record({
    lots: fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: -5000, max: -1 })),
    price: fc.integer({ min: 1, max: 100_000 }),
    fundingIndex: fc.integer({ min: -200, max: 200 }),
    unit: fc.integer({ min: 1, max: 7 }),
    posted: fc.integer({ min: 0, max: 200_000_000 }),
    maintenancePpm: fc.integer({ min: 1, max: 500_000 }),
  })
  .map(({ lots, price, fundingIndex, unit, ...terms }) => {
    const cost = lots * (price * unit - fundingIndex);
    return { position: { lots, cost, fundingIndex }, terms: { ...terms, unitsPerTickLot: unit } };
  });

interface Kept {
  readonly posted: Amount;
  readonly unitsPerTickLot: number;
  readonly maintenancePpm: number;
}

function isLiquidatedAt(position: Position, terms: Kept, markPrice: Ticks): boolean {
  const { posted, unitsPerTickLot, maintenancePpm: ppm } = terms;
  const worth = worthOfLot(markPrice, unitsPerTickLot, position.fundingIndex);
  const equity = add(posted, unrealisedOf(position, worth));
  const maintenance = marginOf(position.lots, { markPrice, unitsPerTickLot, ppm });
  return isBelowMaintenance({ equity, maintenance });
}

it("an isolated position is liquidated from its price on, and not a tick before", () => {
  const property = fc.property(positions, ({ position, terms }) => {
    const price = liquidationPriceOf(position, terms);
    const better = position.lots > 0 ? 1 : -1;
    if (price === 0) {
      expect(isLiquidatedAt(position, terms, position.lots > 0 ? 1 : ticksMax)).toBe(false);
      return;
    }
    expect(isLiquidatedAt(position, terms, price)).toBe(true);
    if (price + better > 0) expect(isLiquidatedAt(position, terms, price + better)).toBe(false);
  });
  fc.assert(property, { numRuns: 2000, seed: 5 });
});

it("what stays of what is posted is never less than the share of what is left", () => {
  const amounts = fc.integer({ min: 0, max: 1_000_000 });
  const property = fc.property(amounts, fc.nat(5000), fc.nat(5000), (posted, closed, left) => {
    if (closed + left === 0) return;
    const kept = Number(keptOf(posted, closed, closed + left));
    expect(kept * (closed + left)).toBeGreaterThanOrEqual(posted * left);
    expect((kept - 1) * (closed + left)).toBeLessThan(posted * left + 1);
    if (left === 0) expect(kept).toBe(0);
  });
  fc.assert(property, { numRuns: 500, seed: 5 });
});
