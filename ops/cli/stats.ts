/** `outcry stats`: what was traded in an instrument in the last 24 hours. */
import { Command } from "commander";
import type { Statistics } from "../../protocols/api/market-summaries.ts";
import type { AccountOptions } from "./exchange-access.ts";
import { grouped } from "./natural-units.ts";
import type { NaturalUnits } from "./natural-units.ts";
import { paint, print, withCommonOptions } from "./output.ts";

export function command(): Command {
  const stats = new Command("stats")
    .description("Shows what was traded in an instrument in the last 24 hours.")
    .argument("<symbol>", "the instrument, such as BTC-USDT")
    .option("--account <name>", "with whose credentials to look (default: demo)");
  return withCommonOptions(stats).action(async (symbol: string, flags: AccountOptions) => {
    const { withAccount, unitsOfSymbol } = await import("./exchange-access.ts");
    await withAccount(flags, async (client) => {
      const units = await unitsOfSymbol(client, symbol);
      const statistics = await client.statistics({ symbol });
      const natural = naturalStatistics(statistics, units);
      print(flags, { ok: true, symbol, statistics: { ...statistics, natural } }, () =>
        renderStatistics(statistics, units),
      );
    });
  });
}

/** As decimal numbers. */
export function naturalStatistics(statistics: Statistics, units: NaturalUnits) {
  const { open, high, low, last, priceChange, volume, notional } = statistics;
  return {
    open: units.price(open),
    high: units.price(high),
    low: units.price(low),
    last: units.price(last),
    priceChange: units.price(priceChange),
    volume: units.quantity(volume),
    notional: units.notional(notional),
  };
}

/** A line for each thing. */
export function renderStatistics(statistics: Statistics, units: NaturalUnits): string {
  const { open, last, trades, priceChange } = statistics;
  const { symbol, base, quote } = units.instrument;
  if (last === 0) return `${symbol}: no trades yet`;
  const natural = naturalStatistics(statistics, units);
  const percent = ((priceChange / open) * 100).toFixed(2);
  const sign = priceChange < 0 ? "" : "+";
  const change = `${sign}${grouped(natural.priceChange)} (${sign}${percent} %)`;
  const rows: readonly (readonly [name: string, text: string])[] = [
    ["last", `${grouped(natural.last)} ${quote}`],
    ["change", paint(priceChange < 0 ? "red" : "green", change)],
    ...(trades === 0 ? [] : rangeOf(natural)),
    ["volume", `${grouped(natural.volume)} ${base} for ${grouped(natural.notional)} ${quote}`],
    ["trades", grouped(String(trades))],
  ];
  const lines = rows.map(([name, text]) => `  ${name.padEnd(7)}  ${text}`);
  return [`${symbol}, last 24 hours`, ...lines].join("\n");
}

function rangeOf({ low, high }: { readonly low: string; readonly high: string }) {
  return [["range", `${grouped(low)} to ${grouped(high)}`]] as const;
}
