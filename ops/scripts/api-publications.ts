/**
 * For the documentation: every kind of message that is published without being asked for, with its
 * subject, its schema and an example. The tests hold the examples to the schemas.
 */
import type { TSchema } from "typebox";
import { clientSubjects, depthChecksum, traceIdOfOrder } from "../../protocols/index.ts";
import {
  auctionMessage,
  bandsMessage,
  bestPricesMessage,
  candleMessage,
  checksumMessage,
  depthMessage,
  ordersMessage,
  interventionMessage,
  phaseMessage,
  reportsMessage,
  statisticsMessage,
  tradesMessage,
} from "../../protocols/api/market-data.ts";

export interface PublicationDescription {
  readonly title: string;
  /** For the instrument BTC-USDT or the account demo. */
  readonly subject: string;
  readonly summary: string;
  readonly message: TSchema;
  readonly example: object;
}

const stamp = { shard: 0, sequence: 5120, timeUs: 1_795_000_000_250_000 };

const exampleChecksum = depthChecksum(
  [
    [6_500_000, 15],
    [6_499_900, 105],
  ],
  [[6_500_200, 40]],
);

export const publications = {
  depth: {
    title: "Feed of depth changes",
    subject: clientSubjects.depth("BTC-USDT"),
    summary:
      "Every change of a price level, from every step that changed one. Update ids count the " +
      "changes of one book without a gap, so whoever misses one can tell.",
    message: depthMessage,
    example: {
      symbol: "BTC-USDT",
      first: 1802,
      last: 1803,
      updates: [
        [1802, "b", 6_500_000, 15],
        [1803, "a", 6_500_200, 0],
      ],
      ...stamp,
    },
  },
  orders: {
    title: "Feed of displayed orders",
    subject: clientSubjects.orders("BTC-USDT"),
    summary:
      "Market by order: every change of a displayed order, without a name. Update ids count these " +
      "changes of one book without a gap, beside those of depth. Hidden orders and what icebergs " +
      "keep back do not show.",
    message: ordersMessage,
    example: {
      symbol: "BTC-USDT",
      first: 5212,
      updates: [
        [5212, "e", 2107, 15, 7],
        [5213, "c", 2099, 0],
        [5214, "a", 2110, "a", 6_500_300, 15],
      ],
      last: 5214,
      depthUpdateId: 1803,
      ...stamp,
    },
  },
  trades: {
    title: "Feed of trades",
    subject: clientSubjects.trades("BTC-USDT"),
    summary: "Every trade, in the order they happened.",
    message: tradesMessage,
    example: {
      symbol: "BTC-USDT",
      trades: [{ tradeId: 7, price: 6_500_000, quantity: 5, takerSide: "sell", updateId: 1801 }],
      ...stamp,
    },
  },
  bbo: {
    title: "Feed of best prices",
    subject: clientSubjects.bbo("BTC-USDT"),
    summary:
      "The best bid and ask whenever one of them, or what rests there, has changed: of each step " +
      "the last.",
    message: bestPricesMessage,
    example: { symbol: "BTC-USDT", updateId: 1803, bid: [6_500_000, 15], ask: null, ...stamp },
  },
  candles: {
    title: "Feed of candles",
    subject: clientSubjects.candles("BTC-USDT", "1m"),
    summary:
      "Each candle when it has ended, on a subject for each interval: `1m`, `5m`, `15m`, `1h`, `4h` " +
      "and `1d`. An interval without trades has no candle.",
    message: candleMessage,
    example: {
      symbol: "BTC-USDT",
      interval: "1m",
      candle: {
        startUs: 1_794_999_960_000_000,
        open: 6_499_900,
        high: 6_500_200,
        low: 6_499_900,
        close: 6_500_000,
        volume: "45",
        notional: "292499500",
        trades: 4,
        firstTradeId: 4,
        lastTradeId: 7,
        isClosed: true,
      },
      ...stamp,
    },
  },
  statistics: {
    title: "Feed of statistics",
    subject: clientSubjects.statistics("BTC-USDT"),
    summary:
      "What was traded in the last 24 hours, after trades, at most once a second; the last of them " +
      "comes within a minute. Of a contract, also whenever all shards are told its prices.",
    message: statisticsMessage,
    example: {
      symbol: "BTC-USDT",
      statistics: {
        open: 6_480_000,
        high: 6_510_000,
        low: 6_475_500,
        last: 6_500_000,
        priceChange: 20_000,
        volume: "2450",
        notional: "15912750000",
        trades: 180,
      },
      ...stamp,
    },
  },
  checksums: {
    title: "Feed of checksums",
    subject: clientSubjects.checksums("BTC-USDT"),
    summary:
      "A checksum of the best levels as of an update, after changes, at most every 100 ms. It is " +
      "the CRC-32 (polynomial 0x04C11DB7, as in gzip) of a text: the best bid, the best ask, the " +
      "second bid, the second ask and so on, up to ten of each side, each as `price:quantity` in " +
      "ticks and lots, all joined by `:`. Where a side has fewer levels, the other goes on alone. " +
      "The example is that of `6500000:15:6500200:40:6499900:105`.",
    message: checksumMessage,
    example: { symbol: "BTC-USDT", updateId: 1803, checksum: exampleChecksum, ...stamp },
  },
  phases: {
    title: "Feed of trading phases",
    subject: clientSubjects.phases("BTC-USDT"),
    summary:
      "What goes on in a market, whenever that changes: see [trading phases](trading-phases.md). " +
      "`depth` tells where it stands now.",
    message: phaseMessage,
    example: { symbol: "BTC-USDT", phase: "volatilityAuction", ...stamp },
  },
  auctions: {
    title: "Feed of auctions",
    subject: clientSubjects.auctions("BTC-USDT"),
    summary:
      "What an auction would execute if it ended now, while its orders gather: when that has changed, " +
      "at most every 100 ms.",
    message: auctionMessage,
    example: {
      symbol: "BTC-USDT",
      price: 6_500_000,
      volume: 120,
      surplusSide: "buy",
      surplus: 15,
      ...stamp,
    },
  },
  bands: {
    title: "Feed of price bands",
    subject: clientSubjects.bands("BTC-USDT"),
    summary:
      "Between which prices trades may be made, of an instrument that has bands: when it is listed " +
      "with them, when they move, and when trading is held back at them or no longer is.",
    message: bandsMessage,
    example: {
      symbol: "BTC-USDT",
      referencePrice: 6_500_000,
      lower: 6_175_000,
      upper: 6_825_000,
      isLimitState: false,
      ...stamp,
    },
  },
  interventions: {
    title: "Feed of interventions",
    subject: clientSubjects.interventions,
    summary:
      "What administrators, and the market-wide breaker, did to trading, on one subject for the whole " +
      "venue.",
    message: interventionMessage,
    example: {
      command: "halt-trading",
      target: "BTC-USDT",
      author: "ops",
      reason: "price feed is stale",
      ...stamp,
    },
  },
  reports: {
    title: "Feed of execution reports",
    subject: clientSubjects.reports("demo"),
    summary:
      "Execution reports: every change in the life of every order of one account; and, in messages " +
      "without reports, `news` of its contracts: of its positions, its liquidation, and losses that " +
      "others have paid. Only the account and administrators may listen.",
    message: reportsMessage,
    example: {
      account: "demo",
      ...stamp,
      reports: [
        {
          index: 3,
          symbol: "BTC-USDT",
          traceId: traceIdOfOrder("outcry", 42),
          orderId: 42,
          clientOrderId: "my-order-1",
          executionType: "trade",
          status: "partiallyFilled",
          side: "buy",
          type: "limit",
          timeInForce: "GTC",
          price: 6_500_000,
          quantity: 20,
          revision: 0,
          executed: 5,
          remaining: 15,
          executedNotional: "32500000",
          averagePrice: "6500000",
          tradeId: 7,
          lastPrice: 6_500_000,
          lastQuantity: 5,
          liquidity: "maker",
          fee: "32500",
        },
      ],
    },
  },
} as const satisfies Record<string, PublicationDescription>;
