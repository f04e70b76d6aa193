/** An example of every request about deposits and withdrawals. */
import type { RequestExample } from "./request-examples.ts";

const done = { ok: true } as const;
const why = { reason: "as agreed" };
const named = {
  account: "demo",
  number: 3,
  asset: "BTC",
  amount: "250000",
  address: "sim1q7d2c9e",
} as const;
const { account, number, asset, amount, address } = named;
const withdrawal = {
  ...{ ...named, reference: "payout-17", status: "reviewing" },
  ...{ requestedUs: 1_795_000_000_000_000, needed: 1, approvers: [], transaction: "" },
};
const bounds = {
  ...{ asset, withdrawalMin: "1000", withdrawalMax: "500000000", dailyMax: "1000000000" },
  ...{ coolOffSeconds: 86_400, confirmations: 6, depositMin: "500" },
};
const rules = {
  ...{ ...bounds, custodian: "custodian", approvers: ["ann", "ben", "cleo"], quorum: 2 },
  tiers: [
    { from: "0", needed: 1 },
    { from: "10000000", needed: 2 },
  ],
};
const deposit = { account, asset, address, amount, transaction: "9f2c41", output: 0 };
const deposits = {
  addresses: [{ account, asset, address }],
  deposits: [{ ...deposit, status: "seen" }],
};

export const requestWithdrawal: RequestExample = {
  request: { reference: "payout-17", asset, amount, address },
  reply: { ok: true, number },
};
export const cancelWithdrawal: RequestExample = { request: { number }, reply: done };
export const allowAddress: RequestExample = { request: { asset, address }, reply: done };
export const addresses: RequestExample = {
  request: {},
  reply: { ok: true, addresses: [{ asset, address, usableFromUs: 1_795_086_400_000_000 }] },
};
export const withdrawals: RequestExample = {
  request: {},
  reply: { ok: true, withdrawals: [withdrawal] },
};
export const limits: RequestExample = { request: {}, reply: { ok: true, limits: [bounds] } };
export const depositsOfAccount: RequestExample = { request: {}, reply: { ok: true, ...deposits } };
export const setPolicy: RequestExample = { request: { ...rules, ...why }, reply: done };
export const policies: RequestExample = {
  request: {},
  reply: { ok: true, policies: [{ ...rules, revision: 1 }] },
};
export const judgeWithdrawal: RequestExample = { request: { ...named, ...why }, reply: done };
export const advanceWithdrawal: RequestExample = {
  request: { account, number, step: "broadcast", transaction: "41e0aa", ...why },
  reply: done,
};
export const assignAddress: RequestExample = {
  request: { account, asset, address, ...why },
  reply: done,
};
const { account: _, ...seen } = deposit;
export const reportDeposit: RequestExample = {
  request: { ...seen, step: "confirmed", confirmations: 6, ...why },
  reply: done,
};
const sweep = { asset, from: "hot", to: "cold", amount: "90000000" } as const;
export const proposeSweep: RequestExample = {
  request: { ...sweep, reference: "sweep-7", ...why },
  reply: done,
};
export const releaseSweep: RequestExample = {
  request: { ...sweep, number: 7, ...why },
  reply: done,
};
export const advanceSweep: RequestExample = {
  request: { asset, number: 7, step: "done", transaction: "77fe0a", ...why },
  reply: done,
};
export const sweeps: RequestExample = {
  request: {},
  reply: {
    ok: true,
    sweeps: [
      {
        ...{ ...sweep, number: 7, reference: "sweep-7", status: "proposed", needed: 2 },
        ...{ approvers: [], transaction: "" },
      },
    ],
    wallets: [
      { asset, wallet: "hot", swept: "0", arriving: "0", leaving: "90000000" },
      { asset, wallet: "cold", swept: "0", arriving: "90000000", leaving: "0" },
    ],
  },
};
export const segregation: RequestExample = {
  request: {},
  reply: {
    ok: true,
    assets: [
      {
        ...{ asset, owed: "1250000", withdrawing: "250000", house: "1700" },
        ...{ issued: "1000000", held: "251700", dust: "40" },
      },
    ],
  },
};
