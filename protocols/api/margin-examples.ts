/** An example of every request about positions and margin. */
import type { RequestExample } from "./request-examples.ts";

export const setMarginAccount: RequestExample = {
  request: { account: "demo", isMargin: true, reason: "suitability checked" },
  reply: { ok: true },
};
export const setMarginMode: RequestExample = {
  request: { symbol: "BTC-USDT-PERP", mode: "isolated" },
  reply: { ok: true },
};
export const moveMargin: RequestExample = {
  request: { symbol: "BTC-USDT-PERP", amount: "250000", reference: "add-1" },
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
        ...{ mode: "isolated", posted: "125000", liquidationPrice: 26_196, liquidation: "" },
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
        ...{ asset: "USDT", cash: "500000", posted: "125000", unrealised: "0" },
        ...{ equity: "500000", initialMargin: "24900", maintenanceMargin: "0", free: "475100" },
        liquidation: "",
      },
    ],
  },
};
