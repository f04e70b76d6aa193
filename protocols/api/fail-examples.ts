/** An example of every request about fails. */
import type { RequestExample } from "./request-examples.ts";

const permission = {
  ...{ account: "demo", asset: "BTC", limit: "50000000" },
  ...{ penaltyBasisPoints: 10, buyInDays: 4 },
};
const delivery = {
  ...{ delivery: 12, symbol: "BTC-USDT", seller: "demo", buyer: "other" },
  ...{ goods: "4000000", money: "2600000000", goodsGiven: "0", moneyGiven: "2600000000" },
  ...{ since: "2026-12-28", date: "2026-12-30", daysFailed: 2, isBuyIn: false },
};

export const setFailPermission: RequestExample = {
  request: { ...permission, reason: "market maker" },
  reply: { ok: true },
};
export const failPermissions: RequestExample = {
  request: {},
  reply: { ok: true, permissions: [permission] },
};
export const fails: RequestExample = {
  request: { failedOnly: true },
  reply: { ok: true, deliveries: [delivery] },
};
export const deliveries: RequestExample = {
  request: {},
  reply: {
    ...{ ok: true, deliveries: [delivery] },
    owings: [
      {
        ...{ asset: "BTC", limit: "50000000", ordered: "0", owed: "4000000" },
        ...{ given: "0", dues: "0" },
      },
    ],
  },
};
