import { describe, expect, it } from "vitest";
import {
  lotsMax,
  OrderType,
  plainInstructions,
  Side,
  ticksMax,
  TimeInForce,
} from "../../protocols/index.ts";
import type { Amount, OrderInstructions, PlaceOrder } from "../../protocols/index.ts";
import { apples, pears } from "../testing/instruments.ts";
import { dearestPrice, needsOf, spendsAll, unlimitedBudget } from "./reservation.ts";
import type { ChargedInstrument } from "./fee.ts";
import type { Needs } from "./reservation.ts";

/** A buy of five at ten, if nothing else is said. */
function placing({
  asks,
  ...terms
}: Partial<PlaceOrder> & { asks?: Partial<OrderInstructions> } = {}): PlaceOrder {
  return {
    ...{ kind: "place-order", account: "alice", clientOrderId: "A", symbol: "APPLE-COIN" },
    ...{ side: Side.buy, orderType: OrderType.limit, timeInForce: TimeInForce.GTC },
    ...{ price: 10, quantity: 5 },
    instructions: { ...plainInstructions, ...asks },
    ...terms,
  };
}

function needs(
  command: PlaceOrder,
  instrument: ChargedInstrument,
  available: Amount,
): Needs | undefined {
  return needsOf(command, instrument, { available, coversAuctions: true });
}

const sell = { side: Side.sell } as const;
const atMarket = {
  orderType: OrderType.market,
  timeInForce: TimeInForce.IOC,
  price: 0,
} as const;

describe("the dearest price of an order", () => {
  const { stop, takeProfit, trailingStop, stopLimit, takeProfitLimit, pegged, limit } = OrderType;

  it.each([limit, stopLimit, takeProfitLimit, pegged])("of type %i is its limit", (orderType) => {
    const asks = { triggerPrice: 100, collarBasisPoints: 1000 };
    expect(dearestPrice(placing({ orderType, asks }))).toBe(10);
  });

  it.each([stop, takeProfit, trailingStop])(
    "of type %i is what its collar leaves it beyond its trigger price, in whole ticks",
    (orderType) => {
      const of = (triggerPrice: number, collarBasisPoints: number): number =>
        dearestPrice(placing({ orderType, price: 0, asks: { triggerPrice, collarBasisPoints } }));
      expect([of(100, 1000), of(109, 1000), of(100, 0), of(9, 1000)]).toEqual([110, 119, 100, 9]);
      expect(of(ticksMax, 10_000)).toBe(ticksMax);
    },
  );
});

describe("what an order needs", () => {
  it("with a limit is its notional and the dearer fee, whatever there is", () => {
    expect(needs(placing(), apples, 0)).toEqual({
      quantity: 5,
      reservation: 50,
      budget: unlimitedBudget,
    });
    // 10 ticks of 5 lots are 150 units, and 2 % of that.
    expect(needs(placing(), pears, 0)?.reservation).toBe(153);
  });

  it("to sell is its goods", () => {
    expect(needs(placing(sell), pears, 0)).toEqual({
      quantity: 5,
      reservation: 500,
      budget: unlimitedBudget,
    });
    expect(needs(placing({ ...sell, ...atMarket }), pears, 0)?.reservation).toBe(500);
  });

  it("that waits to buy without a limit is what its collar lets it cost", () => {
    const asks = { triggerPrice: 20, collarBasisPoints: 500 };
    const waiting = placing({ orderType: OrderType.stop, price: 0, asks });
    expect(needs(waiting, apples, 0)?.reservation).toBe(105);
  });

  it("at market to buy is all there is, and its budget what that pays for", () => {
    const buy = placing(atMarket);
    expect(spendsAll(buy)).toBe(true);
    expect(needs(buy, pears, 1000)).toEqual({ quantity: 5, reservation: 1000, budget: 326 });
    expect(needs(buy, pears, 3)).toBeUndefined();
    expect(needs(buy, apples, 0)).toBeUndefined();
  });

  it("at market in an auction is paid for at the dearer fee, which may be the maker's", () => {
    const inverted = { ...apples, makerFeeBasisPoints: 500, takerFeeBasisPoints: 0 };
    const buy = placing({ ...atMarket, timeInForce: TimeInForce.ATO });
    expect(needs(buy, inverted, 105)?.budget).toBe(100);
    expect(needs(placing(atMarket), inverted, 105)?.budget).toBe(105);
    expect(needsOf(buy, inverted, { available: 105, coversAuctions: false })?.budget).toBe(105);
  });

  it("by budget to buy is the budget, and the lots that it could buy at one tick", () => {
    const buy = placing({ ...atMarket, quantity: 0, asks: { quoteBudget: 500 } });
    expect(needs(buy, apples, 1000)).toEqual({ quantity: 500, reservation: 500, budget: 500 });
    // Whoever has less is told by the account, which compares.
    expect(needs(buy, apples, 100)?.reservation).toBe(500);
    const rich = { ...buy, instructions: { ...buy.instructions, quoteBudget: 2n ** 62n } };
    expect(needs(rich, apples, 2n ** 62n)).toEqual({
      quantity: lotsMax,
      reservation: 2n ** 62n,
      budget: unlimitedBudget - 1,
    });
    const poor = { ...buy, instructions: { ...buy.instructions, quoteBudget: 3 } };
    expect(needs(poor, pears, 100)).toBeUndefined();
  });

  it("by budget to sell is all goods there are, in whole lots", () => {
    const sale = placing({ ...sell, ...atMarket, quantity: 0, asks: { quoteBudget: 500 } });
    expect(spendsAll(sale)).toBe(true);
    expect(spendsAll(placing({ ...sell, ...atMarket }))).toBe(false);
    expect(needs(sale, pears, 750)).toEqual({ quantity: 7, reservation: 700, budget: 166 });
    expect(needs(sale, pears, 99)).toBeUndefined();
    const little = { ...sale, instructions: { ...sale.instructions, quoteBudget: 2 } };
    expect(needs(little, pears, 750)).toBeUndefined();
  });
});
