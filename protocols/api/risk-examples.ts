/** Examples of what is asked about limits of risk, and of what is answered. */
import type { RequestExample } from "./request-examples.ts";

const limits = {
  orderQuantity: 500,
  orderNotional: "5000000000",
  openOrders: 20,
  orderRate: 10,
  orderBurst: 50,
};

export const setLimits: RequestExample = {
  request: { group: "retail", symbol: "BTC-USDT", limits, reason: "as agreed" },
  reply: { ok: true },
};

export const setGroup: RequestExample = {
  request: { account: "demo", group: "retail", reason: "as agreed" },
  reply: { ok: true },
};

export const rules: RequestExample = {
  request: {},
  reply: {
    ok: true,
    limits: [{ group: "retail", symbol: "BTC-USDT", limits }],
    groups: [{ account: "demo", group: "retail" }],
  },
};

export const risk: RequestExample = {
  request: {},
  reply: {
    ok: true,
    group: "retail",
    uses: [
      {
        symbol: "BTC-USDT",
        limits,
        openOrders: 3,
        ordersLeft: 48,
        ordersOfDay: 0,
        tradesOfDay: 0,
      },
    ],
  },
};
