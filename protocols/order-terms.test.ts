import { describe, expect, it } from "vitest";
import {
  CancelFailure,
  ExecutionType,
  Intervention,
  KillScope,
  Liquidity,
  ListType,
  nameIn,
  oppositeOf,
  OrderStatus,
  OrderType,
  PegReference,
  PostOnly,
  SelfTradePrevention,
  Side,
  TimeInForce,
  TradingPhase,
  TriggerSource,
} from "./order-terms.ts";

const lists = {
  Side,
  OrderType,
  TimeInForce,
  PostOnly,
  SelfTradePrevention,
  TriggerSource,
  PegReference,
  ListType,
  CancelFailure,
  TradingPhase,
  Intervention,
  KillScope,
  OrderStatus,
  ExecutionType,
  Liquidity,
};

describe("the closed lists of order terms", () => {
  it("keep their numbers for ever", () => {
    expect(Side).toEqual({ buy: 0, sell: 1 });
    expect(OrderType).toEqual({
      limit: 0,
      market: 1,
      stop: 2,
      stopLimit: 3,
      takeProfit: 4,
      takeProfitLimit: 5,
      trailingStop: 6,
      pegged: 7,
    });
    expect(TimeInForce).toEqual({
      GTC: 0,
      IOC: 1,
      FOK: 2,
      DAY: 3,
      GTD: 4,
      ATO: 5,
      ATC: 6,
      GFA: 7,
    });
    expect(PostOnly).toEqual({ none: 0, reject: 1, slide: 2 });
    expect(SelfTradePrevention).toEqual({
      none: 0,
      cancelNewest: 1,
      cancelOldest: 2,
      cancelBoth: 3,
      decrement: 4,
      transfer: 5,
    });
    expect(TriggerSource).toEqual({ last: 0, best: 1, mark: 2 });
    expect(PegReference).toEqual({ none: 0, primary: 1, market: 2, midpoint: 3 });
    expect(ListType).toEqual({ OCO: 0, OTO: 1, OTOCO: 2 });
    expect(CancelFailure).toEqual({ stop: 0, place: 1 });
    expect(TradingPhase).toEqual({
      closed: 0,
      preOpen: 1,
      openingAuction: 2,
      continuous: 3,
      volatilityAuction: 4,
      halted: 5,
      cancelOnly: 6,
      closingAuction: 7,
      tradingAtLast: 8,
    });
    expect(Intervention).toEqual({ halt: 0, restrict: 1, resume: 2 });
    expect(KillScope).toEqual({ account: 0, participant: 1, symbol: 2, venue: 3 });
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
      triggered: 6,
      restated: 7,
    });
    expect(Liquidity).toEqual({ none: 0, maker: 1, taker: 2, auction: 3, transfer: 4 });
  });

  it("count without a gap, as the codecs take for granted", () => {
    for (const list of Object.values(lists)) {
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
