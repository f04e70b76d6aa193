/**
 * One example of every request and its reply, for the documentation. The tests hold them to the
 * schemas, so they cannot go stale.
 *
 * The instrument is BTC-USDT: a lot is 0.0001 BTC, a tick is 0.01 USDT.
 */
export interface RequestExample {
  readonly request: object;
  readonly reply: object;
}

const order = {
  orderId: 42,
  clientOrderId: "my-order-1",
  symbol: "BTC-USDT",
  status: "new",
  closeReason: "none",
  price: 6_500_000,
  quantity: 20,
  executed: 0,
  executedNotional: "0",
  fees: "0",
  revision: 0,
  updateId: 1801,
};

const details = {
  orderId: 42,
  clientOrderId: "my-order-1",
  symbol: "BTC-USDT",
  side: "buy",
  type: "limit",
  timeInForce: "GTC",
  status: "partiallyFilled",
  closeReason: "none",
  price: 6_500_000,
  quantity: 20,
  executed: 5,
  executedNotional: "32500000",
  averagePrice: "6500000",
  fees: "65000",
  revision: 0,
  placedAtUs: 1_795_000_000_000_000,
};

const done = { ok: true };

export const place: RequestExample = {
  request: {
    symbol: "BTC-USDT",
    side: "buy",
    type: "limit",
    price: 6_500_000,
    quantity: 20,
    clientOrderId: "my-order-1",
  },
  reply: { ok: true, isDuplicate: false, order },
};

export const placeList: RequestExample = {
  request: {
    type: "OCO",
    orders: [
      {
        symbol: "BTC-USDT",
        side: "sell",
        type: "limit",
        price: 6_800_000,
        quantity: 20,
        clientOrderId: "my-profit-1",
      },
      {
        symbol: "BTC-USDT",
        side: "sell",
        type: "stop",
        triggerPrice: 6_300_000,
        quantity: 20,
        clientOrderId: "my-stop-1",
      },
    ],
  },
  reply: {
    ok: true,
    isDuplicate: false,
    order: { ...order, orderId: 43, clientOrderId: "my-profit-1", price: 6_800_000 },
  },
};

export const cancelAndPlace: RequestExample = {
  request: {
    clientOrderId: "my-order-1",
    ifCancelFails: "stop",
    order: {
      symbol: "BTC-USDT",
      side: "buy",
      type: "limit",
      price: 6_480_000,
      quantity: 20,
      clientOrderId: "my-order-2",
    },
  },
  reply: {
    ok: true,
    isDuplicate: false,
    order: { ...order, orderId: 45, clientOrderId: "my-order-2", price: 6_480_000 },
  },
};

export const cancel: RequestExample = {
  request: { clientOrderId: "my-order-1" },
  reply: {
    ok: true,
    isDuplicate: false,
    order: {
      orderId: 42,
      clientOrderId: "my-order-1",
      status: "canceled",
      closeReason: "requested",
      price: 6_500_000,
      quantity: 20,
      executed: 0,
      executedNotional: "0",
      fees: "0",
      revision: 0,
      updateId: 1802,
    },
  },
};

export const replace: RequestExample = {
  request: { clientOrderId: "my-order-1", price: 6_490_000, quantity: 30, revision: 1 },
  reply: {
    ok: true,
    isDuplicate: false,
    order: {
      orderId: 42,
      clientOrderId: "my-order-1",
      status: "new",
      closeReason: "none",
      price: 6_490_000,
      quantity: 30,
      executed: 0,
      executedNotional: "0",
      fees: "0",
      revision: 1,
      updateId: 1804,
    },
  },
};

export const cancelAll: RequestExample = {
  request: { symbol: "BTC-USDT", side: "sell", priceMin: 6_600_000 },
  reply: { ok: true, canceled: 3 },
};

export const massQuote: RequestExample = {
  request: {
    quoteId: "my-quotes-7",
    quotes: [
      {
        symbol: "BTC-USDT",
        bidPrice: 6_499_000,
        bidQuantity: 10,
        askPrice: 6_501_000,
        askQuantity: 10,
      },
      { symbol: "ETH-USDT", bidPrice: 0, bidQuantity: 0, askPrice: 250_100, askQuantity: 50 },
    ],
  },
  reply: { ok: true, quoted: 2 },
};

export const batch: RequestExample = {
  request: {
    commands: [
      {
        op: "place",
        symbol: "BTC-USDT",
        side: "buy",
        type: "limit",
        price: 6_500_000,
        quantity: 20,
        clientOrderId: "my-order-1",
      },
      { op: "cancel", clientOrderId: "my-order-0" },
    ],
  },
  reply: {
    ok: true,
    answers: [
      { ok: true, isDuplicate: false, order },
      {
        ok: false,
        error: {
          number: 70,
          name: "order-unknown",
          message: "This account has no such order.",
        },
      },
    ],
  },
};

export const orderDetails: RequestExample = {
  request: { clientOrderId: "my-order-1" },
  reply: { ok: true, order: details },
};

export const openOrders: RequestExample = {
  request: { symbol: "BTC-USDT", limit: 10 },
  reply: { ok: true, orders: [details] },
};

export const balances: RequestExample = {
  request: {},
  reply: {
    ok: true,
    balances: [
      { asset: "BTC", available: "150000000", reserved: "0" },
      { asset: "USDT", available: "99869740000", reserved: "130260000" },
    ],
  },
};

export const depth: RequestExample = {
  request: { symbol: "BTC-USDT", levels: 2 },
  reply: {
    ok: true,
    symbol: "BTC-USDT",
    updateId: 1801,
    phase: "continuous",
    isHalted: false,
    bids: [
      [6_500_000, 20, 1],
      [6_499_900, 105, 3],
    ],
    asks: [[6_500_200, 40, 2]],
  },
};

export const displayedOrders: RequestExample = {
  request: { symbol: "BTC-USDT", limit: 3 },
  reply: {
    ok: true,
    symbol: "BTC-USDT",
    updateId: 5211,
    depthUpdateId: 1801,
    bids: [
      [2107, 6_500_000, 20],
      [1988, 6_499_900, 60],
      [2053, 6_499_900, 45],
    ],
    asks: [
      [2099, 6_500_200, 15],
      [2101, 6_500_200, 25],
    ],
  },
};

export const trades: RequestExample = {
  request: { symbol: "BTC-USDT", limit: 1 },
  reply: {
    ok: true,
    symbol: "BTC-USDT",
    trades: [
      {
        tradeId: 7,
        price: 6_500_000,
        quantity: 5,
        takerSide: "sell",
        timeUs: 1_795_000_000_250_000,
      },
    ],
  },
};

export const candles: RequestExample = {
  request: { symbol: "BTC-USDT", interval: "1m", limit: 1 },
  reply: {
    ok: true,
    symbol: "BTC-USDT",
    interval: "1m",
    candles: [
      {
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
    ],
  },
};

export const statistics: RequestExample = {
  request: { symbol: "BTC-USDT" },
  reply: {
    ok: true,
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
  },
};

export const instruments: RequestExample = {
  request: {},
  reply: {
    ok: true,
    instruments: [
      {
        symbol: "BTC-USDT",
        base: "BTC",
        quote: "USDT",
        baseUnitsPerLot: 10_000,
        quoteUnitsPerTickLot: 1,
        makerFeeBasisPoints: 10,
        takerFeeBasisPoints: 20,
        shard: 0,
      },
    ],
  },
};

export const assets: RequestExample = {
  request: {},
  reply: {
    ok: true,
    assets: [
      { asset: "BTC", decimals: 8 },
      { asset: "USDT", decimals: 6 },
    ],
  },
};

export const status: RequestExample = {
  request: {},
  reply: {
    ok: true,
    shards: [
      {
        shard: 0,
        emitter: "e1",
        emitterEpoch: 1,
        headSequence: 5120,
        appliedSequence: 5120,
        replicas: 1,
      },
    ],
    nodes: [
      {
        node: "e1",
        version: "0.1.0",
        startedAtMs: 1_795_000_000_000,
        replicas: [
          {
            shard: 0,
            phase: "emitting",
            appliedSequence: 5120,
            headSequence: 5120,
            isEmitter: true,
            emitter: "e1",
            emitterEpoch: 1,
            entriesHash: "9f0c2d1e5a7b3c44",
            outputsHash: "17e4a90b6d5f2c83",
            checkpointSequence: 5000,
            checkpointHash: "c2d9e8f70a1b3c4d",
            snapshotSequence: 5000,
            commandsApplied: 20480,
          },
        ],
      },
    ],
  },
};

export const addAsset: RequestExample = { request: { asset: "BTC", decimals: 8 }, reply: done };

export const listInstrument: RequestExample = {
  request: {
    symbol: "BTC-USDT",
    base: "BTC",
    quote: "USDT",
    baseUnitsPerLot: 10_000,
    quoteUnitsPerTickLot: 1,
    makerFeeBasisPoints: 10,
    takerFeeBasisPoints: 20,
    trading: { collarBasisPoints: 2000, bandBasisPoints: 500, limitStateSeconds: 15 },
  },
  reply: done,
};

export const openAccount: RequestExample = {
  request: { account: "demo", participant: "acme" },
  reply: done,
};

export const accounts: RequestExample = {
  request: {},
  reply: { ok: true, accounts: ["demo", "maker"] },
};

export const deposit: RequestExample = {
  request: {
    account: "demo",
    asset: "USDT",
    amount: "100000000000",
    reference: "wire-2026-11-20-1",
  },
  reply: done,
};

export const halt: RequestExample = {
  request: { symbol: "BTC-USDT", reason: "price feed is stale" },
  reply: done,
};

export const resume: RequestExample = {
  request: { symbol: "BTC-USDT", reason: "price feed is back" },
  reply: done,
};

export const publishMarkPrice: RequestExample = {
  request: { symbol: "BTC-USDT", price: 6_500_000 },
  reply: done,
};

export const publishIndexPrice: RequestExample = {
  request: { symbol: "BTC-USDT-1226", price: 6_500_000 },
  reply: done,
};

export const armKillSwitch: RequestExample = {
  request: { scope: "account", target: "demo", reason: "algorithm out of control" },
  reply: { ok: true, number: 3 },
};

export const confirmKillSwitch: RequestExample = { request: { number: 3 }, reply: done };

export const releaseKillSwitch: RequestExample = {
  request: { scope: "account", target: "demo", reason: "algorithm was stopped" },
  reply: done,
};

export const setBreaker: RequestExample = {
  request: {
    symbol: "BTC-USDT",
    levels: [
      { basisPoints: 700, haltSeconds: 900 },
      { basisPoints: 2000, haltSeconds: 0 },
    ],
    reason: "as agreed",
  },
  reply: done,
};

export const placeActor: RequestExample = {
  request: { actor: "book/BTC-USDT", shard: 2, reason: "a shard of its own" },
  reply: done,
};

export const addShard: RequestExample = {
  request: { shards: 4, reason: "room for more" },
  reply: done,
};

const spotFees = {
  schedule: "spot",
  symbols: ["BTC-USDT", "ETH-USDT"],
  minimum: "0",
  tiers: [
    { volume: "0", makerPpm: 1000, takerPpm: 2000 },
    { volume: "1000000000000", makerPpm: -50, takerPpm: 800 },
  ],
};

export const setFeeSchedule: RequestExample = {
  request: { ...spotFees, reason: "as published" },
  reply: done,
};

export const setAccountFees: RequestExample = {
  request: {
    account: "maker-1",
    symbol: "BTC-USDT",
    rates: { makerPpm: -100, takerPpm: 500 },
    reason: "market maker agreement",
  },
  reply: done,
};

export const feeSchedules: RequestExample = {
  request: {},
  reply: { ok: true, schedules: [spotFees] },
};

export const feePreview: RequestExample = {
  request: { symbol: "BTC-USDT", side: "buy", price: 6500000, quantity: 20 },
  reply: {
    ok: true,
    makerPpm: 1000,
    takerPpm: 2000,
    minimum: "0",
    schedule: "spot",
    isOwn: false,
    volume: "250000000",
    tier: 0,
    notional: "130000000",
    makerFee: "130000",
    takerFee: "260000",
    reserved: "130260000",
  },
};

export const setApprovalPolicy: RequestExample = {
  request: { command: "confirm-kill-switch", needed: 1, reason: "four eyes" },
  reply: done,
};

export const approvalPolicy: RequestExample = {
  request: {},
  reply: { ok: true, cluster: "outcry", policy: [{ command: "confirm-kill-switch", needed: 1 }] },
};

export const placement: RequestExample = {
  request: {},
  reply: {
    ok: true,
    epoch: 7,
    shards: 3,
    founded: 3,
    moving: "",
    pins: [{ actor: "book/BTC-USDT", shard: 2 }],
  },
};
