import { describe, expect, it } from "vitest";
import {
  ExecutionType,
  Liquidity,
  nameIn,
  oppositeOf,
  OrderStatus,
  OrderType,
  Side,
  TimeInForce,
} from "./order-terms.ts";

describe("the closed lists of order terms", () => {
  it("keep their numbers for ever", () => {
    expect(Side).toEqual({ buy: 0, sell: 1 });
    expect(OrderType).toEqual({ limit: 0, market: 1 });
    expect(TimeInForce).toEqual({ GTC: 0, IOC: 1 });
    expect(OrderStatus).toEqual({
      pendingNew: 0,
      new: 1,
      partiallyFilled: 2,
      filled: 3,
      canceled: 4,
      rejected: 5,
      pendingReplace: 6,
      pendingCancel: 7,
      expired: 8,
    });
    expect(ExecutionType).toEqual({
      new: 0,
      trade: 1,
      canceled: 2,
      replaced: 3,
      rejected: 4,
      expired: 5,
    });
    expect(Liquidity).toEqual({ none: 0, maker: 1, taker: 2 });
  });

  it("count without a gap, as the codecs take for granted", () => {
    for (const list of [Side, OrderType, TimeInForce, OrderStatus, ExecutionType, Liquidity]) {
      const numbers = Object.values(list).sort((a, b) => a - b);
      expect(numbers).toEqual(numbers.map((_, index) => index));
    }
  });

  it("name their members", () => {
    expect(nameIn(Side, Side.sell)).toBe("sell");
    expect(nameIn(OrderStatus, 99)).toBe("unknown");
  });
});

describe("a side", () => {
  it("has its opposite", () => {
    expect(oppositeOf(Side.buy)).toBe(Side.sell);
    expect(oppositeOf(Side.sell)).toBe(Side.buy);
  });
});
