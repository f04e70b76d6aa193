/** Limits of risk as options of a command line: quantities and amounts as people write them. */
import type { Command } from "commander";
import type { RiskLimitValues } from "../../protocols/api/risk-requests.ts";
import type { Asset, Instrument } from "../../protocols/api/replies.ts";
import { amountOf, NaturalUnits } from "./natural-units.ts";
import { CommandFault, usageFault } from "./output.ts";

interface Terms {
  readonly instruments: readonly Instrument[];
  readonly assets: readonly Asset[];
}

export interface RiskScopeOptions {
  readonly account?: string;
  readonly group?: string;
  readonly quote?: string;
  readonly symbol?: string;
}

export interface RiskLimitOptions extends RiskScopeOptions {
  readonly orderQuantity?: string;
  readonly orderNotional?: string;
  readonly openOrders?: number;
  readonly orderRate?: number;
  readonly orderBurst?: number;
  readonly ordersPerTrade?: number;
  readonly ordersFree?: number;
  readonly repeatMs?: number;
  readonly priceBasisPoints?: number;
  readonly positionQuantity?: string;
  readonly exposure?: string;
  readonly dailyLoss?: string;
  readonly netExposure?: string;
  readonly shortSales?: "forbidden";
  readonly restriction?: "closed" | "sellOnly";
  readonly none?: boolean;
}

export function withRiskScope(command: Command): Command {
  return command
    .option("--account <account>", "of one account (default: of everybody)")
    .option("--group <group>", "of each account of a group")
    .option("--quote <asset>", "for all instruments of a quote asset (default: for all)")
    .option("--symbol <symbol>", "for one instrument");
}

/** The numbers that need no instrument to be read. */
const counts = ["openOrders", "orderRate", "orderBurst", "ordersPerTrade", "ordersFree"] as const;

/** Nor do these. */
const plain = ["repeatMs", "priceBasisPoints", "shortSales", "restriction"] as const;

/** What a request says of whose limits they are, and of what. */
export function riskScopeIn({ account, group, quote, symbol }: RiskScopeOptions): RiskScopeOptions {
  return {
    ...(account !== undefined && { account }),
    ...(group !== undefined && { group }),
    ...(quote !== undefined && { quote }),
    ...(symbol !== undefined && { symbol }),
  };
}

/** What the exchange would refuse, it refuses; what cannot be counted is refused here. */
export function riskLimitsIn(options: RiskLimitOptions, terms: Terms): RiskLimitValues {
  const values: Record<string, unknown> = {};
  for (const name of [...counts, ...plain] as const) {
    if (options[name] !== undefined) values[name] = options[name];
  }
  for (const name of ["orderQuantity", "positionQuantity"] as const) {
    const quantity = options[name];
    if (quantity !== undefined) values[name] = unitsIn(options, terms).lotsOf(quantity);
  }
  for (const name of ["orderNotional", "exposure", "dailyLoss", "netExposure"] as const) {
    const money = options[name];
    if (money !== undefined) values[name] = amountOf(money, quoteIn(options, terms));
  }
  const isEmpty = Object.keys(values).length === 0;
  if (isEmpty !== (options.none === true)) {
    throw usageFault("say what limits there are to be, or --none");
  }
  return values;
}

function unitsIn({ symbol }: RiskScopeOptions, { instruments, assets }: Terms): NaturalUnits {
  if (symbol === undefined) throw usageFault("quantities need --symbol");
  const instrument = instruments.find((known) => known.symbol === symbol);
  if (instrument !== undefined) return new NaturalUnits(instrument, assets);
  throw new CommandFault("instrument-unknown", `there is no instrument ${symbol}`);
}

function quoteIn(options: RiskScopeOptions, terms: Terms): Asset {
  const { quote, symbol } = options;
  if (quote === undefined && symbol === undefined) {
    throw usageFault("amounts need --symbol or --quote");
  }
  const name = quote ?? unitsIn(options, terms).instrument.quote;
  const asset = terms.assets.find((known) => known.asset === name);
  if (asset !== undefined) return asset;
  throw new CommandFault("asset-unknown", `there is no asset ${name}: ./outcry asset list`);
}
