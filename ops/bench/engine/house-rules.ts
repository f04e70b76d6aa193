/**
 * What a venue with every rule of money has that a bare one has not: a fee schedule with tiers,
 * limits of every kind on every account, and trades that are settled a day later. All are so
 * wide that nothing is refused by them: what is measured is what it costs to look.
 */
import type {
  Message,
  PlaceOrder,
  RiskLimits,
  RiskScope,
  SetRiskLimits,
} from "../../../protocols/index.ts";
import {
  amountMax,
  OrderType,
  plainInstructions,
  Side,
  TimeInForce,
} from "../../../protocols/index.ts";
import { accounts, symbols } from "./bench-venue.ts";

const why = { author: "bench", reason: "bench" };
const everything: RiskScope = { account: "", group: "", quote: "", symbol: "" };

const schedule: Message = {
  ...{ kind: "set-fee-schedule", schedule: "spot", symbols, minimum: 1, ...why },
  tiers: [0, 1e9, 1e10, 1e11, 1e12].map((volume, index) => {
    return { volume, makerPpm: 100 - 20 * index, takerPpm: 200 - 20 * index };
  }),
};

const cycle: Message = {
  ...{ kind: "set-settlement-cycle", cycle: "spot", symbols, days: 1, offsetMinutes: 0 },
  ...{ cutOffMinute: 16 * 60, weekend: [5, 6], holidays: [], ...why },
};

const anywhere: RiskLimits = {
  ...{ openOrders: 200_000, orderRate: 50_000, orderBurst: 50_000 },
  ...{ ordersPerTrade: 1_000_000, ordersFree: 1e9, repeatMs: 1, priceBasisPoints: 1_000_000 },
};
const ofQuote: RiskLimits = {
  ...{ orderNotional: amountMax, exposure: amountMax, dailyLoss: amountMax },
  netExposure: amountMax,
};
const ofInstrument: RiskLimits = { orderQuantity: 2 ** 40, positionQuantity: 2 ** 50 };

function limitsOf(account: string): readonly SetRiskLimits[] {
  const set = (where: Partial<RiskScope>, limits: RiskLimits): SetRiskLimits => {
    return { kind: "set-risk-limits", scope: { ...everything, account, ...where }, limits, ...why };
  };
  return [
    set({}, anywhere),
    set({ quote: "USDT" }, ofQuote),
    ...symbols.map((symbol) => set({ symbol }, ofInstrument)),
  ];
}

/** To be said once the venue is open and has prices. */
export const houseRules: readonly Message[] = [schedule, cycle, ...accounts.flatMap(limitsOf)];

/** One of each instrument, so that there are prices; before any rules, which ask for them. */
export const firstTrades: readonly Message[] = symbols.flatMap((symbol): PlaceOrder[] => {
  const sides = [Side.sell, Side.buy];
  return sides.map((side, index) => ({
    ...{ kind: "place-order", account: accounts[index]!, clientOrderId: `first-${symbol}`, symbol },
    ...{ side, orderType: OrderType.limit, timeInForce: TimeInForce.GTC },
    ...{ price: 30_000, quantity: 1, instructions: plainInstructions },
  }));
});
