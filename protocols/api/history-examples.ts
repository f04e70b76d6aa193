/** One example of every request about the past and its reply; see `request-examples.ts`. */
import type { RequestExample } from "./request-examples.ts";

const place = { timeUs: 1_795_000_000_000_000, shard: 1, sequence: 5021, index: 0 };
const pages = {
  next: "1795000000000000-1-5021-0_8210-5100-77",
  asOf: [8210, 5100, 77],
  entriesBehind: 0,
};
const firstPage = { fromUs: 1_794_960_000_000_000, toUs: 1_795_046_400_000_000, limit: 1 };

export const orderHistory: RequestExample = {
  request: { symbol: "BTC-USDT", ...firstPage },
  reply: {
    ok: true,
    orders: [
      {
        orderId: 42,
        clientOrderId: "my-order-1",
        symbol: "BTC-USDT",
        side: "buy",
        type: "limit",
        timeInForce: "GTC",
        status: "filled",
        closeReason: "none",
        price: 6_500_000,
        quantity: 20,
        executed: 20,
        executedNotional: "130000000",
        fees: "65000",
        revision: 0,
        placedAtUs: 1_795_000_000_000_000,
        updatedAtUs: 1_795_000_060_000_000,
      },
    ],
    ...pages,
    next: "1795000000000000-42_8210-5100-77",
  },
};

export const fillHistory: RequestExample = {
  request: { symbol: "BTC-USDT", ...firstPage },
  reply: {
    ok: true,
    fills: [
      {
        ...place,
        tradeId: 7,
        orderId: 42,
        symbol: "BTC-USDT",
        side: "buy",
        liquidity: "taker",
        price: 6_500_000,
        quantity: 20,
        notional: "130000000",
        fee: "260000",
      },
    ],
    ...pages,
  },
};

export const ledger: RequestExample = {
  request: {
    asset: "USDT",
    sort: "oldestFirst",
    limit: 1,
    after: "1794960000000000-1-17-2_8210-5100-77",
  },
  reply: {
    ok: true,
    entries: [
      { ...place, asset: "USDT", amount: "-130000000", cause: "trade", tradeId: 7, orderId: 42 },
    ],
    ...pages,
  },
};

export const tradeHistory: RequestExample = {
  request: { symbol: "BTC-USDT", ...firstPage },
  reply: {
    ok: true,
    symbol: "BTC-USDT",
    trades: [{ ...place, tradeId: 7, price: 6_500_000, quantity: 20, takerSide: "buy" }],
    ...pages,
  },
};

export const candleHistory: RequestExample = {
  request: { symbol: "BTC-USDT", interval: "1h", sort: "oldestFirst" },
  reply: {
    ok: true,
    symbol: "BTC-USDT",
    interval: "1h",
    candles: [
      {
        startUs: 1_794_996_000_000_000,
        open: 6_490_000,
        high: 6_510_000,
        low: 6_485_000,
        close: 6_500_000,
        volume: "1200",
        notional: "7800000000",
        trades: 61,
        firstTradeId: 1,
        lastTradeId: 61,
        isClosed: true,
      },
    ],
    asOf: [8210, 5100, 77],
    entriesBehind: 3,
  },
};
