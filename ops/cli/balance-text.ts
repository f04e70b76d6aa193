/** Balances as people read them: whole assets, one line each. */
import { decimalOf } from "../../clients/sdk/instrument-units.ts";
import type { Asset, Balance } from "../../protocols/api/replies.ts";
import { grouped } from "./natural-units.ts";
import { renderTable } from "./output.ts";

/** A balance with its amounts as decimal numbers beside those in units. */
export interface NaturalBalance extends Balance {
  readonly natural: { readonly available: string; readonly reserved: string };
}

export function naturalBalance(balance: Balance, assets: readonly Asset[]): NaturalBalance {
  const decimals = assets.find(({ asset }) => asset === balance.asset)?.decimals ?? 0;
  const { available, reserved } = balance;
  const natural = {
    available: decimalOf(available, decimals),
    reserved: decimalOf(reserved, decimals),
  };
  return { ...balance, natural };
}

export function renderBalances(balances: readonly NaturalBalance[]): string {
  const rows = balances.map(({ asset, natural: { available, reserved } }) => [
    asset,
    grouped(available),
    grouped(reserved),
  ]);
  return renderTable(["ASSET", " AVAILABLE", " RESERVED"], rows);
}
