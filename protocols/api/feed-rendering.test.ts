import { Check } from "typebox/value";
import { describe, expect, it } from "vitest";
import {
  ExecutionType,
  Liquidity,
  LiquidationStage,
  OrderStatus,
  OrderType,
  PositionCause,
  RejectReason,
  Side,
  TimeInForce,
  TradingPhase,
  traceIdOfOrder,
} from "../index.ts";
import type { ExecutionReport, LevelChanged, ShardEvent, Traded } from "../index.ts";
import { eventExamples, recordsOf } from "../testing/events.ts";
import { renderPlainly } from "./feed-rendering.reference.ts";
import { FeedRenderer } from "./feed-rendering.ts";
import type { Report } from "./market-data.ts";
import {
  auctionMessage,
  bandsMessage,
  bestPricesMessage,
  candleMessage,
  checksumMessage,
  depthMessage,
  interventionMessage,
  ordersMessage,
  phaseMessage,
  reportsMessage,
  statisticsMessage,
  tradesMessage,
} from "./market-data.ts";

const decoder = new TextDecoder();
const stamp = { shard: 1, sequence: 77, timeUs: 1_700_000_000_000_000 };

interface Rendered {
  readonly subject: string;
  readonly message: Record<string, unknown>;
}

function rendered(events: readonly ShardEvent[]): Rendered[] {
  return new FeedRenderer()
    .render(recordsOf(events), { cluster: "outcry", ...stamp }, () => 2)
    .map(({ subject, payload }) => ({
      subject,
      message: JSON.parse(decoder.decode(payload)) as Record<string, unknown>,
    }));
}

function levelChanged(updateId: number, more: Partial<LevelChanged> = {}): LevelChanged {
  return {
    kind: "level-changed",
    symbol: "BTC-USDT",
    updateId,
    side: Side.buy,
    price: 100,
    quantity: 5,
    ...more,
  };
}

const traded: Traded = {
  kind: "traded",
  symbol: "BTC-USDT",
  tradeId: 9,
  price: 100,
  quantity: 2,
  takerSide: Side.sell,
  updateId: 4,
};

function reportOf(account: string, more: Partial<ExecutionReport> = {}): ExecutionReport {
  return {
    kind: "execution-report",
    account,
    symbol: "BTC-USDT",
    orderId: 42,
    clientOrderId: "a-1",
    executionType: ExecutionType.trade,
    status: OrderStatus.partiallyFilled,
    side: Side.sell,
    orderType: OrderType.limit,
    timeInForce: TimeInForce.IOC,
    price: 100,
    quantity: 5,
    executed: 2,
    remaining: 3,
    executedNotional: 2n ** 60n,
    rejectReason: RejectReason.none,
    closeReason: 0,
    revision: 1,
    tradeId: 9,
    lastPrice: 100,
    lastQuantity: 2,
    liquidity: Liquidity.taker,
    fee: 12,
    ...more,
  };
}

describe("depth", () => {
  it("of one step is one message per symbol, first and last update named", () => {
    const events = [
      levelChanged(5),
      levelChanged(6, { side: Side.sell, price: 101, quantity: 0 }),
      levelChanged(1, { symbol: "ETH-USDT" }),
    ];
    expect(rendered(events)).toEqual([
      {
        subject: "outcry.v1.md.BTC-USDT.depth",
        message: {
          symbol: "BTC-USDT",
          first: 5,
          last: 6,
          updates: [
            [5, "b", 100, 5],
            [6, "a", 101, 0],
          ],
          ...stamp,
        },
      },
      {
        subject: "outcry.v1.md.ETH-USDT.depth",
        message: { symbol: "ETH-USDT", first: 1, last: 1, updates: [[1, "b", 100, 5]], ...stamp },
      },
    ]);
  });

  it("of a large step is cut into messages that follow each other without a gap", () => {
    const events = Array.from({ length: 20_001 }, (_, index) => levelChanged(index + 1));
    const messages = rendered(events).map(({ message }) => message);
    expect(messages.map(({ first, last }) => [first, last])).toEqual([
      [1, 8000],
      [8001, 16_000],
      [16_001, 20_001],
    ]);
  });
});

describe("displayed orders", () => {
  const added = { ...eventExamples["entry-added"], updateId: 7, entryId: 3 };
  const executed = { ...eventExamples["entry-executed"], updateId: 8, entryId: 3, quantity: 4 };
  const canceled = { ...eventExamples["entry-canceled"], updateId: 9, entryId: 3 };

  it("of one step are one message per symbol, which says how far depth has come", () => {
    const events = [
      { ...added, side: Side.buy },
      levelChanged(11),
      executed,
      canceled,
      { ...added, symbol: "ETH-USDT" },
      levelChanged(12),
    ];
    const told = rendered(events).filter(({ subject }) => subject.endsWith(".orders"));
    expect(told).toEqual([
      {
        subject: "outcry.v1.md.BTC-USDT.orders",
        message: {
          symbol: "BTC-USDT",
          first: 7,
          updates: [
            [7, "a", 3, "b", 6_500_000, 15],
            [8, "e", 3, 4, 9],
            [9, "c", 3, 0],
          ],
          last: 9,
          depthUpdateId: 12,
          ...stamp,
        },
      },
      {
        subject: "outcry.v1.md.ETH-USDT.orders",
        message: {
          symbol: "ETH-USDT",
          first: 7,
          updates: [[7, "a", 3, "a", 6_500_000, 15]],
          last: 7,
          depthUpdateId: 0,
          ...stamp,
        },
      },
    ]);
  });

  it("of a large step are cut into messages that follow each other without a gap", () => {
    const events = Array.from({ length: 10_001 }, (_, n) => ({ ...added, updateId: n + 1 }));
    const messages = rendered([...events, levelChanged(5)]).map(({ message }) => message);
    expect(messages.map((message) => [message["first"], message["last"]])).toEqual([
      [1, 5000],
      [5001, 10_000],
      [10_001, 10_001],
      [5, 5],
    ]);
    expect(messages.slice(0, 3).map((message) => message["depthUpdateId"])).toEqual([5, 5, 5]);
  });
});

describe("trades", () => {
  it("name their taker's side and the update id before them", () => {
    expect(rendered([traded])).toEqual([
      {
        subject: "outcry.v1.md.BTC-USDT.trades",
        message: {
          symbol: "BTC-USDT",
          trades: [{ tradeId: 9, price: 100, quantity: 2, takerSide: "sell", updateId: 4 }],
          ...stamp,
        },
      },
    ]);
  });
});

describe("best prices", () => {
  it("of a step are told once, as they ended, with null for an empty side", () => {
    const best = {
      kind: "best-changed",
      symbol: "BTC-USDT",
      bidPrice: 100,
      bidQuantity: 5,
    } as const;
    const events = [
      { ...best, updateId: 5, askPrice: 101, askQuantity: 1 },
      { ...best, updateId: 7, askPrice: 0, askQuantity: 0 },
    ];
    expect(rendered(events)).toEqual([
      {
        subject: "outcry.v1.md.BTC-USDT.bbo",
        message: { symbol: "BTC-USDT", updateId: 7, bid: [100, 5], ask: null, ...stamp },
      },
    ]);
  });
});

describe("what is told in sums", () => {
  it("has a message and a subject for each event", () => {
    const events = [
      eventExamples["candle-closed"],
      eventExamples["statistics-changed"],
      eventExamples["depth-checksummed"],
    ];
    const { kind: _, symbol, interval: __, ...candle } = eventExamples["candle-closed"];
    const { kind: ___, symbol: ____, ...statistics } = eventExamples["statistics-changed"];
    expect(rendered(events)).toEqual([
      {
        subject: "outcry.v1.md.BTC-USDT.candles.4h",
        message: { symbol, interval: "4h", candle: { ...candle, isClosed: true }, ...stamp },
      },
      {
        subject: "outcry.v1.md.BTC-USDT.statistics",
        message: { symbol, statistics: { ...statistics, priceChange: 20_000 }, ...stamp },
      },
      {
        subject: "outcry.v1.md.BTC-USDT.checksums",
        message: { symbol, updateId: 78, checksum: 0xcbf43926, ...stamp },
      },
    ]);
  });
});

describe("execution reports", () => {
  it("tell the average price of what was executed, exactly or to six decimals", () => {
    const average = (executedNotional: number | bigint, executed: number) => {
      const [account] = rendered([reportOf("demo", { executedNotional, executed })]);
      return (account?.message["reports"] as Report[])[0]?.averagePrice;
    };
    expect(average(1000, 5)).toBe("100");
    expect(average(1001, 5)).toBe("100.1");
    expect(average(100, 15)).toBe("3.333333");
    expect(average(2n ** 62n, 2 ** 40)).toBe("2097152");
    expect(average(2n ** 62n, 3)).toBe("768614336404564650.666667");
    expect(average(-3, 1)).toBe("-1.5");
    expect(average(0, 0)).toBeUndefined();
  });

  it("go to their account in words, named by their place among all events of the step", () => {
    const [demo, maker] = rendered([reportOf("demo"), traded, reportOf("maker")]).filter(
      ({ subject }) => subject.endsWith(".reports"),
    );
    expect(maker?.subject).toBe("outcry.v1.acct.maker.reports");
    expect(maker?.message).toMatchObject({ account: "maker", ...stamp, reports: [{ index: 2 }] });
    expect(demo?.message).toEqual({
      account: "demo",
      ...stamp,
      reports: [
        {
          index: 0,
          symbol: "BTC-USDT",
          traceId: traceIdOfOrder("outcry", 42),
          orderId: 42,
          clientOrderId: "a-1",
          executionType: "trade",
          status: "partiallyFilled",
          side: "sell",
          type: "limit",
          timeInForce: "IOC",
          price: 100,
          quantity: 5,
          executed: 2,
          remaining: 3,
          executedNotional: "1152921504606846976",
          averagePrice: "288230376151711744",
          revision: 1,
          tradeId: 9,
          lastPrice: 100,
          lastQuantity: 2,
          liquidity: "taker",
          fee: "12",
        },
      ],
    });
  });
});

describe("what goes on in a market", () => {
  const symbol = "BTC-USDT";

  it("is told in words, on a subject for each kind of news", () => {
    const told = rendered([
      { kind: "phase-changed", symbol, phase: TradingPhase.volatilityAuction },
      {
        kind: "auction-indicated",
        symbol,
        price: 100,
        volume: 5,
        surplusSide: Side.sell,
        surplus: 2,
      },
      {
        kind: "bands-changed",
        symbol,
        referencePrice: 100,
        lower: 95,
        upper: 105,
        isLimitState: true,
      },
    ]);
    expect(told).toEqual([
      {
        subject: "outcry.v1.md.BTC-USDT.phases",
        message: { symbol, phase: "volatilityAuction", ...stamp },
      },
      {
        subject: "outcry.v1.md.BTC-USDT.auctions",
        message: { symbol, price: 100, volume: 5, surplusSide: "sell", surplus: 2, ...stamp },
      },
      {
        subject: "outcry.v1.md.BTC-USDT.bands",
        message: {
          symbol,
          referencePrice: 100,
          lower: 95,
          upper: 105,
          isLimitState: true,
          ...stamp,
        },
      },
    ]);
    const schemas = [phaseMessage, auctionMessage, bandsMessage];
    for (const [at, { message }] of told.entries()) expect(Check(schemas[at]!, message)).toBe(true);
  });

  it("is told of interventions, whatever people wrote", () => {
    const recorded = { command: "halt-trading", target: symbol, author: "ops", reason: '"\\é\n🔥' };
    const [told] = rendered([{ kind: "intervention-recorded", ...recorded }]);
    expect(told).toEqual({
      subject: "outcry.v1.md.interventions",
      message: { ...recorded, ...stamp },
    });
    expect(Check(interventionMessage, told?.message)).toBe(true);
  });
});

describe("news of an account's contracts", () => {
  const ofAlice = { account: "alice", asset: "USDT" } as const;
  const symbol = "BTC-USDT-PERP";
  const handedOver: ShardEvent = {
    ...{ kind: "position-handed-over", symbol, account: "alice", taker: "bob" },
    ...{ cause: PositionCause.takeover, lots: -5, price: 90 },
  };
  const standing = { equity: -4, maintenance: 2n ** 62n, price: 0 };

  it.each<[string, ShardEvent, object]>([
    [
      "a position that is another one",
      {
        ...{ kind: "position-changed", account: "alice", symbol, cause: PositionCause.expiry },
        ...{ lots: 0, cost: 0, realised: -7n },
      },
      { about: "position", symbol, cause: "expiry", lots: 0, cost: "0", realised: "-7" },
    ],
    [
      "funding",
      { kind: "funding-paid", account: "alice", symbol, round: 3, lots: -5, amount: -2 },
      { about: "funding", symbol, lots: -5, amount: "-2" },
    ],
    [
      "a loss that was covered",
      { kind: "deficit-covered", ...ofAlice, fund: "fund", amount: 9, lacking: 4 },
      { about: "lossCovered", asset: "USDT", amount: "9", lacking: "4" },
    ],
    [
      "a liquidation that begins",
      {
        ...{ kind: "liquidation-moved", ...ofAlice, stage: LiquidationStage.canceling },
        ...{ ...standing, symbol: "", count: 3 },
      },
      {
        ...{ about: "liquidation", asset: "USDT", stage: "canceling", orders: 3 },
        ...{ equity: "-4", maintenance: String(2n ** 62n) },
      },
    ],
    [
      "a liquidation that goes on",
      {
        ...{ kind: "liquidation-moved", ...ofAlice, stage: LiquidationStage.offered },
        ...{ ...standing, symbol, count: 3, price: 90 },
      },
      {
        ...{ about: "liquidation", asset: "USDT", stage: "offered", symbol, lots: 3, price: 90 },
        ...{ equity: "-4", maintenance: String(2n ** 62n) },
      },
    ],
    [
      "the fee of a liquidation",
      { kind: "liquidation-fee-paid", ...ofAlice, fund: "fund", amount: 6 },
      { about: "liquidationFee", asset: "USDT", amount: "6" },
    ],
  ])("tell of %s, beside no reports", (_, event, news) => {
    const told = rendered([levelChanged(1), event]);
    expect(told.slice(1)).toEqual([
      {
        subject: "outcry.v1.acct.alice.reports",
        message: { account: "alice", reports: [], news: [{ index: 1, ...news }], ...stamp },
      },
    ]);
    expect(Check(reportsMessage, told[1]?.message)).toBe(true);
  });

  it("tell both of what was handed over, and neither who the other was", () => {
    const told = rendered([handedOver]);
    expect(told.map(({ message }) => [message["account"], message["news"]])).toEqual([
      ["alice", [{ index: 0, about: "handedOver", symbol, lots: -5, price: 90 }]],
      ["bob", [{ index: 0, about: "takenOver", symbol, lots: -5, price: 90 }]],
    ]);
  });
});

describe("a step's messages", () => {
  const events: readonly ShardEvent[] = [
    ...Array.from({ length: 9000 }, (_, index) =>
      levelChanged(index + 1, { price: 2 ** 31, quantity: 2 ** 40 }),
    ),
    ...Array.from({ length: 5000 }, () => ({ ...traded, tradeId: 2 ** 52, quantity: 2 ** 40 })),
    ...Array.from({ length: 2000 }, () =>
      reportOf("a".repeat(31), { clientOrderId: "c".repeat(36), orderId: 2 ** 52 }),
    ),
    {
      kind: "best-changed",
      symbol: "BTC-USDT",
      updateId: 9000,
      bidPrice: 1,
      bidQuantity: 1,
      askPrice: 0,
      askQuantity: 0,
    },
    eventExamples["candle-closed"],
    eventExamples["statistics-changed"],
    eventExamples["depth-checksummed"],
  ];

  it("fit a NATS server's messages however much happened", () => {
    const sizes = new FeedRenderer()
      .render(recordsOf(events), { cluster: "outcry", ...stamp }, () => 2)
      .map((one) => one.payload.length);
    expect(Math.max(...sizes)).toBeLessThan(512 * 1024);
  });

  it("are those of the reference where several subjects' messages are cut, too", () => {
    const mixed = Array.from({ length: 20_000 }, (_, n): ShardEvent[] => {
      const symbol = n % 3 === 0 ? "ETH-USDT" : "BTC-USDT";
      return [
        levelChanged(n + 1, { symbol }),
        { ...eventExamples["entry-added"], symbol, updateId: n + 1 },
        { ...traded, symbol },
        reportOf(n % 4 === 0 ? "demo" : "maker"),
      ];
    }).flat();
    expect(rendered(mixed)).toEqual(
      renderPlainly(recordsOf(mixed), { cluster: "outcry", ...stamp }, () => 2),
    );
  });

  it("are what their schemas say", () => {
    const schemas = {
      depth: depthMessage,
      orders: ordersMessage,
      trades: tradesMessage,
      bbo: bestPricesMessage,
      reports: reportsMessage,
      "4h": candleMessage,
      statistics: statisticsMessage,
      checksums: checksumMessage,
    };
    for (const { subject, message } of rendered(events)) {
      const kind = subject.slice(subject.lastIndexOf(".") + 1) as keyof typeof schemas;
      expect(Check(schemas[kind], message)).toBe(true);
    }
  });
});
