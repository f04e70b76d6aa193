/** An exchange in memory as a custodian asks it, by requests through its gateway. */
import type { MarketPlace } from "../../../gateway/testing/market-place.ts";
import type { Exchange } from "../exchange.ts";

/** Under the name of the market place's administrator, `ops`. */
export function exchangeOf(place: MarketPlace): Exchange {
  return {
    accounts: async () => (await place.must("account.all", {})).accounts,
    policies: async () => (await place.must("custody.policies", {})).policies,
    withdrawals: async () => (await place.must("custody.withdrawals", {})).withdrawals,
    deposits: () => place.must("custody.deposits", {}),
    advance: (request) => place.ask("custody.advanceWithdrawal", request),
    assignAddress: (request) => place.ask("custody.assignAddress", request),
    reportDeposit: (request) => place.ask("custody.reportDeposit", request),
    sweeps: () => place.must("custody.sweeps", {}),
    proposeSweep: (request) => place.ask("custody.proposeSweep", request),
    advanceSweep: (request) => place.ask("custody.advanceSweep", request),
  };
}
