/** `outcry candles`: what was traded in each of the latest intervals, and from now on. */
import { Argument, Command, Option } from "commander";
import { candleIntervalWords } from "../../protocols/api/market-summaries.ts";
import type { Candle, CandleIntervalWord } from "../../protocols/api/market-summaries.ts";
import type { AccountOptions } from "./exchange-access.ts";
import type { NaturalUnits } from "./natural-units.ts";
import { countOption, interrupted } from "./options.ts";
import { paint, renderTable, toJson, withCommonOptions, write } from "./output.ts";

interface CandlesFlags extends AccountOptions {
  readonly interval: CandleIntervalWord;
  readonly limit: number;
  readonly follow?: boolean;
}

export function command(): Command {
  const interval = new Option("--interval <interval>", "how long each candle is")
    .choices(candleIntervalWords)
    .default("1m");
  const candles = new Command("candles")
    .description("Shows the latest candles of an instrument, oldest first, the running one last.")
    .addArgument(new Argument("<symbol>", "the instrument, such as BTC-USDT"))
    .addOption(interval)
    .option("--limit <n>", "at most so many", countOption, 20)
    .option("--follow", "go on with those that end, until Ctrl-C")
    .option("--account <name>", "with whose credentials to look (default: demo)");
  return withCommonOptions(candles).action(async (symbol: string, flags: CandlesFlags) => {
    const { withAccount, unitsOfSymbol } = await import("./exchange-access.ts");
    await withAccount(flags, async (client) => {
      const units = await unitsOfSymbol(client, symbol);
      const { limit, json, follow } = flags;
      const ask = { symbol, interval: flags.interval };
      const latest = limit === 0 ? [] : await client.candles({ ...ask, limit });
      showLatest(latest, units, flags);
      if (follow !== true) return;
      client.onCandles(ask, ({ candle }) => {
        write(json === true ? toJson(naturalCandle(candle, units)) : renderLine(candle, units));
      });
      await interrupted();
    });
  });
}

function showLatest(candles: readonly Candle[], units: NaturalUnits, flags: CandlesFlags): void {
  const { interval, json, follow } = flags;
  const { symbol } = units.instrument;
  const natural = candles.map((candle) => naturalCandle(candle, units));
  if (json === true && follow === true) for (const candle of natural) write(toJson(candle));
  else if (json === true) write(toJson({ ok: true, symbol, interval, candles: natural }));
  else if (candles.length > 0) write(renderCandles(candles, units));
  else if (follow !== true) write("no trades yet");
}

/** As a table. */
export function renderCandles(candles: readonly Candle[], units: NaturalUnits): string {
  return renderTable(
    headings,
    candles.map((candle) => cellsOf(candle, units)),
  );
}

const headings = ["BEGINS", " OPEN", " HIGH", " LOW", " CLOSE", " VOLUME", " TRADES", "STATE"];

function cellsOf(candle: Candle, units: NaturalUnits): string[] {
  const { open, high, low, close, volume, trades, isClosed } = candle;
  return [
    beginningOf(candle),
    units.price(open),
    units.price(high),
    units.price(low),
    paint(close >= open ? "green" : "red", units.price(close)),
    units.quantity(volume),
    String(trades),
    isClosed ? "closed" : "running",
  ];
}

/** Columns wide enough for most, since nobody knows what comes. */
function renderLine(candle: Candle, units: NaturalUnits): string {
  const [begins = "", ...cells] = cellsOf(candle, units);
  return [begins, ...cells.map((cell) => cell.padStart(9))].join("  ").trimEnd();
}

export function naturalCandle(candle: Candle, units: NaturalUnits) {
  const { open, high, low, close, volume, notional } = candle;
  const natural = {
    begins: beginningOf(candle),
    open: units.price(open),
    high: units.price(high),
    low: units.price(low),
    close: units.price(close),
    volume: units.quantity(volume),
    notional: units.notional(notional),
  };
  return { ...candle, natural };
}

/** In UTC: candles begin at whole minutes. */
function beginningOf({ startUs }: Candle): string {
  return `${new Date(startUs / 1000).toISOString().slice(0, 16)}Z`;
}
