/**
 * For the documentation: every kind of message that is published without being asked for, with its
 * subject, its schema and an example. The tests hold the examples to the schemas.
 */
import type { TSchema } from "typebox";
import { clientSubjects } from "../../protocols/index.ts";
import {
  bestPricesMessage,
  depthMessage,
  reportsMessage,
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
  reports: {
    title: "Feed of execution reports",
    subject: clientSubjects.reports("demo"),
    summary:
      "Execution reports: every change in the life of every order of one account. Only the " +
      "account and administrators may listen.",
    message: reportsMessage,
    example: {
      account: "demo",
      ...stamp,
      reports: [
        {
          index: 3,
          symbol: "BTC-USDT",
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
