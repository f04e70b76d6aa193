/** What accounts have in contracts, as questions are answered. */
import type { AssetId, InstrumentSymbol } from "./identifiers.ts";
import type { Amount, Lots, Ticks } from "./units.ts";

/** Whether a position is kept by all of its account's cash, or by what is posted for it alone. */
export const MarginMode = { cross: 0, isolated: 1 } as const;
export type MarginMode = (typeof MarginMode)[keyof typeof MarginMode];

/** As many moves of margin as an account knows again, the last ones. */
export const marginReferencesMax = 64;

/** One account's position in a contract, and its orders there. Amounts are of its quote asset. */
export interface PositionView {
  readonly symbol: InstrumentSymbol;
  /** Below zero for a short one; 0 where there are orders only. */
  readonly lots: number;
  /** What it costs: signed as its lots are, as long as nothing was paid for holding it. */
  readonly cost: Amount;
  /** What it was opened at: its cost without funding. */
  readonly entryNotional: Amount;
  /** 0 while there is none. */
  readonly markPrice: Ticks;
  /** Profit at the mark, a loss when negative; 0 while there is no mark. */
  readonly unrealised: Amount;
  /** Lots that working orders buy and sell. */
  readonly buys: Lots;
  readonly sells: Lots;
  /** Of the position and the orders. */
  readonly initialMargin: Amount;
  /** Of the position alone. */
  readonly maintenanceMargin: Amount;
  readonly mode: MarginMode;
  /** Cash that it has to itself: of an isolated one. */
  readonly posted: Amount;
  /** The first price at which an isolated one is liquidated; 0 where there is none. */
  readonly liquidationPrice: Ticks;
  /** How far the liquidation of an isolated one is. */
  readonly liquidation: LiquidationWord;
}

/** Where an account stands whose positions are closed for it. */
export const liquidationWords = [
  "canceling",
  "reducing",
  "offered",
  "deleveraging",
  "waiting",
] as const;
export type LiquidationPhase = (typeof liquidationWords)[number];
export type LiquidationWord = LiquidationPhase | "";

/** What insurance funds lacked of an asset in one shard, and nobody has paid. */
export interface DeficitView {
  readonly asset: AssetId;
  readonly amount: Amount;
}

/** What an account may do with one asset that contracts are paid in. */
export interface MarginAssetView {
  readonly asset: AssetId;
  /** What is available. */
  readonly cash: Amount;
  /** What isolated positions have to themselves; all that follows is without them. */
  readonly posted: Amount;
  readonly unrealised: Amount;
  /** Cash and what is not realised. */
  readonly equity: Amount;
  readonly initialMargin: Amount;
  readonly maintenanceMargin: Amount;
  /** What may be taken, or asked of new orders; below zero where margin is missing. */
  readonly free: Amount;
  /** How far its liquidation is; "" where it is not being liquidated. */
  readonly liquidation: LiquidationWord;
}

export interface MarginView {
  /** Whether it may open positions. */
  readonly isMargin: boolean;
  /** By asset: those that it has positions or orders in. */
  readonly assets: readonly MarginAssetView[];
}
