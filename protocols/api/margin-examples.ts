/** An example of every request about positions and margin. */
import type { RequestExample } from "./request-examples.ts";

export const setMarginAccount: RequestExample = {
  request: { account: "demo", isMargin: true, reason: "suitability checked" },
  reply: { ok: true },
};
export const coverDeficit: RequestExample = {
  request: { account: "insurance", asset: "USDT", amount: "250000000", reason: "as decided" },
  reply: { ok: true },
};
export const deficits: RequestExample = {
  request: {},
  reply: { ok: true, deficits: [{ shard: 0, asset: "USDT", amount: "250000000" }] },
};
export const positions: RequestExample = {
  request: {},
  reply: {
    ok: true,
    positions: [
      {
        ...{ symbol: "BTC-USDT-PERP", lots: -50, cost: "-1250000", entryNotional: "-1250350" },
        ...{ markPrice: 24_900, unrealised: "5000", buys: 0, sells: 10 },
        ...{ initialMargin: "149400", maintenanceMargin: "62250" },
      },
    ],
  },
};
export const margin: RequestExample = {
  request: {},
  reply: {
    ...{ ok: true, isMargin: true },
    assets: [
      {
        ...{ asset: "USDT", cash: "500000", unrealised: "5000", equity: "505000" },
        ...{ initialMargin: "149400", maintenanceMargin: "62250", free: "350600" },
        liquidation: "",
      },
    ],
  },
};
