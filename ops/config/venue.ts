/**
 * What a new exchange trades, and who has what on it: the set-up of the first start.
 *
 * Amounts are in natural units here and turned into units of the asset once, exactly.
 */
import type { ListInstrumentRequest } from "../../protocols/api/admin-requests.ts";

interface VenueAsset {
  readonly asset: string;
  readonly decimals: number;
}

export const venueAssets: readonly VenueAsset[] = [
  { asset: "BTC", decimals: 8 },
  { asset: "ETH", decimals: 8 },
  { asset: "USDT", decimals: 6 },
  { asset: "USD", decimals: 6 },
  { asset: "MSFT", decimals: 0 },
  { asset: "AAPL", decimals: 0 },
];

const coinFees = { makerFeeBasisPoints: 10, takerFeeBasisPoints: 20 };
const shareFees = { makerFeeBasisPoints: 0, takerFeeBasisPoints: 1 };

export const venueInstruments: readonly ListInstrumentRequest[] = [
  // A lot is 0.0001 BTC, a tick is 0.01 USDT.
  {
    symbol: "BTC-USDT",
    base: "BTC",
    quote: "USDT",
    baseUnitsPerLot: 10_000,
    quoteUnitsPerTickLot: 1,
    ...coinFees,
  },
  // A lot is 0.001 ETH, a tick is 0.01 USDT.
  {
    symbol: "ETH-USDT",
    base: "ETH",
    quote: "USDT",
    baseUnitsPerLot: 100_000,
    quoteUnitsPerTickLot: 10,
    ...coinFees,
  },
  // A lot is a share, a tick is 0.0001 USD: the units of the LOBSTER files.
  ...["AAPL", "MSFT"].map((symbol) => ({
    symbol,
    base: symbol,
    quote: "USD",
    baseUnitsPerLot: 1,
    quoteUnitsPerTickLot: 100,
    ...shareFees,
  })),
];

export interface Funding {
  readonly account: string;
  /** Whole units of each asset. */
  readonly funds: Readonly<Record<string, number>>;
}

/** The account that a newcomer trades with. */
export const demoAccount = "demo";

const demoFunds = {
  USDT: 1_000_000,
  BTC: 10,
  ETH: 100,
  USD: 1_000_000,
  AAPL: 1_000,
  MSFT: 1_000,
};

export const demoFunding: Funding = { account: demoAccount, funds: demoFunds };

const makerFunds = {
  USDT: 20_000_000,
  BTC: 100,
  ETH: 2_000,
  USD: 100_000_000,
  AAPL: 100_000,
  MSFT: 100_000,
};
const takerFunds = {
  USDT: 5_000_000,
  BTC: 30,
  ETH: 500,
  USD: 30_000_000,
  AAPL: 30_000,
  MSFT: 30_000,
};

/** Accounts for the agents that `clients/agents` runs; it knows its own by these names. */
export const agentFundings: readonly Funding[] = [
  { account: "maker-1", funds: makerFunds },
  { account: "taker-1", funds: takerFunds },
  { account: "taker-2", funds: takerFunds },
];

/** Deposits are credited once per reference, so that no start funds anybody again. */
export function fundingReference(account: string, asset: string): string {
  return `set-up:${account}:${asset}`;
}
