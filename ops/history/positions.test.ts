import { expect, it } from "vitest";
import { PositionCause, Side } from "../../protocols/index.ts";
import { Positions } from "./positions.ts";
import type { Position } from "./positions.ts";

/** Fills as `+10 @ 100` for a purchase and `-4 @ 120` for a sale, for a fee of 1 each. */
function after(...fills: readonly string[]): Readonly<Position> {
  const positions = new Positions();
  let position: Readonly<Position> | undefined;
  for (const fill of fills) {
    const [lots = 0, price = 0] = fill.split(" @ ").map(Number);
    const quantity = Math.abs(lots);
    position = positions.fill("alice", "PEAR-COIN", {
      side: lots > 0 ? Side.buy : Side.sell,
      ...{ quantity, price, notional: quantity * price, fee: 1 },
    });
  }
  if (position === undefined) throw new Error("nothing was filled");
  return position;
}

it("costs what was paid", () => {
  expect(after("+10 @ 100", "+5 @ 130")).toEqual({
    ...{ quantity: 15, cost: 1650, realized: 0, funding: 0, fees: 2 },
    ...{ bought: 1650, sold: 0, fills: 2, lastPrice: 130 },
  });
});

it("realizes what a sale brings beyond the average cost of what is sold", () => {
  expect(after("+10 @ 100", "+10 @ 200", "-5 @ 160")).toMatchObject({
    ...{ quantity: 15, cost: 2250, realized: 50, fees: 3, sold: 800 },
  });
});

it("rounds the cost of what is sold down, and keeps the rest as cost", () => {
  expect(after("+3 @ 100", "+1 @ 101", "-1 @ 100")).toMatchObject({
    ...{ quantity: 3, cost: 301, realized: 0 },
  });
});

it("is negative where more was sold than bought, and gains when it is bought back for less", () => {
  expect(after("-10 @ 100")).toMatchObject({ quantity: -10, cost: 1000, realized: 0 });
  expect(after("-10 @ 100", "+4 @ 90")).toMatchObject({ quantity: -6, cost: 600, realized: 40 });
});

it("turns when more is sold than there is", () => {
  expect(after("+10 @ 100", "-15 @ 120")).toMatchObject({
    ...{ quantity: -5, cost: 600, realized: 200, bought: 1000, sold: 1800 },
  });
});

it("has nothing left when all is sold", () => {
  expect(after("+7 @ 100", "-3 @ 99", "-4 @ 101")).toMatchObject({
    ...{ quantity: 0, cost: 0, realized: 1 },
  });
});

it("is in a contract what its account is told, with funding apart", () => {
  const positions = new Positions();
  const of = { kind: "position-changed", account: "alice", symbol: "PEAR-COIN-PERP" } as const;
  const fill = { side: Side.sell, quantity: 10, price: 100, notional: 1000, fee: 3 };
  const told = { ...of, lots: -10, cost: -1000 };
  positions.change({ ...told, cause: PositionCause.trade, realised: 0 });
  positions.fillContract("alice", of.symbol, fill);
  positions.change({ ...told, cause: PositionCause.funding, cost: -960, realised: 40 });
  positions.change({ ...told, cause: PositionCause.cover, cost: -900, realised: 60 });
  expect(positions.change({ ...told, cause: PositionCause.expiry, lots: 0, cost: 0, realised: -7 }))
    // What was sold short was never bought back: it expired.
    .toEqual({
      ...{ quantity: 0, cost: 0, realized: 53, funding: 40, fees: 3 },
      ...{ bought: 0, sold: 1000, fills: 1, lastPrice: 100 },
    });
});
