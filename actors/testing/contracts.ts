/** Contracts on apples, to mark and to expire in tests: figures can be checked in the head. */
import { ContractKind } from "../../protocols/index.ts";
import type { ContractTerms, TimeUs } from "../../protocols/index.ts";
import type { ContractInstrument } from "../contract/contract-listing.ts";
import { apples } from "./instruments.ts";

const margins = {
  ...{ initialMarginPpm: 100_000, maintenanceMarginPpm: 50_000, liquidationFeePpm: 10_000 },
  ...{ markClampPpm: 100_000, fundAccount: "fund" },
};

/** Funded each hour, a tenth at most; marked within a tenth of what apples trade at. */
export const applePerpetual: ContractInstrument = {
  ...apples,
  symbol: "APPLE-COIN-PERP",
  contract: {
    ...{ kind: ContractKind.perpetual, expiresAtUs: 0, indexSymbol: apples.symbol, ...margins },
    ...{ fundingIntervalSeconds: 3600, fundingCapPpm: 100_000 },
  },
};

/** Its index is published. */
export function appleFuture(expiresAtUs: TimeUs): ContractInstrument {
  const terms: ContractTerms = {
    ...{ kind: ContractKind.future, expiresAtUs, indexSymbol: "", ...margins },
    ...{ fundingIntervalSeconds: 0, fundingCapPpm: 0 },
  };
  return { ...apples, symbol: "APPLE-COIN-FUT", contract: terms };
}
