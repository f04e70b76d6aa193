/** Balances as people read them: whole assets, one line each. */
import { decimalOf } from "../../clients/sdk/instrument-units.ts";
import type { Asset, Balance } from "../../protocols/api/replies.ts";
import { grouped } from "./natural-units.ts";
import { renderTable } from "./output.ts";

/** A balance with its amounts as decimal numbers beside those in units. */
export interface NaturalBalance extends Balance {
  readonly natural: {
    readonly available: string;
    readonly reserved: string;
    /** Only where there is any. */
    readonly withdrawing?: string;
  };
}

export function naturalBalance(balance: Balance, assets: readonly Asset[]): NaturalBalance {
  const decimals = assets.find(({ asset }) => asset === balance.asset)?.decimals ?? 0;
  const { available, reserved, withdrawing } = balance;
  const natural = {
    available: decimalOf(available, decimals),
    reserved: decimalOf(reserved, decimals),
    ...(withdrawing !== undefined && { withdrawing: decimalOf(withdrawing, decimals) }),
  };
  return { ...balance, natural };
}

export function renderBalances(balances: readonly NaturalBalance[]): string {
  // Most accounts withdraw nothing most of the time.
  const isShown = balances.some(({ withdrawing }) => withdrawing !== undefined);
  const rows = balances.map(({ asset, natural: { available, reserved, withdrawing = "0" } }) => [
    ...[asset, grouped(available), grouped(reserved)],
    ...(isShown ? [grouped(withdrawing)] : []),
  ]);
  const heads = ["ASSET", " AVAILABLE", " RESERVED"];
  return renderTable(isShown ? [...heads, " WITHDRAWING"] : heads, rows);
}
