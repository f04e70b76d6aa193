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
    /** Likewise: what isolated positions have to themselves. */
    readonly posted?: string;
    readonly unsettled?: string;
  };
}

export function naturalBalance(balance: Balance, assets: readonly Asset[]): NaturalBalance {
  const decimals = assets.find(({ asset }) => asset === balance.asset)?.decimals ?? 0;
  const { available, reserved, withdrawing, posted, unsettled } = balance;
  const natural = {
    available: decimalOf(available, decimals),
    reserved: decimalOf(reserved, decimals),
    ...(withdrawing !== undefined && { withdrawing: decimalOf(withdrawing, decimals) }),
    ...(posted !== undefined && { posted: decimalOf(posted, decimals) }),
    ...(unsettled !== undefined && { unsettled: decimalOf(unsettled, decimals) }),
  };
  return { ...balance, natural };
}

export function renderBalances(balances: readonly NaturalBalance[]): string {
  // Most accounts withdraw nothing most of the time, and most trades are settled at once.
  const shown = (["withdrawing", "posted", "unsettled"] as const).filter((part) =>
    balances.some((balance) => balance[part] !== undefined),
  );
  const rows = balances.map(({ asset, natural }) => [
    ...[asset, grouped(natural.available), grouped(natural.reserved)],
    ...shown.map((part) => grouped(natural[part] ?? "0")),
  ]);
  const heads = shown.map((part) => ` ${part.toUpperCase()}`);
  return renderTable(["ASSET", " AVAILABLE", " RESERVED", ...heads], rows);
}
