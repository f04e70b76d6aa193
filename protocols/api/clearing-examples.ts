/** An example of every request about clearing and settlement. */
import type { RequestExample } from "./request-examples.ts";

const cycle = {
  ...{ cycle: "spot", symbols: ["BTC-USDT", "ETH-USDT"], days: 2, offsetMinutes: 0 },
  ...{ cutOffMinute: 960, weekend: [5, 6], holidays: ["2026-12-25", "2027-01-01"] },
};
const leg = { asset: "BTC", deliver: "4000000", receive: "25000000", net: "21000000" };

export const setSettlementCycle: RequestExample = {
  request: { ...cycle, reason: "as published" },
  reply: { ok: true },
};
export const settlementCycles: RequestExample = {
  request: {},
  reply: { ok: true, cycles: [cycle] },
};
export const obligations: RequestExample = {
  request: {},
  reply: { ok: true, obligations: [{ date: "2026-12-28", ...leg }] },
};
export const nets: RequestExample = {
  request: { date: "2026-12-28" },
  reply: { ok: true, nets: [{ date: "2026-12-28", participant: "acme", ...leg }] },
};
export const settlements: RequestExample = {
  request: { date: "2026-12-28" },
  reply: {
    ok: true,
    settlements: [
      {
        ...{ round: 7, date: "2026-12-28", cutOffUs: 1_798_473_600_000_000, trades: 412 },
        ...{ isFinal: true, finalAtUs: 1_798_473_600_250_000 },
        obligations: [{ account: "demo", participant: "acme", status: "settled", ...leg }],
      },
    ],
  },
};
